"""Lines, labels, places and the legend of a map of links, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

import numpy as np

from entrepot.channels.routes import Network
from entrepot.report.linkmap_labels import Label, Wish, place
from entrepot.report.linkmap_strokes import Stroke
from entrepot.report.linkmap_view import View, land
from entrepot.report.projection import WIDTH, to_drawing

INK, HALO = "#25303b", "#ffffff"
THINNEST, THICKEST = 0.7, 8.0
HEAD, FOOT = 34.0, 74.0
"""Heights of the title above the map and of the legend below it."""
LABEL, PLACE = 12.5, 10.0
SMALL = frozenset({"el", "of", "the", "and", "to"})


@dataclass(frozen=True, slots=True)
class Key:
    """What colours mean: a text, the colours, and the bounds between them."""

    text: str
    colours: tuple[str, ...]
    bounds: list[float]


def title_of(name: str) -> str:
    """Name of a link for people: words with capitals instead of hyphens."""
    words = [w if w in SMALL else w[:1].upper() + w[1:] for w in name.split("-")]
    return " ".join(words) if " " not in name else name


def short(value: float) -> str:
    """A number with two or three digits, never in powers of ten."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.0f}"
    return np.format_float_positional(value, precision=2, fractional=False, trim="-")


def _width(flow: float, most: float) -> float:
    return THINNEST + (THICKEST - THINNEST) * float(np.sqrt(flow / most)) if most > 0 else THINNEST


def draw(
    title: str, drawn: Sequence[tuple[Stroke, str]], ranked: Sequence[tuple[Stroke, str]],
    top: int, key: Key, unit: str, view: View, network: Network, titles: Mapping[str, str],
) -> str:  # fmt: skip
    """SVG of strokes with their colours; `ranked` are those worth a label, with its number."""
    most = max((s.flow for s, _ in drawn), default=0.0)
    body, busy = _lines(drawn, view, most, titles, unit)
    labels = _labels(ranked, top, titles, view, busy)
    taken = [label.box for label in labels]
    spots, names = _places(network, [s for s, _ in drawn], view, busy, taken)
    text = "".join(_label(label, False) for label in names)
    text += "".join(_label(label, True) for label in labels)
    height, sheet = view.height, f"sheet-{crc32(title.encode())}"
    closed = any(s.closed for s, _ in drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 {-HEAD:g} {WIDTH:g} {HEAD + height + FOOT:.0f}" '
        f'role="img" aria-label="{escape(title, quote=True)}" '
        f'font-family="system-ui,sans-serif" fill="{INK}">'
        f'<defs><clipPath id="{sheet}"><rect width="{WIDTH:g}" height="{height:.1f}"/>'
        f'</clipPath></defs><text x="0" y="-12" font-weight="bold" font-size="17">'
        f'{escape(title)}</text><g clip-path="url(#{sheet})">{land(view)}'
        f'<g fill="none" stroke-linecap="round" stroke-linejoin="round">{body}</g>{spots}'
        f"</g>{text}{_legend(key, most, unit, height, closed)}</svg>"
    )


def _lines(
    drawn: Sequence[tuple[Stroke, str]], view: View, most: float, titles: Mapping[str, str],
    unit: str,
) -> tuple[str, np.ndarray]:  # fmt: skip
    """All lines as SVG, and points on them with what it costs to write over each.

    Pieces of open sea of one colour and about one width make one path.
    """
    seas: dict[tuple[str, str], list[str]] = {}
    body, busy = [], [np.zeros((0, 3))]
    for s, colour in drawn:
        lines = [line for line in (view.to(x) for x in s.lines) if view.near(line)]
        if not lines:
            continue
        width = _width(s.flow, most)
        points = np.vstack([_dense(line) for line in lines])
        busy.append(np.column_stack([points, np.full(len(points), 0.02 * width + 0.02)]))
        if s.name:
            name = titles.get(s.name, title_of(s.name))
            body.append(_stroke(s, lines, colour, width, name, unit))
        else:
            seas.setdefault((colour, f"{round(2 * width) / 2:g}"), []).append(_path(lines))
    open_sea = "".join(
        f'<path d="{"".join(paths)}" stroke="{colour}" stroke-width="{width}"/>'
        for (colour, width), paths in seas.items()
    )
    return open_sea + "".join(body), np.vstack(busy)


def _dense(line: np.ndarray, step: float = 4.0) -> np.ndarray:
    """Points along a line, not further apart than `step`."""
    sizes = np.hypot(*np.diff(line, axis=0).T)
    out = [a + np.linspace(0, 1, int(d / step) + 2)[:, None] * (b - a)
           for a, b, d in zip(line[:-1], line[1:], sizes, strict=True)]  # fmt: skip
    return np.vstack(out)


def _path(lines: Sequence[np.ndarray]) -> str:
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in line) for line in lines)


