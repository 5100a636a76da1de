"""Numbers of a path of the oil market that the pictures and the answer follow over months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil import MonthOutcome, OilMarket, OilPath
from entrepot.channels.oil.certificate import carried
from entrepot.channels.oil.parts import DAYS

Array = npt.NDArray[np.float64]
SOLD: Final = 0.5
"""kb/d from which on exports have a price."""


@dataclass(frozen=True, slots=True, eq=False)
class PathNumbers:
    """A path as arrays; M months, V streams, J refiners, C carriers, F fleets.

    Attributes
    ----------
    market : of the base month
    fob : (M, V) price at the border, USD a barrel
    output : (M, V) kb/d
    to, by : (M, V, J), (M, V, C) exports by refiner and by carrier, kb/d; not what stays at home
    moving, stored : (M, V) crude on the way and in floating storage, mb
    used, has : (M, F) vessels that each fleet uses, and has, mb

    """

    market: OilMarket
    fob: Array
    output: Array
    to: Array
    by: Array
    moving: Array
    stored: Array
    used: Array
    has: Array

    @classmethod
    def of(cls, path: OilPath) -> PathNumbers:
        """Arrays of a path."""
        market = path.market
        home = np.array([c.kind == "home" for c in market.carriers])
        fleet = [k for k, c in enumerate(market.carriers) if c.kind == "fleet"]
        rows = path.outcomes
        size = len(market.streams)

        def trade(month: MonthOutcome, place: npt.NDArray[np.intp], count: int) -> Array:
            lanes = month.month
            flow = np.where(home[lanes.carrier], 0.0, month.flow)
            sums = np.bincount(lanes.stream * count + place, flow, size * count)
            return np.asarray(sums.reshape(size, count), dtype=np.float64)

        return cls(
            market=market,
            fob=np.stack([m.fob for m in rows]),
            output=np.stack([m.output for m in rows]),
            to=np.stack([trade(m, m.month.refiner, len(market.refiners)) for m in rows]),
            by=np.stack([trade(m, m.month.carrier, len(market.carriers)) for m in rows]),
            moving=np.stack([np.bincount(m.month.stream, m.on_water, size) for m in rows]),
            stored=np.stack([m.stock for m in rows]),
            used=np.stack([carried(m)[fleet] for m in rows]),
            has=np.stack([np.asarray(m.month.carry, dtype=np.float64)[fleet] for m in rows]),
        )

    @property
    def exports(self) -> Array:
        """Exports: (M, V), kb/d."""
        return np.asarray(self.to.sum(axis=2))

    @property
    def fleets(self) -> tuple[str, ...]:
        """Names of the fleets."""
        return tuple(c.name for c in self.market.carriers if c.kind == "fleet")

    def mine(self, producer: str) -> npt.NDArray[np.bool_]:
        """Streams of a producer: (V,)."""
        return np.array([s.producer == producer for s in self.market.streams])


Of = Callable[[PathNumbers], Array]
"""One number by month out of a path."""


def producers_of(market: OilMarket) -> tuple[str, ...]:
    """Producers in the order of their streams."""
    return tuple(dict.fromkeys(s.producer for s in market.streams))


def brent_of(path: PathNumbers) -> Array:
    """Brent, USD a barrel."""
    return path.fob[:, path.market.stream_names.index(path.market.reference)]


def exports_of(producer: str) -> Of:
    """Exports of a producer, kb/d."""
    return lambda path: np.asarray(path.exports[:, path.mine(producer)].sum(axis=1))


def revenue_of(producer: str) -> Of:
    """Revenue of a producer's exports, bn USD a month."""

    def of(path: PathNumbers) -> Array:
        mine = path.mine(producer)
        return np.asarray((path.exports * path.fob)[:, mine].sum(axis=1) * DAYS / 1e6)

    return of


def netback_of(producer: str) -> Of:
    """Mean price at the border of a producer's exports, USD a barrel; NaN without any."""

    def of(path: PathNumbers) -> Array:
        mine = path.mine(producer)
        sold = path.exports[:, mine]
        paid, kbd = (sold * path.fob[:, mine]).sum(axis=1), sold.sum(axis=1)
        return np.divide(paid, kbd, out=np.full_like(paid, np.nan), where=kbd >= SOLD)

    return of


def discount_of(producer: str) -> Of:
    """Brent less the mean price at the border of a producer's exports, USD a barrel."""
    netback = netback_of(producer)
    return lambda path: brent_of(path) - netback(path)


def used_of(fleet: int) -> Of:
    """Vessels that a fleet uses, mb."""
    return lambda path: path.used[:, fleet]


def has_of(fleet: int) -> Of:
    """Vessels that a fleet has, mb."""
    return lambda path: path.has[:, fleet]


def by_grade(path: PathNumbers) -> Array:
    """Mean price at the border of exports by grade: (M, K), USD a barrel; NaN without any."""
    member = _grades(path.market)
    sold, paid = path.exports @ member, (path.exports * path.fob) @ member
    return np.divide(paid, sold, out=np.full_like(paid, np.nan), where=sold > 0)


def by_producer(path: PathNumbers, values: Array) -> Array:
    """Sum columns of streams (M, V) by producer: (M, producers)."""
    names = producers_of(path.market)
    member = np.array([[s.producer == p for p in names] for s in path.market.streams], dtype=float)
    return np.asarray(values @ member)


def exports_by_grade(path: PathNumbers) -> Array:
    """Exports by grade: (M, K), kb/d."""
    return np.asarray(path.exports @ _grades(path.market))


def by_way(path: PathNumbers) -> Array:
    """Exports of all producers by each fleet, and by pipes together: (M, F + 1), kb/d."""
    kinds = [c.kind for c in path.market.carriers]
    by = path.by.sum(axis=1)
    fleets = [by[:, k] for k, kind in enumerate(kinds) if kind == "fleet"]
    pipes = by[:, [k for k, kind in enumerate(kinds) if kind == "pipeline"]].sum(axis=1)
    return np.stack([*fleets, pipes], axis=1)


def _grades(market: OilMarket) -> Array:
    """Which stream is of which grade: (V, K), 0 or 1."""
    return np.array([[s.grade == g for g in market.grades] for s in market.streams], dtype=float)
