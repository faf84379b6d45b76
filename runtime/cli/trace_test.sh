#!/usr/bin/env bash
# Tests `linden trace` with programs of `linden cc`.
# usage: trace_test.sh LINDEN SYSROOT
set -uo pipefail

linden=$(realpath "$1")
export LINDEN_SYSROOT=$2
# shellcheck source=expect.sh
source "$(dirname "$0")/expect.sh"
[[ -f $LINDEN_SYSROOT/lib/libc.a ]] || { echo "skipped: no C library in $LINDEN_SYSROOT"; exit 77; }

cat >program.c <<'C'
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
static void handle(int signal) { getppid(); }
static void* make_calls(void* argument) {
  for (int i = 0; i < 500; ++i) close(1000 + (int)(long)argument);
  return NULL;
}
static void interrupt_read(int flags) {
  int ends[2];
  char c;
  struct sigaction action = {.sa_handler = handle, .sa_flags = flags};
  const struct itimerval soon = {.it_value = {0, 50000}};
  pipe(ends);
  sigaction(SIGALRM, &action, NULL);
  if (flags == SA_RESTART && fork() == 0) {
    usleep(200000);
    _exit(write(ends[1], "x", 1) != 1);
  }
  setitimer(ITIMER_REAL, &soon, NULL);
  read(ends[0], &c, 1);
  wait(NULL);
}
int main(int argc, char** argv) {
  const char* what = argv[1];
  if (strcmp(what, "files") == 0) {
    int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0640);
    write(fd, "one\ntwo\n", 8);
    lseek(fd, -4, SEEK_END);
    char text[64];
    read(fd, text, sizeof text);
    open("nowhere", O_RDONLY | O_CLOEXEC);
    unlink("file");
    return 3;
  } else if (strcmp(what, "processes") == 0) {
    if (fork() == 0) _exit(7);
    wait(NULL);
    if (fork() == 0) kill(getpid(), SIGTERM);
    wait(NULL);
    if (fork() == 0) execl("/here/program", "program", "abort", NULL);
    wait(NULL);
  } else if (strcmp(what, "threads") == 0) {
    pthread_t threads[8];
    for (long i = 0; i < 8; ++i) pthread_create(&threads[i], NULL, make_calls, (void*)i);
    for (int i = 0; i < 8; ++i) pthread_join(threads[i], NULL);
  } else if (strcmp(what, "interrupted") == 0) {
    interrupt_read(0);
  } else if (strcmp(what, "restarted") == 0) {
    interrupt_read(SA_RESTART);
  } else if (strcmp(what, "abort") == 0) {
    abort();
  } else if (strcmp(what, "killed while it waits") == 0) {
    const pid_t child = fork();
    if (child == 0) for (;;) pause();
    usleep(50000);
    kill(child, SIGKILL);
    wait(NULL);
  } else if (strcmp(what, "hang") == 0) {
    write(1, "ready\n", 6);
    sleep(100);
  } else if (strcmp(what, "trap") == 0) {
    *(volatile char*)NULL = 0;
  }
  return 0;
}
C
expect 0 '' "$linden" cc -O1 -w -pthread program.c -o program
trace=("$linden" trace --tier fast --dir "$work::/here" --cwd /here)

# lines PATTERN COMMAND...: the trace, each line of which must be one of the command's in this order. A pattern has a
# regular expression on each of its lines; other lines may lie between.
lines() {
  local patterns=$1 pattern line
  shift
  "$@" 2>trace.out >/dev/null </dev/null
  exec {fd}<trace.out
  while IFS= read -r pattern; do
    while true; do
      if ! IFS= read -r line <&"$fd"; then
        printf 'FAILED: %s\n  no line (in this order) matches: %s\n' "$*" "$pattern"
        sed 's/^/  | /' trace.out
        failures=$((failures + 1))
        exec {fd}<&-
        return
      fi
      [[ $line =~ ^$pattern$ ]] && break
    done
  done <<<"$patterns"
  exec {fd}<&-
}

