"""What differs between two documents by more than their intervals."""

from .intervals import disjoint

CODE_SIZE_CHANGE = 0.01


def text(before, after):
    lines = [f"before: {_title(before)}", f"after:  {_title(after)}"]
    if before["machine"]["cpu"] != after["machine"]["cpu"]:
        lines.append("The machines differ: only ratios can be compared.")
    if before["baseline"] != after["baseline"]:
        lines.append(f"The ratios are to different builds: {', '.join(before['baseline'])} and "
                     f"{', '.join(after['baseline'])}.")
    changes, same = differences(before, after)
    lines += ["", *(changes or ["Nothing differs by more than its interval."]),
              f"{same} figures do not differ by more than their intervals."]
    for title, ours, theirs in (("before", before, after), ("after", after, before)):
        only = sorted(set(_figures(ours)) - set(_figures(theirs)))
        if only:
            lines.append(f"Only {title}: " + ", ".join(f"{a} {b}" for a, b in only))
    return "\n".join(lines)


def _title(document):
    linden = document["linden"] or {}
    build = (linden.get("git_revision") or "?")[:12] + (
        " with changes" if linden.get("git_has_changes") else "")
    return f"{document['date']}, linden {build}, {document['options']['alternations']} alternations"


def differences(before, after):
    """(lines, how many figures are the same as far as one can tell)."""
    lines, same = [], 0
    old, new = _figures(before), _figures(after)
    for key in old:
        if key not in new:
            continue
        a, b = old[key], new[key]
        if min(a["samples"], b["samples"]) > 1 and not disjoint(a, b):
            same += 1
            continue
        change = b["median"] / a["median"] - 1
        if not change:
            same += 1
            continue
        doubt = "" if min(a["samples"], b["samples"]) > 1 else " (single samples: no interval)"
        lines.append(f"{'slower' if change > 0 else 'faster'} {abs(change):7.1%}  {key[0]}, {key[1]}: "
                     f"{_show(a)} -> {_show(b)}{doubt}")
    sizes, unchanged = _size_changes(before, after)
    return lines + sizes, same + unchanged


def _figures(document):
    """{(what, engine): interval} of all that has one."""
    found = {}
    for title, means in document["geomeans"].items():
        found.update({(f"geomean of {title}", e): mean for e, mean in means.items()})
    for result in document["results"]:
        found.update({(result["name"], e): ratio for e, ratio in result["ratios"].items()})
    for suite in document["micro"].values():
        for row, ratios in suite["ratios"].items():
            found.update({(row, e): ratio for e, ratio in ratios.items() if e != "native"})
    return found


def _size_changes(before, after):
    lines, same = [], 0
    old, new = _sizes(before), _sizes(after)
    for key in old.keys() & new.keys():
        change = new[key] / old[key] - 1
        if abs(change) <= CODE_SIZE_CHANGE:
            same += 1
            continue
        lines.append(f"{'larger' if change > 0 else 'smaller'} {abs(change):6.1%}  {key[0]}, {key[1]}: "
                     f"{old[key]} -> {new[key]} bytes of code")
    return sorted(lines), same


def _sizes(document):
    return {(r["name"], e): cost["code_size"] for r in document["results"]
            for e, cost in r["costs"].items() if cost.get("code_size")}


def _show(interval):
    return f"{interval['median']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]"
