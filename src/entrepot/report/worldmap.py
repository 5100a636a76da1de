"""The world map of welfare as SVG; outlines are Natural Earth, drawn by ``tools/build_map.py``."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from entrepot.report.summary import Summary
from entrepot.report.words import percent
from entrepot.world.layout import ROW

STEPS = ("#8f2a1c", "#c65a45", "#e39c88", "#f3d3c8", "#eceff2", "#cfe0ee", "#8fb8d8", "#4b86b4",
         "#1f5582")  # fmt: skip
MISSING = "#f7f8f9"
LEGEND_WIDTH = 46
LEAST = 0.01
"""Shortest colour scale, per cent: below it everything is as good as unchanged."""


@cache
def geometry() -> dict[str, Any]:
    """Outlines and dots by ISO 3166 alpha-3 code, with the size of the drawing."""
    text = files("entrepot.report").joinpath("geometry/world.json").read_text("utf-8")
    out: dict[str, Any] = json.loads(text)
    return out


def scale(values: np.ndarray) -> float:
    """Upper end of the colour scale: a round number that 95 of 100 changes stay below.

    The outermost colour takes everything beyond it, so that one large loss (the target's) does
    not turn the rest of the map grey.
    """
    size = np.sort(np.abs(values))
    reach = max(float(size[max(0, int(0.95 * (len(size) - 1)))]), LEAST)
    power = 10 ** np.floor(np.log10(reach))
    return float(power * min(m for m in (1, 2, 5, 10) if m * power >= reach * 0.999))


def colour(value: float, reach: float) -> str:
    """Colour of a change in per cent."""
    position = np.clip(value / reach, -1, 1)
    return STEPS[round((position + 1) / 2 * (len(STEPS) - 1))]


def _legend(reach: float, width: float, height: float) -> str:
    parts, left = [], width / 2 - LEGEND_WIDTH * len(STEPS) / 2
    for k, step in enumerate(STEPS):
        value = (2 * k / (len(STEPS) - 1) - 1) * reach
        x = left + k * LEGEND_WIDTH
        text = "0" if abs(value) < 1e-12 else f"{value:+.3g}"
        sign = "≤ " if k == 0 else "≥ " if k == len(STEPS) - 1 else ""
        parts.append(
            f'<rect x="{x:.0f}" y="{height + 8:.0f}" width="{LEGEND_WIDTH}" height="12" '
            f'fill="{step}"/><text x="{x + LEGEND_WIDTH / 2:.0f}" y="{height + 34:.0f}" '
            f'text-anchor="middle" font-size="12">{sign}{text}</text>'
        )
    return "".join(parts)


def world_map(summary: Summary) -> str:
    """SVG map: economies of the world by themselves in full colour, the rest in that of ROW."""
    drawing = geometry()
    width, height = drawing["width"], drawing["height"]
    rows = summary.welfare.set_index("code")
    change, names = rows["percent"].to_dict(), rows["name"].to_dict()
    reach = scale(summary.welfare["percent"].to_numpy())
    rest = change.get(ROW)

    def look(code: str) -> tuple[str, str]:
        if code in change:
            return colour(change[code], reach), f"{names[code]}: {percent(change[code])}"
        if rest is None:
            return MISSING, f"{code}: not in this world"
        return colour(rest, reach), f"{code} (in the rest of the world): {percent(rest)}"

    parts = []
    for code, path in drawing["shapes"].items():
        fill, text = look(code)
        faint = "" if code in change else ' fill-opacity="0.45"'
        parts.append(f'<path d="{path}" fill="{fill}"{faint}><title>{escape(text)}</title></path>')
    for code, (x, y) in drawing["dots"].items():
        if code in change:
            fill, text = look(code)
            parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{fill}" stroke="#55616e">'
                         f"<title>{escape(text)}</title></circle>")  # fmt: skip
    legend = _legend(reach, width, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height + 44:g}" '
        f'role="img" aria-label="World map of the change of welfare in per cent" '
        f'font-family="system-ui,sans-serif" fill="#25303b">'
        f'<g stroke="#ffffff" stroke-width="0.6">{"".join(parts)}</g>{legend}</svg>'
    )
