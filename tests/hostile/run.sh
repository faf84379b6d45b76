#!/usr/bin/env bash
# Programs that do what they must not: each has to end with its own trap, exit code and message.
# Argument: linden. LINDEN_TEST_SFI (segment) is how memory is confined.
set -uo pipefail

linden=$(realpath "$1")
sfi=${LINDEN_TEST_SFI:-segment}
here=$(cd "$(dirname "$0")" && pwd)
command -v wat2wasm >/dev/null || { echo "skipped: wat2wasm is needed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LINDEN_CACHE_DIR=${LINDEN_CACHE_DIR:-$work/cache}
failed=0 total=0

expect() {  # CODE PATTERN ARGUMENTS...: of `linden run`; PATTERN is in what it prints
  local code=$1 pattern=$2 output actual
  shift 2
  total=$((total + 1))
  output=$(timeout 60 "$linden" run --sfi "$sfi" "$@" 2>&1 </dev/null)
  actual=$?
  [[ $actual -eq $code && $output =~ $pattern ]] && return
  failed=$((failed + 1))
  printf 'FAILED: run %s\n  expected %s and "%s", got %s and: %s\n' "$*" "$code" "$pattern" "$actual" \
    "$(head -3 <<<"$output")"
}

assemble() { wat2wasm --enable-threads --enable-tail-call "$here/$1.wat" -o "$work/$1.wasm" || exit 1; }
for name in traps recursion memory; do assemble $name; done

# Trap, exit code, what is said; strict traps, since some results are not used.
while read -r name code message; do
  [[ -n $name ]] && expect "$code" "trap: $message" --strict-traps --invoke "$name" "$work/traps.wasm"
done <<'TRAPS'
unreachable 134 unreachable
divide_zero 136 integer divide by zero
divide_unsigned_zero 136 integer divide by zero
remainder_zero 136 integer divide by zero
remainder_unsigned_zero 136 integer divide by zero
divide_overflow 136 integer overflow
divide_overflow64 136 integer overflow
convert_nan 136 invalid conversion to integer
convert_large 136 integer overflow
convert_negative 136 integer overflow
call_null 134 uninitialized element
call_wrong_type 134 indirect call type mismatch
call_beyond 134 undefined element
call_far_beyond 134 undefined element
table_get 134 out of bounds table access
table_get_far 134 out of bounds table access
table_set 134 out of bounds table access
table_fill 134 out of bounds table access
table_copy 134 out of bounds table access
table_init 134 out of bounds table access
table_init_dropped 134 out of bounds table access
memory_copy 139 out of bounds memory access
memory_copy_from 139 out of bounds memory access
memory_copy_all 139 out of bounds memory access
memory_fill 139 out of bounds memory access
memory_fill_all 139 out of bounds memory access
memory_init 139 out of bounds memory access
memory_init_to 139 out of bounds memory access
memory_init_dropped 139 out of bounds memory access
atomic_unaligned 134 unaligned atomic
atomic_rmw_unaligned 134 unaligned atomic
wait_unshared 134 expected shared memory
TRAPS

for shape in small mutual indirect host inside_host vectors; do
  expect 139 "trap: call stack exhausted" --invoke $shape "$work/recursion.wasm"
  expect 139 "trap: call stack exhausted" --stack 64K --invoke $shape "$work/recursion.wasm"
done

expect 0 '^1$' --invoke grow "$work/memory.wasm" 65535
expect 0 '^-1$' --invoke grow "$work/memory.wasm" 65536
expect 0 '^-1$' --invoke grow "$work/memory.wasm" -1
expect 0 '^65536$' --invoke grow_all "$work/memory.wasm" 100000
expect 0 '^64$' --memory 4M --invoke grow_all "$work/memory.wasm" 100000
expect 139 'out of bounds memory' --invoke grow_then_beyond "$work/memory.wasm" 10

# Every access, beyond the end in every way that the sum of address and offset can be.
declare -A values=([i32]='(i32.const 1)' [i64]='(i64.const 1)' [f32]='(f32.const 1)' [f64]='(f64.const 1)'
                   [v128]='(v128.const i64x2 1 2)')
declare -A widths=([8]=1 [16]=2 [32]=4 [64]=8 [128]=16)
body='' names=()
define() {  # NAME TEXT: TEXT is a complete instruction with ADDRESS and OFFSET in it
  local name=$1 text=$2 width=$3 i=0 address offset class
  # shellcheck disable=SC2043
  for class in "$((65536 - width)) 1" "65536 0" "0 65536" "0 0xffffffff" "0xffffffff 0" \
    "0xffffffff 0xffffffff" "0x80000000 0x80000000" "0xfffffff0 0x7fffffff"; do
    read -r address offset <<<"$class"
    # Atomics also want aligned addresses.
    if [[ $name == *atomic* ]]; then
      [[ $i -eq 0 ]] && offset=8
      address=$((address & ~7)) offset=$((offset & ~7))
    fi
    local access=${text/ADDRESS/(i32.add (local.get 0) (i32.const $address))}
    body+="(func (export \"${name}_$i\") (param i32) ${access/OFFSET/offset=$offset})"$'\n'
    names+=("${name}_$i")
    i=$((i + 1))
  done
}
for type in i32 i64 f32 f64 v128; do
  case $type in i32 | f32) full=32 ;; v128) full=128 ;; *) full=64 ;; esac
  define "$type.load" "(drop ($type.load OFFSET ADDRESS))" "${widths[$full]}"
  define "$type.store" "($type.store OFFSET ADDRESS ${values[$type]})" "${widths[$full]}"
