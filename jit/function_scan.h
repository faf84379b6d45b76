// What the translator must know of a function before it translates it: which locals each block
// assigns (so that loops and joins get phis for those alone), and what it refers to.
#ifndef LINDEN_JIT_FUNCTION_SCAN_H_
#define LINDEN_JIT_FUNCTION_SCAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "jit/module.h"

namespace linden::jit {

struct FunctionScan {
  // For every block, loop, if and try in order of appearance: the locals assigned inside it,
  // sorted.
  std::vector<std::vector<uint32_t>> assigned;
  std::vector<uint32_t> callees;  // direct, with repetitions
};

// What a whole module does that decides how it may be compiled.
struct ModuleScan {
  std::vector<FunctionScan> functions;  // by index - imported_functions
  // Tables that some instruction may write, by index.
  std::vector<bool> table_is_written;
};

// ResourceExhausted if a function is too complex to be put in SSA form.
absl::StatusOr<ModuleScan> scan(const Module& module);

}  // namespace linden::jit

#endif
