#include "verifier/instruction_form.h"

#include <array>

namespace linden::verifier {
namespace {

// What there is to know of an opcode, of one byte or of two with 0x0f first.
struct Opcode {
  bool has_operands = false;                         // a ModRM byte follows
  bool is_abstract = false;                          // its registers can be replaced
  bool has_byte_reg = false, has_byte_base = false;  // registers that are bytes
  // `reg` tells instructions apart: those of these numbers are abstract.
  bool is_group = false;
  uint8_t members = 0;
};

struct Opcodes {
  std::array<bool, 256> is_prefix{};
  std::array<Opcode, 256> one{}, two{};
};

constexpr Opcodes kOpcodes = [] {
  Opcodes opcodes;
  for (int byte : {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3}) {
    opcodes.is_prefix[static_cast<size_t>(byte)] = true;
  }
  for (size_t byte = 0; byte < 256; ++byte) {
    Opcode& one = opcodes.one[byte];
    const bool is_arithmetic = byte < 0x40 && (byte & 7) < 4;
    one.has_operands = is_arithmetic || byte == 0x62 || byte == 0x63 || byte == 0x69 ||
                       byte == 0x6b || (byte >= 0x80 && byte < 0x90) || byte == 0xc0 ||
                       byte == 0xc1 || byte == 0xc6 || byte == 0xc7 ||
                       (byte >= 0xd0 && byte < 0xd4) || byte == 0xf6 || byte == 0xf7 ||
                       byte >= 0xfe;
    one.is_abstract = is_arithmetic || byte == 0x63 || byte == 0x69 || byte == 0x6b ||
                      byte == 0x84 || byte == 0x85 || (byte >= 0x88 && byte <= 0x8b) ||
                      byte == 0x8d;
    one.has_byte_reg = one.has_byte_base =
        (is_arithmetic && byte % 2 == 0) || byte == 0x84 || byte == 0x88 || byte == 0x8a;
    Opcode& two = opcodes.two[byte];
    two.has_operands =
        !(byte == 0x05 || byte == 0x0b || (byte >= 0x30 && byte < 0x38) ||
          (byte >= 0x80 && byte < 0x90) || byte == 0xa2 || (byte >= 0xc8 && byte < 0xd0));
    const bool is_set = byte >= 0x90 && byte < 0xa0;
    two.is_abstract = (byte >= 0x40 && byte < 0x50) || byte == 0xaf || byte == 0xb6 ||
                      byte == 0xb7 || byte == 0xbe || byte == 0xbf;
    two.has_byte_base = is_set || byte == 0xb6 || byte == 0xbe;
    if (is_set) {
      two.is_group = two.is_abstract = true;
      two.members = 1;
    }
  }
  auto group = [&](size_t byte, unsigned members) {
    Opcode& one = opcodes.one[byte];
    one.is_group = one.is_abstract = true;
    one.members = static_cast<uint8_t>(members);
    one.has_byte_base = byte == 0x80 || (byte != 0x81 && byte != 0x83 && byte % 2 == 0);
  };
  // Arithmetic with a number; shifts by a number, or by 1; moves of a number; test, not, neg (not
  // what multiplies and divides); inc, dec.
  for (size_t byte : {0x80, 0x81, 0x83}) group(byte, 0xff);
  for (size_t byte : {0xc0, 0xc1, 0xd0, 0xd1}) group(byte, 0xff);
  for (size_t byte : {0xc6, 0xc7}) group(byte, 1);
  for (size_t byte : {0xf6, 0xf7}) group(byte, 0b1111);
  for (size_t byte : {0xfe, 0xff}) group(byte, 0b11);
  return opcodes;
}();

// The stack pointer, or a byte that may be in the upper half of 16 bits.
bool is_special(unsigned reg, bool is_byte) { return is_byte ? (reg & ~3u) == 4 : reg == kRsp; }

}  // namespace

InstructionForm::InstructionForm(const uint8_t* code) : bytes(FormBytes::load(code)) {
  unsigned at = 0;
  bool is_plain = true;  // no prefix but those of segments and widths
  for (; at < 4 && kOpcodes.is_prefix[code[at]]; ++at) {
    is_plain &= code[at] >= 0x64 && code[at] <= 0x67;
  }
  unsigned rex = 0;
  const unsigned rex_at = at;
  if ((code[at] & 0xf0) == 0x40) rex = code[at++];
  const uint8_t first = code[at++];
  const Opcode* opcode = &kOpcodes.one[first];
  if (first == 0x0f) {
    const uint8_t second = code[at++];
    opcode = &kOpcodes.two[second];
    if (second == 0x38 || second == 0x3a) ++at;
  } else if (first == 0xc5 || first == 0xc4) {
    length = at + (first == 0xc5 ? 2 : 3);
    const unsigned operands = code[length++];
    if ((operands & 0xc0) != 0xc0 && (operands & 7) == 4) ++length;
    return;
  }
  if (!opcode->has_operands) {
    length = at;
    return;
  }
  const unsigned operands_at = at;
  unsigned operands = code[at++];
  const unsigned mode = operands >> 6;
  const bool has_sib = mode != 3 && (operands & 7) == 4;
  unsigned sib = has_sib ? code[at++] : 0;
  length = at;
  // What is replaced is within the first eight bytes.
  if (!is_plain || !opcode->is_abstract || operands_at > 6) return;

  unsigned used_rex = rex;
  if (opcode->is_group) {
    if ((opcode->members >> (operands >> 3 & 7) & 1) == 0) return;
  } else {
    const unsigned number = (operands >> 3 & 7) | (rex & 4) << 1;
    if (is_special(number, opcode->has_byte_reg)) return;
    reg = static_cast<Register>(number);
    operands = (operands & 0b11000111) | 3 << 3;
    used_rex &= ~4u;
  }
  if (has_sib) {
    const unsigned number = (sib >> 3 & 7) | (rex & 2) << 2;
    if (number != 4) {
      index = static_cast<Register>(number);
      sib = (sib & 0b11000111) | 2 << 3;
      used_rex &= ~2u;
    }
    if (mode != 0 || (sib & 7) != 5) {
      base = static_cast<Register>((sib & 7) | (rex & 1) << 3);
      sib = (sib & 0b11111000) | 1;
      used_rex &= ~1u;
    }
  } else if (mode != 0 || (operands & 7) != 5) {
    const unsigned number = (operands & 7) | (rex & 1) << 3;
    if (mode == 3 && is_special(number, opcode->has_byte_base)) {
      reg = 3;
      return;
    }
    base = static_cast<Register>(number);
    operands = (operands & 0b11111000) | 1;
    used_rex &= ~1u;
  }
  is_abstract = true;
  auto put = [&](unsigned place, unsigned byte) {
    bytes.low = (bytes.low & ~(uint64_t{0xff} << 8 * place)) | uint64_t{byte} << 8 * place;
  };
  if (rex != 0) put(rex_at, used_rex);
  put(operands_at, operands);
  if (has_sib) put(operands_at + 1, sib);
}

void InstructionForm::put_registers(Instruction& instruction) const {
  if (!is_abstract) return;
  const Register registers[] = {0, base, index, reg};
  auto put = [&](Register& place) {
    if (place < 4) place = registers[place];
  };
  auto put_all = [&](uint16_t& set) {
    set = static_cast<uint16_t>((set & ~0b1110u) | (set >> 1 & 1u) << base |
                                (set >> 2 & 1u) << index | (set >> 3 & 1u) << reg);
  };
  put(instruction.destination_register);
  put(instruction.source_register);
  put(instruction.memory.base);
  put(instruction.memory.index);
  put_all(instruction.writes);
  put_all(instruction.writes32);
  put_all(instruction.writes_part);
  put_all(instruction.defined);
  put_all(instruction.used);
  // Of a register and itself, some instructions make the same whatever it holds.
  if (reg == base) instruction.find_registers();
}

}  // namespace linden::verifier
