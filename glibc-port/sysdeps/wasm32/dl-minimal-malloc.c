/* Memory before malloc works (a copy of GLIBC_TUNABLES): the generic file starts at ELF's _end.  */
#include <ldsodefs.h>
#include <stddef.h>
#include <dl-minimal-malloc.h>

void* __minimal_malloc(size_t size) { return _dl_early_allocate((size + 15) & -16); }
