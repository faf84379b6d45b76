#!/usr/bin/env bash
# A sample of everything that is compiled, in both tiers: all of it must be proved (docs/sfi.md). The specification
# scripts have tests of their own (spec_*), which verify what they load, too.
# usage: run.sh LINDEN SYSROOT
set -uo pipefail

linden=$(realpath "$1")
sysroot=$2
here=$(dirname "$(realpath "$0")")
failed=0 verified=0

# Compiles a module in both tiers, and has the code verified.
check() {
  local tier
  for tier in fast opt; do
    if ! "$linden" compile --tier "$tier" "$1" -o code.lindenc ||
       ! "$linden" verify --max 3 code.lindenc >said; then
      echo "$1, --tier $tier:"
      cat said
      failed=1
    fi
    verified=$((verified + 1))
  done
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Without a library, as WASI programs: loops, tables of functions, switches, vectors.
if [[ -e /usr/include/wasm32-wasi ]]; then
  for kernel in blur dispatch huffman interpreter matmul sort_callback state_machine strings; do
    clang-22 --target=wasm32-wasi -Wno-deprecated --sysroot=/usr -O3 -msimd128 -w \
      -I"$here/../../bench/kernels" "$here/../../bench/kernels/$kernel.c" -o "$kernel.wasm" -lm || continue
    check "$kernel.wasm"
  done
fi

# With exceptions: landing pads.
if [[ -e /usr/include/wasm32-wasi ]]; then
  programs=$here/../programs
  read -ra flags < <(sed -n 's|^// wasm: ||p' "$programs/setjmp.c")
  (cd "$programs" && clang-22 --target=wasm32-wasi -Wno-deprecated --sysroot=/usr -O2 -msimd128 -w "${flags[@]}" setjmp.c \
    -o "$work/setjmp.wasm" -lm) && check setjmp.wasm
fi

# With glibc: calls through pointers of other types, large functions, threads, exceptions of the C kind.
if [[ -e $sysroot/linden.cfg ]]; then
  for program in posix/processes/exec posix/processes/fork posix/threads/threads posix/signals/jump_out_of_handler \
    posix/processes/words_with_commands; do
    name=$(basename "$program")
    LINDEN_SYSROOT=$sysroot "$linden" cc -O2 -w "$here/../$program.c" -o "$name.wasm" -lm || continue
    check "$name.wasm"
  done
fi

if [[ $verified -eq 0 ]]; then
  echo "skipped: neither wasi-libc nor the sysroot is here"
  exit 77
fi
echo "$verified images"
exit "$failed"
