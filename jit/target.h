// The machine that we compile for: this one, with a fixed choice of its features.
#ifndef LINDEN_JIT_TARGET_H_
#define LINDEN_JIT_TARGET_H_

#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace linden::jit {

// As LLVM's attributes "target-cpu" and "target-features" want them: the x86-64-v3 features that
// this CPU has. 512-bit vectors are left out on purpose: they make as much slower as they make
// faster.
const std::string& target_cpu();
const std::string& target_features();

// Unimplemented if the CPU lacks what generated code relies on.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> create_target_machine();

}  // namespace linden::jit

#endif
