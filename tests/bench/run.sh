#!/usr/bin/env bash
# Tests `linden bench` as a user meets it, on small programs.
# usage: run.sh LINDEN SYSROOT
set -uo pipefail

linden=$(realpath "$1")
sysroot=$2
sanitizers=
here=$(dirname "$(realpath "$0")")
# shellcheck source=../../runtime/cli/expect.sh
source "$here/../../runtime/cli/expect.sh"

mkdir programs modules wrong crash
cp "$here/../../bench/kernels/fib.c" programs/
cat >programs/hello.c <<'C'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
C
cat >wrong/size.c <<'C'
#include <stdio.h>
int main(void) { printf("%zu\n", sizeof(void*)); return 0; }
C
cat >crash/trap.c <<'C'
int main(void) { __builtin_trap(); }
C
bench() { "$linden" bench --output=out "$@"; }
# Whether a file that was left behind has a property, as a Python expression of `it`, its content.
holds() {
  python3 -B - "$@" <<'P'
import json, sys, xml.dom.minidom
path, expression = sys.argv[1:]
text = open(path).read()
it = json.loads(text) if path.endswith(".json") else xml.dom.minidom.parseString(text)
sys.exit(0 if eval(expression) else f"{path}: not so: {expression}")
P
}

# Wrong usage.
expect 2 'unknown engine frob' bench programs --engines=native,frob
expect 2 'no --sfi frob; there are .*segment' bench programs --engines=native,linden:frob
expect 2 'linden:none does not confine.*--unsafe' bench programs --engines=native,linden:none
expect 2 'unknown suite frob' bench frob
expect 2 'above 0' bench programs --rounds=0
expect 2 'regular expression' bench programs --only='('
expect 1 'no program matches' bench programs --only=frob --engines=native
expect 1 'frobcc is not installed' bench programs --engines='native:frobcc -O2'
expect 1 'missing; run scripts/build' bench programs --engines=linden --linden=/nowhere/linden
expect 1 'results.json' bench --replot=/nowhere/results.json
# Without what it runs on.
expect 1 'python3 not found; install' env PATH=/nowhere "$linden" bench
cp "$linden" alone
expect 1 'harness.py is missing.*scripts/build' ./alone bench

# A directory of C programs: one prints rounds, the other is timed whole.
skipped='wavm is not installed: skipped'
command -v wavm >/dev/null && skipped=
expect 0 "$skipped" \
  bench programs --rounds=1 --engines=native,linden,wavm --only='fib|hello'
expect 0 '' holds out/results.json '[r["name"] for r in it["results"]] == ["fib", "hello"]'
expect 0 '' holds out/results.json 'all(set(r["runs"]) == {"native", "linden"} for r in it["results"])'
expect 0 '' holds out/results.json 'len(it["results"][0]["runs"]["linden"][0]["rounds_ns"]) == 10'
expect 0 '' holds out/results.json 'it["results"][1]["runs"]["linden"][0]["whole_process"]'
expect 0 '' holds out/results.json 'it["linden"]["sha256"] and it["machine"]["cpu"] and it["versions"]'
expect 0 '' holds out/results.json 'it["geomeans"]["programs"]["linden"]["programs"] == 2'
for plot in overhead-programs overhead-by-engine compile-time code-size; do
  expect 0 '' holds out/$plot.svg 'it.getElementsByTagName("rect")'
done
expect 0 'hello \(p\)' cat out/report.md

# The same report and plots without measuring.
cp out/report.md before.md
rm out/*.svg out/report.md
expect 0 'geomean of programs' bench --replot=out/results.json
expect 0 '' cmp out/report.md before.md
expect 0 '' holds out/overhead-programs.svg 'it.getElementsByTagName("rect")'
expect 0 'Nothing differs' bench --compare out/results.json out/results.json

# Wrong results and crashes are said, and are a failure.
expect 1 'size, linden:.*wrong result: checksum' bench wrong --rounds=1 --engines=native,linden
expect 1 'trap, linden:.*exited with 134' bench crash --rounds=1 --engines=linden
expect 0 '' holds out/results.json 'not it["geomeans"]["programs"]'

# An interruption keeps what there is. Without job control, a shell's own jobs would ignore the signal.
interrupt_after_two_rounds() {
  python3 -B - "$@" <<'P'
import signal, subprocess, sys
done = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
for line in done.stderr:
    if " 2/1000" in line:
        done.send_signal(signal.SIGINT)
sys.exit(done.wait())
P
}
expect 130 '' interrupt_after_two_rounds "$linden" bench --output=out programs --only=hello --rounds=1000 --engines=native
expect 0 '' holds out/results.json 'it["interrupted"] and 1 < len(it["results"][0]["runs"]["native"]) < 1000'
expect 0 'Interrupted' cat out/report.md

# Modules have no native build: Linden itself is the base.
cp out/wasm/file-hello.wasm modules/module.wasm
expect 0 'no native build was measured' bench modules --rounds=1 --engines=linden,linden:segment:fast,linden:segment:auto
expect 0 '' holds out/results.json 'it["results"][0]["baseline"] == ["linden"]'

if [[ ! -e $sysroot/linden.cfg ]]; then
  finish
fi
expect 0 '"checksum"' bench programs --only=hello --rounds=1 --engines=native,linden-glibc --json
expect 0 'getppid' bench calls --only='^getppid$' --rounds=1 --engines=native,linden
expect 0 '' holds out/results.json 'list(it["micro"]["calls"]["rows"]["getppid"]) == ["native", "linden"]'
expect 0 '' holds out/micro-calls.svg 'it.getElementsByTagName("rect")'
finish
