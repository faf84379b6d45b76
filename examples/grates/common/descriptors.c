#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "cages.h"

static const struct descriptor_kind* kind;

void descriptors_begin(const struct descriptor_kind* wanted) { kind = wanted; }

void descriptor_drop(struct descriptors* table, int descriptor) {
  void* const value = descriptor_find(table, (uint64_t)descriptor);
  if (!value) return;
  table->values[descriptor] = NULL;
  if (kind->close) kind->close(table, value);
  kind->release(value);
}

int descriptor_set(struct descriptors* table, int descriptor, void* value) {
  descriptor_drop(table, descriptor);
  if (descriptor >= table->count) {
    const int count = descriptor + 16;
    void** const values = realloc(table->values, (size_t)count * sizeof *values);
    if (!values) {
      kind->release(value);
      return -ENOMEM;
    }
    memset(values + table->count, 0, (size_t)(count - table->count) * sizeof *values);
    table->values = values;
    table->count = count;
  }
  table->values[descriptor] = value;
  return 0;
}

void descriptors_copy(struct descriptors* child, const struct descriptors* parent) {
  for (int i = 0; i < parent->count; ++i) {
    void* const value = parent->values[i];
    if (!value) continue;
    kind->use(value);
    descriptor_set(child, i, value);
  }
}

void descriptors_release(struct descriptors* table) {
  for (int i = 0; i < table->count; ++i) descriptor_drop(table, i);
  free(table->values);
  *table = (struct descriptors){0};
}

// The new descriptor is what the old one is to the grate; what it was before is closed.
static long long duplicate(struct grate_call* call) {
  cages_lock();
  struct descriptors* table = cage_state(call);
  void* const value = descriptor_find(table, call->args[0]);
  if (value) kind->use(value);
  cages_unlock();
  const long long made = cages_forward(call);
  cages_lock();
  table = cage_state(call);
  long long result = made;
  if (made < 0 || made == (long long)(int)call->args[0]) {
    if (value) kind->release(value);
  } else if (value) {
    const int error = descriptor_set(table, (int)made, value);
    if (error) result = error;
  } else {
    descriptor_drop(table, (int)made);
  }
  cages_unlock();
  return result;
}

static long long close_range_of(struct grate_call* call) {
  const unsigned first = (unsigned)call->args[0], last = (unsigned)call->args[1];
  const long long result = cages_forward(call);
  if (result != 0 || call->args[2] & CLOSE_RANGE_CLOEXEC) return result;
  cages_lock();
  struct descriptors* const table = cage_state(call);
  for (unsigned i = first; i <= last && i < (unsigned)table->count; ++i) {
    descriptor_drop(table, (int)i);
  }
  cages_unlock();
  return result;
}

// What is closed by an exec is so only if that succeeds, and cannot be asked for afterwards.
static long long begin_program(struct grate_call* call) {
  cages_lock();
  struct descriptors* table = cage_state(call);
  const int count = table->count;
  bool* const closes = calloc((size_t)count + 1, sizeof *closes);
  for (int i = 0; closes && i < count; ++i) {
    if (!table->values[i]) continue;
    const long long flags =
        grate_call_as(call, SYS_fcntl, (uint64_t[6]){(uint64_t)i, (uint64_t)F_GETFD});
    closes[i] = flags < 0 || flags & FD_CLOEXEC;
  }
  cages_unlock();
  if (!closes) return -ENOMEM;
  const long long result = cages_forward(call);
  cages_lock();
  table = cage_state(call);
  for (int i = 0; result >= 0 && i < count; ++i) {
    if (closes[i]) descriptor_drop(table, i);
  }
  cages_unlock();
  free(closes);
  return result;
}

// The number is free for others as soon as the call has been made, so it goes first here.
static long long close_one(struct grate_call* call) {
  cages_lock();
  descriptor_drop(cage_state(call), (int)call->args[0]);
  cages_unlock();
  return cages_forward(call);
}

bool descriptors_answer(struct grate_call* call, long long* result) {
  switch (call->number) {
    case SYS_close:
      *result = close_one(call);
      return true;
    case SYS_dup:
    case SYS_dup2:
    case SYS_dup3:
      *result = duplicate(call);
      return true;
    case SYS_fcntl: {
      const int command = (int)call->args[1];
      if (command != F_DUPFD && command != F_DUPFD_CLOEXEC) return false;
      *result = duplicate(call);
      return true;
    }
    case SYS_close_range:
      *result = close_range_of(call);
      return true;
    case SYS_execve:
    case SYS_execveat:
      *result = begin_program(call);
      return true;
    default:
      return false;
  }
}

static long long answer(struct grate_call* call) {
  long long result;
  return descriptors_answer(call, &result) ? result : cages_forward(call);
}

void descriptors_handle(void) {
  static const char* const names[] = {"close", "dup",         "dup2",   "dup3",
                                      "fcntl", "close_range", "execve", "execveat"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) grate_handle(names[i], answer);
}
