"""From longitude and latitude to the drawing of the world map: Equal Earth."""

from __future__ import annotations

from functools import cache

import numpy as np

WIDTH = 1000.0
SOUTH, NORTH = -56.0, 83.7


def equal_earth(degrees: np.ndarray) -> np.ndarray:
    """Project (n, 2) longitude and latitude to the plane (Savric, Patterson and Jenny 2018)."""
    lon, lat = np.radians(degrees).T
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(lat))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = 2 * np.sqrt(3) * lon * np.cos(t) / (3 * slope)
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    return np.column_stack([x, y])


@cache
def frame() -> tuple[float, float, float, float]:
    """Scale, left, top and height of the drawing."""
    (right, _), (_, top), (_, bottom) = equal_earth(
        np.array([[180.0, 0.0], [0.0, NORTH], [0.0, SOUTH]])
    )
    scale = WIDTH / (2 * right)
    return scale, -right, top, (top - bottom) * scale


def to_drawing(degrees: np.ndarray) -> np.ndarray:
    """Longitude and latitude (n, 2) to drawing units, y downwards."""
    scale, left, top, _ = frame()
    plane = equal_earth(degrees)
    return np.column_stack([(plane[:, 0] - left) * scale, (top - plane[:, 1]) * scale])
