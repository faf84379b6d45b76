/* C instead of ELF assembler: restartable sequences are off.  */
#include <stddef.h>

const ptrdiff_t __rseq_offset = 0;
const unsigned int __rseq_size = 0;
extern const ptrdiff_t _rseq_offset __attribute__((alias("__rseq_offset")));
unsigned int _rseq_size attribute_hidden;
