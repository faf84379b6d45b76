/* There is no dynamic linking: no ELF file is for this machine, so dlopen always fails cleanly.  */
#ifndef dl_machine_h
#define dl_machine_h 1

#define ELF_MACHINE_NAME "wasm32"
#define ELF_MACHINE_NO_RELA 1
#define ELF_MACHINE_NO_REL 0
#define ELF_MACHINE_JMP_SLOT 1
#define elf_machine_type_class(type) 0
#define ARCH_LA_PLTENTER wasm32_gnu_pltenter
#define ARCH_LA_PLTEXIT wasm32_gnu_pltexit

#include <sys/param.h>
#include <tls.h>
#include <dl-static-tls.h>

static inline int __attribute__((unused)) elf_machine_matches_host(const Elf32_Ehdr* header) {
  return 0;
}

static inline Elf32_Addr __attribute__((unused)) elf_machine_dynamic(void) { return 0; }

static inline Elf32_Addr __attribute__((unused)) elf_machine_load_address(void) { return 0; }

static inline int __attribute__((unused)) elf_machine_runtime_setup(struct link_map* map,
                                                                    struct r_scope_elem* scope[],
                                                                    int lazy, int profile) {
  return lazy;
}

static inline Elf32_Addr __attribute__((unused)) elf_machine_fixup_plt(
    struct link_map* map, lookup_t target, const Elf32_Sym* reference, const Elf32_Sym* symbol,
    const Elf32_Rel* relocation, Elf32_Addr* address, Elf32_Addr value) {
  return *address = value;
}

static inline Elf32_Addr __attribute__((unused)) elf_machine_plt_value(struct link_map* map,
                                                                       const Elf32_Rel* relocation,
                                                                       Elf32_Addr value) {
  return value;
}

#endif

#ifdef RESOLVE_MAP
static inline void __attribute__((always_inline)) elf_machine_rel(
    struct link_map* map, struct r_scope_elem* scope[], const Elf32_Rel* relocation,
    const Elf32_Sym* symbol, const struct r_found_version* version, void* const address,
    int skip_ifunc) {
  _dl_reloc_bad_type(map, ELF32_R_TYPE(relocation->r_info), 0);
}

static inline void __attribute__((always_inline)) elf_machine_rel_relative(
    Elf32_Addr load, const Elf32_Rel* relocation, void* const address) {}

static inline void __attribute__((always_inline)) elf_machine_lazy_rel(struct link_map* map,
                                                                       struct r_scope_elem* scope[],
                                                                       Elf32_Addr load,
                                                                       const Elf32_Rel* relocation,
                                                                       int skip_ifunc) {}
#endif
