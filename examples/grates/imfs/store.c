#define _GNU_SOURCE
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/paths.h"

static char directory[32];  // empty: not made yet
static uint64_t last;

static bool make_directory(void) {
  static const char* const places[] = {"/dev/shm", "/tmp"};
  for (size_t i = 0; !*directory && i < sizeof places / sizeof places[0]; ++i) {
    snprintf(directory, sizeof directory, "%s/imfs-XXXXXX", places[i]);
    if (!mkdtemp(directory)) *directory = 0;
  }
  return *directory;
}

void store_path(uint64_t number, char* path, size_t size) {
  snprintf(path, size, "%s/%llu", directory, (unsigned long long)number);
}

static uint64_t make(mode_t type) {
  char path[64];
  if (!make_directory()) return 0;
  store_path(last + 1, path, sizeof path);
  return mknod(path, type | 0600, 0) == 0 ? ++last : 0;
}

uint64_t store_make_file(void) { return make(S_IFREG); }
uint64_t store_make_fifo(void) { return make(S_IFIFO); }

void store_remove(uint64_t number) {
  char path[64];
  store_path(number, path, sizeof path);
  unlink(path);
}

int store_resize(uint64_t number, char** data, size_t size, size_t new_size) {
  char path[64];
  store_path(number, path, sizeof path);
  const int descriptor = open(path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return -ENOSPC;
  char* mapped = NULL;
  int error = ftruncate(descriptor, (off_t)new_size) == 0 ? 0 : -ENOSPC;
  if (error == 0 && new_size > 0) {
    mapped = mmap(NULL, new_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) error = -ENOSPC;
  }
  close(descriptor);
  if (error) return error;
  if (*data) munmap(*data, size);
  *data = mapped;
  return 0;
}

bool store_has(const char* path) { return *directory && path_below(path, directory); }

void store_clear(void) {
  if (!*directory) return;
  for (; last > 0; --last) store_remove(last);
  rmdir(directory);
}
