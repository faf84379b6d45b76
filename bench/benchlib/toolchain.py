"""Builds every program for every engine, once: a stamp beside each output tells when to rebuild."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .programs import BENCH, SetupError

CLANG = "clang-22"
NATIVE_FLAGS = {
    "native": ("-O2",),
    "native-v3": ("-O3", "-march=x86-64-v3", "-ffp-contract=off"),
}
# Debian's wasi-libc still uses the older name of the target. The output is the compiler's own:
# clang would run wasm-opt over it on machines that happen to have it.
WASM_FLAGS = ("--target=wasm32-wasi", "-Wno-deprecated", "--sysroot=/usr", "--no-wasm-opt", "-O3",
              "-Wl,-z,stack-size=1048576")
SIMD_FLAGS = ("-msimd128",)
WASM2C_RUNTIME = Path("/usr/share/wabt/wasm2c")
# Guard pages instead of explicit bounds checks: wasm2c's fastest safe setting.
WASM2C_FLAGS = ("-O2", "-w", "-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1")
TIMEOUT_SECONDS = 900


class BuildError(Exception):
    """A compiler failed for one program; the message holds what it said."""


@dataclass
class Artifact:
    path: Path
    cpu_seconds: float  # what the compiler needed when it was last run
    code_size: int = None


class Toolchain:
    def __init__(self, out, progress):
        self.out = out
        self.progress = progress
        self.versions = {}
        self.shared_inputs = sorted((BENCH / "kernels").glob("*.h"))
        self.shared_inputs += sorted((BENCH / "programs").rglob("*.h"))
        self.shared_inputs += sorted((BENCH / "programs").glob("*.js"))

    def require(self, tool, advice="run scripts/setup"):
        if not shutil.which(tool):
            raise SetupError(f"{tool} is missing; {advice}")
        if tool not in self.versions:
            text = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
            self.versions[tool] = text.split("\n")[0]

    def measure_tool(self):
        output = self.out / "bin" / "measure"
        source = BENCH / "runners" / "measure.c"
        self._make(output, [source], [[CLANG, "-O2", "-Wall", "-o", output, source]])
        return output

    def native(self, program, engine):
        output = self.out / engine / program.binary
        command = [CLANG, *NATIVE_FLAGS[engine], *program.flags, *program.sources, "-o", output,
                   "-lm"]
        artifact = self._make(output, program.sources, [command])
        artifact.code_size = self._text_size(output)
        return artifact

    def wasm(self, program, simd=True):
        output = self.out / ("wasm" if simd else "wasm-scalar") / f"{program.binary}.wasm"
        command = [CLANG, *WASM_FLAGS, *(SIMD_FLAGS if simd else ()), *program.flags,
                   *program.sources, "-o", output, "-lm"]
        artifact = self._make(output, program.sources, [command])
        artifact.code_size = output.stat().st_size
        return artifact

    def wasm2c(self, program):
        # wasm2c 1.0.32 cannot translate SIMD.
        module = self.wasm(program, simd=False).path
        folder = self.out / "wasm2c" / program.binary
        output, generated = folder / program.binary, folder / "module.c"
        shim = [BENCH / "wasm2c" / name for name in ("main.c", "wasi.c", "wasi.h")]
        commands = [
            ["wasm2c", module, "-n", "bench", "-o", generated],
            [CLANG, *WASM2C_FLAGS, f"-I{WASM2C_RUNTIME}", f"-I{folder}", generated, shim[0],
             shim[1], WASM2C_RUNTIME / "wasm-rt-impl.c", "-o", output, "-lm"],
        ]
        artifact = self._make(output, [module, *shim], commands)
        artifact.code_size = self._text_size(output)
        return artifact

    def _text_size(self, path):
        size = shutil.which("size") or shutil.which("llvm-size-22")
        if not size:
            return None
        lines = subprocess.run([size, path], capture_output=True, text=True).stdout.splitlines()
        return int(lines[1].split()[0]) if len(lines) > 1 else None

    def _make(self, output, inputs, commands):
        """Runs `commands` unless they already made `output` from these inputs."""
        commands = [[str(word) for word in command] for command in commands]
        files = [Path(name) for name in inputs] + self.shared_inputs
        state = [commands, sorted(self.versions.items())]
        state += [[str(name), name.stat().st_mtime_ns] for name in files]
        key = hashlib.sha256(json.dumps(state).encode()).hexdigest()
        stamp = output.with_name(output.name + ".stamp")
        if output.exists() and stamp.exists():
            known = json.loads(stamp.read_text())
            if known["key"] == key:
                return Artifact(output, known["cpu_seconds"])
        output.parent.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        self.progress(f"building {output.relative_to(self.out)}")
        cpu_seconds = 0.0
        for command in commands:
            cpu_seconds += _run(command)
        stamp.write_text(json.dumps({"key": key, "cpu_seconds": cpu_seconds}))
        return Artifact(output, cpu_seconds)


def _run(command):
    before = os.times()
    start = time.monotonic()
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise BuildError(f"{command[0]} took more than {TIMEOUT_SECONDS} s") from None
    if result.returncode != 0:
        said = "\n".join(result.stderr.strip().splitlines()[:12])
        raise BuildError(f"`{' '.join(command)}` exited with {result.returncode} after "
                         f"{time.monotonic() - start:.1f} s:\n{said}")
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)
