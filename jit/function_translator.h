// One wasm function to LLVM IR, directly in SSA form: a single pass over the bytes with a symbolic
// operand stack. Wasm's control flow is structured, so every join and every loop header is known
// when it is reached, and FunctionScan has told which locals need phis there; no variable ever
// lives in memory.
//
// The instructions are spread over translate_*.cpp by family; each family's function returns false
// for instructions that are not its own.
#ifndef LINDEN_JIT_FUNCTION_TRANSLATOR_H_
#define LINDEN_JIT_FUNCTION_TRANSLATOR_H_

#include <llvm/IR/IRBuilder.h>

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "jit/bytecode_reader.h"
#include "jit/module_translator.h"

namespace linden::jit {

class FunctionTranslator {
 public:
  FunctionTranslator(ModuleTranslator& parent, uint32_t function_index);

  // The bytes are valid: parse() has seen to it.
  void translate();

  // The body of an adapter that calls an import with its own arguments.
  static void build_import_adapter(ModuleTranslator& parent, uint32_t import,
                                   llvm::Function* adapter);

 private:
  FunctionTranslator(ModuleTranslator& parent, uint32_t function_index, llvm::Function* function);

  // A branch to the end of a block: where it comes from and what it brings.
  struct Edge {
    llvm::BasicBlock* from;
    uint32_t multiplicity;             // equal targets of one br_table
    std::vector<llvm::Value*> values;  // results, then the assigned locals
  };
  // Where the exceptions of a `try` go. Edges to it bring the assigned locals.
  struct Handler {
    std::vector<Edge> unwind_edges;           // from calls in the body, to the landing pad
    std::vector<Edge> throw_edges;            // from everywhere else, to the dispatch
    llvm::BasicBlock* landing_pad = nullptr;  // made for the first call
    llvm::BasicBlock* dispatch = nullptr;     // made for the first edge
    std::vector<llvm::Value*> locals;         // the assigned ones, as every clause finds them
    // Where an exception is that no clause so far wanted; null if there is none.
    llvm::BasicBlock* next = nullptr;
    // What the current clause caught: the values of its tag; or of a catch_all, tag and words.
    std::vector<llvm::Value*> caught;
    std::optional<uint32_t> caught_tag_index;
  };
  struct Control {
    enum class Kind : uint8_t { Function, Block, Loop, If, Else, Try, Catch };
    Kind kind;
    std::vector<ValueType> params;
    std::vector<ValueType> results;
    size_t height;                            // of the operand stack, below the parameters
    const std::vector<uint32_t>* assigned;    // locals
    llvm::BasicBlock* target;                 // loop header, or what follows the block
    std::vector<Edge> edges;                  // to the end
    std::vector<llvm::PHINode*> header_phis;  // Loop: parameters, then locals
    llvm::BasicBlock* else_block = nullptr;   // If: not yet begun
    std::vector<llvm::Value*> else_values;    // If: parameters, then locals
    std::unique_ptr<Handler> handler;         // Try, Catch
  };

  void translate_instruction(const Instruction& instruction);
  bool translate_control(const Instruction& instruction);
  bool translate_call(const Instruction& instruction);
  bool translate_exception(const Instruction& instruction);
  bool translate_variable(const Instruction& instruction);
  bool translate_integer(const Instruction& instruction);
  bool translate_float(const Instruction& instruction);
  bool translate_conversion(const Instruction& instruction);
  bool translate_memory(const Instruction& instruction);
  bool translate_bulk_memory(const Instruction& instruction);
  bool translate_table(const Instruction& instruction);
  bool translate_atomic(const Instruction& instruction);
  bool translate_vector_integer(const Instruction& instruction);
  bool translate_vector_float(const Instruction& instruction);
  bool translate_vector_lane(const Instruction& instruction);
  bool translate_vector_memory(const Instruction& instruction);

  // Control flow (translate_control.cpp).
  void skip_unreachable(const Instruction& instruction);
  void begin_block(const Instruction& instruction);
  void begin_else();
  void end_block();
  void branch_to(uint32_t depth);
  void add_edge(Control& target, llvm::BasicBlock* from, uint32_t multiplicity);
  llvm::Value* merge(const std::vector<Edge>& edges, size_t position);
  void join(const Control& control);
  void finish_function(const Control& control);
  size_t label_arity(const Control& control) const;
  void resolve_block_type(const BlockType& type, Control& control) const;

  // Calls (translate_call.cpp).
  std::vector<llvm::Value*> store_arguments(const LoweredSignature& signature,
                                            const std::vector<llvm::Value*>& values);
  void store_overflow(const std::vector<ValuePlace>& places,
                      const std::vector<llvm::Value*>& values);
  std::vector<llvm::Value*> load_results(const LoweredSignature& signature,
                                         const std::vector<ValueType>& types,
                                         llvm::Value* returned);
  void emit_return(const std::vector<llvm::Value*>& values);
  void emit_call(uint32_t type_index, llvm::Value* code, const std::vector<llvm::Value*>& arguments,
                 bool is_tail);
  llvm::Value* load_import_code(uint32_t import);
  llvm::Value* callee_code(uint32_t function);
  void load_parameters();

