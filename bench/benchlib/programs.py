"""The programs that are measured, and where the third-party ones come from."""

import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
GUEST_DIRECTORY = "/data"

SQLITE_PACKAGE = "better-sqlite3@13.2.0"  # carries the SQLite 3.54.1 amalgamation
DUKTAPE_PACKAGE = "duktape@0.3.0"  # carries the Duktape 1.3.0 amalgamation

SQLITE_OPTIONS = (
    "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_OMIT_WAL",
    "-DSQLITE_DEFAULT_MEMSTATUS=0")


class SetupError(Exception):
    """Something outside the harness is missing; the message says what to do."""


@dataclass(frozen=True)
class Program:
    name: str
    kind: str  # "kernel", "application" or "start"
    stresses: str
    binary: str  # programs with the same binary are built once
    sources: tuple
    flags: tuple = ()
    rounds: int = 12
    needs_directory: bool = False

    @property
    def prints_rounds(self):
        return self.kind != "start"

    def runs_with(self, engine):
        """wasm2c 1.0.32 has no SIMD, so that explicit vector code says nothing about it."""
        return engine != "wasm2c" or not self.name.startswith("simd_")


def kernels():
    """Every file of bench/kernels is a kernel; its first comment says what it stresses."""
    found = []
    for source in sorted((BENCH / "kernels").glob("*.c")):
        comment = re.match(r"// Stresses: ([^;.]+)", source.read_text())
        if not comment:
            raise SetupError(f"{source}: the first line must be `// Stresses: GROUP; DETAILS`")
        found.append(Program(source.stem, "kernel", comment[1], source.stem, (source,)))
    return found


def all_programs(out):
    packages = out / "packages"
    sqlite, duktape = packages / "sqlite", packages / "duktape"
    common = ("-std=gnu23", f"-I{BENCH / 'kernels'}")
    own = BENCH / "programs"
    # Warnings in other people's code are not ours to fix.
    sqlite_build = dict(
        binary="sqlite", sources=(own / "sqlite_workload.c", sqlite / "sqlite3.c"),
        flags=(*common, *SQLITE_OPTIONS, f"-I{sqlite}", "-w"), kind="application", rounds=5)
    return kernels() + [
        Program(name="sqlite", stresses="database in memory", **sqlite_build),
        Program(name="sqlite-file", stresses="database in a file", needs_directory=True,
                **sqlite_build),
        Program("duktape", "application", "JavaScript interpreter", "duktape",
                (own / "duktape_workload.c", duktape / "duktape.c"),
                (*common, f"-I{own / 'no_setjmp'}", f"-I{duktape}", "-w"), rounds=10),
        Program("hello", "start", "start-up", "hello", (own / "hello.c",)),
    ]


def fetch_packages(out, needed, progress):
    """Unpacks the sources of the applications in `needed` (binary names) below out/packages."""
    if "sqlite" in needed:
        _fetch(out, SQLITE_PACKAGE, "sqlite", progress,
               ["package/deps/sqlite3/sqlite3.c", "package/deps/sqlite3/sqlite3.h"])
    if "duktape" in needed:
        _fetch(out, DUKTAPE_PACKAGE, "duktape", progress,
               [f"package/lib/duktape/src/{n}" for n in
                ("duktape.c", "duktape.h", "duk_config.h")], _without_longjmp)


def _fetch(out, package, name, progress, members, edit=None):
    target = out / "packages" / name
    marker = target / "package"
    if marker.exists() and marker.read_text() == package:
        return
    target.mkdir(parents=True, exist_ok=True)
    progress(f"fetching {package} with npm")
    try:
        result = subprocess.run(
            ["npm", "pack", "--silent", "--ignore-scripts", package], cwd=target,
            capture_output=True, text=True, timeout=300)
    except FileNotFoundError:
        raise SetupError("npm is missing; install it, or leave the applications out with "
                         "--only and a pattern that names kernels") from None
    if result.returncode != 0:
        raise SetupError(f"npm pack {package} failed; is the npm registry reachable?\n"
                         + result.stderr.strip())
    archive = target / result.stdout.split()[-1]
    with tarfile.open(archive) as tar:
        for member in members:
            text = tar.extractfile(member).read().decode("latin-1")
            file_name = Path(member).name
            if edit:
                text = edit(file_name, text)
            (target / file_name).write_text(text, encoding="latin-1")
    archive.unlink()
    marker.write_text(package)


def _without_longjmp(file_name, text):
    """Turns the jumps out of Duktape's bytecode loop into gotos.

    Duktape 1.3 leaves its bytecode loop by longjmp on every return from a function, into a setjmp
    in the same C function. Where there is no setjmp (see programs/no_setjmp/setjmp.h), a goto does
    the same. Native builds use the edited source too.
    """
    if file_name != "duktape.c":
        return text
    start = text.index("reset_setjmp_catchpoint:")
    end = text.index("\n}\n", start)
    body = text[start:end]
    caught = "if (DUK_SETJMP(thr->heap->lj.jmpbuf_ptr->jb)) {"
    jump = "duk_err_longjmp(thr);"
    if body.count(caught) != 1 or body.count(jump) != 6:
        raise SetupError(f"{DUKTAPE_PACKAGE} is not the source that the harness knows how to edit")
    body = body.replace(caught, "if (0) {\n executor_caught:")
    # The first one, inside the handler, passes an error on to the caller.
    handler, rest = body.split(jump, 1)
    rest = rest.replace(jump, "goto executor_caught;")
    return text[:start] + handler + jump + rest + text[end:]
