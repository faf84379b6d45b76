// Blocks are visited in the order of their addresses, which LLVM lays out so that few branches go
// back; a function without loops is done in one round. A jump table can lead into what seemed to
// be the middle of a block: then the function is begun anew with what has been learnt.

#include "verifier/function_verifier.h"

#include <algorithm>

#include "verifier/decoder.h"

namespace linden::verifier {
namespace {

// Every lattice here is low, so this is never reached; it bounds the time in any case.
constexpr uint32_t kMaximumVisits = 1000;

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
  statistics_.instructions += instructions_.size();
  for (const Instruction& instruction : instructions_) {
    statistics_.linear_accesses +=
        instruction.has_memory && instruction.memory.segment == Segment::Gs;
  }
  const size_t refusals_before = refusals.size();
  do {
    restart_ = stopped_ = false;
    refusals.resize(refusals_before);
    max_refusals_ = max_refusals;
    if (!find_blocks()) return;
    run();
  } while (restart_);
}

void FunctionVerifier::refuse(Rule rule, uint32_t offset, const char* reason, bool with_text) {
  for (const Refusal& refusal : *refusals_) {
    if (refusal.offset == offset && refusal.rule == rule) return;
  }
  refusals_->push_back({rule, function_->function_index, offset,
                        with_text ? disassemble(facts_.image().content, offset) : "", reason});
  if (--max_refusals_ == 0) stopped_ = true;
}

// Also gives what no branch leads to: bytes that are no instruction have no business in a function.
bool FunctionVerifier::decode_all() {
  instructions_.clear();
  index_at_.assign(function_->code_size, kNoInstruction);
  const uint32_t end = function_->code_offset + function_->code_size;
  for (uint32_t offset = function_->code_offset; offset < end;) {
    Instruction& instruction = instructions_.emplace_back();
    switch (decoder_.decode(facts_.image().content, offset, end, instruction)) {
      case DecodeResult::Invalid:
        refuse(Rule::Decoding, offset, "it is no instruction, or does not end in its function",
               /*with_text=*/false);
        return false;
      case DecodeResult::NotAllowed:
        refuse(Rule::Instruction, offset, "generated code may not contain this");
        if (stopped_) return false;
        {
          Instruction harmless;
          harmless.offset = offset;
          harmless.length = instruction.length;
          harmless.operation = Operation::Nop;
          instruction = harmless;
        }
        break;
      case DecodeResult::Ok:
        break;
    }
    index_at_[offset - function_->code_offset] = static_cast<uint32_t>(instructions_.size() - 1);
    offset = instruction.end();
  }
  starts_block_.assign(instructions_.size(), false);
  is_meeting_.assign(instructions_.size(), false);
  return true;
}

uint32_t FunctionVerifier::instruction_at(uint64_t offset) const {
  const uint64_t position = offset - function_->code_offset;
  return position < index_at_.size() ? index_at_[position] : kNoInstruction;
}

bool FunctionVerifier::find_blocks() {
  starts_block_[0] = true;
  for (uint32_t i = 0; i < instructions_.size(); ++i) {
    const Instruction& instruction = instructions_[i];
    if (!instruction.ends_block()) continue;
    if (i + 1 < instructions_.size()) starts_block_[i + 1] = true;
    const bool is_local = instruction.operation == Operation::Branch ||
                          (instruction.operation == Operation::Jump && instruction.is_direct());
    if (!is_local) continue;
    const uint32_t target = instruction_at(static_cast<uint64_t>(instruction.immediate));
    if (target != kNoInstruction) starts_block_[target] = true;
  }
  for (uint32_t i = 0; i < function_->landing_pad_count; ++i) {
    const auto& pad = facts_.image().landing_pads[function_->first_landing_pad + i];
    const uint32_t target = instruction_at(pad.landing_pad);
    if (target == kNoInstruction) {
      refuse(Rule::Decoding, pad.landing_pad, "a landing pad in the middle of an instruction",
             /*with_text=*/false);
      return false;
    }
    starts_block_[target] = is_meeting_[target] = true;
  }
  is_meeting_[0] = true;
  blocks_.clear();
  block_of_.resize(instructions_.size());
  for (uint32_t i = 0; i < instructions_.size(); ++i) {
    if (starts_block_[i]) blocks_.push_back({i, i});
    block_of_[i] = static_cast<uint32_t>(blocks_.size() - 1);
    blocks_.back().last = i + 1;
  }
  for (uint32_t i = 0; i < blocks_.size(); ++i) {
    const Instruction& last = instructions_[blocks_[i].last - 1];
    const bool is_branch = last.operation == Operation::Branch;
    if (is_branch || (last.operation == Operation::Jump && last.is_direct())) {
      const uint32_t target = instruction_at(static_cast<uint64_t>(last.immediate));
      if (target != kNoInstruction) add_predecessor(target, i);
    }
    if (i + 1 < blocks_.size() && (is_branch || !last.ends_block())) {
      add_predecessor(blocks_[i + 1].first, i);
    }
  }
  if (states_.size() < blocks_.size()) states_.resize(blocks_.size());
  named_.assign(instructions_.size() * 4 + 8, false);
  names_.begin_function(static_cast<uint32_t>(named_.size()));
  slot_index_.clear();
  half_slot_index_.clear();
  slot_count_ = 0;
  return true;
}

void FunctionVerifier::add_predecessor(uint32_t instruction, uint32_t block) {
  Block& to = blocks_[block_of_[instruction]];
  // A branch to what follows it counts twice: what is known differs.
  to.predecessor = to.has_predecessor || is_meeting_[instruction] ? kNoBlock : block;
  to.has_predecessor = true;
}

void FunctionVerifier::run() {
  uint32_t requirements = 0;
  facts_.is_function(function_->code_offset, requirements);
  states_[0] = State::at_entry();
  states_[0].callee_set = (requirements & kNeedsCallee) != 0;
  states_[0].constant_callee_set = (requirements & kNeedsConstantCallee) != 0;
  blocks_[0].is_reached = blocks_[0].is_waiting = true;
  next_block_ = 0;
  while (next_block_ < blocks_.size() && !stopped_ && !restart_) {
    Block& block = blocks_[next_block_];
    if (!block.is_waiting) {
      ++next_block_;
      continue;
    }
    block.is_waiting = false;
    ++statistics_.block_visits;
    if (++block.visits > kMaximumVisits) {
      refuse(Rule::Decoding, instructions_[block.first].offset, "it is too hard to follow");
      return;
    }
    visit(block);
  }
}

void FunctionVerifier::visit(Block& block) {
  current_block_ = static_cast<uint32_t>(&block - blocks_.data());
  if (block.predecessor == kNoBlock) {
    state_ = states_[current_block_];
  } else {
    std::swap(state_, states_[current_block_]);
  }
  for (current_ = block.first; current_ < block.last; ++current_) {
    const Instruction& instruction = instructions_[current_];
    if (instruction.ends_block()) break;
    if (const Checked failed = step(instruction)) {
      refuse(failed->rule, instruction.offset, failed->reason);
      if (stopped_) return;
    }
    if (instruction.operation == Operation::Call) flow_to_landing_pad(instruction);
  }
  leave(block, current_);
}

// The end of a block: `last` is its terminator, or the instruction after it.
void FunctionVerifier::leave(Block& block, uint32_t last) {
  if (last == block.last) {
    const Instruction& before = instructions_[last - 1];
    if (last == instructions_.size()) {
      refuse(Rule::Jumps, before.offset, "it runs on beyond the end of its function");
    } else {
      flow_to(before.end(), state_, before.offset);
    }
    return;
  }
  const Instruction& instruction = instructions_[last];
  Checked failed;
  switch (instruction.operation) {
    case Operation::Branch: {
      const bool is_understood = state_.flags.source != Flags::Source::Unknown;
      branch_state_ = state_;
      bool is_possible = !is_understood || branch_state_.assume(instruction.condition);
      const uint64_t target = static_cast<uint64_t>(instruction.immediate);
      if (!is_possible) {
        // Nothing jumps.
      } else if (target - function_->code_offset < function_->code_size) {
        flow_to(static_cast<uint32_t>(instruction.immediate), branch_state_, instruction.offset);
      } else {
        failed = check_tail_call(instruction);
      }
      is_possible =
          !is_understood ||
          state_.assume(static_cast<Condition>(static_cast<uint8_t>(instruction.condition) ^ 1));
      if (!is_possible) break;
      if (last + 1 == instructions_.size()) {
        failed = FailedRule{Rule::Jumps, "it runs on beyond the end of its function"};
      } else {
        flow_to(instruction.end(), state_, instruction.offset);
      }
      break;
    }
    case Operation::Jump: {
      std::vector<uint32_t> targets;
      failed = check_jump(instruction, targets);
      for (uint32_t target : targets) {
        const uint32_t place = instruction_at(target);
        if (!instruction.is_direct() && !is_meeting_[place]) {
          is_meeting_[place] = true;
          restart_ = true;
        }
        if (!restart_) flow_to(target, state_, instruction.offset);
      }
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

// Takes `state` if it is not going to be needed: behind this it is anything, unless there are
// several successors that states meet at.
void FunctionVerifier::flow_to(uint32_t offset, State& state, uint32_t from) {
  const uint32_t target = instruction_at(offset);
  if (target == kNoInstruction) {
    refuse(Rule::Decoding, from, "it leads into the middle of an instruction, or elsewhere");
    return;
  }
  if (!starts_block_[target]) {
    starts_block_[target] = true;
    restart_ = true;
    return;
  }
  Block& block = blocks_[block_of_[target]];
  State& there = states_[block_of_[target]];
  if (block.predecessor != kNoBlock) {
    block.is_reached = block.is_waiting = true;
    std::swap(there, state);
  } else if (!block.is_reached) {
    block.is_reached = block.is_waiting = true;
    there = state;
    there.forget_growths();
  } else if (there.depth != state.depth) {
    refuse(Rule::Frame, from, "the stack pointer differs among the ways that lead to one place");
    return;
  } else if (join(there, state, facts_, names_, /*is_new_round=*/!block.is_waiting)) {
    block.is_waiting = true;
  }
  if (block.is_waiting) next_block_ = std::min<size_t>(next_block_, block_of_[target]);
}

// The unwinder puts back what the call would have: the stack pointer and the preserved registers.
void FunctionVerifier::flow_to_landing_pad(const Instruction& call) {
  if (function_->landing_pad_count == 0) return;
  const jit::LandingPad* pad = facts_.image().landing_pad_at(*function_, call.end() - 1);
  if (pad != nullptr) flow_to(pad->landing_pad, state_, call.offset);
}

}  // namespace linden::verifier
