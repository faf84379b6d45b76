#!/usr/bin/env bash
# Tests of grates: the library, 3i's rights, and each grate of examples/grates, as a user runs them.
#
#     run.sh LINDEN SYSROOT [NAME...]      NAMEs choose tests, the functions test_NAME below
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
linden=$(realpath "$1")
LINDEN_SYSROOT=$(realpath "$2")
export LINDEN_SYSROOT
shift 2
if [[ ! -f $LINDEN_SYSROOT/lib/liblinden.a ]]; then
  echo "skipped: no library for grates in $LINDEN_SYSROOT (scripts/build makes it)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cage"
cd "$work/cage" || exit 1
"$here/../../examples/grates/build" "$linden" "$LINDEN_SYSROOT" "$work/cage" >/dev/null || exit 1
compile() { "$linden" cc -O2 -Wall -Wextra "$here/$1.c" -o "$1" || exit 1; }
failures=0

run() { timeout 120 "$linden" run --tier fast --dir "$work/cage" --cwd "$work/cage" --env "PATH=$work/cage:/usr/bin:/bin" "$@"; }

fail() {
  printf 'FAILED: %s: %s\n' "$name" "$1"
  failures=$((failures + 1))
}

# AddressSanitizer warns, once in a process, that a guest's stack is not the thread's.
without_sanitizer_warning() {
  sed -e '/==WARNING: ASan is ignoring /d' -e '/^False positive error reports may follow/d' \
    -e '/sanitizers\/issues\/189$/d'
}

