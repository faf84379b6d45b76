// Calls, jumps, returns.

#include <algorithm>

#include "verifier/function_verifier.h"

namespace linden::verifier {
namespace {

// The largest jump table that is followed. LLVM's have a few hundred words.
constexpr uint64_t kMaximumTargets = 1 << 16;

}  // namespace

// What a walk over the stack finds there (stack_walk.cpp, unwind.cpp) must be what it reckons with:
// the frame's size, and each register that the caller wants back either untouched or where the
// image says.
FunctionVerifier::Checked FunctionVerifier::check_unwind_tables() {
  if (state_->depth != static_cast<int64_t>(function_->frame_size)) {
    return FailedRule{Rule::UnwindTables, "the frame has another size than the image says"};
  }
  static constexpr Register kOrder[] = {kRbx, kRbp, 12, 13, 14, 15};
  jit::SavedRegisters saved = function_->saved_registers;
  if (saved >> 24 != 0) {
    return FailedRule{Rule::UnwindTables, "the image speaks of more registers than there are"};
  }
  for (Register reg : kOrder) {
    const int64_t distance = saved & 15;
    saved >>= 4;
    const Location at = distance == 0 ? Location{reg} : slot_at(-8 * distance);
    const Value value = at == kNowhere ? Value::any() : state_->get(at);
    if (value.kind != Kind::Preserved || value.detail != reg) {
      return FailedRule{Rule::UnwindTables,
                        "a register that the caller wants back is not where the image says"};
    }
  }
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::check_target(const Value& target) {
  uint32_t requirements = 0;
  switch (target.kind) {
    case Kind::Image:
      if (!target.is_exact() || !facts_.is_function(target.lo, requirements)) {
        return FailedRule{Rule::Calls, "no function begins there"};
      }
      break;
    case Kind::Code:
      requirements = target.detail;
      break;
    case Kind::Helper:
      if (target.detail == static_cast<uint32_t>(jit::Helper::AdaptCall)) {
        requirements = kNeedsCallee;
      } else if (target.detail == static_cast<uint32_t>(jit::Helper::AdaptConstantCall)) {
        requirements = kNeedsConstantCallee;
      }
      break;
    default:
      return FailedRule{Rule::Calls, "what it calls is not known to be a function"};
  }
  if ((requirements & ~state_->fulfilled()) != 0) {
    return FailedRule{Rule::Calls, "the Context does not say what is called"};
  }
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::check_call(const Instruction& instruction) {
  const Value target = instruction.is_direct()
                           ? Value::image(static_cast<uint64_t>(instruction.immediate))
                           : *read_source(instruction);
  if (const Checked failed = check_target(target)) return failed;
  if (const Checked failed = check_unwind_tables()) return failed;
  state_->clobber_by_call();
  forget_frame(INT32_MIN, -int64_t{state_->depth});
  return std::nullopt;
}

FunctionVerifier::Checked FunctionVerifier::check_return() {
  if (state_->depth != 0) {
    return FailedRule{Rule::Returns, "the stack pointer is not where it was"};
  }
  for (Register reg : {kRbx, kRbp, kR12, Register{13}, Register{14}, kR15}) {
    const Value& value = state_->get(reg);
    if (value.kind != Kind::Preserved || value.detail != reg) {
      return FailedRule{Rule::Returns, "a register that the caller wants back has changed"};
    }
  }
  return std::nullopt;
}

// A jump, conditional or not, to what is no place in this function: a call in the place of a
// return.
FunctionVerifier::Checked FunctionVerifier::check_tail_call(const Instruction& instruction) {
  const Value target = instruction.is_direct()
                           ? Value::image(static_cast<uint64_t>(instruction.immediate))
                           : *read_source(instruction);
  uint32_t requirements = 0;
  if (instruction.is_direct() && !facts_.is_function(target.lo, requirements)) {
    return FailedRule{Rule::Jumps, "it leads into another function, or to none"};
  }
  if (const Checked failed = check_target(target)) return failed;
  return check_return();
}

// Where a jump to this, the sum of a table's word and a constant, may lead: `targets_`.
FunctionVerifier::Checked FunctionVerifier::find_targets(const Value& target) {
  const uint64_t step = uint64_t{1} << target.alignment;
  if ((target.hi - target.lo) / step >= kMaximumTargets) {
    return FailedRule{Rule::Jumps, "its table is too large"};
  }
  targets_.clear();
  for (uint64_t at = target.lo; at <= target.hi; at += step) {
    const int64_t offset = int64_t{target.detail} + facts_.read32(at);
    const uint32_t place = code_.find(static_cast<uint64_t>(offset));
    if (place == kNoInstruction) {
      return FailedRule{Rule::Jumps, "its table leads out of the function or into instructions"};
    }
    targets_.push_back(place);
  }
  std::sort(targets_.begin(), targets_.end());
  targets_.erase(std::unique(targets_.begin(), targets_.end()), targets_.end());
  return std::nullopt;
}

}  // namespace linden::verifier
