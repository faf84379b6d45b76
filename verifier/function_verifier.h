// The proof for one function: an abstract interpretation over its control-flow graph, to a fixed
// point. It starts with what every function may count on (State::at_entry) and assumes of others
// only what is proved of each: that they return with the stack pointer and the preserved registers
// as they were.
#ifndef LINDEN_VERIFIER_FUNCTION_VERIFIER_H_
#define LINDEN_VERIFIER_FUNCTION_VERIFIER_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/decode_cache.h"
#include "verifier/image_facts.h"
#include "verifier/instruction.h"
#include "verifier/state.h"
#include "verifier/verifier.h"

namespace linden::verifier {

// Keeps its buffers from one function to the next. One thread at a time.
class FunctionVerifier {
 public:
  explicit FunctionVerifier(const ImageFacts& facts) : facts_(facts) {}

  // Appends at most `max_refusals` refusals. With more than one, it goes on behind what it refuses
  // as if that had done no harm.
  void verify(const jit::ImageFunction& function, size_t max_refusals,
              std::vector<Refusal>& refusals);

  const Statistics& statistics() const { return statistics_; }

 private:
  struct Block {
    uint32_t first = 0, last = 0;  // instructions: [first, last)
    bool is_reached = false;
    bool is_waiting = false;
    uint32_t visits = 0;
    // The one block that control comes from; kNoBlock if there are several. Then states meet here,
    // and the one at its beginning is kept; else it is handed on.
    uint32_t predecessor = kNoBlock;
    bool has_predecessor = false;
  };
  static constexpr uint32_t kNoBlock = UINT32_MAX;
  using Sum = __int128;  // of bounds, without overflow
  // An address: `pointer`, of whatever kind, plus `offset`.
  struct Address {
    Value pointer;
    int64_t offset = 0;
    uint32_t link = 0;  // the id of what tells slots of a table apart
    uint64_t link_base = 0;
    uint8_t link_scale = 0;
  };
  struct FailedRule {
    Rule rule;
    const char* reason;
  };
  using Checked = std::optional<FailedRule>;  // nullopt: nothing is wrong
  static constexpr uint32_t kNoInstruction = UINT32_MAX;

  // Decoding and control flow (function_verifier.cpp).
  bool decode_all();
  bool find_blocks();
  void run();
  void visit(Block& block);
  void leave(Block& block, uint32_t last);
  void flow_to(uint32_t offset, State& state, uint32_t from);
  void add_predecessor(uint32_t instruction, uint32_t block);
  void flow_to_landing_pad(const Instruction& call);
  uint32_t instruction_at(uint64_t offset) const;
  void refuse(Rule rule, uint32_t offset, const char* reason, bool with_text = true);

  // What instructions do (transfer.cpp).
  Checked step(const Instruction& instruction);
  Checked step_stack_pointer(const Instruction& instruction);
  Checked step_push_pop(const Instruction& instruction);
  void step_arithmetic(const Instruction& instruction);
  void set_flags(const Instruction& instruction);
  Value read_source(const Instruction& instruction) const;
  Value read_destination(const Instruction& instruction) const;
  Value compute(const Instruction& instruction);
  Value add_pointers(const Value& a, const Value& b) const;
  void write_register(Register reg, const Value& value, unsigned width);
  void copy(Location to, Location from, const Value& value);
  void copy_low(Location to, Location from);
  void name_for_later(Register reg);
  Value scaled(Register index, unsigned scale);
  static void set_origin(Value& result, const Value& of, unsigned shift);
  void prepare_difference(const Instruction& instruction);
  void name(Location location, uint32_t which);
  void name_low(Location location, uint32_t which);

  // Memory (memory_rules.cpp).
  Checked access(const Instruction& instruction);
  Checked access_linear_memory(const MemoryOperand& memory);
  Checked access_from_base(const MemoryOperand& memory, const Address& address);
  static Checked check_reservation(Sum begin, Sum end);
  Checked access_context(const Instruction& instruction);
  Checked access_frame(const Instruction& instruction);
  Checked access_constants(const MemoryOperand& memory, const Address& address);
  Checked access_runtime(const MemoryOperand& memory, const Address& address);
  Address address_of(const MemoryOperand& memory);
  Value value_stored(const Instruction& instruction) const;
  Checked check_filled(const Value& slots);
  Location slot_at(int64_t frame_offset, unsigned size = 8) const;
  Location track_slot(int64_t frame_offset, unsigned size = 8);
  void forget_frame(int64_t begin, int64_t end);

  // Control (control_rules.cpp).
  Checked check_call(const Instruction& instruction);
  Checked check_target(const Value& target);
  Checked check_tail_call(const Instruction& instruction);
  Checked check_return();
  Checked check_unwind_tables();
  Checked check_jump(const Instruction& instruction, std::vector<uint32_t>& targets);

  const ImageFacts& facts_;
  Statistics statistics_;

  const jit::ImageFunction* function_ = nullptr;
  size_t max_refusals_ = 1;
  std::vector<Refusal>* refusals_ = nullptr;
  bool stopped_ = false;
  bool restart_ = false;

  DecodeCache decoder_;
  std::vector<Instruction> instructions_;
  std::vector<uint32_t> index_at_;  // by offset in the function; kNoInstruction: in the middle
  std::vector<bool> named_;         // by id: whether it was given in this round
  JoinNames names_;
  std::vector<bool> is_meeting_;    // by instruction: comes from a jump table, or an exception
  std::vector<bool> starts_block_;  // by instruction
  std::vector<uint32_t> block_of_;  // by instruction that starts one
  std::vector<Block> blocks_;
  std::vector<State> states_;  // by block, at its beginning
  // Slots of 8 bytes and of 4, by their distance below the return address in units of that; 0:
  // none.
  std::vector<uint32_t> slot_index_, half_slot_index_;
  uint32_t slot_count_ = 0;
  size_t next_block_ = 0;  // none before it is waiting

  State state_, branch_state_;
  uint32_t current_block_ = 0;
  uint32_t current_ = 0;  // instruction
  Value loaded_;          // from memory, by the current instruction
  Location loaded_from_ = kNowhere;
  Flags subtracted_;
};

}  // namespace linden::verifier

#endif
