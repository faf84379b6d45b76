// The accesses to linear memory that passes have left in a module, and what the back-ends that
// address memory by a register do to them.
#ifndef LINDEN_JIT_SFI_MEMORY_ACCESS_H_
#define LINDEN_JIT_SFI_MEMORY_ACCESS_H_

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <vector>

#include "absl/status/statusor.h"

namespace linden::jit {

struct MemoryAccess {
  llvm::Instruction* instruction;
  llvm::Value* pointer;
  llvm::Type* type;
  // Vector of i1: which elements are accessed at all; null for everything.
  llvm::Value* lanes;
  uint64_t size;  // bytes
  bool is_store;  // or both, as atomic operations are
};

// All of a function, in the order of its blocks, without prefetches. Internal if something else
// than loads, stores, atomic operations and masked vectors takes a pointer of the address space.
absl::StatusOr<std::vector<MemoryAccess>> find_accesses(llvm::Function& function,
                                                        unsigned address_space);

// Makes `__memory` the null pointer, so that pointers into linear memory, as integers, are offsets.
// Returns whether the module has that symbol: passes drop it from one that never uses memory.
bool make_pointers_offsets(llvm::Module& module);

// Makes the access go to memory 0, whose base is loaded from the Context for it: to where it would
// go by its own pointer, or to `offset` (i64). Replaces the instruction if it has to.
void redirect(const MemoryAccess& access);
void redirect(const MemoryAccess& access, llvm::Value* offset);
// The same by a base that has been loaded already, for an access whose pointer decompose() has
// found to be null plus an offset (passes/address_terms.h).
void redirect_by(llvm::Value* base, const MemoryAccess& access);

// Withdraws what passes have found out of functions (that they touch no memory, that they return)
// and that is not so any more when accesses read the Context or check. Besides, it keeps LLVM from
// carrying what was read of the Context across any call: see docs/fork.md.
void forget_effects(llvm::Module& module);

// Drops what is but a hint, and would have to be confined.
void drop_prefetches(llvm::Module& module);

// All that a back-end does which confines each access for itself: the above, and `confine` for
// every access of the module.
absl::Status confine_accesses(llvm::Module& module, unsigned address_space,
                              llvm::function_ref<void(const MemoryAccess&)> confine);

// Loads a field of the Context, which is an address of the host: reloaded after every call.
llvm::LoadInst* load_host_address(llvm::IRBuilderBase& builder, size_t offset);

}  // namespace linden::jit

#endif