def _stroke(
    s: Stroke, lines: Sequence[np.ndarray], colour: str, width: float, name: str, unit: str
) -> str:
    told = f"{name or 'sea lane'}: {'closed' if s.closed else f'{short(s.flow)} {unit}'}"
    look = (f'stroke="{INK}" stroke-width="2" stroke-dasharray="1 5"' if s.closed
            else f'stroke="{colour}" stroke-width="{width:.2f}"')  # fmt: skip
    return f'<path d="{_path(lines)}" {look}><title>{escape(told)}</title></path>'


def _labels(
    ranked: Sequence[tuple[Stroke, str]],
    top: int,
    titles: Mapping[str, str],
    view: View,
    busy: np.ndarray,
) -> list[Label]:
    """Labels of the first `top` strokes whose middle is in sight."""
    wishes: dict[str, Wish] = {}
    for s, value in ranked:
        point = view.to(s.middle()[None])
        if view.shows(point)[0] and s.name not in wishes and len(wishes) < top:
            x, y = point[0]
            text = f"{titles.get(s.name, title_of(s.name))} {value}"
            wishes[s.name] = Wish(text, (float(x), float(y)), LABEL)
    area = (4.0, 4.0, WIDTH - 4.0, view.height - 4.0)
    return place(list(wishes.values()), area, busy)


def _places(
    network: Network, drawn: Sequence[Stroke], view: View, busy: np.ndarray,
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[str, list[Label]]:  # fmt: skip
    """Dots of cities and ports, and their names where the map is large enough for them."""
    if view.zoom < 2:
        return "", []
    ends = np.array([k for k, kind in enumerate(network.kind) if kind != "passage"])
    at = view.to(to_drawing(np.column_stack([network.lon[ends], network.lat[ends]])))
    lines = [view.to(line) for s in drawn for line in s.lines]
    tips = np.vstack([np.vstack([line[[0, -1]] for line in lines])]) if lines else np.zeros((0, 2))
    near = [view.shows(p[None])[0] and (np.hypot(*(tips - p).T) < 1.0).any() for p in at]
    at, ends = at[near], ends[near]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="#fff" stroke="{INK}"/>'
                   for x, y in at)  # fmt: skip
    wishes = [Wish(network.nodes[k], (float(x), float(y)), PLACE, 2)
              for k, (x, y) in zip(ends.tolist(), at, strict=True)]  # fmt: skip
    area = (4.0, 4.0, WIDTH - 4.0, view.height - 4.0)
    return dots, place(wishes, area, busy, taken)


def _label(label: Label, strong: bool) -> str:
    left, _, right, bottom = label.box
    size = label.wish.size
    x, y = (left + right) / 2, bottom - 0.32 * size
    lead = ""
    if label.far:
        (a, b), (c, d) = label.nearest, label.wish.at
        lead = f'<path d="M{a:.1f},{b:.1f}L{c:.1f},{d:.1f}" stroke="{INK}" stroke-width="0.7"/>'
    weight = ' font-weight="600"' if strong else ' fill="#55616e"'
    return (
        f'{lead}<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{size:g}"{weight} '
        f'stroke="{HALO}" stroke-width="3" paint-order="stroke" stroke-linejoin="round">'
        f"{escape(label.wish.text)}</text>"
    )


def _legend(key: Key, most: float, unit: str, height: float, closed: bool) -> str:
    y = height + 30
    parts = [_note(20, height + 20, key.text)]
    for k, colour in enumerate(key.colours[: len(key.bounds) + 1]):
        left = 20 + 62 * k
        low = f"≥ {short(key.bounds[k - 1])}" if k else "less"
        parts.append(f'<rect x="{left}" y="{y:.0f}" width="62" height="12" fill="{colour}"/>')
        parts.append(_note(left + 31, y + 27, low if key.bounds else "all", "middle"))
    x = 470.0
    parts.append(_note(x, height + 20, f"width: traffic, both directions, {unit}"))
    for share in (1.0, 0.25, 0.04):
        width = _width(share * most, most)
        parts.append(f'<path d="M{x:.0f},{y + 6:.0f}h54" stroke="{INK}" '
                     f'stroke-width="{width:.2f}" stroke-opacity="0.55"/>')  # fmt: skip
        parts.append(_note(x + 27, y + 27, short(float(f"{share * most:.2g}")), "middle"))
        x += 78
    if closed:
        parts.append(f'<path d="M{x + 40:.0f},{y + 6:.0f}h54" stroke="{INK}" stroke-width="2" '
                     f'stroke-dasharray="1 5" stroke-linecap="round"/>')  # fmt: skip
        parts.append(_note(x + 67, y + 27, "closed", "middle"))
    return "".join(parts)


def _note(x: float, y: float, text: str, anchor: str = "start") -> str:
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="12">'
            f"{escape(text)}</text>")  # fmt: skip
