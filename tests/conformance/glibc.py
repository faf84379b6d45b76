"""Runs glibc's own tests: each program is built by glibc's makefiles with `linden cc`, and passes if it exits under
`linden run` as it says that it should. Tests of scripts, of shared libraries and in containers are left out."""

import argparse
import collections
import concurrent.futures
import dataclasses
import fnmatch
import json
import os
import re
import shlex
import signal
import sys
import tempfile
from pathlib import Path

import glibc_make
import suites

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIRECTORIES = ["string", "stdlib", "stdio-common", "wcsmbs", "setjmp", "time", "libio", "malloc", "io", "dirent",
               "posix", "misc", "rt", "nptl", "math"]

# What cages do not have yet, by the functions that a test's own objects refer to. Such a test is not run.
NEEDS = {
    "sockets": r"x?socket(pair)?|x?bind|x?listen|x?accept4?|x?connect|x?send(to|msg|mmsg)?|x?recv(from|msg|mmsg)?|"
               r"getaddrinfo|rcmd(_af)?|ruserok.*",
    "System V IPC": r"(sem|shm|msg)(get|ctl|op|at|dt|snd|rcv|timedop)",
    "message queues": r"mq_.*",
    "shared libraries": r"x?dl(m?open|m?sym|vsym|close|addr1?|info|error)|dl_iterate_phdr",
    "namespaces": r"support_(become_root|can_chroot|enter_(mount|network)_namespace|chroot.*)|x?chroot|unshare",
    "terminals": r"x?(posix_)?openpt|getpt|openpty|forkpty|support_openpty",
}


@dataclasses.dataclass
class Outcome:
    status: str  # pass, fail, compile, unsupported, or "needs NAME"
    detail: str = ""


def missing_capability(symbols):
    for name, pattern in NEEDS.items():
        if any(re.fullmatch(pattern, symbol) for symbol in symbols):
            return name
    return ""


def expected_exit(directions):
    """The exit code that a test's driver told us to expect (support_test_main.c), as a shell would see it."""
    if not directions.exists():  # a program without the driver, or it never got that far
        return 0
    fields = dict(line.split("=", 1) for line in directions.read_text().splitlines() if "=" in line)
    for number in signal.valid_signals():
        if "signal" in fields and signal.strsignal(number) == fields["signal"]:
            return 128 + number
    return int(fields.get("exit", 0))


def run(test, tree, options, scratch):
    # The driver forks unless TEST_DIRECT is set, which also makes it say what it expects.
    environment = list(test.environment)
    if not test.whole_environment:
        environment = [f"GCONV_PATH={tree.objects}/iconvdata", f"LOCPATH={tree.locales}", "LC_ALL=C",
                       *environment]
    environment.append(f"TEST_DIRECT={scratch}/directions")
    command = [options.linden, "run", "--no-cache", "--jobs", "1", "--tier", options.tier,
               "--dir", f"{tree.source}::{tree.source}:ro", "--dir", f"{tree.locales}::{tree.locales}:ro",
               "--dir", f"{tree.objects}::{tree.objects}", "--dir", f"{scratch}::{scratch}",
               "--cwd", tree.source / test.directory,
               *(f"--env={assignment}" for assignment in environment), tree.program(test)]
    shell = f"exec {shlex.join(map(str, command))} {test.arguments}"
    with open(test.standard_input or os.devnull, "rb") as standard_input:
        code, output = suites.execute(["timeout", "-k", "5", str(options.timeout), "sh", "-c", shell],
                                     options.timeout + 20, stdin=standard_input, cwd=tree.source / test.directory)
    (tree.objects / test.directory / f"{test.name}.out").write_bytes(output)
    if code == 77:
        return Outcome("unsupported", suites.last_line(output))
    expected = expected_exit(Path(scratch) / "directions")
    if code == expected:
        return Outcome("pass")
    if code in (None, 124, 137):
        return Outcome("fail", f"timeout {suites.last_line(output)}".strip())
    wanted = f" instead of {expected}" if expected else ""
    return Outcome("fail", f"exit code {code}{wanted} {suites.last_line(output)}".strip())


def attempt(test, tree, options):
    missing = missing_capability(tree.undefined_symbols(test))
    if missing:
        return test, Outcome(f"needs {missing}")
    if options.compile_only:
        return test, Outcome("pass")
    with tempfile.TemporaryDirectory(dir=tree.objects) as scratch:
        return test, run(test, tree, options, scratch)


