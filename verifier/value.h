// What is known of a 64-bit value, in a register or a slot of the frame, at one point of a
// function.
//
// Most are numbers, known by bounds. The others are the few kinds of pointers that generated code
// has business with; each kind says what may be done with it. A value is of such a kind only if it
// was loaded from where the runtime keeps that kind, so a guest cannot make one.
#ifndef LINDEN_VERIFIER_VALUE_H_
#define LINDEN_VERIFIER_VALUE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace linden::verifier {

enum class Kind : uint8_t {
  Number,
  // What a register that calls preserve held when the function began; `detail`: which one.
  Preserved,
  // An offset in the image within [lo, hi], plus the address that the image is loaded at. If not
  // exact, only every 2^alignment-th from `lo` on.
  Image,
  // A 32-bit word of a jump table: one of the words at image offsets [lo, hi], every 2^alignment
  // bytes.
  JumpOffset,
  // The same, with the image offset `detail` added: where a switch goes.
  JumpTarget,
  // The base of linear memory plus an offset within [lo, hi] - kBaseBias, so that those below 0
  // have their order. Not after a call, which may be a fork: the child's base is another.
  MemoryBase,
  Code,    // something that may be called; `detail`: what must be in the Context (Requirement)
  Helper,  // `detail`: which
  Instance,
  FunctionArray,
  TableArray,
  GlobalArray,
  TypeArray,
  TagArray,           // plus an offset in [lo, hi]
  MemorySize,         // the address of the word
  FunctionReference,  // not null
  Global,             // a cell; `detail`: index
  Table,              // TableData; `detail`: index
  TableEntries,       // `detail`: index of the table
  TableLength,        // a number, of slots; `detail`: index of the table
  TableEntry,         // the address of a slot that exists; `detail`: index of the table
  // The type of what is in a slot; `detail`: the id of the value that addresses it, or 0. Slots are
  // not empty if it is not 0. For a slot of a constant table that is addressed by a number, added
  // to a base: `lo` is the base, `scale` what the number is multiplied by. If it has an origin, so
  // has the slot's address, and `hi` says to what that is added: an offset in the image. For a slot
  // of a table that can change, `hi` is kInTable and the table's index.
  TypeId,
};

// What a number is known to be besides its bounds.
enum class Fact : uint8_t {
  None,
  BelowLength,   // less than the length of table `detail`
  SlotOffset,    // 32 times such a number
  FilledOffset,  // the same, and that slot is not empty
  // Times `scale` and added to the image offset `detail`, it addresses a slot of a constant table
  // that is not empty.
  FilledConstant,
  // For Kind::Image and Kind::TableEntry: the slot that it addresses is not empty; for
  // Kind::TableEntries: slot `lo` is not.
  Filled,
};

inline constexpr uint64_t kBaseBias = uint64_t{1} << 40;
inline constexpr uint64_t kInTable = uint64_t{1} << 63;
// The origin of the address of a slot, or of its type, whose index is the constant `lo`.
inline constexpr uint32_t kConstantSlot = UINT32_MAX;

// Of a Code.
enum Requirement : uint32_t {
  kNoRequirement = 0,
  kNeedsCallee = 1,          // Context::callee
  kNeedsConstantCallee = 2,  // Context::constant_callee
};

struct Value {
  uint64_t lo = 0;
  uint64_t hi = UINT64_MAX;
  uint32_t low_lo = 0;  // Number: bounds of the lower 32 bits
  uint32_t low_hi = UINT32_MAX;
  uint32_t detail = 0;
  // Two places of one state that have the same id, not 0, hold equal values.
  uint32_t id = 0;
  uint32_t low_id = 0;  // the same for the lower 32 bits
  // Not 0: it is 2^origin_shift times the lower 32 bits of what has this low_id; for an Image, plus
  // the offset `detail`; for a TableEntry, from the beginning of its table on.
  uint32_t origin = 0;
  uint8_t origin_shift : 4 = 0;
  uint8_t growths : 4 = 0;  // joins that its bounds grew in, up to where they are given up
  uint8_t byte_lo = 0;      // Number: bounds of the lowest byte
  uint8_t byte_hi = UINT8_MAX;
  bool is_signed_word = false;  // Number: its lower 32 bits, sign-extended
  Kind kind = Kind::Number;
  Fact fact = Fact::None;
  uint8_t alignment = 0;  // Number: a multiple of 2^alignment
  uint8_t scale = 0;      // FilledConstant: what it is multiplied by; TypeId: so is the address

