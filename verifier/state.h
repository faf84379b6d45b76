// Everything that is known at one point of a function.
#ifndef LINDEN_VERIFIER_STATE_H_
#define LINDEN_VERIFIER_STATE_H_

#include <array>
#include <vector>

#include "verifier/instruction.h"
#include "verifier/value.h"

namespace linden::verifier {

// A register (its number) or a slot of the frame (16 and its index), or neither.
using Location = int32_t;
inline constexpr Location kNowhere = -1;
inline constexpr Location kFirstSlot = kRegisters;

// What the processor's flags come from.
struct Flags {
  enum class Source : uint8_t {
    Unknown,
    Comparison,  // of left and right: cmp, sub
    Result,      // of an operation, which is in `left`; compared with 0, as to equality and sign
  };
  Source source = Source::Unknown;
  uint8_t width = 0;
  Location left = kNowhere, right = kNowhere;
  Location difference = kNowhere;  // of a Comparison: where the difference of both is
  Value left_value, right_value;

  bool operator==(const Flags&) const = default;
};

class JoinNames;
class RequirementSource;

// What to do with bounds that grow when states are joined.
struct Growth {
  // Those that have been counted to grow so often, and still grow, are rounded up, so that loops
  // come to an end. No count is larger than kForever.
  unsigned patience;
  bool is_counted;

  static constexpr unsigned kForever = 16;
};
// Where there is no loop.
inline constexpr Growth kNoLoop{Growth::kForever, false};

struct State {
  // Distance of the stack pointer from where it was when the function began.
  int32_t depth = 0;
  bool callee_set = false;           // Context::callee is a reference
  bool constant_callee_set = false;  // Context::constant_callee is a slot
  // A table that is known to have so many slots, or more: none ever becomes shorter.
  uint32_t long_table = 0;
  uint64_t long_table_size = 0;
  Flags flags;

  static State at_entry();
  State() = default;
  State(State&&) = default;
  State& operator=(State&&) = default;
  State(const State& other) { *this = other; }
  State& operator=(const State& other);

  // Of all registers and slots of which anything is known.
  template <typename Use>
  void for_each(Use use) {
    for (unsigned bits = known_registers_; bits != 0; bits &= bits - 1) {
      use(registers_[static_cast<size_t>(std::countr_zero(bits))]);
    }
    for (size_t word = 0; word < known_.size(); ++word) {
      for (uint64_t bits = known_[word]; bits != 0; bits &= bits - 1) {
        use(slots_[word * 64 + static_cast<size_t>(std::countr_zero(bits))]);
      }
    }
  }

  // Of the slots, with their numbers. Nothing is known any more of those for which `forget` says
  // so.
  template <typename Forget>
  void forget_slots(Forget forget) {
    for (size_t word = 0; word < known_.size(); ++word) {
      for (uint64_t bits = known_[word]; bits != 0; bits &= bits - 1) {
        const size_t slot = word * 64 + static_cast<size_t>(std::countr_zero(bits));
        if (forget(slot, slots_[slot])) known_[word] &= ~(uint64_t{1} << slot % 64);
      }
    }
  }

  uint32_t fulfilled() const {
    return (callee_set ? kNeedsCallee : 0u) | (constant_callee_set ? kNeedsConstantCallee : 0u);
  }
  bool has_slot(uint32_t table, uint64_t index) const {
    return table == long_table && index < long_table_size;
  }
  const Value& get(Register reg) const {
    return (known_registers_ >> reg & 1) != 0 ? registers_[reg] : kAny;
  }
  const Value& get(Location location) const {
    if (location < kFirstSlot) return get(static_cast<Register>(location));
    const auto slot = static_cast<size_t>(location - kFirstSlot);
    return is_known(slot) ? slots_[slot] : kAny;
  }
  void set(Register reg, const Value& value) {
    overwrite(reg);
    const auto bit = static_cast<uint16_t>(1u << reg);
    if (value.is_any()) {
      known_registers_ &= static_cast<uint16_t>(~bit);
    } else {
      known_registers_ |= bit;
      registers_[reg] = value;
    }
  }
  void set(Location location, const Value& value) {
    if (location < kFirstSlot) return set(static_cast<Register>(location), value);
    overwrite(location);
    set_slot(location, value);
  }
  // Gives what is at `location`, or its lower half, a name that nothing has.
  void name(Location location, uint32_t id);
  void name_low(Location location, uint32_t id);
  // Forgets what may have changed in a call: registers, and the following.
  void clobber_by_call();
  // What tables hold and where they lie, and where linear memory is.
  void forget_what_calls_change();