lines 'openat\(AT_FDCWD, "file", O_RDWR\|O_CREAT\|O_TRUNC, 0640\) = 3
write\(3, "one\\ntwo\\n", 8\)  +  = 8
lseek\(3, -4, SEEK_END\)  +  = 4
read\(3, "two\\n", 64\)  +  = 4
openat\(AT_FDCWD, "nowhere", O_RDONLY\|O_CLOEXEC\) = -1 ENOENT \(No such file or directory\)
unlink\("file"\)  +  = 0
exit_group\(3\)  +  = \?
\+\+\+ exited with 3 \+\+\+' "${trace[@]}" program files
expect 3 'write\(3, "on"\.\.\., 8\)' "${trace[@]}" -s 2 program files

# What is shown is what was asked for.
expect 3 '^openat\([^)]*"file"[^)]*\) = 3.openat\([^)]*\) = -1 [^)]*\).unlink\("file"\) += 0.\+\+\+ exited with 3 \+\+\+$' \
  "${trace[@]}" -e trace=openat,unlink program files
# The last -e counts.
expect 3 '^write\(.*\) += 8.\+\+\+ exited with 3 \+\+\+$' "${trace[@]}" -e openat -e trace=write program files
expect 0 '^0$' bash -c "'$linden' trace --tier fast --dir '$work::/here' --cwd /here -e 'trace=!%desc' program files 2>&1 >/dev/null | grep -Ec '^(openat|write|lseek|read|close)\('; true"
expect 0 '^1$' bash -c "'$linden' trace --tier fast --dir '$work::/here' --cwd /here -e %desc program files 2>&1 >/dev/null | grep -c '^write('"
expect 0 '^0$' bash -c "'$linden' trace --tier fast --dir '$work::/here' --cwd /here -e %memory program files 2>&1 >/dev/null | grep -Evc '^(brk|mmap|munmap|mprotect|\+\+\+)'; true"
expect 125 'no system call "opennat"' "${trace[@]}" -e trace=openat,opennat program files
expect 125 'no class "%network2", only .*%file' "${trace[@]}" -e %network2 program files

# Counts instead of lines.
expect 3 '^% time     seconds  usecs/call     calls    errors syscall.*[0-9]\.[0-9]{6} +[0-9]+ +2 +1 openat.*100\.00 +[0-9.]+ +[0-9]+ +[0-9]+ +1 total$' \
  "${trace[@]}" -c program files
expect 0 ' 4000 +4000 close' "${trace[@]}" -c -e close program threads

# Into a file; the program's own output is left alone.
expect 3 '^$' "${trace[@]}" -o calls program files
expect 0 '^openat.*O_TRUNC, 0640\) = 3' grep O_TRUNC calls
expect 125 'cannot write to /nowhere/calls: No such file' "${trace[@]}" -o /nowhere/calls program files
expect 3 'writing to /dev/full has failed: No space' "${trace[@]}" -o /dev/full program files

