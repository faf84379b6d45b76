/* Threads that nobody has created: calls of other programs, which a handler of this one answers, come in
   on them. In programs that register handlers only; those reference lind_grate_thread.

   From the bottom of the piece of memory: the stack; the TLS block; struct pthread; room for what is done
   here, which runs before there is a stack.  */
#include <ctype.h>
#include <libioP.h>
#include <internal-signals.h>
#include <resolv/resolv-internal.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/param.h>
#include <sys/single_threaded.h>
#include <pthreadP.h>
#include <ldsodefs.h>

/* As much as the first allocation of a thread needs, several times over.  */
#define ROOM (32 << 10)

extern void __wasm_init_tls(void* block);

/* The stack pointer to begin handlers with.  */
attribute_hidden uintptr_t __wasm_grate_thread_enter(uintptr_t memory, size_t size, pid_t tid) {
  size_t align = MAX(TCB_ALIGNMENT, __builtin_wasm_tls_align());
  uintptr_t descriptor = (memory + size - ROOM - sizeof(struct pthread)) & -align;
  uintptr_t tls = (descriptor - __builtin_wasm_tls_size()) & -align;

  struct pthread* pd = (struct pthread*)descriptor;
  __wasm_init_tls((void*)tls);
  pd->specific[0] = pd->specific_1stblock;
  pd->stackblock = (void*)memory;
  pd->stackblock_size = tls - memory;
  pd->user_stack = true;
  pd->header.multiple_threads = 1;
  pd->tid = tid;
  /* Nobody joins it, cancels it, or changes its user.  */
  pd->joinid = pd;
  pd->setxid_futex = -1;
  pd->cancelhandling = CANCELSTATE_BITMASK;
#if __PTHREAD_MUTEX_HAVE_PREV
  pd->robust_prev = &pd->robust_head;
#endif
  pd->robust_head.list = &pd->robust_head;
  pd->robust_head.futex_offset =
      (offsetof(pthread_mutex_t, __data) - offsetof(pthread_mutex_t, __data.__list.__next));
  TLS_INIT_TP(pd);

  __resp = &pd->res;
  __ctype_init();
  INTERNAL_SYSCALL_CALL(set_robust_list, &pd->robust_head, sizeof(struct robust_list_head));
  _dl_allocate_tls(TLS_TPADJ(pd));
  return tls & -16;
}

/* Such threads may come at any time: nothing can count on being the only one. What pthread_create would do for its
   first thread, and no longer does once this has run.  */
static void __attribute__((constructor)) expect_threads(void) {
  struct sigaction action = {.sa_sigaction = __nptl_setxid_sighandler,
                             .sa_flags = SA_ONSTACK | SA_SIGINFO | SA_RESTART};
  sigset_t internal;
  THREAD_SETMEM(THREAD_SELF, header.multiple_threads, 1);
  __libc_single_threaded_internal = 0;
  __libc_single_threaded = 0;
  _IO_enable_locks();
  __libc_sigaction(SIGSETXID, &action, NULL);
  __sigemptyset(&internal);
  __sigaddset(&internal, SIGCANCEL);
  __sigaddset(&internal, SIGSETXID);
  INTERNAL_SYSCALL_CALL(rt_sigprocmask, SIG_UNBLOCK, &internal, NULL, __NSIG_BYTES);
}
