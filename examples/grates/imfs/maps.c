// Memory mappings. A private one is a copy of what the file holds; for a shared one the file moves
// to where the system can map it for several processes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "imfs.h"
#include "store.h"

static int put_contents(const struct grate_call* call, uint64_t address, const struct node* node,
                        uint64_t offset, size_t size) {
  struct grate_call to = *call;
  to.args[0] = address;
  to.cages[0] = (uint64_t)call->cage;
  char* data;
  for (size_t done = 0, piece; done < size; done += piece) {
    piece = contents_piece(&node->contents, offset + done, size - done, &data);
    const int error = data ? grate_put_at(&to, 0, done, data, piece) : 0;
    if (error) return error;
  }
  return 0;
}

// Changes of the file are not seen.
static long long map_copy(const struct grate_call* call, const struct node* node) {
  const uint32_t size = (uint32_t)call->args[1];
  const int protection = (int)call->args[2];
  const uint64_t kept = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_NORESERVE | MAP_POPULATE;
  const uint64_t offset = call->args[5];
  const long long address = grate_call_as(
      call, SYS_mmap,
      (uint64_t[6]){call->args[0], size, (uint64_t)(PROT_READ | PROT_WRITE),
                    (call->args[3] & kept) | MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0});
  if (address < 0) return address;
  const uint64_t left = offset < node->contents.size ? node->contents.size - offset : 0;
  int error = put_contents(call, (uint64_t)address, node, offset, left < size ? (size_t)left : size);
  if (error == 0 && protection != (PROT_READ | PROT_WRITE)) {
    error = (int)grate_call_as(call, SYS_mprotect,
                               (uint64_t[6]){(uint64_t)address, size, (uint64_t)protection});
  }
  if (error == 0) return address;
  grate_call_as(call, SYS_munmap, (uint64_t[6]){(uint64_t)address, size});
  return error;
}

static long long map_shared(const struct grate_call* call, struct open_file* file) {
  const int error = contents_share(&file->node->contents);
  if (error) return error;
  char path[PATH_SIZE];
  store_path(file->node->contents.stored, path, sizeof path);
  const long long descriptor = grate_call_as(
      call, SYS_openat,
      (uint64_t[6]){(uint64_t)AT_FDCWD, (uintptr_t)path,
                    (uint64_t)((file->flags & O_ACCMODE) | O_CLOEXEC)});
  if (descriptor < 0) return descriptor;
  uint64_t args[6];
  for (int i = 0; i < 6; ++i) args[i] = call->args[i];
  args[4] = (uint64_t)descriptor;
  const long long address = grate_call_as(call, SYS_mmap, args);
  grate_call_as(call, SYS_close, (uint64_t[6]){(uint64_t)descriptor});
  return address;
}

long long map_file(struct grate_call* call, struct open_file* file) {
  const int mode = file->flags & O_ACCMODE, type = (int)call->args[3] & MAP_TYPE;
  const bool is_shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
  if (!is_shared && type != MAP_PRIVATE) return -EINVAL;
  if (!S_ISREG(file->node->mode)) return -ENODEV;
  if (mode != O_RDONLY && mode != O_RDWR) return -EACCES;
  if (is_shared && call->args[2] & PROT_WRITE && mode != O_RDWR) return -EACCES;
  if ((uint32_t)call->args[1] == 0 || call->args[5] % BLOCK_SIZE != 0) return -EINVAL;
  return is_shared ? map_shared(call, file) : map_copy(call, file->node);
}
