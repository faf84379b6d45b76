#!/usr/bin/env bash
# Compiles every program here for this machine and for WASI, runs both, and compares standard output
# and exit code. Argument: linden.
set -uo pipefail

linden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
if ! command -v clang-22 >/dev/null || [[ ! -d /usr/include/wasm32-wasi ]]; then
  echo "skipped: clang-22 and wasi-libc are needed"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'first line\n 42 word rest of it\nlast' >"$work/input"
export LINDEN_TEST_VALUE='a value with = and spaces'
arguments=(plain '' 'with spaces' $'tab\tand "quotes"' --option=x 'grün')
failed=0 total=0
cd "$here"

run_in() {  # WORLD COMMAND...: runs the command in a directory of its own
  mkdir -p "$work/$1/data"
  (cd "$work/$1" && timeout 60 "${@:2}" <"$work/input" >"$work/$1.out" 2>"$work/$1.err")
  local code=$?
  find "$work/$1/data" -mindepth 1 >>"$work/$1.out"  # nothing may be left
  return "$code"
}

for source in "$here"/*.c; do
  name=$(basename "$source" .c)
  total=$((total + 1))
  # A line "// wasm: FLAGS" asks for more than the usual flags, and may name files here.
  read -ra flags < <(sed -n 's|^// wasm: ||p' "$source")
  if ! clang-22 -O1 -w "$source" -o "$work/native" -lm ||
    ! clang-22 --target=wasm32-wasi -Wno-deprecated --sysroot=/usr -O2 -msimd128 -w ${flags[@]+"${flags[@]}"} "$source" \
      -o "$work/program.wasm" -lm; then
    echo "FAILED: $name does not compile"
    failed=$((failed + 1))
    continue
  fi
  run_in expected "$work/native" "${arguments[@]}"
  expected=$?
  run_in actual "$linden" run --dir data --env LINDEN_TEST_VALUE "$work/program.wasm" "${arguments[@]}"
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
