"""A path over years as SVG: the measures as bars in time, and panels of lines with their ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import numpy as np

from entrepot.report.svg import GRID, INK, ticks

WIDTH, LEFT, RIGHT = 760.0, 62.0, 16.0
ROW, PANEL, GAP, TOP = 17.0, 170.0, 36.0, 62.0
MUTED: Final = "#55616e"
COLOURS: Final = ("#1f5582", "#c0562f")
"""With adaptation, without."""
DASHES: Final = ("", "6 4")
BAR: Final = "#8a97a5"
LETTER = 5.9
"""Width of a letter of a measure's name, about."""
FAR = 1.0
"""A range that goes further from the lines than this part of their span leaves the axis."""
LEAST = 0.02
"""Shortest span of an axis in the unit of the panel."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel; NaN where there is no result.

    Attributes
    ----------
    kind : position in the legend
    low, central, high : (year,)
    cut : (year,) whether an end of the range has no result, so that the band is too narrow

    """

    kind: int
    low: np.ndarray
    central: np.ndarray
    high: np.ndarray
    cut: np.ndarray


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share an axis; `zero` says whether 0 stands on it."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    zero: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A measure in time: its name, first day, and last day or None."""

    name: str
    start: date
    until: date | None


def decimal_year(day: date) -> float:
    """`day` as a year with its fraction."""
    first = date(day.year, 1, 1)
    return day.year + (day - first).days / (date(day.year, 12, 31) - first).days


def path_chart(
    title: str,
    days: Sequence[date],
    panels: Sequence[Panel],
    marks: Sequence[Mark],
    legend: Sequence[str],
) -> str:
    """SVG of measures and panels over one axis of time; `legend` names the kinds of line."""
    at = np.array([decimal_year(d) for d in days])
    first, last = min(d.year for d in days), max(d.year for d in days) + 1
    scale = (WIDTH - LEFT - RIGHT) / (last - first)

    def place(year: float) -> float:
        return LEFT + scale * (min(max(year, first), last) - first)

    top = TOP + ROW * len(marks) + (12 if marks else 0)
    height = top + (PANEL + GAP) * len(panels)
    parts = [_text(0, 18, title, size=15, bold=True), _legend(legend)]
    parts += [_mark(mark, TOP + ROW * k, place, first, last) for k, mark in enumerate(marks)]
    starts = sorted({decimal_year(m.start) for m in marks if first < decimal_year(m.start) < last})
    turns = turning(at, marks)
    for k, panel in enumerate(panels):
        y = top + (PANEL + GAP) * k + 22
        parts.append(_panel(panel, y, at, place, (first, last), starts, turns))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="system-ui,sans-serif" '
        f'font-size="12.5" fill="{INK}">{"".join(parts)}</svg>'
    )


def _text(
    x: float, y: float, text: str, anchor: str = "start", size: float = 12.5, bold: bool = False,
    colour: str = INK,
) -> str:  # fmt: skip
    weight = ' font-weight="bold"' if bold else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
            f'fill="{colour}"{weight}>{escape(text)}</text>')  # fmt: skip


def _legend(names: Sequence[str]) -> str:
    parts, x = [], 2.0
    for k, name in enumerate(names):
        parts.append(f'<rect x="{x:.0f}" y="34" width="26" height="12" fill="{COLOURS[k]}" '
                     f'fill-opacity="0.16"/><path d="M{x:.0f},40h26" stroke="{COLOURS[k]}" '
                     f'stroke-width="2" stroke-dasharray="{DASHES[k]}"/>')  # fmt: skip
        parts.append(_text(x + 32, 44, name))
        x += 62 + 7.0 * len(name)
    parts.append(_text(x, 44, "band: range, cut off at the axis; ring: an end of it has no result",
                       size=11, colour=MUTED))  # fmt: skip
    return "".join(parts)


def _mark(mark: Mark, y: float, place: Callable[[float], float], first: int, last: int) -> str:
    """One measure: its bar, and its name where there is room."""
    start = decimal_year(mark.start)
    end = decimal_year(mark.until) if mark.until else float(last)
    a, b = place(start), place(end)
    hint = f"{mark.name}: from {mark.start}" + (f" until {mark.until}" if mark.until else "")
    bar = (f'<rect x="{a:.1f}" y="{y + 2:.1f}" width="{max(b - a, 2.0):.1f}" height="13" '
           f'fill="{BAR}"><title>{escape(hint)}</title></rect>')  # fmt: skip
    arrow = ""
    if mark.until is None or end > last:
        arrow = f'<path d="M{b:.1f},{y + 2:.1f}l6,6.5l-6,6.5z" fill="{BAR}"/>'
    wide = LETTER * len(mark.name) + 8
    if b - a >= wide:
        name = _text(a + 6, y + 12, mark.name, size=11, colour="#fff")
    elif a - LEFT >= wide:
        name = _text(a - 6, y + 12, mark.name, "end", 11)
    else:
        name = _text(b + 12, y + 12, mark.name, size=11)
    return f"{bar}{arrow}{name}"


