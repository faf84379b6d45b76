#include "jit/bytecode_reader.h"

namespace linden::jit {

std::optional<ValueType> value_type_from_code(uint8_t code) {
  switch (code) {
    case 0x7f:
      return ValueType::I32;
    case 0x7e:
      return ValueType::I64;
    case 0x7d:
      return ValueType::F32;
    case 0x7c:
      return ValueType::F64;
    case 0x7b:
      return ValueType::V128;
    case 0x70:
      return ValueType::FuncRef;
    case 0x6f:
      return ValueType::ExternRef;
    default:
      return std::nullopt;
  }
}

uint8_t BytecodeReader::read_byte() {
  if (position_ >= end_) {
    fail();
    return 0;
  }
  return bytes_[position_++];
}

void BytecodeReader::skip(uint64_t count) {
  if (count > end_ - position_) return fail();
  position_ += static_cast<uint32_t>(count);
}

uint32_t BytecodeReader::read_u32() {
  uint32_t result = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    uint8_t byte = read_byte();
    // The fifth byte has room for four bits only.
    if (shift == 28 && byte > 0x0f) break;
    result |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return result;
  }
  fail();
  return 0;
}

int64_t BytecodeReader::read_signed(unsigned bits) {
  uint64_t result = 0;
  unsigned shift = 0;
  const unsigned longest = (bits + 6) / 7 * 7;
  while (shift < longest) {
    uint8_t byte = read_byte();
    if (shift < 64) result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
    if ((byte & 0x80) == 0) {
      if (shift < 64 && (byte & 0x40) != 0) result |= ~uint64_t{0} << shift;
      return static_cast<int64_t>(result);
    }
  }
  fail();
  return 0;
}

uint64_t BytecodeReader::read_fixed(unsigned size) {
  uint64_t result = 0;
  for (unsigned i = 0; i < size; ++i) result |= static_cast<uint64_t>(read_byte()) << (8 * i);
  return result;
}

ValueType BytecodeReader::read_value_type() {
  std::optional<ValueType> type = value_type_from_code(read_byte());
  if (!type) fail();
  return type.value_or(ValueType::I32);
}

std::vector<BytecodeReader::LocalDeclaration> BytecodeReader::read_local_declarations() {
  std::vector<LocalDeclaration> declarations;
  uint32_t groups = read_u32();
  for (uint32_t i = 0; i < groups && ok_; ++i) {
    uint32_t count = read_u32();
    declarations.push_back({count, read_value_type()});
  }
  return declarations;
}

Opcode::Enum BytecodeReader::read_opcode() {
  uint8_t first = read_byte();
  return Opcode::is_prefix(first) ? Opcode::from_code(first, read_u32())
                                  : Opcode::from_code(0, first);
}

Opcode::Enum BytecodeReader::peek_opcode() {
  if (at_end()) return Opcode::Invalid;
  const uint32_t saved = position_;
  Opcode::Enum opcode = read_opcode();
  position_ = saved;
  return opcode;
}

void BytecodeReader::read_memory_argument(Instruction& instruction) {
  instruction.alignment_log2 = read_u32();
  instruction.memory_offset = read_u32();
}

bool BytecodeReader::next(Instruction& instruction) {
  if (!ok_ || position_ >= end_) return false;
  instruction.offset = position_;
  instruction.opcode = read_opcode();
  if (!ok_ || instruction.opcode == Opcode::Invalid) {
    fail();
    return false;
  }
  read_immediates(instruction);
  return ok_;
}

