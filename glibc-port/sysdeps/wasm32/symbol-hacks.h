/* libc-symbols.h includes this last: replaces macros that emit ELF assembler text.  */
#ifndef __ASSEMBLER__
#undef link_warning
#define link_warning(symbol, message)
#undef stub_warning
#define stub_warning(name)
#undef static_link_warning
#define static_link_warning(name)
#undef libc_freeres_ptr
#define libc_freeres_ptr(declaration) declaration __attribute__((section("__libc_freeres_ptrs")))
#undef __libc_freeres_fn_section
#define __libc_freeres_fn_section __attribute__((__used__))

/* Callers only compare it with the bounds of loaded ELF objects.  */
#define __builtin_return_address(level) ((void*)0)
#endif
