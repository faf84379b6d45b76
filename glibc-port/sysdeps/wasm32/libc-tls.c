/* wasm-ld's start function has set up the main thread's TLS; this adds struct pthread to it.  */
#define __libc_setup_tls unused_libc_setup_tls
#include <csu/libc-tls.c>
#undef __libc_setup_tls

extern void __libc_setup_tls(void);

static struct pthread main_thread __attribute__((aligned(TCB_ALIGNMENT)));

void __libc_setup_tls(void) {
  __tls_pre_init_tp();
  init_slotinfo();

  /* allocate_stack.c reserves this much at the top of every stack: TLS block, then struct pthread.
   */
  size_t align = MAX(TCB_ALIGNMENT, __builtin_wasm_tls_align());
  init_static_tls(roundup(__builtin_wasm_tls_size(), align), align);
  GL(dl_tls_static_size) = roundup(GL(dl_tls_static_size), align);

  INSTALL_DTV(&main_thread, _dl_static_dtv);
  TLS_INIT_TP(&main_thread);
  __tls_init_tp();
}
