"""Where the labels of a map go: beside what they name, on no other label, on few lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ADVANCE = 0.6
"""Mean width of a letter over the size of the type."""
DISTANCES = (9.0, 16.0, 26.0, 40.0, 58.0)
ANGLES = np.radians(np.arange(0, 360, 30))
FURTHEST = 12.0
"""A label further off than this from its point gets a line that leads to it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A label and the point it belongs to; `reach` is how many of `DISTANCES` it may go."""

    text: str
    at: tuple[float, float]
    size: float
    reach: int = len(DISTANCES)


@dataclass(frozen=True, slots=True)
class Label:
    """A label with its box: left, top, right, bottom."""

    wish: Wish
    box: tuple[float, float, float, float]

    @property
    def far(self) -> bool:
        """Whether it needs a line that leads to its point."""
        x, y = self.nearest
        return float(np.hypot(x - self.wish.at[0], y - self.wish.at[1])) > FURTHEST

    @property
    def nearest(self) -> tuple[float, float]:
        """Point of the box nearest to what it names."""
        left, top, right, bottom = self.box
        (x, y), middle = self.wish.at, (self.box[1] + self.box[3]) / 2
        inside = left <= x <= right
        side = left if x < left else right
        return (x, top if y < top else bottom) if inside else (side, middle)


def place(
    wishes: Sequence[Wish],
    area: tuple[float, float, float, float],
    busy: np.ndarray,
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[Label]:
    """Place labels one after the other; one that finds no room is left out.

    `busy` (n, 3) are points of the drawing and how much it hurts to cover each.
    """
    placed: list[Label] = []
    boxes = list(taken)
    for wish in wishes:
        best, least = None, np.inf
        for box, cost in _candidates(wish, area, boxes):
            if cost < least:
                cost += _covered(box, busy)
                if cost < least:
                    best, least = box, cost
        if best is not None:
            placed.append(Label(wish, best))
            boxes.append(best)
    return placed


Box = tuple[float, float, float, float]


def _candidates(wish: Wish, area: Box, boxes: Sequence[Box]) -> list[tuple[Box, float]]:
    """Boxes round the point that lie in the area and on no other box, with their distance."""
    width, height = ADVANCE * wish.size * len(wish.text), 1.2 * wish.size
    out = []
    for distance in DISTANCES[: wish.reach]:
        for angle in ANGLES:
            dx, dy = np.cos(angle), np.sin(angle)
            x = wish.at[0] + dx * (distance + width / 2 * abs(dx))
            y = wish.at[1] + dy * (distance + height / 2 * abs(dy))
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            inside = (area[0] <= box[0] and area[1] <= box[1]
                      and box[2] <= area[2] and box[3] <= area[3])  # fmt: skip
            if inside and not any(_overlap(box, other) for other in boxes):
                out.append((box, distance / 12.0))
    return out


def _overlap(one: Box, two: Box, margin: float = 2.0) -> bool:
    apart = (one[2] + margin < two[0] or two[2] + margin < one[0]
             or one[3] + margin < two[1] or two[3] + margin < one[1])  # fmt: skip
    return not apart


def _covered(box: Box, busy: np.ndarray) -> float:
    x, y, weight = busy.T
    inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    return float(weight[inside].sum())
