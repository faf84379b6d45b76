// What is true of two states.

#include "verifier/state.h"

namespace linden::verifier {
namespace {

// Bounds that a growing one is rounded up to.
constexpr uint64_t kThresholds[] = {INT32_MAX, UINT32_MAX, uint64_t{1} << 33, UINT64_MAX};

uint64_t next_threshold(uint64_t bound) {
  for (uint64_t threshold : kThresholds) {
    if (bound <= threshold) return threshold;
  }
  return UINT64_MAX;
}

bool has_grown(const Value& old, const Value& value) {
  return value.kind == old.kind && (value.hi > old.hi || value.lo < old.lo ||
                                    value.low_hi > old.low_hi || value.low_lo < old.low_lo);
}

// `hastily`: what has outgrown 32 bits, has no bound.
Value widened(const Value& old, Value value, bool hastily) {
  if (value.kind == Kind::Image && old.kind == Kind::Image && has_grown(old, value)) {
    // As far as what it is computed from can.
    if (value.origin == 0) return Value::any();
    value.lo = std::min<uint64_t>(value.lo, value.detail);
    value.hi = std::max(value.hi, value.detail + (uint64_t{UINT32_MAX} << value.origin_shift));
    value.alignment = std::min(value.alignment, value.origin_shift);
    return value;
  }
  if (value.kind == Kind::MemoryBase && old.kind == Kind::MemoryBase && has_grown(old, value)) {
    const bool is_far = value.hi >= kBaseBias + (uint64_t{1} << 33);
    if (value.lo < old.lo || is_far) return Value::any();
    value.hi = kBaseBias + next_threshold(value.hi < kBaseBias ? 0 : value.hi - kBaseBias);
    return value;
  }
  if (!value.is_number() || !old.is_number()) return value;
  if (value.hi > old.hi) {
    value.hi = hastily && value.hi > UINT32_MAX ? UINT64_MAX : next_threshold(value.hi);
  }
  if (value.lo < old.lo) value.lo = value.low_lo = 0;
  if (value.low_lo < old.low_lo) value.low_lo = 0;
  if (value.low_hi > old.low_hi)
    value.low_hi =
        static_cast<uint32_t>(std::min<uint64_t>(next_threshold(value.low_hi), UINT32_MAX));
  if (value.hi <= UINT32_MAX)
    value.low_hi = std::max(value.low_hi, static_cast<uint32_t>(value.hi));
  if (value.alignment < old.alignment) value.alignment = 0;
  return value;
}

// Code that may be called once these requirements are fulfilled.
bool as_code(const Value& value, const State& state, const RequirementSource& functions,
             uint32_t& requirements) {
  if (value.kind == Kind::Code) {
    requirements = value.detail & ~state.fulfilled();
    return true;
  }
  if (value.kind == Kind::Image && value.is_exact() &&
      functions.is_function(value.lo, requirements)) {
    requirements &= ~state.fulfilled();
    return true;
  }
  return false;
}

// What is fulfilled once, stays so: nothing but a reference is ever stored there again.
Value join_values(Value a, const State& of_a, Value b, const State& of_b,
                  const RequirementSource& functions, JoinNames& names) {
  a.id = b.id = names.match(a.id, b.id);
  a.low_id = b.low_id = names.match(a.low_id, b.low_id);
  if (a.origin_shift != b.origin_shift) b.origin = 0;
  a.origin = b.origin = names.match(a.origin, b.origin);
  if (a.kind == Kind::TypeId && b.kind == Kind::TypeId) {
    b.detail = names.match(a.detail, b.detail);
    Value result = a;
    result.detail = b.detail;
    if (a.lo != b.lo || a.scale != b.scale) result.detail = 0;
    if (a.hi != b.hi) result.origin = 0;
    return result.detail == 0 && result.origin == 0 ? Value::any() : result;
  }
  if (a == b && a.kind != Kind::Code) return a;
  uint32_t need_a = 0, need_b = 0;
  if ((a.kind == Kind::Code || b.kind == Kind::Code || a.kind == Kind::Image) &&
      as_code(a, of_a, functions, need_a) && as_code(b, of_b, functions, need_b)) {
    return Value::pointer(Kind::Code, need_a | need_b);
  }
  return join(a, b);
}

// Numbers of 32 bits, one of which is no small one, of which nothing else is known in both.
bool is_wide(const Value& a, const Value& b) {
  constexpr uint64_t kSmall = UINT16_MAX;
  return a.is_number() && b.is_number() && std::max(a.hi, b.hi) <= UINT32_MAX &&
         std::max(a.hi, b.hi) > kSmall && (a.fact == Fact::None || b.fact == Fact::None) &&
         a.byte_hi - a.byte_lo == UINT8_MAX && b.byte_hi - b.byte_lo == UINT8_MAX;
}

}  // namespace

uint32_t JoinNames::divide(uint32_t a, uint32_t b) {
  for (const Divided& one : divided_) {
    if (one.a == a && one.b == b) return one.name;
  }
  const uint32_t name = create();
  divided_.push_back({a, b, name});
  return name;
}

bool join(State& into, const State& from, uint16_t registers, const RequirementSource& functions,
          JoinNames& names, Growth growth) {
  bool changed = false;
  using Rule = JoinNames::Rule;
  const bool keeps_names = growth.is_loop && !growth.is_quick;
  names.begin(growth.is_quick ? Rule::Drop : keeps_names ? Rule::KeepFirst : Rule::Divide);
  auto merge = [&](const Value*& held, const Value* other) {
    const Value& a = *held;
    const Value& b = *other;
    // Most often: equal, whatever it is, if its names need not be matched.
    if (held == other &&
        (!keeps_names || ((a.id | a.low_id | a.origin) == 0 && a.kind != Kind::TypeId))) {
      return;
    }
    if (held == &kAny) return;
    if (other == &kAny) {
      held = &kAny;
      changed = true;
      return;
    }
    // What has 32 bits, and has been found to be no other than that before.
    if (held == &kWordValue && b.is_number() && b.hi <= UINT32_MAX) return;
    if (growth.is_quick && !growth.is_loop && is_wide(a, b)) {
      held = &kWordValue;
      changed = true;
      return;
    }
    Value joined = join_values(a, into, b, from, functions, names);
    if (joined == a) return;
    if (has_grown(a, joined)) {
      if (joined.growths >= growth.patience) {
        joined = widened(a, joined, growth.patience == 0);
      } else if (growth.is_counted) {
        joined.growths = joined.growths + 1;
      }
    }
    held = into.pool_->hold(joined);
    changed = true;
  };
  for (Register r = 0; r < kRegisters; ++r) {
    const Value*& held = into.registers_[r];
    if (held == &kAny || (held == from.registers_[r] && !keeps_names)) continue;
    if ((registers >> r & 1) == 0) {
      held = &kAny;
    } else {
      merge(held, from.registers_[r]);
    }
  }
  const size_t both = std::min(into.slots_.size(), from.slots_.size());
  for (size_t slot = 0; slot < both; ++slot) {
    const Value*& held = into.slots_[slot];
    if (held == &kAny || (held == from.slots_[slot] && !keeps_names)) continue;
    merge(held, from.slots_[slot]);
    if ((held->id | held->low_id | held->origin) != 0) {
      into.pool_->note(static_cast<uint32_t>(slot), *held);
    }
  }
  for (size_t slot = both; slot < into.slots_.size(); ++slot) {
    changed |= into.slots_[slot] != &kAny;
  }
  into.slots_.resize(both, &kAny);
  into.is_changeable_ |= from.is_changeable_;
  // Names in flags would have to be matched too, for what does not happen.
  if (into.flags.source != Flags::Source::Unknown) {
    into.flags = Flags();
    changed = true;
  }
  if (into.long_table_size != 0 &&
      (into.long_table != from.long_table || into.long_table_size > from.long_table_size)) {
    into.long_table_size = into.long_table == from.long_table ? from.long_table_size : 0;
    changed = true;
  }
  if (into.callee_set && !from.callee_set) {
    into.callee_set = false;
    changed = true;
  }
  if (into.constant_callee_set && !from.constant_callee_set) {
    into.constant_callee_set = false;
    changed = true;
  }
  return changed;
}

}  // namespace linden::verifier
