// What a file holds: the blocks that were written, and holes between them, which take no memory.
// The lock of cages.h guards all of it.
#ifndef IMFS_CONTENTS_H
#define IMFS_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_SIZE 4096
#define LARGEST_FILE ((uint64_t)1 << 44)

// Bytes that are in memory, from `begin` on. Both `begin` and `size` are whole blocks.
struct extent {
  uint64_t begin;
  size_t size, capacity;
  char* data;
};

struct contents {
  uint64_t size;
  // By position, without overlaps. What lies behind the end of the file is 0.
  struct extent* extents;
  size_t count, room;
  // The number of the file that holds the only extent (store.h); 0: it is in memory.
  uint64_t stored;
};

// What all files may have together.
extern size_t contents_limit;
size_t contents_free(void);

// All that can fail give 0 or -errno.

// How many of `size` bytes from `offset` on lie together, and where; null in a hole.
size_t contents_piece(const struct contents* contents, uint64_t offset, size_t size, char** data);
// Fills the holes in a range.
int contents_reserve(struct contents* contents, uint64_t offset, uint64_t size);
// Makes all bytes of a range 0, and holes of its whole blocks. It may reach beyond the end.
void contents_discard(struct contents* contents, uint64_t offset, uint64_t size);
int contents_resize(struct contents* contents, uint64_t size);
// The next position, from `offset` on, at which there is data or a hole; the end of the file has
// one.
uint64_t contents_next(const struct contents* contents, uint64_t offset, bool data);
// In blocks of 512 bytes, as stat(2) has it.
uint64_t contents_blocks(const struct contents* contents);
// Copies between a buffer and the file, which has room for it (contents_reserve).
void contents_get(const struct contents* contents, uint64_t offset, void* to, size_t size);
void contents_put(struct contents* contents, uint64_t offset, const void* from, size_t size);
// Moves everything into one file that other processes can map (store.h).
int contents_share(struct contents* contents);
void contents_release(struct contents* contents);

#endif
