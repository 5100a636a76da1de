"""Lines over time as SVG, with bands around them, or areas on top of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from entrepot.report.timeaxis import Place, Span

MANY = 16
"""Points from which on they are drawn small."""
Level = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of line is drawn: its name in the legend, colour and dashes."""

    name: str
    colour: str
    dash: str = ""


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
class Frame:
    """What the panels of a chart share.

    Attributes
    ----------
    at, turns : (time,) when points stand and when lines leave them, years with a fraction
    names : (time,) what each time is called
    span, starts : axis of time, and times at which a measure begins
    looks : kinds of line
    place : from a time to where it is drawn
    edge : right end of the panels

    """

    at: np.ndarray
    turns: np.ndarray
    names: Sequence[str]
    span: Span
    starts: Sequence[float]
    looks: Sequence[Look]
    place: Place
    edge: float

    @property
    def x(self) -> np.ndarray:
        """Where the points stand."""
        return np.array([self.place(a) for a in self.at])

    @property
    def turn(self) -> np.ndarray:
        """Where lines leave them."""
        return np.array([self.place(a) for a in self.turns])


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


def _levels(values: np.ndarray, level: Level) -> list[float]:
    return [level(v) if np.isfinite(v) else np.nan for v in values]


def _between(curve: Curve, frame: Frame, level: Level) -> list[str]:
    """Outlines from the low to the high end; where there is no result they are interrupted."""
    high, low = _levels(curve.high, level), _levels(curve.low, level)
    return [
        " ".join(_points(run, frame.x, frame.turn, high)
                 + _points(run, frame.x, frame.turn, low)[::-1])
        for run in _runs(np.isfinite(curve.central))
    ]  # fmt: skip


def band(curve: Curve, frame: Frame, level: Level) -> str:
    """Return the range, pale."""
    colour = frame.looks[curve.kind].colour
    return "".join(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.16"/>'
                   for points in _between(curve, frame, level))  # fmt: skip


def area(curve: Curve, frame: Frame, level: Level) -> str:
    """Return the area of a stack."""
    look = frame.looks[curve.kind]
    hint = f"{look.name}: " + ", ".join(
        f"{frame.names[k]} {curve.central[k]:,.4g}" for k in sorted({0, len(frame.at) - 1})
    )
    return "".join(
        f'<polygon points="{points}" fill="{look.colour}" fill-opacity="0.85" stroke="#fff" '
        f'stroke-width="0.6"><title>{escape(hint)}</title></polygon>'
        for points in _between(curve, frame, level)
    )


def line(curve: Curve, frame: Frame, level: Level) -> str:
    """Return the central line with its points."""
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