# expect CODE OUTPUT COMMAND...: the exit code, and what standard output and error are together: exactly, or
# if it begins with ~, a pattern in them.
expect() {
  local code=$1 wanted=$2 actual output
  shift 2
  output=$(run "$@" 2>&1 </dev/null | without_sanitizer_warning)
  actual=$?
  if [[ $actual -ne $code ]]; then
    fail "exit code $actual, expected $code: $*"
  elif [[ $wanted == "~"* ]]; then
    [[ $output =~ ${wanted#\~} ]] && return
    fail "no '${wanted#\~}': $*"
  else
    [[ $output == "$wanted" ]] && return
    fail "$*"
    diff <(echo "$wanted") <(echo "$output") | head -10
    return
  fi
  printf '%s\n' "$output" | tail -10
}

sh=/bin/sh

test_rights() {
  compile attacks
  expect 0 '~attempts end as they should' attacks
}

test_calls() {
  compile calls
  expect 0 '~passed' calls
}

test_starvation() {
  compile starvation
  expect 0 'all calls were answered by the grate' starvation
}

# Whatever a grate is asked that makes no sense, it says so, and how to ask it.
test_usage() {
  local grate
  for grate in *.grate; do
    expect 0 "~^usage: $grate " "$grate" --help
    expect 2 "~: .*usage: $grate " "$grate" --no-such-option
    expect 2 "~: .*usage: $grate " "$grate"
  done
  expect 127 '~cannot run ./nothing: No such file' geteuid.grate ./nothing
  expect 126 '~cannot run ./notes: Permission denied|Exec format error' geteuid.grate ./notes
  expect 137 '' geteuid.grate $sh -c 'kill -9 $$'
}

test_geteuid() {
  printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("%%d\\n", (int)geteuid()); return 3; }\n' >euid.c
  "$linden" cc euid.c -o euid
  expect 3 77 geteuid.grate -u 77 ./euid
  expect 3 0 geteuid.grate ./euid
  # The one that is put last is asked first, and does not ask further.
  expect 3 2 geteuid.grate -u 1 geteuid.grate -u 2 ./euid
}

test_strace() {
  expect 0 '~execve\("/bin/sh", \["/bin/sh", "-c", "echo hello >/dev/null"\], 0x[0-9a-f]+\) = 0' \
    strace.grate $sh -c 'echo hello >/dev/null'
  expect 0 'openat(AT_FDCWD, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3
write(1, "hello\n", 6) = 6' strace.grate -e trace=openat,write $sh -c 'echo hello >/dev/null'
  expect 0 'chdir("/nowhere") = -1 ENOENT (No such file or directory)' \
    strace.grate -e chdir $sh -c 'cd /nowhere 2>/dev/null; :'
  expect 0 '~\[pid [0-9]+\] exit_group\(0\) = \?' strace.grate -e exit_group $sh -c '(exit 4); :'
  expect 143 '~\+\+\+ killed by SIGTERM \+\+\+' strace.grate -e kill $sh -c 'kill $$'
  expect 0 '~errors syscall.* 1 +1 chdir' strace.grate -c $sh -c 'cd /nowhere 2>/dev/null; :'
  expect 0 '' strace.grate -o trace.txt $sh -c :
  grep -q '^[0-9]* exit_group(0) = ?' trace.txt || fail 'no trace in a file'
  expect 2 '~no such system call or class: nonsense' strace.grate -e nonsense $sh
  # Threads and processes at once: every line is whole.
  expect 0 '' strace.grate -o trace.txt $sh -c 'for i in 1 2 3 4 5 6 7 8; do (echo $i >/dev/null) & done; wait'
  grep -vqE '^[0-9]+ ([a-z_0-9]+\(.*\) += .*|\+\+\+ .* \+\+\+)$' trace.txt && fail "broken line: $(grep -vE '^[0-9]+ [a-z_0-9+]' trace.txt | head -1)"
  [[ $(grep -c 'write(1, "[1-8]\\n", 2)' trace.txt) -eq 8 ]] || fail 'writes are missing'
}

# The same by options of `linden run`.
test_option() {
  printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("%%d\\n", geteuid()); }\n' >identity.c
  "$linden" cc identity.c -o identity || exit 1
  expect 0 7 --grate 'geteuid:-u 7' identity
  expect 0 7 --grate 'geteuid: -u 6' --grate 'geteuid:-u 7' identity
  expect 0 '~geteuid\(\) = 6' --grate 'geteuid:-u 6' --grate 'strace:-e trace=geteuid' identity
  expect 0 7 --grate 'geteuid:-u 7' sh -c 'exec identity'
  expect 125 '~there is no .*/bin/none.grate' --grate none identity
  expect 125 '~takes NAME' --grate '' identity
  expect 127 '~nobody' --grate geteuid nobody
  # Without --dir the program is found all the same.
  [[ $("$linden" run --tier fast --grate 'geteuid:-u 7' identity) == 7 ]] || fail 'no program without --dir'
}

# A grate as they are written for lind: a dispatcher that is exported, and the raw interface.
test_dispatcher() {
  cat >dispatched.c <<'END'
#include <lind_syscall.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
__attribute__((export_name("pass_fptr_to_wt"))) int pass_fptr_to_wt(
    uint64_t function, uint64_t cage, uint64_t a1, uint64_t c1, uint64_t a2, uint64_t c2, uint64_t a3, uint64_t c3,
    uint64_t a4, uint64_t c4, uint64_t a5, uint64_t c5, uint64_t a6, uint64_t c6) {
  int (*handler)(uint64_t) = (int (*)(uint64_t))(uintptr_t)function;
  return handler(cage) + 1;
}
static int answer(uint64_t cage) { return cage == (uint64_t)getpid() ? 41 : 0; }
int main(void) {
  const int grate = getpid();
  const pid_t child = fork();
  if (child == 0) {
    register_handler(getpid(), SYS_geteuid, grate, (uint64_t)(uintptr_t)answer);
    printf("%d\n", geteuid());
    return 0;
  }
  wait(NULL);
}
END
  "$linden" cc -w dispatched.c -o dispatched || exit 1
  expect 0 42 dispatched
}

# Registering by the main thread, for a child, where a grate watches registrations.
test_watched_registration() {
  cat >watched.c <<'END'
#include <lind_syscall.h>
#include <linden/grate.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static long long pass(struct grate_call* call) { return grate_forward(call); }
static int answer(uint64_t cage) { return 42; }
int main(int argc, char** argv) {
  if (argc > 1) {
    grate_handle_number(LIND_REGISTER_HANDLER, pass);
    return grate_run(argv + 1);
  }
  int ends[2];
  char byte;
  pipe(ends);
  const pid_t child = fork();
  if (child == 0) {
    read(ends[0], &byte, 1);
    printf("%d\n", geteuid());
    return 0;
  }
  printf("%d ", register_handler(child, SYS_geteuid, getpid(), (uint64_t)(uintptr_t)answer));
  fflush(stdout);
  write(ends[1], "x", 1);
  wait(NULL);
}
END
  "$linden" cc -w watched.c -o watched || exit 1
  expect 0 '0 42' watched ./watched
}

test_seccomp() {
  printf 'default allow\ndeny EROFS mkdir mkdirat # comment\nkill chdir,fchdir\n' >policy
  expect 0 1 seccomp.grate policy -- $sh -c 'echo 1'
  expect 137 '' seccomp.grate policy $sh -c 'cd /; echo went on'
  expect 0 '~^seccomp: chdir \(80\) of process [0-9]+: killed.137$' seccomp.grate -l policy $sh -c '(cd /; echo went on); echo $?'
  printf 'default allow\ndeny EACCES openat\n' >policy
  expect 2 '~cannot create notes' seccomp.grate policy $sh -c 'echo >notes'
  # Only what is named: a shell that says something needs this.
  printf '%s\n' 'default kill' 'allow execve brk,mmap,munmap,set_tid_address,set_robust_list,prlimit64,readlink' \
    'allow getrandom rt_sigaction %signal getpid getppid getcwd %desc exit_group write' \
    'allow stat newfstatat geteuid getuid getgid getegid' >policy
  expect 0 1 seccomp.grate policy $sh -c 'echo 1'
  expect 137 '' seccomp.grate policy $sh -c '(echo 2); echo 3'
  # A policy that is not understood runs nothing.
  printf 'default deny\nallow raed\n' >policy
  expect 125 '~policy:2: no such system call or class: raed' seccomp.grate policy $sh -c 'echo 1'
  printf 'default maybe\n' >policy
  expect 125 '~policy:1: .default. takes' seccomp.grate policy $sh -c 'echo 1'
  expect 125 '~cannot read the policy' seccomp.grate no-policy $sh -c 'echo 1'
  # The grate is process 2, and not to be killed.
  printf 'default allow\n' >policy
  expect 0 '~still here' seccomp.grate policy $sh -c 'kill -9 2; kill -9 -1; echo still here'
  expect 137 '' seccomp.grate policy $sh -c 'kill -9 0'
}

test_imfs() {
  compile imfs_files
  clang-22 -w -O1 "$here/imfs_files.c" -o "$work/native"
  mkdir -p "$work/directory"
  "$work/native" "$work/directory" >"$work/expected"
  expect 0 "$(cat "$work/expected")" imfs.grate ./imfs_files /mem
  expect 0 "$(cat "$work/expected")" imfs.grate -d "$work/cage/beneath" ./imfs_files beneath
  [[ -e beneath ]] && fail 'files on the host'
  # Also where there is something already.
  mkdir -p hidden
  echo hidden >hidden/there
  expect 0 "$(cat "$work/expected")" imfs.grate -d "$work/cage/hidden" ./imfs_files hidden
  # Links outside that lead in, and one of several on the way.
  ln -sf /mem/a leads-in
  ln -sf /mem leads-to-all
  ln -sf leads-to-all/b again
  ln -sf hidden/b leads-to-hidden
  expect 0 'one
one
two
two' imfs.grate $sh -c 'echo one >/mem/a; read x <leads-in; echo $x; read x <leads-to-all/a; echo $x
    echo two >again; read x </mem/b; echo $x; cd leads-to-all; read x <b; echo $x'
  expect 0 'new' imfs.grate -d "$work/cage/hidden" $sh -c 'echo new >leads-to-hidden; read x <hidden/b; echo $x'
  [[ -e hidden/b ]] && fail 'a file beneath the file system'
  # In and out.
  rm -rf from to
  mkdir -p from/inner to
  mkfifo from/inner/fifo
  echo one >from/a
  seq 1 5000 >from/inner/b
  expect 0 one imfs.grate -p from -o to $sh -c 'read x </mem/a; echo $x; echo two >/mem/inner/c; echo more >>/mem/a'
  [[ $(cat to/a) == $'one\nmore' && $(cat to/inner/c) == two ]] || fail 'what was dumped'
  cmp -s from/inner/b to/inner/b || fail 'what was copied in and out'
  # The FIFO is outside of the grate's memory, and only the grate sees where.
  expect 0 'none' imfs.grate -p from $sh -c 'for f in /dev/shm/imfs-*/[0-9]*; do [ -e $f ] && echo $f; done; echo none'
  [[ -p to/inner/fifo ]] || fail 'a FIFO that was copied in and out'
  [[ $(cat from/a) == one ]] || fail 'what was preloaded was changed'
  expect 2 '~I/O error' imfs.grate -s 8K $sh -c 'x=0123456789012345678901234567890123456789; for i in 1 2 3 4 5 6 7 8; do x=$x$x; done; echo $x >/mem/large || exit 2'
  expect 125 '~no-such: No such file' imfs.grate -p no-such $sh
  # Who is not root is held to what modes say.
  rm -rf modes
  mkdir -p modes/closed modes/unlisted
  echo text >modes/closed/file
  echo text >modes/unlisted/file
  echo text >modes/fixed
  chmod 444 modes/fixed
  chmod 555 modes/closed
  chmod 666 modes/unlisted
  local tries='try() { if (eval "$1") 2>/dev/null; then echo yes; else echo no; fi; }
    cd /mem; try "echo x >fixed"; try "read x <fixed"; try "echo x >closed/new"; try "echo x >closed/file"; try "read x <unlisted/file"'
  expect 0 $'no\nyes\nno\nyes\nno' geteuid.grate -u 1000 imfs.grate -p modes $sh -c "$tries"
  expect 0 $'yes\nyes\nyes\nyes\nyes' geteuid.grate -u 0 imfs.grate -p modes $sh -c "$tries"
  chmod -R u+rwx modes
}

# The same changes of a file, without and with memory that shows it, on the host and in the grate.
test_contents_of_imfs() {
  compile imfs_contents
  local seed
  for seed in 1 2 3; do
    expect 0 'as it should be' imfs_contents file.random $seed
    expect 0 'as it should be' imfs.grate ./imfs_contents /mem/file $seed
  done
}

# Programs, scripts and interpreters that only a grate has; found, read and begun as on the host.
test_exec_from_grates() {
  cat >shown.c <<'END'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
extern char** environ;
static void try(const char* what, int (*run)(char** argv), char** argv) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    run(argv);
    printf("%s: %s\n", what, strerrorname_np(errno));
    fflush(stdout);
    _exit(9);
  }
  int status;
  waitpid(child, &status, 0);
  printf("%s: %d\n", what, WEXITSTATUS(status));
}
static int by_path(char** argv) { return execve(argv[0], argv, environ); }
static int by_descriptor(char** argv) { return fexecve(open(argv[0], O_RDONLY | O_CLOEXEC), argv, environ); }
static int by_directory(char** argv) { return execveat(open("inner", O_DIRECTORY), "shown", argv, environ, 0); }
int main(int argc, char** argv) {
  if (argc > 1) {
    char path[4096] = "";
    printf("%d", argc);
    for (int i = 1; i < argc; ++i) printf(" %s", argv[i]);
    if (readlink("/proc/self/exe", path, sizeof path - 1) > 0 && strcmp(argv[1], "where") == 0) printf(" %s", path);
    puts("");
    return 5;
  }
  char *file[] = {"./shown", "one", "two", 0}, *script[] = {"./script", "three", 0}, *plain[] = {"./plain", 0};
  char *folder[] = {"./inner", 0}, *missing[] = {"./missing", 0}, *text[] = {"./text", 0}, *loop[] = {"./loop", 0};
  try("file", by_path, file);
  try("script", by_path, script);
  try("not executable", by_path, plain);
  try("directory", by_path, folder);
  try("missing", by_path, missing);
  try("no program", by_path, text);
  try("loop", by_path, loop);
  try("descriptor", by_descriptor, file);
  try("beneath a directory", by_directory, file);
}
END
  "$linden" cc -w shown.c -o shown || exit 1
  clang-22 -w -O1 shown.c -o "$work/shown" || exit 1
  rm -rf programs
  mkdir -p programs/inner "$work/programs/inner"
  printf '#!./shown by\n' >programs/script
  printf '#!./shown by\n' >"$work/programs/script"
  for directory in programs "$work/programs"; do
    echo text >$directory/text
    cp $directory/text $directory/plain
    ln -sf loop $directory/loop
    chmod +x $directory/script $directory/text
  done
  cp shown programs/
  cp shown programs/inner/
  cp "$work/shown" "$work/programs/"
  cp "$work/shown" "$work/programs/inner/"
  local wanted
  wanted=$(cd "$work/programs" && ./shown)
  expect 0 "$wanted" "$LINDEN_SYSROOT/root/bin/sh" -c 'cd programs; exec ./shown'
  # By a relative path in a working directory of the grate's, beneath and above others.
  expect 0 "$wanted" imfs.grate -p programs -C /mem ./shown
  expect 0 "$wanted" strace.grate -o trace.txt imfs.grate -p programs -C /mem ./shown
  expect 0 "$wanted" imfs.grate -p programs -C /mem strace.grate -o trace.txt ./shown
  grep -q pread64 trace.txt && fail 'strace shows how exec reads programs'
  expect 0 "$wanted" imfs.grate -p programs -C /mem imfs.grate -d /other ./shown
  expect 5 '3 where it /mem/shown' imfs.grate -p programs $sh -c 'exec /mem/shown where it'
  # Also one that was written there, and its name gone.
  expect 5 '2 x' imfs.grate -p programs $sh -c 'read line </mem/script; echo "#!/mem/shown x" >/mem/new; exec /mem/shown x'
  expect 5 '3 where it /mem/shown' route.grate -p /mem %{ imfs.grate -p programs %} $sh -c 'exec /mem/shown where it'
  # A path that a grate replaces: neither interpreter nor program is replaced twice.
  rm -rf jail
  mkdir -p jail/bin
  cp shown strace.grate jail/bin/
  printf '#!/bin/shown by\n' >jail/bin/script
  chmod +x jail/bin/script
  expect 5 '4 by /bin/script end' chroot.grate jail /bin/script end
  expect 5 '4 by /bin/script end' chroot.grate jail strace.grate -o /trace /bin/script end
  expect 5 '4 by /bin/script end' imfs.grate -p jail/bin -d "$work/cage/jail/other" chroot.grate jail /bin/script end
  expect 5 '3 where it /other/shown' imfs.grate -p jail/bin -d "$work/cage/jail/other" chroot.grate -k /proc jail /other/shown where it
}

