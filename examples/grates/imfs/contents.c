#define _GNU_SOURCE
#include "contents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

size_t contents_limit = (size_t)1 << 30;
static size_t used;  // capacities of all extents

size_t contents_free(void) { return contents_limit - used; }

static uint64_t round_up(uint64_t size) {
  return (size + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
}

static uint64_t end_of(const struct extent* extent) { return extent->begin + extent->size; }

// The first extent that ends behind `offset`: its index, or the count.
static size_t find(const struct contents* contents, uint64_t offset) {
  size_t low = 0, high = contents->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (end_of(&contents->extents[middle]) > offset) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

size_t contents_piece(const struct contents* contents, uint64_t offset, size_t size, char** data) {
  const size_t at = find(contents, offset);
  const struct extent* const extent = &contents->extents[at];
  *data = NULL;
  if (at == contents->count) return size;
  if (extent->begin > offset) {
    const uint64_t hole = extent->begin - offset;
    return hole < size ? (size_t)hole : size;
  }
  *data = extent->data + (offset - extent->begin);
  const uint64_t left = end_of(extent) - offset;
  return left < size ? (size_t)left : size;
}

void contents_get(const struct contents* contents, uint64_t offset, void* to, size_t size) {
  char* data;
  for (size_t done = 0, piece; done < size; done += piece) {
    piece = contents_piece(contents, offset + done, size - done, &data);
    if (data) {
      memcpy((char*)to + done, data, piece);
    } else {
      memset((char*)to + done, 0, piece);
    }
  }
}

void contents_put(struct contents* contents, uint64_t offset, const void* from, size_t size) {
  char* data;
  for (size_t done = 0, piece; done < size; done += piece) {
    piece = contents_piece(contents, offset + done, size - done, &data);
    memcpy(data, (const char*)from + done, piece);
  }
}

// ---- room

static bool may_use(size_t size) { return size <= contents_limit - used; }

static int insert(struct contents* contents, size_t at, struct extent extent) {
  if (contents->count == contents->room) {
    const size_t room = contents->room * 2 + 1;
    struct extent* const extents = realloc(contents->extents, room * sizeof *extents);
    if (!extents) return -ENOSPC;
    contents->extents = extents;
    contents->room = room;
  }
  struct extent* const place = &contents->extents[at];
  memmove(place + 1, place, (contents->count - at) * sizeof *place);
  *place = extent;
  ++contents->count;
  return 0;
}

static void forget(struct contents* contents, size_t at) {
  struct extent* const place = &contents->extents[at];
  used -= place->capacity;
  free(place->data);
  --contents->count;
  memmove(place, place + 1, (contents->count - at) * sizeof *place);
}

// Of a stored file: whoever has it mapped sees where it ends.
static int resize_stored(struct contents* contents, size_t size) {
  struct extent* const only = &contents->extents[0];
  if (size > only->size && !may_use(size - only->size)) return -ENOSPC;
  const int error = store_resize(contents->stored, &only->data, only->size, size);
  if (error) return error;
  used = used - only->capacity + size;
  only->size = only->capacity = size;
  return 0;
}

// Gives an extent `more` bytes of 0. It gets twice as much memory, so that a file that grows is
// copied a few times only.
static int extend(struct contents* contents, struct extent* extent, size_t more) {
  if (contents->stored) return resize_stored(contents, extent->size + more);
  const size_t size = extent->size + more;
  if (size > extent->capacity) {
    const size_t others = used - extent->capacity;
    size_t capacity = extent->capacity * 2 > size ? extent->capacity * 2 : size;
    if (capacity > contents_limit - others) capacity = size;
    if (capacity > contents_limit - others) return -ENOSPC;
    char* const data = realloc(extent->data, capacity);
    if (!data) return -ENOSPC;
    used = others + capacity;
    extent->data = data;
    extent->capacity = capacity;
  }
  memset(extent->data + extent->size, 0, more);
  extent->size = size;
  return 0;
}

static int fill_hole(struct contents* contents, size_t at, uint64_t begin, uint64_t end) {
  const uint64_t size = end - begin;
  if (size > contents_limit) return -ENOSPC;
  if (at > 0 && end_of(&contents->extents[at - 1]) == begin) {
    return extend(contents, &contents->extents[at - 1], (size_t)size);
  }
  if (contents->stored) {
    // The only extent begins at 0.
    struct extent* const only = &contents->extents[0];
    return extend(contents, only, (size_t)(end - end_of(only)));
  }
  if (!may_use((size_t)size)) return -ENOSPC;
  char* const data = calloc(1, (size_t)size);
  if (!data) return -ENOSPC;
  const int error = insert(contents, at, (struct extent){begin, (size_t)size, (size_t)size, data});
  if (error) {
    free(data);
    return error;
  }
  used += (size_t)size;
  return 0;
}

int contents_reserve(struct contents* contents, uint64_t offset, uint64_t size) {
  if (offset > LARGEST_FILE || size > LARGEST_FILE - offset) return -EFBIG;
  const uint64_t end = round_up(offset + size);
  for (uint64_t at = offset / BLOCK_SIZE * BLOCK_SIZE; at < end;) {
    const size_t index = find(contents, at);
    const struct extent* const extent = &contents->extents[index];
    const bool is_last = index == contents->count;
    if (!is_last && extent->begin <= at) {
      at = end_of(extent);
      continue;
    }
    const uint64_t hole_end = !is_last && extent->begin < end ? extent->begin : end;
    const int error = fill_hole(contents, index, at, hole_end);
    if (error) return error;
    at = hole_end;
  }
  return 0;
}

// ---- holes

static void clear(struct contents* contents, uint64_t begin, uint64_t end) {
  char* data;
  for (size_t piece; begin < end; begin += piece) {
    const uint64_t left = end - begin;
    piece = contents_piece(contents, begin, left < SIZE_MAX ? (size_t)left : SIZE_MAX, &data);
    if (data) memset(data, 0, piece);
  }
}

// Takes what lies behind `at` out of the extent there. Without memory it stays, which is no harm.
static bool split(struct contents* contents, uint64_t at) {
  const size_t index = find(contents, at);
  if (index == contents->count || contents->extents[index].begin >= at) return true;
  struct extent* const extent = &contents->extents[index];
  const size_t kept = (size_t)(at - extent->begin), moved = extent->size - kept;
  char* const data = may_use(moved) ? malloc(moved) : NULL;
  if (!data) return false;
  memcpy(data, extent->data + kept, moved);
  if (insert(contents, index + 1, (struct extent){at, moved, moved, data}) != 0) {
    free(data);
    return false;
  }
  used += moved;
  contents->extents[index].size = kept;
  return true;
}

void contents_discard(struct contents* contents, uint64_t offset, uint64_t size) {
  const uint64_t end = offset + size;
  const uint64_t first = round_up(offset), last = end / BLOCK_SIZE * BLOCK_SIZE;
  if (contents->stored || first >= last || !split(contents, last)) {
    clear(contents, offset, end);
    return;
  }
  clear(contents, offset, first);
  clear(contents, last, end);
  size_t index = find(contents, first);
  if (index < contents->count && contents->extents[index].begin < first) {
    struct extent* const before = &contents->extents[index++];
    before->size = (size_t)(first - before->begin);
  }
  while (index < contents->count && contents->extents[index].begin < last) {
    forget(contents, index);
  }
}

int contents_resize(struct contents* contents, uint64_t size) {
  if (size > LARGEST_FILE) return -EFBIG;
  if (contents->stored) {
    if (size > contents_limit) return -ENOSPC;
    if (size < contents->size) clear(contents, size, contents->size);
    const int error = resize_stored(contents, (size_t)round_up(size));
    if (error) return error;
  } else if (size < contents->size) {
    contents_discard(contents, size, LARGEST_FILE + BLOCK_SIZE - size);
  }
  contents->size = size;
  return 0;
}

uint64_t contents_next(const struct contents* contents, uint64_t offset, bool data) {
  for (size_t at = find(contents, offset); at < contents->count; ++at) {
    const struct extent* const extent = &contents->extents[at];
    const bool is_in = extent->begin <= offset;
    if (is_in == data) return offset;
    offset = is_in ? end_of(extent) : extent->begin;
    if (data) return offset;
  }
  return data ? UINT64_MAX : offset;
}

uint64_t contents_blocks(const struct contents* contents) {
  uint64_t size = 0;
  for (size_t i = 0; i < contents->count; ++i) size += contents->extents[i].size;
  return size / 512;
}

// ---- sharing

int contents_share(struct contents* contents) {
  if (contents->stored) return 0;
  const uint64_t size = round_up(contents->size);
  if (size > contents_limit) return -ENOMEM;
  struct contents shared = {.stored = store_make_file()};
  if (!shared.stored) return -ENODEV;
  int error = insert(&shared, 0, (struct extent){0});
  if (error == 0) error = resize_stored(&shared, (size_t)size);
  if (error) {
    contents_release(&shared);
    return error;
  }
  contents_get(contents, 0, shared.extents[0].data, (size_t)contents->size);
  shared.size = contents->size;
  contents_release(contents);
  *contents = shared;
  return 0;
}

void contents_release(struct contents* contents) {
  if (contents->stored) {
    if (contents->count) resize_stored(contents, 0);
    store_remove(contents->stored);
  }
  while (!contents->stored && contents->count) forget(contents, contents->count - 1);
  free(contents->extents);
  *contents = (struct contents){0};
}
