#include "jit/function_scan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "jit/bytecode_reader.h"

namespace linden::jit {
namespace {

// The sum of the sizes of all `assigned` sets of a function. Nested blocks repeat their locals in
// the enclosing ones, so hostile code could make it quadratic in its own size.
constexpr size_t kMaxAssignments = 64u << 20;

void sort_unique(std::vector<uint32_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

absl::Status scan_function(const Module& module, const Function& function, FunctionScan& result,
                           ModuleScan& module_scan) {
  BytecodeReader reader(module.bytes, function.body_offset,
                        function.body_offset + function.body_size);
  reader.read_local_declarations();
  // Index into `assigned` of each open block; an `else` belongs to its `if`, a `catch` to
  // its `try`.
  std::vector<size_t> open;
  size_t assignments = 0;
  Instruction instruction;
  while (reader.next(instruction)) {
    switch (instruction.opcode) {
      case Opcode::Block:
      case Opcode::Loop:
      case Opcode::If:
      case Opcode::Try:
        open.push_back(result.assigned.size());
        result.assigned.emplace_back();
        break;
      case Opcode::End:
      case Opcode::Delegate: {
        if (open.empty()) break;  // the function's own end
        std::vector<uint32_t>& inner = result.assigned[open.back()];
        sort_unique(inner);
        inner.shrink_to_fit();
        assignments += inner.size();
        if (assignments > kMaxAssignments) {
          return absl::ResourceExhaustedError(
              absl::StrCat("function at 0x", absl::Hex(function.body_offset),
                           " is too complex: too many locals are assigned in nested blocks"));
        }
        open.pop_back();
        if (!open.empty()) {
          std::vector<uint32_t>& outer = result.assigned[open.back()];
          outer.insert(outer.end(), inner.begin(), inner.end());
          if (outer.size() > 4096 && outer.size() > 2 * inner.size()) sort_unique(outer);
        }
        break;
      }
      case Opcode::LocalSet:
      case Opcode::LocalTee:
        if (!open.empty()) {
          std::vector<uint32_t>& current = result.assigned[open.back()];
          if (current.empty() || current.back() != instruction.index) {
            current.push_back(instruction.index);
          }
        }
        break;
      case Opcode::ReturnCall:
      case Opcode::Call:
        result.callees.push_back(instruction.index);
        break;
      case Opcode::TableSet:
      case Opcode::TableGrow:
      case Opcode::TableFill:
        module_scan.table_is_written[instruction.index] = true;
        break;
      case Opcode::TableCopy:
        module_scan.table_is_written[instruction.index] = true;
        break;
      case Opcode::TableInit:
        module_scan.table_is_written[instruction.index2] = true;
        break;
      default:
        break;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ModuleScan> scan(const Module& module) {
  ModuleScan result;
  result.table_is_written.resize(module.tables.size());
  result.functions.resize(module.functions.size() - module.imported_functions);
  for (size_t i = 0; i < result.functions.size(); ++i) {
    absl::Status status = scan_function(module, module.functions[module.imported_functions + i],
                                        result.functions[i], result);
    if (!status.ok()) return status;
  }
  return result;
}

}  // namespace linden::jit
