"""Horizontal bar charts as SVG text.

A plotting library would draw them too; matplotlib costs 1.4 s of the 3 s that a cold `entrepot run`
may take (0.7 s to import, 0.7 s to draw four charts), and the page is SVG anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM = 760.0, 190.0, 24.0, 26.0, 34.0, 44.0
INK, GRID = "#25303b", "#dfe4e9"
MUTED = "#55616e"
PALETTE = ("#2f6f9f", "#e0a030", "#b2432f", "#6a9f58", "#8b5a9f", "#4a9fa5", "#7a6a58", "#d07fa8")
LETTER = 7.0
"""Width of a letter of a name, about."""
LEAST = 1e-6
"""Relative length of the shortest axis: what is smaller is rounding, not a picture."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured part of a bar.

    Attributes
    ----------
    start, end : in data units
    colour : fill
    label : shown when the pointer rests on it
    faint : whether it is drawn pale

    """

    start: float
    end: float
    colour: str
    label: str
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, one or more lines of pieces (above each other), and a range or None."""

    name: str
    lines: tuple[tuple[Piece, ...], ...]
    whisker: tuple[float, float] | None = None


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round numbers, evenly spaced, that cover `low` to `high` (finite, `low` < `high`)."""
    if not (np.isfinite(low) and np.isfinite(high) and high > low):
        raise ValueError(f"No axis from {low} to {high}.")
    raw = (high - low) / count
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next((m for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10) * power)
    first = np.floor(low / step + 1e-9) * step
    found = np.arange(first, high + step * 1.001, step)
    digits = int(max(0, 2 - np.floor(np.log10(step))))
    return [float(round(v, digits)) + 0.0 for v in found]


def label(
    x: float, y: float, text: str, anchor: str = "start", size: float = 12.5, bold: bool = False,
    colour: str = INK,
) -> str:  # fmt: skip
    """One line of text."""
    weight = ' font-weight="bold"' if bold else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" '
            f'fill="{colour}"{weight}>{escape(text)}</text>')  # fmt: skip


def _extent(bars: Sequence[Bar]) -> tuple[float, float]:
    values = [0.0]
    for bar in bars:
        values += [v for line in bar.lines for p in line for v in (p.start, p.end)]
        values += list(bar.whisker or ())
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    return (low, high) if high - low > LEAST * max(1.0, size) else (low, low + 1.0)


def _text(x: float, y: float, text: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _row(bar: Bar, y: float, place: np.poly1d, left: float) -> str:
    parts = [_text(left - 8, y + ROW / 2 + 4, bar.name, "end")]
    height = (ROW - 8) / len(bar.lines)
    for k, line in enumerate(bar.lines):
        for piece in line:
            a, b = sorted((float(place(piece.start)), float(place(piece.end))))
            parts.append(
                f'<rect x="{a:.1f}" y="{y + 4 + k * height:.1f}" width="{b - a:.1f}" '
                f'height="{height - 1:.1f}" fill="{piece.colour}"'
                f"{' fill-opacity=' + chr(34) + '0.45' + chr(34) if piece.faint else ''}>"
                f"<title>{escape(piece.label)}</title></rect>"
            )
    if bar.whisker:
        a, b = (float(place(v)) for v in bar.whisker)
        middle = y + ROW / 2
        parts.append(f'<path d="M{a:.1f},{middle:.1f}H{b:.1f}M{a:.1f},{middle - 4:.1f}v8'
                     f'M{b:.1f},{middle - 4:.1f}v8" stroke="{INK}" fill="none"/>')  # fmt: skip
    return "".join(parts)


def bar_chart(
    title: str, bars: Sequence[Bar], unit: str, legend: Sequence[tuple[str, str]] = ()
) -> str:
    """SVG of horizontal bars: title, axis with unit, legend of (name, colour)."""
    marks = ticks(*_extent(bars))
    left = max(LEFT, 12 + LETTER * max((len(b.name) for b in bars), default=0))
    scale = (WIDTH - left - RIGHT) / (marks[-1] - marks[0])
    place = np.poly1d([scale, left - scale * marks[0]])
    key = _legend(legend)
    top = TOP + (22 * (1 + (len(legend) - 1) // 2) if legend else 0)
    low = top + ROW * len(bars)
    height = low + BOTTOM
    parts = [_text(0, 18, title, "start", ' font-weight="bold" font-size="15"'), key]
    for mark in marks:
        x = float(place(mark))
        colour = INK if mark == 0 else GRID
        parts.append(f'<path d="M{x:.1f},{top:.0f}V{low:.0f}" stroke="{colour}"/>')
        parts.append(_text(x, low + 16, f"{mark:,g}"))
    parts += [_row(bar, top + ROW * k, place, left) for k, bar in enumerate(bars)]
    parts.append(_text((left + WIDTH - RIGHT) / 2, low + 36, unit))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="system-ui,sans-serif" '
        f'font-size="12.5" fill="{INK}">{"".join(parts)}</svg>'
    )


def _legend(entries: Sequence[tuple[str, str]]) -> str:
    parts = []
    for k, (name, colour) in enumerate(entries):
        x, y = LEFT + (k % 2) * 270, TOP + 12 + 22 * (k // 2)
        parts.append(f'<rect x="{x:.0f}" y="{y - 10:.0f}" width="12" height="12" '
                     f'fill="{colour}"/>{_text(x + 18, y, name, "start")}')  # fmt: skip
    return "".join(parts)
