// Which functions of optimised code can take the place of the same functions in other code.
#ifndef LINDEN_JIT_REPLACEMENTS_H_
#define LINDEN_JIT_REPLACEMENTS_H_

#include <llvm/IR/Module.h>

#include <set>

#include "jit/module_translator.h"

namespace linden::jit {

// Of an optimised part: the indices of the functions that still are what the module says, to a
// caller that knows nothing of their bodies.
std::set<uint32_t> find_replacements(const llvm::Module& ir, ModuleTranslator& translator);

}  // namespace linden::jit

#endif
