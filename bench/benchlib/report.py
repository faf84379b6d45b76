"""A summarized document as Markdown, which reads well in a terminal too."""

import statistics

from . import micro
from .summary import KINDS

NOISY_SPREAD = 0.15


def markdown(document):
    lines = ["# What isolation costs", "", *_conditions(document), ""]
    if document["results"]:
        lines += _ratio_section(document)
        lines += _user_time_section(document)
        lines += _instruction_section(document)
        lines += _cost_section(document)
    if document["start"]:
        lines += _start_section(document["start"])
    for name, suite in document["micro"].items():
        lines += _micro_section(name, suite)
    lines += _errors(document)
    return "\n".join(lines)


def _conditions(document):
    machine, linden = document["machine"], document["linden"]
    memory = f", {machine['memory_kib'] / (1 << 20):.1f} GiB" if machine["memory_kib"] else ""
    virtual = ", virtualised" if machine["virtualised"] else ""
    processor = document["options"]["processor"]
    lines = [f"{document['date']}. {machine['cpu']}, {machine['processors']} processors{memory}"
             f"{virtual}, {machine['kernel']}, governor {machine['governor'] or 'not known'}. "
             f"{document['options']['alternations']} alternations after a warm-up, "
             + (f"on processor {processor}." if processor is not None else "not pinned.")]
    if linden:
        changes = " with changes" if linden["git_has_changes"] else ""
        builds = ", ".join(f"{name} {build[:12]}" for name, build in linden["build_ids"].items())
        lines.append(f"{linden['version']} (builds: {builds or 'without ids'}), sources at "
                     f"{(linden['git_revision'] or '?')[:12]}{changes}.")
    if document["interrupted"]:
        lines.append("**Interrupted: this is a part of what was asked for.**")
    lines += [f"{name}: {reason}: skipped." for name, reason in document["skipped"].items()]
    return lines


def _ratio_section(document):
    engines = document["engines"]
    native = [n for n in document["baseline"] if document["engine_kinds"][n] == "native"]
    base = ("the better of the native builds" if len(native) > 1 else
            native[0] if native else f"{document['baseline'][0]}, as no native build was measured")
    lines = [f"Time relative to {base}, with intervals of 95 %: smaller is better. The median over the "
             "alternations of the best round of each.", ""]
    rows = [["program", "stresses", "base ms", *engines]]
    for kind, title in KINDS:
        members = [r for r in document["results"] if r["kind"] == kind]
        rows += [[r["name"] + _mark(r, document), r["stresses"], _number(r["baseline_ms"], 1),
                  *[_ratio_cell(r, engine) for engine in engines]] for r in members]
        if members and title in document["geomeans"]:
            rows.append(_geomean_row(f"geomean of {title}", document["geomeans"][title], engines))
    if "all" in document["geomeans"]:
        rows.append(_geomean_row("geomean of all", document["geomeans"]["all"], engines))
    return lines + _table(rows, numbers_from=2) + [""] + _footnotes(document)


def _mark(result, document):
    """What is special about a program's figures; explained in the footnotes."""
    whole = any(run.get("whole_process") for runs in result["runs"].values() for run in runs)
    other_base = result["baseline"] and not set(result["baseline"]) <= set(document["baseline"])
    return " (p)" * whole + " (l)" * bool(other_base)


def _ratio_cell(result, engine):
    if engine in result["errors"]:
        return "error"
    if engine not in result["ratios"]:
        return "-"
    ratio = result["ratios"][engine]
    values = result["samples"][engine]
    noisy = max(values) - min(values) > NOISY_SPREAD * ratio["median"]
    return _interval(ratio) + "~" * noisy


def _interval(value):
    digits = 2 if value["median"] < 100 else 0
    if value["samples"] < 2:
        return f"{value['median']:.{digits}f}"
    return f"{value['median']:.{digits}f} [{value['low']:.{digits}f}, {value['high']:.{digits}f}]"


def _geomean_row(title, means, engines):
    cells = [f"**{_interval(means[e])}**" + "*" * means[e]["partial"] if e in means else "-"
             for e in engines]
    return [f"**{title}**", "", "", *cells]


def _footnotes(document):
    notes = [f"- {name}: {text}." for name, text in document["engine_descriptions"].items()]
    notes.append(f"- ~: the alternations differ by more than {NOISY_SPREAD:.0%}.")
    marks = [_mark(r, document) for r in document["results"]]
    if any("(p)" in mark for mark in marks):
        notes.append("- (p): the time of the whole process, starting included; it prints no rounds.")
    if any("(l)" in mark for mark in marks):
        notes.append("- (l): there is no native build; 1.00 is Linden.")
    if any(mean["partial"] for means in document["geomeans"].values() for mean in means.values()):
        notes.append("- *: not of all of these programs; wasm2c has no SIMD and leaves out the simd_ "
                     "kernels.")
    notes.append(f"- Programs for WASI are built with clang-22 {document['flags']['WASI']} (without "
                 "-msimd128 for wasm2c), those of linden cc with "
                 f"{document['flags']['linden cc']}.")
    return notes + [""]


