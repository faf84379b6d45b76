/* Where struct pthread is: above the wasm TLS block, found through the variable __wasm_self.  */
#ifndef _TLS_H
#define _TLS_H 1

#include <dl-sysdep.h>

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <dl-dtv.h>

typedef struct {
  void* tcb;
  dtv_t* dtv;
  void* self;
  int multiple_threads;
  uintptr_t pointer_guard;
  int gscope_flag;
} tcbhead_t;

#define TLS_MULTIPLE_THREADS_IN_TCB 1
#define TLS_TCB_AT_TP 1
#define TLS_DTV_AT_TP 0

#include <sysdep.h>
#include <nptl/descr.h>

#define TLS_INIT_TCB_SIZE sizeof(struct pthread)
#define TLS_TCB_SIZE sizeof(struct pthread)

extern __thread struct pthread* __wasm_self attribute_hidden
    __attribute__((tls_model("local-exec")));

#define THREAD_SELF __wasm_self

#define INSTALL_DTV(descriptor, vector) ((tcbhead_t*)(descriptor))->dtv = (vector) + 1
#define INSTALL_NEW_DTV(vector) (THREAD_SELF->header.dtv = (vector))
#define GET_DTV(descriptor) (((tcbhead_t*)(descriptor))->dtv)
#define THREAD_DTV() (THREAD_SELF->header.dtv)

#define TLS_INIT_TP(descriptor)                                       \
  ({                                                                  \
    __wasm_self = (struct pthread*)(descriptor);                      \
    __wasm_self->header.tcb = __wasm_self->header.self = __wasm_self; \
    (const char*)NULL;                                                \
  })
#define TLS_DEFINE_INIT_TP(pointer, pd) void* pointer = (pd)

#define DB_THREAD_SELF /* no libthread_db */

#include <tcb-access.h>

#define THREAD_GSCOPE_FLAG_UNUSED 0
#define THREAD_GSCOPE_FLAG_USED 1
#define THREAD_GSCOPE_FLAG_WAIT 2
#define THREAD_GSCOPE_RESET_FLAG()                                                              \
  do {                                                                                          \
    int old = atomic_exchange_rel(&THREAD_SELF->header.gscope_flag, THREAD_GSCOPE_FLAG_UNUSED); \
    if (old == THREAD_GSCOPE_FLAG_WAIT)                                                         \
      lll_futex_wake(&THREAD_SELF->header.gscope_flag, 1, LLL_PRIVATE);                         \
  } while (0)
#define THREAD_GSCOPE_SET_FLAG()                               \
  do {                                                         \
    THREAD_SELF->header.gscope_flag = THREAD_GSCOPE_FLAG_USED; \
    atomic_write_barrier();                                    \
  } while (0)
#endif

#endif
