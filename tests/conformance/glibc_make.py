"""glibc's tests as its makefiles know them: their names, environments and arguments, and how each is built.

make does the building, so that every test gets the flags, generated sources and extra objects that its directory's
Makefile says. What differs from `make check` is given on make's command line: programs are linked by `linden cc`.
"""

import dataclasses
import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys

# How a test is linked: what the makefiles add for it, and for the rest what every program of `linden cc` gets.
LINK = ("$(CC) $(LDFLAGS-$(@F)) -o $@ $(filter-out $(csu-objpfx)% $(common-objpfx)libc%,$^) "
        "$(link-extra-libs-static)")
# A line for each test. `|` occurs in no name; arguments are shell text and come last.
LIST = ("$(foreach test,$(filter-out $(tests-unsupported),$(tests) $(tests-internal)),$(info "
        "@test|$(test)|$(if $($(test)-ENV-only),only|$($(test)-ENV-only),also|$($(test)-ENV))|$($(test)-ARGS)))"
        "$(foreach locale,$(LOCALES),$(info @locale|$(locale)))"
        "$(foreach directory,$(sysdirs) .,$(info @source|$(directory)))")
# clang leaves out allocations whose result is only compared with NULL, and takes them to succeed; natively too. The
# tests want the calls.
ALLOCATORS = ["malloc", "calloc", "realloc", "reallocarray", "free", "valloc", "pvalloc", "memalign",
              "aligned_alloc", "posix_memalign"]
# Even then it takes errno to be what it was before the call, unless it knows no function at all. The tests of malloc
# look at errno.
WITHOUT_BUILTINS = ["malloc"]


@dataclasses.dataclass
class Test:
    directory: str
    name: str
    environment: list  # of NAME=VALUE
    whole_environment: bool  # nothing else is set
    arguments: str  # as a shell reads them; may redirect input
    standard_input: str = ""  # file
    cxx: bool = False  # written in C++

    @property
    def label(self):
        return f"{self.directory}/{self.name}"


