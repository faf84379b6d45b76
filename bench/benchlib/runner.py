"""Runs programs with engines, and reads what it cost."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from .engines import OTHERS
from .packages import SetupError
from .programs import BENCH, GUEST_DIRECTORY
from .toolchain import folder_of

RUN_TIMEOUT_SECONDS = 300
# V8's optimising compiler only, so that its slower first tier never counts.
NODE_FLAGS = ("--no-warnings", "--no-liftoff")
NODE_EAGER = ("--no-wasm-lazy-compilation",)
NODE_SCRIPT = BENCH / "runners" / "run_wasi.mjs"
# Instructions per round are the difference of two runs: what starting takes cancels out.
COUNTED_ROUNDS = (1, 3)


class RunError(Exception):
    """An engine failed to run a program; the message holds what it said."""


class Runner:
    """`processor` is the one that timed runs stay on, or None for any."""

    def __init__(self, toolchain, engines, processor, counter=None):
        self.toolchain = toolchain
        self.out = toolchain.out
        self.linden = toolchain.linden
        self.processor = processor
        self.counter = counter
        toolchain.require("clang-22")
        for engine in engines:
            if engine.is_native:
                toolchain.require(engine.compiler[0])
            elif engine.is_linden:
                if not self.linden.is_file():
                    raise SetupError(f"{self.linden} is missing; run scripts/build first, or name "
                                     "other engines with --engines")
                toolchain.require(str(self.linden))
            else:
                toolchain.require(OTHERS[engine.kind])
        self.measure = toolchain.measure_tool()

    def command(self, program, engine, artifact, rounds=None):
        arguments = [str(rounds)] if program.takes_rounds else []
        host = None
        if program.needs_directory:
            host = self.out / "data" / folder_of(engine.name)
            host.mkdir(parents=True, exist_ok=True)
            arguments.append(str(host) if engine.is_native else GUEST_DIRECTORY)
        if engine.is_native:
            return [artifact.path, *arguments]
        if engine.kind == "wasm2c":
            grant = ["--dir", f"{host}::{GUEST_DIRECTORY}"] if host else []
            return [artifact.path, *grant, *arguments]
        return [*self._start_of(engine, host, artifact.path), artifact.path, *arguments]

    def _start_of(self, engine, host, path):
        """What comes before the module; `host` is the directory that the program may use."""
        def granted(*form):
            return [word.format(host=host, guest=GUEST_DIRECTORY) for word in form] if host else []

        both = granted("--dir", "{host}::{guest}")
        starts = {
            "node": ["node", *NODE_FLAGS, NODE_SCRIPT, *both],
            "wasmtime": ["wasmtime", "run", "--allow-precompiled", *both],
            "iwasm": ["iwasm", *granted("--map-dir={guest}::{host}")],
            "wasmer": ["wasmer", "run", *granted("--mapdir", "{guest}:{host}")],
            "wavm": ["wavm", "run", *(["--precompiled"] if path.suffix == ".compiled" else []),
                     *granted("--mount-root", "{host}")],
        }
        if engine.is_linden:
            return [self.linden, "run", *engine.options, *both]
        return starts[engine.kind]

    def run(self, program, engine, artifact, rounds):
        """Runs a program once: its checksum, the time of its rounds, and what the process took."""
        command = self.command(program, engine, artifact, rounds)
        costs, output, _ = self._measured(command, program, pinned=True)
        return {**read_output(program, output, rounds, costs[0]), **costs[0]}

    def instructions(self, program, engine, artifact):
        """Per round; of a program that takes no rounds, of the whole process. None if unknown."""
        if not self.counter or not self.counter.available:
            return None
        counts = []
        for rounds in COUNTED_ROUNDS if program.takes_rounds else (None,):
            command = self.command(program, engine, artifact, rounds)
            self._measured([*self.counter.prefix(), *command], program, pinned=True)
            counts.append(self.counter.read())
        if None in counts:
            return None
        if len(counts) == 1:
            return counts[0]
        return (counts[1] - counts[0]) // (COUNTED_ROUNDS[1] - COUNTED_ROUNDS[0])

    def start_times(self, program, engine, artifact, repeats):
        """The times of runs of a program that does next to nothing."""
        command = self.command(program, engine, artifact)
        self._measured(command, program)  # fills caches
        return self._measured(command, program, repeats, pinned=True)[0]

    def compile_cost(self, program, engine, artifact):
        """How long the engine compiles (in seconds), and how much code results (in bytes).

        Not pinned: an engine may compile with all processors.
        """
        if engine.kind == "node":
            _, output, _ = self._measured(["node", *NODE_FLAGS, *NODE_EAGER, NODE_SCRIPT,
                                           "--compile", artifact.path], program)
            return {"compile_wall_s": float(output) / 1000.0}
        if engine.is_linden:
            return self._linden_cost(program, engine, artifact)
        return {"compile_cpu_s": artifact.cpu_seconds, "code_size": artifact.code_size}

    def _linden_cost(self, program, engine, artifact):
        # Without the cache and filling none; the warm-up fills it for the timed runs.
        command = self.command(program, engine, artifact, 1)
        at = command.index("run") + 1
        command[at:at] = ["--no-cache", "--stats", "--json"]
        _, _, said = self._measured(command, program)
        lines = [line for line in said.splitlines() if line.startswith("{")]
        try:
            statistics = json.loads(lines[-1])
            return {"compile_wall_s": statistics["total_load_seconds"],
                    "code_size": statistics["code_size"]}
        except (IndexError, ValueError, KeyError):
            raise RunError(f"linden run --stats --json said: {said[-300:]}") from None

    def _measured(self, command, program, repeats=1, pinned=False):
        """Returns (what each repetition cost, standard output, standard error)."""
        report = self.out / "measure.txt"
        environment = dict(os.environ)
        # One for each program: no run clears away what another needs.
        environment["LINDEN_CACHE_DIR"] = str(self.out / "linden-cache" / program.binary)
        processor = self.processor if pinned and self.processor is not None else -1
        words = [str(word) for word in [self.measure, report, repeats, processor, *command]]
        report.unlink(missing_ok=True)
        start = time.monotonic()
        try:
            result = subprocess.run(words, capture_output=True, text=True, errors="replace",
                                    env=environment, timeout=RUN_TIMEOUT_SECONDS,
                                    stdin=subprocess.DEVNULL, cwd=self.out, check=False)
        except subprocess.TimeoutExpired:
            raise RunError(f"no end after {RUN_TIMEOUT_SECONDS} s") from None
        if result.returncode != 0:
            said = (result.stderr.strip() or result.stdout.strip())[-600:]
            raise RunError(f"`{' '.join(words[4:])}` exited with {result.returncode} after "
                           f"{time.monotonic() - start:.1f} s: {said or 'it printed nothing'}")
        names = ("wall_ns", "user_ns", "system_ns", "peak_kib")
        costs = [dict(zip(names, map(int, line.split())))
                 for line in Path(report).read_text().splitlines()]
        return costs, result.stdout, result.stderr

    def forget_cache(self, program):
        shutil.rmtree(self.out / "linden-cache" / program.binary, ignore_errors=True)


def read_output(program, output, rounds, cost):
    """{"checksum", "rounds_ns"} of what a program printed.

    Of a directory's program that prints no rounds, the round is the whole process, and the checksum
    is one of all its output.
    """
    checksum = re.search(r"^checksum (\w+)$", output, re.MULTILINE)
    found = [int(value) for value in re.findall(r"^round (\d+)$", output, re.MULTILINE)]
    if checksum and found and (not program.takes_rounds or len(found) == rounds):
        return {"checksum": checksum[1], "rounds_ns": found}
    if program.takes_rounds:
        raise RunError("the program did not print a checksum and its rounds; it printed:\n"
                       + output[-500:])
    return {"checksum": hashlib.sha256(output.encode()).hexdigest()[:16],
            "rounds_ns": [cost["wall_ns"]], "whole_process": True}
