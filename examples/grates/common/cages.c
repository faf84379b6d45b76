#define _GNU_SOURCE
#include "cages.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BUCKETS 256

struct cage {
  struct cage* next;  // in its bucket
  int id;
  int threads;
  struct copy* copies;  // for forks that are under way
  _Alignas(16) char state[];
};

// Of a process that is forking, for its child.
struct copy {
  struct copy* next;
  struct cage* cage;  // null once the child took it
};

static long long forward(struct grate_call* call) {
  const bool is_exec = call->number == SYS_execve || call->number == SYS_execveat;
  return is_exec ? grate_forward_exec(call) : grate_forward(call);
}
grate_handler cages_forward = forward;

static const struct cage_kind* kind;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct cage* buckets[BUCKETS];

void cages_lock(void) { pthread_mutex_lock(&mutex); }
void cages_unlock(void) { pthread_mutex_unlock(&mutex); }

static struct cage* make_cage(void) {
  struct cage* const cage = calloc(1, sizeof *cage + kind->size);
  if (!cage) {
    perror("grate");
    exit(125);
  }
  cage->threads = 1;
  return cage;
}

static void free_cage(struct cage* cage) {
  if (kind->release) kind->release(cage->state);
  free(cage);
}

static struct cage** find(int id) {
  struct cage** place = &buckets[(unsigned)id % BUCKETS];
  while (*place && (*place)->id != id) place = &(*place)->next;
  return place;
}

static void forget(int id) {
  struct cage** const place = find(id);
  struct cage* const cage = *place;
  if (!cage) return;
  *place = cage->next;
  free_cage(cage);
}

static void enter(struct cage* cage, int id) {
  forget(id);
  cage->id = id;
  cage->next = buckets[(unsigned)id % BUCKETS];
  buckets[(unsigned)id % BUCKETS] = cage;
}

// Of a process that nothing is known of: the copy that its parent made, or a first process.
static struct cage* adopt(const struct grate_call* call) {
  const long long parent = grate_call_as(call, SYS_getppid, (uint64_t[6]){0});
  struct cage* const known = parent > 0 ? *find((int)parent) : NULL;
  for (struct copy* copy = known ? known->copies : NULL; copy; copy = copy->next) {
    struct cage* const cage = copy->cage;
    if (!cage) continue;
    copy->cage = NULL;
    enter(cage, call->cage);
    return cage;
  }
  struct cage* const cage = make_cage();
  if (kind->begin) kind->begin(cage->state);
  enter(cage, call->cage);
  return cage;
}

static struct cage* find_or_adopt(const struct grate_call* call) {
  struct cage* const cage = *find(call->cage);
  return cage ? cage : adopt(call);
}

void* cage_state(const struct grate_call* call) { return find_or_adopt(call)->state; }

void* cage_state_of(int id) {
  struct cage* const cage = *find(id);
  return cage ? cage->state : NULL;
}

void cage_signal(const struct grate_call* call, int number) {
  const long long thread = grate_call_as(call, SYS_gettid, (uint64_t[6]){0});
  grate_call_as(call, SYS_tgkill,
                (uint64_t[6]){(uint64_t)call->cage, (uint64_t)thread, (uint64_t)number});
}

static long long begin_thread(struct grate_call* call) {
  cages_lock();
  find_or_adopt(call)->threads++;
  cages_unlock();
  const long long result = cages_forward(call);
  if (result < 0) {
    cages_lock();
    struct cage* const cage = *find(call->cage);
    if (cage) --cage->threads;
    cages_unlock();
  }
  return result;
}

static long long fork_cage(struct grate_call* call) {
  if (call->number == SYS_clone && (call->args[0] & CLONE_THREAD)) return begin_thread(call);
  struct copy copy = {.cage = make_cage()};
  cages_lock();
  struct cage* const parent = find_or_adopt(call);
  if (kind->copy) {
    kind->copy(copy.cage->state, parent->state);
  } else {
    __builtin_memcpy(copy.cage->state, parent->state, kind->size);
  }
  copy.next = parent->copies;
  parent->copies = &copy;
  cages_unlock();

  const long long child = cages_forward(call);

  cages_lock();
  // Another thread may have ended the parent meanwhile.
  struct cage* const still = *find(call->cage);
  struct copy** place = still ? &still->copies : NULL;
  while (place && *place && *place != &copy) place = &(*place)->next;
  if (place && *place) *place = copy.next;
  if (copy.cage && child > 0) {
    enter(copy.cage, (int)child);
  } else if (copy.cage) {
    free_cage(copy.cage);
  }
  cages_unlock();
  return child;
}

static long long end_cage(struct grate_call* call) {
  cages_lock();
  struct cage* const cage = find_or_adopt(call);
  if (call->number == SYS_exit_group || --cage->threads == 0) forget(call->cage);
  cages_unlock();
  return cages_forward(call);
}

static void end_killed(int id, int status) {
  (void)status;
  cages_lock();
  forget(id);
  cages_unlock();
}

int cages_answer(struct grate_call* call, long long* result) {
  switch (call->number) {
    case SYS_fork:
    case SYS_vfork:
    case SYS_clone:
      *result = fork_cage(call);
      return 1;
    case SYS_exit:
    case SYS_exit_group:
      *result = end_cage(call);
      return 1;
    default:
      return 0;
  }
}

void cages_begin(const struct cage_kind* wanted) {
  kind = wanted;
  grate_handle("fork", fork_cage);
  grate_handle("vfork", fork_cage);
  grate_handle("clone", fork_cage);
  grate_handle("exit", end_cage);
  grate_handle("exit_group", end_cage);
  grate_on_harsh_exit(end_killed);
}
