// What a grate keeps for each process that it answers: made for the first, copied at fork, kept by
// exec, released at the end.
//
// A child may call before its parent's fork has returned to the grate. So the parent's state is
// copied before the fork, and whoever comes first takes the copy: the child, which finds its parent
// by getppid, or the parent's handler.
//
// Thread-safety: cages_lock() is the one lock of this; callers of cage_state hold it as long as
// they use what they got. It is held during no call that can wait.
#ifndef GRATES_CAGES_H
#define GRATES_CAGES_H

#include <linden/grate.h>
#include <stddef.h>

struct cage_kind {
  size_t size;  // of the state
  // Fills the state of a first process, which is zero. Null: nothing is to be done.
  void (*begin)(void* state);
  // Fills `child`, which is zero, as fork does. Null: by bytes.
  void (*copy)(void* child, const void* parent);
  // Null: nothing is to be done.
  void (*release)(void* state);
};

// Registers handlers for fork, vfork, clone, exit, exit_group and the ends by signals.
void cages_begin(const struct cage_kind* kind);

// What these handlers do, for grates that decide when: whether the call is one of theirs, and then
// its result.
int cages_answer(struct grate_call* call, long long* result);

// How calls that are followed, here and in descriptors.h, are passed on: grate_forward at first.
extern grate_handler cages_forward;

void cages_lock(void);
void cages_unlock(void);

// The state of the call's process. Never null: without memory the grate ends.
void* cage_state(const struct grate_call* call);
// That of a process which was asked for before; else null.
void* cage_state_of(int id);

// Sends a signal to the thread that called.
void cage_signal(const struct grate_call* call, int number);

#endif
