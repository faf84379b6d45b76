/* A hostile cage tries to get more rights than it has: every attempt must fail with the errno that
   lind_syscall.h says, and what it was confined by must go on answering.

     attacks                          the warden: starts a bystander, and the attacker with a
   handler around it attacks attack WARDEN BYSTANDER  the attacker: another program than the warden,
   since it was exec'd attacks idle                     waits to be killed attacks ... see below  */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lind_syscall.h>
#include <linden/grate.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFINED 4242 /* what the warden answers geteuid with */
#define OWN_HANDLER 4343

static const char* self_path;
static int failures, attempts;

static void expect(const char* what, long long actual, long long expected) {
  ++attempts;
  if (actual == expected) return;
  ++failures;
  printf("FAILED: %s: %lld, expected %lld\n", what, actual, expected);
}

static long long raw(int number, long long self, long long target, uint64_t first) {
  int result;
  errno = 0;
  const uint64_t own = (uint64_t)getpid();
  result = make_threei_call((unsigned)number, 0, (uint64_t)self, (uint64_t)target, first, own, 0,
                            own, 0, own, 0, own, 0, own, 0, own, 0);
  return result;
}

static long long own_call(int number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                          uint64_t f) {
  const uint64_t own = (uint64_t)getpid();
  const uint64_t arguments[6] = {a, b, c, d, e, f}, cages[6] = {own, own, own, own, own, own};
  return lind_call(number, (int)own, (int)own, arguments, cages);
}

static long long put(int cage, uint64_t number, int grate, uint64_t function) {
  return own_call(LIND_REGISTER_HANDLER, (uint64_t)(int64_t)cage, number, (uint64_t)(int64_t)grate,
                  function, 0, 0);
}

static long long handler(uint64_t grate, uint64_t arg1, uint64_t arg1cage, uint64_t arg2,
                         uint64_t arg2cage, uint64_t arg3, uint64_t arg3cage, uint64_t arg4,
                         uint64_t arg4cage, uint64_t arg5, uint64_t arg5cage, uint64_t arg6,
                         uint64_t arg6cage, uint64_t callnumber) {
  (void)grate, (void)arg1, (void)arg1cage, (void)arg2, (void)arg2cage, (void)arg3, (void)arg3cage;
  (void)arg4, (void)arg4cage, (void)arg5, (void)arg5cage, (void)arg6, (void)arg6cage;
  (void)callnumber;
  return OWN_HANDLER;
}
static double takes_a_double(double x) { return x; }
static double gives_a_double(uint64_t x) { return (double)x; }
#define function ((uint64_t)(uintptr_t)handler)

static pid_t start(char* const arguments[]) {
  const pid_t child = fork();
  if (child == 0) {
    execv(self_path, arguments);
    _exit(125);
  }
  return child;
}

static int code_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A fork that waits until it is killed.  */
static pid_t fork_idle(void) {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  return child;
}

