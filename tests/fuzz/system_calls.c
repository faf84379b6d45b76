// A hostile guest: calls every number with arguments that are random, on a boundary, or nearly
// right, in four threads of each of many processes, for as long as it is told.
//
//     system_calls SEED SECONDS
//
// It makes no promise about how it ends, for some of its calls end it: what counts is what becomes
// of the host, which tests/fuzz/system_calls.py looks after.
#define _GNU_SOURCE
#include <fcntl.h>
#include <lind_syscall.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kThreads = 4, kBuffer = 1 << 16, kLastNumber = 470 };

static const uint64_t kBoundaries[] = {
    0,          1,          2,         3,          7,          8,          15,
    16,         63,         64,        255,        4095,       4096,       65535,
    65536,      0xfffff,    0x100000,  0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
    1ull << 32, 1ull << 62, INT64_MAX, 1ull << 63, ~0ull,      ~0ull - 99, ~0ull - 1,
};
static const char* const kPaths[] = {
    "file",
    "sub",
    "sub/../..",
    "../outside/secret",
    "/",
    "/tmp",
    "/proc/self/fd/3",
    "/proc/self/exe",
    "/dev/full",
    "/etc/passwd",
    "link",
    "",
    ".",
    "/proc/self/mem",
    "../../../../../../../../etc/shadow",
};

static unsigned char* buffers;

