#!/usr/bin/env bash
# Compiles every program of a family (a folder here) for this machine and by `linden cc`, runs both, each in an
# empty directory of its own, and compares standard output and exit code; native is the oracle. On a busy machine a
# program of several processes may print more than one thing: if the first does not agree, the native one runs
# again, and a cage may do what any of five runs did.
#
#     run.sh LINDEN SYSROOT FAMILY [NAME...]      NAMEs choose programs of the family
#
# LINDEN_TEST_JOBS (2) programs are tried at a time. LINDEN_TEST_EXCLUSIONS names a file of programs to leave out, each
# as FAMILY/NAME and a reason. LINDEN_TEST_GRATE is a grate with its arguments, by which cages run every program; {}
# in it is the directory that the program is in.
# LINDEN_TEST_TIER (fast) is how they are compiled; `auto` without the cache, so that optimising ends with them.
# LINDEN_TEST_SFI (segment) is how memory is confined.
set -uo pipefail
shopt -s extglob dotglob

here=$(cd "$(dirname "$0")" && pwd)

# Programs find themselves by /proc/self/exe.
run_natively() {
  (cd "$work/native" && exec timeout 120 "$work/native/program") >"$work/expected.out" 2>/dev/null </dev/null
  expected=$?
}

agrees() {
  [[ $expected -ne 124 && $expected -eq $actual ]] && cmp -s "$work/expected.out" "$work/actual.out"
}

# One program; prints what differs.
try_program() {
  local source=$1 name work expected actual  # seen by the functions above
  name=$(basename "$source" .c)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  mkdir "$work/native" "$work/cage"
  if ! clang-22 -O1 -w "$source" -o "$work/native/program" -lpthread -lm ||
    ! "$linden" cc -O2 -w "$source" -o "$work/cage/program" -lm; then
    echo "FAILED: $name does not compile"
    return 1
  fi
  run_natively
  local grate=()
  read -ra grate <<<"${LINDEN_TEST_GRATE:-}"
  grate=("${grate[@]//\{\}/$work/cage}")
  local tier=(--tier "${LINDEN_TEST_TIER:-fast}" --sfi "${LINDEN_TEST_SFI:-segment}")
  [[ ${tier[1]} != auto ]] || tier+=(--no-cache)
  timeout 120 "$linden" run "${tier[@]}" --dir "$work/cage" --cwd "$work/cage" "${grate[@]}" "$work/cage/program" \
    >"$work/actual.out" 2>"$work/actual.err" </dev/null
  actual=$?
  for _ in 1 2 3 4; do
    agrees && return
    rm -rf "$work/native/"!(program)
    run_natively
  done
  if ! agrees; then
    echo "FAILED: $name: exit code $actual, native $expected"
    diff "$work/expected.out" "$work/actual.out" | head -10
    head -5 "$work/actual.err"
    return 1
  fi
}

if [[ ${1:-} == --one ]]; then
  linden=$2
  try_program "$3"
  exit
fi

linden=$(realpath "$1")
export LINDEN_SYSROOT=$2
family=$3
shift 3
if [[ ! -f $LINDEN_SYSROOT/lib/libc.a ]]; then
  echo "skipped: no C library in $LINDEN_SYSROOT (glibc-port/build makes it)"
  exit 77
fi
sources=()
if [[ $# -eq 0 ]]; then
  for source in "$here/$family"/*.c; do
    name=$(basename "$source" .c)
    if [[ -n ${LINDEN_TEST_EXCLUSIONS:-} ]] && grep -q "^$family/$name " "$LINDEN_TEST_EXCLUSIONS"; then
      grep "^$family/$name " "$LINDEN_TEST_EXCLUSIONS" | sed 's/^/left out: /'
    else
      sources+=("$source")
    fi
  done
fi
for name in "$@"; do
  sources+=("$here/$family/$name.c")
done

failures=$(printf '%s\n' "${sources[@]}" | xargs -P "${LINDEN_TEST_JOBS:-2}" -I{} bash "$0" --one "$linden" {})
if [[ -n $failures ]]; then
  echo "$failures"
fi
failed=$(grep -c '^FAILED: ' <<<"$failures")
echo "$((${#sources[@]} - failed)) of ${#sources[@]} programs of $family do as they do natively"
[[ $failed -eq 0 ]]
