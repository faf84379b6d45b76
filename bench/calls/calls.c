// What system calls, threads and processes cost: prints a line `name nanoseconds` for each. The
// same source is compiled natively and by `linden cc`; bench/benchlib/micro.py compares.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

extern char** environ;

static char buffer[1 << 16];
static int zero, null, file, ends[2], back[2];
static const char* path;
static char self[4096];
static int futex_word;

static void getppid_(void) { syscall(SYS_getppid); }
static void clock_(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
}
static void read_zero(void) { read(zero, buffer, 1); }
static void write_null(void) { write(null, buffer, 1); }
static void pread_4k(void) { pread(file, buffer, 4096, 0); }
static void pwrite_4k(void) { pwrite(file, buffer, 4096, 0); }
static void pread_64k(void) { pread(file, buffer, 65536, 0); }
static void open_close(void) { close(open(path, O_RDONLY)); }
static void stat_(void) {
  struct stat status;
  stat(path, &status);
}
static void lseek_(void) { lseek(file, 0, SEEK_SET); }
static void futex_wake(void) { syscall(SYS_futex, &futex_word, 1 /* FUTEX_WAKE */, 1); }
static void mmap_munmap(void) {
  munmap(mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1 << 16);
}
// What the first access to each page of fresh memory costs, and to one page that was taken away and
// given back.
enum { kPage = 4096, kPages = 256 };
static void touch_256_pages(void) {
  volatile char* memory =
      mmap(NULL, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < kPages; ++i) memory[i * kPage] = 1;
  munmap((void*)memory, kPages * kPage);
}
static char* mapped;
static void mprotect_touch(void) {
  mprotect(mapped, 1 << 16, PROT_NONE);
  mprotect(mapped, 1 << 16, PROT_READ | PROT_WRITE);
  *(volatile char*)mapped = 1;
}
static void madvise_touch(void) {
  madvise(mapped, 1 << 16, MADV_DONTNEED);
  *(volatile char*)mapped = 1;
}
static void pipe_alone(void) {
  write(ends[1], buffer, 1);
  read(ends[0], buffer, 1);
}
static void sigprocmask_(void) { sigprocmask(SIG_BLOCK, NULL, NULL); }
static void raise_(void) { raise(SIGUSR1); }
static void handler(int number) { (void)number; }
static void sigaction_(void) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGUSR2, &action, NULL);
}

// Two processes that answer each other's SIGUSR2, which both have blocked.
static sigset_t answers;
static pid_t partner;
static void signal_round_trip(void) {
  kill(partner, SIGUSR2);
  sigwaitinfo(&answers, NULL);
}
static void answer_signals(void) {
  for (;;) {
    sigwaitinfo(&answers, NULL);
    kill(getppid(), SIGUSR2);
  }
}

static jmp_buf place;
static void jump(void) {
  if (setjmp(place) == 0) longjmp(place, 1);
}

static void* nothing(void* argument) { return argument; }
static void create_join(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, nothing, NULL);
  pthread_join(thread, NULL);
}

static void* echo(void* argument) {
  char c;
  (void)argument;
  while (read(ends[0], &c, 1) == 1 && c != 'q') write(back[1], &c, 1);
  return NULL;
}
static void round_trip(void) {
  char c = 'x';
  write(ends[1], &c, 1);
  read(back[0], &c, 1);
}

static void fork_exit(void) {
  pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
}
static void vfork_exit(void) {
  pid_t child = vfork();
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
}
static void fork_exec(void) {
  pid_t child = fork();
  if (child == 0) {
    execl(self, self, "exit", (char*)NULL);
    _exit(1);
  }
  waitpid(child, NULL, 0);
}
static void vfork_exec(void) {
  pid_t child = vfork();
  if (child == 0) {
    execl(self, self, "exit", (char*)NULL);
    _exit(1);
  }
  waitpid(child, NULL, 0);
}

