// Memory of the shell: arenas, growing texts and lists of strings.
//
// Running out of memory ends the shell: nothing here returns null.
#ifndef SHELL_MEMORY_H_
#define SHELL_MEMORY_H_

#include <stdbool.h>
#include <stddef.h>

// Memory that is released together. A zeroed one is empty.
//
// A tree of commands has an arena of its own. What expansions make lies in `scratch`, which works
// like a stack: whoever runs a command notes where it stands, and cuts it back to there afterwards.
struct arena {
  struct arena_block* blocks;  // the newest first
};
struct arena_mark {
  struct arena_block* block;
  size_t used;
};
extern struct arena scratch;

void* arena_allocate(struct arena* arena, size_t size);  // zeroed
char* arena_copy(struct arena* arena, const char* text, size_t size);
struct arena_mark arena_mark(const struct arena* arena);
void arena_release_to(struct arena* arena, struct arena_mark mark);
void arena_release(struct arena* arena);

void* allocate(size_t size);
char* copy_string(const char* text);

// A text that grows. `data` ends with a zero once anything was added. A zeroed one is empty.
struct text {
  char* data;
  size_t size;
  size_t capacity;
};
void text_add(struct text* text, char c);
void text_append(struct text* text, const char* string);
void text_append_bytes(struct text* text, const char* bytes, size_t size);
// Moves it into an arena: afterwards it is empty again.
char* text_take(struct text* text, struct arena* arena);
void text_free(struct text* text);

// Strings that someone else owns; `items` ends with a null pointer once anything was added.
struct strings {
  char** items;
  size_t count;
  size_t capacity;
};
void strings_add(struct strings* strings, char* item);
void strings_free(struct strings* strings);

#endif
