"""Which lanes, pairs, nests and stores a month has, and where their variables stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Entry = tuple[Places, Places, Array | float]
"""Rows, columns and values of some entries of a matrix."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Variables of the programme.

    Attributes
    ----------
    lanes : (l,) positions of the lanes in use
    pairs : (p, 2) stream and refiner; pair_of : (l,) pair of each lane
    nests : (n, 2) grade and refiner; nest_of : (p,) nest of each pair
    stores : (s,) streams with floating storage
    start, count : block -> its first variable, and how many: flow ``x`` by lane, entropy ``r`` by
        pair, ``X`` and ``R`` by nest, runs ``Q`` and demand ``T`` by refiner, output ``y`` by
        stream, into and out of storage ``in`` and ``out``
    size : number of variables

    """

    lanes: Places
    pairs: Places
    pair_of: Places
    nests: Places
    nest_of: Places
    stores: Places
    start: dict[str, int]
    count: dict[str, int]
    size: int

    def of(self, name: str) -> Places:
        """Columns of a block."""
        return np.arange(self.start[name], self.start[name] + self.count[name], dtype=np.intp)

    def part(self, name: str) -> slice:
        """The block inside a solution."""
        return slice(self.start[name], self.start[name] + self.count[name])

    def matrix(self, rows: int, entries: list[Entry]) -> sparse.csr_matrix:
        """Make a matrix with these entries; what stands twice is added."""
        r = np.concatenate([e[0] for e in entries])
        c = np.concatenate([e[1] for e in entries])
        v = np.concatenate([np.broadcast_to(np.asarray(e[2]), e[0].shape) for e in entries])
        return sparse.csr_matrix((v, (r, c)), shape=(rows, self.size))


def columns(market: OilMarket, base: Base, month: Limits) -> Columns:
    """Leave out what is closed or has no weight."""
    lanes = np.flatnonzero(month.open & (base.weight[month.stream, month.refiner] > 0))
    ends = np.stack([month.stream[lanes], month.refiner[lanes]], axis=1)
    pairs, pair_of = np.unique(ends, axis=0, return_inverse=True)
    groups = np.stack([base.grade[pairs[:, 0]], pairs[:, 1]], axis=1)
    nests, nest_of = np.unique(groups, axis=0, return_inverse=True)
    stores = np.array([k for k, s in enumerate(market.streams) if s.storage > 0], dtype=np.intp)
    count = {
        "x": len(lanes), "r": len(pairs), "X": len(nests), "R": len(nests),
        "Q": len(market.refiners), "T": len(market.refiners), "y": len(market.streams),
        "in": len(stores), "out": len(stores),
    }  # fmt: skip
    start, size = {}, 0
    for name, number in count.items():
        start[name], size = size, size + number
    flat = pair_of.ravel(), nest_of.ravel()
    return Columns(lanes, pairs, flat[0], nests, flat[1], stores, start, count, size)
