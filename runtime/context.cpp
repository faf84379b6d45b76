#include "runtime/context.h"

#include <cstddef>

#include "runtime/context_offsets.h"
#include "runtime/store.h"

namespace linden::runtime {

extern "C" {
#define LINDEN_DECLARE(name) void linden_helper_##name##_entry();
LINDEN_JIT_HELPERS(LINDEN_DECLARE)
#undef LINDEN_DECLARE
thread_local constinit jit::Context linden_context{
    .instance = nullptr,
    .memory_base = nullptr,
    .callee = nullptr,
    .stack_limit = 0,
    .host_stack_pointer = 0,
    .activation = 0,
    .expected_type = 0,
    .constant_callee = nullptr,
    .helpers =
        {
#define LINDEN_ENTRY(name) linden_helper_##name##_entry,
            LINDEN_JIT_HELPERS(LINDEN_ENTRY)
#undef LINDEN_ENTRY
        },
    .inline_globals = {},
    .overflow = {},
    .exception_values = {},
    .exception_tag = 0,
    .exception_unwound = 0,
    .memory_mask = jit::kMemoryMask,
};

thread_local constinit bool linden_in_bulk_access = false;

#ifdef __x86_64__
bool linden_has_avx = __builtin_cpu_supports("avx");
#endif
}

static_assert(offsetof(jit::Context, instance) == LINDEN_CONTEXT_INSTANCE);
static_assert(offsetof(jit::Context, callee) == LINDEN_CONTEXT_CALLEE);
static_assert(offsetof(jit::Context, stack_limit) == LINDEN_CONTEXT_STACK_LIMIT);
static_assert(offsetof(jit::Context, host_stack_pointer) == LINDEN_CONTEXT_HOST_STACK_POINTER);
static_assert(offsetof(jit::Context, activation) == LINDEN_CONTEXT_ACTIVATION);
static_assert(offsetof(jit::Context, overflow) == LINDEN_CONTEXT_OVERFLOW);
static_assert(offsetof(jit::InstanceData, memory_size) == LINDEN_INSTANCE_MEMORY_SIZE);
static_assert(offsetof(FunctionReference, code) == LINDEN_REFERENCE_CODE);
static_assert(offsetof(FunctionReference, instance) == LINDEN_REFERENCE_INSTANCE);
static_assert(offsetof(FunctionReference, host_function) == LINDEN_REFERENCE_HOST_FUNCTION);

int64_t context_offset() {
  uintptr_t thread_pointer;
  asm("movq %%fs:0, %0" : "=r"(thread_pointer));
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(&linden_context) - thread_pointer);
}

}  // namespace linden::runtime
