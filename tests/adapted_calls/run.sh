#!/usr/bin/env bash
# Compiles calls.c as a module of the lind ABI, with a table that is a constant and with one that is
# exported, and has its checks run as a specification script: so it needs nothing of that ABI but that
# the import is called "lind". Argument: linden.
set -euo pipefail

linden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v clang-22 >/dev/null || ! command -v wasm-ld-22 >/dev/null; then
  echo "skipped: clang-22 and lld-22 are needed"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for level in -O0 -O2; do
  for table in '' -Wl,--export-table; do
    echo "adapted calls: $level $table"
    # shellcheck disable=SC2086  # $table may be nothing
    clang-22 --target=wasm32 -nostdlib -mtail-call $level -Wl,--no-entry $table \
      "$here/calls.c" -o "$work/calls.wasm"
    {
      echo '(module (func (export "syscall") (param i32 i64 i64 i64 i64 i64 i64) (result i64)'
      echo '  (i64.add (i64.extend_i32_u (local.get 0)) (i64.add (local.get 1) (local.get 6)))))'
      echo '(register "lind")'
      printf '(module binary "%s")\n' "$(od -An -v -tx1 "$work/calls.wasm" | tr -d ' \n' | sed 's/../\\&/g')"
      echo '(assert_return (invoke "check") (i32.const 0))'
      echo '(assert_trap (invoke "float_for_int") "indirect call type mismatch")'
      echo '(assert_trap (invoke "int_for_float") "indirect call type mismatch")'
    } >"$work/calls.wast"
    "$linden" wast --no-cache "$work/calls.wast"
  done
done
