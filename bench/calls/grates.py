"""What grates cost: a program that makes two system calls, natively, in a cage, and beneath one, two and three grates that
pass them on, and beneath the grate imfs, which serves the file from its memory. All in turn; medians of the rounds, and
of each round's ratio to the native one."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from measure import HERE, ROOT, run


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench-calls --grates", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    parser.add_argument("--linden", default=ROOT / "build/linden", type=Path, metavar="FILE")
    options = parser.parse_args()
    output = ROOT / "bench/out/calls"
    output.mkdir(parents=True, exist_ok=True)
    native = output / "grates.native"
    subprocess.run(["clang-22", "-O2", "-static", HERE / "grates.c", "-o", native], check=True)
    for name in ("grates", "pass"):
        subprocess.run([options.linden, "cc", "-O2", HERE / f"{name}.c", "-o", output / f"{name}.wasm"], check=True)
    inside = f"{output}/pass.wasm"
    program = f"{output}/grates.wasm"
    cage = [options.linden, "run", "--dir", output]
    commands = {
        "native": [native],
        "cage": [*cage, program],
        "1 grate": [*cage, inside, program],
        "2 grates": [*cage, inside, inside, program],
        "3 grates": [*cage, inside, inside, inside, program],
        "imfs": [*cage, options.linden.resolve().parent / "sysroot/root/bin/imfs.grate", program, "/mem/file"],
    }
    for command in commands.values():  # compiles
        run(command)
    rounds = []
    for number in range(options.rounds):
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {options.rounds}", end="", file=sys.stderr)
        rounds.append({name: run(command) for name, command in commands.items()})
    if sys.stderr.isatty():
        print(file=sys.stderr)
    calls = rounds[0]["native"]
    print(f"{'':10}" + "".join(f"{call + ' ns':>14}{'ratio':>8}" for call in calls))
    for name in commands:
        cells = []
        for call in calls:
            ratio = statistics.median(each[name][call] / each["native"][call] for each in rounds)
            cells.append(f"{statistics.median(each[name][call] for each in rounds):14.1f}{ratio:8.2f}")
        print(f"{name:10}" + "".join(cells))
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=1))


if __name__ == "__main__":
    main()
