/* How calls get through grates: many at once, one within another, blocked for ever, and when the
   grate ends. Every test runs in a process of its own, which forks what it watches.

     calls [NAME...]  */
#define _GNU_SOURCE
#include <errno.h>
#include <linden/grate.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void expect(const char* what, long long actual, long long expected) {
  if (actual == expected) return;
  ++failures;
  printf("FAILED: %s: %lld, expected %lld\n", what, actual, expected);
  fflush(stdout);
}

static int code_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs `body` in a cage that has the handlers which were set before; what it returns.  */
static int in_cage(int (*body)(void)) {
  fflush(stdout);
  const pid_t child = grate_fork();
  if (child == 0) {
    failures = 0;
    const int result = body();
    fflush(stdout);
    _exit(result ? result : failures != 0);
  }
  return code_of(child);
}

/* ---- many at once */

#define THREADS 64
#define CALLS 500

static atomic_int answered;
static __thread int own_count;

static long long count_call(struct grate_call* call) {
  (void)call;
  ++answered;
  ++own_count;
  return 1000000 + own_count;
}

static void* call_often(void* result) {
  long last = 0;
  for (int i = 0; i < CALLS; ++i) {
    const long now = syscall(SYS_getppid);
    /* Each thread has a thread of the grate, with variables of its own.  */
    if (now <= last) *(int*)result = 1;
    last = now;
  }
  return NULL;
}

static int call_from_threads(void) {
  pthread_t threads[THREADS];
  int wrong[THREADS] = {0};
  for (int i = 0; i < THREADS; ++i) pthread_create(&threads[i], NULL, call_often, &wrong[i]);
  for (int i = 0; i < THREADS; ++i) pthread_join(threads[i], NULL);
  for (int i = 0; i < THREADS; ++i) expect("a thread's calls", wrong[i], 0);
  return 0;
}

static void threads_at_once(void) {
  grate_handle("getppid", count_call);
  expect("64 threads", in_cage(call_from_threads), 0);
  expect("calls of 64 threads", answered, THREADS * CALLS);
}

/* ---- one within another */

/* Each grate of a stack makes of x 2x + 1 from below, so the result tells how many there are.  */
static long long double_and_add(struct grate_call* call) {
  const long long result = grate_forward(call);
  return result < 0 ? result : 2 * result + 1;
}

static int stack_height;

static int call_through_stack(void) {
  expect("a call through a stack", syscall(SYS_getpgid, getpid()) - 0,
         ((long long)getpgrp() + 1) * (1 << stack_height) - 1);
  return 0;
}

static int climb(void);
static int levels_left;

static int climb(void) {
  if (levels_left-- == 0) return call_through_stack();
  grate_handle("getpgid", double_and_add);
  return in_cage(climb);
}

static void stacks_of_1_to_10(void) {
  for (stack_height = 1; stack_height <= 10; ++stack_height) {
    levels_left = stack_height;
    const pid_t child = fork();
    if (child == 0) _exit(climb());
    expect("a stack", code_of(child), 0);
  }
}

/* The order: the grate that was put last is asked first.  */
static long long add_one(struct grate_call* call) { return grate_forward(call) + 1; }
static long long times_ten(struct grate_call* call) { return grate_forward(call) * 10; }
static long long zero(struct grate_call* call) {
  (void)call;
  return 0;
}

static int is_ten(void) { return (int)syscall(SYS_getppid) != 10; }
static int is_one(void) { return (int)syscall(SYS_getppid) != 1; }
static int with_times_ten(void) {
  grate_handle("getppid", times_ten);
  return in_cage(is_ten);
}
static int with_add_one(void) {
  grate_handle("getppid", add_one);
  return in_cage(is_one);
}
static int add_then_times(void) {
  grate_handle("getppid", add_one);
  return in_cage(with_times_ten);
}
static int times_then_add(void) {
  grate_handle("getppid", times_ten);
  return in_cage(with_add_one);
}

static void order_matters(void) {
  grate_handle("getppid", zero);
  expect("times ten above add one above zero", in_cage(add_then_times), 0);
  expect("add one above times ten above zero", in_cage(times_then_add), 0);
}

/* A handler that makes the same call on behalf of its caller, by the caller's table: it is entered
   again, until the argument is 0.  */
static long long recur(struct grate_call* call) {
  if (call->args[0] == 0) return 0;
  uint64_t args[6] = {call->args[0] - 1}, cages[6];
  for (int i = 0; i < 6; ++i) cages[i] = (uint64_t)call->grate;
  const long long below = lind_call(call->number, call->cage, call->cage, args, cages);
  return below < 0 ? below : below + 1;
}

static int call_recursively(void) {
  expect("a handler within itself", syscall(SYS_getpgid, 100), 100);
  return 0;
}

static void recursion(void) {
  grate_handle("getpgid", recur);
  expect("recursion", in_cage(call_recursively), 0);
}

/* A handler without an end runs out of stack: that is the end of the grate, and of nobody else.  */
static int recur_for_ever(void) {
  syscall(SYS_getpgid, 1 << 30);
  return 0;
}

