/* The audit interface of the dynamic linker; nothing uses it in a static-only port.  */
#ifndef _LINK_H
#error "Never include <bits/link.h> directly; use <link.h> instead."
#endif

typedef struct La_wasm32_regs {
  unsigned int lr_reserved;
} La_wasm32_regs;

typedef struct La_wasm32_retval {
  unsigned int lrv_reserved;
} La_wasm32_retval;