def _user_time_section(document):
    engines = document["engines"]
    rows = [["program", *engines]]
    for result in document["results"]:
        rows.append([result["name"], *[_interval(result["user_ratios"][e])
                                       if e in result["user_ratios"] else "-" for e in engines]])
    return ["## User time of the whole process", "", "Starting, setting up and all rounds; relative "
            "as above.", "", *_table(rows, numbers_from=1), ""]


def _instruction_section(document):
    lines = ["## Instructions", ""]
    if not document["counts_instructions"]:
        return lines + ["Not available on this machine (perf stat counts none).", ""]
    engines = document["engines"]
    rows = [["program", *engines]]
    for result in document["results"]:
        counts = result["instructions"]
        rows.append([result["name"], *[f"{counts[e] / 1e6:.1f} M" if e in counts else "-"
                                       for e in engines]])
    return lines + ["Of user code, for each round.", "", *_table(rows, numbers_from=1), ""]


def _cost_section(document):
    rows = [["program", "engine", "compile s", "code KiB", "peak MiB"]]
    for result in document["results"]:
        if result["kind"] == "kernel":
            continue
        for engine in document["engines"]:
            if engine in result["costs"]:
                rows.append([result["name"], engine, *_cost_cells([result], engine)])
    kernels = [r for r in document["results"] if r["kind"] == "kernel"]
    for engine in document["engines"]:
        complete = [r for r in kernels if engine in r["costs"] and engine in r["runs"]]
        if complete:
            rows.append(["kernels (mean)", engine, *_cost_cells(complete, engine)])
    return ["## Compile time, code size, memory", "", *_table(rows, numbers_from=2), "",
            "Compile s is processor time for native builds and for the C compiler after wasm2c; for "
            "linden, wall time until the code is loaded, without the cache; for node, of eager "
            "compilation. Code KiB is that of the machine code; peak memory that of the process.", ""]


def compile_seconds(cost):
    return cost.get("compile_wall_s", cost.get("compile_cpu_s"))


def mean_of(values):
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _cost_cells(results, engine):
    costs = [r["costs"][engine] for r in results]
    size = mean_of([c.get("code_size") for c in costs])
    peak = mean_of([max(run["peak_kib"] for run in r["runs"][engine])
                    for r in results if r["runs"].get(engine)])
    return [_number(mean_of(map(compile_seconds, costs)), 2), _number(size and size / 1024, 0),
            _number(peak and peak / 1024, 1)]


def _start_section(start):
    rows = [["start and end of hello", "median ms", "fastest ms", "peak MiB"]]
    for engine, runs in start["runs"].items():
        times = [run["wall_ns"] / 1e6 for run in runs]
        rows.append([engine, f"{statistics.median(times):.2f}", f"{min(times):.2f}",
                     f"{max(run['peak_kib'] for run in runs) / 1024:.1f}"])
    return ["## Start", "", *_table(rows, numbers_from=1), ""]


def _micro_section(name, suite):
    engines = suite["engines"]
    header = ["", *[f"{engine} ns" if engine == "native" else f"{engine} ns | ratio"
                    for engine in engines]]
    rows = [[cell for part in header for cell in part.split(" | ")]]
    for row, samples in suite["rows"].items():
        cells = [row]
        for engine in engines:
            values, ratio = samples.get(engine), suite["ratios"][row].get(engine)
            cells.append(_number(values and statistics.median(values), 1))
            if engine != "native":
                cells.append(_interval(ratio) if ratio else "-")
        rows.append(cells)
    return [f"## {micro.TITLES[name]}", "", "Medians; each figure is the best of several batches.", "",
            *(_table(rows, numbers_from=1) if suite["rows"] else ["Nothing was measured."]), ""]


def _errors(document):
    parts = [(r["name"], r["errors"]) for r in document["results"] + [document["start"] or {}]
             if r.get("errors")]
    parts += [(name, suite["errors"]) for name, suite in document["micro"].items()]
    errors = [(name, engine, text) for name, texts in parts for engine, text in texts.items()]
    if not errors:
        return []
    lines = ["## Errors", ""]
    for name, engine, text in errors:
        lines += [f"- {name}, {engine}:", *(f"      {line}" for line in text.splitlines())]
    return lines + [""]


def _number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def _table(rows, numbers_from):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row):
        cells = [cell.ljust(width) if i < numbers_from else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(cells) + " |"

    rule = ["-" * width if i < numbers_from else "-" * (width - 1) + ":"
            for i, width in enumerate(widths)]
    return [line(rows[0]), line(rule)] + [line(row) for row in rows[1:]]
