// An owner's locks of a node lie apart from one another; those of one kind that touch are joined.
//
// Whoever has to wait notes what for, so that a circle of processes is found before it closes, and
// sleeps until any lock of any file goes.
#define _GNU_SOURCE
#include "locks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cages.h"

#define TO_END INT64_MAX  // the last byte of a lock of length 0

struct lock {
  struct lock* next;
  const void* owner;  // a process, or an open file
  int pid;            // what F_GETLK says: -1 of open files
  short type;         // F_RDLCK or F_WRLCK
  bool is_whole;      // of flock, which knows nothing of the others
  int64_t first, last;
};

struct waiter {
  struct waiter* next;
  const void *owner, *blocker;
};

static struct waiter* waiters;
static _Atomic uint32_t changes;  // goes up when a lock goes

static void wake_waiters(void) {
  ++changes;
  if (waiters) syscall(SYS_futex, &changes, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static const struct lock* find_conflict(const struct node* node, const struct lock* wanted) {
  const struct lock* found = NULL;
  for (const struct lock* lock = node->locks; lock; lock = lock->next) {
    const bool excludes = lock->type == F_WRLCK || wanted->type == F_WRLCK;
    const bool overlaps = lock->first <= wanted->last && wanted->first <= lock->last;
    if (lock->owner == wanted->owner || lock->is_whole != wanted->is_whole) continue;
    if (excludes && overlaps && (!found || lock->first < found->first)) found = lock;
  }
  return found;
}

// Whether `blocker` waits, perhaps by way of others, for `owner`. No circle is ever closed, so it
// ends.
static bool waits_for(const void* blocker, const void* owner) {
  const struct waiter* waiter = waiters;
  while (waiter) {
    if (waiter->owner != blocker) {
      waiter = waiter->next;
      continue;
    }
    if (waiter->blocker == owner) return true;
    blocker = waiter->blocker;
    waiter = waiters;
  }
  return false;
}

// Takes the owner's locks out of a range. `spare` is used up if one is cut in two.
static void cut(struct node* node, const struct lock* range, struct lock** spare) {
  struct lock** place = &node->locks;
  while (*place) {
    struct lock* const lock = *place;
    const bool is_other = lock->owner != range->owner || lock->is_whole != range->is_whole;
    const bool has_left = lock->first<range->first, has_right = lock->last> range->last;
    const bool is_apart = lock->last < range->first || lock->first > range->last;
    if (!is_other && !is_apart && !has_left && !has_right) {
      *place = lock->next;
      free(lock);
      continue;
    }
    place = &lock->next;
    if (is_other || is_apart) continue;
    if (has_left && has_right) {
      **spare = *lock;
      (*spare)->first = range->last + 1;
      lock->next = *spare;
      *spare = NULL;
    } else if (has_right) {
      lock->first = range->last + 1;
    }
    if (has_left) lock->last = range->first - 1;
    if (!*spare) return;
  }
}

// Makes `made` greater by locks of its kind that it touches, and removes these.
static void join(struct node* node, struct lock* made) {
  for (struct lock** place = &node->locks; *place;) {
    struct lock* const lock = *place;
    const bool same =
        lock->owner == made->owner && lock->is_whole == made->is_whole && lock->type == made->type;
    const bool before = lock->last != TO_END && lock->last + 1 == made->first;
    const bool behind = made->last != TO_END && made->last + 1 == lock->first;
    if (!same || (!before && !behind)) {
      place = &lock->next;
      continue;
    }
    if (before) made->first = lock->first;
    if (behind) made->last = lock->last;
    *place = lock->next;
    free(lock);
  }
}

// F_UNLCK removes.
static int set(struct node* node, const struct lock* wanted) {
  struct lock* spare = malloc(sizeof *spare);
  struct lock* made = malloc(sizeof *made);
  if (!spare || !made) {
    free(spare);
    free(made);
    return -ENOLCK;
  }
  cut(node, wanted, &spare);
  free(spare);
  if (wanted->type == F_UNLCK) {
    free(made);
  } else {
    *made = *wanted;
    join(node, made);
    made->next = node->locks;
    node->locks = made;
  }
  // Also one for writing that becomes one for reading lets others in.
  wake_waiters();
  return 0;
}

// Waits until it is worth trying again. 0 or -errno.
static int wait_for(const struct lock* wanted, const struct lock* obstacle, bool finds_circles) {
  if (finds_circles && waits_for(obstacle->owner, wanted->owner)) return -EDEADLK;
  struct waiter waiter = {.next = waiters, .owner = wanted->owner, .blocker = obstacle->owner};
  waiters = &waiter;
  const uint32_t seen = changes;
  cages_unlock();
  const bool is_called_back =
      syscall(SYS_futex, &changes, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0) != 0 && errno == EINTR;
  cages_lock();
  struct waiter** place = &waiters;
  while (*place != &waiter) place = &(*place)->next;
  *place = waiter.next;
  return is_called_back ? -EINTR : 0;
}

// Sets a lock that was asked for through a descriptor, which another thread may close meanwhile.
static long long acquire(struct grate_call* call, struct open_file* file, const struct lock* wanted,
                         bool waits) {
  struct node* const node = node_use(file->node);
  const struct lock* obstacle;
  int error = 0;
  while (error == 0 && wanted->type != F_UNLCK && (obstacle = find_conflict(node, wanted))) {
    error = waits ? wait_for(wanted, obstacle, wanted->owner != file) : -EAGAIN;
    const struct process* const process = cage_state_of(call->cage);
    if (error == 0 && (!process || find_file(process, call->args[0]) != file)) error = -EBADF;
  }
  if (error == 0) error = set(node, wanted);
  node_release(node);
  return error;
}

// The structure of fcntl(2), as the kernel has it for x86-64.
struct kernel_flock {
  int16_t type, whence;
  int64_t start, length;
  int32_t pid;
};

static int find_range(const struct kernel_flock* given, const struct open_file* file,
                      struct lock* lock) {
  int64_t base = 0;
  if (given->whence == SEEK_CUR) {
    base = (int64_t)file->offset;
  } else if (given->whence == SEEK_END) {
    base = (int64_t)file->node->contents.size;
  } else if (given->whence != SEEK_SET) {
    return -EINVAL;
  }
  int64_t first, last;
  if (__builtin_add_overflow(base, given->start, &first)) return -EOVERFLOW;
  if (first < 0) return -EINVAL;
  if (given->length > 0) {
    if (__builtin_add_overflow(first, given->length - 1, &last)) return -EOVERFLOW;
  } else if (given->length < 0) {
    last = first - 1;
    if (__builtin_add_overflow(first, given->length, &first) || first < 0) return -EINVAL;
  } else {
    last = TO_END;
  }
  lock->first = first;
  lock->last = last;
  return 0;
}

long long lock_range(struct grate_call* call, struct process* process, struct open_file* file) {
  const int command = (int)call->args[1];
  const bool of_file = command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
  const bool asks = command == F_GETLK || command == F_OFD_GETLK;
  struct kernel_flock given;
  int error = grate_get(call, 2, &given, sizeof given);
  if (error) return error;
  if (of_file && given.pid != 0) return -EINVAL;
  struct lock lock = {.owner = of_file ? (const void*)file : process,
                      .pid = of_file ? -1 : call->cage,
                      .type = given.type};
  if (given.type != F_RDLCK && given.type != F_WRLCK && (given.type != F_UNLCK || asks)) {
    return -EINVAL;
  }
  error = find_range(&given, file, &lock);
  if (error) return error;
  if (asks) {
    const struct lock* const obstacle = find_conflict(file->node, &lock);
    given.type = obstacle ? obstacle->type : F_UNLCK;
    if (obstacle) {
      given.whence = SEEK_SET;
      given.start = obstacle->first;
      given.length = obstacle->last == TO_END ? 0 : obstacle->last - obstacle->first + 1;
      given.pid = obstacle->pid;
    }
    return grate_put(call, 2, &given, sizeof given);
  }
  const int mode = file->flags & O_ACCMODE;
  if (given.type == F_RDLCK && mode != O_RDONLY && mode != O_RDWR) return -EBADF;
  if (given.type == F_WRLCK && mode != O_WRONLY && mode != O_RDWR) return -EBADF;
  return acquire(call, file, &lock, command == F_SETLKW || command == F_OFD_SETLKW);
}

long long lock_whole_file(struct grate_call* call, struct open_file* file) {
  const int operation = (int)call->args[1] & ~LOCK_NB;
  struct lock lock = {.owner = file, .is_whole = true, .last = TO_END};
  switch (operation) {
    case LOCK_SH:
      lock.type = F_RDLCK;
      break;
    case LOCK_EX:
      lock.type = F_WRLCK;
      break;
    case LOCK_UN:
      lock.type = F_UNLCK;
      break;
    default:
      return -EINVAL;
  }
  for (const struct lock* held = file->node->locks; held; held = held->next) {
    if (held->owner == file && held->is_whole && held->type == lock.type) return 0;
  }
  // Changing its kind gives a lock up first, as Linux does.
  struct lock none = lock;
  none.type = F_UNLCK;
  const int error = set(file->node, &none);
  if (error || operation == LOCK_UN) return error;
  return acquire(call, file, &lock, !(call->args[1] & LOCK_NB));
}

static void drop_owner(struct node* node, const void* owner) {
  bool any = false;
  for (struct lock** place = &node->locks; *place;) {
    struct lock* const lock = *place;
    if (lock->owner != owner) {
      place = &lock->next;
      continue;
    }
    *place = lock->next;
    free(lock);
    any = true;
  }
  if (any) wake_waiters();
}

void locks_drop_process(struct node* node, const struct process* process) {
  drop_owner(node, process);
}

void locks_drop_file(struct node* node, const struct open_file* file) { drop_owner(node, file); }

void locks_release(struct node* node) {
  while (node->locks) {
    struct lock* const first = node->locks;
    node->locks = first->next;
    free(first);
  }
}
