// The calling thread's jit::Context, and what the runtime keeps beside it.
#ifndef LINDEN_RUNTIME_CONTEXT_H_
#define LINDEN_RUNTIME_CONTEXT_H_

#include "jit/abi.h"

namespace linden::runtime {

// Lies at a constant offset from the thread pointer in every thread (local-exec TLS): generated
// code has that offset built in.
extern "C" thread_local constinit jit::Context linden_context;

inline jit::Context& current_context() { return linden_context; }

// Of linden_context from the thread pointer: jit::CompileOptions::context_offset.
int64_t context_offset();

// Instance::user_data of the instance that is running on this thread.
void* current_user_data();

// True while a helper moves bytes of the guest's memory for it (memory.copy and its kin): a fault
// there is the guest's. False everywhere else, where a fault of host code is our own.
extern "C" thread_local constinit bool linden_in_bulk_access;

#ifdef __x86_64__
// Whether copies go by vectors of 32 bytes (bulk_memory_x86_64.S). Only tests change it.
extern "C" bool linden_has_avx;
#endif

// Ends the guest computation that is running on this thread with a trap: unwinds to the innermost
// invoke(). Host frames in between are dropped without running destructors, so the caller must hold
// nothing.
[[noreturn]] void raise_trap(jit::TrapCode code);
// The same for a trap that GuestThread has already noted.
[[noreturn]] void leave_guest();

}  // namespace linden::runtime

#endif
