/* Atomics are the compiler's builtins; 64-bit ones are instructions, but must be aligned.  */
#ifndef _WASM32_ATOMIC_MACHINE_H
#define _WASM32_ATOMIC_MACHINE_H 1

#include <stdint.h>

#define __HAVE_64B_ATOMICS 1
#define USE_ATOMIC_COMPILER_BUILTINS 1
#define ATOMIC_EXCHANGE_USES_CAS 0

/* The generic atomic.h builds on these when it is not told to use the builtins itself.  */
#define __arch_compare_and_exchange_val_any(mem, newval, oldval, model)          \
  ({                                                                             \
    __typeof(*(mem)) __expected = (oldval);                                      \
    __atomic_compare_exchange_n((mem), (void*)&__expected, (newval), 0, (model), \
                                __ATOMIC_RELAXED);                               \
    __expected;                                                                  \
  })
#define __arch_compare_and_exchange_bool_any(mem, newval, oldval, model)          \
  ({                                                                              \
    __typeof(*(mem)) __expected = (oldval);                                       \
    !__atomic_compare_exchange_n((mem), (void*)&__expected, (newval), 0, (model), \
                                 __ATOMIC_RELAXED);                               \
  })

#define atomic_compare_and_exchange_val_acq(mem, newval, oldval) \
  __arch_compare_and_exchange_val_any(mem, newval, oldval, __ATOMIC_ACQUIRE)
#define atomic_compare_and_exchange_val_rel(mem, newval, oldval) \
  __arch_compare_and_exchange_val_any(mem, newval, oldval, __ATOMIC_RELEASE)
#define atomic_compare_and_exchange_bool_acq(mem, newval, oldval) \
  __arch_compare_and_exchange_bool_any(mem, newval, oldval, __ATOMIC_ACQUIRE)
#define atomic_compare_and_exchange_bool_rel(mem, newval, oldval) \
  __arch_compare_and_exchange_bool_any(mem, newval, oldval, __ATOMIC_RELEASE)

#define atomic_exchange_acq(mem, value) __atomic_exchange_n((mem), (value), __ATOMIC_ACQUIRE)
#define atomic_exchange_rel(mem, value) __atomic_exchange_n((mem), (value), __ATOMIC_RELEASE)
#define atomic_exchange_and_add_acq(mem, value) __atomic_fetch_add((mem), (value), __ATOMIC_ACQUIRE)
#define atomic_exchange_and_add_rel(mem, value) __atomic_fetch_add((mem), (value), __ATOMIC_RELEASE)

#define atomic_full_barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#endif
