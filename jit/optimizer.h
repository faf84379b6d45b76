// The IR passes between translation and code generation.
#ifndef LINDEN_JIT_OPTIMIZER_H_
#define LINDEN_JIT_OPTIMIZER_H_

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include "jit/compiler.h"
#include "jit/sfi/strategy.h"

namespace linden::jit {

// Runs our pass list. Thread-safe for modules of different LLVMContexts.
void optimize(llvm::Module& module, llvm::TargetMachine& machine, Tier tier);

// The last IR step: accesses to memory are confined; memory intrinsics that cannot be lowered,
// throws and resumes become helper calls, and the symbols for the context and the memory become
// their addresses. Internal if SfiStrategy::confine() fails.
absl::Status finish_ir(llvm::Module& module, llvm::TargetMachine& machine, Tier tier,
                       SfiStrategy& sfi, int64_t context_offset);

}  // namespace linden::jit

#endif
