#!/usr/bin/env bash
# Runs the specification scripts of one folder, in each tier. Arguments: linden, the test suite, a folder in it.
set -euo pipefail

linden=$1 folder=$2/$3
if ! compgen -G "$folder/*.wast" >/dev/null; then
  echo "skipped: no specification scripts in $folder"
  exit 77
fi
"$linden" wast -j2 --no-cache "$folder"/*.wast
"$linden" wast -j2 --no-cache --tier auto "$folder"/*.wast
exec "$linden" wast -j2 --no-cache --tier fast "$folder"/*.wast
