"""Numbers of one month of the oil market that the pictures and the answer follow over months."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil import MonthOutcome
from entrepot.channels.oil.certificate import carried
from entrepot.channels.oil.parts import DAYS

Array = npt.NDArray[np.float64]
Of = Callable[[MonthOutcome], float]


def brent_of(month: MonthOutcome) -> float:
    """Brent, USD a barrel."""
    return month.brent


def exports_of(producer: str) -> Of:
    """Exports of a producer in a month, kb/d."""
    return lambda month: float(_abroad(month, producer).sum())


def revenue_of(producer: str) -> Of:
    """Revenue of a producer's exports, bn USD a month."""
    return lambda month: _usd(month, producer) * DAYS / 1e6


def netback_of(producer: str) -> Of:
    """Mean price at the border of a producer's exports, or of its output without any; USD."""

    def of(month: MonthOutcome) -> float:
        sold = float(_abroad(month, producer).sum())
        if sold > 0:
            return _usd(month, producer) / sold
        mine = _mine(month, producer)
        return float(np.average(month.fob[mine], weights=month.output[mine] + 1e-9))

    return of


def discount_of(producer: str) -> Of:
    """Brent less the mean price at the border of a producer's exports, USD a barrel."""
    netback = netback_of(producer)
    return lambda month: month.brent - netback(month)


def stream_discount(stream: str) -> Of:
    """Brent less the price of a stream at the border, USD a barrel."""
    return lambda month: month.brent - float(month.fob[month.market.stream_names.index(stream)])


def stored_of(producer: str) -> Of:
    """Crude of a producer in floating storage, mb."""
    return lambda month: float(month.stock[_mine(month, producer)].sum())


def moving_of(producer: str) -> Of:
    """Crude of a producer on the way, mb."""
    return lambda month: float(month.on_water[_mine(month, producer)[month.month.stream]].sum())


def by_refiner(month: MonthOutcome, producer: str) -> Array:
    """Return a producer's exports by refiner: (J,), kb/d."""
    return _sums(month.month.refiner, _abroad(month, producer), len(month.market.refiners))


def by_carrier(month: MonthOutcome, producer: str) -> Array:
    """Return a producer's exports by carrier: (C,), kb/d."""
    return _sums(month.month.carrier, _abroad(month, producer), len(month.market.carriers))


def by_grade(month: MonthOutcome) -> tuple[Array, Array]:
    """Exports (kb/d) and their mean price at the border (USD a barrel) by grade: (K,), (K,)."""
    market = month.market
    grade = np.array([market.grades.index(s.grade) for s in market.streams])[month.month.stream]
    flow = np.where(_home(month), 0.0, month.flow)
    sold = _sums(grade, flow, len(market.grades))
    paid = _sums(grade, flow * month.fob[month.month.stream], len(market.grades))
    return sold, np.divide(paid, sold, out=np.full_like(paid, np.nan), where=sold > 0)


def fleets(month: MonthOutcome) -> tuple[tuple[str, ...], Array, Array]:
    """Fleets, the vessels that each uses, and has, mb."""
    at = [k for k, c in enumerate(month.market.carriers) if c.kind == "fleet"]
    names = tuple(month.market.carriers[k].name for k in at)
    return names, carried(month)[at], np.asarray(month.month.carry, dtype=np.float64)[at]


def _home(month: MonthOutcome) -> npt.NDArray[np.bool_]:
    """Lanes that lead to no other economy."""
    home = np.array([c.kind == "home" for c in month.market.carriers])
    return np.asarray(home[month.month.carrier], dtype=np.bool_)


def _mine(month: MonthOutcome, producer: str) -> npt.NDArray[np.bool_]:
    return np.array([s.producer == producer for s in month.market.streams])


def _abroad(month: MonthOutcome, producer: str) -> Array:
    """Flow of a producer's exports by lane, kb/d."""
    return np.where(_mine(month, producer)[month.month.stream] & ~_home(month), month.flow, 0.0)


def _usd(month: MonthOutcome, producer: str) -> float:
    """Price at the border times exports, thousand USD a day."""
    return float((_abroad(month, producer) * month.fob[month.month.stream]).sum())


def _sums(at: npt.NDArray[np.intp], values: Array, count: int) -> Array:
    return np.asarray(np.bincount(at, values, count), dtype=np.float64)
