# For tests of the command as a user meets it; sourced. Expects $linden and $sanitizers; leaves the current directory
# at a temporary one, $work. A test ends with `finish`.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LINDEN_CACHE_DIR=$work/cache
failures=0

# AddressSanitizer warns, once in a process, that a guest's stack is not the thread's.
without_sanitizer_warning() {
  sed -e 's/==[0-9]*==WARNING: ASan is ignoring .*//' \
    -e '/^False positive error reports may follow/d' -e '/sanitizers\/issues\/189$/d'
}

# expect CODE TEXT COMMAND...: the exit code, and a pattern that its output (both streams) must match.
expect() {
  local code=$1 text=$2 output actual
  shift 2
  output=$("$@" 2>&1 </dev/null | tr '\0' ' ' | without_sanitizer_warning)
  actual=$?
  if [[ $actual -ne $code || ! $output =~ $text ]]; then
    printf 'FAILED: %s\n  expected exit code %s and output matching "%s"\n  got %s and: %s\n' \
      "$*" "$code" "$text" "$actual" "$output"
    failures=$((failures + 1))
  fi
}

finish() {
  if ((failures > 0)); then
    echo "$failures failures"
    exit 1
  fi
  echo 'all passed'
  exit 0
}
