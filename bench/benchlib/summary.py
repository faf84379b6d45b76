"""From samples to ratios: adds to a document what its report and its plots show."""

from .intervals import geomean_interval, median_interval

KINDS = (("kernel", "kernels"), ("application", "applications"), ("file", "programs"))


def baseline_engines(document):
    """Whose better time is 1.00 in each alternation: all native ones, else Linden's segment."""
    kinds = document["engine_kinds"]
    natives = [name for name in document["engines"] if kinds[name] == "native"]
    return natives or _lindens(document)[:1] or document["engines"][:1]


def _lindens(document):
    """Linden's engines, the one with the default back-end first."""
    kinds = document["engine_kinds"]
    return sorted((name for name in document["engines"] if kinds[name] == "linden"),
                  key=lambda name: name not in ("linden", "linden:segment"))


def ratios_of(samples, baseline):
    """Per engine: the ratio to the better one of `baseline` in each alternation.

    `samples` maps an engine to one number for each alternation.
    """
    bases = [samples[name] for name in baseline if name in samples]
    if not bases:
        return {}
    best = [min(alternation) for alternation in zip(*bases)]
    return {name: [value / base for value, base in zip(values, best) if base]
            for name, values in samples.items()}


def summarize(document):
    """Adds "baseline" and "geomeans" to the document, and "ratios" and the like to its results."""
    baseline = document["baseline"] = baseline_engines(document)
    for result in document["results"]:
        runs = {name: runs for name, runs in result["runs"].items()
                if name not in result["errors"] and runs}
        # A program that no native build ran, like a .wasm file among sources, has Linden's.
        own = ([name for name in baseline if name in runs]
               or [name for name in _lindens(document) if name in runs][:1])
        result["baseline"] = own
        fastest = {name: [min(run["rounds_ns"]) for run in each] for name, each in runs.items()}
        user = {name: [run["user_ns"] for run in each] for name, each in runs.items()}
        result["samples"] = ratios_of(fastest, own)
        result["ratios"] = {name: median_interval(values, f"{result['name']} {name}")
                            for name, values in result["samples"].items()}
        result["user_ratios"] = {name: median_interval(values, f"{result['name']} user {name}")
                                 for name, values in ratios_of(user, own).items() if values}
        bases = [min(fastest[name]) for name in own]
        result["baseline_ms"] = min(bases) / 1e6 if bases else None
    document["geomeans"] = {}
    measured = [r for r in document["results"] if r["runs"] or r["errors"]]
    for kind, title in KINDS:
        members = [r for r in measured if r["kind"] == kind]
        if members:
            document["geomeans"][title] = _geomeans(members, document["engines"], title)
    if len(document["geomeans"]) > 1:
        document["geomeans"]["all"] = _geomeans(measured, document["engines"], "all")
    for suite in document["micro"].values():
        _summarize_micro(suite)


def _geomeans(members, engines, title):
    """An engine that failed somewhere gets no geomean: a failure must not flatter it."""
    means = {}
    for engine in engines:
        samples = [r["samples"][engine] for r in members if engine in r["samples"]]
        if samples and not any(engine in r["errors"] for r in members):
            means[engine] = {**geomean_interval(samples, f"{title} {engine}"),
                             "programs": len(samples), "partial": len(samples) < len(members)}
    return means


def _summarize_micro(suite):
    suite["ratios"] = {
        row: {name: median_interval(values, f"{row} {name}")
              for name, values in ratios_of(samples, ["native"]).items()}
        for row, samples in suite["rows"].items()}
