"""The machine that figures were measured on, and the processor that is measured on."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path

COUNTER = "instructions:u"


def describe():
    cpuinfo = _read("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.machine(),
        "processors": os.cpu_count(),
        "allowed_processors": sorted(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "memory_kib": int(memory[1]) if memory else None,
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip() or None,
        "virtualised": bool(re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.MULTILINE)),
        "load_at_start": os.getloadavg(),
    }


def _read(path):
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def calmest_processor(seconds=0.5):
    """Of the processors that we may use, the one that was idle for the longest."""
    before = idle_times(_read("/proc/stat"))
    time.sleep(seconds)
    after = idle_times(_read("/proc/stat"))
    allowed = sorted(os.sched_getaffinity(0))
    return max(allowed, key=lambda number: after.get(number, 0) - before.get(number, 0))


def idle_times(stat):
    """{processor: ticks idle} of the text of /proc/stat."""
    return {int(number): int(idle) for number, idle in
            re.findall(r"^cpu(\d+) \d+ \d+ \d+ (\d+)", stat, re.MULTILINE)}


class InstructionCounter:
    """Counts instructions by perf(1), where the machine has counters and lets us."""

    def __init__(self, folder):
        self.report = folder / "perf.txt"
        self.available = bool(shutil.which("perf")) and self._count(["true"]) is not None

    def prefix(self):
        return ["perf", "stat", "-x,", "-e", COUNTER, "-o", str(self.report), "--"]

    def read(self):
        return parse_count(self.report.read_text())

    def _count(self, command):
        self.report.unlink(missing_ok=True)
        result = subprocess.run([*self.prefix(), *command], capture_output=True, check=False)
        return self.read() if result.returncode == 0 and self.report.exists() else None


def parse_count(text):
    """The count in what `perf stat -x,` wrote, or None if it could not count."""
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) > 2 and fields[2].startswith("instructions"):
            return int(fields[0]) if fields[0].isdigit() else None
    return None


def identify_linden(command):
    """Which build it is: its version, the linker's build ids, digests, and the
    revision of the sources that it lies among (a build is a folder in them)."""
    def output(*words):
        try:
            return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return None

    # The compiler is a library of its own.
    files = [Path(command), *Path(command).parent.glob("liblinden*.so")]
    build_ids = {file.name: re.findall(r"Build ID: (\w+)", output("readelf", "-n", str(file)) or "")
                 for file in files}
    sources = str(Path(command).resolve().parent)
    changes = output("git", "-C", sources, "status", "--porcelain", "--untracked-files=no")
    return {
        "path": str(command),
        "version": output(str(command), "--version"),
        "build_ids": {name: found[0] for name, found in build_ids.items() if found},
        "sha256": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        "git_revision": output("git", "-C", sources, "rev-parse", "HEAD"),
        "git_has_changes": None if changes is None else bool(changes),
    }
