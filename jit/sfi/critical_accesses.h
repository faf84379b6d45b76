// Accesses of the `segment` back-end that everything else waits for.
#ifndef LINDEN_JIT_SFI_CRITICAL_ACCESSES_H_
#define LINDEN_JIT_SFI_CRITICAL_ACCESSES_H_

#include <llvm/IR/Module.h>

#include "absl/status/status.h"

namespace linden::jit {

// Addresses them by a register with memory's base, as the `base` back-end does. To be called when
// `__memory` is the null pointer of `address_space` already (make_pointers_offsets).
absl::Status address_critical_by_base(llvm::Module& module, unsigned address_space);

}  // namespace linden::jit

#endif
