// Runs a command and writes what it cost to a file.
//
// usage: measure FILE REPEAT PROCESSOR COMMAND [ARGUMENT...]
// The command runs on that processor only, or on any if it is -1. FILE receives one line for each
// repetition: nanoseconds of wall time, of user time, of system time, peak resident KiB, exit
// status (128 + signal if it was killed).
//
// A separate small program, because a child's peak memory includes that of the process it was
// started from, and because starting a process from an interpreter takes longer than a cached
// program needs to run.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long wall_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static long long nanoseconds(struct timeval t) {
  return t.tv_sec * 1000000000ll + t.tv_usec * 1000ll;
}

static int run_once(char** command, int processor, FILE* report) {
  long long start = wall_now();
  pid_t child = fork();
  if (child < 0) {
    perror("measure: fork");
    return 125;
  }
  if (child == 0) {
    // A harness that gives up on us must not leave the command running.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (processor >= 0) {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(processor, &set);
      if (sched_setaffinity(0, sizeof set, &set) < 0) {
        perror("measure: sched_setaffinity");
        _exit(125);
      }
    }
    execvp(command[0], command);
    fprintf(stderr, "measure: %s: ", command[0]);
    perror(NULL);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) {
    perror("measure: wait4");
    return 125;
  }
  long long wall = wall_now() - start;
  int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  fprintf(report, "%lld %lld %lld %ld %d\n", wall, nanoseconds(usage.ru_utime),
          nanoseconds(usage.ru_stime), usage.ru_maxrss, code);
  return code;
}

int main(int argc, char** argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: measure FILE REPEAT PROCESSOR COMMAND [ARGUMENT...]\n");
    return 2;
  }
  FILE* report = fopen(argv[1], "w");
  if (!report) {
    perror(argv[1]);
    return 2;
  }
  int code = 0;
  for (int i = 0; i < atoi(argv[2]) && code == 0; i++)
    code = run_once(argv + 4, atoi(argv[3]), report);
  return fclose(report) == 0 ? code : 2;
}
