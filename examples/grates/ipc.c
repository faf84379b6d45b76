// Pipes in the memory of a grate: rings, which every process that has an end of one reaches by
// calls of functions.
//
// A pipe's lock is held for copies only. Who waits, does so by a futex on a number that every
// change of the pipe raises; that wait ends with EINTR when something else is wanted of the caller.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/cages.h"
#include "common/call_set.h"
#include "common/command_line.h"
#include "common/descriptors.h"

static const char help[] =
    "usage: ipc.grate [-s SIZE] PROGRAM [ARGUMENTS...]\n"
    "Runs PROGRAM with pipes that are rings in this grate's memory.\n"
    "  -s, --size SIZE  of a pipe, 4096 to 1M (64K)\n"
    "They can be read, written, polled, duplicated and inherited. select, epoll, splice and names "
    "in\n"
    "/proc/self/fd don't know them.\n";

#define ATOMIC_SIZE 4096  // what is written whole or not at all: PIPE_BUF

#define LARGEST (1 << 20)

static uint32_t ring_size = 65536;  // of a new pipe
// Raised by every change of any pipe, for those who poll several.
static _Atomic uint32_t activity;
static atomic_int pollers;

struct pipe {
  pthread_mutex_t mutex;
  _Atomic uint32_t changes;
  // Guarded by the mutex.
  int waiters;
  int readers, writers;  // open files
  uint32_t begin, size;  // what the ring holds
  uint64_t inode;
  uint32_t capacity;
  char* ring;
};

// An open file: one end.
struct end {
  int references;  // guarded by the lock of cages.h
  struct pipe* pipe;
  bool writes;
  _Atomic int flags;  // O_NONBLOCK and what else is remembered
};

static long futex(_Atomic uint32_t* word, int operation, uint32_t value,
                  const struct timespec* time) {
  return syscall(SYS_futex, word, operation, value, time, NULL, 0);
}

