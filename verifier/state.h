// Everything that is known at one point of a function.
#ifndef LINDEN_VERIFIER_STATE_H_
#define LINDEN_VERIFIER_STATE_H_

#include <array>
#include <vector>

#include "verifier/instruction.h"
#include "verifier/value.h"
#include "verifier/value_pool.h"

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
  const Value* left_value = &kAny;
  const Value* right_value = &kAny;
};

class JoinNames;
class RequirementSource;

// How states are joined.
struct Growth {
  // Bounds that have been counted to grow so often, and still grow, are rounded up, so that loops
  // come to an end. No count is larger than kForever.
  unsigned patience;
  bool is_counted;
  // The first state is what a loop is taken to begin with, and ought to stay as it is.
  bool is_loop;
  // Of numbers that differ nothing is kept but how wide they are; and no names but equal ones.
  bool is_quick;

  static constexpr unsigned kForever = 16;
};

struct State {
  // Distance of the stack pointer from where it was when the function began.
  int32_t depth = 0;
  bool callee_set = false;           // Context::callee is a reference
  bool constant_callee_set = false;  // Context::constant_callee is a slot
  // A table that is known to have so many slots, or more: none ever becomes shorter.
  uint32_t long_table = 0;
  uint64_t long_table_size = 0;
  Flags flags;

  // All states of one function have the same pool.
  explicit State(ValuePool& pool) : pool_(&pool) { registers_.fill(&kAny); }
  // What a function may count on.
  void begin_function();

  // Changes what is kept at each place of which anything is known and `matters`.
  template <typename Matters, typename Change>
  void update(Matters matters, Change change, SlotRange slots = {0, UINT32_MAX}) {
    auto update_one = [&](const Value*& held) {
      if (held == &kAny || !matters(*held)) return;
      Value value = *held;
      change(value);
      hold(held, value);
    };
    for (const Value*& held : registers_) update_one(held);
    const size_t last = std::min<size_t>(slots.last, slots_.size());
    for (size_t slot = slots.first; slot < last; ++slot) update_one(slots_[slot]);
  }
  // Of the slots of which anything is known, with their numbers.
  template <typename Change>
  void update_slots(Change change) {
    for (size_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot] == &kAny) continue;
      Value value = *slots_[slot];
      if (change(slot, value)) hold(slots_[slot], value);
    }
  }
  // Every pointer to a value, to put another in its place.
  template <typename Use>
  void for_each_pointer(Use use) {
    for (const Value*& held : registers_) use(held);
    for (const Value*& held : slots_) use(held);
    use(flags.left_value);
    use(flags.right_value);
  }

  uint32_t fulfilled() const {
    return (callee_set ? kNeedsCallee : 0u) | (constant_callee_set ? kNeedsConstantCallee : 0u);
  }
  bool has_slot(uint32_t table, uint64_t index) const {
    return table == long_table && index < long_table_size;
  }
  // What is kept does not change: the pointer is good for the value whatever is put here next.
  const Value* held(Location location) const {
    if (location < kFirstSlot) return registers_[static_cast<size_t>(location)];
    const auto slot = static_cast<size_t>(location - kFirstSlot);
    return slot < slots_.size() ? slots_[slot] : &kAny;
  }
  const Value& get(Location location) const { return *held(location); }
  // `value` is kept in the pool, or a constant.
  void set(Location location, const Value* value) {
    overwrite(location);
    put(location, value);
  }
  void set(Location location, const Value& value) { set(location, pool_->hold(value)); }
  // Something of which little is known, in a register: a constant.
  void set_plain(Register reg, const Value* constant) {
    overwrite(reg);
    registers_[reg] = constant;
  }
  // The same place, and the same value, of which more is known.
  void put(Location location, const Value* value) {
    is_changeable_ |= changes_in_calls(*value);
    if (location < kFirstSlot) {
      registers_[static_cast<size_t>(location)] = value;
      return;
    }
    const auto slot = static_cast<size_t>(location - kFirstSlot);
    if (slot >= slots_.size()) {
      if (value == &kAny) return;
      slots_.resize(slot + 1, &kAny);
    }
    slots_[slot] = value;
    if ((value->id | value->low_id | value->origin) != 0) {
      pool_->note(static_cast<uint32_t>(slot), *value);
    }
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
    update([id](const Value& value) { return value.id == id; }, change, pool_->places(id));
  }

  // Of registers that are not among these, nothing is known any more.
  void keep_registers(uint16_t kept) {
    for (unsigned bits = static_cast<uint16_t>(~kept); bits != 0; bits &= bits - 1) {
      registers_[static_cast<size_t>(std::countr_zero(bits))] = &kAny;
    }
  }
  // They are counted anew at every place where states meet.
  void forget_growths() {
    update([](const Value& value) { return value.growths != 0; },
           [](Value& value) { value.growths = 0; });
  }

  // What is true if the flags fulfil `condition`. False: they cannot.
  bool assume(Condition condition);

 private:
  friend bool join(State& into, const State& from, uint16_t registers,
                   const RequirementSource& functions, JoinNames& names, Growth growth);
  // What tables hold and where they lie, and where linear memory is.
  static bool changes_in_calls(const Value& value) {
    if (value.fact == Fact::FilledOffset) return true;
    return value.kind >= Kind::MemoryBase &&
           (value.kind == Kind::MemoryBase || value.kind == Kind::TableEntries ||
            value.kind == Kind::TableEntry || value.kind == Kind::TableLength ||
            (value.kind == Kind::TypeId && (value.hi & kInTable) != 0));
  }
  void hold(const Value*& held, const Value& value) {
    held = pool_->hold(value);
    is_changeable_ |= changes_in_calls(value);
  }
  // The flags are still those of what was there.
  void overwrite(Location location) {
    if (flags.source == Flags::Source::Unknown) return;
    if (flags.difference == location) flags.difference = kNowhere;
    if (flags.left == location) flags.left = kNowhere;
    if (flags.right == location) flags.right = kNowhere;
  }
  bool assume_relation(Condition condition, bool is_left);
  bool assume_difference(Condition condition);
  void assume_filled(const Value& type_id);

  ValuePool* pool_;
  // Of no place anything is known that a call changes, if this is not so.
  bool is_changeable_ = false;
  std::array<const Value*, kRegisters> registers_;
  std::vector<const Value*> slots_;  // as far as anything was ever known
};