class Tree:
    """glibc's sources as glibc-port/build unpacked and configured them, and objects of our own."""

    def __init__(self, build, sysroot, output):
        self.build = build
        sources = sorted(build.glob("glibc-[0-9]*"))
        if not sources:
            sys.exit(f"glibc: no sources in {build}: run glibc-port/build")
        self.source = sources[-1]
        self.objects = output / "objects"
        self.locales = output / "locales"
        # libc's compiler, which drops what only gcc knows, with what makes it `linden cc`.
        configuration = sysroot / "linden.cfg"
        if not configuration.exists():
            sys.exit(f"glibc: {configuration} is missing: run scripts/build")
        options = "".join(f" -fno-builtin-{name}" for name in ALLOCATORS)
        self.compiler = f"{build}/tools/cc --config={configuration}{options}"
        self.environment = {**os.environ, "LC_ALL": "C"}

    def prepare(self, jobs):
        """Copies the configured tree without objects of libc, and builds libsupport, which the tests are linked
        with. Both are begun anew if libc changed."""
        with open(self.build / "lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)  # glibc-port/build holds it
            self._prepare(jobs)

    def _prepare(self, jobs):
        stamp = self.objects / "prepared"
        if not (self.build / ".built").exists():
            sys.exit(f"glibc: libc is not built in {self.build}: run glibc-port/build")
        state = f"{(self.build / '.built').read_text()}{self.source}{self.compiler}{WITHOUT_BUILTINS}"
        if stamp.exists() and stamp.read_text() == state:
            return
        print("copying the configured tree, building libsupport", file=sys.stderr)
        shutil.rmtree(self.objects, ignore_errors=True)
        subprocess.run(["rsync", "-a", "--include=/csu/start.o", "--exclude=*.o", "--exclude=*.o.d",
                        "--exclude=stamp.*", f"{self.build}/objects/", f"{self.objects}/"], check=True)
        log = self.make("support", [str(self.objects / "support/libsupport.a"), f"-j{jobs}"])
        if not (self.objects / "support/libsupport.a").exists():
            sys.exit(f"glibc: libsupport does not build\n{log[-3000:]}")
        stamp.write_text(state)

    def make(self, directory, arguments):
        """What make printed, in one string."""
        compiler = self.compiler + (" -fno-builtin" if directory in WITHOUT_BUILTINS else "")
        command = ["make", "-C", self.source / directory, f"objdir={self.objects}", "--no-print-directory", "-k",
                   f"--old-file={self.objects}/libc.a", "run-built-tests=yes", f"CC={compiler}",
                   "+preinit=", "+postinit=", f"+link-tests={LINK}", f"+link-static-tests={LINK}", *arguments]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout.decode(errors="replace")

    def tests(self, directory):
        """The tests of a directory (those that need a container are not among them), and the locales they want."""
        # Arguments may name the test's own program, for which the makefiles have no word outside of its rule.
        log = self.make(directory, ["--eval", f"list-tests: ; {LIST}", "host-test-program-cmd=$(objpfx)$(test)",
                                    "list-tests"])
        sources = [self.source / directory / line.split("|")[1]
                   for line in log.splitlines() if line.startswith("@source|")]
        tests, locales = [], []
        for line in log.splitlines():
            kind, _, rest = line.partition("|")
            if kind == "@locale":
                locales.append(rest)
            elif kind == "@test":
                name, whole, environment, arguments = rest.split("|", 3)
                inputs = [str(path / f"{name}.input") for path in sources if (path / f"{name}.input").exists()]
                tests.append(Test(directory, name, shlex.split(environment), whole == "only", arguments,
                                  inputs[0] if inputs else "",
                                  any((path / f"{name}.cc").exists() for path in sources)))
        if not tests:
            sys.exit(f"glibc: make lists no tests of {directory}\n{log[-1000:]}")
        return tests, locales

    def program(self, test):
        return self.objects / test.directory / test.name

    def compile(self, directory, tests, jobs):
        """Builds programs. Returns why, for each that could not be."""
        log = self.make(directory, [f"-j{jobs}", "-O", *(str(self.program(test)) for test in tests)])
        (self.objects / directory / "tests.log").write_text(log)
        reasons = {}
        for test in tests:
            if not self.program(test).exists():
                text = self.make(directory, [str(self.program(test))])
                errors = re.findall(r"^.*(?:error: |No rule to make target|\*\*\* ).*$", text, re.MULTILINE)
                reasons[test.name] = (errors or text.strip().splitlines() or ["no reason was given"])[0][-250:]
        return reasons

    def undefined_symbols(self, test):
        """What a test's own objects refer to."""
        files = sorted((self.objects / test.directory).glob(f"{test.name}.o"))
        if not files:
            return set()
        done = subprocess.run([self.build / "tools/nm", "-u", "-P", *files], stdout=subprocess.PIPE, check=True)
        return {line.split()[0] for line in done.stdout.decode().splitlines() if line.strip()}

    def install_locales(self, locales):
        """Compiles locales where tests look for them (LOCPATH), by the host's localedef: for locales x86-64 and
        wasm32 have one format."""
        for locale in locales:
            target = self.locales / locale
            if target.exists():
                continue
            self.locales.mkdir(exist_ok=True)
            name, _, charset = locale.partition(".")
            charset, at, modifier = charset.partition("@")
            data = self.source / "localedata"
            unfinished = self.locales / "unfinished"
            subprocess.run(["localedef", "--no-archive", "--quiet", "--force",
                            "-i", data / "locales" / (name + at + modifier), "-f", data / "charmaps" / charset,
                            unfinished],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           env={**os.environ, "I18NPATH": str(data)})
            if unfinished.exists():  # it makes nothing of a locale that it does not know
                unfinished.rename(target)