// With the mutex held.
static void note_change(struct pipe* pipe) {
  ++pipe->changes;
  if (pipe->waiters) futex(&pipe->changes, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
  ++activity;
  if (pollers) futex(&activity, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
}

// With the mutex held, which is free meanwhile. False if the caller is wanted elsewhere.
static bool wait_for_change(struct pipe* pipe) {
  const uint32_t seen = pipe->changes;
  ++pipe->waiters;
  pthread_mutex_unlock(&pipe->mutex);
  const bool is_called_back =
      futex(&pipe->changes, FUTEX_WAIT_PRIVATE, seen, NULL) != 0 && errno == EINTR;
  pthread_mutex_lock(&pipe->mutex);
  --pipe->waiters;
  return !is_called_back;
}

// ---- open files

static void use_end(void* value) { ++((struct end*)value)->references; }

static void release_end(void* value) {
  struct end* const end = value;
  if (--end->references > 0) return;
  struct pipe* const pipe = end->pipe;
  pthread_mutex_lock(&pipe->mutex);
  --*(end->writes ? &pipe->writers : &pipe->readers);
  const bool is_last = pipe->readers + pipe->writers == 0;
  note_change(pipe);
  pthread_mutex_unlock(&pipe->mutex);
  free(end);
  if (!is_last) return;
  free(pipe->ring);
  free(pipe);
}

static const struct descriptor_kind end_kind = {use_end, release_end, NULL};

static void copy_process(void* child, const void* parent) { descriptors_copy(child, parent); }
static void release_process(void* state) { descriptors_release(state); }

// A use of an end; null if the descriptor is none.
static struct end* get_end(const struct grate_call* call, uint64_t descriptor) {
  cages_lock();
  struct end* const end = descriptor_find(cage_state(call), descriptor);
  if (end) use_end(end);
  cages_unlock();
  return end;
}

static void put_end(struct end* end) {
  cages_lock();
  release_end(end);
  cages_unlock();
}

static struct end* make_end(struct pipe* pipe, bool writes, int flags) {
  struct end* const end = malloc(sizeof *end);
  if (end) *end = (struct end){1, pipe, writes, flags | (writes ? O_WRONLY : O_RDONLY)};
  return end;
}

// The process has an O_PATH descriptor of `/` in the place of each end: numbers, limits and exec
// are the system's.
static long long make_placeholder(const struct grate_call* call, int flags) {
  return grate_call_as(
      call, SYS_openat,
      (uint64_t[6]){(uint64_t)AT_FDCWD, (uintptr_t)"/", (uint64_t)(O_PATH | (flags & O_CLOEXEC))});
}

static void close_placeholder(const struct grate_call* call, long long descriptor) {
  if (descriptor >= 0) grate_call_as(call, SYS_close, (uint64_t[6]){(uint64_t)descriptor});
}

static long long make_pipe(struct grate_call* call) {
  static atomic_ullong last_inode;
  const int flags = call->number == SYS_pipe2 ? (int)call->args[1] : 0;
  // No packets.
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -EINVAL;
  struct pipe* const pipe = calloc(1, sizeof *pipe);
  struct end* ends[2] = {NULL, NULL};
  long long descriptors[2] = {-ENFILE, -ENFILE};
  if (pipe) {
    pthread_mutex_init(&pipe->mutex, NULL);
    pipe->readers = pipe->writers = 1;
    pipe->inode = ++last_inode;
    pipe->capacity = ring_size;
    pipe->ring = malloc(ring_size);
    ends[0] = make_end(pipe, false, flags & O_NONBLOCK);
    ends[1] = make_end(pipe, true, flags & O_NONBLOCK);
  }
  if (pipe && pipe->ring && ends[0] && ends[1]) {
    descriptors[0] = make_placeholder(call, flags);
    descriptors[1] = descriptors[0] < 0 ? descriptors[0] : make_placeholder(call, flags);
  }
  const int32_t numbers[2] = {(int32_t)descriptors[0], (int32_t)descriptors[1]};
  const long long error =
      descriptors[1] < 0 ? descriptors[1] : grate_put(call, 0, numbers, sizeof numbers);
  if (error) {
    close_placeholder(call, descriptors[0]);
    close_placeholder(call, descriptors[1]);
    free(ends[0]);
    free(ends[1]);
    if (pipe) free(pipe->ring);
    free(pipe);
    return error;
  }
  cages_lock();
  int failed = descriptor_set(cage_state(call), numbers[0], ends[0]);
  if (descriptor_set(cage_state(call), numbers[1], ends[1]) != 0) failed = -ENOMEM;
  cages_unlock();
  return failed;
}

// ---- reading and writing

// Copies between the caller and the ring, at most twice: up to its end, and from its beginning.
// With the mutex held. How many bytes, or -EFAULT if none.
static long long move(const struct grate_call* call, struct pipe* pipe, uint32_t at, uint64_t done,
                      uint32_t size, bool writes) {
  uint32_t moved = 0;
  while (moved < size) {
    const uint32_t place = (at + moved) % pipe->capacity;
    const uint32_t left = size - moved, room = pipe->capacity - place;
    const uint32_t piece = left < room ? left : room;
    const int error = writes ? grate_get_at(call, 1, done + moved, pipe->ring + place, piece)
                             : grate_put_at(call, 1, done + moved, pipe->ring + place, piece);
    if (error) return moved ? (long long)moved : error;
    moved += piece;
  }
  return moved;
}

static long long read_end(const struct grate_call* call, struct end* end, uint64_t wanted) {
  struct pipe* const pipe = end->pipe;
  if (wanted == 0) return 0;
  long long result = 0;
  pthread_mutex_lock(&pipe->mutex);
  while (pipe->size == 0 && pipe->writers > 0 && result == 0) {
    if (end->flags & O_NONBLOCK) {
      result = -EAGAIN;
    } else if (!wait_for_change(pipe)) {
      result = -EINTR;
    }
  }
  if (pipe->size > 0 && result == 0) {
    const uint32_t size = wanted < pipe->size ? (uint32_t)wanted : pipe->size;
    result = move(call, pipe, pipe->begin, 0, size, false);
    if (result > 0) {
      pipe->begin = (pipe->begin + (uint32_t)result) % pipe->capacity;
      pipe->size -= (uint32_t)result;
      note_change(pipe);
    }
  }
  pthread_mutex_unlock(&pipe->mutex);
  return result;
}

static long long write_end(const struct grate_call* call, struct end* end, uint64_t wanted) {
  struct pipe* const pipe = end->pipe;
  uint64_t done = 0;
  long long result = 0;
  pthread_mutex_lock(&pipe->mutex);
  while (done < wanted && result == 0) {
    const uint64_t left = wanted - done;
    const uint32_t room = pipe->capacity - pipe->size;
    const uint32_t needed = wanted <= ATOMIC_SIZE ? (uint32_t)wanted : 1;
    if (pipe->readers == 0) {
      result = -EPIPE;
    } else if (room >= needed) {
      const uint32_t size = left < room ? (uint32_t)left : room;
      const uint32_t at = (pipe->begin + pipe->size) % pipe->capacity;
      const long long moved = move(call, pipe, at, done, size, true);
      if (moved < 0) {
        result = moved;
      } else {
        done += (uint64_t)moved;
        pipe->size += (uint32_t)moved;
        note_change(pipe);
      }
    } else if (end->flags & O_NONBLOCK) {
      result = -EAGAIN;
    } else if (!wait_for_change(pipe)) {
      result = -EINTR;
    }
  }
  pthread_mutex_unlock(&pipe->mutex);
  // Also to one that has written a part, as Linux.
  if (result == -EPIPE) cage_signal(call, SIGPIPE);
  return done > 0 ? (long long)done : result;
}

// By one buffer of ours: what a vector holds is one transfer.
static long long transfer_vectors(const struct grate_call* call, struct end* end) {
  const long long all = grate_vector_size(call, 1);
  if (all <= 0) return all;
  const size_t size = all < LARGEST ? (size_t)all : LARGEST;
  char* const buffer = malloc(size);
  if (!buffer) return -ENOMEM;
  struct grate_call plain = *call;
  grate_set_pointer(&plain, 1, buffer);
  long long result = 0;
  if (end->writes) {
    result = grate_gather(call, 1, buffer, size);
    if (result > 0) result = write_end(&plain, end, (uint64_t)result);
  } else {
    result = read_end(&plain, end, size);
    if (result > 0) result = grate_scatter(call, 1, buffer, (size_t)result);
  }
  free(buffer);
  return result;
}

// ---- the rest

static short ready_events(struct end* end) {
  struct pipe* const pipe = end->pipe;
  pthread_mutex_lock(&pipe->mutex);
  short events = 0;
  if (end->writes) {
    if (pipe->capacity - pipe->size >= ATOMIC_SIZE) events |= POLLOUT | POLLWRNORM;
    if (pipe->readers == 0) events |= POLLERR;
  } else {
    if (pipe->size > 0) events |= POLLIN | POLLRDNORM;
    if (pipe->writers == 0) events |= POLLHUP;
  }
  pthread_mutex_unlock(&pipe->mutex);
  return events;
}

static int put_status(const struct grate_call* call, int argument, const struct end* end) {
  // The kernel's for x86-64: device, inode, links, mode, owner, group.
  struct {
    uint64_t device, inode, links;
    uint32_t mode, owner, group, padding;
    uint64_t special;
    int64_t size, block_size, rest[10];
  } status = {.inode = end->pipe->inode, .links = 1, .mode = S_IFIFO | 0600, .block_size = 4096};
  _Static_assert(sizeof status == 144, "the kernel's layout");
  return grate_put(call, argument, &status, sizeof status);
}

// To a power of two, as Linux does. What is in it stays.
static long long resize(struct pipe* pipe, uint32_t wanted) {
  uint32_t capacity = 4096;
  if (wanted > LARGEST) return -EPERM;
  while (capacity < wanted) capacity *= 2;
  char* const ring = malloc(capacity);
  if (!ring) return -ENOMEM;
  pthread_mutex_lock(&pipe->mutex);
  const bool fits = pipe->size <= capacity;
  if (fits) {
    const uint32_t until_end = pipe->capacity - pipe->begin;
    const uint32_t first = pipe->size < until_end ? pipe->size : until_end;
    memcpy(ring, pipe->ring + pipe->begin, first);
    memcpy(ring + first, pipe->ring, pipe->size - first);
    free(pipe->ring);
    pipe->ring = ring;
    pipe->begin = 0;
    pipe->capacity = capacity;
    note_change(pipe);
  } else {
    free(ring);
  }
  pthread_mutex_unlock(&pipe->mutex);
  return fits ? (long long)capacity : -EBUSY;
}

static long long control(const struct grate_call* call, struct end* end) {
  const int changeable = O_NONBLOCK | O_APPEND | O_ASYNC | O_NOATIME;
  switch ((int)call->args[1]) {
    case F_GETFD:
    case F_SETFD:
      return grate_forward(call);
    case F_GETFL:
      return end->flags;
    case F_SETFL:
      end->flags = (end->flags & ~changeable) | ((int)call->args[2] & changeable);
      return 0;
    case F_SETPIPE_SZ:
      return (int)call->args[2] < 0 ? -EINVAL : resize(end->pipe, (uint32_t)call->args[2]);
    case F_GETPIPE_SZ:
      return end->pipe->capacity;
    default:
      return -EINVAL;
  }
}

static long long device_control(const struct grate_call* call, struct end* end) {
  const unsigned request = (unsigned)call->args[1];
  int32_t value;
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      return grate_call_as(
          call, SYS_fcntl,
          (uint64_t[6]){call->args[0], F_SETFD, request == FIOCLEX ? FD_CLOEXEC : 0});
    case FIONBIO: {
      const int error = grate_get(call, 2, &value, sizeof value);
      if (error) return error;
      end->flags = value ? end->flags | O_NONBLOCK : end->flags & ~O_NONBLOCK;
      return 0;
    }
    case FIONREAD:
      pthread_mutex_lock(&end->pipe->mutex);
      value = (int32_t)end->pipe->size;
      pthread_mutex_unlock(&end->pipe->mutex);
      return grate_put(call, 2, &value, sizeof value);
    default:
      return -ENOTTY;
  }
}

static long long call_on_end(struct grate_call* call, int argument, struct end* end) {
  if (argument != 0) return -EINVAL;
  const uint64_t size = (uint32_t)call->args[2];
  switch (call->number) {
    case SYS_read:
      return end->writes ? -EBADF : read_end(call, end, size);
    case SYS_write:
      return end->writes ? write_end(call, end, size) : -EBADF;
    case SYS_readv:
      return end->writes ? -EBADF : transfer_vectors(call, end);
    case SYS_writev:
      return end->writes ? transfer_vectors(call, end) : -EBADF;
    case SYS_fstat:
      return put_status(call, 1, end);
    case SYS_newfstatat:
      return put_status(call, 2, end);
    case SYS_fcntl:
      return control(call, end);
    case SYS_ioctl:
      return device_control(call, end);
    case SYS_lseek:
    case SYS_pread64:
    case SYS_pwrite64:
    case SYS_preadv:
    case SYS_pwritev:
      return -ESPIPE;
    case SYS_mmap:
      return call->args[3] & 0x20 ? grate_forward(call) : -ENODEV;  // MAP_ANONYMOUS
    case SYS_fchdir:
      return -ENOTDIR;
    default:
      return -EINVAL;
  }
}

static const struct linden_syscall* calls[CALL_NUMBERS];

static long long answer(struct grate_call* call) {
  long long result;
  if (descriptors_answer(call, &result)) return result;
  const struct linden_syscall* const info = calls[call->number];
  for (int i = 0; i < info->argument_count; ++i) {
    const bool is_descriptor = info->kinds[i] == LINDEN_FD ||
                               (info->kinds[i] == LINDEN_DIR_FD && call->number == SYS_newfstatat &&
                                call->args[3] & AT_EMPTY_PATH);
    struct end* const end = is_descriptor ? get_end(call, call->args[i]) : NULL;
    if (!end) continue;
    result = call_on_end(call, i, end);
    put_end(end);
    return result;
  }
  return grate_forward(call);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

// How long a poll may last, in nanoseconds; -1 is for ever.
static int poll_time(const struct grate_call* call, int64_t* time) {
  if (call->number == SYS_poll) {
    *time = (int)call->args[2] < 0 ? -1 : (int64_t)(int)call->args[2] * 1000000;
    return 0;
  }
  int64_t given[2];
  *time = -1;
  if (call->args[2] == 0) return 0;
  const int error = grate_get(call, 2, given, sizeof given);
  if (error) return error;
  if (given[0] < 0 || given[1] < 0 || given[1] > 999999999) return -EINVAL;
  *time = given[0] > 1000000000 ? -1 : given[0] * 1000000000 + given[1];
  return 0;
}

// One look: how many are ready, ours and the system's.
static long long look(const struct grate_call* call, struct pollfd* all, struct pollfd* others,
                      uint64_t count, bool* has_others) {
  int ready = 0;
  *has_others = false;
  for (uint64_t i = 0; i < count; ++i) {
    struct end* const end = get_end(call, (uint64_t)(int64_t)all[i].fd);
    others[i] = all[i];
    all[i].revents = 0;
    if (!end) {
      *has_others |= all[i].fd >= 0;
      continue;
    }
    others[i].fd = -1;
    all[i].revents = ready_events(end) & (all[i].events | POLLERR | POLLHUP);
    ready += all[i].revents != 0;
    put_end(end);
  }
  if (!*has_others) return ready;
  const long long result =
      grate_call_as(call, SYS_poll, (uint64_t[6]){(uintptr_t)others, count, 0});
  if (result < 0) return result;
  for (uint64_t i = 0; i < count; ++i) {
    if (others[i].fd >= 0) all[i].revents = others[i].revents;
  }
  return ready + result;
}

// Between looks it waits for a change of any pipe; where there are descriptors of the system's as
// well, no longer than this, for nothing wakes it when those change.
#define SLICE 5000000

static long long poll_all(const struct grate_call* call, struct pollfd* all, uint64_t count,
                          int64_t time) {
  const int64_t deadline = time < 0 ? -1 : now() + time;
  long long result;
  ++pollers;
  for (;;) {
    const uint32_t seen = activity;
    bool has_others;
    result = look(call, all, all + count, count, &has_others);
    int64_t left = deadline < 0 ? INT64_MAX : deadline - now();
    if (result != 0 || left <= 0) break;
    if (has_others && left > SLICE) left = SLICE;
    const struct timespec limit = {.tv_sec = left / 1000000000,
                                   .tv_nsec = (long)(left % 1000000000)};
    const bool waits_for_ever = left == INT64_MAX;
    if (futex(&activity, FUTEX_WAIT_PRIVATE, seen, waits_for_ever ? NULL : &limit) != 0 &&
        errno == EINTR) {
      result = -EINTR;
      break;
    }
  }
  --pollers;
  return result;
}

static long long call_poll(struct grate_call* call) {
  const uint64_t count = (uint32_t)call->args[1];
  bool is_ours = false;
  if (count == 0 || count > 65536) return grate_forward(call);
  struct pollfd* const all = malloc((size_t)count * 2 * sizeof *all);
  if (!all) return -ENOMEM;
  long long result = grate_get(call, 0, all, (size_t)count * sizeof *all);
  for (uint64_t i = 0; result == 0 && i < count; ++i) {
    struct end* const end = get_end(call, (uint64_t)(int64_t)all[i].fd);
    is_ours |= end != NULL;
    if (end) put_end(end);
  }
  int64_t time;
  if (result == 0 && !is_ours) {
    free(all);
    return grate_forward(call);
  }
  if (result == 0) result = poll_time(call, &time);
  if (result == 0) {
    result = poll_all(call, all, count, time);
    const int error = result < 0 ? 0 : grate_put(call, 0, all, (size_t)count * sizeof *all);
    if (error) result = error;
  }
  free(all);
  return result;
}

int main(int argc, char** argv) {
  static const struct option options[] = {{"size", 1, 0, 's'}, {"help", 0, 0, 'h'}, {0}};
  static const struct cage_kind kind = {sizeof(struct descriptors), NULL, copy_process,
                                        release_process};
  for (int option; (option = next_option(argc, argv, "+s:h", options, help)) != -1;) {
    switch (option) {
      case 's':
        ring_size = (uint32_t)parse_number(help, "--size", optarg, ATOMIC_SIZE, LARGEST);
        break;
    }
  }
  require_argument(argv, "PROGRAM", help);
  descriptors_begin(&end_kind);
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    const struct linden_syscall* const info = &linden_syscalls[i];
    calls[info->number] = info;
    for (int argument = 0; argument < info->argument_count; ++argument) {
      if (info->kinds[argument] == LINDEN_FD) grate_handle_number(info->number, answer);
    }
  }
  descriptors_handle();
  grate_handle("fcntl", answer);
  grate_handle("newfstatat", answer);
  grate_handle("poll", call_poll);
  grate_handle("ppoll", call_poll);
  grate_handle("pipe", make_pipe);
  grate_handle("pipe2", make_pipe);
  cages_begin(&kind);
  return grate_run(argv + optind);
}