// What code that is callable needs, by the offset of a function in the image; nullopt if no
// function starts there.
class RequirementSource {
 public:
  virtual ~RequirementSource() = default;
  virtual bool is_function(uint64_t offset, uint32_t& requirements) const = 0;
};

// Names differ between two states; that places have the same name in each is what matters. Places
// that share one in both share one afterwards: the first state's where that is unambiguous (or
// where the second has the same), else a new one. Names only ever divide, so this comes to an end.
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
  enum class Rule : uint8_t {
    KeepFirst,  // all places of both states that have names must be matched
    Divide,     // those whose names are equal in both need not be matched
    Drop,       // so here; and there are no other names afterwards
  };
  void begin(Rule rule) {
    ++round_;
    rule_ = rule;
    divided_.clear();
  }
  uint32_t match(uint32_t a, uint32_t b) {
    if (a == 0 || b == 0) return 0;
    if (a == kConstantSlot || b == kConstantSlot) return a == b ? a : 0;
    if (rule_ != Rule::KeepFirst && a == b) return a;
    if (rule_ == Rule::Drop) return 0;
    const Pair pair = pairs_[a];
    if (pair.round != round_) {
      const uint32_t name = rule_ == Rule::KeepFirst ? a : create();
      pairs_[a] = {round_, b, name};
      return name;
    }
    return pair.b == b ? pair.name : divide(a, b);
  }

 private:
  struct Pair {
    uint32_t round = 0, b = 0, name = 0;
  };
  struct Divided {
    uint32_t a, b, name;
  };
  static constexpr size_t kMaximumNames = 1 << 22;

  uint32_t divide(uint32_t a, uint32_t b);

  std::vector<Pair> pairs_;  // by the first state's name
  std::vector<Divided> divided_;
  uint32_t round_ = 0;
  Rule rule_ = Rule::Drop;
};

// Makes `into` true of both. Registers that are not among `registers` do not matter. Returns
// whether it changed. Their depths are equal.
bool join(State& into, const State& from, uint16_t registers, const RequirementSource& functions,
          JoinNames& names, Growth growth);

}  // namespace linden::verifier

#endif
