// What is decided once for a whole module before its parts are translated in parallel: which
// functions go together, what each part shows to the others, which tables are constants.
// Independent of the number of compiling threads, so that equal input gives equal output.
#ifndef LINDEN_JIT_COMPILE_PLAN_H_
#define LINDEN_JIT_COMPILE_PLAN_H_

#include <cstdint>
#include <vector>

#include "jit/function_scan.h"
#include "jit/layout.h"
#include "jit/module.h"

namespace linden::jit {

// A slot of a constant table: a function index, or kEmptySlot.
inline constexpr uint32_t kEmptySlot = UINT32_MAX;

struct CompilePlan {
  std::vector<std::vector<uint32_t>> parts;  // function indices, in order
  std::vector<uint32_t> part_of;             // by function index
  // By function index: callable through a reference (exported, in a table, ref.func, start).
  std::vector<bool> is_entry_point;
  // By function index: called from another part.
  std::vector<bool> is_shared;
  // By table index: the slots if the table never changes and no one else can see it; else empty.
  // The first part holds the constants.
  std::vector<std::vector<uint32_t>> constant_tables;
  // By type index: ConstantTableEntry::type_id of functions of the type.
  std::vector<uint32_t> type_numbers;
  std::vector<GlobalPlacement> globals;
};

CompilePlan make_plan(const Module& module, const ModuleScan& scan);
// For functions that call one another through slots, each a part of its own: all are shared, and
// there are no constant tables.
CompilePlan make_lazy_plan(const Module& module);

}  // namespace linden::jit

#endif