test_readonly() {
  rm -rf data
  mkdir data
  echo kept >data/file
  printf '%s\n' '#define _GNU_SOURCE' '#include <errno.h>' '#include <fcntl.h>' '#include <stdio.h>' '#include <string.h>' \
    '#include <sys/stat.h>' '#include <unistd.h>' '#define TRY(call) (errno = 0, (void)!(call), puts(strerrorname_np(errno)))' \
    'int main(void) { int fd = open("data/file", O_RDONLY); char name[32]; snprintf(name, sizeof name, "/dev/fd/%d", fd);' \
    'TRY(unlink("data/file")); TRY(truncate("data/file", 0)); TRY(rename("data/file", "data/x")); TRY(chmod("data/file", 0));' \
    'TRY(fchmod(fd, 0)); TRY(open(name, O_WRONLY)); TRY(open("data/file", O_RDONLY | O_TRUNC)); TRY(mkdir("data/d", 0700));' \
    'TRY(symlink("/", "data/l")); TRY(link("data/file", "data/l")); TRY(futimens(fd, 0)); TRY(access("data/file", W_OK));' \
    'TRY(open("data/new", O_CREAT | O_RDONLY, 0600)); TRY(open("data/file", O_CREAT | O_RDONLY, 0600)); }' >change.c
  "$linden" cc -w change.c -o change
  expect 0 "$(printf 'EROFS\n%.0s' {1..13})"$'\n0' readonly.grate ./change
  [[ $(cat data/file) == kept ]] || fail 'a file was changed'
  expect 0 'to a pipe' readonly.grate $sh -c 'echo to a device >/dev/null; echo to a pipe >/dev/stdout'
  expect 0 '' readonly.grate -w data $sh -c 'echo changed >data/file'
  [[ $(cat data/file) == changed ]] || fail 'a writable directory'
  expect 2 '~Read-only' readonly.grate -w data $sh -c 'echo changed >data/../outside || exit 2'
  [[ -e outside ]] && fail 'a file outside'
}

