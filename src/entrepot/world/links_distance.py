"""Distances between economies: a table for the bundled worlds, or the user's own.

`links_distance_build` writes the table; it says where the numbers come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from entrepot.core.errors import LabelError, ValueRangeError
from entrepot.core.labels import align, listing, place

Array = np.ndarray

TABLE = "links_distance.csv"
SOURCE = "GeoDist (Mayer and Zignago 2011), most populous cities; ROW: harmonic mean by GDP"
NEAREST = 1.0
"""Distances below this many km are refused: most likely another unit, or a missing value."""


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, ...], Array]:
    """Labels and (N, N) km of the shipped table; it holds the half below the diagonal."""
    text = (resources.files("entrepot.world") / TABLE).read_text("utf-8")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    half = np.zeros((len(rows), len(rows)))
    for i, row in enumerate(rows):
        half[i, :i] = [float(x) for x in row[1 : i + 1]]
    return tuple(row[0] for row in rows), half + half.T


def known_distance(regions: Sequence[str]) -> Array:
    """(origin, dest) km between economies of the bundled worlds; zero from each to itself.

    Raises
    ------
    LabelError : the table does not know one of `regions`

    """
    labels, km = _table()
    unknown = [r for r in regions if r not in labels]
    if unknown:
        raise LabelError(
            f"No distance is known for {listing(unknown)}; the table holds the {len(labels)} "
            "economies of the bundled worlds. Pass distance=, (origin, dest) in km, bare or "
            "labelled; or open the links of the fine world before merging economies."
        )
    at = [labels.index(r) for r in regions]
    return km[np.ix_(at, at)]


def given_distance(distance: Any, regions: tuple[str, ...]) -> Array:
    """(origin, dest) km out of a user's array; what stands on the diagonal is not read.

    Raises
    ------
    LabelError, ValueRangeError : labels or shape do not fit; a distance is below 1 km

    """
    labels = {"origin": regions, "dest": regions}
    km = align(distance, "distance", ("origin", "dest"), labels)
    np.fill_diagonal(km, 0.0)
    bad = (km < NEAREST) & ~np.eye(len(regions), dtype=bool)
    if bad.any():
        raise ValueRangeError(
            f"distance is {float(km[bad][0]):g} at {place(bad, ('origin', 'dest'), labels)}, "
            f"{int(bad.sum())} such pairs; distances between economies are in km, {NEAREST:g} or "
            "more. Give every pair its distance."
        )
    return km