def axis(panel: Panel) -> list[float]:
    """Marks of the axis: around the lines, and around what of the ranges lies near them."""
    lines = np.concatenate([c.central for c in panel.curves])
    lines = lines[np.isfinite(lines)]
    values = np.append(lines, 0.0) if panel.zero else lines
    low, high = float(values.min()), float(values.max())
    span = max(high - low, LEAST)
    ends = np.concatenate([e for c in panel.curves for e in (c.low, c.high)])
    near = ends[(ends >= low - FAR * span) & (ends <= high + FAR * span)]
    low, high = min(low, *near, low), max(high, *near, low + LEAST)
    return ticks(low, high, 4)


def _panel(
    panel: Panel, y: float, at: np.ndarray, place: Callable[[float], float],
    ends: tuple[int, int], starts: Sequence[float], turns: np.ndarray,
) -> str:  # fmt: skip
    marks = axis(panel)
    low, high = marks[0], marks[-1]

    def level(value: float) -> float:
        inside = min(max(value, low), high)
        return y + PANEL - 24 - (PANEL - 34) * (inside - low) / (high - low)

    bottom = level(low)
    parts = [_text(0, y - 8, panel.title, bold=True),
             _text(WIDTH - RIGHT, y - 8, panel.unit, "end", 11, colour=MUTED)]  # fmt: skip
    for mark in marks:
        line = INK if mark == 0 and panel.zero else GRID
        parts.append(f'<path d="M{LEFT:g},{level(mark):.1f}H{WIDTH - RIGHT:g}" stroke="{line}"/>')
        parts.append(_text(LEFT - 7, level(mark) + 4, f"{mark:g}", "end", 11, colour=MUTED))
    for start in starts:
        parts.append(f'<path d="M{place(start):.1f},{level(high):.1f}V{bottom:.1f}" '
                     f'stroke="{BAR}" stroke-dasharray="1 3"/>')  # fmt: skip
    for year in _years(*ends):
        parts.append(_text(place(year + 0.5), bottom + 17, str(year), "middle", 11, colour=MUTED))
    x, turn = (np.array([place(a) for a in years]) for years in (at, turns))
    parts += [_band(c, x, turn, level) for c in reversed(panel.curves)]
    parts += [_line(c, x, turn, at, level) for c in reversed(panel.curves)]
    return "".join(parts)


def _years(first: int, last: int) -> range:
    """Years that are named on the axis: every one, or every second, fifth ... if many."""
    step = next((s for s in (1, 2, 5, 10, 20) if (last - first) / s <= 14), 50)
    return range(first, last, step)


def _runs(known: np.ndarray) -> list[np.ndarray]:
    """Positions of unbroken stretches of `known`."""
    at = np.flatnonzero(known)
    return np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if len(at) else []


def turning(at: np.ndarray, marks: Sequence[Mark]) -> np.ndarray:
    """(year,) when a line leaves each point: as the first measure after it begins or ends.

    Nobody foresees a measure, so that nothing moves before its first day.
    """
    dates = [decimal_year(d) for m in marks for d in (m.start, m.until) if d]
    after = [min((d for d in dates if here < d < there), default=here)
             for here, there in zip(at, [*at[1:], at[-1]], strict=True)]  # fmt: skip
    return np.array(after)


def _points(run: np.ndarray, x: np.ndarray, turn: np.ndarray, y: list[float]) -> list[str]:
    """Corners of a line through the points of `run`, level from each to its turn."""
    out = []
    for k in run:
        out.append(f"{x[k]:.1f},{y[k]:.1f}")
        if turn[k] > x[k] and k != run[-1]:
            out.append(f"{turn[k]:.1f},{y[k]:.1f}")
    return out


def _levels(values: np.ndarray, level: Callable[[float], float]) -> list[float]:
    return [level(v) if np.isfinite(v) else np.nan for v in values]


def _band(
    curve: Curve, x: np.ndarray, turn: np.ndarray, level: Callable[[float], float]
) -> str:  # fmt: skip
    """Return the range, pale; where a year has no result it is interrupted."""
    parts, high, low = [], _levels(curve.high, level), _levels(curve.low, level)
    for run in _runs(np.isfinite(curve.central)):
        upper, lower = _points(run, x, turn, high), _points(run, x, turn, low)[::-1]
        parts.append(f'<polygon points="{" ".join(upper + lower)}" fill="{COLOURS[curve.kind]}" '
                     'fill-opacity="0.16"/>')  # fmt: skip
    return "".join(parts)


def _line(
    curve: Curve, x: np.ndarray, turn: np.ndarray, at: np.ndarray,
    level: Callable[[float], float],
) -> str:  # fmt: skip
    colour, parts, middle = COLOURS[curve.kind], [], _levels(curve.central, level)
    for run in _runs(np.isfinite(curve.central)):
        points = " ".join(_points(run, x, turn, middle))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     f'stroke-width="2" stroke-dasharray="{DASHES[curve.kind]}"/>')  # fmt: skip
        for k in run:
            hint = (f"{int(at[k])}: {curve.central[k]:.3g} "
                    f"({curve.low[k]:.3g} to {curve.high[k]:.3g})")  # fmt: skip
            fill = "#fff" if curve.cut[k] else colour
            parts.append(f'<circle cx="{x[k]:.1f}" cy="{level(curve.central[k]):.1f}" r="3.4" '
                         f'fill="{fill}" stroke="{colour}" stroke-width="1.4">'
                         f"<title>{escape(hint)}</title></circle>")  # fmt: skip
    return "".join(parts)
