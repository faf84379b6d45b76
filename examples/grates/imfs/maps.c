// Memory mappings. The memory of a grate cannot be mapped by others, so a file that is mapped moves
// to where the system can map it for everybody (store.h), and stays there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "imfs.h"
#include "store.h"

long long map_file(struct grate_call* call, struct open_file* file) {
  const int mode = file->flags & O_ACCMODE, type = (int)call->args[3] & MAP_TYPE;
  const bool is_shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
  if (!S_ISREG(file->node->mode)) return -ENODEV;
  if (mode != O_RDONLY && mode != O_RDWR) return -EACCES;
  if (is_shared && call->args[2] & PROT_WRITE && mode != O_RDWR) return -EACCES;
  const int error = contents_share(&file->node->contents);
  if (error) return error;
  char path[PATH_SIZE];
  store_path(file->node->contents.stored, path, sizeof path);
  const long long descriptor = grate_call_as(
      call, SYS_openat,
      (uint64_t[6]){(uint64_t)AT_FDCWD, (uintptr_t)path, (uint64_t)(mode | O_CLOEXEC)});
  if (descriptor < 0) return descriptor;
  uint64_t args[6];
  for (int i = 0; i < 6; ++i) args[i] = call->args[i];
  args[4] = (uint64_t)descriptor;
  const long long address = grate_call_as(call, SYS_mmap, args);
  grate_call_as(call, SYS_close, (uint64_t[6]){(uint64_t)descriptor});
  return address;
}
