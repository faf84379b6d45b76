"""Runs GCC's C torture tests (gcc/testsuite/gcc.c-torture/execute of Debian's gcc-12-source): each is compiled
by `linden cc` and passes if it exits with 0 under `linden run`."""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import re
import sys
import tarfile
import tempfile
from pathlib import Path

import dejagnu
from suites import execute, last_line, read_exclusions

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCES = Path("/usr/src/gcc-12")
SUITE = "gcc/testsuite/gcc.c-torture/execute"
LEVELS = ("-O0", "-O2")

# Options of GCC's optimiser that clang refuses; none changes what a correct compiler may do.
GCC_ONLY = re.compile(r"-f(no-)?(early-inlining|ipa-cp|ipa-ra|tree-coalesce-vars|expensive-optimizations|"
                      r"tree-bit-ccp|modulo-sched|dce|gcse|ivopts|ira-share-spill-slots|tree-dse|tracer|"
                      r"tree-loop-distribution|tree-loop-distribute-patterns|vect-cost-model|optimize-strlen|"
                      r"dump-.*)$")
# What GCC 12 accepts and clang 22 does not by itself: these programs are old.
OLD_C = ["-w", "-Wno-implicit-int", "-Wno-implicit-function-declaration", "-Wno-int-conversion",
         "-Wno-incompatible-pointer-types", "-Wno-incompatible-function-pointer-types", "-Wno-return-mismatch",
         "-Wno-return-type", "-Wno-parentheses"]
# What the harnesses of the directories (ieee.exp, builtins.exp) add.
DIRECTORY_OPTIONS = {
    "ieee": ["-fno-inline"],
    "builtins": ["-fno-inline-functions"],
}


@dataclasses.dataclass
class Test:
    name: str  # relative to the suite
    level: str
    sources: list
    options: list
    unsupported: str

    @property
    def label(self):
        return f"{self.name} {self.level}"


@dataclasses.dataclass
class Outcome:
    status: str  # pass, compile, run or unsupported
    detail: str = ""


def unpack(directory):
    """The suite's directory, unpacked on first use."""
    suite = directory / SUITE
    stamp = directory / "unpacked"
    if not stamp.exists():
        tarballs = sorted(SOURCES.glob("gcc-12*.tar.xz"))
        if not tarballs:
            sys.exit("torture: gcc-12-source is not installed: run scripts/conformance --setup")
        print(f"unpacking {tarballs[0]}", file=sys.stderr)
        with tarfile.open(tarballs[0]) as archive:
            for member in archive:
                _, _, inner = member.name.partition("/")
                if inner.startswith(SUITE) and member.isfile():
                    target = directory / inner
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.extractfile(member).read())
        stamp.touch()
    return suite


def collect(suite, levels):
    tests = []
    for path in sorted(suite.rglob("*.c")):
        name = str(path.relative_to(suite))
        directory = path.parent.name if path.parent != suite else ""
        if directory == "lib" or name.endswith("-lib.c"):
            continue
        sources = [path]
        if directory == "builtins":
            sources += [path.with_name(path.stem + "-lib.c"), suite / "builtins/lib/main.c"]
        for level in levels:
            directives = dejagnu.read(path, level)
            options = [level, *OLD_C, *DIRECTORY_OPTIONS.get(directory, []), *directives.options,
                       *dejagnu.companion_options(path)]
            options = [option for option in options if not GCC_ONLY.match(option)]
            tests.append(Test(name, level, sources, options, directives.unsupported))
    return tests


def attempt(test, compiler, runner, work, options):
    program = work / (test.name.replace("/", "_") + test.level)
    try:
        code, output = execute([*compiler, *test.options, *map(str, test.sources), "-lm", "-o", str(program)],
                               options.timeout)
        if code != 0:
            return Outcome("compile", last_line(output) or f"exit code {code}")
        if options.compile_only:
            return Outcome("pass")
        code, output = execute([*runner, str(program)], options.timeout, cwd=work)
        if code == 0:
            return Outcome("pass")
        return Outcome("run", f"{'timeout' if code is None else f'exit code {code}'} {last_line(output)}".strip())
    finally:
        program.unlink(missing_ok=True)


