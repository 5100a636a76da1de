"""Which part of the world a map of links shows, and the land on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from entrepot.channels.routes import Network
from entrepot.core.errors import ValueRangeError
from entrepot.report.projection import WIDTH, frame, to_drawing
from entrepot.report.worldmap import geometry

LEAST_PAD = 5.0
"""Degrees of latitude that are shown on either side of a link at least."""
LAND, BORDER = "#eceff2", "#ffffff"

Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """From drawing units of the world to those of this map.

    Attributes
    ----------
    zoom : factor
    left, top : corner of the part of the world that is shown
    height : height of the map; it is 1000 wide

    """

    zoom: float
    left: float
    top: float
    height: float

    def to(self, points: np.ndarray) -> np.ndarray:
        """Points of the drawing of the world as points of this map."""
        return (points - np.array([self.left, self.top])) * self.zoom

    def shows(self, points: np.ndarray) -> np.ndarray:
        """(n,) bool: points of this map that lie in it."""
        return (points >= 0).all(1) & (points[:, 0] <= WIDTH) & (points[:, 1] <= self.height)

    def near(self, line: np.ndarray) -> bool:
        """Whether the box of a line touches the map."""
        low, high = line.min(0), line.max(0)
        return bool((high >= 0).all() and low[0] <= WIDTH and low[1] <= self.height)


def view_of(part: Frame | None) -> View:
    """View of a part of the world, west, south, east, north in degrees; None: all of it.

    Raises
    ------
    ValueRangeError : an empty part, or one beyond the globe

    """
    full = frame()[3]
    if part is None:
        return View(1.0, 0.0, 0.0, full)
    west, south, east, north = part
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueRangeError(
            f"part of the map is {part}; give west < east from -180 to 180 and south < north from "
            "-90 to 90 degrees."
        )
    lon, lat = np.linspace(west, east, 25), np.linspace(south, north, 25)
    edge = to_drawing(np.array([(x, y) for x in lon for y in lat]))
    (left, top), (right, bottom) = edge.min(0), edge.max(0)
    wide = max(right - left, 1.3 * (bottom - top))
    tall = max(bottom - top, wide / 2.1)
    x, y = (left + right) / 2, (top + bottom) / 2
    zoom = WIDTH / wide
    return View(zoom, x - wide / 2, y - tall / 2, tall * zoom)


def around(network: Network, links: np.ndarray, margin: float = 0.35) -> Frame:
    """Part of the world round `links` (positions or bool), with a margin of its size."""
    ends = np.unique(np.r_[network.tail[links], network.head[links]])
    lon, lat = network.lon[ends], network.lat[ends]
    pad = max(margin * max(float(np.ptp(lon)) / 2, float(np.ptp(lat))), LEAST_PAD)
    low, high = float(lat.min()), float(lat.max())
    return (max(float(lon.min()) - 1.5 * pad, -180.0), max(low - pad, -89.0),
            min(float(lon.max()) + 1.5 * pad, 180.0), min(high + pad, 89.0))  # fmt: skip


@cache
def _rings() -> tuple[tuple[str, tuple[float, float, float, float]], ...]:
    """Rings of all outlines as path data with their boxes."""
    out = []
    for shape in geometry()["shapes"].values():
        for ring in re.findall(r"M[^M]+", shape):
            start, steps = ring[1:-1].split("l")
            points = np.array([p.split(",") for p in [start, *steps.split()]], dtype=float)
            points = points.cumsum(0)
            (a, b), (c, d) = points.min(0), points.max(0)
            out.append((ring, (float(a), float(b), float(c), float(d))))
    return tuple(out)


def land(view: View) -> str:
    """Outlines of what the view shows."""
    right, bottom = view.left + WIDTH / view.zoom, view.top + view.height / view.zoom
    shown = "".join(
        ring for ring, (a, b, c, d) in _rings()
        if a <= right and c >= view.left and b <= bottom and d >= view.top
    )  # fmt: skip
    move = f"scale({view.zoom:.4f}) translate({-view.left:.2f} {-view.top:.2f})"
    return (f'<path d="{shown}" transform="{move}" fill="{LAND}" stroke="{BORDER}" '
            'stroke-width="0.8" vector-effect="non-scaling-stroke"/>')  # fmt: skip
