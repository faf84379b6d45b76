#include "call_set.h"

#include <linden/grate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the kinds of arguments don't tell.
static const struct {
  const char* name;
  const char* members;
} classes[] = {
    {"%process",
     "clone,fork,vfork,execve,execveat,exit,exit_group,wait4,waitid,kill,tkill,tgkill,rt_"
     "sigqueueinfo"},
    {"%memory",
     "brk,mmap,munmap,mprotect,mremap,madvise,msync,mincore,mlock,mlock2,munlock,mlockall,"
     "munlockall,shmat,shmdt"},
    {"%signal",
     "rt_sigaction,rt_sigprocmask,rt_sigpending,rt_sigtimedwait,rt_sigqueueinfo,rt_sigsuspend,"
     "sigaltstack,kill,tkill,tgkill,pause"},
};

const struct linden_syscall* find_call(int number) {
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    if (linden_syscalls[i].number == number) return &linden_syscalls[i];
  }
  return NULL;
}

bool call_set_has(const struct call_set* set, int number) {
  return number >= 0 && number < CALL_NUMBERS && (set->bits[number / 64] >> (number % 64) & 1);
}

static void add_number(struct call_set* set, int number) {
  set->bits[number / 64] |= UINT64_C(1) << (number % 64);
}

void call_set_invert(struct call_set* set) {
  for (size_t i = 0; i < CALL_NUMBERS / 64; ++i) set->bits[i] = ~set->bits[i];
}

static bool has_kind(const struct linden_syscall* call, int kind) {
  for (int i = 0; i < call->argument_count; ++i) {
    if (call->kinds[i] == kind) return true;
  }
  return false;
}

static bool add_by_kind(struct call_set* set, int kind, int other) {
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    const struct linden_syscall* call = &linden_syscalls[i];
    if (has_kind(call, kind) || has_kind(call, other)) add_number(set, call->number);
  }
  return true;
}

static bool add_name(struct call_set* set, const char* name) {
  if (strcmp(name, "all") == 0) {
    memset(set, 0xff, sizeof *set);
    return true;
  }
  if (strcmp(name, "%file") == 0) return add_by_kind(set, LINDEN_PATH, LINDEN_PATH);
  if (strcmp(name, "%desc") == 0) return add_by_kind(set, LINDEN_FD, LINDEN_DIR_FD);
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; ++i) {
    if (strcmp(name, classes[i].name) == 0) return call_set_add(set, classes[i].members) == NULL;
  }
  const int number = grate_number(name);
  if (number < 0) return false;
  add_number(set, number);
  return true;
}

const char* call_set_add(struct call_set* set, const char* list) {
  static char name[64];
  while (*list) {
    const size_t length = strcspn(list, ",");
    snprintf(name, sizeof name, "%.*s", (int)length, list);
    if (length > 0 && !add_name(set, name)) return name;
    list += length + (list[length] == ',');
  }
  return NULL;
}