def run_test(test, exclusion, options, work):
    """The outcome; and natively the outcome of a failure, which tells whether clang or Linden is to blame."""
    if test.unsupported:
        return test, Outcome("unsupported", test.unsupported), None
    if options.native:
        return test, attempt(test, ["clang-22"], [], work, options), None
    outcome = attempt(test, [options.linden, "cc"], [options.linden, "run", "--no-cache", "--jobs", "1", "--tier",
                                                       options.tier], work, options)
    native = None
    if outcome.status != "pass" and exclusion is None:
        native = attempt(test, ["clang-22"], [], work, options)
    return test, outcome, native


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/conformance torture", description=__doc__)
    parser.add_argument("level", nargs="*", metavar="LEVEL", help="-O0 or -O2 (default: both)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only tests whose name matches")
    parser.add_argument("--compile-only", action="store_true", help="compile and link, run nothing")
    parser.add_argument("--native", action="store_true",
                        help="compile and run by clang alone: what fails so is not Linden's doing")
    parser.add_argument("--tier", default="fast", choices=["fast", "opt"],
                        help="how programs are compiled to machine code (default: fast; opt takes six times longer)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="for each step of a test")
    parser.add_argument("--linden", default=str(ROOT / "build/linden"), metavar="FILE")
    parser.add_argument("--exclusions", type=Path, default=HERE / "torture-exclusions.txt", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "build/conformance", metavar="DIR",
                        help="for sources and torture.json (default: build/conformance)")
    # argparse would take a level for an option.
    levels = [argument for argument in sys.argv[1:] if argument in LEVELS]
    options = parser.parse_args([argument for argument in sys.argv[1:] if argument not in LEVELS])
    if options.level:
        parser.error(f"unknown level {options.level[0]}: there are {', '.join(LEVELS)}")
    options.level = levels or list(LEVELS)
    return options


def report(results, exclusions, options):
    """Prints what is wrong, and the table. True if nothing is."""
    counts = {level: collections.Counter() for level in options.level}
    reasons = collections.Counter()
    rows, healthy = [], True
    for test, outcome, native in results:
        exclusion = exclusions.get(test.label) or exclusions.get(test.name)
        verdict = outcome.status
        if exclusion and outcome.status in ("compile", "run"):
            verdict = "excluded"
            reasons[exclusion] += 1
        elif exclusion and outcome.status == "pass" and not (options.compile_only or options.native):
            healthy = False
            print(f"PASSES, but is excluded: {test.label}: {exclusion}")
        elif outcome.status in ("compile", "run"):
            healthy = False
            natively = f"; natively: {native.status} {native.detail}".rstrip() if native else ""
            print(f"FAIL {test.label}: {outcome.status}: {outcome.detail}{natively}")
        counts[test.level][verdict] += 1
        rows.append({"test": test.name, "level": test.level, "status": verdict, "detail": outcome.detail,
                     "native": native and dataclasses.asdict(native)})
    print(f"\n{'':8}{'pass':>8}{'compile':>10}{'run':>8}{'excluded':>10}{'unsupported':>13}{'all':>8}")
    for level, count in counts.items():
        print(f"{level:8}{count['pass']:8}{count['compile']:10}{count['run']:8}{count['excluded']:10}"
              f"{count['unsupported']:13}{sum(count.values()):8}")
    for reason, number in reasons.most_common():
        print(f"excluded {number:4}  {reason}")
    (options.output / "torture.json").write_text(json.dumps(rows, indent=1))
    return healthy


def main():
    options = parse_arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    suite = unpack(options.output / "gcc-12")
    exclusions = read_exclusions(options.exclusions)
    tests = collect(suite, options.level)
    unknown = set(exclusions) - {test.name for test in tests} - {test.label for test in tests}
    if len(options.level) == len(LEVELS) and unknown:
        sys.exit(f"torture: exclusions of what does not exist: {', '.join(sorted(unknown))}")
    tests = [test for test in tests if re.search(options.only, test.name)]
    results = []
    with tempfile.TemporaryDirectory(dir=options.output) as work, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(run_test, test, exclusions.get(test.label) or exclusions.get(test.name), options,
                               Path(work)) for test in tests]
        for future in concurrent.futures.as_completed(futures):
            results.append(future.result())
            test, outcome, _ = results[-1]
            if outcome.status in ("compile", "run"):
                print(f"\r{test.label}: {outcome.status}: {outcome.detail}", file=sys.stderr, flush=True)
            if sys.stderr.isatty():
                print(f"\r{len(results)} of {len(tests)}", end="", file=sys.stderr)
    results.sort(key=lambda result: result[0].label)
    sys.exit(0 if report(results, exclusions, options) else 1)


if __name__ == "__main__":
    main()
