"""`linden bench`: what isolation costs. See README.md."""

import datetime
import fcntl
import json
import os
import re
import sys
from pathlib import Path

from benchlib import compare, engines, machine, micro, options, plots, programs, report, summary
from benchlib.engines import UsageError
from benchlib.packages import SetupError
from benchlib.progress import Progress
from benchlib.runner import Runner
from benchlib.session import Session
from benchlib.toolchain import GLIBC_FLAGS, SIMD_FLAGS, WASM_FLAGS, BuildError, Toolchain

SCHEMA = 1
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def lock(folder):
    """Two runs in one folder would overwrite what the other builds."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SetupError(f"another run is using {folder}; wait for it to end, or give this one "
                         "another folder with --output") from None
    return file


def select_programs(wanted, out, only):
    """The programs of the suites, each once, and the names of the micro suites."""
    found, micros = [], []
    for suite in wanted:
        if suite in ("kernels", "all"):
            found += programs.kernels()
        if suite in ("applications", "all"):
            found += programs.applications(out)
        if suite == "all":
            found.append(programs.start_program())
        if suite == "micro":
            micros += micro.SUITES
        elif suite in micro.SUITES:
            micros.append(suite)
        elif suite not in options.SUITES:
            found += programs.directory(Path(suite).resolve())
    found = list({p.name: p for p in found if re.search(only, p.name)}.values())
    return found, list(dict.fromkeys(micros))


def select_engines(chosen):
    """The engines to run, and {name: why not} of those that are not installed."""
    command = engines.LindenCommand(chosen.linden)
    uses_linden = any(name.split(":")[0] in engines.LINDEN for name in chosen.engines)
    if uses_linden and not chosen.linden.is_file():
        raise SetupError(f"{chosen.linden} is missing; run scripts/build first, or name other "
                         "engines with --engines")
    sfis, tiers = (engines.expand_all(values, option, chosen.unsafe, command)
                   for values, option in ((chosen.sfi, "sfi"), (chosen.tier, "tier")))
    parsed = engines.parse_engines(chosen.engines, sfis, tiers, chosen.unsafe, command)
    skipped = {}
    for engine in parsed:
        missing = engines.missing_programs(engine)
        # A compiler that was named by its command may be misspelt.
        if missing and engine.name.startswith("native:"):
            raise SetupError(f"{engine.name}: {missing[0]} is not installed")
        if missing:
            skipped[engine.name] = f"{missing[0]} is not installed"
    kept = [engine for engine in parsed if engine.name not in skipped]
    if not kept:
        raise SetupError("none of the engines is installed")
    return kept, skipped


def describe(chosen, kept, skipped, toolchain, processor, counter):
    """All of the document but what is measured."""
    uses_linden = any(engine.is_linden for engine in kept)
    return {
        "schema": SCHEMA,
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "interrupted": False,
        "options": {"arguments": sys.argv[1:], "suites": chosen.suites, "only": chosen.only,
                    "alternations": chosen.alternations, "quick": chosen.quick,
                    "processor": processor},
        "machine": machine.describe(),
        "counts_instructions": counter.available,
        "versions": toolchain.versions,
        "linden": machine.identify_linden(chosen.linden)
        if uses_linden else None,
        "flags": {"WASI": " ".join([*WASM_FLAGS, *SIMD_FLAGS]), "linden cc": " ".join(GLIBC_FLAGS)},
        "engines": [engine.name for engine in kept],
        "engine_kinds": {engine.name: engine.kind for engine in kept},
        "engine_descriptions": {engine.name: engine.description for engine in kept},
        "skipped": skipped,
        "results": [], "start": None, "micro": {},
    }


def write(document, folder):
    """Writes everything, and returns the report. The samples come first: nothing can replace them."""
    results = folder / "results.json"
    results.write_text(json.dumps(document, indent=1) + "\n")
    text = rewrite(document, folder)
    results.write_text(json.dumps(document, indent=1) + "\n")
    return text


def rewrite(document, folder):
    summary.summarize(document)
    text = report.markdown(document)
    (folder / "report.md").write_text(text)
    for name, drawing in plots.draw_all(document).items():
        (folder / name).write_text(drawing)
    return text


def measure(chosen):
    progress = Progress()
    chosen.output = chosen.output or (programs.BENCH / "out")
    selected, micros = select_programs(chosen.suites, chosen.output, chosen.only)
    if chosen.list:
        for program in selected:
            print(f"{program.name:16} {program.kind:12} {program.stresses}")
        return 0
    if not selected and not micros:
        raise SetupError(f"no program matches --only {chosen.only}; see --list")
    kept, skipped = select_engines(chosen)
    for name, reason in skipped.items():
        progress(f"{name}: {reason}: skipped")
    chosen.output.mkdir(parents=True, exist_ok=True)
    held = lock(chosen.output)
    programs.prepare(chosen.output, selected, progress)
    toolchain = Toolchain(chosen.output, chosen.linden, progress)
    processor = None if chosen.no_pin else machine.calmest_processor()
    counter = machine.InstructionCounter(chosen.output)
    runner = Runner(toolchain, kept, processor, counter)
    document = describe(chosen, kept, skipped, toolchain, processor, counter)
    session = Session(runner, kept, progress, chosen.alternations, chosen.program_rounds)
    small = micro.MicroSession(toolchain, kept, progress, chosen.alternations, chosen.only, processor)
    try:
        session.measure_all(selected)
        for suite in micros:
            small.measure(suite)
    except KeyboardInterrupt:
        document["interrupted"] = True
    document.update(results=session.results, start=session.start, micro=small.suites)
    text = write(document, chosen.output)
    print(json.dumps(document, indent=1) if chosen.json else text)
    progress(f"results are in {chosen.output}: report.md, results.json, and plots (*.svg)")
    held.close()
    if document["interrupted"]:
        return INTERRUPTED
    parts = [*document["results"], document["start"] or {}, *document["micro"].values()]
    return FAILED if any(part.get("errors") for part in parts) else 0


def load(path):
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SetupError(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise SetupError(f"{path} is not a results.json of this version of linden bench")
    return document


def main(arguments):
    chosen = options.parse(arguments)
    if chosen.replot:
        folder = chosen.output or chosen.replot.resolve().parent
        folder.mkdir(parents=True, exist_ok=True)
        print(rewrite(load(chosen.replot), folder))
        return 0
    if chosen.compare:
        before, after = map(load, chosen.compare)
        for document in (before, after):
            summary.summarize(document)
        print(compare.text(before, after))
        return 0
    return measure(chosen)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UsageError as error:
        print(f"linden bench: {error}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    except (SetupError, BuildError) as error:
        print(f"linden bench: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        print("linden bench: interrupted before anything was measured", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