  static constexpr Value any() { return {}; }
  static constexpr Value between(uint64_t lo, uint64_t hi) {
    Value value;
    value.lo = lo;
    value.hi = hi;
    if (hi <= UINT32_MAX) {
      value.low_lo = static_cast<uint32_t>(lo);
      value.low_hi = static_cast<uint32_t>(hi);
    }
    return value;
  }
  static constexpr Value word() { return between(0, UINT32_MAX); }
  static Value constant(uint64_t number);
  static Value pointer(Kind kind, uint32_t detail = 0) {
    Value value;
    value.kind = kind;
    value.detail = detail;
    return value;
  }
  static Value memory_base(uint64_t biased_lo = kBaseBias, uint64_t biased_hi = kBaseBias) {
    Value value = pointer(Kind::MemoryBase);
    value.lo = biased_lo;
    value.hi = biased_hi;
    return value;
  }
  static Value image(uint64_t offset) {
    Value value = pointer(Kind::Image);
    value.lo = value.hi = offset;
    return value;
  }

  bool is_number() const { return kind == Kind::Number; }
  bool is_any() const {
    return hi == UINT64_MAX && kind == Kind::Number && lo == 0 && low_lo == 0 &&
           low_hi == UINT32_MAX && alignment == 0 && fact == Fact::None && id == 0 && low_id == 0 &&
           !is_signed_word && byte_lo == 0 && byte_hi == UINT8_MAX;
  }
  bool is_exact() const { return lo == hi; }
  // As a number: other kinds may be any.
  Value as_number() const {
    if (kind == Kind::Number) return *this;
    return any();
  }
  // Its lower 32 bits, zero-extended.
  Value low_word() const {
    if (kind != Kind::Number) return word();
    return hi <= UINT32_MAX ? *this : cut_word();
  }
  Value cut_word() const;

  bool operator==(const Value& other) const {
    using Words = std::array<uint64_t, 6>;
    const auto a = std::bit_cast<Words>(*this), b = std::bit_cast<Words>(other);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4]) |
            (a[5] ^ b[5])) == 0;
  }
};
// So that they can be compared as bytes: joins are much of the verifier's time.
static_assert(std::has_unique_object_representations_v<Value>);

// Those that are met most often. What is held elsewhere may be equal to them.
inline constexpr Value kAny = Value::any();
inline constexpr Value kWordValue = Value::word();
// What is not much more than 32 bits: an address and a constant.
inline constexpr uint64_t kLargestSum = uint64_t{1} << 33;
inline constexpr Value kSumValue = Value::between(0, kLargestSum);
inline constexpr Value kHalfValue = Value::between(0, UINT16_MAX);
inline constexpr Value kByteValue = Value::between(0, UINT8_MAX);
inline constexpr Value kTruthValue = Value::between(0, 1);
inline constexpr Value kZeroValue = [] {
  Value value = Value::between(0, 0);
  value.alignment = 63;
  return value;
}();
inline constexpr Value kSignedWordValue = [] {
  Value value;
  value.is_signed_word = true;
  return value;
}();

// An unsigned number of so many bytes.
inline const Value* unsigned_of(unsigned size) {
  return size == 4 ? &kWordValue : size == 2 ? &kHalfValue : size == 1 ? &kByteValue : &kAny;
}
// Nothing is known of it, or that it has 32 bits.
inline bool is_plain(const Value* value) { return value == &kAny || value == &kWordValue; }
// One of these, not just equal to one.
inline bool is_constant(const Value* value) {
  return value == &kAny || value == &kWordValue || value == &kSumValue || value == &kHalfValue ||
         value == &kByteValue || value == &kTruthValue || value == &kZeroValue ||
         value == &kSignedWordValue;
}

// Numbers; `width` in bytes, 4 or 8. Results of 4 bytes are zero-extended.
Value add(const Value& a, const Value& b, unsigned width);
Value subtract(const Value& a, const Value& b, unsigned width);
Value multiply(const Value& a, const Value& b, unsigned width);
Value bitwise_and(const Value& a, const Value& b, unsigned width);
Value bitwise_or(const Value& a, const Value& b, unsigned width);  // xor too
Value shift_left(const Value& a, unsigned count, unsigned width);
Value shift_right(const Value& a, unsigned count, unsigned width);
Value sign_extend(const Value& a, unsigned from, unsigned to);
// What a register holds after its lowest `width` bytes, 1 or 2, have been overwritten with a number
// in [least, largest].
Value overwrite_part(const Value& old, unsigned width, uint64_t least, uint64_t largest);

// Whatever is true of both. Kinds with requirements are the business of State::join.
Value join(const Value& a, const Value& b);

}  // namespace linden::verifier

#endif
