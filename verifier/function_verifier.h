// The proof for one function: an abstract interpretation over its control-flow graph, to a fixed
// point.
//
// In each round, every block is visited once, in an order in which loops alone lead back. What is
// known where a loop begins is assumed, at first by a guess, and what comes from the loop's end is
// compared with it: if all of that is no more than what was assumed, it was true, and everything
// that was proved of the blocks is. Else the assumption is weakened by it, and the loop is looked
// at again, or all of the function is. A guess that proves too little is followed by another, and
// by rounds without one; and what is quickly known, by what takes longer.
//
// It starts with what every function may count on (State::begin_function) and assumes of others
// only what is proved of each: that they return with the stack pointer and the preserved registers
// as they were.
#ifndef LINDEN_VERIFIER_FUNCTION_VERIFIER_H_
#define LINDEN_VERIFIER_FUNCTION_VERIFIER_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "verifier/decode_cache.h"
#include "verifier/flow_graph.h"
#include "verifier/image_facts.h"
#include "verifier/instruction.h"
#include "verifier/state.h"
#include "verifier/verifier.h"

namespace linden::verifier {

// What loops are assumed to begin with, before what their ends say has been seen.
enum class Assume : uint8_t {
  Little,    // what comes from before the loop, without the bounds of what the loop changes
  Words,     // the same, but whatever it changes, has 32 bits afterwards if it had no more before
  AsBefore,  // what comes from before
};

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

  // Decoding and tables (function_code.cpp).
  bool decode_all();
  bool check_landing_pads();
  void find_landing_pads();
  void guess_tables();
  uint32_t table_target(int64_t table, int64_t at) const;
  void put_jump(uint32_t jump, std::vector<uint32_t>& targets);

  // Control flow (function_verifier.cpp).
  void begin_rounds();
  bool run();
  bool run_round();
  void repeat_loop();
  void outdate(const FlowBlock& header);
  bool begin_block(uint32_t index);
  void visit(const FlowBlock& block);
  void leave(const FlowBlock& block, uint32_t last);
  void visit_hub(const FlowBlock& hub);
  void flow_to(uint32_t instruction, State*& state, uint32_t from, bool takes = true);
  void flow_to_block(uint32_t index, State*& state, uint32_t from, bool takes = true);
  bool matters(Condition condition) const;
  Checked flow_through_table(const Instruction& instruction, const Value& target);
  void flow_back(const FlowBlock& block, const State& state, uint32_t from);
  void flow_to_landing_pad(const Instruction& call);
  void forget_changes(State& state, const Changes& changes) const;
  State* acquire();
  void collect();
  void release(State*& state);
  void refuse(Rule rule, uint32_t offset, const char* reason, bool with_text = true);

  // What instructions do (transfer.cpp).
  Checked step(const Instruction& instruction);
  Checked step_stack_pointer(const Instruction& instruction);
  Checked step_push_pop(const Instruction& instruction);
  void step_arithmetic(const Instruction& instruction);
  void set_flags(const Instruction& instruction);
  // Of flags that others overwrite before the block's end, nobody asks.
  bool matter_flags() const { return current_ == flags_at_; }
  const Value* narrow(const Value* value, unsigned width);
  const Value* low_word(const Value* value) { return narrow(value, 4); }
  const Value* read_source(const Instruction& instruction);
  const Value* read_destination(const Instruction& instruction);
  const Value* compute(const Instruction& instruction);
  Value compute_sum(const Instruction& instruction);
  Value compute_other(const Instruction& instruction, const Value& left, const Value& right);
  Value add_pointers(const Value& a, const Value& b) const;
  void write_register(Register reg, const Value* value, unsigned width);
  void copy(Location to, Location from, const Value* value);
  void copy_low(Location to, Location from);
  void name_for_later(Register reg);
  Value scaled(Register index, unsigned scale);
  static void set_origin(Value& result, const Value& of, unsigned shift);
  void prepare_difference(const Instruction& instruction);
  void name(Location location);
  void name_low(Location location);

  // The same, as far as it is short (shortcuts.cpp).
  bool step_shortly(const Instruction& instruction);
  static const Value* plain_result(const Instruction& instruction, const Value* left,
                                   const Value* right);