def run_directory(directory, tree, options):
    """Outcomes of all tests of a directory, as they come."""
    tests, locales = tree.tests(directory)
    tests = [test for test in tests if re.search(options.only, test.label)]
    if not tests:
        return
    tree.locales.mkdir(parents=True, exist_ok=True)
    if not options.no_locales:
        tree.install_locales(locales)
    for test in tests:
        if test.cxx:
            yield test, Outcome("needs C++")
    tests = [test for test in tests if not test.cxx]
    reasons = tree.compile(directory, tests, options.jobs)
    for test in tests:
        if test.name in reasons:
            yield test, Outcome("compile", reasons[test.name])
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(attempt, test, tree, options) for test in tests if test.name not in reasons]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()


def reason_for(label, exclusions):
    for pattern, reason in exclusions.items():
        if fnmatch.fnmatchcase(label, pattern):
            return reason
    return None


def report(results, exclusions):
    """Prints the table and what it is made of. True if nothing is wrong."""
    columns = ["pass", "fail", "excluded", "needs", "unsupported", "compile"]
    counts = collections.defaultdict(collections.Counter)
    causes = collections.Counter()
    healthy = True
    for test, outcome in results:
        reason = reason_for(test.label, exclusions)
        verdict = outcome.status.split()[0]
        if verdict == "needs":
            causes[outcome.status] += 1
        elif verdict in ("fail", "compile") and reason:
            causes[f"{'excluded' if verdict == 'fail' else 'does not compile'}: {reason}"] += 1
            verdict = "excluded" if verdict == "fail" else verdict
        elif verdict in ("fail", "compile"):
            healthy = False
            print(f"FAIL {test.label}: {outcome.status}: {outcome.detail}")
        elif verdict == "pass" and reason:
            healthy = False
            print(f"PASSES, but is excluded: {test.label}: {reason}")
        counts[test.directory][verdict] += 1
        counts["all"][verdict] += 1
    print(f"\n{'':14}" + "".join(f"{column:>13}" for column in columns) + f"{'of those run':>14}")
    for directory, count in sorted(counts.items(), key=lambda item: [*DIRECTORIES, "all"].index(item[0])):
        executed = count["pass"] + count["fail"] + count["excluded"]
        share = f"{100 * count['pass'] / executed:.1f}%" if executed else "-"
        print(f"{directory:14}" + "".join(f"{count[column]:13}" for column in columns) + f"{share:>14}")
    for cause, number in causes.most_common():
        print(f"{number:5}  {cause}")
    return healthy


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/conformance glibc", description=__doc__)
    parser.add_argument("--directory", action="append", choices=DIRECTORIES, metavar="NAME",
                        help="only this directory of glibc; repeatable")
    parser.add_argument("--only", default="", metavar="REGEX", help="only tests whose directory/name matches")
    parser.add_argument("--compile-only", action="store_true", help="compile and link, run nothing")
    parser.add_argument("--no-locales", action="store_true",
                        help="compile no locales besides those that are there (some take a minute)")
    parser.add_argument("--tier", default="fast", choices=["fast", "opt"],
                        help="how programs are compiled to machine code (default: fast)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for running a test")
    parser.add_argument("--linden", type=Path, default=ROOT / "build/linden", metavar="FILE")
    parser.add_argument("--sysroot", type=Path, default=ROOT / "build/sysroot", metavar="DIR")
    parser.add_argument("--glibc", type=Path, default=ROOT / "build/glibc-work", metavar="DIR",
                        help="where glibc-port/build worked (default: build/glibc-work)")
    parser.add_argument("--exclusions", type=Path, default=HERE / "glibc-exclusions.txt", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "build/conformance/glibc", metavar="DIR",
                        help="for programs, outputs and glibc.json (default: build/conformance/glibc)")
    return parser.parse_args()


def main():
    options = parse_arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    exclusions = suites.read_exclusions(options.exclusions)
    tree = glibc_make.Tree(options.glibc.resolve(), options.sysroot.resolve(), options.output.resolve())
    tree.prepare(options.jobs)
    results = []
    for directory in options.directory or DIRECTORIES:
        for test, outcome in run_directory(directory, tree, options):
            results.append((test, outcome))
            if outcome.status in ("fail", "compile") and not reason_for(test.label, exclusions):
                print(f"\r{test.label}: {outcome.status}: {outcome.detail}", file=sys.stderr, flush=True)
            elif sys.stderr.isatty():
                print(f"\r{len(results)} {test.label:60.60}", end="", file=sys.stderr)
    results.sort(key=lambda result: result[0].label)
    (options.output / "glibc.json").write_text(json.dumps(
        [{"test": test.label, "status": outcome.status, "detail": outcome.detail,
          "excluded": reason_for(test.label, exclusions)} for test, outcome in results], indent=1))
    sys.exit(0 if report(results, exclusions) else 1)


if __name__ == "__main__":
    main()
