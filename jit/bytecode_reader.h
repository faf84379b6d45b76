// Decodes function bodies, one instruction with its immediates at a time. Every read is
// bounds-checked, so it may be used on bytes that have not been validated; after a malformed
// instruction ok() is false.
#ifndef LINDEN_JIT_BYTECODE_READER_H_
#define LINDEN_JIT_BYTECODE_READER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "jit/opcode.h"
#include "jit/types.h"

namespace linden::jit {

// A block type is empty, one value, or a type index (core specification 5.4.1).
struct BlockType {
  enum class Kind : uint8_t { Empty, Value, TypeIndex };
  Kind kind = Kind::Empty;
  ValueType value = ValueType::I32;
  uint32_t type_index = 0;
};

struct Instruction {
  Opcode::Enum opcode = Opcode::Invalid;
  uint32_t offset = 0;         // of the opcode, in the module
  uint32_t index = 0;          // local, global, function, type, label, table, segment, lane
  uint32_t index2 = 0;         // second index: call_indirect's table, table.copy's source, ...
  uint64_t memory_offset = 0;  // memarg
  uint32_t alignment_log2 = 0;
  uint64_t bits[2] = {0, 0};  // constants and shuffle masks, little endian
  BlockType block_type;
  ValueType value_type = ValueType::I32;  // ref.null, typed select
  std::vector<uint32_t> targets;          // br_table: labels, the default last
};

class BytecodeReader {
 public:
  // Reads `bytes` [begin, end); offsets are relative to `bytes`.
  BytecodeReader(std::span<const uint8_t> bytes, uint32_t begin, uint32_t end)
      : bytes_(bytes), position_(begin), end_(end) {}

  bool ok() const { return ok_; }
  bool at_end() const { return position_ >= end_; }
  uint32_t position() const { return position_; }
  void set_position(uint32_t position) { position_ = position; }

  // The local declarations at the start of a body, one (count, type) pair each.
  struct LocalDeclaration {
    uint32_t count;
    ValueType type;
  };
  std::vector<LocalDeclaration> read_local_declarations();

  // False at the end or on malformed bytes (then ok() is false). Reuses the instruction's buffers.
  bool next(Instruction& instruction);
  // The opcode that next() would give, for one-instruction look-ahead; Invalid at the end.
  Opcode::Enum peek_opcode();

  uint8_t read_byte();
  uint32_t read_u32();
  int64_t read_signed(unsigned bits);
  void skip(uint64_t count);

 private:
  Opcode::Enum read_opcode();
  void read_immediates(Instruction& instruction);
  void read_memory_argument(Instruction& instruction);
  uint64_t read_fixed(unsigned size);
  ValueType read_value_type();
  void fail() {
    ok_ = false;
    position_ = end_;
  }

  std::span<const uint8_t> bytes_;
  uint32_t position_;
  uint32_t end_;
  bool ok_ = true;
};

std::optional<ValueType> value_type_from_code(uint8_t code);

}  // namespace linden::jit

#endif