  // Memory (memory_rules.cpp).
  Checked access(const Instruction& instruction);
  bool stays_in_reservation(const MemoryOperand& memory) const;
  Checked access_linear_memory(const MemoryOperand& memory);
  Checked access_from_base(const MemoryOperand& memory, const Address& address);
  static Checked check_reservation(Sum begin, Sum end);
  Checked access_context(const Instruction& instruction);
  Checked access_frame(const Instruction& instruction);
  Checked access_constants(const MemoryOperand& memory, const Address& address);
  Checked access_runtime(const MemoryOperand& memory, const Address& address);
  Address address_of(const MemoryOperand& memory);
  const Value* value_stored(const Instruction& instruction);
  Checked check_filled(const Value& slots);
  Checked check_slots(const Value& slots) const;
  bool count_code_words(const Value& at, uint64_t& words, uint64_t& code_words);
  Location slot_at(int64_t frame_offset, unsigned size = 8) const;
  Location track_slot(int64_t frame_offset, unsigned size = 8);
  void forget_frame(int64_t begin, int64_t end);

  // Control (control_rules.cpp).
  Checked check_call(const Instruction& instruction);
  Checked check_target(const Value& target);
  Checked check_tail_call(const Instruction& instruction);
  Checked check_return();
  Checked check_unwind_tables();
  Checked find_targets(const Value& target);

  const ImageFacts& facts_;
  Statistics statistics_;

  const jit::ImageFunction* function_ = nullptr;
  size_t max_refusals_ = 1;
  std::vector<Refusal>* refusals_ = nullptr;
  bool stopped_ = false;

  DecodeCache decoder_;
  std::vector<Instruction> instructions_;  // a buffer for those of code_
  DecodedFunction code_;
  FlowGraph graph_;
  std::vector<FlowEdge> landing_pads_;
  // Jumps through tables: as a guess, or as they have been found to lead. What a jump is proved to
  // lead to is compared with its table here.
  std::vector<FlowTable> tables_;
  std::vector<std::pair<uint32_t, uint32_t>> table_of_jump_;  // (instruction, table), in order
  // In this round: jumps that lead where nobody thought, with all their targets.
  std::vector<std::pair<uint32_t, std::vector<uint32_t>>> discovered_;
  std::vector<uint32_t> targets_;  // of a jump, sorted
  JoinNames names_;
  ValuePool pool_;
  size_t pool_limit_ = 0;
  // By block: what has come from blocks before it in this round, until it is visited; nullptr:
  // nothing.
  std::vector<State*> arrived_;
  // By loop: what it is assumed to begin with, and the last pass that changed that at its end.
  struct Loop {
    State* state = nullptr;
    uint32_t last_pass = 0;
    bool is_outdated = false;  // it has changed since it was looked at
  };
  std::vector<Loop> loops_;
  // Where those begin that are outdated: positions.
  std::vector<uint32_t> outdated_;
  size_t repeated_ = 0;  // positions, in this round
  // By block: the first position that anything has come from in this round.
  std::vector<uint32_t> first_source_;
  // By table: what was last found to lead to none but its targets.
  std::vector<Value> seen_targets_;
  // Slots of 8 bytes and of 4, by their distance below the return address in units of that; 0:
  // none.
  std::vector<uint32_t> slot_index_, half_slot_index_;
  struct Slot {
    int32_t offset;  // from the return address
    uint32_t size;
  };
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<State>> all_states_;
  std::vector<State*> free_states_;

  State* state_ = nullptr;  // where the current instruction is
  Assume assume_ = Assume::Little;
  // Copies get no names, branches teach little (matters()), and joins keep little (Growth). Most
  // functions need no more.
  bool is_quick_ = true;
  uint32_t pass_ = 0;           // a round, or what of one begins at a loop
  bool another_round_ = false;  // something that a loop was assumed to begin with is not so
  uint32_t position_ = 0;       // of the current block
  uint32_t current_ = 0;        // instruction
  uint32_t flags_at_ = 0;       // the last one of the current block that writes flags
  // What was found in ranges of constants before, by a hash of them.
  struct SlotsSeen {
    Value slots;
    Checked result;
    bool is_valid = false;
  };
  struct WordsSeen {
    uint64_t lo = 1, hi = 0;
    uint64_t alignment = 0, words = 0, code_words = 0;
  };
  std::array<SlotsSeen, 64> slots_seen_;
  std::array<WordsSeen, 64> words_seen_;

  const Value* loaded_ = &kAny;  // from memory, by the current instruction
  Location loaded_from_ = kNowhere;
  Flags subtracted_;
};

}  // namespace linden::verifier

#endif
