/* clone with a function: a thread starts in lind_thread_start, a process is a fork that calls it.
 */
#include "optional-arguments.h"
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/param.h>
#include <unistd.h>
#include <sysdep.h>
#include <pthreadP.h>

/* What the runtime passes to the export lind_thread_start; the assembler reads word 0.  */
struct thread_start {
  uintptr_t stack_pointer;
  int (*function)(void*);
  void* argument;
  struct pthread* descriptor;
  void* tls;
};

extern void __wasm_init_tls(void* block);
extern void lind_thread_start(struct thread_start* start);

/* Called by lind_thread_start on the new stack.  */
attribute_hidden void __wasm_thread_enter(struct thread_start* start) {
  __wasm_init_tls(start->tls);
  TLS_INIT_TP(start->descriptor);
  INTERNAL_SYSCALL_CALL(exit, start->function(start->argument));
  __builtin_trap();
}

int __clone(int (*function)(void*), void* stack, int flags, void* argument, ...) {
  va_list list;
  va_start(list, argument);
  pid_t* parent_tid = va_arg(list, pid_t*);
  struct pthread* descriptor = va_arg(list, void*);
  pid_t* child_tid = va_arg(list, pid_t*);
  va_end(list);

  if (function == NULL || stack == NULL) return INLINE_SYSCALL_ERROR_RETURN_VALUE(EINVAL);

  if (!(flags & CLONE_THREAD)) {
    /* The child runs on a copy of this stack: STACK is not needed.  Memory can only be shared as
       long as the parent waits.  */
    int unwanted = CLONE_SETTLS | ((flags & CLONE_VFORK) ? 0 : CLONE_VM);
    long int child = INLINE_SYSCALL_CALL(clone, flags & ~unwanted, 0, parent_tid, child_tid, 0);
    if (child == 0) _exit(function(argument));
    return child;
  }

  /* allocate_stack.c left room for the TLS block below the descriptor.  */
  size_t align = MAX(TCB_ALIGNMENT, __builtin_wasm_tls_align());
  uintptr_t tls = ((uintptr_t)descriptor - __builtin_wasm_tls_size()) & -align;

  uintptr_t top = ((uintptr_t)stack - sizeof(struct thread_start)) & -16;
  struct thread_start* start = (struct thread_start*)top;
  *start = (struct thread_start){top, function, argument, descriptor, (void*)tls};

  /* Keeps the export in programs that create threads.  */
  void (*volatile keep)(struct thread_start*) = lind_thread_start;
  (void)keep;

  return INLINE_SYSCALL_CALL(clone, flags, start, parent_tid, child_tid, descriptor);
}
libc_hidden_def(__clone) weak_alias(__clone, clone)
