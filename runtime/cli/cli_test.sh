#!/usr/bin/env bash
# Tests the command as a user meets it: what it prints, and its exit codes.
# usage: cli_test.sh LINDEN [SANITIZERS]   the latter as in LINDEN_SANITIZE, if it was built with any
set -uo pipefail

linden=$(realpath "$1")
sanitizers=${2:-}
# shellcheck source=expect.sh
source "$(dirname "$0")/expect.sh"

cat >math.wat <<'WAT'
(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "mix") (param i64 f32 f64) (result f64 i64)
    (f64.add (f64.promote_f32 (local.get 1)) (local.get 2)) (local.get 0))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "crash") unreachable)
  (func $deep (export "deep") (call $deep)))
WAT

# Writes its arguments, each with a NUL, or its environment if it has no arguments; exits with their
# number.
cat >program.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $arg_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $arg_sizes (i32.const 0) (i32.const 4)))
    (drop (call $args (i32.const 16) (i32.const 4096)))
    (if (i32.eq (i32.load (i32.const 0)) (i32.const 1))
      (then
        (drop (call $env_sizes (i32.const 0) (i32.const 4)))
        (drop (call $env (i32.const 16) (i32.const 4096)))))
    (i32.store (i32.const 8) (i32.const 4096))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 2048)))
    (call $exit (i32.load (i32.const 0)))))
WAT

cat >start.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func $start (call $exit (i32.const 9)))
  (start $start))
WAT

# Writes "y\n" for ever and ignores errors.
cat >yes.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\02\00\00\00y\n")
  (func (export "_start")
    (loop (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64))) (br 0))))
WAT

# Grows its memory page by page; the exit code is how many it got.
cat >grow.wat <<'WAT'
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $more
      (br_if $more (i32.and (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
                            (i32.lt_u (memory.size) (i32.const 50)))))
    (call $exit (memory.size))))
WAT

nl=$'\n'

# The command itself.
expect 2 'Usage: linden' "$linden"
expect 0 'Usage: linden' "$linden" --help
expect 0 '^linden [0-9]+\.' "$linden" --version
expect 2 "unknown command 'frob'" "$linden" frob
for command in run compile inspect verify wast cache completion cc bench; do
  expect 0 '[Uu]sage' "$linden" $command --help
done
expect 125 'frob' "$linden" run --frob math.wat
expect 2 'frob' "$linden" compile --frob math.wat

# Functions and their values.
expect 0 '^5$' "$linden" run --invoke add math.wat 2 3
expect 0 '^-1$' "$linden" run --invoke add math.wat 0xfffffffe 1
expect 0 '^-5$' "$linden" run --invoke add math.wat -2 -3
expect 0 "^4${nl}-9$" "$linden" run --invoke mix math.wat -9 1.5 2.5
expect 125 'takes 2 arguments' "$linden" run --invoke add math.wat 1
expect 125 'no i32' "$linden" run --invoke add math.wat 1 two
expect 125 'no i32' "$linden" run --invoke add math.wat 1 4294967296
expect 126 'no function "sub"' "$linden" run --invoke sub math.wat
expect 126 'no _start' "$linden" run math.wat

# Traps.
expect 136 'linden: trap: integer divide by zero' "$linden" run --invoke divide math.wat 1 0
expect 136 'integer overflow' "$linden" run --invoke divide math.wat -2147483648 -1
expect 134 'unreachable' "$linden" run --invoke crash math.wat
expect 139 'call stack exhausted' "$linden" run --invoke deep math.wat

# Modules that cannot be run.
expect 127 'No such file' "$linden" run nowhere.wasm
expect 126 'directory' "$linden" run .
echo 'nonsense' >bad.wasm
expect 126 'bad.wasm' "$linden" run bad.wasm
echo '(module (func (result i32)))' >bad.wat
expect 126 'bad.wat' "$linden" run bad.wat
echo '(module (import "a" "b" (func)))' >import.wat
expect 126 'unknown import' "$linden" run import.wat