static uint64_t next(uint64_t* state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static uint64_t argument(uint64_t* state) {
  const uint64_t choice = next(state);
  switch (choice >> 60) {
    case 0:
    case 1:
      return kBoundaries[next(state) % (sizeof kBoundaries / sizeof *kBoundaries)];
    case 2:
      return next(state);
    case 3:
    case 4:
    case 5:
    case 6:  // a descriptor, a count, a flag
      return next(state) % 20;
    case 7:
      return UINT64_C(1) << next(state) % 32 | UINT64_C(1) << next(state) % 32;
    case 8:  // at the end of what is mapped
      return (uint32_t)(uintptr_t)(buffers + kBuffer) - next(state) % 40;
    case 9:
    case 10: {
      // In place, so that structures of the kind that the last call left are there as well.
      unsigned char* path = buffers + kBuffer / 2 + next(state) % 64 * 64;
      strcpy((char*)path, kPaths[next(state) % (sizeof kPaths / sizeof *kPaths)]);
      return (uint32_t)(uintptr_t)path;
    }
    case 11: {
      uint64_t* words = (uint64_t*)(buffers + next(state) % 64 * 64);
      for (int i = 0; i < 8; ++i)
        words[i] = kBoundaries[next(state) % (sizeof kBoundaries / sizeof *kBoundaries)];
      return (uint32_t)(uintptr_t)words;
    }
    default: {
      uint32_t* words = (uint32_t*)(buffers + next(state) % 64 * 64);
      for (int i = 0; i < 16; ++i) words[i] = next(state) % 24;
      words[next(state) % 16] = (uint32_t)(uintptr_t)buffers;
      return (uint32_t)(uintptr_t)words;
    }
  }
}

// How many of a hundred calls of this number are made: some end what makes them, or make many
// processes.
static unsigned frequency(long number) {
  switch (number) {
    case SYS_exit:
    case SYS_exit_group:
    case SYS_kill:
    case SYS_tkill:
    case SYS_tgkill:
    case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo:
    case SYS_execve:
    case SYS_execveat:
      return 1;
    case SYS_fork:
    case SYS_vfork:
    case SYS_clone:
    case SYS_munmap:
    case SYS_rt_sigreturn:
      return 10;
    default:
      return 100;
  }
}

// Passes on most of what it answers, and returns nonsense otherwise.
static long long answer(uint64_t grate, uint64_t a1, uint64_t c1, uint64_t a2, uint64_t c2,
                        uint64_t a3, uint64_t c3, uint64_t a4, uint64_t c4, uint64_t a5,
                        uint64_t c5, uint64_t a6, uint64_t c6, uint64_t number) {
  const uint64_t arguments[6] = {a1, a2, a3, a4, a5, a6}, cages[6] = {c1, c2, c3, c4, c5, c6};
  if ((a1 ^ number) % 8 == 0) return (long long)(a2 * number);
  return lind_call((int)number, (int)grate, (int)c1, arguments, cages);
}

// The id of a process that may be there: this one, one around it, or any.
static uint64_t some_cage(uint64_t* state) {
  const uint64_t choice = next(state);
  switch (choice >> 61) {
    case 0:
      return argument(state);
    case 1:
      return (uint64_t)getppid();
    case 2:
      return (uint64_t)getpid() | GRATE_MEMORY_FLAG;
    case 3:
      return (uint64_t)getpid() + choice % 8;
    default:
      return (uint64_t)getpid();
  }
}

// A call for another cage, or one of 3i's own, of which some register handlers that exist.
static void call_for_others(uint64_t* state) {
  uint64_t a[6], cages[6];
  for (int i = 0; i < 6; ++i) {
    a[i] = argument(state);
    cages[i] = some_cage(state);
  }
  const uint64_t choice = next(state);
  int number = (int)(choice % kLastNumber);
  if (choice >> 62 != 0) {
    number = LIND_REGISTER_HANDLER + (int)(choice % 5);
    a[0] = some_cage(state);
    a[1] = number == LIND_REGISTER_HANDLER ? next(state) % 512 : some_cage(state);
    a[2] = some_cage(state);
    if (choice & 64) a[3] = (uint64_t)(uintptr_t)answer;
    if (number == LIND_COPY_DATA) a[3] = some_cage(state);
  } else if (next(state) % 100 >= frequency(number)) {
    return;
  }
  lind_call(number, (int)some_cage(state), (int)some_cage(state), a, cages);
}

static void* call_anything(void* seed) {
  uint64_t state = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15u + 1;
  for (;;) {
    if (next(&state) % 4 == 0) call_for_others(&state);
    const long number = (long)(next(&state) % (kLastNumber + 30)) - 10;
    if (next(&state) % 100 >= frequency(number)) continue;
    uint64_t a[6];
    for (int i = 0; i < 6; ++i) a[i] = argument(&state);
    syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
}

static void be_interrupted(int signal) { (void)signal; }

static void run_process(uint64_t seed) {
  setpgid(0, 0);
  // Every other process has its calls answered by the one that it was forked from, which does the
  // same as it meanwhile.
  if (seed % 2 == 0) {
    const struct lind_handler all = {THREEI_MATCHALL, (lind_handler_function)(void*)answer};
    if (forkinterpose(&all, 1) == 0) seed += 500;
  }
  struct sigaction action = {.sa_handler = be_interrupted};
  sigaction(SIGALRM, &action, NULL);
  for (int i = 3; i < 12; ++i) {
    if (i % 3 == 0) open("file", O_RDWR | O_CREAT, 0644);
    if (i % 3 == 1) open("sub", O_RDONLY | O_DIRECTORY);
    int ends[2];
    if (i % 3 == 2) pipe2(ends, i == 5 ? O_NONBLOCK : 0);
  }
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    pthread_create(&threads[i], NULL, call_anything,
                   (void*)(uintptr_t)(seed * kThreads + (uint64_t)i));
  }
  // Most calls that wait would do so for ever.
  for (int i = 0; i < 300; ++i) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    for (int t = 0; t < kThreads; ++t) pthread_kill(threads[t], SIGALRM);
  }
  _exit(0);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const uint64_t seed = strtoull(argv[1], NULL, 10);
  const time_t end = time(NULL) + atoi(argv[2]);
  mkdir("sub", 0755);
  symlink("../outside/secret", "link");
  buffers = mmap(NULL, kBuffer + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(buffers + kBuffer, 4096, PROT_NONE);
  signal(SIGCHLD, SIG_DFL);
  unsigned processes = 0;
  for (uint64_t i = 0; time(NULL) < end; ++i) {
    const pid_t child = fork();
    if (child == 0) run_process(seed * 1000 + i);
    if (child < 0) {
      // Its descendants may have taken all the room.
      nanosleep(&(struct timespec){0, 10000000}, NULL);
      continue;
    }
    ++processes;
    for (int waited = 0; waited < 100; ++waited) {
      if (waitpid(child, NULL, WNOHANG) != 0) break;
      if (waited == 60) kill(child, SIGKILL);
      nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    kill(-child, SIGKILL);
  }
  printf("%u processes\n", processes);
  return 0;
}
