/* C instead of ELF assembler: the debugger's variable, and the ELF header that a linker would
 * define.  */
#include <link.h>
#include <elf.h>

struct r_debug_extended _r_debug_extended attribute_hidden;
extern struct r_debug _r_debug __attribute__((alias("_r_debug_extended")));

const Elf32_Ehdr __ehdr_start attribute_hidden = {.e_phentsize = sizeof(Elf32_Phdr)};
