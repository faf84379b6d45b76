// A table of the Itanium C++ ABI's exception handling ("language-specific data area"): a header,
// one record for each range of calls, and then what the landing pads catch, which is always
// everything here and so is not read. Tables are found by their symbols, GCC_except_tableN, N being
// the number of the function. All offsets are differences of labels of one section, hence free of
// relocations.

#include "jit/landing_pads.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/Support/DataExtractor.h>

namespace linden::jit {
namespace {

constexpr llvm::StringLiteral kTableSymbol = "GCC_except_table";

llvm::Expected<std::vector<FunctionLandingPad>> read_table(llvm::StringRef section,
                                                           uint64_t offset) {
  const llvm::DataExtractor data(section, /*IsLittleEndian=*/true, /*AddressSize=*/8);
  llvm::DataExtractor::Cursor cursor(offset);
  const uint8_t start_encoding = data.getU8(cursor);
  const uint8_t type_encoding = data.getU8(cursor);
  if (type_encoding != llvm::dwarf::DW_EH_PE_omit) data.getULEB128(cursor);
  const uint8_t site_encoding = data.getU8(cursor);
  const uint64_t size = data.getULEB128(cursor);
  const uint64_t end = cursor.tell() + size;
  std::vector<FunctionLandingPad> pads;
  while (cursor && cursor.tell() < end) {
    const uint64_t begin = data.getULEB128(cursor);
    const uint64_t length = data.getULEB128(cursor);
    const uint64_t pad = data.getULEB128(cursor);
    data.getULEB128(cursor);  // the action
    if (pad == 0) continue;   // calls outside of any try, listed because a neighbour is inside
    pads.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(begin + length),
                    static_cast<uint32_t>(pad)});
  }
  if (!cursor) return cursor.takeError();
  if (start_encoding != llvm::dwarf::DW_EH_PE_omit ||
      site_encoding != llvm::dwarf::DW_EH_PE_uleb128) {
    return llvm::createStringError("an exception table has another form than expected");
  }
  return pads;
}

}  // namespace

llvm::Expected<LandingPadTables> read_landing_pads(const llvm::object::ObjectFile& object) {
  LandingPadTables tables;
  for (const llvm::object::SymbolRef& symbol : object.symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    unsigned number = 0;
    if (!name->consume_front(kTableSymbol) || name->getAsInteger(10, number)) continue;
    auto section = symbol.getSection();
    if (!section) return section.takeError();
    auto contents = (*section)->getContents();
    if (!contents) return contents.takeError();
    auto value = symbol.getValue();
    if (!value) return value.takeError();
    auto table = read_table(*contents, *value);
    if (!table) return table.takeError();
    tables.emplace(number, *std::move(table));
  }
  return tables;
}

}  // namespace linden::jit
