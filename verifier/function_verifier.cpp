#include "verifier/function_verifier.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "verifier/decoder.h"

namespace linden::verifier {
namespace {

// Rounds that begin with a guess. One that needs more is a bad one.
constexpr uint32_t kMaximumGuesses = 4;
// Every lattice here is low, so this is never reached; it bounds the time in any case.
constexpr uint32_t kMaximumRounds = 100;
// So often a function is begun anew because a jump leads where nobody thought.
constexpr uint32_t kMaximumDiscoveries = 256;

// Of more loops at a time none is repeated alone: all these are looked for after each block.
constexpr size_t kManyOutdated = 64;

// With more of them, those that no state has any more are done away with.
constexpr size_t kManyValues = size_t{1} << 16;

// How often bounds may grow, round by round.
unsigned patience(Assume assume) { return assume == Assume::AsBefore ? 3 : 0; }

constexpr char kTwoDepths[] = "the stack pointer differs among the ways that lead to one place";

// Of the registers that the caller wants back, those that the image says are saved nowhere.
uint16_t kept_registers(const jit::ImageFunction& function) {
  unsigned kept = 0;
  jit::SavedRegisters saved = function.saved_registers;
  for (Register reg : {kRbx, kRbp, kR12, Register{13}, Register{14}, kR15}) {
    if ((saved & 15) == 0) kept |= 1u << reg;
    saved >>= 4;
  }
  return static_cast<uint16_t>(kept);
}

}  // namespace

void FunctionVerifier::verify(const jit::ImageFunction& function, size_t max_refusals,
                              std::vector<Refusal>& refusals) {
  function_ = &function;
  max_refusals_ = max_refusals;
  refusals_ = &refusals;
  stopped_ = max_refusals == 0;
  if (stopped_ || !decode_all()) return;
  ++statistics_.functions;
  statistics_.bytes += function.code_size;
  statistics_.instructions += code_.instructions.size();
  if (!check_landing_pads()) return;
  find_landing_pads();
  const size_t refusals_before = refusals.size();
  // From what is likely to do to what is certain.
  struct Attempt {
    Assume assume;
    bool is_quick;
    bool guesses_tables;
  };
  bool skips_quick = false;
  for (const Attempt attempt :
       {Attempt{Assume::Little, true, true}, Attempt{Assume::Words, true, true},
        Attempt{Assume::Words, false, true}, Attempt{Assume::AsBefore, false, true},
        Attempt{Assume::AsBefore, false, false}}) {
    if (attempt.is_quick && skips_quick) continue;
    const bool is_last = !attempt.guesses_tables;
    assume_ = attempt.assume;
    is_quick_ = attempt.is_quick;
    tables_.clear();
    discovered_.clear();
    if (attempt.guesses_tables) guess_tables();
    bool is_decided = false;
    uint32_t discoveries = 0;
    do {
      for (auto& [jump, targets] : discovered_) put_jump(jump, targets);
      discovered_.clear();
      table_of_jump_.clear();
      for (uint32_t table = 0; table < tables_.size(); ++table) {
        for (uint32_t jump : tables_[table].jumps) table_of_jump_.push_back({jump, table});
      }
      std::sort(table_of_jump_.begin(), table_of_jump_.end());
      graph_.build(code_, landing_pads_, tables_, kept_registers(function));
      refusals.resize(refusals_before);
      max_refusals_ = is_last ? max_refusals : 1;
      stopped_ = false;
      is_decided = run();
    } while (!discovered_.empty() && ++discoveries < kMaximumDiscoveries);
    if (!discovered_.empty()) {
      is_decided = false;
      if (is_last) refuse(Rule::Jumps, function.code_offset, "it is too hard to follow");
    }
    const bool is_refused = refusals.size() > refusals_before;
    if (is_decided && !is_refused) return;
    // Of what is no number of a loop's, narrower ones will not be proved either.
    if (is_decided && is_quick_ && refusals.back().rule != Rule::LinearMemory) skips_quick = true;
  }
}

void FunctionVerifier::refuse(Rule rule, uint32_t offset, const char* reason, bool with_text) {
  for (const Refusal& refusal : *refusals_) {
    if (refusal.offset == offset && refusal.rule == rule) return;
  }
  refusals_->push_back({rule, function_->function_index, offset,
                        with_text ? disassemble(facts_.image().content, offset) : "", reason});
  if (--max_refusals_ == 0) stopped_ = true;
}

State* FunctionVerifier::acquire() {
  if (free_states_.empty()) {
    all_states_.push_back(std::make_unique<State>(pool_));
    free_states_.push_back(all_states_.back().get());
  }
  State* state = free_states_.back();
  free_states_.pop_back();
  return state;
}

void FunctionVerifier::release(State*& state) {
  if (state != nullptr) free_states_.push_back(state);
  state = nullptr;
}

// Keeps what states in use point to, and nothing else.
void FunctionVerifier::collect() {
  ValuePool kept;
  std::unordered_map<const Value*, const Value*> moved;
  std::sort(free_states_.begin(), free_states_.end());
  for (const auto& state : all_states_) {
    if (std::binary_search(free_states_.begin(), free_states_.end(), state.get())) continue;
    state->for_each_pointer([&](const Value*& held) {
      if (is_constant(held)) return;
      const Value*& there = moved[held];
      if (there == nullptr) there = kept.keep(*held);
      held = there;
    });
  }
  pool_.take(std::move(kept));
  pool_limit_ = std::max(kManyValues, 2 * moved.size());
}

void FunctionVerifier::begin_rounds() {
  free_states_.clear();
  for (const auto& state : all_states_) free_states_.push_back(state.get());
  state_ = nullptr;
  arrived_.assign(graph_.blocks().size(), nullptr);
  loops_.assign(graph_.loop_count(), {});
  seen_targets_.assign(tables_.size(), Value::any());
  names_.begin_function();
  pool_.clear();
  pool_.forget_names();
  pool_limit_ = kManyValues;
  slot_index_.clear();
  half_slot_index_.clear();
  slots_.clear();
}

// False: it came to no end.
bool FunctionVerifier::run() {
  begin_rounds();
  const uint32_t limit = assume_ == Assume::Little  ? kMaximumGuesses
                         : assume_ == Assume::Words ? 2 * kMaximumGuesses
                                                    : kMaximumRounds;
  for (uint32_t round = 1; round <= limit; ++round) {
    if (!run_round()) return true;
  }
  if (assume_ == Assume::AsBefore) {
    refuse(Rule::Decoding, function_->code_offset, "it is too hard to follow");
  }
  return false;
}

// Whether another one is needed.
bool FunctionVerifier::run_round() {
  another_round_ = false;
  ++pass_;
  outdated_.clear();
  first_source_.assign(graph_.blocks().size(), kNoBlock);
  repeated_ = 0;
  uint32_t requirements = 0;
  facts_.is_function(function_->code_offset, requirements);
  State*& entry = arrived_[graph_.order()[0]];
  if (entry == nullptr) entry = acquire();
  entry->begin_function();
  entry->callee_set = (requirements & kNeedsCallee) != 0;
  entry->constant_callee_set = (requirements & kNeedsConstantCallee) != 0;
  for (position_ = 0; position_ < graph_.order().size(); ++position_) {
    const uint32_t index = graph_.order()[position_];
    if (pool_.size() > pool_limit_) collect();
    if (begin_block(index)) {
      const FlowBlock& block = graph_.blocks()[index];
      if (block.is_hub()) {
        visit_hub(block);
      } else {
        ++statistics_.block_visits;
        visit(block);
      }
    }
    if (stopped_) return false;
    if (!outdated_.empty() && !another_round_) repeat_loop();
  }
  return (another_round_ || !outdated_.empty()) && discovered_.empty();
}

// Goes back to the beginning of a loop that ends here and has been assumed to begin with too much,
// so that only its blocks are looked at again. Whatever comes to them must come from among them,
// or from before them to where a loop begins, which keeps it: else it would be missed now.
void FunctionVerifier::repeat_loop() {
  uint32_t first = kNoBlock;
  for (uint32_t position : outdated_) {
    const FlowBlock& block = graph_.blocks()[graph_.order()[position]];
    if (graph_.loop_end(block.loop) <= position_) first = std::min(first, position);
  }
  if (first > position_) return;
  // Another round takes no longer than to repeat one part after another.
  repeated_ += position_ - first;
  if (repeated_ > graph_.order().size() / 2) {
    another_round_ = true;
    return;
  }
  for (uint32_t position = first + 1; position <= position_; ++position) {
    const uint32_t index = graph_.order()[position];
    if (graph_.blocks()[index].loop == kNoBlock && first_source_[index] < first) {
      another_round_ = true;
      return;
    }
  }
  ++pass_;
  position_ = first - 1;  // the next one is `first`, though it be 0
}

// What is known at the beginning of a block. False: nothing comes there.
bool FunctionVerifier::begin_block(uint32_t index) {
  const FlowBlock& block = graph_.blocks()[index];
  State*& arrived = arrived_[index];
  if (block.loop == kNoBlock) {
    if (arrived == nullptr) return false;
    release(state_);
    std::swap(state_, arrived);
    return true;
  }
  Loop& loop = loops_[block.loop];
  if (loop.state == nullptr) {
    if (arrived == nullptr) return false;
    std::swap(loop.state, arrived);
    loop.state->keep_registers(block.live);
    loop.state->flags = Flags();
    if (assume_ != Assume::AsBefore) forget_changes(*loop.state, graph_.changes(block.loop));
  } else if (arrived != nullptr) {
    if (loop.state->depth != arrived->depth) {
      refuse(Rule::Frame, code_.instructions[block.first].offset, kTwoDepths);
      return false;
    }
    join(*loop.state, *arrived, block.live, facts_, names_,
         {patience(assume_), /*is_counted=*/false, /*is_loop=*/true, is_quick_});
    release(arrived);
  }
  if (loop.is_outdated) {
    loop.is_outdated = false;
    std::erase(outdated_, block.position);
  }
  if (state_ == nullptr) state_ = acquire();
  *state_ = *loop.state;
  if (patience(assume_) != 0) state_->forget_growths();
  return true;
}

// What a loop changes is taken to be the same kind of thing afterwards. (What matters at its
// beginning has been given a value after any call.)
void FunctionVerifier::forget_changes(State& state, const Changes& changes) const {
  auto forget = [](Value& value, bool is_wide) {
    // Where a jump leads is found again before each.
    const bool is_target = value.kind == Kind::JumpOffset || value.kind == Kind::JumpTarget;
    if (!value.is_number() && value.kind != Kind::Preserved && !is_target) {
      value.id = value.low_id = 0;
    } else {
      value = !value.is_number() || value.hi > kLargestSum || is_wide ? Value::any()
              : value.hi <= UINT32_MAX                                ? Value::word()
                                                                      : kSumValue;
    }
  };
  if (changes.calls) state.forget_what_calls_change();
  const unsigned wide = assume_ == Assume::Words ? 0 : changes.wide_at_end;
  for (unsigned bits = changes.registers; bits != 0; bits &= bits - 1) {
    const auto reg = static_cast<Register>(std::countr_zero(bits));
    const Value& before = state.get(reg);
    if (before.is_any()) continue;
    Value value = before;
    forget(value, (wide >> reg & 1) != 0);
    // How many bits are kept of others, is a constant, which is put there again.
    if (assume_ == Assume::Words && (code_.count_registers >> reg & 1) != 0 && before.is_number()) {
      const uint64_t hi = std::min<uint64_t>(before.hi, before.byte_hi);
      if (hi < 64) {
        value.byte_lo = static_cast<uint8_t>(
            std::min<uint64_t>(std::max<uint64_t>(before.lo, before.byte_lo), hi));
        value.byte_hi = static_cast<uint8_t>(hi);
      }
    }
    state.set(reg, value);
  }
  state.update_slots([&](size_t slot, Value& value) {
    if (!changes.has_slot(int64_t{slots_[slot].offset} + state.depth, slots_[slot].size)) {
      return false;
    }
    // Of 4 bytes the bounds are known anyway; in 8 a constant is the first of any numbers.
    const bool is_wide = slots_[slot].size == 4 || (assume_ == Assume::Little && value.is_exact());
    forget(value, is_wide);
    return true;
  });
}

void FunctionVerifier::visit(const FlowBlock& block) {
  flags_at_ = block.flags_at;
  // Only of a block without any is asked what they were before.
  if (flags_at_ != kNoInstruction) state_->flags.source = Flags::Source::Unknown;
  for (current_ = block.first; current_ < block.last; ++current_) {
    const Instruction& instruction = code_.instructions[current_];
    if (step_shortly(instruction)) continue;
    if (instruction.shortcut == Shortcut::End) break;
    if (const Checked failed = step(instruction)) {
      refuse(failed->rule, instruction.offset, failed->reason);
      if (stopped_) return;
    }
    if (instruction.operation == Operation::Call) flow_to_landing_pad(instruction);
  }
  leave(block, current_);
}

// The end of a block: `last` is its terminator, or the instruction after it.
void FunctionVerifier::leave(const FlowBlock& block, uint32_t last) {
  const auto count = static_cast<uint32_t>(code_.instructions.size());
  constexpr FailedRule kRunsOn{Rule::Jumps, "it runs on beyond the end of its function"};
  if (last == block.last) {
    const Instruction& before = code_.instructions[last - 1];
    if (last == count) {
      refuse(kRunsOn.rule, before.offset, kRunsOn.reason);
    } else {
      flow_to(last, state_, before.offset);
    }
    return;
  }
  const Instruction& instruction = code_.instructions[last];
  const auto target = static_cast<uint64_t>(instruction.immediate);
  Checked failed;
  switch (instruction.operation) {
    case Operation::Branch: {
      // The graph says where they come from; the proof does not rest on it.
      const bool is_here = flags_at_ >= block.first && flags_at_ < last;
      const uint32_t after = is_here ? flags_at_ + 1 : block.first;
      for (uint32_t i = after; i < last; ++i) {
        if (code_.instructions[i].writes_flags) state_->flags.source = Flags::Source::Unknown;
      }
      const bool is_understood = matters(instruction.condition);
      bool is_possible = true;
      if (!is_understood && code_.contains(target)) {
        flow_to(code_.find(target), state_, instruction.offset, /*takes=*/false);
      } else {
        State* taken = acquire();
        *taken = *state_;
        is_possible = !is_understood || taken->assume(instruction.condition);
        if (!is_possible) {
          // Nothing jumps.
        } else if (code_.contains(target)) {
          flow_to(code_.find(target), taken, instruction.offset);
        } else {
          failed = check_tail_call(instruction);
        }
        release(taken);
        is_possible =
            !is_understood ||
            state_->assume(static_cast<Condition>(static_cast<uint8_t>(instruction.condition) ^ 1));
      }
      if (!is_possible) break;
      if (last + 1 == count) {
        failed = kRunsOn;
      } else {
        flow_to(last + 1, state_, instruction.offset);
      }
      break;
    }
    case Operation::Jump: {
      if (instruction.is_direct()) {
        // To its own beginning it may be either, and after a frame is gone, both are the same.
        if (code_.contains(target)) {
          flow_to(code_.find(target), state_, instruction.offset);
        } else {
          failed = check_tail_call(instruction);
        }
        break;
      }
      if (instruction.has_memory) failed = access(instruction);
      if (failed) break;
      const Value& to = *read_source(instruction);
      failed = to.kind == Kind::JumpTarget ? flow_through_table(instruction, to)
                                           : check_tail_call(instruction);
      break;
    }
    case Operation::Return:
      failed = check_return();
      break;
    default:
      break;
  }
  if (failed) refuse(failed->rule, instruction.offset, failed->reason);
}

// From a jump to the hub of its table, if it leads to none but its targets.
FunctionVerifier::Checked FunctionVerifier::flow_through_table(const Instruction& instruction,
                                                               const Value& target) {
  const auto found = std::lower_bound(table_of_jump_.begin(), table_of_jump_.end(),
                                      std::pair{current_, uint32_t{0}});
  const bool is_known = found != table_of_jump_.end() && found->first == current_;
  if (is_known) {
    const Value& seen = seen_targets_[found->second];
    if (seen.kind == Kind::JumpTarget && seen.lo == target.lo && seen.hi == target.hi &&
        seen.alignment == target.alignment && seen.detail == target.detail) {
      flow_to_block(graph_.hub_of(found->second), state_, instruction.offset);
      return std::nullopt;
    }
  }
  if (const Checked failed = find_targets(target)) return failed;
  const auto are_among = [&](const std::vector<uint32_t>& all) {
    return std::includes(all.begin(), all.end(), targets_.begin(), targets_.end());
  };
  if (!is_known || !are_among(tables_[found->second].targets)) {
    discovered_.push_back({current_, targets_});
    return std::nullopt;
  }
  seen_targets_[found->second] = target;
  flow_to_block(graph_.hub_of(found->second), state_, instruction.offset);
  return std::nullopt;
}

void FunctionVerifier::visit_hub(const FlowBlock& hub) {
  state_->flags = Flags();
  const std::span<const uint32_t> targets = graph_.successors(hub);
  for (uint32_t to : targets.first(targets.size() - 1)) {
    flow_to_block(to, state_, code_.instructions[hub.first].offset, /*takes=*/false);
  }
  flow_to_block(targets.back(), state_, code_.instructions[hub.first].offset);
}

// Whether anything is to be learnt from the flags.
bool FunctionVerifier::matters(Condition condition) const {
  const Flags& flags = state_->flags;
  if (!is_quick_ || flags.source == Flags::Source::Unknown) {
    return flags.source != Flags::Source::Unknown;
  }
  const Value& left = *flags.left_value;
  const Value& right = *flags.right_value;
  for (const Value* value : {&left, &right}) {
    if (value->kind == Kind::TypeId || value->kind == Kind::TableLength) return true;
  }
  if (flags.source != Flags::Source::Comparison || (!left.is_exact() && !right.is_exact())) {
    return false;
  }
  switch (condition) {
    case Condition::Below:
    case Condition::BelowOrEqual:
    case Condition::Above:
    case Condition::AboveOrEqual:
      return true;
    case Condition::Equal:
    case Condition::NotEqual:
      return false;
    default:
      // A sign of 32 bits is rarely one of an index.
      return flags.width == 8;
  }
}

// Takes `state`, or spoils it, if it `takes`; else leaves it as it is.
void FunctionVerifier::flow_to(uint32_t instruction, State*& state, uint32_t from, bool takes) {
  const uint32_t index = instruction == kNoInstruction ? kNoBlock : graph_.block_at(instruction);
  if (index == kNoBlock) {
    refuse(Rule::Decoding, from, "it leads into the middle of an instruction, or elsewhere");
    return;
  }
  flow_to_block(index, state, from, takes);
}

void FunctionVerifier::flow_to_block(uint32_t index, State*& state, uint32_t from, bool takes) {
  const FlowBlock& block = graph_.blocks()[index];
  const bool is_back = block.position <= position_;
  // The graph has all edges, so this does not happen; but the proof rests on it.
  if (block.position == kNoBlock || (is_back && block.loop == kNoBlock)) {
    refuse(Rule::Jumps, from, "it leads to what is not looked at");
    return;
  }
  if (is_back) return flow_back(block, *state, from);
  first_source_[index] = std::min(first_source_[index], position_);
  State*& there = arrived_[index];
  if (there == nullptr) {
    if (takes) {
      std::swap(there, state);
    } else {
      there = acquire();
      *there = *state;
    }
    if (block.predecessors > 1) there->keep_registers(block.live);
  } else if (there->depth != state->depth) {
    refuse(Rule::Frame, from, kTwoDepths);
  } else {
    join(*there, *state, block.live, facts_, names_,
         {Growth::kForever, /*is_counted=*/false, /*is_loop=*/false, is_quick_});
  }
}

// To the beginning of a loop, which must have been assumed to begin with no more than this.
void FunctionVerifier::flow_back(const FlowBlock& block, const State& state, uint32_t from) {
  Loop& loop = loops_[block.loop];
  if (loop.state == nullptr) {
    // Nothing has come there before, as if some other edge led into the loop.
    loop.state = acquire();
    *loop.state = state;
    loop.state->keep_registers(block.live);
    loop.state->flags = Flags();
    outdate(block);
    return;
  }
  if (loop.state->depth != state.depth) {
    refuse(Rule::Frame, from, kTwoDepths);
    return;
  }
  if (join(*loop.state, state, block.live, facts_, names_,
           {patience(assume_), loop.last_pass != pass_, /*is_loop=*/true, is_quick_})) {
    outdate(block);
    loop.last_pass = pass_;
  }
}

void FunctionVerifier::outdate(const FlowBlock& header) {
  Loop& loop = loops_[header.loop];
  if (loop.is_outdated) return;
  loop.is_outdated = true;
  if (outdated_.size() < kManyOutdated) {
    outdated_.push_back(header.position);
  } else {
    another_round_ = true;
  }
}

// The unwinder puts back what the call would have: the stack pointer and the preserved registers.
void FunctionVerifier::flow_to_landing_pad(const Instruction& call) {
  if (function_->landing_pad_count == 0) return;
  const jit::LandingPad* pad = facts_.image().landing_pad_at(*function_, call.end() - 1);
  if (pad == nullptr) return;
  State* copy = acquire();
  *copy = *state_;
  flow_to(code_.find(pad->landing_pad), copy, call.offset);
  release(copy);
}

}  // namespace linden::verifier
