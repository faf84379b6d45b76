// What an address in linear memory is made of.
#ifndef LINDEN_JIT_PASSES_ADDRESS_TERMS_H_
#define LINDEN_JIT_PASSES_ADDRESS_TERMS_H_

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/Value.h>

namespace linden::jit {

// Hands every i64 that is added to the address, in bytes, to `add`. Returns what they are added to;
// null if `add` returned false, or if something else than bytes is counted on the way.
llvm::Value* visit_address_terms(llvm::Value* address, llvm::function_ref<bool(llvm::Value*)> add);

}  // namespace linden::jit

#endif
