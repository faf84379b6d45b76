"""The command line of `linden bench`."""

import argparse
import re
from pathlib import Path

from . import micro
from .engines import DEFAULT, UsageError
from .programs import BENCH

QUICK_ALTERNATIONS, QUICK_ROUNDS = 2, 4
SUITES = ("kernels", "applications", "all", "micro", *micro.SUITES)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="linden bench",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Builds and runs programs, each alternately with each engine, and prints a table "
        "of times\nrelative to the better native build. results.json, report.md and plots (SVG) go to "
        "the\noutput folder.",
        epilog="Suites: kernels, applications, all (both; the default), micro (calls, grates, "
        "library), or a\ndirectory: each .c or .wasm file in it is a program that takes no "
        "arguments.\n\n"
        "Engines: native (clang-22 -O2), native-v3 (clang-22 -O3 -march=x86-64-v3), native-gcc,\n"
        "native-gcc-v3, 'native:CC FLAGS', linden[:SFI[:TIER]] (a program for WASI),\n"
        "linden-glibc[:SFI[:TIER]] (a program of `linden cc`), node, wasm2c, wasmtime, iwasm, wasmer,\n"
        "wavm. Those that are not installed are skipped.\n\n"
        "Exit code: 0; 1 if a program failed, gave a wrong result or something is missing; 2 for "
        "wrong\nusage; 130 if interrupted (what was measured is written).\n\n"
        "Examples:\n"
        "  linden bench --quick\n"
        "  linden bench applications --engines native,native-v3 --engines linden --sfi all\n"
        "  linden bench ~/programs --engines native,linden-glibc,'native:gcc -O1'\n"
        "  linden bench micro --only 'fork|pipe'\n"
        "  linden bench --compare before/results.json after/results.json")
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    parser.add_argument("--engines", action="append", metavar="A,B,...",
                        help="engines to compare; repeatable (default: native, native-v3, linden, "
                        "and the others that are installed)")
    parser.add_argument("--sfi", default="", metavar="A,B,...",
                        help="back-ends that a `linden` without one stands for; all: what there is")
    parser.add_argument("--tier", default="", metavar="A,B,...",
                        help="the tiers likewise")
    parser.add_argument("--unsafe", action="store_true",
                        help="allow back-ends that do not confine programs")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="only programs (of micro: rows) whose name matches")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="alternations: how often each program runs with each engine, after a "
                        "warm-up (default: %(default)s)")
    parser.add_argument("--quick", action="store_true",
                        help=f"{QUICK_ALTERNATIONS} alternations of {QUICK_ROUNDS} in-process "
                        "rounds: a rough picture")
    parser.add_argument("--no-pin", action="store_true",
                        help="let programs run on all processors, not on the calmest one")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        help="folder for builds and results (default: bench/out)")
    parser.add_argument("--json", action="store_true",
                        help="print results.json instead of the table")
    parser.add_argument("--linden", type=Path, default=BENCH.parent / "build" / "linden",
                        metavar="FILE", help="the command to measure (default: this one)")
    parser.add_argument("--list", action="store_true", help="list the programs and exit")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--replot", type=Path, metavar="RESULTS",
                       help="make the report and the plots of a results.json again, beside it or in "
                       "--output")
    other.add_argument("--compare", type=Path, nargs=2, metavar=("BEFORE", "AFTER"),
                       help="say what differs between two results.json by more than their intervals")
    options = parser.parse_args(arguments)
    try:
        _check(options)
    except UsageError as error:
        parser.error(str(error))
    return options


def _check(options):
    given = ",".join(options.engines or [])
    options.engines = [name.strip() for name in given.split(",") if name.strip()]
    options.engines = options.engines or list(DEFAULT)
    options.sfi = [name for name in options.sfi.split(",") if name]
    options.tier = [name for name in options.tier.split(",") if name]
    if options.rounds < 1:
        raise UsageError("--rounds takes a number above 0")
    try:
        re.compile(options.only)
    except re.error as error:
        raise UsageError(f"--only: not a regular expression: {error}") from None
    for suite in options.suites:
        if suite not in SUITES and not Path(suite).is_dir():
            raise UsageError(f"unknown suite {suite}; there are {', '.join(SUITES)}, and directories")
    options.suites = options.suites or ["all"]
    options.output = options.output and options.output.resolve()
    options.linden = options.linden.resolve()
    options.alternations = QUICK_ALTERNATIONS if options.quick else options.rounds
    options.program_rounds = QUICK_ROUNDS if options.quick else None
