"""What a map of links draws: one stroke per way on land, one per piece of sea lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from entrepot.channels.routes import Network
from entrepot.report.lanes import EARTH_KM, follow, load_lanes
from entrepot.report.projection import to_drawing

FAINT = 5e-4
"""Pieces of open sea with less traffic than this part of the busiest line are left out."""
CURVED_KM = 1500.0
"""Links on land longer than this follow the great circle."""
BOW = 0.12
"""How far a second way between the same two places bows out, as a share of its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One line of the map.

    Attributes
    ----------
    name : name of the link, or "" for a piece of open sea that many legs share
    lines : (n, 2) drawing units, one or more pieces
    flow : traffic of both directions
    value : what colours it; NaN: nothing
    closed : whether it cannot be used

    """

    name: str
    lines: tuple[np.ndarray, ...]
    flow: float
    value: float
    closed: bool

    def middle(self) -> np.ndarray:
        """(2,) point half-way along the longest piece."""
        line = max(self.lines, key=_length)
        steps = np.r_[0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
        half = steps[-1] / 2
        return np.array([np.interp(half, steps, line[:, k]) for k in (0, 1)])


def _length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def strokes(
    network: Network, flow: np.ndarray, value: np.ndarray, closed: np.ndarray
) -> list[Stroke]:
    """Strokes with traffic, and closed ones; the busiest last, so that they lie on top.

    `flow`, `value` and `closed` are (link,); value may hold NaN.
    """
    drawn = np.flatnonzero((flow > 0) | closed)
    lanes = follow(network, drawn)
    found = [*_at_sea(network, flow, lanes), *_ways(network, flow, value, closed, drawn, lanes)]
    return sorted(found, key=lambda s: (s.closed, not np.isnan(s.value), s.flow))


def _at_sea(network: Network, flow: np.ndarray, lanes: dict[int, np.ndarray]) -> list[Stroke]:
    """Pieces of open sea, with the traffic of all legs that are drawn on them."""
    all_lanes = load_lanes()
    total = np.zeros(len(all_lanes.lines))
    for link, pieces in lanes.items():
        if network.links[link] not in all_lanes.passage:
            np.add.at(total, pieces, flow[link])
    least = FAINT * max(float(total.max(initial=0.0)), float(flow.max(initial=0.0)))
    return [
        Stroke("", lane_lines()[k], float(total[k]), np.nan, False)
        for k in np.flatnonzero(total > least)
    ]


@cache
def lane_lines() -> tuple[tuple[np.ndarray, ...], ...]:
    """Lines of every piece of sea lane in drawing units."""
    return tuple(parts(line) for line in load_lanes().lines)


def _ways(
    network: Network, flow: np.ndarray, value: np.ndarray, closed: np.ndarray,
    drawn: np.ndarray, lanes: dict[int, np.ndarray],
) -> list[Stroke]:  # fmt: skip
    """Links with a name of their own: passages, and whatever is not drawn on lanes."""
    all_lanes = load_lanes()
    groups: dict[tuple[str, frozenset[tuple[float, float]]], list[int]] = {}
    for k in drawn.tolist():
        if k in lanes and network.links[k] not in all_lanes.passage:
            continue
        ends = frozenset(_at(network, int(e)) for e in (network.tail[k], network.head[k]))
        groups.setdefault((network.links[k], ends), []).append(k)
    beside: dict[frozenset[tuple[float, float]], int] = {}
    out = []
    for (name, ends), links in groups.items():
        turn = beside[ends] = beside.get(ends, -1) + 1
        first = links[0]
        if first in lanes:
            lines = tuple(p for k in lanes[first] for p in lane_lines()[k])
        else:
            lines = _bowed(sorted(ends), turn)
        some = value[links]
        known = some[~np.isnan(some)]
        colour = float(known.max()) if len(known) else np.nan
        shut = bool(closed[links].all())
        out.append(Stroke(name, lines, float(flow[links].sum()), colour, shut))
    return out


def _at(network: Network, node: int) -> tuple[float, float]:
    return float(network.lon[node]), float(network.lat[node])


def _bowed(ends: Sequence[tuple[float, float]], turn: int) -> tuple[np.ndarray, ...]:
    """Line between two places; the second and third way bow out to either side."""
    if len(ends) < 2:
        return (np.repeat(to_drawing(np.array(ends)), 2, axis=0),)
    a, b = (np.array(e) for e in ends)
    way = great_circle(a, b)
    if len(way) > 2:
        return parts(way)
    one, two = to_drawing(np.array([a, b]))
    along = np.linspace(0.0, 1.0, 13 if turn else 2)[:, None]
    across = np.array([two[1] - one[1], one[0] - two[0]])
    side = BOW * ((turn + 1) // 2) * (1 if turn % 2 else -1)
    return (one + along * (two - one) + 4 * side * along * (1 - along) * across,)


def great_circle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(n, 2) degrees along the shortest line between two places, dense if it is long."""
    lon, lat = np.radians(np.array([a, b])).T
    ends = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    angle = float(np.arccos(np.clip(ends[0] @ ends[1], -1.0, 1.0)))
    if angle * EARTH_KM < CURVED_KM:
        return np.array([a, b])
    share = np.linspace(0.0, 1.0, 33)[:, None]
    way = (np.sin((1 - share) * angle) * ends[0] + np.sin(share * angle) * ends[1]) / np.sin(angle)
    return np.degrees(
        np.column_stack([np.arctan2(way[:, 1], way[:, 0]), np.arcsin(np.clip(way[:, 2], -1, 1))])
    )


def parts(degrees: np.ndarray) -> tuple[np.ndarray, ...]:
    """A line in degrees as pieces in drawing units, cut at the date line."""
    jumps = np.flatnonzero(np.abs(np.diff(degrees[:, 0])) > 180)
    if not len(jumps):
        return (to_drawing(degrees),)
    out, rest, base = [], degrees, 0
    for at in jumps:
        cut = at - base
        a, b = rest[cut], rest[cut + 1]
        side = 180.0 if a[0] > 0 else -180.0
        shifted = b[0] + 2 * side
        share = (side - a[0]) / (shifted - a[0]) if shifted != a[0] else 0.5
        lat = a[1] + share * (b[1] - a[1])
        out.append(np.vstack([rest[: cut + 1], [side, lat]]))
        rest = np.vstack([[-side, lat], rest[cut + 1 :]])
        base = int(at)
    return tuple(to_drawing(line) for line in [*out, rest])
