#!/usr/bin/env bash
# `--tier auto`: programs run before they are compiled, get optimised code while they run, and leave it in the cache.
#
#     run.sh LINDEN SYSROOT
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
linden=$(realpath "$1")
LINDEN_SYSROOT=$(realpath "$2")
export LINDEN_SYSROOT
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LINDEN_CACHE_DIR=$work/cache
failures=0

fail() {
  printf 'FAILED: %s\n' "$1"
  failures=$((failures + 1))
}

# Waits until a command succeeds, for two minutes at most.
wait_until() {
  for ((i = 0; i < 1200; ++i)); do
    "$@" && return
    sleep 0.1
  done
  return 1
}
is_cached() { compgen -G "$work/cache/*.image" >/dev/null; }

# Calls a function for some seconds and says what it makes of the last call.
cat >busy.wat <<'END'
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func $now (result i64)
    (drop (call $time (i32.const 1) (i64.const 1) (i32.const 8)))
    (i64.load (i32.const 8)))
  (func $step (param $x i32) (result i32)
    (local $i i32)
    (loop $again
      (local.set $x (i32.xor (i32.mul (local.get $x) (i32.const 1664525)) (i32.shr_u (local.get $x) (i32.const 7))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
    (local.get $x))
  (func (export "run") (param $seconds i64) (result i32)
    (local $end i64)
    (local.set $end (i64.add (call $now) (i64.mul (local.get $seconds) (i64.const 1000000000))))
    (loop $again
      (if (i32.ne (call $step (i32.const 5)) (call $step (i32.const 5))) (then unreachable))
      (br_if $again (i64.lt_s (call $now) (local.get $end))))
    (call $step (i32.const 5))))
END
expected=$("$linden" run --tier fast --no-cache --invoke run busy.wat 0)

# Optimised code arrives while a program runs, with and without a cache, and nothing else is left.
for option in "" --no-cache; do
  for ((attempt = 1; attempt <= 5; ++attempt)); do
    rm -rf cache
    # shellcheck disable=SC2086
    actual=$(TMPDIR=$work "$linden" run --tier auto $option --stats --json --invoke run busy.wat $((2 * attempt)) 2>stats)
    [[ $actual == "$expected" ]] || fail "result $actual, not $expected"
    # On a busy machine it may come later.
    grep -q '"optimized":[1-9]' stats && break
  done
  grep -q '"optimized":[1-9]' stats || fail "no optimised code came: $(cat stats)"
  sleep 0.2
  compgen -G "$work/linden-compile-*" >/dev/null && fail 'a directory is left'
done

# A program that ends before has its code in the cache some time later, and then begins with it.
rm -rf cache
"$linden" run --tier auto --invoke run busy.wat 0 >/dev/null
wait_until is_cached || fail 'nothing came into the cache'
for tier in auto opt; do
  output=$("$linden" run --tier $tier -v --invoke run busy.wat 0 2>&1)
  [[ $output == *'found in the cache'* ]] || fail "--tier $tier: $output"
done

# What is no module, and a cache that is none.
"$linden" run --tier auto --no-cache --invoke run /dev/null 2>/dev/null
[[ $? -eq 126 ]] || fail 'a file that is no module'
LINDEN_CACHE_DIR=/proc/nowhere "$linden" compile --into-cache busy.wat 2>/dev/null || fail 'a cache that cannot be written'


# Threads, forks, exec, signals and grates, in code of both tiers.
if [[ -f $LINDEN_SYSROOT/lib/libc.a ]]; then
  export LINDEN_TEST_TIER=auto
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" processes fork fork_in_recursion fork_and_longjmp exec kill_while_blocked || fail processes
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" threads threads mutex_types cancellation || fail threads
  "$here/../posix/run.sh" "$linden" "$LINDEN_SYSROOT" signals || fail signals
  printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("%%d\\n", (int)geteuid()); return 3; }\n' >euid.c
  "$linden" cc euid.c -o euid || fail 'linden cc'
  output=$("$linden" run --tier auto --no-cache --dir "$work" --cwd "$work" --grate 'geteuid:-u 77' --grate strace ./euid 2>/dev/null)
  [[ $? -eq 3 && $output == 77 ]] || fail "beneath grates: $output"
else
  echo 'skipped: programs of linden cc (no sysroot; scripts/build makes it)'
fi

echo "$failures failures"
[[ $failures -eq 0 ]]
