// Offsets into jit's structures for assembly, and sizes; checked against the
// structures in context.cpp and lind_imports.cpp.
#ifndef LINDEN_RUNTIME_CONTEXT_OFFSETS_H_
#define LINDEN_RUNTIME_CONTEXT_OFFSETS_H_

#define LINDEN_CONTEXT_INSTANCE 0
#define LINDEN_CONTEXT_CALLEE 16
#define LINDEN_CONTEXT_STACK_LIMIT 24
#define LINDEN_CONTEXT_HOST_STACK_POINTER 32
#define LINDEN_CONTEXT_ACTIVATION 40
#define LINDEN_CONTEXT_OVERFLOW 1248

// What the stubs of system calls keep for a GrateCalls::Visit, a multiple of 16.
#define LINDEN_VISIT_BYTES 224

#define LINDEN_INSTANCE_MEMORY_SIZE 40

#define LINDEN_REFERENCE_CODE 0
#define LINDEN_REFERENCE_INSTANCE 16
#define LINDEN_REFERENCE_HOST_FUNCTION 32

#endif
