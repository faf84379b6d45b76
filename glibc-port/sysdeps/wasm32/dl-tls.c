/* Threads need no dynamic thread vector: the linker's TLS block is all there is.  */
#include <ldsodefs.h>
#define _dl_allocate_tls unused_dl_allocate_tls
#define _dl_allocate_tls_init unused_dl_allocate_tls_init
#define _dl_deallocate_tls unused_dl_deallocate_tls
extern void* unused_dl_allocate_tls_init(void*, bool);
#include <elf/dl-tls.c>
#undef _dl_allocate_tls
#undef _dl_allocate_tls_init
#undef _dl_deallocate_tls

/* Length 0, so that code which frees the modules of a vector finds none.  */
static dtv_t empty_vector[2];

void* _dl_allocate_tls_init(void* descriptor, bool init_tls) {
  INSTALL_DTV(descriptor, empty_vector);
  return descriptor;
}

void* _dl_allocate_tls(void* descriptor) { return _dl_allocate_tls_init(descriptor, true); }

void _dl_deallocate_tls(void* descriptor, bool free_descriptor) {
  if (free_descriptor) free(descriptor);
}