# Without -f, no other process; with it, all of them, and whose each line is.
lines '(clone|fork)\(.*SIGCHLD.*\) = 3
wait4\(-1, NULL, 0, NULL\)  +  = 3
\+\+\+ exited with 0 \+\+\+' "${trace[@]}" program processes
expect 1 '^$' grep -E 'exit_group\(7\)|killed by' trace.out
lines '\[pid     3\] exit_group\(7\)  +  = \?
\[pid     3\] \+\+\+ exited with 7 \+\+\+
\[pid     2\] wait4\(-1, NULL, 0, NULL\) += 3
\[pid     [34]\] kill\([34], SIGTERM\)  +  = 0
\[pid     [34]\] \+\+\+ killed by SIGTERM \+\+\+
\[pid     [345]\] execve\("/here/program", \["program", "abort"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) = 0
\[pid     [345]\] \+\+\+ killed by SIGABRT \+\+\+
\[pid     2\] \+\+\+ exited with 0 \+\+\+' "${trace[@]}" -f program processes
expect 0 '' "${trace[@]}" -f -o calls program processes
expect 0 '^3     exit_group\(7\) += \?$' grep 'exit_group(7)' calls

# Lines stay whole.
"${trace[@]}" -f -e close program threads 2>calls
expect 0 '^4000$' grep -Ec '^\[pid +[0-9]+\] close\(100[0-7]\) +  = -1 EBADF \(Bad file descriptor\)$' calls
expect 0 '^8$' bash -c "grep -E '^\[pid +[0-9]+\] \+\+\+ exited with 0 \+\+\+$' calls | grep -vc 'pid     2'"

# Signals, and what becomes of the call that they interrupt.
lines 'read\(3, 0x[0-9a-f]+, 1\)  +  = -1 EINTR \(Interrupted system call\)
--- SIGALRM \{si_signo=SIGALRM, si_code=SI_KERNEL\} ---
getppid\(\)  +  = 1
wait4\(.*\) += -1 ECHILD \(No child processes\)' "${trace[@]}" program interrupted
lines 'read\(3, 0x[0-9a-f]+, 1\)  +  = \? ERESTARTSYS \(To be restarted if SA_RESTART is set\)
--- SIGALRM .* ---
getppid\(\)  +  = 1
read\(3, "x", 1\)  +  = 1' "${trace[@]}" program restarted
lines '\[pid     3\] pause\(\)  +  = \?
\[pid     3\] \+\+\+ killed by SIGKILL \+\+\+
\[pid     2\] wait4\(-1, NULL, 0, NULL\)  +  = 3' "${trace[@]}" -f program 'killed while it waits'
expect 139 '\+\+\+ killed by SIGSEGV \+\+\+' "${trace[@]}" program trap

# Whoever stops linden sees where the program was.
stopped() {
  "${trace[@]}" "$@" program hang >out 2>calls &
  local pid=$!
  for _ in {1..200}; do
    grep -q ready out 2>/dev/null && break
    sleep 0.05
  done
  sleep 0.2
  kill -TERM $pid
  wait $pid
  local code=$?
  cat calls
  return $code
}
expect 143 'write\(1, "ready\\n", 6\) += 6.*nanosleep\(.*tv_sec=100, .*\) = \?$' stopped
expect 143 ' 1           clock_nanosleep.* total$' stopped -c

lines ' +0\.[0-9]{6} openat\(.* = 3 <0\.[0-9]{6}>
 +0\.[0-9]{6} write\(.* = 8 <0\.[0-9]{6}>' "${trace[@]}" -r -T program files

# The options of `linden run` work, and other programs are refused.
expect 125 'linden trace: --fds: .*range 3 to 65536' "${trace[@]}" --fds 2 program files
printf '(module (func (export "_start")))' >wasi.wat
expect 126 'linden trace is for programs of .linden cc.' "$linden" trace wasi.wat
expect 127 'linden trace: cannot open nowhere' "$linden" trace nowhere
expect 0 'Usage: linden trace .*--follow-forks' "$linden" trace --help

# Under a grate, both the program's calls and those that the grate forwards, whose pointers are not the grate's.
cat >grate.c <<'C'
#include <linden/grate.h>
static long long forward(struct grate_call* call) { return grate_forward(call); }
int main(int argc, char** argv) {
  grate_handle("openat", forward);
  return grate_run(argv + 1);
}
C
if [[ -f $LINDEN_SYSROOT/lib/liblinden.a ]]; then
  expect 0 '' "$linden" cc -O1 grate.c -o grate
  lines '\[pid     [0-9]+\] openat\(AT_FDCWD, 0x[0-9a-f]+, O_RDONLY\|O_CLOEXEC\) = -1 ENOENT .*
\[pid     3\] openat\(AT_FDCWD, "nowhere", O_RDONLY\|O_CLOEXEC\) = -1 ENOENT .*
\[pid     3\] \+\+\+ exited with 3 \+\+\+' "${trace[@]}" -f grate /here/program files
fi

finish
