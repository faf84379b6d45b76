#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arena_block {
  struct arena_block* next;
  size_t size, used;
  _Alignas(max_align_t) char bytes[];
};

struct arena scratch;

void* allocate(size_t size) {
  void* memory = malloc(size ? size : 1);
  if (memory == NULL) {
    static const char message[] = "sh: out of memory\n";
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(2);
  }
  return memory;
}

char* copy_string(const char* text) {
  const size_t size = strlen(text) + 1;
  return memcpy(allocate(size), text, size);
}

void* arena_allocate(struct arena* arena, size_t size) {
  size = (size + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
  struct arena_block* block = arena->blocks;
  if (block == NULL || block->size - block->used < size) {
    const size_t block_size = size > 4000 ? size : 4000;
    block = allocate(sizeof *block + block_size);
    *block = (struct arena_block){arena->blocks, block_size, 0};
    arena->blocks = block;
  }
  void* memory = block->bytes + block->used;
  block->used += size;
  return memset(memory, 0, size);
}

char* arena_copy(struct arena* arena, const char* text, size_t size) {
  char* copy = arena_allocate(arena, size + 1);
  if (size > 0) memcpy(copy, text, size);
  return copy;
}

struct arena_mark arena_mark(const struct arena* arena) {
  return (struct arena_mark){arena->blocks, arena->blocks ? arena->blocks->used : 0};
}

void arena_release_to(struct arena* arena, struct arena_mark mark) {
  while (arena->blocks != mark.block) {
    struct arena_block* block = arena->blocks;
    arena->blocks = block->next;
    free(block);
  }
  if (mark.block) mark.block->used = mark.used;
}

void arena_release(struct arena* arena) { arena_release_to(arena, (struct arena_mark){NULL, 0}); }

void text_append_bytes(struct text* text, const char* bytes, size_t size) {
  if (text->capacity - text->size <= size) {
    text->capacity = (text->size + size + 1) * 2;
    char* data = allocate(text->capacity);
    if (text->size > 0) memcpy(data, text->data, text->size);
    free(text->data);
    text->data = data;
  }
  if (size > 0) memcpy(text->data + text->size, bytes, size);
  text->size += size;
  text->data[text->size] = '\0';
}

void text_add(struct text* text, char c) { text_append_bytes(text, &c, 1); }
void text_append(struct text* text, const char* s) { text_append_bytes(text, s, strlen(s)); }

char* text_take(struct text* text, struct arena* arena) {
  char* copy = arena_copy(arena, text->data, text->size);
  text_free(text);
  return copy;
}

void text_free(struct text* text) {
  free(text->data);
  *text = (struct text){0};
}

void strings_add(struct strings* strings, char* item) {
  if (strings->capacity - strings->count < 2) {
    strings->capacity = (strings->count + 4) * 2;
    char** items = allocate(strings->capacity * sizeof *items);
    if (strings->count > 0) memcpy(items, strings->items, strings->count * sizeof *items);
    free(strings->items);
    strings->items = items;
  }
  strings->items[strings->count++] = item;
  strings->items[strings->count] = NULL;
}

void strings_free(struct strings* strings) {
  free(strings->items);
  *strings = (struct strings){0};
}
