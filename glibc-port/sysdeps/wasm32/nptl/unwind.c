/* Thread exit and cancellation without an unwinder: run the cleanup list, then finish here.  */
#include <stdlib.h>
#include "pthreadP.h"
#include <shlib-compat.h>

void __attribute((noreturn)) __pthread_unwind(__pthread_unwind_buf_t* unused) {
  struct pthread* self = THREAD_SELF;
  struct _pthread_cleanup_buffer* handler;

  /* A handler may itself push and pop, so the list is read again each time.  */
  while ((handler = THREAD_GETMEM(self, cleanup)) != NULL) {
    THREAD_SETMEM(self, cleanup, handler->__prev);
    handler->__routine(handler->__arg);
  }
  __wasm_thread_finish(self);
}
libc_hidden_def(__pthread_unwind)

    void __attribute((noreturn)) ___pthread_unwind_next(__pthread_unwind_buf_t* buffer) {
  __pthread_unwind(buffer);
}
versioned_symbol(libc, ___pthread_unwind_next, __pthread_unwind_next, GLIBC_2_34);
