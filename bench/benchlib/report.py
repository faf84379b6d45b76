"""Turns what was measured into ratios, a Markdown report and JSON."""

import math
import statistics

from .engines import NATIVE_ENGINES

NOISY_SPREAD = 0.15


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def ratios_of(runs_by_engine):
    """Per engine: the ratio to the better native build, in each alternation.

    `runs_by_engine` maps an engine to its best round of each alternation, in nanoseconds.
    """
    natives = [runs_by_engine[e] for e in NATIVE_ENGINES if e in runs_by_engine]
    if not natives:
        return {}
    baseline = [min(alternation) for alternation in zip(*natives)]
    return {engine: [ns / base for ns, base in zip(best, baseline)]
            for engine, best in runs_by_engine.items()}


def summarize(results, engines):
    """Adds each program's ratios, and returns the geomeans of the kinds of programs."""
    for result in results:
        best = {engine: [min(run["rounds_ns"]) for run in runs]
                for engine, runs in result["runs"].items() if engine not in result["errors"]}
        result["ratios"] = {
            engine: {"median": statistics.median(values), "low": min(values), "high": max(values)}
            for engine, values in ratios_of(best).items()}
        natives = [min(values) for engine, values in best.items() if engine in NATIVE_ENGINES]
        result["native_best_ms"] = min(natives) / 1e6 if natives else None
    return {title: _geomeans(members, engines) for title, members in (
        ("kernels", [r for r in results if r["kind"] == "kernel"]),
        ("applications", [r for r in results if r["kind"] == "application"]),
        ("all", results)) if members}


def _geomeans(members, engines):
    """An engine that failed somewhere gets no geomean: a failure must not flatter it."""
    means = {}
    for engine in engines:
        ratios = [r["ratios"][engine]["median"] for r in members if engine in r["ratios"]]
        if ratios and not any(engine in r["errors"] for r in members):
            means[engine] = {"geomean": geomean(ratios), "programs": len(ratios),
                             "partial": len(ratios) < len(members)}
    return means


def markdown(document):
    engines = document["engines"]
    lines = ["# Benchmarks", "",
             f"{document['date']}, {document['environment']['cpu']}, "
             f"{document['environment']['processors']} processors, "
             f"{document['alternations']} alternations.", "",
             "Time relative to the better of the native builds: smaller is better. The median over "
             "the alternations of the best round of each.", ""]
    rows = [["program", "stresses", "native ms", *engines]]
    results = document["results"]
    for kind, title in (("kernel", "kernels"), ("application", "applications")):
        members = [r for r in results if r["kind"] == kind]
        rows += [_ratio_row(r, engines) for r in members]
        if members:
            rows.append(_geomean_row(f"geomean of {title}", document["geomeans"][title], engines))
    if len({r["kind"] for r in results}) > 1:
        rows.append(_geomean_row("geomean of all", document["geomeans"]["all"], engines))
    lines += _table(rows, numbers_from=2) + [""]
    lines += _footnotes(document)
    lines += ["## Compile time, code size, memory", ""]
    lines += _cost_tables(document)
    errors = [(r["name"], engine, text) for r in results + [document["start"] or {}]
              for engine, text in r.get("errors", {}).items()]
    if errors:
        lines += ["## Errors", ""]
        for name, engine, text in errors:
            lines += [f"- {name}, {engine}:", *(f"      {line}" for line in text.splitlines())]
        lines.append("")
    return "\n".join(lines)


def _ratio_row(result, engines):
    cells = []
    for engine in engines:
        if engine in result["errors"]:
            cells.append("error")
        elif engine in result["ratios"]:
            ratio = result["ratios"][engine]
            noisy = ratio["high"] - ratio["low"] > NOISY_SPREAD * ratio["median"]
            cells.append(f"{ratio['median']:.2f}" + ("~" if noisy else ""))
        else:
            cells.append("-")
    native = result["native_best_ms"]
    return [result["name"], result["stresses"], f"{native:.1f}" if native else "-", *cells]


def _geomean_row(title, means, engines):
    cells = []
    for engine in engines:
        mean = means.get(engine)
        cells.append(f"**{mean['geomean']:.2f}**" + "*" * mean["partial"] if mean else "-")
    return [f"**{title}**", "", "", *cells]


def _footnotes(document):
    notes = ["- native: clang-22 -O2. native-v3: clang-22 -O3 -march=x86-64-v3 -ffp-contract=off.",
             f"- ~: the alternations differ by more than {NOISY_SPREAD:.0%}."]
    if "wasm2c" in document["engines"]:
        notes.append("- wasm2c cannot translate SIMD: it gets the same sources built without "
                     "-msimd128, and is left out of the simd_ kernels; a geomean without them is "
                     "marked with a star. Its output is compiled with clang-22 -O2.")
    if "node" in document["engines"]:
        notes.append("- node runs V8's optimising compiler only (--no-liftoff).")
    return notes + [""]


def _cost_tables(document):
    members = [r for r in document["results"] if r["kind"] == "application"]
    kernels = [r for r in document["results"] if r["kind"] == "kernel"]
    rows = [["program", "engine", "compile s", "code KiB", "peak MiB"]]
    for result in members:
        for engine in document["engines"]:
            if engine in result["costs"]:
                rows.append([result["name"], engine, *_cost_cells([result], engine)])
    for engine in document["engines"]:
        complete = [r for r in kernels if engine in r["costs"] and engine in r["runs"]]
        if complete:
            rows.append(["kernels (mean)", engine, *_cost_cells(complete, engine)])
    lines = _table(rows, numbers_from=2)
    lines += ["", "Compile s is processor time for native builds and for the C compiler after "
              "wasm2c, and wall time for node and for `linden compile` with an empty cache.", ""]
    start = document["start"]
    if start:
        rows = [["start and end of hello", "median ms", "fastest ms", "peak MiB"]]
        for engine, cost in start["runs"].items():
            rows.append([engine, f"{statistics.median(cost['wall_ns']) / 1e6:.2f}",
                         f"{min(cost['wall_ns']) / 1e6:.2f}", f"{cost['peak_kib'] / 1024:.1f}"])
        lines += _table(rows, numbers_from=1) + [""]
    return lines


def _cost_cells(results, engine):
    def mean(values):
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    costs = [r["costs"][engine] for r in results]
    compile_s = mean([c.get("compile_wall_s", c.get("compile_cpu_s")) for c in costs])
    size = mean([c.get("code_size") for c in costs])
    peak = mean([max(run["peak_kib"] for run in r["runs"][engine])
                 for r in results if r["runs"].get(engine)])
    return [f"{compile_s:.2f}" if compile_s is not None else "-",
            f"{size / 1024:.0f}" if size else "-", f"{peak / 1024:.1f}" if peak else "-"]


def _table(rows, numbers_from):
    """Aligned Markdown, which reads well in a terminal too."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row):
        cells = [cell.ljust(width) if i < numbers_from else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(cells) + " |"

    rule = ["-" * width if i < numbers_from else "-" * (width - 1) + ":"
            for i, width in enumerate(widths)]
    return [line(rows[0]), line(rule)] + [line(row) for row in rows[1:]]
