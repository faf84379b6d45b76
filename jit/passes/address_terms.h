// What an address in linear memory is made of.
#ifndef LINDEN_JIT_PASSES_ADDRESS_TERMS_H_
#define LINDEN_JIT_PASSES_ADDRESS_TERMS_H_

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/Value.h>

#include <cstdint>
#include <optional>

namespace linden::jit {

// Hands every i64 that is added to the address, in bytes, to `add`. Returns what they are added to;
// null if `add` returned false, or if something else than bytes is counted on the way.
llvm::Value* visit_address_terms(llvm::Value* address, llvm::function_ref<bool(llvm::Value*)> add);

// base + zext(index) + offset, which does not wrap.
struct IndexedAddress {
  llvm::Value* base = nullptr;
  llvm::Value* index = nullptr;  // i32; null if there is none
  uint64_t offset = 0;           // below 2^34
};
// Nothing if the address is made of anything else.
std::optional<IndexedAddress> decompose(llvm::Value* address);

}  // namespace linden::jit

#endif