void BytecodeReader::read_immediates(Instruction& instruction) {
  const Opcode opcode = instruction.opcode;
  switch (instruction.opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
    case Opcode::Try: {
      // A 33-bit signed number: negative for the single-byte forms.
      if (position_ >= end_) return fail();
      uint8_t byte = bytes_[position_];
      if (byte == 0x40) {
        ++position_;
        instruction.block_type = {};
      } else if (std::optional<ValueType> type = value_type_from_code(byte)) {
        ++position_;
        instruction.block_type = {BlockType::Kind::Value, *type, 0};
      } else {
        int64_t index = read_signed(33);
        if (index < 0) return fail();
        instruction.block_type = {BlockType::Kind::TypeIndex, ValueType::I32,
                                  static_cast<uint32_t>(index)};
      }
      return;
    }
    case Opcode::BrTable: {
      uint32_t count = read_u32();
      if (count > end_ - position_) return fail();
      instruction.targets.clear();
      for (uint32_t i = 0; i <= count && ok_; ++i) instruction.targets.push_back(read_u32());
      return;
    }
    case Opcode::Br:
    case Opcode::BrIf:
    case Opcode::Call:
    case Opcode::ReturnCall:
    case Opcode::LocalGet:
    case Opcode::LocalSet:
    case Opcode::LocalTee:
    case Opcode::GlobalGet:
    case Opcode::GlobalSet:
    case Opcode::TableGet:
    case Opcode::TableSet:
    case Opcode::TableGrow:
    case Opcode::TableSize:
    case Opcode::TableFill:
    case Opcode::RefFunc:
    case Opcode::DataDrop:
    case Opcode::ElemDrop:
    case Opcode::Throw:
    case Opcode::Rethrow:
    case Opcode::Catch:
    case Opcode::Delegate:
    case Opcode::MemorySize:
    case Opcode::MemoryGrow:
    case Opcode::MemoryFill:
      instruction.index = read_u32();
      return;
    case Opcode::CallIndirect:
    case Opcode::ReturnCallIndirect:
    case Opcode::MemoryInit:
    case Opcode::MemoryCopy:
    case Opcode::TableInit:
    case Opcode::TableCopy:
      instruction.index = read_u32();
      instruction.index2 = read_u32();
      return;
    case Opcode::SelectT: {
      if (read_u32() != 1) return fail();
      instruction.value_type = read_value_type();
      return;
    }
    case Opcode::RefNull:
      instruction.value_type = read_value_type();
      return;
    case Opcode::I32Const:
      instruction.bits[0] = static_cast<uint32_t>(read_signed(32));
      return;
    case Opcode::I64Const:
      instruction.bits[0] = static_cast<uint64_t>(read_signed(64));
      return;
    case Opcode::F32Const:
      instruction.bits[0] = read_fixed(4);
      return;
    case Opcode::F64Const:
      instruction.bits[0] = read_fixed(8);
      return;
    case Opcode::V128Const:
    case Opcode::I8X16Shuffle:
      instruction.bits[0] = read_fixed(8);
      instruction.bits[1] = read_fixed(8);
      return;
    case Opcode::AtomicFence:
      read_byte();
      return;
    case Opcode::I8X16ExtractLaneS:
    case Opcode::I8X16ExtractLaneU:
    case Opcode::I8X16ReplaceLane:
    case Opcode::I16X8ExtractLaneS:
    case Opcode::I16X8ExtractLaneU:
    case Opcode::I16X8ReplaceLane:
    case Opcode::I32X4ExtractLane:
    case Opcode::I32X4ReplaceLane:
    case Opcode::I64X2ExtractLane:
    case Opcode::I64X2ReplaceLane:
    case Opcode::F32X4ExtractLane:
    case Opcode::F32X4ReplaceLane:
    case Opcode::F64X2ExtractLane:
    case Opcode::F64X2ReplaceLane:
      instruction.index = read_byte();
      return;
    case Opcode::V128Load8Lane:
    case Opcode::V128Load16Lane:
    case Opcode::V128Load32Lane:
    case Opcode::V128Load64Lane:
    case Opcode::V128Store8Lane:
    case Opcode::V128Store16Lane:
    case Opcode::V128Store32Lane:
    case Opcode::V128Store64Lane:
      read_memory_argument(instruction);
      instruction.index = read_byte();
      return;
    default:
      // What is left either accesses memory or has no immediate.
      if (opcode.memory_size() != 0) read_memory_argument(instruction);
      return;
  }
}

}  // namespace linden::jit
