/* Changes a file in all ways there are, at random, and compares it with what it should hold after
   each: what is written, discarded, cut off, mapped, and copied within it. Run with the file's name
   and a number to begin with.  */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define LARGEST (300 * 1024)
#define STEPS 4000

static unsigned char expected[LARGEST], found[LARGEST];
static size_t size;
static int file;
static unsigned seed;
static unsigned char* shared; /* LARGEST bytes of the file, once it is mapped */

static unsigned any(unsigned below) {
  seed = seed * 1103515245 + 12345;
  return (seed >> 8) % below;
}

static void fill(unsigned char* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) bytes[i] = (unsigned char)any(256);
}

static void grow(size_t end) {
  if (end > size) size = end;
}

static int write_some(size_t at, size_t count) {
  fill(expected + at, count);
  grow(at + count);
  return pwrite(file, expected + at, count, (off_t)at) == (ssize_t)count;
}

static int write_pieces(size_t at, size_t count) {
  fill(expected + at, count);
  grow(at + count);
  const size_t first = any((unsigned)count + 1);
  struct iovec pieces[2] = {{expected + at, first}, {expected + at + first, count - first}};
  return pwritev(file, pieces, 2, (off_t)at) == (ssize_t)count;
}

static int discard(size_t at, size_t count) {
  for (size_t i = at; i < at + count && i < size; ++i) expected[i] = 0;
  return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)count) == 0;
}

static int zero(size_t at, size_t count) {
  memset(expected + at, 0, count);
  grow(at + count);
  return fallocate(file, FALLOC_FL_ZERO_RANGE, (off_t)at, (off_t)count) == 0;
}

static int allocate(size_t at, size_t count) {
  const int keep = any(2) ? FALLOC_FL_KEEP_SIZE : 0;
  if (!keep) grow(at + count);
  return fallocate(file, keep, (off_t)at, (off_t)count) == 0;
}

static int cut(size_t at, size_t count) {
  (void)count;
  if (at < size) memset(expected + at, 0, size - at);
  size = at;
  return ftruncate(file, (off_t)at) == 0;
}

static int copy(size_t at, size_t count) {
  off64_t from = any(LARGEST - (unsigned)count), to = (off64_t)at;
  const size_t end = (size_t)from + count;
  const int overlaps = from < to + (off64_t)count && to < (off64_t)end;
  if (overlaps || end > size) return 1;
  memcpy(expected + at, expected + from, count);
  grow(at + count);
  return copy_file_range(file, &from, file, &to, count, 0) == (ssize_t)count;
}

static int write_mapped(size_t at, size_t count) {
  if (!shared) {
    shared = mmap(NULL, LARGEST, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) return 0;
  }
  if (at >= size) return 1;
  if (count > size - at) count = size - at;
  fill(expected + at, count);
  memcpy(shared + at, expected + at, count);
  return 1;
}

/* Holes and data take turns, cover the file, and what is in holes is 0.  */
static int check_holes(void) {
  for (off_t at = 0; at < (off_t)size;) {
    off_t data = lseek(file, at, SEEK_DATA);
    if (data == -1 && errno == ENXIO) data = (off_t)size;
    if (data < at) return 0;
    for (off_t i = at; i < data; ++i) {
      if (expected[i]) return 0;
    }
    if (data == (off_t)size) return 1;
    at = lseek(file, data, SEEK_HOLE);
    if (at <= data) return 0;
  }
  return 1;
}

int main(int argc, char** argv) {
  static int (*const steps[])(size_t, size_t) = {
      write_some, write_some, write_pieces, discard, zero, allocate, cut, copy, write_mapped};
  if (argc < 3) return 2;
  seed = (unsigned)atoi(argv[2]);
  file = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
  const unsigned all = sizeof steps / sizeof steps[0];
  for (int i = 0; i < STEPS; ++i) {
    /* The first half without mapping it.  */
    const unsigned step = any(i < STEPS / 2 ? all - 1 : all);
    const size_t count = 1 + any(any(2) ? 30000 : 200), at = any(LARGEST - (unsigned)count);
    const int done = steps[step](at, count);
    struct stat status;
    memset(found, 0xff, sizeof found);
    const ssize_t got = pread(file, found, sizeof found, 0);
    const int same = got == (ssize_t)size && memcmp(found, expected, size) == 0;
    const int has_size = fstat(file, &status) == 0 && status.st_size == (off_t)size;
    if (!done || !same || !has_size || (i % 16 == 0 && !check_holes())) {
      printf("step %d, of kind %u at %zu of %zu bytes: %s\n", i, step, at, count,
             done ? "the file is wrong" : strerror(errno));
      return 1;
    }
  }
  puts("as it should be");
  return 0;
}
