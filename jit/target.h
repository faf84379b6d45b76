// The machine that we compile for: this one, with a fixed choice of its features.
#ifndef LINDEN_JIT_TARGET_H_
#define LINDEN_JIT_TARGET_H_

#include <llvm/Target/TargetMachine.h>

#include <memory>

#include "absl/status/statusor.h"
#include "jit/compiler.h"
#include "jit/cpu_features.h"

namespace linden::jit {

// Unimplemented if the CPU lacks what generated code relies on.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> create_target_machine(Tier tier);

}  // namespace linden::jit

#endif
