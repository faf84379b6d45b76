"""Draws the ratios as a bar chart in SVG."""

from html import escape

from .engines import NATIVE_ENGINES

COLORS = {"linden": "#1f6fb4", "node": "#e08a1e", "wasm2c": "#7a8793", "native": "#4b9b58",
          "native-v3": "#a3c9a8"}
LABEL_WIDTH, PLOT_WIDTH, RIGHT_MARGIN = 172, 640, 60
BAR_HEIGHT, GROUP_GAP, TOP, BOTTOM = 9, 9, 84, 40
# Longer bars are cut off and carry their value.
MAX_AXIS = 4.0


def draw(document):
    engines = [e for e in document["engines"] if e not in NATIVE_ENGINES] or document["engines"]
    groups = _groups(document, engines)
    values = [v for _, bars, _ in groups for v in bars.values() if v]
    axis = min(MAX_AXIS, max([1.5, *values]) * 1.05)
    group_height = BAR_HEIGHT * len(engines) + GROUP_GAP
    bottom = TOP + group_height * len(groups)
    width, height = LABEL_WIDTH + PLOT_WIDTH + RIGHT_MARGIN, bottom + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="24" font-size="16" font-weight="bold">Time relative to the better native '
        'build</text>',
        f'<text x="12" y="42" fill="#555">Smaller is better. {escape(document["date"])}, '
        f'{escape(document["environment"]["cpu"])}</text>',
        *_legend(engines), *_grid(axis, bottom)]
    for i, (name, bars, is_mean) in enumerate(groups):
        parts += _group(name, bars, is_mean, TOP + i * group_height, engines, axis)
    parts.append(f'<line x1="{_x(1, axis):.1f}" x2="{_x(1, axis):.1f}" y1="{TOP - 6}" '
                 f'y2="{bottom}" stroke="#333" stroke-width="1.2"/>')
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _groups(document, engines):
    groups = [(f"geomean: {title}", {e: means[e]["geomean"] if e in means else None for e in engines}, True)
              for title, means in document["geomeans"].items()
              if title != "all" or len(document["geomeans"]) > 2]
    for result in sorted(document["results"], key=lambda r: r["kind"]):
        ratios = result["ratios"]
        bars = {e: ratios[e]["median"] if e in ratios else None for e in engines
                if e in ratios or e in result["errors"]}
        groups.append((result["name"], bars, False))
    return groups


def _x(value, axis):
    return LABEL_WIDTH + PLOT_WIDTH * min(value, axis) / axis


def _legend(engines):
    parts, x = [], 12
    for engine in engines:
        parts.append(f'<rect x="{x}" y="54" width="11" height="11" fill="{COLORS[engine]}"/>')
        parts.append(f'<text x="{x + 16}" y="64">{engine}</text>')
        x += 16 + 8 * len(engine) + 24
    return parts


def _grid(axis, bottom):
    parts = []
    for tenths in range(0, int(axis * 10) + 1, 5):
        x = _x(tenths / 10, axis)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}" '
                     'stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#555">'
                     f'{tenths / 10:g}</text>')
    return parts


def _group(name, bars, is_mean, top, engines, axis):
    weight = ' font-weight="bold"' if is_mean else ""
    middle = top + BAR_HEIGHT * len(engines) / 2 + 4
    parts = [f'<text x="{LABEL_WIDTH - 8}" y="{middle:.1f}" text-anchor="end"{weight}>'
             f'{escape(name)}</text>']
    for i, engine in enumerate(engines):
        if engine not in bars:  # it cannot run this program
            continue
        y, value = top + i * BAR_HEIGHT, bars[engine]
        if value is None:
            parts.append(f'<text x="{LABEL_WIDTH + 4}" y="{y + BAR_HEIGHT - 1}" font-size="9" '
                         f'fill="#b00020">{engine}: no result</text>')
            continue
        end = _x(value, axis)
        parts.append(f'<rect x="{LABEL_WIDTH}" y="{y}" width="{end - LABEL_WIDTH:.1f}" '
                     f'height="{BAR_HEIGHT - 1}" fill="{COLORS[engine]}"/>')
        cut = " →" if value > axis else ""
        parts.append(f'<text x="{end + 4:.1f}" y="{y + BAR_HEIGHT - 1}" font-size="9"{weight}>'
                     f'{value:.2f}{cut}</text>')
    return parts
