/* See linden/grate.h.

   3i knows one function of a grate that uses this library: answer(), for all numbers. It finds the
   author's handler in a table that does not change once a cage has been forked.  */
#include <errno.h>
#include <linden/grate.h>
#include <linden/syscalls.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#define NUMBERS 1024
#define MAX_VECTORS 1024

static grate_handler handlers[NUMBERS];
static grate_handler handler_of_all;
static void (*harsh_exit)(int cage, int status);
static int flags;

/* Two parameters more than lind's handlers have: the cage that the call is made for, and whose
   table led here. The arguments' cages don't tell: a grate above this one may have put pointers of
   its own in their place.  */
static long long answer(uint64_t grate, uint64_t arg1, uint64_t arg1cage, uint64_t arg2,
                        uint64_t arg2cage, uint64_t arg3, uint64_t arg3cage, uint64_t arg4,
                        uint64_t arg4cage, uint64_t arg5, uint64_t arg5cage, uint64_t arg6,
                        uint64_t arg6cage, uint64_t number, uint64_t target, uint64_t self) {
  if (number >= LIND_ALTERNATIVE) number -= LIND_ALTERNATIVE;
  struct grate_call call = {
      .number = (int)number,
      .cage = (int)target,
      .from = (int)self,
      .grate = (int)grate,
      .args = {arg1, arg2, arg3, arg4, arg5, arg6},
      .cages = {arg1cage, arg2cage, arg3cage, arg4cage, arg5cage, arg6cage},
  };
  if (call.number == LIND_HARSH_CAGE_EXIT) {
    /* Any cage can make this call, too: of others it cannot say that they have ended.  */
    if (arg1 != target) return -EPERM;
    if (harsh_exit) harsh_exit((int)arg1, (int)arg2);
    return grate_forward(&call);
  }
  grate_handler handler = NULL;
  if (number < NUMBERS) handler = handlers[number];
  if (!handler && number < LIND_REGISTER_HANDLER) handler = handler_of_all;
  return handler ? handler(&call) : grate_forward(&call);
}

int grate_handle_number(int number, grate_handler handler) {
  if (number < 0 || number >= NUMBERS || number == THREEI_DEREGISTER || number == THREEI_MATCHALL) {
    errno = ENOSYS;
    return -1;
  }
  handlers[number] = handler;
  return 0;
}

int grate_handle(const char* name, grate_handler handler) {
  return grate_handle_number(grate_number(name), handler);
}

int grate_handle_all(grate_handler handler) {
  handler_of_all = handler;
  return 0;
}

void grate_on_harsh_exit(void (*function)(int cage, int status)) { harsh_exit = function; }
void grate_fail_closed(void) { flags |= LIND_HANDLER_FATAL; }

static pid_t fork_with_handlers(void) {
  static struct lind_handler registered[NUMBERS + 2];
  size_t count = 0;
  const lind_handler_function function = (lind_handler_function)(void*)answer;
  for (int number = 0; number < NUMBERS; ++number) {
    if (handlers[number] || (number == LIND_HARSH_CAGE_EXIT && harsh_exit)) {
      registered[count++] = (struct lind_handler){(uint32_t)number, function};
    }
  }
  if (handler_of_all) registered[count++] = (struct lind_handler){THREEI_MATCHALL, function};
  return linden_fork(registered, count, flags);
}

pid_t grate_fork(void) {
  const int caller = getpid();
  const pid_t child = fork_with_handlers();
  if (child == -1 && getpid() != caller) {
    perror("grate: cannot register handlers");
    _exit(126);
  }
  return child;
}

