#!/usr/bin/env bash
# Compiles every program here for this machine and by `linden cc`, runs both, and compares standard output
# and exit code. Arguments: linden, the sysroot.
set -uo pipefail

linden=$(realpath "$1")
export LINDEN_SYSROOT=$2
here=$(cd "$(dirname "$0")" && pwd)
if [[ ! -f $LINDEN_SYSROOT/lib/libc.a ]]; then
  echo "skipped: no C library in $LINDEN_SYSROOT (glibc-port/build makes it)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 total=0

for source in "$here"/*.c; do
  name=$(basename "$source" .c)
  total=$((total + 1))
  if ! clang-22 -O1 -w "$source" -o "$work/native" -lpthread -lm ||
    ! "$linden" cc -O2 -w "$source" -o "$work/program" -lm; then
    echo "FAILED: $name does not compile"
    failed=$((failed + 1))
    continue
  fi
  # Programs find themselves by /proc/self/exe.
  (cd "$work" && timeout 60 "$work/native") >"$work/expected.out" 2>/dev/null
  expected=$?
  timeout 120 "$linden" run --tier fast --dir "$work" --cwd "$work" "$work/program" >"$work/actual.out" 2>"$work/actual.err"
  actual=$?
  if [[ $expected -ne $actual ]] || ! cmp -s "$work/expected.out" "$work/actual.out"; then
    echo "FAILED: $name: exit code $actual, native $expected"
    diff "$work/expected.out" "$work/actual.out" | head -10
    head -5 "$work/actual.err"
    failed=$((failed + 1))
  fi
done
echo "$((total - failed)) of $total programs do as they do natively"
[[ $failed -eq 0 ]]
