#include "verifier/instruction_form.h"

#include <array>
#include <cstring>

namespace linden::verifier {
namespace {

// How many bytes of an immediate there are: kWide is 4, or 2 with the prefix 0x66; kWidest also 8
// with a wide REX.
enum Immediate : uint8_t { kNone, kByte, kWide, kWidest, kImmediates };
constexpr uint8_t kImmediateSize[kImmediates][4] = {
    {0, 0, 0, 0}, {1, 1, 1, 1}, {4, 2, 4, 2}, {4, 2, 8, 8}};

// What there is to know of an opcode, of one byte or of two with 0x0f first.
struct alignas(8) Opcode {
  bool has_operands = false;                         // a ModRM byte follows
  bool is_abstract = false;                          // its registers can be replaced
  bool has_byte_reg = false, has_byte_base = false;  // registers that are bytes
  // `reg` tells instructions apart: those of these numbers are abstract.
  bool is_group = false;
  uint8_t members = 0;
  Immediate immediate = kNone;
  bool tests = false;  // those of the numbers 0 and 1 have an immediate, and no others
};

struct Opcodes {
  std::array<uint8_t, 256> is_prefix{};
  std::array<Opcode, 512> all{};  // from 256 on, those of two bytes
};

constexpr Opcodes kOpcodes = [] {
  Opcodes opcodes;
  for (int byte : {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3}) {
    opcodes.is_prefix[static_cast<size_t>(byte)] = 1;
  }
  for (size_t byte = 0; byte < 256; ++byte) {
    Opcode& one = opcodes.all[byte];
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
    const bool has_byte = (byte < 0x40 && (byte & 7) == 4) || byte == 0x6a || byte == 0x6b ||
                          (byte >= 0x70 && byte < 0x81) || byte == 0x83 || byte == 0xa8 ||
                          (byte >= 0xb0 && byte < 0xb8) || byte == 0xc0 || byte == 0xc1 ||
                          byte == 0xc6 || byte == 0xeb;
    const bool has_word = (byte < 0x40 && (byte & 7) == 5) || byte == 0x68 || byte == 0x69 ||
                          byte == 0x81 || byte == 0xa9 || (byte >= 0xb8 && byte < 0xc0) ||
                          byte == 0xc7 || byte == 0xe8 || byte == 0xe9;
    one.tests = byte == 0xf6 || byte == 0xf7;
    one.immediate = has_byte || byte == 0xf6      ? kByte
                    : byte >= 0xb8 && byte < 0xc0 ? kWidest
                    : has_word || byte == 0xf7    ? kWide
                                                  : kNone;
    Opcode& two = opcodes.all[256 + byte];
    two.immediate = byte >= 0x80 && byte < 0x90 ? kWide
                    : byte == 0xa4 || byte == 0xac || byte == 0xba || byte == 0xc2 ||
                            byte == 0xc6 || (byte >= 0x70 && byte < 0x74)
                        ? kByte
                        : kNone;
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
    Opcode& one = opcodes.all[byte];
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

// Opcodes with a VEX prefix, by map (0x0f, 0x0f38, 0x0f3a), whose registers are all vectors, but
// for those of an address.
constexpr std::array<std::array<bool, 256>, 3> kVectorOpcodes = [] {
  std::array<std::array<bool, 256>, 3> opcodes{};
  auto put = [&](size_t map, size_t first, size_t last) {
    for (size_t opcode = first; opcode <= last; ++opcode) opcodes[map][opcode] = true;
  };
  put(0, 0x10, 0x17);
  put(0, 0x28, 0x29);
  put(0, 0x2e, 0x2f);
  put(0, 0x51, 0x6d);
  put(0, 0x6f, 0x70);
  put(0, 0x74, 0x76);
  put(0, 0x7f, 0x7f);
  put(0, 0xc2, 0xc2);
  put(0, 0xc6, 0xc6);
  put(0, 0xd1, 0xd6);
  put(0, 0xd8, 0xef);
  put(0, 0xf1, 0xf6);
  put(0, 0xf8, 0xfe);
  put(1, 0x00, 0x0f);
  put(1, 0x16, 0x25);
  put(1, 0x28, 0x2b);
  put(1, 0x30, 0x41);
  put(1, 0x45, 0x47);
  put(1, 0x58, 0x5a);
  put(1, 0x78, 0x79);
  put(1, 0x96, 0x9f);
  put(1, 0xa6, 0xaf);
  put(1, 0xb6, 0xbf);
  put(2, 0x00, 0x0f);
  put(2, 0x18, 0x19);
  put(2, 0x21, 0x21);
  put(2, 0x38, 0x39);
  put(2, 0x40, 0x4c);
  return opcodes;
}();

// The stack pointer, or a byte that may be in the upper half of 16 bits.
unsigned is_special(unsigned reg, unsigned is_byte) { return (reg & ~(3 * is_byte)) == kRsp; }

// `chosen` is 0 or 1.
unsigned choose(unsigned chosen, unsigned one, unsigned other) {
  return other ^ ((one ^ other) & (0u - chosen));
}

}  // namespace

// Nearly without branches: which parts an instruction has is hard to foresee, and to be wrong takes
// longer than all of this.
InstructionForm::InstructionForm(const uint8_t* code) : bytes(FormBytes::load(code)) {
  const unsigned prefixes_1 = kOpcodes.is_prefix[code[0]];
  const unsigned prefixes_2 = prefixes_1 & kOpcodes.is_prefix[code[1]];
  const unsigned prefixes_3 = prefixes_2 & kOpcodes.is_prefix[code[2]];
  const unsigned rex_at = prefixes_1 + prefixes_2 + prefixes_3;
  const uint64_t rest = bytes.low >> 8 * rex_at;
  const unsigned has_rex = (rest & 0xf0) == 0x40;
  const unsigned rex = (rest & 0xff) & (0u - has_rex);
  const unsigned first = rest >> 8 * has_rex & 0xff;
  unsigned at = rex_at + has_rex + 1;
  if ((first & 0xfe) == 0xc4) {
    read_vector(code, at, first == 0xc5);
    return;
  }
  const unsigned is_two = first == 0x0f;
  const unsigned second = rest >> 8 * (has_rex + 1) & 0xff;
  const unsigned is_three = is_two & ((second & 0xfd) == 0x38);
  const Opcode& opcode = kOpcodes.all[choose(is_two, 256 + second, first)];
  at += is_two + is_three;

  uint16_t after;
  std::memcpy(&after, code + at, sizeof after);
  const unsigned has_operands = opcode.has_operands;
  const unsigned operands_at = at;
  const unsigned operands = after & 0xff, sib = after >> 8;
  const unsigned mode = operands >> 6, low_part = operands & 7, reg_part = operands >> 3 & 7;
  const unsigned is_memory = mode != 3;
  const unsigned has_sib = has_operands & is_memory & (low_part == 4);
  length = at + has_operands + has_sib;
  // Without a base: an address, or relative to the code.
  const unsigned base_part = choose(has_sib, sib & 7, low_part);
  const unsigned has_no_base = (mode == 0) & (base_part == 5);
  const unsigned displacement = has_operands & ((mode == 2) | has_no_base);
  const unsigned has_byte = has_operands & (mode == 1);
  const unsigned is_half = (prefixes_1 & (code[0] == 0x66)) | (prefixes_2 & (code[1] == 0x66)) |
                           (prefixes_3 & (code[2] == 0x66));
  const unsigned has_immediate = 1 ^ (opcode.tests & (reg_part >= 2));
  whole = length + 4 * displacement + has_byte +
          has_immediate * kImmediateSize[opcode.immediate][is_half | (rex >> 2 & 2)];

  // No prefix but those of segments and widths; and what is replaced is within the first eight
  // bytes.
  const unsigned strange = (prefixes_1 & ((code[0] & 0xfc) != 0x64)) |
                           (prefixes_2 & ((code[1] & 0xfc) != 0x64)) |
                           (prefixes_3 & ((code[2] & 0xfc) != 0x64)) | (operands_at > 6);
  const unsigned is_group = opcode.is_group;
  const unsigned is_member = (is_group ^ 1) | (opcode.members >> reg_part & 1);
  const unsigned reg_number = reg_part | (rex & 4) << 1;
  const unsigned base_number = base_part | (rex & 1) << 3;
  const unsigned index_number = (sib >> 3 & 7) | (rex & 2) << 2;
  const unsigned is_strange_reg = (is_group ^ 1) & is_special(reg_number, opcode.has_byte_reg);
  const unsigned is_strange_base = (is_memory ^ 1) & is_special(base_number, opcode.has_byte_base);
  const unsigned replaced = has_operands & opcode.is_abstract & is_member & (strange ^ 1) &
                            (is_strange_reg ^ 1) & (is_strange_base ^ 1);
  const unsigned puts_reg = replaced & (is_group ^ 1);
  const unsigned puts_base = replaced & (has_no_base ^ 1);
  const unsigned puts_index = replaced & has_sib & (index_number != kRsp);
  is_abstract = replaced != 0;
  reg = static_cast<Register>(choose(puts_reg, reg_number, 3));
  base = static_cast<Register>(choose(puts_base, base_number, 1));
  index = static_cast<Register>(choose(puts_index, index_number, 2));

  // What differs in the bytes.
  const unsigned new_reg = choose(puts_reg, 3, reg_part);
  const unsigned new_low = choose(puts_base & (has_sib ^ 1), 1, low_part);
  const unsigned new_operands = mode << 6 | new_reg << 3 | new_low;
  const unsigned new_index = choose(puts_index, 2, sib >> 3 & 7);
  const unsigned new_base = choose(puts_base & has_sib, 1, sib & 7);
  const unsigned new_sib = (sib & 0xc0) | new_index << 3 | new_base;
  const unsigned new_rex = rex & ~(4 * puts_reg | 2 * puts_index | puts_base);
  const uint64_t changed = (operands ^ new_operands) | uint64_t{sib ^ new_sib} << 8;
  bytes.low ^= uint64_t{rex ^ new_rex} << 8 * rex_at ^ changed << (8 * operands_at & 63);
}

// With a VEX prefix, whose first byte comes before `at`; `is_short`: of two bytes. Numbers of
// vector registers are left out, since nothing here asks for them.
void InstructionForm::read_vector(const uint8_t* code, unsigned at, bool is_short) {
  constexpr unsigned kWindow = 7;  // what is replaced is within the first eight bytes
  const unsigned first = code[at], map = is_short ? 1 : first & 31;
  const unsigned last_at = is_short ? at : at + 1;
  const unsigned opcode = code[last_at + 1];
  const unsigned operands_at = last_at + 2;
  if (map == 1 && opcode == 0x77) {  // vzeroupper has no operands
    whole = length = operands_at;
    return;
  }
  const unsigned operands = code[operands_at];
  const unsigned mode = operands >> 6;
  const bool has_sib = mode != 3 && (operands & 7) == 4;
  length = operands_at + 1 + has_sib;
  const bool is_displaced =
      mode == 2 || (mode == 0 && ((has_sib ? code[operands_at + 1] : operands) & 7) == 5);
  const bool has_byte =
      map == 3 || (map == 1 && ((opcode >= 0x70 && opcode <= 0x73) || opcode == 0xc2 ||
                                (opcode >= 0xc4 && opcode <= 0xc6)));
  whole = length + (mode == 1 ? 1 : is_displaced ? 4 : 0) + has_byte;
  if (map == 0 || map > 3 || !kVectorOpcodes[map - 1][opcode] || operands_at > kWindow) return;
  auto put = [&](unsigned place, unsigned byte) {
    bytes.low ^= uint64_t{code[place] ^ byte} << 8 * place;
  };
  // All numbers are those of the register 0, but the one in the middle, which says so where there
  // is none. Those of the prefix are inverted.
  unsigned prefix = first | 0x80;
  if (!is_short && mode == 3) prefix |= 0x20;
  unsigned last = is_short ? prefix : code[last_at];
  if ((last & 0x78) != 0x78) last = (last & ~0x78u) | 0x70;
  if (!is_short) put(at, prefix);
  put(last_at, last);
  put(operands_at, mode == 3 ? 0xc0 : operands & 0xc7);
}

void InstructionForm::put_registers(Instruction& instruction) const {
  if (!is_abstract) return;
  const uint32_t registers = base * 0x100u | index * 0x10000u | reg * 0x1000000u;
  auto put = [&](Register& place) {
    const auto there = static_cast<Register>(registers >> 8 * (place & 3));
    place = place < 4 ? there : place;
  };
  // Two or four sets at once.
  auto put_all = [&](auto sets) {
    using Sets = decltype(sets);
    constexpr auto kOnes = static_cast<Sets>(0x0001'0001'0001'0001);
    return (sets & ~(kOnes * 0b1110)) | (sets >> 1 & kOnes) << base | (sets >> 2 & kOnes) << index |
           (sets >> 3 & kOnes) << reg;
  };
  put(instruction.destination_register);
  put(instruction.source_register);
  put(instruction.memory.base);
  put(instruction.memory.index);
  const uint32_t sets = put_all(instruction.used | uint32_t{instruction.defined} << 16);
  instruction.used = static_cast<uint16_t>(sets);
  instruction.defined = static_cast<uint16_t>(sets >> 16);
  if ((instruction.writes | instruction.writes32 | instruction.writes_part) != 0) {
    const uint64_t written =
        put_all(uint64_t{instruction.writes} | uint64_t{instruction.writes32} << 16 |
                uint64_t{instruction.writes_part} << 32);
    instruction.writes = static_cast<uint16_t>(written);
    instruction.writes32 = static_cast<uint16_t>(written >> 16);
    instruction.writes_part = static_cast<uint16_t>(written >> 32);
  }
  // Of a register and itself, this makes the same whatever it holds.
  if (reg == base && instruction.operation == Operation::Xor) instruction.find_registers();
}

}  // namespace linden::verifier