done
for type in i32 i64; do
  for bits in 8 16 32; do
    [[ $type$bits == i3232 ]] && continue
    define "$type.load${bits}_s" "(drop ($type.load${bits}_s OFFSET ADDRESS))" "${widths[$bits]}"
    define "$type.store$bits" "($type.store$bits OFFSET ADDRESS ${values[$type]})" "${widths[$bits]}"
    define "$type.atomic.rmw$bits.add_u" \
      "(drop ($type.atomic.rmw$bits.add_u OFFSET ADDRESS ${values[$type]}))" "${widths[$bits]}"
  done
  [[ $type == i32 ]] && full=32 || full=64
  define "$type.atomic.load" "(drop ($type.atomic.load OFFSET ADDRESS))" "${widths[$full]}"
  define "$type.atomic.store" "($type.atomic.store OFFSET ADDRESS ${values[$type]})" "${widths[$full]}"
  define "$type.atomic.rmw.cmpxchg" \
    "(drop ($type.atomic.rmw.cmpxchg OFFSET ADDRESS ${values[$type]} ${values[$type]}))" "${widths[$full]}"
done
define v128.load64_zero '(drop (v128.load64_zero OFFSET ADDRESS))' 8
define v128.load8_splat '(drop (v128.load8_splat OFFSET ADDRESS))' 1
define v128.load32x2_u '(drop (v128.load32x2_u OFFSET ADDRESS))' 8
define v128.load16_lane '(drop (v128.load16_lane OFFSET 3 ADDRESS (v128.const i64x2 0 0)))' 2
define v128.store64_lane '(v128.store64_lane OFFSET 1 ADDRESS (v128.const i64x2 0 0))' 8
printf '(module (memory 1)\n%s)\n' "$body" >"$work/access.wat"
wat2wasm --enable-threads "$work/access.wat" -o "$work/access.wasm" || exit 1
for name in "${names[@]}"; do
  expect 139 'trap: out of bounds memory access' --strict-traps --invoke "$name" "$work/access.wasm" 0
done

# Processes: module, exit code, what is said.
while read -r name code message; do
  expect "$code" "$message" --cages 40 "$here/processes/$name.wat"
done <<'PROCESSES'
fork_without_memory 12
fork_in_start 1
exit_in_start 126 exit
table_after_fork 6
fork_bomb 5
strangers 7
PROCESSES

if command -v clang-22 >/dev/null && [[ -d /usr/include/wasm32-wasi ]]; then
  mkdir "$work/granted"
  for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    if clang-22 --target=wasm32-wasi -Wno-deprecated --sysroot=/usr -O1 "$source" -o "$work/$name.wasm"; then
      expect 0 'everything was refused' --dir "$work/granted" "$work/$name.wasm"
    else
      echo "FAILED: $name does not compile"
      failed=$((failed + 1))
    fi
  done
fi
echo "$((total - failed)) of $total hostile guests met the right end"
[[ $failed -eq 0 ]]
