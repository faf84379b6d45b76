"""Ten thousand forks, ten thousand execs, and a thousand processes at once: afterwards the host has no more memory,
address space, descriptors and threads than before.

    leaks.py LINDEN SYSROOT [FORKS EXECS ALIVE]"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What pools keep, in kB, and threads of theirs.
SLACK = {"VmRSS": 16 << 10, "VmSize": 10 << 20, "Threads": 4, "descriptors": 0}


def look(process):
    directory = Path("/proc") / str(process.pid)
    state = {"descriptors": len(list((directory / "fd").iterdir()))}
    for line in (directory / "status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in SLACK:
            state[name] = int(value.split()[0])
    return state


def run(linden, program, kind, count):
    process = subprocess.Popen([linden, "run", "--dir", program.parent, program, kind, str(count)], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    states = {}
    for line in process.stdout:
        # Pools give back after a second what nobody wants.
        time.sleep(3.5)
        states[line.strip()] = look(process)
        process.stdin.write("\n")
        process.stdin.flush()
    process.stdin.close()
    wrong = [f"exit code {process.returncode}"] if process.wait() != 0 else []
    if "before" not in states or "after" not in states:
        return [*wrong, "it ended early"]
    for name, slack in SLACK.items():
        before, after = states["before"][name], states["after"][name]
        if after > before + slack:
            wrong.append(f"{name}: {before} before, {after} after")
    print(f"{kind} {count}: " + "; ".join(f"{when} {state}" for when, state in states.items()))
    return wrong


def main():
    linden, sysroot = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    counts = [int(count) for count in sys.argv[3:6]] or [10000, 10000, 1000]
    if not (sysroot / "lib/libc.a").exists():
        print("skipped: no C library (glibc-port/build makes it)")
        return 77
    os.environ["LINDEN_SYSROOT"] = str(sysroot)
    failed = False
    with tempfile.TemporaryDirectory(prefix="linden-leaks-") as work:
        program = Path(work, "processes")
        subprocess.run([linden, "cc", "-O1", "-w", HERE / "processes.c", "-o", program], check=True)
        for kind, count in zip(("forks", "execs", "alive"), counts):
            for wrong in run(linden, program, kind, count):
                print(f"FAILED: {kind} {count}: {wrong}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
