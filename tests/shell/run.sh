#!/usr/bin/env bash
# Runs every script here by the shell of the default root, in a cage, and by the host's /bin/sh, and compares
# standard output and exit code; the host's is the oracle. Scripts use nothing but builtins and `sh`, and must be
# run to their last line: one that ends before it by the host's shell fails.
#
#     run.sh LINDEN SYSROOT [NAME...]      NAMEs choose scripts
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
linden=$(realpath "$1")
export LINDEN_SYSROOT=$2
shift 2
if [[ ! -f $LINDEN_SYSROOT/root/bin/sh ]]; then
  echo "skipped: no shell in $LINDEN_SYSROOT (scripts/build makes it)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=("$@")
if [[ $# -eq 0 ]]; then
  for script in "$here"/*.sh; do
    [[ $script == */run.sh ]] || names+=("$(basename "$script" .sh)")
  done
fi

sh=$LINDEN_SYSROOT/root/bin/sh
# Compiles the shell, so that the scripts' time is their own.
"$linden" run --tier fast "$sh" -c : || exit 1

failed=0
for name in "${names[@]}"; do
  rm -rf "$work/native" "$work/cage"
  mkdir "$work/native" "$work/cage"
  { cat "$here/$name.sh"; echo "echo end of script"; } >"$work/native/script.sh"
  cp "$work/native/script.sh" "$work/cage/script.sh"
  (cd "$work/native" && exec timeout 60 env -i PATH=/usr/bin:/bin HOME=/ /bin/sh script.sh) \
    >"$work/expected" 2>/dev/null </dev/null
  expected=$?
  if [[ $(tail -n 1 "$work/expected") != "end of script" ]]; then
    echo "FAILED: $name: the host's shell does not reach its end (exit code $expected)"
    failed=$((failed + 1))
    continue
  fi
  timeout 120 "$linden" run --tier fast --dir "$work/cage" --cwd "$work/cage" \
    --env PATH=/usr/bin:/bin --env HOME=/ "$sh" script.sh >"$work/actual" 2>"$work/errors" </dev/null
  actual=$?
  if [[ $expected -ne $actual ]] || ! cmp -s "$work/expected" "$work/actual"; then
    echo "FAILED: $name: exit code $actual, the host's shell has $expected"
    diff "$work/expected" "$work/actual" | head -10
    head -5 "$work/errors"
    failed=$((failed + 1))
  fi
done
echo "$((${#names[@]} - failed)) of ${#names[@]} scripts do as they do under the host's shell"
[[ $failed -eq 0 ]]
