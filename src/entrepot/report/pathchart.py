"""A path as SVG: the measures as bars in time, and panels of lines with their ranges, or of areas.

`path_chart` takes the days of any path; its axis names whole years unless a `Span` is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import numpy as np

from entrepot.report.svg import GRID, INK, MUTED, label, ticks
from entrepot.report.timeaxis import BAR, Mark, Place, Span, bars, decimal_year, turning, year_span

WIDTH, LEFT, RIGHT = 760.0, 62.0, 16.0
ROW, PANEL, GAP, TOP, KEY = 17.0, 170.0, 36.0, 62.0, 18.0
FAR = 1.0
"""A range that goes further from the lines than this part of their span leaves the axis."""
LEAST = 0.02
"""Shortest span of an axis in the unit of the panel."""
MANY = 16
"""Points from which on they are drawn small."""
BAND_TEXT: Final = "band: range, cut off at the axis; ring: an end of it has no result"


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of line is drawn: its name in the legend, colour and dashes."""

    name: str
    colour: str
    dash: str = ""


LOOKS: Final = (Look("with adaptation", "#1f5582"), Look("without adaptation", "#c0562f", "6 4"))


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel; NaN where there is no result.

    In a panel of areas it is the area from `low` to `high`, and `central` is its size.

    Attributes
    ----------
    kind : position in the legend
    low, central, high : (time,)
    cut : (time,) whether an end of the range has no result, so that the band is too narrow

    """

    kind: int
    low: np.ndarray
    central: np.ndarray
    high: np.ndarray
    cut: np.ndarray


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines that share an axis; `zero` says whether 0 stands on it, `areas` that they are areas."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    zero: bool = True
    areas: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the panels of a chart share: times, when lines turn, where a time is drawn."""

    at: np.ndarray
    turns: np.ndarray
    names: Sequence[str]
    span: Span
    starts: Sequence[float]
    looks: Sequence[Look]
    place: Place

    @property
    def x(self) -> np.ndarray:
        return np.array([self.place(a) for a in self.at])

    @property
    def turn(self) -> np.ndarray:
        return np.array([self.place(a) for a in self.turns])


def path_chart(
    title: str,
    days: Sequence[date],
    panels: Sequence[Panel],
    marks: Sequence[Mark],
    looks: Sequence[Look] = LOOKS,
    span: Span | None = None,
    names: Sequence[str] | None = None,
    note: str = BAND_TEXT,
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

    """
    at = np.array([decimal_year(d) for d in days])
    span = span or year_span(days)
    scale = (WIDTH - LEFT - RIGHT) / (span.last - span.first)

    def place(year: float) -> float:
        return LEFT + scale * (min(max(year, span.first), span.last) - span.first)

    legend, rows = _legend(looks, note)
    upper = TOP + KEY * (rows - 1)
    top = upper + ROW * len(marks) + (12 if marks else 0)
    height = top + (PANEL + GAP) * len(panels)
    starts = sorted(
        {s for s in (decimal_year(m.start) for m in marks) if span.first < s < span.last}
    )
    frame = _Frame(at, turning(at, marks), names or [str(d.year) for d in days], span, starts,
                   looks, place)  # fmt: skip
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


def _panel(panel: Panel, y: float, frame: _Frame) -> str:
    marks = axis(panel)
    low, high = marks[0], marks[-1]

    def level(value: float) -> float:
        inside = min(max(value, low), high)
        return y + PANEL - 24 - (PANEL - 34) * (inside - low) / (high - low)

    bottom = level(low)
    parts = [label(0, y - 8, panel.title, bold=True),
             label(WIDTH - RIGHT, y - 8, panel.unit, "end", 11, colour=MUTED)]  # fmt: skip
    for mark in marks:
        line = INK if mark == 0 and panel.zero else GRID
        parts.append(f'<path d="M{LEFT:g},{level(mark):.1f}H{WIDTH - RIGHT:g}" stroke="{line}"/>')
        parts.append(label(LEFT - 7, level(mark) + 4, f"{mark:g}", "end", 11, colour=MUTED))
    for when, dash, colour in [*((s, "", GRID) for s in frame.span.lines),
                               *((s, "1 3", BAR) for s in frame.starts)]:  # fmt: skip
        parts.append(f'<path d="M{frame.place(when):.1f},{level(high):.1f}V{bottom:.1f}" '
                     f'stroke="{colour}" stroke-dasharray="{dash}"/>')  # fmt: skip
    for when, name in frame.span.names:
        parts.append(label(frame.place(when), bottom + 17, name, "middle", 11, colour=MUTED))
    drawn = (_area,) if panel.areas else (_band, _line)
    parts += [draw(c, frame, level) for draw in drawn for c in reversed(panel.curves)]
    return "".join(parts)


def _runs(known: np.ndarray) -> list[np.ndarray]:
    """Positions of unbroken stretches of `known`."""
    at = np.flatnonzero(known)
    return np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if len(at) else []


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


def _between(curve: Curve, frame: _Frame, level: Callable[[float], float]) -> list[str]:
    """Outlines from the low to the high end; where there is no result they are interrupted."""
    high, low = _levels(curve.high, level), _levels(curve.low, level)
    return [
        " ".join(_points(run, frame.x, frame.turn, high)
                 + _points(run, frame.x, frame.turn, low)[::-1])
        for run in _runs(np.isfinite(curve.central))
    ]  # fmt: skip


def _band(curve: Curve, frame: _Frame, level: Callable[[float], float]) -> str:
    """Return the range, pale."""
    colour = frame.looks[curve.kind].colour
    return "".join(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.16"/>'
                   for points in _between(curve, frame, level))  # fmt: skip


def _area(curve: Curve, frame: _Frame, level: Callable[[float], float]) -> str:
    look = frame.looks[curve.kind]
    hint = f"{look.name}: " + ", ".join(
        f"{frame.names[k]} {curve.central[k]:,.4g}" for k in sorted({0, len(frame.at) - 1})
    )
    return "".join(
        f'<polygon points="{points}" fill="{look.colour}" fill-opacity="0.85" stroke="#fff" '
        f'stroke-width="0.6"><title>{escape(hint)}</title></polygon>'
        for points in _between(curve, frame, level)
    )


def _line(curve: Curve, frame: _Frame, level: Callable[[float], float]) -> str:
    look, parts, middle = frame.looks[curve.kind], [], _levels(curve.central, level)
    colour, x = look.colour, frame.x
    radius = 3.4 if len(frame.at) < MANY else 1.8
    for run in _runs(np.isfinite(curve.central)):
        points = " ".join(_points(run, x, frame.turn, middle))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     f'stroke-width="2" stroke-dasharray="{look.dash}"/>')  # fmt: skip
        for k in run:
            low, central, high = (f"{v[k]:.4g}" for v in (curve.low, curve.central, curve.high))
            hint = f"{look.name}, {frame.names[k]}: {central}"
            hint += f" ({low} to {high})" if low != high else ""
            fill = "#fff" if curve.cut[k] else colour
            parts.append(f'<circle cx="{x[k]:.1f}" cy="{level(curve.central[k]):.1f}" '
                         f'r="{radius}" fill="{fill}" stroke="{colour}" stroke-width="1.4">'
                         f"<title>{escape(hint)}</title></circle>")  # fmt: skip
    return "".join(parts)
