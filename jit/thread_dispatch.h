// A machine pass (machine_passes.h): each handler of an interpreter's loop dispatches the next
// instruction itself, and whatever jumps, in a loop, to a short block that jumps on does that
// itself.
#ifndef LINDEN_JIT_THREAD_DISPATCH_H_
#define LINDEN_JIT_THREAD_DISPATCH_H_

namespace llvm {
class MachineFunctionPass;
}

namespace linden::jit {

// To be run when blocks have been placed.
llvm::MachineFunctionPass* create_thread_dispatch_pass();

}  // namespace linden::jit

#endif
