"""Horizontal bars in groups, with whiskers, as SVG. Knows nothing of what they show."""

import math
from dataclasses import dataclass
from html import escape

WIDTH, RIGHT_MARGIN = 872, 70
BAR_HEIGHT, GROUP_GAP, BOTTOM = 10, 10, 44
TITLE_HEIGHT, LEGEND_ROW = 58, 18
# Widths are estimates: nothing here knows the font. They err on the wide side.
LABEL_CHARACTER, LEGEND_CHARACTER = 6.6, 6.8
LOG_SPREAD = 10  # from this ratio of the longest bar to the shortest on, the axis is logarithmic
TICKS = (1, 2, 5)


@dataclass
class Bar:
    value: float
    low: float = None  # without an interval: None
    high: float = None


@dataclass
class Group:
    label: str
    bars: dict  # {series: Bar, or a text that says why there is none}
    bold: bool = False


@dataclass
class Chart:
    title: str
    subtitle: str
    unit: str
    series: dict  # {name: color}, in the order of the legend
    groups: list
    reference: float = None  # a value with a line of its own
    digits: int = 2
    legend: bool = True


class Axis:
    """From values to positions between `left` and `right`."""

    def __init__(self, values, left, right, reference=None):
        self.left, self.right = left, right
        shown = [value for value in values if value > 0] + ([reference] if reference else [])
        largest, smallest = max(shown, default=1), min(shown, default=1)
        self.is_log = largest / smallest >= LOG_SPREAD
        if self.is_log:
            self.ticks = _log_ticks(smallest * 0.9, largest)
            self.start, self.end = self.ticks[0], self.ticks[-1]
        else:
            self.ticks = _linear_ticks(largest)
            self.start, self.end = 0, max(largest * 1.04, self.ticks[-1])

    def x(self, value):
        if self.is_log:
            value = max(value, self.start)
            share = math.log(value / self.start) / math.log(self.end / self.start)
        else:
            share = value / self.end
        return self.left + (self.right - self.left) * min(share, 1)


def _log_ticks(smallest, largest):
    first = math.floor(math.log10(smallest))
    last = math.ceil(math.log10(largest))
    # Of more than four decades, not every step has a label.
    steps = TICKS if last - first <= 4 else (1,)
    ticks = [step * 10.0 ** power for power in range(first, last + 1) for step in steps]
    start = max([tick for tick in ticks if tick <= smallest], default=ticks[0])
    end = min([tick for tick in ticks if tick >= largest and tick > start], default=ticks[-1])
    return [tick for tick in ticks if start <= tick <= end]


def _linear_ticks(largest):
    step = next(step * 10.0 ** power for power in range(-6, 12) for step in TICKS
                if largest / (step * 10.0 ** power) <= 8)
    return [step * i for i in range(math.floor(largest / step) + 1)]


def draw(chart):
    label_width = 24 + LABEL_CHARACTER * max((len(g.label) for g in chart.groups), default=0)
    legend = _legend(chart) if chart.legend else []
    rows = 1 + max((row for _, _, row in legend), default=-1)
    top = TITLE_HEIGHT + rows * LEGEND_ROW + 10
    bars = [bar for group in chart.groups for bar in group.bars.values() if isinstance(bar, Bar)]
    values = [v for bar in bars for v in (bar.value, bar.low, bar.high) if v is not None]
    axis = Axis(values, label_width, WIDTH - RIGHT_MARGIN, chart.reference)
    body, y = [], top
    for group in chart.groups:
        body += _group(chart, group, axis, y)
        y += BAR_HEIGHT * max(1, len(group.bars)) + GROUP_GAP
    height = y + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="24" font-size="16" font-weight="bold">{escape(chart.title)}</text>',
        f'<text x="12" y="43" fill="#555">{escape(chart.subtitle)}</text>',
        *[_legend_entry(chart, name, x, row) for name, x, row in legend],
        *_grid(chart, axis, top - 6, y), *body]
    if chart.reference is not None:
        x = axis.x(chart.reference)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{y}" stroke="#333" '
                     'stroke-width="1.2"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(chart):
    """[(name, x, row)]: as many in a row as fit."""
    entries, x, row = [], 12.0, 0
    for name in chart.series:
        width = 16 + LEGEND_CHARACTER * len(name) + 18
        if x > 12 and x + width > WIDTH:
            x, row = 12.0, row + 1
        entries.append((name, x, row))
        x += width
    return entries


def _legend_entry(chart, name, x, row):
    y = TITLE_HEIGHT + row * LEGEND_ROW
    return (f'<rect x="{x:.0f}" y="{y}" width="11" height="11" fill="{chart.series[name]}"/>'
            f'<text x="{x + 16:.0f}" y="{y + 10}">{escape(name)}</text>')


def _grid(chart, axis, top, bottom):
    parts = []
    for tick in axis.ticks:
        x = axis.x(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#555">'
                     f'{tick:g}</text>')
    scale = ", logarithmic" if axis.is_log else ""
    parts.append(f'<text x="{axis.left:.1f}" y="{bottom + 34}" fill="#555">'
                 f'{escape(chart.unit)}{scale}</text>')
    return parts


def _group(chart, group, axis, top):
    weight = ' font-weight="bold"' if group.bold else ""
    middle = top + BAR_HEIGHT * max(1, len(group.bars)) / 2 + 4
    parts = [f'<text x="{axis.left - 8:.1f}" y="{middle:.1f}" text-anchor="end"{weight}>'
             f'{escape(group.label)}</text>']
    for i, (series, bar) in enumerate(group.bars.items()):
        y = top + i * BAR_HEIGHT
        if not isinstance(bar, Bar):
            parts.append(f'<text x="{axis.left + 4:.1f}" y="{y + BAR_HEIGHT - 2}" font-size="9" '
                         f'fill="#b00020">{escape(series)}: {escape(bar)}</text>')
            continue
        parts += _bar(chart, bar, chart.series[series], axis, y, weight)
    return parts


def _bar(chart, bar, color, axis, y, weight):
    end = axis.x(bar.value)
    # A logarithmic axis has no zero to begin at; what is compared with a reference begins there.
    start = axis.x(chart.reference) if axis.is_log and chart.reference else axis.left
    parts = [f'<rect x="{min(start, end):.1f}" y="{y}" width="{abs(end - start):.1f}" '
             f'height="{BAR_HEIGHT - 1}" fill="{color}"/>']
    label = max(start, end)
    if bar.low is not None and bar.high > bar.low:
        low, high, middle = axis.x(bar.low), axis.x(bar.high), y + (BAR_HEIGHT - 1) / 2
        parts.append(f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 2.5}v5'
                     f'M{high:.1f} {middle - 2.5}v5" stroke="#222" stroke-width="0.9" fill="none"/>')
        label = max(label, high)
    parts.append(f'<text x="{label + 4:.1f}" y="{y + BAR_HEIGHT - 2}" font-size="9"{weight}>'
                 f'{format_value(bar.value, chart.digits)}</text>')
    return parts


def format_value(value, digits):
    return f"{value:.{digits}f}" if value < 100 else f"{value:.0f}"
