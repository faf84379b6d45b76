// WebAssembly opcodes, from wabt's table (the header only: the compiler library does without
// libwabt).
#ifndef LINDEN_JIT_OPCODE_H_
#define LINDEN_JIT_OPCODE_H_

#include <cstdint>

namespace linden::jit {

class Opcode {
 public:
  enum Enum : uint16_t {
#define WABT_OPCODE(result, type1, type2, type3, size, prefix, code, Name, text, decompiled) Name,
#include <wabt/opcode.def>
#undef WABT_OPCODE
    Invalid,
  };

  Opcode(Enum value) : value_(value) {}  // NOLINT: an enumerator is an opcode
  operator Enum() const { return value_; }

  static constexpr bool is_prefix(uint8_t byte) { return byte >= 0xfc && byte <= 0xfe; }
  // Invalid if there is no such instruction. Prefix 0 for one-byte opcodes.
  static Opcode from_code(uint8_t prefix, uint32_t code);

  // The text format's, "i32.add".
  const char* name() const;
  // Bytes that the instruction accesses in memory; 0 if it does not.
  uint32_t memory_size() const;
  bool returns_i64() const;

 private:
  Enum value_;
};

}  // namespace linden::jit

#endif