static int run_recursive_grate(void) {
  grate_handle("getpgid", recur);
  return in_cage(recur_for_ever);
}

static void endless_recursion(void) {
  const pid_t grate = fork();
  if (grate == 0) _exit(run_recursive_grate());
  const int code = code_of(grate);
  expect("endless recursion ends the grate", code == 139 || code == 0 || code == 1, 1);
  expect("we go on", syscall(SYS_getpgid, 0), getpgrp());
}

/* ---- waiting */

static long long wait_for_ever(struct grate_call* call) {
  (void)call;
  while (pause() != -1 || errno != EINTR) continue;
  return -EINTR;
}

static void* block(void* unused) {
  (void)unused;
  syscall(SYS_getpgid, 0);
  return NULL;
}

static int others_go_on(void) {
  pthread_t blocked[4];
  for (int i = 0; i < 4; ++i) pthread_create(&blocked[i], NULL, block, NULL);
  usleep(20000);
  for (int i = 0; i < 1000; ++i) expect("a call beside blocked ones", syscall(SYS_getppid), 0);
  /* Threads end in handlers that wait.  */
  return 0;
}

static void blocked_handlers(void) {
  grate_handle("getpgid", wait_for_ever);
  grate_handle("getppid", zero);
  expect("blocked handlers", in_cage(others_go_on), 0);
  const pid_t child = grate_fork();
  if (child == 0) {
    block(NULL);
    _exit(0);
  }
  usleep(20000);
  kill(child, SIGKILL);
  expect("a caller that is killed while it is answered", code_of(child), 128 + SIGKILL);
}

/* ---- calls that are special */

static atomic_int forked_child, exits, maps, registrations;

static long long count_fork(struct grate_call* call) {
  const long long child = grate_forward(call);
  if (child > 0) forked_child = (int)child;
  return child > 0 ? 31337 : child;
}
static long long count_exit(struct grate_call* call) {
  exits += (int)call->args[0];
  return grate_forward(call);
}
static long long count_map(struct grate_call* call) {
  ++maps;
  return grate_forward(call);
}
static long long count_registration(struct grate_call* call) {
  ++registrations;
  return grate_forward(call);
}
static long long say_seven(struct grate_call* call) {
  (void)call;
  return 7;
}
static int is_seven(void) { return syscall(SYS_getppid) == 7 ? 0 : 1; }

static int fork_and_map(void) {
  const pid_t child = fork();
  if (child == 0) {
    char* const memory =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory[0] = 1;
    exit(memory == MAP_FAILED ? 1 : 5);
  }
  expect("what fork returns is the grate's", child, 31337);
  int status;
  expect("the child is another", wait(&status) > 0 && WEXITSTATUS(status) == 5, 1);
  return 0;
}

static int make_grate(void) {
  grate_handle("getppid", say_seven);
  const pid_t child = grate_fork();
  if (child == 0) _exit(is_seven());
  return code_of(child);
}

static void special_calls(void) {
  grate_handle("clone", count_fork);
  grate_handle("exit_group", count_exit);
  grate_handle("mmap", count_map);
  expect("fork, mmap, exit", in_cage(fork_and_map), 0);
  expect("a fork was seen", forked_child > 0, 1);
  expect("exits were seen", exits, 5);
  expect("mmap was seen", maps > 0, 1);
}

static void interposed_registration(void) {
  grate_handle_number(LIND_REGISTER_HANDLER, count_registration);
  expect("a grate within a grate", in_cage(make_grate), 0);
  /* That of its own handler, and of the one that it has from here.  */
  expect("its registrations were seen", registrations, 2);
}

static long long other_program(struct grate_call* call) {
  static const char path[] = "/proc/self/exe", name[] = "calls", part[] = "exit-42";
  static uint32_t argv[3];
  argv[0] = (uint32_t)(uintptr_t)name;
  argv[1] = (uint32_t)(uintptr_t)part;
  char wanted[64];
  if (grate_get_string(call, 0, wanted, sizeof wanted) < 0 || strcmp(wanted, "/no/such") != 0) {
    return grate_forward(call);
  }
  grate_set_pointer(call, 0, path);
  grate_set_pointer(call, 1, argv);
  return grate_forward(call);
}

static int exec_what_is_not_there(void) {
  execl("/no/such", "such", (char*)NULL);
  return 1;
}

static void interposed_exec(void) {
  grate_handle("execve", other_program);
  expect("exec of another program", in_cage(exec_what_is_not_there), 42);
}

/* ---- memory */

static long long reverse(struct grate_call* call) {
  char text[64];
  const long long size = call->number == SYS_writev ? grate_gather(call, 1, text, sizeof text)
                                                    : grate_get_string(call, 1, text, sizeof text);
  if (size < 0) return size;
  for (long long i = 0; i < size / 2; ++i) {
    const char c = text[i];
    text[i] = text[size - 1 - i];
    text[size - 1 - i] = c;
  }
  if (call->number == SYS_writev) return grate_scatter(call, 1, text, (size_t)size);
  const int error = grate_put(call, 1, text, (size_t)size);
  return error ? error : size;
}

