// One decoded instruction, reduced to what the proof needs: what it does to general registers, the
// stack pointer and memory, and where it may go. Vector registers do not appear: no rule depends on
// what they hold.
#ifndef LINDEN_VERIFIER_INSTRUCTION_H_
#define LINDEN_VERIFIER_INSTRUCTION_H_

#include <cstdint>

namespace linden::verifier {

// What the analysis follows exactly. Everything else is Other: the registers that it writes hold
// unknown values afterwards.
enum class Operation : uint8_t {
  Other,
  Nop,
  Move,        // zero-extends: mov, movzx
  MoveSigned,  // movsx, movsxd
  Lea,
  Add,  // inc too
  Subtract,
  AddCarry,
  SubtractBorrow,
  And,
  Or,
  Xor,
  ShiftLeft,
  ShiftRight,
  ShiftRightSome,  // by a number in a register
  Multiply,        // imul with one result; `immediate` is the factor if has_immediate
  ConditionalMove,
  Set,       // setcc: 0 or 1
  ZeroHigh,  // bzhi: the bits of the source below the number in `count_register`
  Compare,
  Test,
  Push,
  Pop,
  Call,
  Jump,
  Branch,  // conditional
  Return,
  Trap,  // does not go on
};

// The condition codes of x86, as in the low four bits of opcodes.
enum class Condition : uint8_t {
  Overflow,
  NotOverflow,
  Below,
  AboveOrEqual,
  Equal,
  NotEqual,
  BelowOrEqual,
  Above,
  Sign,
  NotSign,
  Parity,
  NotParity,
  Less,
  GreaterOrEqual,
  LessOrEqual,
  Greater,
};

// General registers have their numbers in encodings.
using Register = uint8_t;
inline constexpr Register kRax = 0, kRcx = 1, kRdx = 2, kRbx = 3, kRsp = 4, kRbp = 5, kRsi = 6,
                          kRdi = 7, kR8 = 8, kR11 = 11, kR12 = 12, kR15 = 15;
inline constexpr Register kRegisters = 16;
inline constexpr Register kRip = 16;  // only as the base of a memory operand
inline constexpr Register kNoRegister = 0xff;

enum class Segment : uint8_t { None, Fs, Gs };

enum class Place : uint8_t {
  None,
  Register,
  Memory,     // Instruction::memory
  Immediate,  // Instruction::immediate
  Opaque,     // %ah and its kin: known to be something of `width` bytes
};

struct MemoryOperand {
  int64_t displacement = 0;  // with base kRip: the offset in the image that is addressed
  Register base = kNoRegister;
  Register index = kNoRegister;
  uint8_t scale = 1;
  uint8_t size = 0;  // bytes accessed
  Segment segment = Segment::None;
  bool address32 = false;  // the 0x67 prefix: the sum is taken modulo 2^32
  bool is_read = false;
  bool is_written = false;

  bool operator==(const MemoryOperand&) const = default;
};

// What the proof can do in a shorter way than by looking at all that an instruction may have. It
// follows from the other fields, and says no more than they.
enum class Shortcut : uint8_t {
  None,
  Nothing,     // no register, flag or memory is any of the proof's business
  Access,      // of linear memory, and nothing else
  Load,        // of linear memory into all of a register, zero-extended
  Copy,        // of a register's lower half, or all of it, to all of another
  Constant,    // to all of a register
  Sum,         // lea of 32 bits, or of an address of 32 bits
  Arithmetic,  // of a register with another or a number: add, sub, and, or, xor
  Comparison,  // of registers or numbers
  End,         // of a block
};

struct Instruction {
  uint32_t offset = 0;  // in the image
  uint8_t length = 0;
  Operation operation = Operation::Other;
  Condition condition = Condition::Overflow;
  Shortcut shortcut = Shortcut::None;
  uint8_t width = 0;         // bytes of the result, or of what is compared
  uint8_t source_width = 0;  // bytes of the source
  Place destination = Place::None;
  Place source = Place::None;
  Register destination_register = kNoRegister;
  Register source_register = kNoRegister;
  Register count_register = kNoRegister;
  bool has_memory = false;  // an access, not just a sum as in lea
  bool has_immediate = false;
  bool writes_flags = false;
  // General registers written, for Other; bit numbers are registers. `writes` in full (64 bits),
  // `writes32` with zeros above, `writes_part` with the rest kept.
  uint16_t writes = 0;
  uint16_t writes32 = 0;
  uint16_t writes_part = 0;
  bool uses_stack_pointer = false;  // as a register operand
  // General registers whose values can matter to the proof (not what vectors are made of, and the
  // like), and those that hold something else afterwards. Of a call, without what both sides agree
  // on to be preserved.
  uint16_t used = 0, defined = 0;
  int64_t immediate = 0;  // for direct jumps and calls: the target's offset in the image
  MemoryOperand memory;   // also what lea computes

  // Fills `used` and `defined`.
  void find_registers();
  void find_shortcut();

  uint32_t end() const { return offset + length; }
  bool is_direct() const { return source == Place::Immediate; }
  bool ends_block() const {
    return operation == Operation::Jump || operation == Operation::Branch ||
           operation == Operation::Return || operation == Operation::Trap;
  }
  bool operator==(const Instruction&) const = default;
};

}  // namespace linden::verifier

#endif
