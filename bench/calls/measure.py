"""Compares what system calls, threads and processes cost natively and in a cage, or with --library what the C library's
functions do: compiles bench/calls/calls.c (library.c) both ways, runs both alternately, and prints the median of each and
of the ratios of the rounds."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"bench-calls: {' '.join(map(str, command))} ended with {done.returncode}")
    return {name: float(value) for name, value in (line.split() for line in done.stdout.decode().splitlines())}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench-calls", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only what has this in its name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument("--linden", default=ROOT / "build/linden", type=Path, metavar="FILE")
    parser.add_argument("--library", action="store_true", help="measure the C library's functions")
    parser.add_argument("--grates", action="store_true", help="as the first option: measure what grates cost")
    options = parser.parse_args()
    output = ROOT / "bench/out/calls"
    output.mkdir(parents=True, exist_ok=True)
    source = HERE / ("library.c" if options.library else "calls.c")
    native, caged = (output / f"{source.stem}.{kind}" for kind in ("native", "linden"))
    subprocess.run(["clang-22", "-O2", "-static", "-w", source, "-o", native], check=True)
    subprocess.run([options.linden, "cc", "-O2", "-w", source, "-o", caged], check=True)
    cage = [options.linden, "run", "--dir", output, caged]
    subprocess.run([*cage, "exit"], stdout=subprocess.DEVNULL, check=True)  # compiles
    rounds = []
    for number in range(options.rounds):
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {options.rounds}", end="", file=sys.stderr)
        rounds.append((run([native, *options.names]), run([*cage, *options.names])))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    results = {}
    print(f"{'':22}{'native ns':>12}{'cage ns':>12}{'ratio':>8}")
    for name in rounds[0][0]:
        natives, cages = ([each[side][name] for each in rounds] for side in (0, 1))
        ratio = statistics.median(cage / native for native, cage in zip(natives, cages))
        results[name] = {"native": natives, "cage": cages, "ratio": ratio}
        print(f"{name:22}{statistics.median(natives):12.1f}{statistics.median(cages):12.1f}{ratio:8.2f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