/* Of a status of wait(2), as a shell shows it.  */
static int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int grate_run(char* const argv[]) {
  if (!argv[0]) {
    fprintf(stderr, "grate: no program to run: give one behind the grate's own arguments\n");
    return 127;
  }
  /* What the program leaves behind becomes a child of this process, and goes on being answered.  */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  fflush(NULL);
  const pid_t program = grate_fork();
  if (program == -1) {
    perror("grate: fork");
    return 126;
  }
  if (program == 0) {
    execvp(argv[0], argv);
    const int code = errno == ENOENT ? 127 : 126;
    fprintf(stderr, "grate: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(code);
  }
  /* A terminal sends these to all; the program decides what becomes of them.  */
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  int result = 126;
  for (;;) {
    int status;
    const pid_t ended = wait(&status);
    if (ended == program) result = exit_code(status);
    if (ended == -1 && errno != EINTR) return result;
  }
}

long long grate_forward(const struct grate_call* call) {
  return linden_call(call->number, call->grate, call->cage, call->args, call->cages);
}

long long grate_forward_exec(const struct grate_call* call) {
  struct grate_call forwarded = *call;
  /* A grate above may have said the same of what it answers itself.  */
  if (!(forwarded.cages[5] & LIND_READ_THROUGH_FLAG)) {
    forwarded.cages[5] = (uint64_t)call->from | LIND_READ_THROUGH_FLAG;
  }
  return grate_forward(&forwarded);
}

long long grate_call_as(const struct grate_call* call, int number, const uint64_t args[6]) {
  const uint64_t own = (uint64_t)call->grate;
  const uint64_t cages[6] = {own, own, own, own, own, own};
  return lind_call(number, call->grate, call->cage, args, cages);
}

void grate_set_pointer(struct grate_call* call, int argument, const void* pointer) {
  call->args[argument] = (uintptr_t)pointer;
  call->cages[argument] = (uint64_t)call->grate;
}

/* Copies by 3i, which checks both sides. A whole copy or none.  */
static int64_t get(const struct grate_call* call, int argument, uint64_t from, void* to,
                   uint64_t size, int type) {
  return linden_copy(call->grate, (int)call->cages[argument], from, call->grate, (uintptr_t)to,
                     size, type);
}

static int done(int64_t result) { return result < 0 ? (int)result : 0; }

int grate_get_at(const struct grate_call* call, int argument, uint64_t offset, void* to,
                 size_t size) {
  return done(
      get(call, argument, (uint32_t)call->args[argument] + offset, to, size, LIND_COPY_RAW));
}

int grate_put_at(const struct grate_call* call, int argument, uint64_t offset, const void* from,
                 size_t size) {
  return done(linden_copy(call->grate, call->grate, (uintptr_t)from, (int)call->cages[argument],
                          (uint32_t)call->args[argument] + offset, size, LIND_COPY_RAW));
}

int grate_get(const struct grate_call* call, int argument, void* to, size_t size) {
  return grate_get_at(call, argument, 0, to, size);
}

int grate_put(const struct grate_call* call, int argument, const void* from, size_t size) {
  return grate_put_at(call, argument, 0, from, size);
}

int grate_get_string_from(const struct grate_call* call, int argument, uint64_t address, char* to,
                          size_t size) {
  const int64_t copied = get(call, argument, (uint32_t)address, to, size, LIND_COPY_STRING);
  return copied < 0 ? (int)copied : (int)copied - 1;
}

int grate_get_string(const struct grate_call* call, int argument, char* to, size_t size) {
  return grate_get_string_from(call, argument, call->args[argument], to, size);
}

/* Copies between `buffer` and the pieces that the vectors name, in order.  */
static long long transfer(const struct grate_call* call, int argument, char* buffer, size_t size,
                          bool gather) {
  const uint64_t count = call->args[argument + 1];
  if (count > MAX_VECTORS) return -EINVAL;
  size_t copied = 0;
  for (uint64_t i = 0; i < count && copied < size; ++i) {
    struct iovec vector;
    const int error = grate_get_at(call, argument, i * sizeof vector, &vector, sizeof vector);
    if (error) return copied ? (long long)copied : error;
    const size_t piece = vector.iov_len < size - copied ? vector.iov_len : size - copied;
    struct grate_call at = *call;
    at.args[argument] = (uintptr_t)vector.iov_base;
    const int failed = gather ? grate_get(&at, argument, buffer + copied, piece)
                              : grate_put(&at, argument, buffer + copied, piece);
    if (failed) return copied ? (long long)copied : failed;
    copied += piece;
  }
  return (long long)copied;
}

long long grate_vector_size(const struct grate_call* call, int vectors) {
  const uint64_t count = call->args[vectors + 1];
  if (count > MAX_VECTORS) return -EINVAL;
  int64_t size = 0;
  for (uint64_t i = 0; i < count; ++i) {
    struct iovec vector;
    const int error = grate_get_at(call, vectors, i * sizeof vector, &vector, sizeof vector);
    if (error) return error;
    size += vector.iov_len;
    if (size > INT32_MAX) return -EINVAL;
  }
  return size;
}

long long grate_gather(const struct grate_call* call, int vectors, void* to, size_t size) {
  return transfer(call, vectors, to, size, true);
}

long long grate_scatter(const struct grate_call* call, int vectors, const void* from, size_t size) {
  return transfer(call, vectors, (char*)from, size, false);
}

int grate_number(const char* name) {
  for (size_t i = 0; i < LINDEN_SYSCALL_COUNT; ++i) {
    if (strcmp(linden_syscalls[i].name, name) == 0) return linden_syscalls[i].number;
  }
  return -1;
}

const char* grate_name(int number) {
  size_t low = 0, high = LINDEN_SYSCALL_COUNT;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (linden_syscalls[middle].number < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == LINDEN_SYSCALL_COUNT || linden_syscalls[low].number != number) return NULL;
  return linden_syscalls[low].name;
}
