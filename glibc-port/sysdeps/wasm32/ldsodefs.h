/* Members of the audit interface that the generic header wants from every machine.  */
#ifndef _WASM32_LDSODEFS_H
#define _WASM32_LDSODEFS_H 1

#include <elf.h>

struct La_wasm32_regs;
struct La_wasm32_retval;

#define ARCH_PLTENTER_MEMBERS                                                         \
  Elf32_Addr (*wasm32_gnu_pltenter)(Elf32_Sym*, unsigned int, uintptr_t*, uintptr_t*, \
                                    struct La_wasm32_regs*, unsigned int*, const char*, long int*)
#define ARCH_PLTEXIT_MEMBERS                                                                 \
  unsigned int (*wasm32_gnu_pltexit)(Elf32_Sym*, unsigned int, uintptr_t*, uintptr_t*,       \
                                     const struct La_wasm32_regs*, struct La_wasm32_retval*, \
                                     const char*)

#include_next <ldsodefs.h>

#endif
