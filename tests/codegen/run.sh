#!/usr/bin/env bash
# The scripts of this folder test what we do to make code fast. Each is one module, then assertions; and
# since an optimisation that never happens passes every assertion, comments, at least one in each script, say
# what the optimised code must contain or not:
#   ;; expect-ir: EXTENDED REGULAR EXPRESSION
#   ;; refuse-ir: EXTENDED REGULAR EXPRESSION
#   ;; expect-code: EXTENDED REGULAR EXPRESSION   on the disassembly, x86-64 only
#   ;; several-code: EXTENDED REGULAR EXPRESSION   in three lines at least
#   ;; refuse-code: EXTENDED REGULAR EXPRESSION
# They are about the SFI back-end that a comment "sfi: NAME" names, segment otherwise, and about code for the processor
# that "tune: NAME" names, x86-64 otherwise. The assertions must hold with all back-ends that are safe; code for
# segment must be proved.
# usage: run.sh LINDEN
set -euo pipefail
linden=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
for script in *.wast; do
  name=${script%.wast}
  # Strict traps make every access to memory volatile, which passes leave alone.
  for sfi in segment base bounds mask; do
    "$linden" wast --no-cache --relaxed-traps --sfi $sfi "$script" || failed=1
  done
  sfi=$(sed -nE 's/^;; sfi: //p' "$script")
  tuning=$(sed -nE 's/^;; tune: //p' "$script")
  sed '/^(assert\|^(invoke/,$d' "$script" > "$work/$name.wat"
  mkdir "$work/$name"
  "$linden" compile --sfi "${sfi:-segment}" --tune "${tuning:-x86-64}" --unsafe "$work/$name.wat" -o "$work/$name.lindenc" --dump "$work/$name"
  [[ ${sfi:-segment} != segment || $(uname -m) != x86_64 ]] || "$linden" verify "$work/$name.lindenc" || failed=1
  cat "$work/$name"/part*[0-9].ll > "$work/$name.ll"
  expectations=0
  while read -r _ kind expression; do
    expectations=$((expectations + 1))
    found=0
    text=$work/$name.ll
    if [[ $kind == *-code: ]]; then
      [[ $(uname -m) == x86_64 ]] || continue
      text=$work/$name.s
      for object in "$work/$name"/part*.o; do llvm-objdump-22 -d --no-show-raw-insn "$object"; done > "$text"
    fi
    wanted=1
    [[ $kind == several-* ]] && wanted=3
    (($(grep -cE -- "$expression" "$text") >= wanted)) && found=1
    if [[ $kind != refuse-* && $found == 0 ]] || [[ $kind == refuse-* && $found == 1 ]]; then
      echo "$script: the optimised code fails '$kind $expression'" >&2
      failed=1
    fi
  done < <(sed -nE '/^;; (expect|several|refuse)-(ir|code): /p' "$script")
  if ((expectations == 0)); then
    echo "$script: no comment says what its code must look like" >&2
    failed=1
  fi
done
exit "$failed"
