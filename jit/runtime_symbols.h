// What the IR of a module refers to besides its own functions: the thread's Context, and the
// type-based alias classes of what is in memory. ModuleTranslator and the SFI back-ends share them.
#ifndef LINDEN_JIT_RUNTIME_SYMBOLS_H_
#define LINDEN_JIT_RUNTIME_SYMBOLS_H_

#include <llvm/IR/Module.h>

namespace linden::jit {

// The thread's Context, until finish_ir() puts its address in: an external global in the address
// space of %fs. Created if the module has none, or if passes have dropped it.
llvm::GlobalVariable* context_symbol(llvm::Module& module);
// Pointer to a field of the Context, by its offset.
llvm::Constant* context_field(llvm::Module& module, size_t offset);

// Linear memory, the Context and the runtime's structures never overlap. The same name gives the
// same tag in every module of an LLVMContext.
enum class AliasClass { Memory, Context, Runtime };
llvm::MDNode* alias_tag(llvm::LLVMContext& context, AliasClass alias_class);

}  // namespace linden::jit

#endif
