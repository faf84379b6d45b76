"""Builds every program for every engine, once: a stamp beside each output tells when to rebuild."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .packages import SetupError
from .programs import BENCH

CLANG = "clang-22"
# Debian's wasi-libc still uses the older name of the target. The output is the compiler's own:
# clang would run wasm-opt over it on machines that happen to have it.
WASM_FLAGS = ("--target=wasm32-wasi", "-Wno-deprecated", "--sysroot=/usr", "--no-wasm-opt", "-O3",
              "-Wl,-z,stack-size=1048576")
SIMD_FLAGS = ("-msimd128",)
GLIBC_FLAGS = ("-O3", "-msimd128")
WASM2C_RUNTIME = Path("/usr/share/wabt/wasm2c")
# Guard pages instead of explicit bounds checks: wasm2c's fastest safe setting.
WASM2C_FLAGS = ("-O2", "-w", "-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=1")
TIMEOUT_SECONDS = 900


class BuildError(Exception):
    """A compiler failed for one program; the message holds what it said."""


@dataclass
class Artifact:
    path: Path
    cpu_seconds: float = None  # what the compiler needed when it was last run
    code_size: int = None  # of machine code, if it is any


class Toolchain:
    def __init__(self, out, linden, progress):
        self.out = out
        self.linden = linden
        self.progress = progress
        self.versions = {}
        self.shared_inputs = sorted((BENCH / "kernels").glob("*.h"))
        self.shared_inputs += sorted((BENCH / "programs").rglob("*.h"))
        self.shared_inputs += sorted((out / "generated").glob("*"))

    def require(self, tool, advice="run scripts/setup"):
        if not shutil.which(tool):
            raise SetupError(f"{tool} is missing; {advice}")
        if tool not in self.versions:
            result = subprocess.run([tool, "--version"], capture_output=True, text=True,
                                    check=False)
            self.versions[tool] = (result.stdout or result.stderr).split("\n")[0]

    def measure_tool(self):
        output = self.out / "bin" / "measure"
        source = BENCH / "runners" / "measure.c"
        self.make(output, [source], [[CLANG, "-O2", "-Wall", "-o", output, source]])
        return output

    def build(self, program, engine):
        if engine.is_native:
            return self._native(program, engine)
        if engine.kind == "linden-glibc":
            return self._glibc(program)
        if engine.kind == "wasm2c":
            return self._wasm2c(program)
        module = self._wasm(program)
        if engine.kind in PRECOMPILERS:
            return self._precompiled(program, engine, module.path)
        return module

    def _native(self, program, engine):
        output = self.out / folder_of(engine.name) / program.binary
        command = [*engine.compiler, *program.flags, *program.files, "-o", output, "-lm"]
        return self._executable(output, program.files, [command])

    def _glibc(self, program):
        output = self.out / "linden-glibc" / f"{program.binary}.wasm"
        command = [self.linden, "cc", *GLIBC_FLAGS, *program.flags, *program.files, "-o", output,
                   "-lm"]
        return self.make(output, [*program.files, *self._guest_library()], [command])

    def _guest_library(self):
        """What `linden cc` links: a program is built again after it was."""
        asked = subprocess.run([self.linden, "cc", "-print-sysroot"], capture_output=True, text=True,
                               check=False)
        library = Path(asked.stdout.strip()) / "lib" / "libc.a"
        return [library] if library.is_file() else []

    def _wasm(self, program, simd=True):
        if program.module:
            return Artifact(program.module)
        output = self.out / ("wasm" if simd else "wasm-scalar") / f"{program.binary}.wasm"
        command = [CLANG, *WASM_FLAGS, *(SIMD_FLAGS if simd else ()), *program.flags,
                   *program.files, *program.wasi_flags, "-o", output, "-lm"]
        return self.make(output, program.files, [command])

    def _wasm2c(self, program):
        # wasm2c 1.0.32 cannot translate SIMD.
        module = self._wasm(program, simd=False).path
        folder = self.out / "wasm2c" / program.binary
        output, generated = folder / program.binary, folder / "module.c"
        shim = [BENCH / "wasm2c" / name for name in ("main.c", "wasi.c", "wasi.h")]
        return self._executable(output, [module, *shim], [
            ["wasm2c", module, "-n", "bench", "-o", generated],
            [CLANG, *WASM2C_FLAGS, f"-I{WASM2C_RUNTIME}", f"-I{folder}", generated, shim[0],
             shim[1], WASM2C_RUNTIME / "wasm-rt-impl.c", "-o", output, "-lm"],
        ])

    def _precompiled(self, program, engine, module):
        compiler, command = PRECOMPILERS[engine.kind]
        if not shutil.which(compiler):
            return Artifact(module)
        output = self.out / engine.kind / f"{program.binary}.compiled"
        words = [word.format(module=module, output=output) for word in command]
        return self.make(output, [module], [words])

    def _executable(self, output, inputs, commands):
        artifact = self.make(output, inputs, commands)
        artifact.code_size = _text_size(output)
        return artifact

    def make(self, output, inputs, commands):
        """Runs `commands` unless they already made `output` from these inputs."""
        commands = [[str(word) for word in command] for command in commands]
        files = [Path(name) for name in inputs] + self.shared_inputs
        # Programs for Linden depend on its library, not on the build of the command.
        versions = sorted(item for item in self.versions.items() if item[0] != str(self.linden))
        state = [commands, versions]
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


# Of engines that compile ahead of time: the program that does, and its command line.
PRECOMPILERS = {
    "wasmtime": ("wasmtime", ("wasmtime", "compile", "{module}", "-o", "{output}")),
    "iwasm": ("wamrc", ("wamrc", "-o", "{output}", "{module}")),
    "wasmer": ("wasmer", ("wasmer", "compile", "{module}", "-o", "{output}")),
    "wavm": ("wavm", ("wavm", "compile", "--enable", "simd", "{module}", "{output}")),
}


def folder_of(name):
    """A name for a folder; engines' names can be whole command lines."""
    plain = re.sub(r"[^\w.-]+", "_", name)
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _text_size(path):
    size = shutil.which("size") or shutil.which("llvm-size-22")
    if not size:
        return None
    result = subprocess.run([size, path], capture_output=True, text=True, check=False)
    lines = result.stdout.splitlines()
    return int(lines[1].split()[0]) if len(lines) > 1 else None


def _run(command):
    before = os.times()
    start = time.monotonic()
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS,
                                check=False)
    except subprocess.TimeoutExpired:
        raise BuildError(f"{command[0]} took more than {TIMEOUT_SECONDS} s") from None
    if result.returncode != 0:
        said = "\n".join(result.stderr.strip().splitlines()[:12])
        raise BuildError(f"`{' '.join(command)}` exited with {result.returncode} after "
                         f"{time.monotonic() - start:.1f} s:\n{said}")
    after = os.times()
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)
