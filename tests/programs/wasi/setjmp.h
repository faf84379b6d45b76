/* What clang lowers on wasm (-mllvm -wasm-enable-sjlj); Debian's wasi-libc has no such header. */
#ifndef WASI_SETJMP_H
#define WASI_SETJMP_H

typedef struct {
  void* frame;
  unsigned label;
  struct {
    void* buffer;
    int value;
  } thrown;
} jmp_buf[1];

int setjmp(jmp_buf) __attribute__((returns_twice));
void longjmp(jmp_buf, int) __attribute__((noreturn));

#endif
