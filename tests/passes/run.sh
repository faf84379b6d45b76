#!/usr/bin/env bash
# The scripts of this folder test our IR passes. Each is one module, then assertions; and since a pass
# that never fires passes every assertion, comments say what the optimised code must contain or not:
#   ;; expect-ir: EXTENDED REGULAR EXPRESSION
#   ;; refuse-ir: EXTENDED REGULAR EXPRESSION
#   ;; expect-code: EXTENDED REGULAR EXPRESSION   on the disassembly, x86-64 only
# usage: run.sh LINDEN
set -euo pipefail
linden=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
for script in *.wast; do
  name=${script%.wast}
  # Strict traps keep passes from most of what they do to memory.
  "$linden" wast --no-cache --relaxed-traps "$script" || failed=1
  sed '/^(assert\|^(invoke/,$d' "$script" > "$work/$name.wat"
  mkdir "$work/$name"
  "$linden" compile "$work/$name.wat" -o "$work/$name.lindenc" --dump "$work/$name"
  cat "$work/$name"/part*[0-9].ll > "$work/$name.ll"
  while read -r _ kind expression; do
    found=0
    text=$work/$name.ll
    if [[ $kind == expect-code: ]]; then
      [[ $(uname -m) == x86_64 ]] || continue
      text=$work/$name.s
      for object in "$work/$name"/part*.o; do llvm-objdump-22 -d --no-show-raw-insn "$object"; done > "$text"
    fi
    grep -qE -- "$expression" "$text" && found=1
    if [[ $kind == expect-* && $found == 0 ]] || [[ $kind == refuse-* && $found == 1 ]]; then
      echo "$script: the optimised code fails '$kind $expression'" >&2
      failed=1
    fi
  done < <(grep -E '^;; (expect|refuse)-(ir|code): ' "$script" || true)
done
exit "$failed"