# Arguments, environment, exit codes.
expect 3 'program.wat.*--dir.*--' "$linden" run program.wat --dir --
expect 4 'a.*--help.*-v' "$linden" run --env X=1 -- program.wat a --help -v
expect 1 'A=1' "$linden" run --env A=1 program.wat
expect 2 'A=1.*B=2=3' "$linden" run --env A=1 --env=B=2=3 program.wat
expect 1 'INHERITED=yes' env INHERITED=yes "$linden" run --env INHERITED program.wat
expect 0 '^$' "$linden" run --env LINDEN_SURELY_UNSET program.wat
expect 125 '--env' "$linden" run --env =x program.wat
expect 9 '^$' "$linden" run start.wat
expect 2 '[0-9a-f]+ [0-9a-f]+ .*_start' bash -c \
  "'$linden' run --perf-map program.wat x >output & wait \$!; code=\$?; cat /tmp/perf-\$!.map; rm /tmp/perf-\$!.map; exit \$code"
expect 125 'nowhere' "$linden" run --dir nowhere program.wat
expect 125 '--unsafe' "$linden" run --sfi none program.wat
# The sanitizers' shadow memory is where the memory of `none` must lie.
[[ -n $sanitizers ]] || expect 2 'a' "$linden" run --sfi none --unsafe program.wat a
# The other back-ends, and those that need to be asked for twice.
for sfi in segment base bounds mask; do
  expect 2 'a' "$linden" run --sfi $sfi program.wat a
done
for sfi in bounds-stores mask-stores; do
  expect 125 '--unsafe' "$linden" run --sfi $sfi program.wat
  expect 2 "--unsafe" "$linden" inspect --sfi $sfi program.wat
  expect 2 'a' "$linden" run --sfi $sfi --unsafe program.wat a
done
expect 125 'unknown SFI back-end .*segment, base, bounds' "$linden" run --sfi everything program.wat
expect 8 '' "$linden" run --memory 512K grow.wat
expect 50 '' "$linden" run grow.wat
expect 125 'number of bytes' "$linden" run --memory much grow.wat

cat >recurse.wat <<'WAT'
(module
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0)))))
WAT
expect 0 '^9000000$' "$linden" run --stack 1G --no-cache --invoke down recurse.wat 9000000
expect 139 'call stack exhausted' "$linden" run --stack 64K --invoke down recurse.wat 9000000
expect 125 'number of bytes' "$linden" run --stack big --invoke down recurse.wat 1

# The name that binfmt_misc calls: everything belongs to the guest but the path of the program.
ln -s "$linden" linden-run
expect 3 'program.wat.*--dir.*-v' ./linden-run program.wat --dir -v
expect 125 'MODULE' ./linden-run

# A reader that goes away ends the guest.
output=$(timeout 20 bash -c '"$1" run yes.wat | head -n 2; exit ${PIPESTATUS[0]}' - "$linden")
status=$?
if [[ $status -ne 141 || $output != "y${nl}y" ]]; then
  echo "FAILED: a broken pipe gave status $status and: $output"
  failures=$((failures + 1))
fi

