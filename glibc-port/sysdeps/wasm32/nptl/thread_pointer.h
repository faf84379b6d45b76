/* The thread pointer is a thread-local variable of libc, not a register.  */
#ifndef _SYS_THREAD_POINTER_H
#define _SYS_THREAD_POINTER_H 1

#include <tls.h>

static inline void* __thread_pointer(void) { return (void*)THREAD_SELF; }

#endif
