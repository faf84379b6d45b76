// LLVM's vectoriser of straight-line code counts instructions. Of integer code that is carried from
// round to round (ciphers, hashes) it makes vectors that have fewer of them, and shuffles between
// that the next round waits for: ChaCha20 takes more than twice as long. So it is left to floating
// point, where what it makes is what it seems.

#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>

#include "jit/passes/passes.h"

namespace linden::jit {

llvm::PreservedAnalyses FloatSlpPass::run(llvm::Function& function,
                                          llvm::FunctionAnalysisManager& analyses) {
  const bool has_floats =
      llvm::any_of(llvm::instructions(function), [](const llvm::Instruction& instruction) {
        return llvm::isa<llvm::BinaryOperator>(instruction) &&
               instruction.getType()->isFPOrFPVectorTy();
      });
  if (!has_floats) return llvm::PreservedAnalyses::all();
  return llvm::SLPVectorizerPass().run(function, analyses);
}

}  // namespace linden::jit
