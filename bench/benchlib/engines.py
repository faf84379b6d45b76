"""What is compared: the engines, and how their names on the command line are read."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

V3 = ("-O3", "-march=x86-64-v3", "-ffp-contract=off")
NATIVE = {
    "native": ("clang-22", "-O2"),
    "native-v3": ("clang-22", *V3),
    "native-gcc": ("gcc", "-O2"),
    "native-gcc-v3": ("gcc", *V3),
}
LINDEN = ("linden", "linden-glibc")
# The program of each, and what else it can use.
OTHERS = {"node": "node", "wasm2c": "wasm2c", "wasmtime": "wasmtime", "iwasm": "iwasm",
          "wasmer": "wasmer", "wavm": "wavm"}
DEFAULT = ("native", "native-v3", "linden", *OTHERS)
DEFAULT_SFI = "segment"
# A module of WASI whose _start does nothing.
EMPTY_PROGRAM = (b"\0asm\1\0\0\0" b"\1\4\1\x60\0\0" b"\3\2\1\0" b"\7\x0a\1\6_start\0\0"
                 b"\x0a\4\1\2\0\x0b")


class UsageError(Exception):
    """The command line asks for something that there is not."""


@dataclass(frozen=True)
class Engine:
    name: str
    kind: str  # "native", or the name up to the first colon
    compiler: tuple = ()  # of native ones: the command, then flags
    options: tuple = ()  # of Linden: for `linden run`

    @property
    def is_native(self):
        return self.kind == "native"

    @property
    def is_linden(self):
        return self.kind in LINDEN

    @property
    def is_wasi(self):
        """Whether it runs modules for WASI preview 1."""
        return not self.is_native and self.kind != "linden-glibc"

    @property
    def description(self):
        if self.is_native:
            return " ".join(self.compiler)
        if self.is_linden:
            source = "linden cc" if self.kind == "linden-glibc" else "WASI"
            return f"{source}; linden run {' '.join(self.options)}".rstrip()
        return {"node": "V8's optimising compiler (--no-liftoff) through node:wasi",
                "wasm2c": "wasm2c with guard pages, compiled with clang-22 -O2",
                "iwasm": "iwasm, ahead of time where there is a wamrc"}.get(
                    self.kind, f"{self.kind}, compiled ahead of time")


class LindenCommand:
    """What the command offers, by asking it: its back-ends are its own business."""

    def __init__(self, path):
        self.path = path
        self._answers = {}

    def names(self, option):
        """The values of an option that its error message lists; may be empty."""
        said = self._try([f"--{option}", "?"]).stderr
        listed = re.search(r"\(([^()]*)\)", said)
        return re.findall(r"[\w-]+", re.sub(r"\b(or|and)\b", " ", listed[1])) if listed else []

    def accepts(self, option, value):
        """None if there is no such value; else the options that select it."""
        key = (option, value)
        if key not in self._answers:
            plain = (f"--{option}", value)
            self._answers[key] = next(
                (words for words in (plain, (*plain, "--unsafe"))
                 if self._try(words).returncode == 0), None)
        return self._answers[key]

    def _try(self, options):
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder) / "empty.wasm"
            module.write_bytes(EMPTY_PROGRAM)
            return subprocess.run([self.path, "run", "--no-cache", *options, module],
                                  capture_output=True, text=True, check=False)


def parse_engines(texts, sfis, tiers, unsafe, linden):
    """The engines of a command line: no two alike, in the order given.

    `texts` are names; `sfis` and `tiers` say what a plain `linden` stands for. Raises UsageError.
    """
    engines = {}
    for text in texts:
        for engine in _parse(text, sfis, tiers, unsafe, linden):
            engines.setdefault(engine.name, engine)
    return list(engines.values())


def _parse(text, sfis, tiers, unsafe, linden):
    if text in NATIVE:
        return [Engine(text, "native", NATIVE[text])]
    kind, _, rest = text.partition(":")
    if kind == "native" and rest.split():
        return [Engine(text, "native", tuple(rest.split()))]
    if text in OTHERS:
        return [Engine(text, text)]
    parts = text.split(":")
    if kind not in LINDEN or len(parts) > 3 or not all(parts):
        raise UsageError(f"unknown engine {text}; there are {', '.join(NATIVE)}, native:CC FLAGS, "
                         f"{', '.join(f'{name}[:SFI[:TIER]]' for name in LINDEN)}, "
                         f"{', '.join(OTHERS)}")
    own_sfis = parts[1:2] or sfis or [None]
    own_tiers = parts[2:3] or tiers or [None]
    return [_linden(kind, sfi, tier, unsafe, linden) for sfi in own_sfis for tier in own_tiers]


def _linden(kind, sfi, tier, unsafe, linden):
    if tier and not sfi:
        sfi = DEFAULT_SFI
    name = ":".join(part for part in (kind, sfi, tier) if part)
    options = ()
    for option, value in (("sfi", sfi), ("tier", tier)):
        if not value:
            continue
        words = linden.accepts(option, value)
        if words is None:
            offered = ", ".join(linden.names(option))
            raise UsageError(f"{name}: {linden.path} has no --{option} {value}"
                             + (f"; there are {offered}" if offered else ""))
        if "--unsafe" in words and not unsafe:
            raise UsageError(f"{name} does not confine the programs; add --unsafe if you trust "
                             "them")
        options += words
    return Engine(name, kind, (), options)


def expand_all(values, option, unsafe, linden):
    """The word `all` in a list of back-ends or tiers stands for what the command offers."""
    expanded = []
    for value in values:
        names = linden.names(option) if value == "all" else [value]
        if not names:
            raise UsageError(f"{linden.path} does not say what there is of --{option}")
        if value == "all" and not unsafe:
            names = [n for n in names if "--unsafe" not in (linden.accepts(option, n) or ())]
        expanded += [name for name in names if name not in expanded]
    return expanded


def missing_programs(engine):
    """What of the engine's programs is not in PATH."""
    program = engine.compiler[0] if engine.is_native else OTHERS.get(engine.kind)
    return [program] if program and not shutil.which(program) else []
