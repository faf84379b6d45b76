// Sets of system calls, as options and files name them.
#ifndef GRATES_CALL_SET_H
#define GRATES_CALL_SET_H

#include <linden/syscalls.h>
#include <stdbool.h>
#include <stdint.h>

#define CALL_NUMBERS 1024

struct call_set {
  uint64_t bits[CALL_NUMBERS / 64];
};

bool call_set_has(const struct call_set* set, int number);
// Adds calls from a list with commas: names; %file (a path), %desc (a descriptor), %process,
// %memory, %signal; `all`. Null, or the name of the list that there is no call or class of.
const char* call_set_add(struct call_set* set, const char* list);
void call_set_invert(struct call_set* set);

// The table's entry of a call; null if there is none.
const struct linden_syscall* find_call(int number);

#endif
