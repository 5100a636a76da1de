"""One strip per economy: a bar between the bounds, and a dot for each time since the shock."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from entrepot.report.svg import GRID, INK, label, ticks

WIDTH, LEFT, RIGHT, ROW, TOP = 760.0, 170.0, 40.0, 66.0, 92.0
BAR, MUTED = "#c3cad2", "#55616e"
LETTER = 6.8
"""Width of a letter at the size of the legend, about."""
LINE, LINE_HEIGHT = 96, 14.0
"""Most letters of a line of words under a strip, and the height of a further line."""
COLOURS = ("#7a1f14", "#d0682c", "#e3b23c", "#2f6f9f")
FAR = 0.6
"""A bound further from the dots than this part of their span leaves the axis (an arrow)."""
LEAST = 0.01
"""Shortest span of an axis, per cent."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What one economy shows, in per cent.

    Attributes
    ----------
    name, role : of the economy
    bar : lower and upper bound, None where there is none
    dots : (position in the legend, value, label when the pointer rests on it)
    words : line under the strip

    """

    name: str
    role: str
    bar: tuple[float | None, float | None]
    dots: tuple[tuple[int, float, str], ...]
    words: str


def strip_chart(title: str, strips: Sequence[Strip], legend: Sequence[tuple[str, bool]]) -> str:
    """SVG of strips, each on its own axis; `legend` is (name, whether it has a result)."""
    tops, height = [], TOP
    for strip in strips:
        tops.append(height)
        height += ROW + LINE_HEIGHT * max(len(lines(strip)) - 1, 0)
    height += 8
    rows = "".join(_strip(strip, top) for strip, top in zip(strips, tops, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="system-ui,sans-serif" '
        f'font-size="12.5" fill="{INK}">'
        f"{label(0, 18, title, size=15, bold=True)}{_legend(legend)}{rows}</svg>"
    )


def lines(strip: Strip) -> list[str]:
    """Words under a strip, broken so that none is cut off at the edge."""
    return textwrap.wrap(strip.words, LINE)


def axis(strip: Strip) -> list[float]:
    """Marks of the axis, which ends at the outer ones: around the dots, zero and near bounds."""
    values = [0.0, *(value for _, value, _ in strip.dots)]
    low, high = min(values), max(values)
    span = max(high - low, LEAST)
    for end in strip.bar:
        if end is not None and low - FAR * span <= end <= high + FAR * span:
            low, high = min(low, end), max(high, end)
    marks = ticks(low, max(high, low + LEAST), 4)
    return marks[:-1] if len(marks) > 2 and marks[-2] >= high else marks


def _dot(x: float, y: float, kind: int, solid: bool = True, hint: str = "") -> str:
    fill = COLOURS[kind] if solid else "none"
    title = f"<title>{escape(hint)}</title>" if hint else ""
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="{COLOURS[kind]}" '
            f'stroke-width="1.2">{title}</circle>')  # fmt: skip


def _legend(entries: Sequence[tuple[str, bool]]) -> str:
    parts, x = [], 6.0
    for k, (name, solid) in enumerate(entries):
        parts += [_dot(x, 40, k, solid), label(x + 11, 44, name)]
        x += 42 + LETTER * len(name)
    parts.append(f'<rect x="0" y="56" width="30" height="8" fill="{BAR}"/>')
    text = "from: nothing can be replaced, to: all is rerouted at no cost; arrow: goes on"
    parts += [label(38, 64, text), label(0, 82, "Change of welfare, per cent. Each economy has "
              "its own scale.", colour=MUTED)]  # fmt: skip
    return "".join(parts)


def _strip(strip: Strip, y: float) -> str:
    marks, middle = axis(strip), y + 16
    low, high = marks[0], marks[-1]

    def place(value: float) -> float:
        inside = min(max(value, low), high)
        return LEFT + (WIDTH - RIGHT - LEFT) * (inside - low) / (high - low)

    parts = [
        f'<path d="M0,{y:.1f}H{WIDTH:g}" stroke="{GRID}"/>',
        label(0, middle + 3, strip.name, bold=True),
        label(0, middle + 18, strip.role, size=11, colour=MUTED),
    ]
    for mark in marks:
        x = place(mark)
        line = INK if mark == 0 else GRID
        parts.append(f'<path d="M{x:.1f},{y + 5:.1f}v24" stroke="{line}"/>')
        parts.append(label(x, y + 41, f"{mark:g}", "middle", 10.5, colour=MUTED))
    parts.append(_bar(strip, middle, place, low, high))
    parts += [_dot(place(value), middle, kind, hint=said) for kind, value, said in strip.dots]
    parts += [
        label(LEFT, y + 56 + LINE_HEIGHT * k, line, size=11, colour=MUTED)
        for k, line in enumerate(lines(strip))
    ]
    return "".join(parts)


def _bar(strip: Strip, y: float, place: object, low: float, high: float) -> str:
    """Bar between the bounds; an end beyond the axis is an arrow with its number."""
    start, end = strip.bar
    if start is None or end is None:
        return ""
    assert callable(place)
    a, b = sorted((place(start), place(end)))
    parts = [f'<rect x="{a:.1f}" y="{y - 4:.1f}" width="{max(b - a, 1.5):.1f}" height="8" '
             f'fill="{BAR}"/>']  # fmt: skip
    for value in (start, end):
        way = -1 if value < low else 1 if value > high else 0
        if way:
            x = place(value)
            parts.append(f'<path d="M{x:.1f},{y - 7:.1f}l{7 * way},7l{-7 * way},7z" '
                         f'fill="{BAR}"/>')  # fmt: skip
            anchor = "end" if way < 0 else "start"
            parts.append(label(x + 11 * way, y + 4, f"{value:.0f}", anchor, 11, colour=MUTED))
    return "".join(parts)