static int look_at_memory(void) {
  char text[] = "abcdef", first[] = "12", second[] = "345";
  expect("a string", syscall(SYS_write, 77, text, sizeof text), 6);
  expect("is reversed", strcmp(text, "fedcba"), 0);
  struct iovec vectors[2] = {{first, 2}, {second, 3}};
  expect("vectors", writev(77, vectors, 2), 5);
  expect("are reversed", memcmp(first, "54", 2) == 0 && memcmp(second, "321", 3) == 0, 1);
  expect("a bad address", syscall(SYS_write, 77, 4096, 1), -1);
  expect("is EFAULT", errno, EFAULT);
  char* const edge = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(edge, 'x', 4096);
  memcpy(edge + 4094, "y", 2);
  expect("a string at the end of a page", syscall(SYS_write, 77, edge + 4093, 1), 2);
  expect("one that is too long", syscall(SYS_write, 77, edge, 1), -1);
  expect("is ENAMETOOLONG", errno, ENAMETOOLONG);
  return 0;
}

static void memory_of_callers(void) {
  grate_handle("write", reverse);
  grate_handle("writev", reverse);
  expect("memory", in_cage(look_at_memory), 0);
}

/* ---- ends */

static long long end_grate(struct grate_call* call) {
  (void)call;
  _exit(3);
}

static int call_until_it_ends(void) {
  errno = 0;
  expect("a call whose grate ends", syscall(SYS_getppid), -1);
  expect("is ESRCH", errno, ESRCH);
  /* What lies beneath answers from then on, or nobody does and the cage is killed.  */
  while (syscall(SYS_getppid) < 0) continue;
  printf("answered by others\n");
  return 0;
}

static int grate_that_ends(bool closed, int fd) {
  const pid_t grate = fork();
  if (grate == 0) {
    dup2(fd, 1);
    grate_handle("getppid", end_grate);
    if (closed) grate_fail_closed();
    _exit(in_cage(call_until_it_ends));
  }
  return code_of(grate);
}

static void ends_of_grates(void) {
  for (int closed = 0; closed < 2; ++closed) {
    int ends[2];
    if (pipe(ends) != 0) return;
    expect("a grate ends in a handler", grate_that_ends(closed, ends[1]), 3);
    close(ends[1]);
    /* Until the cage has ended as well.  */
    char text[256] = "";
    size_t size = 0;
    for (ssize_t got; (got = read(ends[0], text + size, sizeof text - 1 - size)) > 0;) {
      size += (size_t)got;
    }
    const char* const wanted = closed ? "" : "answered by others\n";
    if (strcmp(text, wanted) != 0) printf("it says: %s\n", text);
    expect(closed ? "a cage that must not go on" : "a cage that goes on", strcmp(text, wanted), 0);
    close(ends[0]);
  }
}

static atomic_int dead_cage, dead_status;
static void note_death(int cage, int status) {
  dead_cage = cage;
  dead_status = status;
}

static int tell_of_others(void) {
  const uint64_t own = (uint64_t)getpid();
  const uint64_t arguments[6] = {(uint64_t)getppid(), SIGKILL},
                 cages[6] = {own, own, own, own, own, own};
  expect("an end that is none",
         lind_call(LIND_HARSH_CAGE_EXIT, (int)own, (int)own, arguments, cages), -EPERM);
  return 0;
}

static void harsh_exits(void) {
  grate_on_harsh_exit(note_death);
  expect("no cage can say that another has ended", in_cage(tell_of_others), 0);
  expect("the grate is told nothing", dead_cage, 0);
  const pid_t child = grate_fork();
  if (child == 0) {
    for (;;) pause();
  }
  usleep(10000);
  kill(child, SIGTERM);
  expect("killed", code_of(child), 128 + SIGTERM);
  expect("the grate is told of whom", dead_cage, child);
  expect("and how", WIFSIGNALED(dead_status) && WTERMSIG(dead_status) == SIGTERM, 1);
}

static const struct {
  const char* name;
  void (*run)(void);
} tests[] = {
    {"threads-at-once", threads_at_once},     {"stacks-of-1-to-10", stacks_of_1_to_10},
    {"order-matters", order_matters},         {"recursion", recursion},
    {"endless-recursion", endless_recursion}, {"blocked-handlers", blocked_handlers},
    {"special-calls", special_calls},         {"interposed-registration", interposed_registration},
    {"interposed-exec", interposed_exec},     {"memory-of-callers", memory_of_callers},
    {"ends-of-grates", ends_of_grates},       {"harsh-exits", harsh_exits},
};

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "exit-42") == 0) return 42;
  int failed = 0, count = 0;
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; ++i) {
    bool wanted = argc == 1;
    for (int a = 1; a < argc; ++a) wanted |= strcmp(argv[a], tests[i].name) == 0;
    if (!wanted) continue;
    ++count;
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      tests[i].run();
      fflush(stdout);
      _exit(failures != 0);
    }
    const int code = code_of(child);
    if (code != 0) printf("FAILED: %s: %d\n", tests[i].name, code);
    fflush(stdout);
    failed += code != 0;
  }
  printf("%d of %d passed\n", count - failed, count);
  return failed != 0;
}
