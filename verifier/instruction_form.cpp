#include "verifier/instruction_form.h"

#include <array>
#include <cstring>

namespace linden::verifier {
namespace {

// How many bytes of an immediate there are: kWide is 4, or 2 with the prefix 0x66; kWidest also 8
// with a wide REX; those of tests only the first two of a group have.
enum Immediate : uint8_t { kNone, kByte, kWide, kWidest, kByteOfTest, kWideOfTest, kImmediates };
constexpr uint8_t kImmediateSize[kImmediates][4] = {{0, 0, 0, 0}, {1, 1, 1, 1}, {4, 2, 4, 2},
                                                    {4, 2, 8, 8}, {1, 1, 1, 1}, {4, 2, 4, 2}};

// What there is to know of an opcode, of one byte or of two with 0x0f first.
struct alignas(8) Opcode {
  bool has_operands = false;  // a ModRM byte follows
  bool is_abstract = false;   // its registers can be replaced
  bool is_long = false;       // another byte comes before it
  bool is_group = false;      // `reg` tells instructions apart: those of these numbers are abstract
  uint8_t members = 0;
  // Of the number of a register, what tells whether it is special: of bytes, those from 4 to 7.
  uint8_t reg_mask = 0xff, base_mask = 0xff;
  Immediate immediate = kNone;
};

// What there is to know of a ModRM byte.
struct alignas(4) Operands {
  uint8_t displacement = 0;  // bytes; without a SIB byte
  bool has_sib = false;
  bool has_base = false;     // in itself
  bool is_register = false;  // and that is no address
};
constexpr std::array<Operands, 256> kOperands = [] {
  std::array<Operands, 256> all{};
  for (size_t byte = 0; byte < 256; ++byte) {
    const size_t mode = byte >> 6, low = byte & 7;
    Operands& operands = all[byte];
    operands.is_register = mode == 3;
    operands.has_sib = mode != 3 && low == 4;
    operands.has_base = !operands.has_sib && (mode != 0 || low != 5);
    operands.displacement = mode == 1 ? 1 : mode == 2 || (mode == 0 && low == 5) ? 4 : 0;
  }
  return all;
}();

// Of a prefix.
enum Prefix : uint8_t { kPrefix = 1, kHalf = 2, kStrange = 4 };

constexpr uint8_t kByteMask = 0xfc;

struct Opcodes {
  std::array<uint8_t, 256> prefixes{};
  std::array<Opcode, 512> all{};  // from 256 on, those of two bytes
};

constexpr Opcodes kOpcodes = [] {
  Opcodes opcodes;
  for (int byte : {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3}) {
    opcodes.prefixes[static_cast<size_t>(byte)] = static_cast<uint8_t>(
        kPrefix | (byte == 0x66 ? kHalf : 0) | (byte < 0x64 || byte > 0x67 ? kStrange : 0));
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
    if ((is_arithmetic && byte % 2 == 0) || byte == 0x84 || byte == 0x88 || byte == 0x8a) {
      one.reg_mask = one.base_mask = kByteMask;
    }
    const bool has_byte = (byte < 0x40 && (byte & 7) == 4) || byte == 0x6a || byte == 0x6b ||
                          (byte >= 0x70 && byte < 0x81) || byte == 0x83 || byte == 0xa8 ||
                          (byte >= 0xb0 && byte < 0xb8) || byte == 0xc0 || byte == 0xc1 ||
                          byte == 0xc6 || byte == 0xeb;
    const bool has_word = (byte < 0x40 && (byte & 7) == 5) || byte == 0x68 || byte == 0x69 ||
                          byte == 0x81 || byte == 0xa9 || (byte >= 0xb8 && byte < 0xc0) ||
                          byte == 0xc7 || byte == 0xe8 || byte == 0xe9;
    one.immediate = byte == 0xf6                  ? kByteOfTest
                    : byte == 0xf7                ? kWideOfTest
                    : byte >= 0xb8 && byte < 0xc0 ? kWidest
                    : has_byte                    ? kByte
                    : has_word                    ? kWide
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
    if (is_set || byte == 0xb6 || byte == 0xbe) two.base_mask = kByteMask;
    two.is_long = byte == 0x38 || byte == 0x3a;
    if (is_set) {
      two.is_group = two.is_abstract = true;
      two.members = 1;
    }
  }
  auto group = [&](size_t byte, unsigned members) {
    Opcode& one = opcodes.all[byte];
    one.is_group = one.is_abstract = true;
    one.members = static_cast<uint8_t>(members);
    if (byte == 0x80 || (byte != 0x81 && byte != 0x83 && byte % 2 == 0)) one.base_mask = kByteMask;
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

}  // namespace

// What is frequent is done nearly without branches: which parts an instruction has is hard to
// foresee.
InstructionForm::InstructionForm(const uint8_t* code) : bytes(FormBytes::load(code)) {
  const unsigned prefix_1 = kOpcodes.prefixes[code[0]];
  const unsigned prefix_2 = kOpcodes.prefixes[code[1]] & (0u - (prefix_1 & 1));
  const unsigned prefix_3 = kOpcodes.prefixes[code[2]] & (0u - (prefix_2 & 1));
  const unsigned prefixes = prefix_1 | prefix_2 | prefix_3;
  const unsigned rex_at = (prefix_1 & 1) + (prefix_2 & 1) + (prefix_3 & 1);
  uint64_t rest = bytes.low >> 8 * rex_at;
  const unsigned has_rex = (rest & 0xf0) == 0x40;
  const unsigned rex = rest & (has_rex * 0xff);
  rest >>= 8 * has_rex;
  unsigned at = rex_at + has_rex;
  if ((rest & 0xfe) == 0xc4) {
    read_vector(code, at + 1, (rest & 1) != 0);
    return;
  }
  const unsigned is_two = (rest & 0xff) == 0x0f;
  rest >>= 8 * is_two;
  const Opcode& opcode = kOpcodes.all[(rest & 0xff) + 256 * is_two];
  at += is_two + 1;
  const unsigned immediate = kImmediateSize[opcode.immediate][(prefixes >> 1 & 1) | (rex >> 2 & 2)];
  if (!opcode.has_operands) {
    length = at;
    whole = at + immediate;
    return;
  }
  // What is replaced must be within the first eight bytes.
  if (opcode.is_long || at > 6) {
    at += opcode.is_long;
    length = at + 1 + kOperands[code[at]].has_sib;
    whole = length + kOperands[code[at]].displacement + immediate;
    return;
  }
  const unsigned operands = rest >> 8 & 0xff, reg_part = operands >> 3 & 7;
  const Operands& shape = kOperands[operands];
  length = at + 1;
  whole = length + shape.displacement + immediate;
  // Of test, not, neg and the like, the first two have a number.
  if (opcode.immediate == kByteOfTest || opcode.immediate == kWideOfTest) {
    whole -= reg_part < 2 ? 0 : immediate;
  }
  const unsigned sib = rest >> 16 & 0xff;
  if (shape.has_sib) {
    ++length;
    whole += 1 + ((sib & 7) == 5 && operands < 0x40 ? 4 : 0);
  }
  const unsigned reg_number = reg_part | (rex & 4) << 1;
  const unsigned low_number = (operands & 7) | (rex & 1) << 3;
  const unsigned puts_reg = opcode.is_group ^ 1u;
  // The stack pointer, or a byte that may be in the upper half of 16 bits.
  const unsigned is_special = (puts_reg & ((reg_number & opcode.reg_mask) == kRsp)) |
                              (shape.is_register & ((low_number & opcode.base_mask) == kRsp));
  const unsigned is_other = opcode.is_group & ~(unsigned{opcode.members} >> reg_part);
  if (((prefixes & kStrange) | is_special | (is_other & 1) | (opcode.is_abstract ^ 1u)) != 0)
    return;
  is_abstract = true;
  if (puts_reg != 0) reg = static_cast<Register>(reg_number);
  const unsigned puts_base = shape.has_base;
  if (puts_base != 0) base = static_cast<Register>(low_number);
  uint64_t changed =
      ((reg_part ^ 3) << 3 & (0u - puts_reg)) | ((operands ^ 1) & 7 & (0u - puts_base));
  unsigned replaced = 4 * puts_reg | puts_base;
  if (shape.has_sib) {
    const unsigned index_number = (sib >> 3 & 7) | (rex & 2) << 2;
    if (index_number != kRsp) {
      index = static_cast<Register>(index_number);
      changed |= uint64_t{(sib >> 3 & 7) ^ 2} << 11;
      replaced |= 2;
    }
    if ((sib & 7) != 5 || operands >= 0x40) {
      base = static_cast<Register>((sib & 7) | (rex & 1) << 3);
      changed |= uint64_t{(sib & 7) ^ 1} << 8;
      replaced |= 1;
    }
  }
  bytes.low ^= uint64_t{rex & replaced} << 8 * rex_at ^ changed << 8 * at;
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
  auto put = [registers](Register& place) {
    const auto there = static_cast<Register>(registers >> 8 * (place & 3));
    place = place < 4 ? there : place;
  };
  put(instruction.destination_register);
  put(instruction.source_register);
  put(instruction.memory.base);
  put(instruction.memory.index);
  // Two or four sets at once.
  auto put_all = [this](auto sets, auto ones) {
    return (sets & ~(ones * 0b1110)) | (sets >> 1 & ones) << base | (sets >> 2 & ones) << index |
           (sets >> 3 & ones) << reg;
  };
  const uint32_t sets =
      put_all(instruction.used | uint32_t{instruction.defined} << 16, uint32_t{0x1'0001});
  instruction.used = static_cast<uint16_t>(sets);
  instruction.defined = static_cast<uint16_t>(sets >> 16);
  if (instruction.operation == Operation::Other) {
    const uint64_t written =
        put_all(uint64_t{instruction.writes} | uint64_t{instruction.writes32} << 16 |
                    uint64_t{instruction.writes_part} << 32,
                uint64_t{0x1'0001'0001});
    instruction.writes = static_cast<uint16_t>(written);
    instruction.writes32 = static_cast<uint16_t>(written >> 16);
    instruction.writes_part = static_cast<uint16_t>(written >> 32);
  } else if (instruction.operation == Operation::Xor && reg == base) {
    // Of a register and itself, this makes the same whatever it holds.
    instruction.find_registers();
  }
}

}  // namespace linden::verifier
