"""The micro suites: what system calls, grates and functions of the C library cost.

Each is one program of bench/calls that measures many small loops and prints `NAME NANOSECONDS` for
each. It is compiled natively and by `linden cc`, and runs in turn.
"""

import os
import re
import subprocess
import time

from .programs import BENCH
from .runner import RUN_TIMEOUT_SECONDS, RunError
from .toolchain import BuildError, CLANG

HERE = BENCH / "calls"
SUITES = ("calls", "grates", "library")
TITLES = {"calls": "System calls, processes, signals, threads, page faults",
          "grates": "System calls beneath grates that pass them on, and served by imfs",
          "library": "Functions of the C library"}


class MicroSession:
    def __init__(self, toolchain, engines, progress, rounds, only, processor):
        self.toolchain = toolchain
        self.out = toolchain.out / "calls"
        self.linden = toolchain.linden
        # WASI has next to none of these calls: a cage runs programs of `linden cc`.
        self.cages = list({e.options: e for e in engines if e.is_linden}.values())
        self.progress = progress
        self.rounds = rounds
        self.only = only
        self.processor = processor
        self.suites = {}

    def measure(self, name):
        suite = self.suites[name] = {"engines": [], "rows": {}, "errors": {}}
        self.out.mkdir(parents=True, exist_ok=True)
        try:
            commands = self._commands(name)
        except BuildError as error:
            suite["errors"]["build"] = str(error)
            self.progress(f"{name}: {error}")
            return
        suite["engines"] = list(commands)
        self.progress.expect(self.rounds)
        # The first round is the warm-up: it compiles.
        for number in range(self.rounds + 1):
            for engine, command in commands.items():
                if engine in suite["errors"]:
                    continue
                try:
                    figures = self._run(command, name)
                except RunError as error:
                    suite["errors"][engine] = str(error)
                    self.progress(f"{name}: {engine} failed: {error}")
                    continue
                for row, value in figures.items() if number else ():
                    suite["rows"].setdefault(row, {}).setdefault(engine, []).append(value)
            if number:
                self.progress.step(f"{name}: round {number}/{self.rounds}")

    def _commands(self, suite):
        """{engine: command}; the natively compiled one first."""
        native = self.out / f"{suite}.native"
        source = HERE / f"{suite}.c"
        headers = [HERE / "measure.h"]
        self.toolchain.make(native, [source, *headers],
                            [[CLANG, "-O2", "-static", "-w", source, "-o", native, "-lm"]])
        commands = {"native": [native]}
        if self.cages:
            caged = self._compiled(suite, headers)
        for engine in self.cages:
            cage = [self.linden, "run", *engine.options, "--dir", self.out]
            commands[engine.name] = [*cage, caged]
            if suite == "grates":
                passing = self._compiled("pass", [])
                for count in (1, 2, 3):
                    plural = "grate" if count == 1 else "grates"
                    commands[f"{engine.name}, {count} {plural}"] = [*cage, *[passing] * count, caged]
                imfs = self.linden.resolve().parent / "sysroot/root/bin/imfs.grate"
                commands[f"{engine.name}, imfs"] = [*cage, imfs, caged, "/mem/file"]
        return commands

    def _compiled(self, name, headers):
        output, source = self.out / f"{name}.linden", HERE / f"{name}.c"
        self.toolchain.make(output, [source, *headers],
                            [[self.linden, "cc", "-O2", "-w", source, "-o", output, "-lm"]])
        return output

    def _run(self, command, suite):
        # The programs leave out by themselves what is not wanted; grates.c has two rows only.
        wanted = [self.only] if self.only and suite != "grates" else []
        figures = {}
        for line in self._output([*command, *wanted]).splitlines():
            name, _, value = line.partition(" ")
            if re.search(self.only, name):
                figures[name] = float(value)
        return figures

    def _pin(self):
        if self.processor is not None:
            os.sched_setaffinity(0, {self.processor})

    def _output(self, command):
        words = [str(word) for word in command]
        start = time.monotonic()
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False,
                                  preexec_fn=self._pin, timeout=RUN_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            raise RunError(f"no end after {RUN_TIMEOUT_SECONDS} s") from None
        if done.returncode != 0:
            raise RunError(f"`{' '.join(words)}` ended with {done.returncode} after "
                           f"{time.monotonic() - start:.1f} s: {done.stderr.strip()[-300:]}")
        return done.stdout
