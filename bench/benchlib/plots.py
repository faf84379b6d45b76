"""The plots of a summarized document."""

from . import micro
from .chart import Bar, Chart, Group, draw
from .report import compile_seconds, mean_of
from .summary import KINDS

COLORS = {"native": "#4b9b58", "native-v3": "#a3c9a8", "linden": "#1f6fb4",
          "linden-glibc": "#8cc4ee", "node": "#e08a1e", "wasm2c": "#7a8793", "wasmtime": "#8e5ea2",
          "iwasm": "#c0504d", "wasmer": "#b8a13c", "wavm": "#3d8f8f"}
# Of what has no color of its own, back-ends of Linden first of all.
MORE_COLORS = ("#0b3c5d", "#2a9d8f", "#c06c84", "#6c5b7b", "#d9b310", "#e76f51", "#99b898", "#355c7d",
               "#f2a7b5", "#a7a7a7", "#5c4033", "#b5d334")
KIND_COLORS = {"kernels": "#1f6fb4", "applications": "#e08a1e", "programs": "#4b9b58",
               "all": "#333333"}


def colors_of(engines):
    """{engine: color}, no two alike while there are enough."""
    colors, more = {}, list(MORE_COLORS)
    for name in engines:
        if name not in COLORS and more:
            colors[name] = more.pop(0)
        else:
            colors[name] = COLORS.get(name, "#999999")
    return colors


def draw_all(document):
    """{file name: SVG}; only of what there is."""
    charts = {}
    if any(result["ratios"] for result in document["results"]):
        for kind, title in KINDS:
            if title in document["geomeans"]:
                charts[f"overhead-{title}.svg"] = _overhead(document, kind, title)
        charts["overhead-by-engine.svg"] = _by_engine(document)
        charts["compile-time.svg"] = _costs(document, "Compile time", "seconds", compile_seconds)
        charts["code-size.svg"] = _costs(document, "Size of the machine code", "KiB", _code_kib)
    for name, suite in document["micro"].items():
        if suite["rows"] and len(suite["engines"]) > 1:
            charts[f"micro-{name}.svg"] = _micro(document, name, suite)
    return {name: draw(chart) for name, chart in charts.items() if chart.groups}


def _compared(document):
    """The baseline itself is only shown where there is nothing else."""
    return [e for e in document["engines"] if document["engine_kinds"][e] != "native"] \
        or document["engines"]


def _where(document):
    virtual = " (virtualised)" if document["machine"]["virtualised"] else ""
    return f"{document['machine']['cpu']}{virtual}, {document['date'][:10]}"


def _relative_to(document):
    natives = [e for e in document["baseline"] if document["engine_kinds"][e] == "native"]
    return ("the better native build" if len(natives) > 1 else
            " ".join(natives or document["baseline"][:1]))


def _interval_bar(value):
    has_interval = value["samples"] > 1
    return Bar(value["median"], value["low"] if has_interval else None,
               value["high"] if has_interval else None)


def _overhead(document, kind, title):
    engines = _compared(document)
    means = document["geomeans"][title]
    groups = [Group("geometric mean", {e: _interval_bar(means[e]) if e in means else "no result"
                                       for e in engines}, True)]
    for result in document["results"]:
        if result["kind"] == kind:
            bars = {e: _interval_bar(result["ratios"][e]) if e in result["ratios"] else "error"
                    for e in engines if e in result["ratios"] or e in result["errors"]}
            groups.append(Group(result["name"], bars))
    return Chart(f"{title.capitalize()}: time relative to {_relative_to(document)}",
                 f"Smaller is better; whiskers: 95 %. {_where(document)}",
                 f"time / {_relative_to(document)}", colors_of(engines), groups, reference=1)


def _by_engine(document):
    titles = list(document["geomeans"])
    groups = []
    for engine in document["engines"]:
        bars = {title: _interval_bar(document["geomeans"][title][engine]) for title in titles
                if engine in document["geomeans"][title]}
        if bars:
            groups.append(Group(engine, bars))
    return Chart(f"Geometric means relative to {_relative_to(document)}",
                 f"Smaller is better; whiskers: 95 %. {_where(document)}",
                 f"time / {_relative_to(document)}", {t: KIND_COLORS[t] for t in titles}, groups,
                 reference=1)


def _code_kib(cost):
    size = cost.get("code_size")
    return size / 1024 if size is not None else None


def _costs(document, title, unit, figure):
    """Programs that are large enough to take time, and the mean of the kernels."""
    engines = [e for e in document["engines"]
               if any(e in r["costs"] and figure(r["costs"][e]) is not None
                      for r in document["results"])]
    groups, seen = [], set()
    for result in document["results"]:
        figures = {e: figure(result["costs"][e]) for e in engines if e in result["costs"]}
        # Programs that share a binary have the same costs but for the measurement's noise.
        binary = result["name"].split("-file")[0]
        if result["kind"] == "kernel" or binary in seen:
            continue
        seen.add(binary)
        groups.append(Group(result["name"], {e: Bar(v) for e, v in figures.items() if v is not None}))
    kernels = [r for r in document["results"] if r["kind"] == "kernel"]
    means = {e: mean_of([figure(r["costs"][e]) for r in kernels if e in r["costs"]])
             for e in engines}
    means = {e: Bar(value) for e, value in means.items() if value is not None}
    if means:
        groups.append(Group("kernels (mean)", means, True))
    return Chart(title, f"Smaller is better. {_where(document)}", unit, colors_of(engines),
                 [g for g in groups if g.bars])


def _micro(document, name, suite):
    engines = suite["engines"][1:]
    groups = [Group(row, {e: _interval_bar(ratios[e]) for e in engines if e in ratios})
              for row, ratios in suite["ratios"].items()]
    return Chart(micro.TITLES[name],
                 f"Relative to native; whiskers: 95 %. {_where(document)}", "time / native",
                 colors_of(engines), groups, reference=1)
