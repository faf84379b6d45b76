/* longjmp is a wasm exception with the tag __c_longjmp, whose payload is {buffer, value}.  */
#include <lowered-jmp-buf.h>
#include <setjmp.h>
#include <stdlib.h>

void __wasm_longjmp(void* buffer, int value) {
  struct lowered_jmp_buf* lowered = buffer;
  lowered->thrown.buffer = buffer;
  lowered->thrown.value = value == 0 ? 1 : value;
  __builtin_wasm_throw(1, &lowered->thrown);
}

void __longjmp(__jmp_buf buffer, int value) {
  __wasm_longjmp(buffer, value);
  __builtin_unreachable();
}