  // Exceptions (translate_exception.cpp).
  llvm::CallBase* create_call(llvm::FunctionType* type, llvm::Value* code,
                              llvm::ArrayRef<llvm::Value*> arguments);
  llvm::Value* load_tag(uint32_t tag);
  void store_exception(uint32_t tag, llvm::ArrayRef<llvm::Value*> values);
  Control* find_try(size_t level);
  Edge edge_from(llvm::BasicBlock* from, const Control& control) const;
  void raise(size_t level, bool is_new);
  void begin_handler(Control& control);
  void begin_clause(Control& control);
  void begin_catch(uint32_t tag);
  void begin_catch_all();
  void end_try(size_t level);
  void restore_locals(const Control& control);

  // Indirect calls (translate_indirect_call.cpp).
  using DirectTargets = std::map<uint32_t, std::vector<uint32_t>>;  // function: its slots
  void emit_indirect_call(uint32_t table, uint32_t type_index, llvm::Value* index,
                          const std::vector<llvm::Value*>& arguments, bool is_tail);
  llvm::Value* load_indirect_code(uint32_t table, uint32_t type_index, llvm::Value* index);
  DirectTargets find_direct_targets(uint32_t table, uint32_t type_index) const;
  llvm::MDNode* unlikely_default(unsigned cases);

  // Memory (translate_memory.cpp).
  llvm::Value* effective_address(llvm::Value* index, uint64_t offset);
  llvm::Value* pointer_to(llvm::Value* index, uint64_t offset);
  llvm::Value* load(llvm::Type* type, llvm::Value* pointer);
  void store(llvm::Value* value, llvm::Value* pointer);

  // The vector families share these (translate_vector_*.cpp).
  void push_vector(llvm::Value* value);
  llvm::Value* pop_vector(llvm::Type* type);
  llvm::FixedVectorType* vector_type(llvm::Type* element, unsigned lanes) const;
  llvm::Value* shuffle_low_or_high(llvm::Value* vector, bool high);

  // Identities that LLVM may fold although they change a signalling NaN; see translate_float.cpp.
  llvm::Value* quiet(llvm::Value* value);
  llvm::Value* float_add(llvm::Value* a, llvm::Value* b);
  llvm::Value* float_subtract(llvm::Value* a, llvm::Value* b);
  llvm::Value* float_multiply(llvm::Value* a, llvm::Value* b);
  llvm::Value* float_extremum(llvm::Intrinsic::ID id, llvm::Value* a, llvm::Value* b);
  llvm::Value* float_divide(llvm::Value* a, llvm::Value* b);

  // Building blocks.
  llvm::Value* pop();
  llvm::Value* pop_condition();  // i1
  void push(llvm::Value* value) { stack_.push_back(value); }
  void push_bool(llvm::Value* condition) { push(builder_.CreateZExt(condition, i32())); }
  void trap_if(llvm::Value* condition, TrapCode code);
  void emit_trap(TrapCode code);
  llvm::Value* call_helper(Helper helper, llvm::Type* result,
                           std::initializer_list<llvm::Value*> arguments);
  llvm::LoadInst* load_context(llvm::Type* type, size_t offset);
  llvm::StoreInst* store_context(llvm::Value* value, size_t offset);
  llvm::Value* load_runtime(llvm::Type* type, llvm::Value* base, uint64_t offset);
  llvm::Value* load_instance_element(size_t array_offset, llvm::Type* type, uint64_t index);
  llvm::BasicBlock* new_block(const char* name = "");
  void set_location(uint32_t offset);

  llvm::LLVMContext& context() { return parent_.context(); }
  llvm::Type* i8() { return builder_.getInt8Ty(); }
  llvm::Type* i16() { return builder_.getInt16Ty(); }
  llvm::Type* i32() { return builder_.getInt32Ty(); }
  llvm::Type* i64() { return builder_.getInt64Ty(); }
  llvm::Type* f32() { return builder_.getFloatTy(); }
  llvm::Type* f64() { return builder_.getDoubleTy(); }
  llvm::Type* pointer_type() { return builder_.getPtrTy(); }
  llvm::Value* constant32(uint32_t value) { return builder_.getInt32(value); }

  ModuleTranslator& parent_;
  const Module& module_;
  const uint32_t index_;
  const FunctionType& type_;
  llvm::Function* function_;
  llvm::IRBuilder<> builder_;
  llvm::DISubprogram* subprogram_ = nullptr;
  const FunctionScan* scan_ = nullptr;
  BytecodeReader reader_;
  std::vector<llvm::Value*> stack_;
  std::vector<llvm::Value*> locals_;
  std::vector<ValueType> local_types_;
  std::vector<Control> controls_;
  std::vector<size_t> open_tries_;  // indices in controls_ of those whose body is being translated
  size_t next_scanned_block_ = 0;
  bool reachable_ = true;
  uint32_t unreachable_depth_ = 0;
};

}  // namespace linden::jit

#endif
