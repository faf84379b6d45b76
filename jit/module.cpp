#include "jit/module.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace linden::jit {

std::string Module::display_name(uint32_t function) const {
  if (function < functions.size() && !functions[function].name.empty()) {
    return functions[function].name;
  }
  return absl::StrCat("func[", function, "]");
}

std::optional<uint32_t> Module::function_at(uint32_t offset) const {
  auto begin = functions.begin() + imported_functions;
  auto after = std::upper_bound(
      begin, functions.end(), offset,
      [](uint32_t value, const Function& function) { return value < function.body_offset; });
  if (after == begin) return std::nullopt;
  auto found = after - 1;
  if (offset >= found->body_offset + found->body_size) return std::nullopt;
  return static_cast<uint32_t>(found - functions.begin());
}

bool Module::has_lind_abi() const {
  return std::any_of(imports.begin(), imports.end(),
                     [](const Import& import) { return import.module == "lind"; });
}

bool Module::is_prefetch(uint32_t function) const {
  if (function >= imported_functions || memories.empty()) return false;
  const FunctionType& type = type_of(function);
  return type.results.empty() && type.params.size() == 1 && type.params[0] == ValueType::I32 &&
         std::ranges::any_of(imports, [&](const Import& import) {
           return import.kind == ExternalKind::Function && import.index == function &&
                  import.module == "lind" && import.name == "prefetch";
         });
}

const Export* Module::find_export(std::string_view name) const {
  for (const Export& item : exports) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

}  // namespace linden::jit
