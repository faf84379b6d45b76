"""Compares Linden with native code and with other WebAssembly engines; see README.md."""

import argparse
import datetime
import fcntl
import json
import os
import platform
import re
import sys
import time
from pathlib import Path

from benchlib import chart, report
from benchlib.engines import ENGINES, NATIVE_ENGINES, RunError, Runner
from benchlib.programs import SetupError, all_programs, fetch_packages
from benchlib.toolchain import BuildError, Toolchain

BENCH = Path(__file__).resolve().parent
QUICK_ALTERNATIONS, QUICK_ROUNDS, START_REPEATS = 2, 4, 20
STARTED = time.monotonic()


def progress(text):
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Builds and runs the benchmarks: each program alternately with each engine. "
        "Prints a table of times relative to the better native build, and leaves report.md, "
        "results.json and chart.svg in the output folder.")
    parser.add_argument("--engines", default=",".join(ENGINES), metavar="A,B,...",
                        help="engines to compare, at least one of them native (default: all: "
                        "%(default)s)")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="only programs whose name matches")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="alternations: how often each program runs with each engine "
                        "(default: %(default)s)")
    parser.add_argument("--quick", action="store_true",
                        help=f"{QUICK_ALTERNATIONS} alternations of {QUICK_ROUNDS} in-process "
                        "rounds: a rough picture")
    parser.add_argument("--output", type=Path, default=BENCH / "out", metavar="DIR",
                        help="folder for builds and results (default: bench/out)")
    parser.add_argument("--linden", type=Path, default=BENCH.parent / "build" / "linden",
                        metavar="FILE", help="the command to measure (default: build/linden)")
    parser.add_argument("--list", action="store_true", help="list the programs and exit")
    options = parser.parse_args()
    options.engines = [name for name in options.engines.split(",") if name]
    unknown = sorted(set(options.engines) - set(ENGINES))
    if unknown:
        parser.error(f"unknown engine {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    if not set(options.engines) & set(NATIVE_ENGINES):
        parser.error("ratios need a native build: add native or native-v3 to --engines")
    options.engines = [name for name in ENGINES if name in options.engines]
    if options.rounds < 1:
        parser.error("--rounds takes a number above 0")
    try:
        re.compile(options.only)
    except re.error as error:
        parser.error(f"--only: not a regular expression: {error}")
    options.output = options.output.resolve()
    options.linden = options.linden.resolve()
    return options


def lock(folder):
    """Two runs in one folder would overwrite what the other builds."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SetupError(f"another run is using {folder}; wait for it to end, or give this one "
                         "another folder with --output") from None
    return file


def build_all(programs, runner, options):
    """Returns {program: {engine: artifact}} and the errors in the same shape."""
    artifacts, errors = {}, {}
    for program in programs:
        artifacts[program.name], errors[program.name] = {}, {}
        for engine in options.engines:
            if not program.runs_with(engine):
                continue
            try:
                artifacts[program.name][engine] = runner.build(program, engine)
            except BuildError as error:
                errors[program.name][engine] = f"build: {error}"
                progress(f"{program.name}: {engine} does not build: {error}")
    return artifacts, errors


def measure(program, runner, artifacts, errors, options):
    result = {"name": program.name, "kind": program.kind, "stresses": program.stresses,
              "runs": {}, "costs": {}, "errors": errors}

    def attempt(engine, work):
        try:
            return work()
        except RunError as error:
            result["errors"][engine] = str(error)
            progress(f"{program.name}: {engine} failed: {error}")
            return None

    for engine in list(artifacts):
        cost = attempt(engine, lambda: runner.compile_cost(program, engine, artifacts[engine]))
        if cost is not None:
            result["costs"][engine] = cost
    checksum = None
    alternations = QUICK_ALTERNATIONS if options.quick else options.rounds
    rounds = QUICK_ROUNDS if options.quick else program.rounds
    for alternation in range(alternations):
        told = []
        for engine in artifacts:
            if engine in result["errors"]:
                continue
            run = attempt(engine, lambda: runner.run(program, engine, artifacts[engine], rounds))
            if run is None:
                continue
            checksum = checksum or run.checksum
            if run.checksum != checksum:
                result["errors"][engine] = (f"checksum {run.checksum}, but {checksum} with the "
                                            "first engine: its results are wrong")
                progress(f"{program.name}: {engine}: {result['errors'][engine]}")
                continue
            result["runs"].setdefault(engine, []).append(vars(run))
            told.append(f"{engine} {run.best_ns / 1e6:.1f}")
        progress(f"{program.name} {alternation + 1}/{alternations}, ms: {', '.join(told)}")
    result["checksum"] = checksum
    return result


def measure_start(program, runner, artifacts, errors):
    result = {"name": program.name, "kind": program.kind, "runs": {}, "costs": {},
              "errors": errors}
    for engine, artifact in artifacts.items():
        try:
            result["costs"][engine] = runner.compile_cost(program, engine, artifact)
            result["runs"][engine] = runner.start_times(program, engine, artifact, START_REPEATS)
        except RunError as error:
            errors[engine] = str(error)
            progress(f"{program.name}: {engine} failed: {error}")
    progress(f"{program.name}: {START_REPEATS} starts with each engine")
    return result


def environment(toolchain):
    cpu = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        match = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        cpu = match[1] if match else cpu
    return {"cpu": cpu, "processors": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg(), "versions": toolchain.versions}


def write_results(document, folder):
    (folder / "results.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "chart.svg").write_text(chart.draw(document))
    text = report.markdown(document)
    (folder / "report.md").write_text(text)
    print(text)
    progress(f"results are in {folder}: report.md, results.json, chart.svg")


def main():
    options = parse_arguments()
    programs = [p for p in all_programs(options.output) if re.search(options.only, p.name)]
    if options.list:
        for program in programs:
            print(f"{program.name:16} {program.kind:12} {program.stresses}")
        return 0
    if not programs:
        raise SetupError(f"no program matches --only {options.only}; see --list")
    options.output.mkdir(parents=True, exist_ok=True)
    held = lock(options.output)
    toolchain = Toolchain(options.output, progress)
    runner = Runner(toolchain, options.engines, options.linden)
    fetch_packages(options.output, {p.binary for p in programs}, progress)
    artifacts, errors = build_all(programs, runner, options)
    results, start = [], None
    for program in programs:
        name = program.name
        if program.kind == "start":
            start = measure_start(program, runner, artifacts[name], errors[name])
        else:
            results.append(measure(program, runner, artifacts[name], errors[name], options))
    geomeans = report.summarize(results, options.engines)
    document = {
        "date": datetime.datetime.now().isoformat(timespec="seconds"),
        "engines": options.engines,
        "alternations": QUICK_ALTERNATIONS if options.quick else options.rounds,
        "environment": environment(toolchain),
        "geomeans": geomeans,
        "results": results,
        "start": start,
    }
    write_results(document, options.output)
    held.close()
    failed = any(r["errors"] for r in results) or bool(start and start["errors"])
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (SetupError, BuildError) as error:
        sys.exit(f"scripts/bench: {error}")
    except KeyboardInterrupt:
        sys.exit("scripts/bench: interrupted")
