#include "jit/compile_plan.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace linden::jit {
namespace {

// Wasm bytes per part. Small modules stay whole, so that inlining sees everything. Large ones have
// a multiple of four parts, all of one size: seven parts would keep one of two cores idle for the
// time of the eighth.
constexpr uint32_t kPartSize = 160 * 1024;
constexpr uint64_t kPartMultiple = 4;
constexpr uint64_t kMaxConstantTable = 1'000'000;

using Kind = ConstantInstruction::Kind;

// One function each. Larger parts were slower: what is compiled in vain costs more than beginning
// anew (hello: 0.7 s of processor time, 0.8 with parts of 1 KiB, 1.4 with 4 KiB).
void assign_single_functions(const Module& module, CompilePlan& plan) {
  plan.part_of.resize(module.functions.size());
  for (uint32_t i = module.imported_functions; i < module.functions.size(); ++i) {
    plan.part_of[i] = static_cast<uint32_t>(plan.parts.size());
    plan.parts.push_back({i});
  }
}

void assign_parts(const Module& module, CompilePlan& plan) {
  plan.part_of.resize(module.functions.size());
  uint64_t total = 0;
  for (const Function& function : module.functions) total += function.body_size;
  uint64_t count = std::max<uint64_t>(1, (total + kPartSize / 2) / kPartSize);
  if (count > kPartMultiple) count = (count + kPartMultiple - 1) / kPartMultiple * kPartMultiple;
  const uint64_t target = total / count + 1;
  uint64_t seen = 0;
  plan.parts.resize(count);
  for (uint32_t i = module.imported_functions; i < module.functions.size(); ++i) {
    uint32_t part = static_cast<uint32_t>(std::min(seen / target, count - 1));
    plan.part_of[i] = part;
    plan.parts[part].push_back(i);
    seen += module.functions[i].body_size;
  }
}

void mark_expression(const ConstantExpression& expression, CompilePlan& plan) {
  for (const ConstantInstruction& instruction : expression) {
    if (instruction.kind == Kind::RefFunc) plan.is_entry_point[instruction.index] = true;
  }
}

// Everything that a reference can be made of. ref.func in code is only valid for functions that
// occur in one of these places, so the bodies need not be searched.
void mark_entry_points(const Module& module, CompilePlan& plan) {
  plan.is_entry_point.resize(module.functions.size());
  for (const Export& item : module.exports) {
    if (item.kind == ExternalKind::Function) plan.is_entry_point[item.index] = true;
  }
  for (const ElementSegment& segment : module.elements) {
    for (const ConstantExpression& element : segment.elements) mark_expression(element, plan);
  }
  for (const Global& global : module.globals) mark_expression(global.initializer, plan);
  if (module.start) plan.is_entry_point[*module.start] = true;
}

void mark_shared(const Module& module, const ModuleScan& scan, CompilePlan& plan) {
  plan.is_shared.resize(module.functions.size());
  for (uint32_t i = module.imported_functions; i < module.functions.size(); ++i) {
    for (uint32_t callee : scan.functions[i - module.imported_functions].callees) {
      if (callee >= module.imported_functions && plan.part_of[callee] != plan.part_of[i]) {
        plan.is_shared[callee] = true;
      }
    }
  }
}

// The slots of a table that is initialised by constants alone and never changes, or nothing.
std::vector<uint32_t> find_constant_table(const Module& module, const ModuleScan& scan,
                                          uint32_t table) {
  const TableType& type = module.tables[table];
  if (table < module.imported_tables || scan.table_is_written[table] ||
      type.element != ValueType::FuncRef || type.limits.initial > kMaxConstantTable) {
    return {};
  }
  for (const Export& item : module.exports) {
    if (item.kind == ExternalKind::Table && item.index == table) return {};
  }
  std::vector<uint32_t> slots(type.limits.initial, kEmptySlot);
  for (const ElementSegment& segment : module.elements) {
    if (segment.mode != SegmentMode::Active || segment.table != table) continue;
    if (segment.offset.size() != 1 || segment.offset[0].kind != Kind::Const) return {};
    uint64_t offset = static_cast<uint32_t>(segment.offset[0].bits[0]);
    if (offset + segment.elements.size() > slots.size()) return {};
    for (const ConstantExpression& element : segment.elements) {
      if (element.size() != 1) return {};
      if (element[0].kind == Kind::RefNull) {
        slots[offset++] = kEmptySlot;
      } else if (element[0].kind == Kind::RefFunc) {
        slots[offset++] = element[0].index;
      } else {
        return {};
      }
    }
  }
  return slots;
}

// Equal types get the same number, the index of the first of them + 1.
std::vector<uint32_t> number_types(const Module& module) {
  auto is_less = [](const FunctionType* a, const FunctionType* b) {
    return std::tie(a->params, a->results) < std::tie(b->params, b->results);
  };
  std::map<const FunctionType*, uint32_t, decltype(is_less)> known(is_less);
  std::vector<uint32_t> numbers;
  for (const FunctionType& type : module.types) {
    numbers.push_back(known.try_emplace(&type, numbers.size() + 1).first->second);
  }
  return numbers;
}

}  // namespace

CompilePlan make_plan(const Module& module, const ModuleScan& scan) {
  CompilePlan plan;
  assign_parts(module, plan);
  mark_entry_points(module, plan);
  mark_shared(module, scan, plan);
  for (uint32_t table = 0; table < module.tables.size(); ++table) {
    plan.constant_tables.push_back(find_constant_table(module, scan, table));
  }
  plan.type_numbers = number_types(module);
  plan.globals = place_globals(module);
  return plan;
}

CompilePlan make_lazy_plan(const Module& module) {
  CompilePlan plan;
  assign_single_functions(module, plan);
  mark_entry_points(module, plan);
  plan.is_shared.assign(module.functions.size(), true);
  plan.constant_tables.resize(module.tables.size());
  plan.type_numbers = number_types(module);
  plan.globals = place_globals(module);
  return plan;
}

}  // namespace linden::jit
