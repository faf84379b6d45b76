// Which descriptors of a process a grate has to do with, and what each of them is to it. They are
// descriptors of the process itself; this follows them through dup, fork, exec and close.
//
// A table is the first member of the state that cages.h keeps for a process. The lock of cages.h
// guards all tables; descriptors_answer takes it itself.
#ifndef GRATES_DESCRIPTORS_H
#define GRATES_DESCRIPTORS_H

#include <linden/grate.h>
#include <stdbool.h>
#include <stdint.h>

struct descriptors {
  void** values;  // null: not the grate's
  int count;
};

// What duplicates share: how one more or one less refers to a value.
struct descriptor_kind {
  void (*use)(void* value);
  void (*release)(void* value);
  // A process has one descriptor of it less; before `release`. Null: nothing is to be done.
  void (*close)(struct descriptors* table, void* value);
};
void descriptors_begin(const struct descriptor_kind* kind);

// Null if the descriptor is not the grate's.
static inline void* descriptor_find(const struct descriptors* table, uint64_t descriptor) {
  const int number = (int)descriptor;
  return number >= 0 && number < table->count ? table->values[number] : 0;
}
// Takes over a reference to the value, also if it fails: -ENOMEM.
int descriptor_set(struct descriptors* table, int descriptor, void* value);
void descriptor_drop(struct descriptors* table, int descriptor);

// For begin, copy and release of cages.h.
void descriptors_copy(struct descriptors* child, const struct descriptors* parent);
void descriptors_release(struct descriptors* table);

// Answers dup, dup2, dup3, the duplications of fcntl, close, close_range, execve and execveat, of
// whatever descriptors, by passing them on. False for other calls.
bool descriptors_answer(struct grate_call* call, long long* result);
// Registers a handler that does that for all of these calls.
void descriptors_handle(void);

#endif
