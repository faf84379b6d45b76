// Translates one part of a module into one LLVM module: owns what functions have in common.
#ifndef LINDEN_JIT_MODULE_TRANSLATOR_H_
#define LINDEN_JIT_MODULE_TRANSLATOR_H_

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "jit/abi.h"
#include "jit/calling_convention.h"
#include "jit/compile_plan.h"
#include "jit/compiler.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {

// Symbols in object files: "f12" is function 12, "t3" the adapter through which a constant table
// calls import 3, "table0" a constant table; "m5" is called in place of a function that is not of
// type 5 though the caller wants one, "n5" the same for constant tables.
std::string function_symbol(uint32_t function);
// What a `throw` calls: finish_ir() makes it and every `resume` a call of Helper::Throw.
inline constexpr char kThrowSymbol[] = "__throw";

class ModuleTranslator {
 public:
  ModuleTranslator(const Module& module, const ModuleScan& scan, const CompilePlan& plan,
                   uint32_t part, const CompileOptions& options, llvm::LLVMContext& context,
                   const std::string& cpu, const std::string& cpu_features,
                   const std::string& cpu_tuning, const llvm::DataLayout& layout);

  // Translates all functions of the part and completes the module; call once.
  std::unique_ptr<llvm::Module> translate();
  SfiStrategy& sfi() { return *sfi_; }

  // Parts of a translation, for FunctionTranslator.
  const Module& module() const { return module_; }
  const ModuleScan& scan() const { return scan_; }
  const CompilePlan& plan() const { return plan_; }
  const CompileOptions& options() const { return options_; }
  llvm::LLVMContext& context() { return context_; }
  const LoweredSignature& signature(uint32_t type_index);
  llvm::Function* function(uint32_t index);
  llvm::GlobalVariable* constant_table(uint32_t table);
  // What an indirect call that expects the type calls when it finds another: has that signature,
  // and goes on to Helper::AdaptCall or, if it was a constant table, AdaptConstantCall. Null if
  // such a call is a trap in this module.
  llvm::Function* mismatch_adapter(uint32_t type_index, bool is_constant_table);
  // Pointer to a field of the thread's Context, by its offset.
  llvm::Constant* context_field(size_t offset);
  // Type-based alias classes: memory, context and the runtime's structures never overlap.
  llvm::MDNode* memory_tag() const { return memory_tag_; }
  llvm::MDNode* context_tag() const { return context_tag_; }
  llvm::MDNode* runtime_tag() const { return runtime_tag_; }
  llvm::MDNode* unlikely() const { return unlikely_; }
  llvm::DISubprogram* create_subprogram(llvm::Function* function, uint32_t offset);
  llvm::Function* throw_function();
  llvm::Constant* personality();
  llvm::StructType* landing_pad_type();

 private:
  void add_attributes(llvm::Function* function);
  llvm::Function* import_adapter(uint32_t import);

  const Module& module_;
  const ModuleScan& scan_;
  const CompilePlan& plan_;
  const uint32_t part_;
  const CompileOptions& options_;
  llvm::LLVMContext& context_;
  const std::string cpu_;
  const std::string cpu_features_;
  const std::string cpu_tuning_;
  std::unique_ptr<llvm::Module> llvm_module_;
  std::unique_ptr<llvm::DIBuilder> debug_;
  llvm::DICompileUnit* compile_unit_ = nullptr;
  llvm::DIFile* debug_file_ = nullptr;
  llvm::DISubroutineType* debug_type_ = nullptr;
  std::unique_ptr<SfiStrategy> sfi_;
  std::map<uint32_t, LoweredSignature> signatures_;
  std::vector<llvm::Function*> functions_;
  std::map<uint32_t, llvm::GlobalVariable*> constant_tables_;
  std::map<uint32_t, llvm::Function*> import_adapters_;
  llvm::Function* throw_function_ = nullptr;
  std::map<std::pair<uint32_t, bool>, llvm::Function*> mismatch_adapters_;
  const bool adapts_calls_;
  llvm::MDNode* memory_tag_;
  llvm::MDNode* context_tag_;
  llvm::MDNode* runtime_tag_;
  llvm::MDNode* unlikely_;
};

}  // namespace linden::jit

#endif
