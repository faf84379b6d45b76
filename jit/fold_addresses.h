// A machine-level pass for x86-64: wasm's 32-bit address arithmetic inside memory operands.
#ifndef LINDEN_JIT_FOLD_ADDRESSES_H_
#define LINDEN_JIT_FOLD_ADDRESSES_H_

namespace llvm {
class MachineFunctionPass;
}

namespace linden::jit {

// To be run on machine code in SSA form. Does nothing on other architectures.
llvm::MachineFunctionPass* create_fold_addresses_pass();

}  // namespace linden::jit

#endif
