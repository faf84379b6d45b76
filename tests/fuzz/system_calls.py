"""Runs a hostile guest that calls every system call with random arguments, in threads of many processes, and sees that
the host neither crashes, nor hangs, nor changes anything outside of the directory that the guest was given.

How the guest ends is its own business. It is given a directory beside another one, which it must not reach; memory,
processes and file sizes are limited, so that it cannot fill the machine."""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What a host that has gone wrong says.
COMPLAINTS = (b"Sanitizer", b"runtime error:", b"linden: fatal", b"Assertion", b"terminate called", b"holds the stack address")


def snapshot(directory):
    state = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        contents = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        state[str(path)] = (status.st_mode, status.st_uid, status.st_gid, status.st_size, status.st_mtime_ns, contents)
    return state


def limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    os.setsid()


def run_round(options, program, seed, seconds):
    """What went wrong, or None; and the guest's own words."""
    with tempfile.TemporaryDirectory(prefix="linden-fuzz-") as name:
        work = Path(name)
        inside, outside = work / "inside", work / "outside"
        inside.mkdir()
        (outside / "deep").mkdir(parents=True)
        (outside / "secret").write_text("nobody's business")
        (outside / "deep" / "file").write_text("nor this")
        before = snapshot(outside)
        log = work / "log"
        # Its standard input is a file outside, to be read and nothing else.
        with log.open("wb") as errors, (outside / "secret").open("rb") as secret:
            guest = subprocess.Popen(
                [options.linden, "run", "--tier", "fast", "--memory", "256M", "--cages", "100", "--dir", f"{inside}::/",
                 "--cwd", "/", program, str(seed), str(seconds)],
                stdin=secret, stdout=subprocess.PIPE, stderr=errors, preexec_fn=limit_files)
            # What survives its first process is stopped, and must then be gone at once.
            wrong = None
            try:
                output, _ = guest.communicate(timeout=seconds + 3)
            except subprocess.TimeoutExpired:
                os.kill(guest.pid, signal.SIGTERM)
                try:
                    output, _ = guest.communicate(timeout=20)
                except subprocess.TimeoutExpired:
                    wrong = "it could not be ended by SIGTERM"
                    os.kill(guest.pid, signal.SIGKILL)
                    output, _ = guest.communicate()
        if guest.returncode < 0 and guest.returncode not in (-signal.SIGTERM, -signal.SIGKILL):
            wrong = f"the host was killed by {signal.Signals(-guest.returncode).name}"
        said = log.read_bytes()
        if any(complaint in said for complaint in COMPLAINTS):
            wrong = "the host complained"
        if snapshot(outside) != before:
            wrong = "something outside of the granted directory has changed"
        if wrong:
            tail = said[-3000:].decode(errors="replace")
            wrong = f"seed {seed}: {wrong}; its last words:\n{tail}"
        return wrong, output[-200:].decode(errors="replace").strip()


def main():
    parser = argparse.ArgumentParser(prog="scripts/fuzz-calls", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="another selection of calls")
    parser.add_argument("--linden", type=Path, default=HERE.parent.parent / "build/linden", metavar="FILE")
    options = parser.parse_args()
    if not Path(os.environ.get("LINDEN_SYSROOT", options.linden.parent / "sysroot"), "lib/libc.a").exists():
        print("skipped: no C library (glibc-port/build makes it)")
        return 77
    with tempfile.TemporaryDirectory(prefix="linden-fuzz-") as work:
        program = Path(work, "system_calls")
        subprocess.run([options.linden, "cc", "-O1", "-w", HERE / "system_calls.c", "-o", program], check=True)
        end = time.monotonic() + options.seconds
        seed, failures = options.seed, 0
        while time.monotonic() < end:
            seconds = max(1, min(6, round(end - time.monotonic())))
            wrong, output = run_round(options, program, seed, seconds)
            print(wrong or f"seed {seed}: {output or 'ended early'}", flush=True)
            failures += wrong is not None
            seed += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
