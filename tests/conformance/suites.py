"""What the suites share: running a step of a test, lists of exclusions, what to show of an output."""

import subprocess
import sys


def read_exclusions(path):
    """`NAME: reason` in each line."""
    exclusions = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, reason = line.partition(": ")
        if not colon or not reason.strip():
            sys.exit(f"{path}:{number}: no reason is given")
        exclusions[name] = reason.strip()
    return exclusions


def last_line(output):
    """The first error in a compiler's output, else the last line of an output."""
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line]
    return (errors or lines or [""])[-1 if not errors else 0][:200]


def execute(command, timeout, stdin=subprocess.DEVNULL, **arguments):
    """The exit code (None after the timeout), and what was printed."""
    try:
        done = subprocess.run(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, **arguments)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as expired:
        return None, expired.stdout or b""
