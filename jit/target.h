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

// As LLVM's attribute "tune-cpu" wants it: `wanted`, or this processor if that is empty.
// InvalidArgument if LLVM does not know it.
absl::StatusOr<std::string> tuning_of(const llvm::TargetMachine& machine,
                                      const std::string& wanted);

}  // namespace linden::jit

#endif