static void end(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

/* What a forked child finds, as its exit code: errno.  */
#define IN_CHILD(expression)                    \
  ({                                            \
    const pid_t child_ = fork();                \
    if (child_ == 0) _exit((int)-(expression)); \
    -code_of(child_);                           \
  })

static void forged_identities(int warden, int bystander) {
  const int own = getpid();
  expect("self is the warden", raw(SYS_getppid, warden, own, 0), -EPERM);
  expect("self is a bystander", raw(SYS_getppid, bystander, own, 0), -EPERM);
  expect("target is the warden", raw(SYS_getppid, own, warden, 0), -EPERM);
  expect("target is a bystander", raw(SYS_close, own, bystander, 0), -EPERM);
  expect("self and target are the warden", raw(SYS_geteuid, warden, warden, 0), -EPERM);
  expect("exit of the warden", raw(SYS_exit_group, own, warden, 0), -EPERM);
  expect("exit of a bystander by its own table", raw(SYS_exit_group, bystander, bystander, 0),
         -EPERM);
  expect("self is nobody", raw(SYS_getppid, 999999, own, 0), -ESRCH);
  expect("target is nobody", raw(SYS_getppid, own, 999999, 0), -ESRCH);
  expect("self is negative", raw(SYS_getppid, -own, own, 0), -ESRCH);
  expect("target is process 1", raw(SYS_getppid, own, 1, 0), -ESRCH);
  expect("an id whose low half is ours", raw(SYS_getppid, (1ll << 32) | own, own, 0), -ESRCH);
  expect("a target whose low half is ours", raw(SYS_getppid, own, (1ll << 32) | own, 0), -ESRCH);
}

static void foreign_handlers(int warden, int bystander) {
  const int own = getpid();
  const pid_t child = fork_idle();
  expect("a function of the warden's, for oneself", put(own, SYS_getppid, warden, function),
         -EPERM);
  expect("a function of the warden's, for a child", put(child, SYS_getppid, warden, function),
         -EPERM);
  expect("a function of a bystander's", put(child, SYS_getppid, bystander, function), -EPERM);
  expect("a function of a child's", put(child, SYS_getppid, child, function), -EPERM);
  expect("a grate for itself", put(own, SYS_getppid, own, function), -EINVAL);
  expect("for the warden", put(warden, SYS_getppid, own, function), -EPERM);
  expect("for a bystander", put(bystander, SYS_getppid, own, function), -EPERM);
  expect("for nobody", put(999999, SYS_getppid, own, function), -ESRCH);
  expect("by nobody", put(child, SYS_getppid, 999999, function), -ESRCH);
  expect("all calls of the warden", put(warden, THREEI_MATCHALL, own, function), -EPERM);
  expect("a child registers for its parent", IN_CHILD(put(own, SYS_getppid, getpid(), function)),
         -EPERM);
  expect("a child deregisters its parent's", IN_CHILD(put(own, SYS_geteuid, THREEI_DEREGISTER, 0)),
         -EPERM);
  expect("lind's result of no right",
         register_handler(warden, SYS_getppid, (uint64_t)own, function), (int)ELINDAPIABORTED);
  expect("lind's result of nobody", register_handler(999999, SYS_getppid, (uint64_t)own, function),
         (int)ELINDESRCH);
  end(child);
}

static void taking_off_the_filter(int warden) {
  const int own = getpid();
  expect("the filter answers", (long long)geteuid(), CONFINED);
  expect("deregister the warden's handler", put(own, SYS_geteuid, THREEI_DEREGISTER, 0), -EPERM);
  expect("deregister for all, where there is none", put(own, THREEI_MATCHALL, THREEI_DEREGISTER, 0),
         0);
  expect("the table of the warden for oneself",
         own_call(LIND_COPY_HANDLER_TABLE, (uint64_t)warden, (uint64_t)own, 0, 0, 0, 0), -EPERM);
  /* Over a child's filter one may put a handler of one's own, and take that off again.  */
  const pid_t child = fork_idle();
  expect("a handler over the filter", put(child, SYS_geteuid, own, function), 0);
  expect("it answers", raw(SYS_geteuid, child, child, 0), OWN_HANDLER);
  expect("it is taken off", put(child, SYS_geteuid, THREEI_DEREGISTER, 0), 0);
  expect("the filter answers a child", raw(SYS_geteuid, child, child, 0), CONFINED);
  expect("nor is that one taken off", put(child, SYS_geteuid, THREEI_DEREGISTER, 0), -EPERM);
  end(child);
  expect("the filter answers still", (long long)geteuid(), CONFINED);
  expect("and in a new program", code_of(start((char*[]){"attacks", "confined", 0})), 0);
}

static void tables(int warden, int bystander) {
  const int own = getpid();
  const struct {
    const char* name;
    int from, to;
    long long error;
  } copies[] = {
      {"table of a bystander", bystander, own, -EPERM},
      {"table for a bystander", own, bystander, -EPERM},
      {"table for the warden", own, warden, -EPERM},
      {"table of nobody", 999999, own, -ESRCH},
      {"table for nobody", own, 999999, -ESRCH},
  };
  for (size_t i = 0; i < sizeof copies / sizeof copies[0]; ++i) {
    expect(copies[i].name,
           own_call(LIND_COPY_HANDLER_TABLE, (uint64_t)copies[i].from, (uint64_t)copies[i].to, 0, 0,
                    0, 0),
           copies[i].error);
  }
}

static void memories(int warden, int bystander) {
  const int own = getpid();
  static char buffer[64] = "text";
  const uint64_t here = (uintptr_t)buffer;
  expect("copy from the warden", lind_copy(warden, here, own, here, 16, LIND_COPY_RAW), -EPERM);
  expect("copy to the warden", lind_copy(own, here, warden, here, 16, LIND_COPY_RAW), -EPERM);
  expect("copy from a bystander", lind_copy(bystander, here, own, here, 16, LIND_COPY_RAW), -EPERM);
  expect("copy to a bystander", lind_copy(own, here, bystander, here, 16, LIND_COPY_RAW), -EPERM);
  expect("copy between two others", lind_copy(warden, here, bystander, here, 1, LIND_COPY_RAW),
         -EPERM);
  expect("copy of a string of the warden", lind_copy(warden, here, own, here, 16, LIND_COPY_STRING),
         -EPERM);
  expect("copy of vectors of the warden", lind_copy(warden, here, own, here, 1, LIND_COPY_VECTORS),
         -EPERM);
  expect("copy from nobody", lind_copy(999999, here, own, here, 16, LIND_COPY_RAW), -ESRCH);
  expect("copy to nobody", lind_copy(own, here, 999999, here, 16, LIND_COPY_RAW), -ESRCH);
  expect("copy of an unmapped page", lind_copy(own, 4096, own, here, 16, LIND_COPY_RAW), -EFAULT);
  expect("copy to an unmapped page", lind_copy(own, here, own, 4096, 16, LIND_COPY_RAW), -EFAULT);
  expect("copy from beyond the memory", lind_copy(own, 1ull << 40, own, here, 16, LIND_COPY_RAW),
         -EFAULT);
  expect("copy that wraps around", lind_copy(own, UINT64_MAX - 7, own, here, 16, LIND_COPY_RAW),
         -EFAULT);
  expect("copy of more than there is", lind_copy(own, here, own, here, 1ull << 33, LIND_COPY_RAW),
         -EFAULT);
  expect("copy of an unknown type", lind_copy(own, here, own, here, 1, 7), -EINVAL);
  expect("a string without end", lind_copy(own, here, own, here + 32, 4, LIND_COPY_STRING),
         -ENAMETOOLONG);
  const uint64_t path = (uintptr_t)"/";
  const uint64_t foreign[6] = {(uint64_t)AT_FDCWD, path, O_RDONLY},
                 cages[6] = {(uint64_t)own, (uint64_t)warden, (uint64_t)own,
                             (uint64_t)own, (uint64_t)own,    (uint64_t)own};
  expect("a path in the warden's memory", lind_call(SYS_openat, own, own, foreign, cages), -EPERM);
  const uint64_t output[6] = {1, here, 4},
                 bystanders[6] = {(uint64_t)own, (uint64_t)bystander, (uint64_t)own, 0, 0, 0};
  expect("output from a bystander's memory", lind_call(SYS_write, own, own, output, bystanders),
         -EPERM);
}

static void numbers_and_functions(void) {
  const int own = getpid();
  const pid_t child = fork_idle();
  const uint64_t wrong_numbers[] = {THREEI_DEREGISTER, 4096, 1ull << 32 | SYS_getppid, UINT64_MAX};
  for (size_t i = 0; i < sizeof wrong_numbers / sizeof wrong_numbers[0]; ++i) {
    expect("no such number", put(child, wrong_numbers[i], own, function), -EINVAL);
  }
  const uint64_t wrong_functions[] = {0,
                                      1,
                                      15,
                                      UINT32_MAX,
                                      1 << 20,
                                      1ull << 32 | function,
                                      (uintptr_t)&failures,
                                      (uintptr_t)takes_a_double,
                                      (uintptr_t)gives_a_double};
  for (size_t i = 0; i < sizeof wrong_functions / sizeof wrong_functions[0]; ++i) {
    expect("no such handler", put(child, SYS_getppid, own, wrong_functions[i]), -EINVAL);
  }
  expect("unknown flags",
         own_call(LIND_REGISTER_HANDLER, (uint64_t)child, SYS_getppid, (uint64_t)own, function,
                  ~0ull, 0),
         -EINVAL);
  expect("a call that is none", raw(999, own, own, 0), -ENOSYS);
  expect("a call that is none of 3i's", raw(1099, own, own, 0), -ENOSYS);
  expect("a call far out", raw(1 << 30, own, own, 0), -ENOSYS);
  expect("another number without a handler", raw(LIND_ALTERNATIVE + SYS_getppid, own, own, 0),
         -ENOSYS);
  expect("handlers in no memory", own_call(LIND_FORKINTERPOSE, 4096, 4, 0, 0, 0, 0), -EFAULT);
  const struct lind_handler wrong = {SYS_getppid, (lind_handler_function)(uintptr_t)0xffff};
  expect("a fork with a function that is none",
         own_call(LIND_FORKINTERPOSE, (uintptr_t)&wrong, 1, 0, 0, 0, 0), -EINVAL);
  expect("nothing was left behind", raw(SYS_getppid, child, child, 0), own);
  end(child);
}

/* In what a program was exec'd, functions of what it was before mean nothing.  */
static void after_exec(void) {
  char own[16];
  snprintf(own, sizeof own, "%d", getpid());
  expect("functions of a parent that one was forked from before an exec",
         code_of(start((char*[]){"attacks", "orphaned", own, 0})), EPERM);
  /* The other way round: the parent begins another program, its child doesn't.  */
  expect("functions of a parent that has begun another program since",
         code_of(start((char*[]){"attacks", "parent-execs", 0})), EPERM);
}

static void after_exit(void) {
  const int own = getpid();
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t information;
  waitid(P_PID, (id_t)child, &information, WEXITED | WNOWAIT);
  const uint64_t here = (uintptr_t)&information;
  expect("register for one that has ended", put(child, SYS_getppid, own, function), -ESRCH);
  expect("copy from one that has ended", lind_copy(child, here, own, here, 4, LIND_COPY_RAW),
         -ESRCH);
  expect("act as one that has ended", raw(SYS_getppid, own, child, 0), -ESRCH);
  waitpid(child, NULL, 0);
  expect("register for one that was waited for", put(child, SYS_getppid, own, function), -ESRCH);
  expect("act as one that was waited for", raw(SYS_getppid, child, child, 0), -ESRCH);
}

/* Handlers belong to a process and not to its id.  */
static void id_reuse(void) {
  const int own = getpid();
  const pid_t first = fork_idle();
  expect("a handler for the first of an id", put(first, SYS_getppid, own, function), 0);
  expect("it answers", raw(SYS_getppid, first, first, 0), OWN_HANDLER);
  end(first);
  for (int i = 0; i < 70000; ++i) {
    const pid_t next = fork();
    if (next == 0) _exit(getppid() == own ? 0 : 1);
    const int code = code_of(next);
    if (next != first) continue;
    expect("a new process with the id of one that had a handler", code, 0);
    return;
  }
  expect("an id is used again", 1, 0);
}

static int attack(int warden, int bystander) {
  forged_identities(warden, bystander);
  foreign_handlers(warden, bystander);
  taking_off_the_filter(warden);
  tables(warden, bystander);
  memories(warden, bystander);
  numbers_and_functions();
  after_exec();
  after_exit();
  id_reuse();
  expect("the filter answers at last", (long long)geteuid(), CONFINED);
  printf("%d of %d attempts end as they should\n", attempts - failures, attempts);
  return failures != 0;
}

static long long confine(struct grate_call* call) {
  (void)call;
  return CONFINED;
}

static int ward(void) {
  char own[16], idle[16];
  const pid_t bystander = start((char*[]){"attacks", "idle", 0});
  snprintf(own, sizeof own, "%d", getpid());
  snprintf(idle, sizeof idle, "%d", bystander);
  grate_handle("geteuid", confine);
  const pid_t attacker = grate_fork();
  if (attacker == 0) {
    execv(self_path, (char*[]){"attacks", "attack", own, idle, 0});
    _exit(125);
  }
  int code = code_of(attacker);
  if (waitpid(bystander, NULL, WNOHANG) != 0) {
    printf("FAILED: the bystander has ended\n");
    code = 1;
  }
  end(bystander);
  return code;
}

int main(int argc, char** argv) {
  self_path = "/proc/self/exe";
  const char* const part = argc > 1 ? argv[1] : "";
  if (strcmp(part, "attack") == 0) return attack(atoi(argv[2]), atoi(argv[3]));
  if (strcmp(part, "confined") == 0) return geteuid() != CONFINED;
  if (strcmp(part, "orphaned") == 0) {
    return (int)-put(getpid(), SYS_getppid, atoi(argv[2]), function);
  }
  if (strcmp(part, "wait-for") == 0) return code_of(atoi(argv[2]));
  if (strcmp(part, "parent-execs") == 0) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return 125;
    const int parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
      /* The end of the pipe closes when the parent begins the other program.  */
      char byte;
      close(ends[1]);
      while (read(ends[0], &byte, 1) > 0) continue;
      _exit((int)-put(getpid(), SYS_getppid, parent, function));
    }
    char id[16];
    snprintf(id, sizeof id, "%d", child);
    execv(self_path, (char*[]){"attacks", "wait-for", id, 0});
    return 125;
  }
  if (strcmp(part, "idle") == 0) {
    for (;;) pause();
  }
  return ward();
}
