#!/usr/bin/env bash
# Programs of processes, threads and signals by one SFI back-end: a sample of tests/posix of what a back-end could
# break (memory that another process has, frames that are copied or left), or with --all every program of these
# families, which takes several minutes.
#
#     run.sh LINDEN SYSROOT SFI [--all]
set -uo pipefail

linden=$1 sysroot=$2
export LINDEN_TEST_SFI=$3
posix=$(dirname "$0")/../posix/run.sh

declare -A sample=(
  [processes]='fork fork_in_handler fork_in_recursion fork_and_longjmp fork_in_thread fork_of_touched_memory
               vfork_shares_memory exec shared_memory statuses_of_faults parallel_sort'
  [signals]='nested_handlers jump_out_of_handler alternate_stacks'
  [threads]='threads synchronisation thread_local_storage'
  [memory]='faults remapping file_mappings shared_anonymous_memory'
)
failed=0
for family in processes signals threads memory; do
  names=()
  [[ ${4:-} == --all ]] || read -rd '' -a names <<<"${sample[$family]}"
  bash "$posix" "$linden" "$sysroot" "$family" "${names[@]}"
  code=$?
  [[ $code -eq 77 ]] && exit 77
  [[ $code -eq 0 ]] || failed=1
done
exit "$failed"
