#!/usr/bin/env bash
# Tests what `linden run` offers for programs of `linden cc`: limits of each process, and listings of
# all of them.
# usage: cage_test.sh LINDEN [SYSROOT]
set -uo pipefail

linden=$(realpath "$1")
sysroot=${2:-$(dirname "$linden")/sysroot}
export LINDEN_SYSROOT=$sysroot
# shellcheck source=expect.sh
source "$(dirname "$0")/expect.sh"
[[ -f $sysroot/lib/libc.a ]] || { echo "skipped: no C library in $sysroot"; exit 77; }

# Opens as many descriptors as it can; computes; starts processes.
cat >program.c <<'C'
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static void late(int signal) { write(1, "time is up\n", 11); _exit(signal == SIGXCPU ? 7 : 8); }
int main(int argc, char** argv) {
  if (strcmp(argv[1], "descriptors") == 0) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("limit %d %d\n", (int)limit.rlim_cur, (int)limit.rlim_max);
    int last, fd;
    while ((fd = open("/dev/null", O_RDONLY)) >= 0) last = fd;
    printf("last %d, %s\n", last, strerror(errno));
    ++limit.rlim_max;
    printf("more: %d\n", setrlimit(RLIMIT_NOFILE, &limit));
  } else if (strcmp(argv[1], "compute") == 0) {
    if (argc > 2) signal(SIGXCPU, late);
    for (volatile long i = 0;; ++i) if (argc > 2) getppid();
  } else if (strcmp(argv[1], "child computes") == 0) {
    if (fork() == 0) for (volatile long i = 0;; ++i) continue;
    int status;
    wait(&status);
    printf("signal %d\n", WTERMSIG(status));
  } else {
    int ends[2], signal;
    sigset_t set;
    siginfo_t ended;
    pipe(ends);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    const pid_t first = getpid(), zombie = fork();
    if (zombie == 0) _exit(3);
    if (fork() == 0) {
      close(ends[1]);
      for (int i = 0; i < 100; ++i) getppid();
      if (fork() == 0) {
        char c;
        close(0);
        kill(first, SIGUSR2);
        read(ends[0], &c, 1);
      } else {
        wait(NULL);
      }
      _exit(0);
    }
    sigwait(&set, &signal);
    waitid(P_PID, zombie, &ended, WEXITED | WNOWAIT);
    puts("ready");
    fflush(stdout);
    getchar();
    close(ends[1]);
    while (wait(NULL) > 0) continue;
  }
  return 0;
}
C
expect 0 '' "$linden" cc -O1 -w program.c -o program
run=("$linden" run --tier fast)

expect 0 'limit 20 20.*last 19, Too many open files.*more: -1' "${run[@]}" --fds 20 program descriptors
expect 125 'fds.*range' "${run[@]}" --fds 2 program descriptors
expect 152 '' "${run[@]}" --cpu-time 1 program compute
expect 7 'time is up' "${run[@]}" --cpu-time 1 program compute handled
expect 0 'signal 24' "${run[@]}" --cpu-time 1 program 'child computes'
expect 125 'cpu-time' "${run[@]}" --cpu-time 0 program compute
expect 125 'descriptor 77 is not open' "${run[@]}" --status-fd 77 program descriptors
expect 0 'guest memory.*id +parent.*  2 +1 +2 .*program descriptors' "${run[@]}" --stats program descriptors
expect 0 '"processes":\[\{"id":2,' "${run[@]}" --stats --json program descriptors

# SIGUSR1 while three processes live and one has ended; $1: where listings go.
listing() {
  mkfifo in
  # Of a listing before this one.
  rm -f out status errors
  "${run[@]}" "$@" program tree <in >out 3>status 2>errors &
  local linden_process=$! fd
  exec {fd}>in
  while ! grep -q ready out 2>/dev/null; do sleep 0.05; done
  kill -USR1 $linden_process
  for _ in {1..100}; do
    [[ -s status || -s errors ]] && break
    sleep 0.05
  done
  exec {fd}>&-
  wait $linden_process
  local code=$?
  cat status errors
  rm -f in
  return $code
}
number='[0-9]+'
expect 0 "id +parent.* 2 +1 +2 +1 +5 .*  program tree.* 3 +2 +2 +0 +0 +0 .*    \(ended\).* 4 +2 +2 +1 +4 .*    program tree.* 5 +4 +2 +1 +3 .*      program tree" listing --stats
expect 0 "\{\"reason\":\"signal\",\"processes\":\[\{\"id\":2,\"parent\":1,\"group\":2,\"session\":1,\"state\":\"alive\",\"threads\":1,\"descriptors\":5,\"memory\":$number,.*\"system_calls\":$number,\"args\":\[\"program\",\"tree\"\]\},\{\"id\":3,.*\"state\":\"ended\"\},\{\"id\":4,.*\]\}.*\"reason\":\"end\"" listing --status-fd 3
expect 0 '^4$' python3 -c '
import json
lines = [json.loads(line) for line in open("status")]
assert [line["reason"] for line in lines] == ["signal", "end"]
busy = [process for process in lines[0]["processes"] if process["id"] == 4][0]
assert busy["system_calls"] >= 100, busy
print(len(lines[0]["processes"]))'

# Without isolation there is one memory: a program runs, with threads, and starts no other.
cat >one_memory.c <<'C'
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static void* add(void* sum) { return ++*(int*)sum, (void*)0; }
int main(void) {
  int sum = 1;
  pthread_t thread;
  pthread_create(&thread, 0, add, &sum);
  pthread_join(thread, 0);
  int forked = fork() == -1 && errno == ENOSYS;
  char* arguments[] = {"one_memory", 0};
  int executed = execv("/proc/self/exe", arguments) == -1 && errno == ENOSYS;
  pid_t child;
  int spawned = posix_spawn(&child, "/proc/self/exe", 0, 0, arguments, arguments + 1) == ENOSYS;
  printf("%d %d %d %d\n", sum, forked, executed, spawned);
  return 0;
}
C
expect 0 '' "$linden" cc -O1 -w one_memory.c -o one_memory
expect 0 '^2 1 1 1$' "${run[@]}" --sfi none --unsafe --dir . one_memory

finish
