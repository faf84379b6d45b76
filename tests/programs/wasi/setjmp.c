// The functions and the tag that lowered calls of setjmp and longjmp use. They must be compiled
// apart from those calls.
#include "setjmp.h"

__asm__(
    ".globl __c_longjmp\n"
    ".tagtype __c_longjmp i32\n"
    "__c_longjmp:\n");

void __wasm_setjmp(jmp_buf buffer, unsigned label, void* frame) {
  buffer->frame = frame;
  buffer->label = label;
}

unsigned __wasm_setjmp_test(jmp_buf buffer, void* frame) {
  return buffer->frame == frame ? buffer->label : 0;
}

void __wasm_longjmp(jmp_buf buffer, int value) {
  buffer->thrown.buffer = buffer;
  buffer->thrown.value = value == 0 ? 1 : value;
  __builtin_wasm_throw(1, &buffer->thrown);
}
