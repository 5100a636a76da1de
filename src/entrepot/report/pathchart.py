"""A path as SVG: the measures as bars in time, and panels of lines with their ranges, or of areas.

`path_chart` takes the days of any path; its axis names whole years unless a `Span` is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import numpy as np

from entrepot.report.pathlines import Curve, Frame, Level, Look, area, band, line
from entrepot.report.svg import GRID, INK, MUTED, label, ticks
from entrepot.report.timeaxis import BAR, Mark, Span, bars, decimal_year, turning, year_span

WIDTH, LEFT, RIGHT = 760.0, 62.0, 16.0
ROW, PANEL, GAP, TOP, KEY = 17.0, 170.0, 36.0, 62.0, 18.0
FAR = 1.0
"""A range that goes further from the lines than this part of their span leaves the axis."""
LEAST = 0.02
"""Shortest span of an axis in the unit of the panel."""
LINE = 13.0
"""Least distance between the names of two curves."""
BAND_TEXT: Final = "band: range, cut off at the axis; ring: an end of it has no result"


LOOKS: Final = (Look("with adaptation", "#1f5582"), Look("without adaptation", "#c0562f", "6 4"))


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share an axis.

    Attributes
    ----------
    title, unit : above it
    curves : lines
    zero : whether 0 stands on the axis
    areas : whether the curves are areas on top of each other
    named : whether each is named at its end, for which the chart needs room on the right

    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    zero: bool = True
    areas: bool = False
    named: bool = False


def path_chart(
    title: str,
    days: Sequence[date],
    panels: Sequence[Panel],
    marks: Sequence[Mark],
    looks: Sequence[Look] = LOOKS,
    span: Span | None = None,
    names: Sequence[str] | None = None,
    note: str = BAND_TEXT,
    right: float = RIGHT,
    key: int | None = None,
) -> str:
    """SVG of measures and panels over one axis of time.

    Parameters
    ----------
    title : of the picture
    days : (time,) where the points stand
    panels : from above
    marks : measures, as bars above the panels
    looks : kinds of line, by the position that curves name
    span : axis of time; whole years if left out
    names : (time,) what each time is called; its year if left out
    note : last words of the legend
    right : room on the right of the panels
    key : how many kinds of line the legend names; all if left out

    """
    at = np.array([decimal_year(d) for d in days])
    span = span or year_span(days)
    scale = (WIDTH - LEFT - right) / (span.last - span.first)

    def place(year: float) -> float:
        return LEFT + scale * (min(max(year, span.first), span.last) - span.first)

    legend, rows = _legend(looks[:key], note)
    upper = TOP + KEY * (rows - 1) - (0 if looks[:key] or note else KEY)
    top = upper + ROW * len(marks) + (12 if marks else 0)
    height = top + (PANEL + GAP) * len(panels)
    starts = sorted(
        {s for s in (decimal_year(m.start) for m in marks) if span.first < s < span.last}
    )
    frame = Frame(at, turning(at, marks), names or [str(d.year) for d in days], span, starts,
                   looks, place, WIDTH - right)  # fmt: skip
    parts = [label(0, 18, title, size=15, bold=True), legend,
             bars(marks, upper, ROW, span, place, LEFT)]  # fmt: skip
    for k, panel in enumerate(panels):
        parts.append(_panel(panel, top + (PANEL + GAP) * k + 22, frame))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="system-ui,sans-serif" '
        f'font-size="12.5" fill="{INK}">{"".join(parts)}</svg>'
    )


def _legend(looks: Sequence[Look], note: str) -> tuple[str, int]:
    """Key of the lines with `note` behind it, and how many rows it takes."""
    parts, x, row = [], 2.0, 0
    for look in looks:
        wide = 62 + 7.0 * len(look.name)
        if x > 2.0 and x + wide - 24 > WIDTH:
            x, row = 2.0, row + 1
        y = 40 + KEY * row
        parts.append(f'<rect x="{x:.0f}" y="{y - 6:.0f}" width="26" height="12" '
                     f'fill="{look.colour}" fill-opacity="0.16"/><path d="M{x:.0f},{y:.0f}h26" '
                     f'stroke="{look.colour}" stroke-width="2" '
                     f'stroke-dasharray="{look.dash}"/>')  # fmt: skip
        parts.append(label(x + 32, y + 4, look.name))
        x += wide
    if note:
        if x > 2.0 and x + 5.4 * len(note) > WIDTH:
            x, row = 2.0, row + 1
        parts.append(label(x, 44 + KEY * row, note, size=11, colour=MUTED))
    return "".join(parts), row + 1


def axis(panel: Panel) -> list[float]:
    """Marks of the axis: around the lines, and around what of the ranges lies near them."""
    if panel.areas:
        top = max(float(np.nanmax(c.high)) for c in panel.curves)
        return ticks(0.0, max(top, LEAST), 4)
    lines = np.concatenate([c.central for c in panel.curves])
    lines = lines[np.isfinite(lines)]
    values = np.append(lines, 0.0) if panel.zero else lines
    low, high = float(values.min()), float(values.max())
    span = max(high - low, LEAST)
    ends = np.concatenate([e for c in panel.curves for e in (c.low, c.high)])
    near = ends[(ends >= low - FAR * span) & (ends <= high + FAR * span)]
    low, high = min(low, *near, low), max(high, *near, low + LEAST)
    return ticks(low, high, 4)


def _panel(panel: Panel, y: float, frame: Frame) -> str:
    marks = axis(panel)
    low, high = marks[0], marks[-1]

    def level(value: float) -> float:
        inside = min(max(value, low), high)
        return y + PANEL - 24 - (PANEL - 34) * (inside - low) / (high - low)

    bottom = level(low)
    parts = [label(0, y - 8, panel.title, bold=True),
             label(WIDTH - RIGHT, y - 8, panel.unit, "end", 11, colour=MUTED)]  # fmt: skip
    for mark in marks:
        colour = INK if mark == 0 and panel.zero else GRID
        parts.append(f'<path d="M{LEFT:g},{level(mark):.1f}H{frame.edge:g}" stroke="{colour}"/>')
        parts.append(label(LEFT - 7, level(mark) + 4, f"{mark:,g}", "end", 11, colour=MUTED))
    for when, dash, colour in [*((s, "", GRID) for s in frame.span.lines),
                               *((s, "1 3", BAR) for s in frame.starts)]:  # fmt: skip
        parts.append(f'<path d="M{frame.place(when):.1f},{level(high):.1f}V{bottom:.1f}" '
                     f'stroke="{colour}" stroke-dasharray="{dash}"/>')  # fmt: skip
    for when, name in frame.span.names:
        parts.append(label(frame.place(when), bottom + 17, name, "middle", 11, colour=MUTED))
    drawn = (area,) if panel.areas else (band, line)
    parts += [draw(c, frame, level) for draw in drawn for c in reversed(panel.curves)]
    if panel.named:
        parts.append(_names(panel, frame, level, bottom))
    return "".join(parts)


def _names(
    panel: Panel, frame: Frame, level: Level, bottom: float
) -> str:  # fmt: skip
    """Name each curve to the right of its end, as near as the others leave room."""
    last = [c.central[-1] if not panel.areas else (c.low[-1] + c.high[-1]) / 2
            for c in panel.curves]  # fmt: skip
    wanted = [(level(float(v)), c) for v, c in zip(last, panel.curves, strict=True)
              if np.isfinite(v)]  # fmt: skip
    wanted.sort(key=lambda pair: pair[0])
    at: list[float] = []
    for y, _ in wanted:
        at.append(max(y, at[-1] + LINE) if at else y)
    for k in reversed(range(len(at))):
        at[k] = min(at[k], bottom + 4 if k == len(at) - 1 else at[k + 1] - LINE)
    x, end = frame.edge, frame.x[-1]
    parts = []
    for y, (was, curve) in zip(at, wanted, strict=True):
        look = frame.looks[curve.kind]
        parts.append(f'<path d="M{max(end, x - 4):.1f},{was:.1f}L{x + 8:.1f},{y:.1f}h4" '
                     f'fill="none" stroke="{look.colour}"/>'
                     f'<rect x="{x + 12:.1f}" y="{y - 4:.1f}" width="8" height="8" '
                     f'fill="{look.colour}"/>')  # fmt: skip
        parts.append(label(x + 24, y + 4, look.name, size=11))
    return "".join(parts)
