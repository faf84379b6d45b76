#include "jit/layout.h"

#include "jit/abi.h"

namespace linden::jit {

std::vector<GlobalPlacement> place_globals(const Module& module) {
  std::vector<bool> exported(module.globals.size());
  for (const Export& item : module.exports) {
    if (item.kind == ExternalKind::Global) exported[item.index] = true;
  }
  std::vector<GlobalPlacement> placements;
  uint32_t next_slot = 0;
  for (size_t i = 0; i < module.globals.size(); ++i) {
    const Global& global = module.globals[i];
    const bool imported = i < module.imported_globals;
    const bool is_constant = global.initializer.size() == 1 &&
                             global.initializer[0].kind == ConstantInstruction::Kind::Const;
    if (!imported && !global.type.is_mutable && is_constant) {
      placements.push_back({GlobalPlacement::Kind::Constant});
    } else if (!imported && global.type.is_mutable && !exported[i] && next_slot < kInlineGlobals) {
      placements.push_back({GlobalPlacement::Kind::Inline, next_slot++});
    } else {
      placements.push_back({GlobalPlacement::Kind::Cell});
    }
  }
  return placements;
}

}  // namespace linden::jit