  // Calls `change` for the value at `location` and everything equal to it.
  template <typename Change>
  void for_all_equal(Location location, uint32_t id, Change change) {
    if (location != kNowhere && (id == 0 || get(location).id == id)) {
      Value value = get(location);
      change(value);
      set(location, value);
    }
    if (id == 0) return;
    for_each([&](Value& value) {
      if (value.id == id) change(value);
    });
  }

  // Of registers that are not among these, nothing is known any more.
  void keep_registers(uint16_t kept) { known_registers_ &= kept; }
  // They are counted anew at every place where states meet.
  void forget_growths() {
    for_each([](Value& value) { value.growths = 0; });
  }

  // What is true if the flags fulfil `condition`. False: they cannot.
  bool assume(Condition condition);

 private:
  friend bool join(State& into, const State& from, uint16_t registers,
                   const RequirementSource& functions, JoinNames& names, Growth growth);
  bool is_known(size_t slot) const {
    return slot / 64 < known_.size() && (known_[slot / 64] >> slot % 64 & 1) != 0;
  }
  // The flags are still those of what was there.
  void overwrite(Location location) {
    if (flags.difference == location) flags.difference = kNowhere;
    if (flags.left == location) flags.left = kNowhere;
    if (flags.right == location) flags.right = kNowhere;
  }
  void set_slot(Location location, const Value& value);
  Value* find(Location location);
  static constexpr Value kAny{};
  bool assume_relation(Condition condition, bool is_left);
  bool assume_difference(Condition condition);
  void assume_filled(const Value& type_id);

  // Of few registers and slots anything is known at a time, so the others are neither copied nor
  // joined: what they have in registers_ and slots_ is of no meaning.
  uint16_t known_registers_ = 0;
  std::array<Value, kRegisters> registers_;
  std::vector<uint64_t> known_;
  std::vector<Value> slots_;
};

// What code that is callable needs, by the offset of a function in the image; nullopt if no
// function starts there.
class RequirementSource {
 public:
  virtual ~RequirementSource() = default;
  virtual bool is_function(uint64_t offset, uint32_t& requirements) const = 0;
};

// Names differ between two states; that places have the same name in each is what matters. Places
// that share one in both share one afterwards: the first state's where that is unambiguous, else a
// new one. Names only ever divide, so this comes to an end.
class JoinNames {
 public:
  void begin_function() {
    pairs_.assign(1, {});
    round_ = 0;
  }
  // A name that has never been given. 0, which is none, if there are very many.
  uint32_t create() {
    if (pairs_.size() >= kMaximumNames) return 0;
    pairs_.emplace_back();
    return static_cast<uint32_t>(pairs_.size() - 1);
  }
  void begin() {
    ++round_;
    divided_.clear();
  }
  uint32_t match(uint32_t a, uint32_t b) {
    if (a == 0 || b == 0) return 0;
    if (a == kConstantSlot || b == kConstantSlot) return a == b ? a : 0;
    Pair& pair = pairs_[a];
    if (pair.round != round_) {
      pair = {round_, b};
      return a;
    }
    return pair.b == b ? a : divide(a, b);
  }

 private:
  struct Pair {
    uint32_t round = 0, b = 0;
  };
  struct Divided {
    uint32_t a, b, name;
  };
  static constexpr size_t kMaximumNames = 1 << 22;

  uint32_t divide(uint32_t a, uint32_t b);

  std::vector<Pair> pairs_;  // by the first state's name
  std::vector<Divided> divided_;
  uint32_t round_ = 0;
};

// Makes `into` true of both. Of registers that are not among `registers`, nothing is known in it.
// Returns whether it changed. Their depths are equal.
bool join(State& into, const State& from, uint16_t registers, const RequirementSource& functions,
          JoinNames& names, Growth growth);

}  // namespace linden::verifier

#endif