test_chroot() {
  rm -rf root
  mkdir -p root/bin root/etc
  cp "$LINDEN_SYSROOT/root/bin/sh" root/bin/sh
  echo inside >root/etc/name
  echo outside >name
  ln -s /etc/name root/absolute
  ln -s ../../../../etc/name root/etc/relative
  ln -s loop root/loop
  expect 0 '/
inside
inside
inside
inside
/etc' chroot.grate root sh -c 'pwd; for f in /etc/name etc/relative absolute ../../etc/name; do read x <$f; echo $x; done; cd etc/..//./etc; pwd'
  expect 2 '~cannot open' chroot.grate root sh -c 'read x </loop'
  expect 2 '~cannot open' chroot.grate root sh -c "read x <$work/cage/name"
  expect 0 '' chroot.grate root sh -c 'echo made >/etc/../../new'
  [[ $(cat root/new) == made ]] || fail 'a file that was made'
  expect 0 kept chroot.grate -k /dev root sh -c 'echo gone >/dev/null && echo kept'
  expect 0 /etc chroot.grate -C etc root sh -c pwd
  expect 127 '~cannot run missing' chroot.grate root missing
}

test_tee() {
  expect 0 'one
two
three' tee.grate copy.txt $sh -c 'echo one; (echo two); echo other >other.txt; echo three'
  [[ $(cat copy.txt) == $'one\ntwo\nthree' ]] || fail 'the copy'
  expect 0 'four
five' tee.grate -a -f 2 copy.txt $sh -c 'echo four >&2; echo five'
  [[ $(cat copy.txt) == $'one\ntwo\nthree\nfour' ]] || fail 'what was appended'
  expect 0 six tee.grate copy.txt $sh -c 'exec 5>&1 >/dev/null; echo hidden; echo six >&5'
  [[ $(cat copy.txt) == six ]] || fail 'a duplicate'
}

