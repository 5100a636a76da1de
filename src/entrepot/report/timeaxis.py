"""An axis of time as SVG: its names, and measures as bars along it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

import numpy as np

from entrepot.report.svg import label

BAR: Final = "#8a97a5"
LETTER = 5.9
"""Width of a letter of a measure's name, about."""
NAMED = 14
"""Most names on the axis."""
MONTH = 1.0 / 12.0
SHORT = 1.6
"""Years up to which an axis names months."""
WORTH_A_NAME = 0.3
"""Part of a year that must be seen for its name to stand on the axis."""
Place = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Span:
    """Ends of the axis and the names on it, as years with a fraction; `lines` are drawn pale."""

    first: float
    last: float
    names: tuple[tuple[float, str], ...]
    lines: tuple[float, ...] = ()


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


def year_span(days: Sequence[date]) -> Span:
    """Whole years around `days`; every year is named, or every second, fifth ... if many."""
    first, last = min(d.year for d in days), max(d.year for d in days) + 1
    step = next((s for s in (1, 2, 5, 10, 20) if (last - first) / s <= NAMED), 50)
    return Span(first, last, tuple((y + 0.5, str(y)) for y in range(first, last, step)))


def month_span(months: Sequence[str]) -> Span:
    """Axis of `months` (``2022-03``, in a row): names of months if they are few, else of years."""
    at = [int(m[:4]) + (int(m[5:]) - 1) * MONTH for m in months]
    first, last = at[0], at[-1] + MONTH
    if last - first <= SHORT:
        step = next(s for s in (1, 2, 3) if len(at) / s <= 0.6 * NAMED or s == 3)
        names = tuple((x + MONTH / 2, m) for x, m in list(zip(at, months, strict=True))[::step])
        return Span(first, last, names)
    years = range(int(first), int(np.ceil(last - 1e-9)))
    seen = [(max(y, first), min(y + 1, last), str(y)) for y in years]
    names = tuple(((a + b) / 2, name) for a, b, name in seen if b - a >= WORTH_A_NAME)
    return Span(first, last, names, tuple(a for a, _, _ in seen if a > first + MONTH / 2))


def bars(marks: Sequence[Mark], y: float, row: float, span: Span, place: Place, left: float) -> str:
    """Return one row for each measure, the first at `y`."""
    return "".join(_bar(m, y + row * k, span, place, left) for k, m in enumerate(marks))


def _bar(mark: Mark, y: float, span: Span, place: Place, left: float) -> str:
    """One measure: its bar, and its name where there is room."""
    start = decimal_year(mark.start)
    end = decimal_year(mark.until) if mark.until else span.last
    a, b = place(start), place(end)
    hint = f"{mark.name}: from {mark.start}" + (f" until {mark.until}" if mark.until else "")
    bar = (f'<rect x="{a:.1f}" y="{y + 2:.1f}" width="{max(b - a, 2.0):.1f}" height="13" '
           f'fill="{BAR}"><title>{escape(hint)}</title></rect>')  # fmt: skip
    arrow = ""
    if mark.until is None or end > span.last:
        arrow = f'<path d="M{b:.1f},{y + 2:.1f}l6,6.5l-6,6.5z" fill="{BAR}"/>'
    return f"{bar}{arrow}{_name(mark.name, y + 12, (a, b), (left, place(span.last)))}"


def _name(name: str, y: float, bar: tuple[float, float], ends: tuple[float, float]) -> str:
    """Name in its bar, else before or behind it; shortened where it fits nowhere."""
    (a, b), (left, right) = bar, ends
    rooms = (b - a, a - left, right - b - 6)
    wide = LETTER * len(name) + 8
    side = next((k for k, room in enumerate(rooms) if room >= wide), int(np.argmax(rooms)))
    letters = int((rooms[side] - 8) / LETTER)
    said = name if letters >= len(name) else name[: max(letters - 1, 0)] + "…"
    if side == 0:
        return label(a + 6, y, said, size=11, colour="#fff")
    return label(a - 6, y, said, "end", 11) if side == 1 else label(b + 12, y, said, size=11)


def turning(at: np.ndarray, marks: Sequence[Mark]) -> np.ndarray:
    """(time,) when a line leaves each point: as the first measure after it begins or ends.

    Nobody foresees a measure, so that nothing moves before its first day.
    """
    dates = [decimal_year(d) for m in marks for d in (m.start, m.until) if d]
    after = [min((d for d in dates if here < d < there), default=here)
             for here, there in zip(at, [*at[1:], at[-1]], strict=True)]  # fmt: skip
    return np.array(after)