# The cache.
expect 0 '' "$linden" cache clear
expect 2 'a.*compiled' "$linden" run -v program.wat a
expect 2 'a.*found in the cache' "$linden" run -v program.wat a
expect 2 'a.*compiled' "$linden" run -v --no-cache program.wat a
expect 0 '1 entries' "$linden" cache list
expect 0 '"entries": \[' "$linden" cache list --json
entry=$(echo cache/*.image)
printf 'damage' | dd of="$entry" bs=1 seek=200 conv=notrunc status=none
expect 2 'a.*: compiled' "$linden" run -v program.wat a
expect 2 'a.*found in the cache' "$linden" run -v program.wat a
expect 0 'freed [1-9]' "$linden" cache clear
expect 0 "^$work/cache$" "$linden" cache path
expect 2 'ACTION' "$linden" cache frob
expect 2 'run_seconds' "$linden" run --stats --json program.wat a
expect 2 'machine code' "$linden" run --stats program.wat a
LINDEN_CACHE_DIR=/proc/none expect 2 'a' "$linden" run program.wat a

# Ahead of time.
expect 0 '' "$linden" compile program.wat
expect 3 'compiled ahead of time.*x.*y' "$linden" run -v program.lindenc x y
[[ -n $sanitizers ]] ||
  expect 2 'compiled again' "$linden" run -v --no-cache --sfi none --unsafe program.lindenc x
# Code that is not confined is not run because it is in the file.
expect 2 "--unsafe" "$linden" compile --sfi bounds-stores program.wat -o unsafe.lindenc
expect 0 '' "$linden" compile --sfi bounds-stores --unsafe program.wat -o unsafe.lindenc
expect 2 'compiled again' "$linden" run -v --no-cache unsafe.lindenc x
expect 2 'compiled again' "$linden" run -v --no-cache --sfi bounds unsafe.lindenc x
expect 125 '--unsafe' "$linden" run --sfi bounds-stores unsafe.lindenc x
expect 2 'compiled ahead of time' "$linden" run -v --sfi bounds-stores --unsafe unsafe.lindenc x
expect 0 'machine code' "$linden" compile -v -j 1 program.wat -o other.lindenc
expect 2 'x' "$linden" run other.lindenc x
printf 'damage' | dd of=other.lindenc bs=1 seek=100 conv=notrunc status=none
expect 126 'digest' "$linden" run other.lindenc
expect 1 'No such file' "$linden" compile nowhere.wasm
expect 1 'cannot' "$linden" compile program.wat -o nowhere/x

# Data.
expect 0 '"code_size": [1-9]' "$linden" inspect --json program.wat
expect 0 '"code_size": null' "$linden" inspect --json --no-compile program.wat
expect 0 'wasi_snapshot_preview1.proc_exit: function \(i32\)' "$linden" inspect program.wat
expect 0 'functions: 7' "$linden" inspect program.lindenc
expect 1 'No such file' "$linden" inspect nowhere.wasm

# Machine code.
"$linden" compile program.wat -o fine.lindenc
expect 0 'verified: [0-9]+ functions' "$linden" verify --stats fine.lindenc
expect 0 '"verified": true' "$linden" verify --json fine.lindenc
"$linden" compile --sfi none --unsafe program.wat -o unsafe.lindenc
expect 1 'nothing to verify: it was compiled with --sfi none' "$linden" verify unsafe.lindenc
expect 1 '"rule": "target"' "$linden" verify --json fine.lindenc unsafe.lindenc
expect 125 'digest' "$linden" verify other.lindenc
expect 125 'No such file' "$linden" verify nowhere.lindenc
expect 125 'FILE' "$linden" verify
expect 2 'a' "$linden" run --verify --no-cache program.wat a
expect 2 'a' "$linden" run --no-verify program.lindenc a
expect 125 'excludes' "$linden" run --verify --no-verify program.wat a
expect 125 'LINDEN_VERIFY=frob' env LINDEN_VERIFY=frob "$linden" run program.wat a

# Scripts.
echo '(module (func (export "f"))) (assert_return (invoke "f"))' >good.wast
echo '(module (func (export "f"))) (assert_trap (invoke "f") "unreachable")' >wrong.wast
expect 0 '1 of 1 files, 1 assertions passed, 0 failed' "$linden" wast good.wast
expect 1 'wrong.wast:1: .*1 of 2 files, 1 assertions passed, 1 failed' \
  "$linden" wast -j 2 wrong.wast good.wast
expect 1 '"assertions_failed": 1' "$linden" wast --json wrong.wast
expect 1 'No such file' "$linden" wast nowhere.wast

# Completion scripts are valid where the shell is there to say so.
for shell in bash zsh fish; do
  expect 0 'linden' "$linden" completion $shell
  if command -v $shell >/dev/null; then
    expect 0 '' bash -c '"$1" completion "$2" | "$2" -n /dev/stdin' - "$linden" $shell
  fi
done
expect 0 'segment base bounds bounds-stores mask mask-stores none' bash -c \
  'source <("$1" completion bash); COMP_WORDS=(linden run --sfi ""); COMP_CWORD=3; _linden; echo "${COMPREPLY[@]}"' \
  - "$linden"
expect 2 'SHELL' "$linden" completion frob

finish