test_inject() {
  expect 0 '1
inject: write of process 3 fails with ENOSPC
3' inject.grate -v -i write:ENOSPC:2 $sh -c 'echo 1; echo 2 2>/dev/null; echo 3; :'
  expect 0 '1
4
7' inject.grate -i write:ENOSPC:2+3 -i write:ENOSPC:3+3 $sh -c 'exec 2>/dev/null; for i in 1 2 3 4 5 6 7; do echo $i; done; :'
  expect 2 '~[Cc]annot fork|[Rr]esource temporarily unavailable' inject.grate -i clone,fork,vfork:EAGAIN:1+ $sh -c '(echo 1) || exit 2; exit 2'
  expect 2 '~no such errno' inject.grate -i write:EWHAT $sh
  expect 2 '~WHEN is' inject.grate -i write:EIO:0 $sh
}

test_resource() {
  local begin=${EPOCHREALTIME/./}
  expect 0 5 resource.grate -c write:10:1 $sh -c 'for i in 1 2 3 4 5; do echo $i >/dev/null; done; echo 5'
  (((${EPOCHREALTIME/./} - begin) >= 450000)) || fail 'six calls, ten a second, took less than half a second'
  begin=${EPOCHREALTIME/./}
  expect 0 '' resource.grate -b write:1K:512 $sh -c 'x=0123456789abcdef; x=$x$x$x$x; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do echo $x >/dev/null; done'
  (((${EPOCHREALTIME/./} - begin) >= 450000)) || fail 'a kilobyte, one a second with half a one at once, took less than half a second'
}

