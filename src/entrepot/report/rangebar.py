"""A small picture of one finding: what the claim needs, the model's range, the record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from entrepot.study.casebook import Finding
from entrepot.study.casebook.text import number

WIDTH, HEIGHT, LEFT, RIGHT, MIDDLE = 620, 48, 12, 608, 20
LEGEND = "In the pictures: shaded, what the claim needs; bar, the model's range; dot, the record."
CLAIM, MODEL, RECORD = "#c9b458", "#3b6ea5", "#c0392b"


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from `low` to `high` in the unit of the finding."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Place of `value`; values beyond the ends stop at the edge."""
        inside = min(max(value, self.low), self.high)
        return LEFT + (RIGHT - LEFT) * (inside - self.low) / (self.high - self.low)


def axis_for(found: Finding) -> Axis:
    """Axis that holds the model's range, the record with its margin and the target's ends."""
    values = [0.0]
    if found.model:
        values += [found.model.low, found.model.high]
    if found.record is not None:
        values += [found.record - found.margin, found.record + found.margin]
    if found.target:
        values += [v for v in (found.target.at_least, found.target.at_most) if math.isfinite(v)]
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    return Axis(low - room, high + room)


def range_bar(found: Finding) -> str:
    """SVG of `found`; its title says the same in words."""
    axis, marks = axis_for(found), []
    if found.target:
        a, b = axis.x(found.target.at_least), axis.x(found.target.at_most)
        marks.append(_box(a, b, 6, 28, CLAIM, 0.35))
    marks.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="34" y2="34" stroke="#98a2ad"/>')
    marks.append(_tick(axis.x(0.0), "0"))
    if found.model:
        a, b = axis.x(found.model.low), axis.x(found.model.high)
        marks.append(_box(a, b, 15, 10, MODEL, 0.55))
        c = axis.x(found.model.central)
        marks.append(f'<line x1="{c:.1f}" x2="{c:.1f}" y1="11" y2="29" stroke="{MODEL}" '
                     'stroke-width="3"/>')  # fmt: skip
    if found.record is not None:
        marks.append(_record(axis, found))
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(words(found))}'
            f"</title>{''.join(marks)}</svg>")  # fmt: skip


def words(found: Finding) -> str:
    """The picture in words."""
    parts = [found.title]
    if found.target:
        parts.append(f"the claim needs {found.target} {found.unit}")
    if found.model:
        low, high = number(found.model.low), number(found.model.high)
        parts.append(f"model {number(found.model.central)} ({low} to {high})")
    if found.record is not None:
        parts.append(f"record {number(found.record)}")
    return "; ".join(parts)


def _box(a: float, b: float, y: float, height: float, colour: str, opacity: float) -> str:
    width = max(b - a, 1.5)
    return (f'<rect x="{a:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}" '
            f'fill-opacity="{opacity}"/>')  # fmt: skip


def _tick(x: float, text: str) -> str:
    return (f'<line x1="{x:.1f}" x2="{x:.1f}" y1="31" y2="37" stroke="#98a2ad"/>'
            f'<text x="{x:.1f}" y="45" font-size="11" text-anchor="middle" fill="#7a8592">'
            f"{text}</text>")  # fmt: skip


def _record(axis: Axis, found: Finding) -> str:
    record = found.record or 0.0
    x, a, b = (axis.x(v) for v in (record, record - found.margin, record + found.margin))
    line = f'<line x1="{a:.1f}" x2="{b:.1f}" y1="{MIDDLE}" y2="{MIDDLE}" stroke="{RECORD}"/>'
    return f'{line}<circle cx="{x:.1f}" cy="{MIDDLE}" r="4.5" fill="{RECORD}"/>'
