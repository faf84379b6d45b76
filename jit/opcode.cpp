#include "jit/opcode.h"

#include <array>
#include <string_view>

namespace linden::jit {
namespace {

struct Info {
  const char* name;
  uint32_t memory_size;
  uint8_t prefix;
  uint32_t code;
  bool returns_i64;
};

constexpr Info kInfo[] = {
#define WABT_OPCODE(result, type1, type2, type3, size, prefix, code, Name, text, decompiled) \
  {text, size, prefix, code, std::string_view(#result) == "I64"},
#include <wabt/opcode.def>
#undef WABT_OPCODE
    {"invalid", 0, 0, 0xffffffff, false},
};

// Opcodes by code, one table for each prefix: 0, 0xfc, 0xfd, 0xfe.
constexpr uint32_t kCodes = 0x120;
constexpr unsigned table_of(uint8_t prefix) { return prefix == 0 ? 0 : prefix - 0xfbu; }

constexpr auto kByCode = [] {
  std::array<std::array<Opcode::Enum, kCodes>, 4> tables{};
  for (auto& table : tables) table.fill(Opcode::Invalid);
  for (unsigned i = 0; i < Opcode::Invalid; ++i) {
    const Info& info = kInfo[i];
    // wabt gives its interpreter's own instructions prefix 0 as well; the first user of a code
    // wins.
    const bool known = info.prefix == 0 || (info.prefix >= 0xfc && info.prefix <= 0xfe);
    if (!known || info.code >= kCodes || (info.prefix == 0 && info.code >= 0xe0)) continue;
    Opcode::Enum& slot = tables[table_of(info.prefix)][info.code];
    if (slot == Opcode::Invalid) slot = static_cast<Opcode::Enum>(i);
  }
  return tables;
}();

}  // namespace

Opcode Opcode::from_code(uint8_t prefix, uint32_t code) {
  return code < kCodes ? kByCode[table_of(prefix)][code] : Invalid;
}

const char* Opcode::name() const { return kInfo[value_].name; }
uint32_t Opcode::memory_size() const { return kInfo[value_].memory_size; }
bool Opcode::returns_i64() const { return kInfo[value_].returns_i64; }

}  // namespace linden::jit
