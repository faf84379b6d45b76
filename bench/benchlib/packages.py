"""Where the sources of the applications come from: npm's packages and Debian's source packages.

Nothing of them is in our repository. Versions are fixed: a package of npm by its number, an upstream
archive of Debian's by its digest too, so that a new revision of Debian's packaging changes nothing and
a new upstream version is an error.
"""

import hashlib
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
TIMEOUT_SECONDS = 600


class SetupError(Exception):
    """Something outside the harness is missing; the message says what to do."""


@dataclass(frozen=True)
class Npm:
    package: str  # NAME@VERSION
    members: tuple  # in the archive; they lose their folders
    edit: object = None  # (file name, text) -> text

    @property
    def identity(self):
        return self.package

    def fetch(self, target, _):
        result = _run(["npm", "pack", "--silent", "--ignore-scripts", self.package], target,
                      "install npm")
        archive = target / result.split()[-1]
        with tarfile.open(archive) as tar:
            for member in self.members:
                text = tar.extractfile(member).read().decode("latin-1")
                name = Path(member).name
                (target / name).write_text(self.edit(name, text) if self.edit else text,
                                           encoding="latin-1")
        archive.unlink()


@dataclass(frozen=True)
class Debian:
    package: str  # of sources
    archive: str  # the upstream archive's name
    sha256: str
    copies: tuple = ()  # (from, to): what configure would copy

    @property
    def identity(self):
        return f"{self.archive} {self.sha256}"

    def fetch(self, target, out):
        options = _apt_options(out)
        _run(["apt-get", "-qq", *options, "source", "--download-only", self.package], target,
             "the sources are those of Debian's packages")
        archive = target / self.archive
        if not archive.exists():
            found = ", ".join(sorted(f.name for f in target.glob("*.orig.tar*")))
            raise SetupError(f"Debian's {self.package} has {found}, not {self.archive}: its upstream "
                             "version changed, and bench/benchlib/programs.py must follow")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != self.sha256:
            raise SetupError(f"{self.archive} is not the file that the harness knows")
        with tarfile.open(archive) as tar:
            tar.extractall(target)  # known by its digest
        for file in target.glob(self.archive.split("_")[0] + "_*"):
            file.unlink()
        for source, copy in self.copies:
            (target / copy).write_bytes((target / source).read_bytes())


def _apt_options(out):
    """Lists of our own, because the machine's name no sources as a rule; signed by Debian's keys."""
    folder = out / "apt"
    options = []
    for name, value in (("Dir::Etc::SourceList", folder / "sources.list"),
                        ("Dir::Etc::SourceParts", "/dev/null"),
                        ("Dir::State::Lists", folder / "lists"),
                        ("Dir::Cache", folder / "cache"), ("APT::Sandbox::User", "root")):
        options += ["-o", f"{name}={value}"]
    if (folder / "lists").exists() and any((folder / "lists").glob("*_Sources*")):
        return options
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(
        f"deb-src [signed-by={KEYRING}] http://deb.debian.org/debian bookworm main\n")
    _run(["apt-get", "-qq", *options, "update"], folder, "the sources are those of Debian's packages")
    return options


def _run(command, folder, advice):
    leave_out = "or leave the application out with --only"
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                                timeout=TIMEOUT_SECONDS, check=False)
    except FileNotFoundError:
        raise SetupError(f"{command[0]} is missing; {advice}, {leave_out}") from None
    except subprocess.TimeoutExpired:
        raise SetupError(f"`{' '.join(command)}` took more than {TIMEOUT_SECONDS} s") from None
    if result.returncode != 0:
        raise SetupError(f"`{' '.join(command)}` failed; is the registry reachable? Else "
                         f"{leave_out}\n" + result.stderr.strip())
    return result.stdout


def fetch(out, package, name, progress):
    """Makes out/packages/NAME hold the sources of `package`."""
    target = out / "packages" / name
    marker = target / "package"
    if marker.exists() and marker.read_text() == package.identity:
        return
    target.mkdir(parents=True, exist_ok=True)
    progress(f"fetching {package.package}")
    package.fetch(target, out)
    marker.write_text(package.identity)
