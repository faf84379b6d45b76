#!/usr/bin/env bash
# Runs the specification scripts of one folder, in each tier. Arguments: linden, the test suite, a folder in it, and
# an SFI back-end (segment). With another back-end than that the optimised tier only runs what accesses memory: all else
# is the same code.
set -euo pipefail

linden=$1 folder=$2/$3 sfi=${4:-segment}
if ! compgen -G "$folder/*.wast" >/dev/null; then
  echo "skipped: no specification scripts in $folder"
  exit 77
fi
optimised=()
for script in "$folder"/*.wast; do
  if [[ $sfi == segment ]] || grep -qE '\.(load|store|atomic)|memory\.(fill|copy|init|grow)' "$script"; then
    optimised+=("$script")
  fi
done
if [[ ${#optimised[@]} -ne 0 ]]; then
  "$linden" wast -j2 --no-cache --sfi "$sfi" "${optimised[@]}"
fi
"$linden" wast -j2 --no-cache --sfi "$sfi" --tier auto "$folder"/*.wast
exec "$linden" wast -j2 --no-cache --sfi "$sfi" --tier fast "$folder"/*.wast
