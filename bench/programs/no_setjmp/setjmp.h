// Found before the C library's <setjmp.h>, for wasm and for native builds alike, because Debian's
// wasi-libc has no setjmp. The workload raises no error, so that setjmp only ever returns 0 and a
// longjmp is a bug in the workload.
#ifndef LINDEN_BENCH_NO_SETJMP_H
#define LINDEN_BENCH_NO_SETJMP_H

#include <stdlib.h>

typedef int jmp_buf[1];

static inline int bench_no_setjmp(void) { return 0; }
static inline void bench_no_longjmp(void) { abort(); }

#define setjmp(buffer) ((void)(buffer), bench_no_setjmp())
#define longjmp(buffer, value) ((void)(buffer), (void)(value), bench_no_longjmp())

#endif
