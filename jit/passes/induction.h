// Values that advance by the same constant in every iteration of a loop.
#ifndef LINDEN_JIT_PASSES_INDUCTION_H_
#define LINDEN_JIT_PASSES_INDUCTION_H_

#include <llvm/ADT/APInt.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>

#include <optional>

namespace linden::jit {

// In iteration i the value is start + i * step, modulo 2^width.
struct Induction {
  const llvm::SCEV* start;
  llvm::APInt step;
};

// Empty if `value` is no integer, or does not advance like that in `loop` itself.
std::optional<Induction> induction_of(llvm::Value* value, const llvm::Loop& loop,
                                      llvm::ScalarEvolution& evolution);

}  // namespace linden::jit

#endif