int main(int argc, char** argv) {
  if (argc > 1 && !strcmp(argv[1], "exit")) return 0;
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  self[length > 0 ? length : 0] = '\0';
  static char name[] = "/tmp/linden-bench-XXXXXX";
  file = mkstemp(name);
  path = name;
  for (int i = 0; i < 16; ++i) pwrite(file, buffer, 4096, i * 4096);
  zero = open("/dev/zero", O_RDONLY);
  null = open("/dev/null", O_WRONLY);
  pipe(ends);
  pipe(back);
  signal(SIGUSR1, handler);
  mapped = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  struct {
    const char* name;
    void (*operation)(void);
    int batch, batches;
  } all[] = {
      {"getppid", getppid_, 10000, 30},
      {"clock_gettime", clock_, 10000, 30},
      {"sigprocmask", sigprocmask_, 10000, 30},
      {"lseek", lseek_, 10000, 30},
      {"read_1_zero", read_zero, 5000, 30},
      {"write_1_null", write_null, 5000, 30},
      {"pread_4k", pread_4k, 3000, 30},
      {"pwrite_4k", pwrite_4k, 3000, 30},
      {"pread_64k", pread_64k, 500, 30},
      {"open_close", open_close, 1000, 30},
      {"stat", stat_, 1000, 30},
      {"futex_wake", futex_wake, 10000, 30},
      {"mmap_munmap_64k", mmap_munmap, 1000, 30},
      {"touch_256_pages", touch_256_pages, 10, 30},
      {"mprotect_touch", mprotect_touch, 500, 30},
      {"madvise_touch", madvise_touch, 500, 30},
      {"pipe_alone", pipe_alone, 3000, 30},
      {"sigaction", sigaction_, 10000, 30},
      {"signal_to_self", raise_, 2000, 30},
      {"setjmp_longjmp", jump, 10000, 30},
      {"thread_create_join", create_join, 50, 30},
  };
  for (unsigned i = 0; i < sizeof all / sizeof *all; ++i) {
    if (wanted(argc, argv, all[i].name)) {
      measure(all[i].name, all[i].operation, all[i].batch, all[i].batches);
    }
  }
  if (wanted(argc, argv, "pipe_threads")) {
    pthread_t thread;
    pthread_create(&thread, NULL, echo, NULL);
    measure("pipe_threads", round_trip, 500, 30);
    write(ends[1], "q", 1);
    pthread_join(thread, NULL);
  }
  if (wanted(argc, argv, "pipe_processes")) {
    pid_t child = fork();
    if (child == 0) {
      echo(NULL);
      _exit(0);
    }
    measure("pipe_processes", round_trip, 500, 30);
    write(ends[1], "q", 1);
    waitpid(child, NULL, 0);
  }
  if (wanted(argc, argv, "signal_processes")) {
    sigemptyset(&answers);
    sigaddset(&answers, SIGUSR2);
    sigprocmask(SIG_BLOCK, &answers, NULL);
    partner = fork();
    if (partner == 0) answer_signals();
    measure("signal_processes", signal_round_trip, 500, 30);
    kill(partner, SIGKILL);
    waitpid(partner, NULL, 0);
  }
  if (wanted(argc, argv, "fork_small")) measure("fork_small", fork_exit, 20, 30);
  if (wanted(argc, argv, "vfork_small")) measure("vfork_small", vfork_exit, 20, 30);
  if (wanted(argc, argv, "fork_exec")) measure("fork_exec", fork_exec, 5, 20);
  if (wanted(argc, argv, "vfork_exec")) measure("vfork_exec", vfork_exec, 5, 20);
  for (int mebibytes = 1; mebibytes <= 256; mebibytes *= 16) {
    char test[30];
    snprintf(test, sizeof test, "fork_%d_mib", mebibytes);
    if (!wanted(argc, argv, test)) continue;
    char* volatile memory = malloc((size_t)mebibytes << 20);
    memset(memory, 1, (size_t)mebibytes << 20);
    measure(test, fork_exit, 1, mebibytes > 100 ? 5 : 20);
    free(memory);
  }
  unlink(path);
  return 0;
}