test_route() {
  rm -rf allowed guarded
  mkdir allowed guarded
  expect 0 'hi
/mem
hi
/
x' route.grate -p /mem %{ imfs.grate -d /mem %} $sh -c 'echo hi >/mem/x; read a </mem/x; echo $a; cd /mem; pwd; read b <x; echo $b; (cd /; pwd); for f in *; do echo $f; done; echo out >/tmp/out'
  printf 'default allow\ndeny EACCES openat\n' >policy
  # Only the calls below the directory are refused, and traced by what is further right in the braces.
  expect 2 '~^openat.*"guarded/../guarded/b".*EACCES.*cannot create' \
    route.grate -p guarded %{ seccomp.grate policy strace.grate -e openat %} $sh -c 'echo a >allowed/a; echo a >guarded/../allowed/b; echo b >guarded/../guarded/b'
  [[ -e allowed/a && -e allowed/b && ! -e guarded/b ]] || fail 'what was made'
  # Braces within braces, and a grate behind them that answers everything.
  expect 0 '9
in' route.grate -p /a -p /b %{ route.grate -p /b %{ imfs.grate -d /b %} imfs.grate -d /a %} geteuid.grate -u 9 \
    $sh -c 'echo 9; echo in >/b/x; read x </b/x; echo $x >/a/y; read y </a/y; echo $y'
  expect 2 '~%} is missing' route.grate -p /a %{ geteuid.grate
}

test_ipc() {
  expect 0 '<hello>
1 2
5' ipc.grate $sh -c 'echo hello | while read x; do echo "<$x>"; done
    for i in 1 2 3 4 5; do echo $i; done | { read a; read b; echo $a $b; }; x=$(echo 5); echo $x'
  # A writer without readers is killed, and a reader or a writer that waits can be.
  expect 0 141 ipc.grate -s 4K $sh -c '{ while :; do echo line; done; } | read x; (while :; do echo line; done; :) | : ; echo 141'
  LINDEN_TEST_GRATE="$work/cage/ipc.grate" "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" files polling ||
    fail 'tests of files'
  LINDEN_TEST_GRATE="$work/cage/ipc.grate" "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" processes \
    broken_pipes pipe_ends_across_fork pipeline pipeline_of_a_gigabyte || fail 'tests of processes'
}

# Each takes its own arguments, and the rest is the next one's.
test_stack() {
  printf 'default allow\ndeny EXDEV chdir\n' >policy
  expect 0 '~chdir\("/"\) = -1 EXDEV.*7' \
    seccomp.grate policy -- strace.grate -e chdir geteuid.grate -u 7 $sh -c 'cd / 2>/dev/null; echo 7'
  # A file in memory, read through four.
  expect 0 'through
again through' strace.grate -o trace.txt imfs.grate -d /mem readonly.grate -w /mem tee.grate /mem/copy \
    $sh -c 'echo through >/mem/x; read x </mem/x; echo $x; read y </mem/copy; echo again $y'
  # Above imfs its calls are seen, and below there are none.
  expect 0 '~openat\(AT_FDCWD, "/mem/x"' imfs.grate strace.grate -e openat $sh -c 'echo >/mem/x'
  expect 0 '' strace.grate -o trace.txt -e openat imfs.grate $sh -c 'echo >/mem/x'
  grep -q '/mem/x' trace.txt && fail 'a call that imfs answers reached what lies beneath'
  local stack=() i
  for i in 1 2 3 4 5 6 7 8 9 10; do stack+=(geteuid.grate -u "$i"); done
  "$linden" cc -w -x c - -o euid <<<'#include <unistd.h>
int main(void) { return (int)geteuid(); }'
  expect 10 '' "${stack[@]}" ./euid
}

# A program that makes thousands of calls without sense goes on to its end, and so do grates around it.
test_hostile() {
  compile hostile
  echo 'default allow' >policy
  expect 7 '' hostile 1 2000
  expect 7 '' strace.grate -o trace.txt ./hostile 2 2000
  expect 7 '' imfs.grate ./hostile 3 4000
  expect 7 '' readonly.grate -w . seccomp.grate policy tee.grate copy.txt inject.grate -i read:EIO:3+7 ./hostile 4 2000
  expect 7 '' chroot.grate -k /dev / ".$work/cage/hostile" 5 2000
  expect 7 '' route.grate -p /mem %{ imfs.grate seccomp.grate policy %} ./hostile 6 4000
}

# The C library's and the microvisor's tests do the same with a grate in between: under strace, whatever they do; under
# imfs, with the program and all that it makes in memory.
test_posix() {
  LINDEN_TEST_GRATE="$work/cage/strace.grate -o /dev/null" "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" system ||
    fail 'under strace'
  local of_processes=(
    arguments_of_exec descriptors_of_exec exec exec_by_descriptor failed_exec file_locks_inherited interpreter_lines
    offsets_shared record_locks_between_processes search_of_exec shared_file_mappings spawn_file_actions)
  export LINDEN_TEST_EXCLUSIONS="$here/imfs-exclusions.txt"
  export LINDEN_TEST_GRATE="$work/cage/imfs.grate -d {} -p {} -C {}"
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" files || fail 'files under imfs'
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" memory || fail 'memory under imfs'
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" stdio || fail 'stdio under imfs'
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" processes "${of_processes[@]}" || fail 'processes under imfs'
}

echo text >notes
chmod 600 notes
names=("$@")
if [[ $# -eq 0 ]]; then
  mapfile -t names < <(declare -F | sed -n 's/^declare -f test_//p')
fi
for name in "${names[@]}"; do
  "test_$name"
done
echo "$failures failures in ${#names[@]} tests"
[[ $failures -eq 0 ]]
