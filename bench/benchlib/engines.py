"""How each engine is built for, started and inspected."""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .programs import BENCH, GUEST_DIRECTORY, SetupError

ENGINES = ("native", "native-v3", "linden", "node", "wasm2c")
NATIVE_ENGINES = ("native", "native-v3")
RUN_TIMEOUT_SECONDS = 300
# V8's optimising compiler only, so that its slower first tier never counts.
NODE_FLAGS = ("--no-warnings", "--no-liftoff")
NODE_EAGER = ("--no-wasm-lazy-compilation",)


class RunError(Exception):
    """An engine failed to run a program; the message holds what it said."""


@dataclass
class Run:
    checksum: str
    rounds_ns: list
    wall_ns: int
    cpu_ns: int
    peak_kib: int

    @property
    def best_ns(self):
        return min(self.rounds_ns)


class Runner:
    def __init__(self, toolchain, engines, linden):
        self.toolchain = toolchain
        self.out = toolchain.out
        self.linden = linden
        self.engines = engines
        self.environment = dict(os.environ)
        toolchain.require("clang-22")
        if "linden" in engines:
            if not linden.is_file():
                raise SetupError(f"{linden} is missing; run scripts/build first, or leave Linden "
                                 "out with --engines native,native-v3,node,wasm2c")
            self.toolchain.require(str(linden))
        if "node" in engines:
            toolchain.require("node", "install Node.js 20 or later, or leave node out with "
                              "--engines")
        if "wasm2c" in engines:
            toolchain.require("wasm2c")
        self.measure = toolchain.measure_tool()

    def build(self, program, engine):
        if engine in NATIVE_ENGINES:
            return self.toolchain.native(program, engine)
        if engine == "wasm2c":
            return self.toolchain.wasm2c(program)
        return self.toolchain.wasm(program)

    def command(self, program, engine, artifact, rounds=None):
        arguments = [str(rounds)] if program.prints_rounds else []
        grant = []
        if program.needs_directory:
            host = self.out / "data" / engine
            host.mkdir(parents=True, exist_ok=True)
            grant = ["--dir", f"{host}::{GUEST_DIRECTORY}"]
            arguments.append(str(host) if engine in NATIVE_ENGINES else GUEST_DIRECTORY)
        if engine in NATIVE_ENGINES:
            return [artifact.path, *arguments]
        if engine == "wasm2c":
            return [artifact.path, *grant, *arguments]
        if engine == "node":
            script = BENCH / "runners" / "run_wasi.mjs"
            return ["node", *NODE_FLAGS, script, *grant, artifact.path, *arguments]
        return [self.linden, "run", *grant, artifact.path, *arguments]

    def run(self, program, engine, artifact, rounds):
        """Runs a program once and reads its checksum and rounds."""
        costs, output = self._measured(self.command(program, engine, artifact, rounds), program)
        checksum, rounds_ns = None, []
        for line in output.splitlines():
            word, _, value = line.partition(" ")
            if word == "checksum":
                checksum = value
            elif word == "round":
                rounds_ns.append(int(value))
        if checksum is None or len(rounds_ns) != rounds:
            raise RunError("the program did not print a checksum and its rounds; it printed:\n"
                           + output[-500:])
        return Run(checksum, rounds_ns, *costs[0])

    def start_times(self, program, engine, artifact, repeats):
        """The wall times and peak memory of runs of a program that does next to nothing."""
        command = self.command(program, engine, artifact)
        self._measured(command, program)  # fills caches
        costs, _ = self._measured(command, program, repeats)
        return {"wall_ns": [c[0] for c in costs], "cpu_ns": [c[1] for c in costs],
                "peak_kib": max(c[2] for c in costs)}

    def compile_cost(self, program, engine, artifact):
        """How long the engine compiles (in seconds), and how much code results (in bytes)."""
        if engine == "node":
            script = BENCH / "runners" / "run_wasi.mjs"
            _, output = self._measured(["node", *NODE_FLAGS, *NODE_EAGER, script, "--compile",
                                        artifact.path], program)
            return {"compile_wall_s": float(output) / 1000.0}
        if engine == "linden":
            return self._linden_cost(program, artifact)
        return {"compile_cpu_s": artifact.cpu_seconds, "code_size": artifact.code_size}

    def _linden_cost(self, program, artifact):
        # An empty cache, which the later runs of this program then share.
        cache = self.out / "linden-cache" / program.binary
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        compiled = self.out / "linden-cache" / f"{program.binary}.lindenc"
        costs, _ = self._measured([self.linden, "compile", artifact.path, "-o", compiled], program)
        cost = {"compile_wall_s": costs[0][0] / 1e9, "compile_cpu_s": costs[0][1] / 1e9}
        try:
            _, output = self._measured([self.linden, "inspect", "--json", artifact.path], program)
            cost["code_size"] = json.loads(output).get("code_size")
        except (RunError, ValueError, AttributeError):
            cost["code_size"] = None
        return cost

    def _measured(self, command, program, repeats=1):
        report = self.out / "measure.txt"
        environment = dict(self.environment)
        environment["LINDEN_CACHE_DIR"] = str(self.out / "linden-cache" / program.binary)
        words = [str(word) for word in [self.measure, report, repeats, *command]]
        report.unlink(missing_ok=True)
        start = time.monotonic()
        try:
            result = subprocess.run(words, capture_output=True, text=True, errors="replace",
                                    env=environment, timeout=RUN_TIMEOUT_SECONDS,
                                    stdin=subprocess.DEVNULL, cwd=self.out)
        except subprocess.TimeoutExpired:
            raise RunError(f"no end after {RUN_TIMEOUT_SECONDS} s") from None
        if result.returncode != 0:
            said = (result.stderr.strip() or result.stdout.strip())[-600:]
            raise RunError(f"`{' '.join(words[3:])}` exited with {result.returncode} after "
                           f"{time.monotonic() - start:.1f} s: {said or 'it printed nothing'}")
        costs = [tuple(map(int, line.split()))[:3] for line in
                 Path(report).read_text().splitlines()]
        return costs, result.stdout
