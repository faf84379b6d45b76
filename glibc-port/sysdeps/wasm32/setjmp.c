/* clang lowers calls of `setjmp' itself: these are its helpers, and the mask half of sigsetjmp.  */
#include <lowered-jmp-buf.h>
#include <setjmp.h>
#include <signal.h>

#undef setjmp
#undef sigsetjmp

void __wasm_setjmp(struct lowered_jmp_buf* buffer, unsigned int label, void* frame) {
  buffer->frame = frame;
  buffer->label = label;
}

unsigned int __wasm_setjmp_test(struct lowered_jmp_buf* buffer, void* frame) {
  return buffer->frame == frame ? buffer->label : 0;
}

/* What <setjmp.h>'s macros call before setjmp proper.  */
void __sigjmp_save_only(struct __jmp_buf_tag* buffer, int save_mask) {
  buffer->__mask_was_saved =
      save_mask && __sigprocmask(SIG_BLOCK, NULL, (sigset_t*)&buffer->__saved_mask) == 0;
}

/* Only libc's own error handling of dlopen (dl-catch.c) calls this, through a macro that is not
   lowered: the buffer cannot be returned to, and a __longjmp to it ends the program.  */
int __sigsetjmp(struct __jmp_buf_tag* buffer, int save_mask) {
  __wasm_setjmp((struct lowered_jmp_buf*)buffer, 0, NULL);
  __sigjmp_save_only(buffer, save_mask);
  return 0;
}
libc_hidden_def(__sigsetjmp)
