#!/usr/bin/env bash
# The scripts of this folder test our IR passes. Each is one module, then assertions; and since a pass
# that never fires passes every assertion, comments say what the optimised code must contain or not:
#   ;; expect-ir: EXTENDED REGULAR EXPRESSION
#   ;; refuse-ir: EXTENDED REGULAR EXPRESSION
# --lax-traps, because with strict traps every load is volatile and passes leave it alone.
# usage: run.sh LINDEN
set -euo pipefail
linden=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
for script in *.wast; do
  name=${script%.wast}
  "$linden" wast --no-cache --lax-traps "$script" || failed=1
  sed '/^(assert\|^(invoke/,$d' "$script" > "$work/$name.wat"
  mkdir "$work/$name"
  "$linden" compile "$work/$name.wat" -o "$work/$name.lindenc" --dump "$work/$name"
  cat "$work/$name"/part*[0-9].ll > "$work/$name.ll"
  while read -r _ kind expression; do
    found=0
    grep -qE -- "$expression" "$work/$name.ll" && found=1
    if [[ $kind == expect-ir: && $found == 0 ]] || [[ $kind == refuse-ir: && $found == 1 ]]; then
      echo "$script: the optimised code fails '$kind $expression'" >&2
      failed=1
    fi
  done < <(grep -E '^;; (expect|refuse)-ir: ' "$script" || true)
done
exit "$failed"
