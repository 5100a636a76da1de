"""The base month as coefficients: weights, worth of each crude to each refiner, demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.habits import Habits
from entrepot.channels.oil.limits import Limits, limits
from entrepot.channels.oil.market import OilMarket

Array = npt.NDArray[np.float64]
CARRIERS = 0.1
"""USD a barrel: carriers ten cents dearer take a factor e less; assumed, 0.02 to 0.5."""
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
CLOSE = 1e-3
"""USD a barrel within which a price counts as the cap."""


@dataclass(frozen=True, slots=True)
class Base:
    """Coefficients under which the base month is what refiners want; V, J, K as elsewhere.

    Attributes
    ----------
    weight : (V, J) trade and latent trade, kb/d
    traded : (V, J) whether a way was open in the base month; what has only closed ways counts for
        nothing until it is opened, and comes on top then
    grade : (V,) position of each stream's grade
    by_grade : (K, J) weight by grade
    runs : (J,) demand at the base price, kb/d
    delivered : (V, J) price at the refinery in the base month, USD a barrel; NaN without a lane
    price : (J,) its mean over the slate
    worth : (V, J) what a barrel is worth to the refiner above its usual slate, USD
    across : (J,) USD a barrel that part grades by a factor e within the month: price over the
        elasticity of a year, times what of a year's answer comes later (`Habits.year`)
    within : (K, J) the same for streams of one grade

    """

    weight: Array
    traded: Flags
    grade: Places
    by_grade: Array
    runs: Array
    delivered: Array
    price: Array
    worth: Array
    across: Array
    within: Array


def base_of(market: OilMarket) -> Base:
    """Coefficients of a market, with the restrictions that stood in its base month."""
    month = base_month(market)
    freight = base_freight(market, month)
    weight = np.where(np.isfinite(freight), market.flow + market.latent, 0.0)
    traded = _traded(month, weight)
    usually = np.where(traded, weight, 0.0)
    fob = market.column("fob")
    delivered = fob[:, None] + np.where(np.isfinite(freight), freight, np.nan)
    grade = np.array([market.grades.index(s.grade) for s in market.streams], dtype=np.intp)
    runs = usually.sum(axis=0)
    price = np.nansum(usually * delivered, axis=0) / runs
    year = Habits.of(market.habit).year
    return Base(
        weight=weight,
        traded=traded,
        grade=grade,
        by_grade=_by_grade(len(market.grades), grade, weight, traded),
        runs=runs,
        delivered=delivered,
        price=price,
        worth=delivered - price,
        across=year * price / market.across,
        within=year * price / market.within[:, None],
    )


def base_month(market: OilMarket) -> Limits:
    """Limits of the base month; services that a price cap shuts out there are closed."""
    month = limits(market, market.standing)
    month.open &= ~(month.capped & shut_at_base(market, month)[month.stream])
    return month


def shut_at_base(market: OilMarket, month: Limits) -> Flags:
    """Streams that cost more in the base month than their standing cap: (V,)."""
    out: Flags = market.column("fob") > month.cap + CLOSE
    return out


def _traded(month: Limits, weight: Array) -> Flags:
    """Pairs with an open way in the base month; all, where a refiner has none: (V, J)."""
    some = np.zeros(weight.shape, dtype=bool)
    some[month.stream[month.open], month.refiner[month.open]] = True
    out: Flags = some | ~(some & (weight > 0)).any(axis=0)
    return out


def _by_grade(grades: int, grade: Places, weight: Array, traded: Flags) -> Array:
    """Weights of the pairs that traded, by grade: (K, J); of all, where none of a grade did."""
    some, whole = np.zeros((2, grades, weight.shape[1]))
    np.add.at(some, grade, np.where(traded, weight, 0.0))
    np.add.at(whole, grade, weight)
    return np.where(some > 0, some, whole)


def base_freight(market: OilMarket, month: Limits) -> Array:
    """Freight of each pair in the base month: (V, J); infinite without a lane.

    Carriers share a pair's trade as a logit; what a pipe cannot take goes by the others.  Ways that
    the standing restrictions closed count only where no other is left.
    """
    out = np.full(market.flow.shape, np.inf)
    usd = month.cost + month.risk
    usd = usd + np.where(month.capped, market.column("wedge")[month.stream], 0.0)
    pipe = np.array([c.kind == "pipeline" for c in market.carriers])[month.carrier]
    room = np.where(pipe, month.carry[month.carrier], np.inf)
    pair = month.stream * market.flow.shape[1] + month.refiner
    order = np.argsort(pair, kind="stable")
    for lanes in np.split(order, np.flatnonzero(np.diff(pair[order])) + 1):
        used = lanes[month.open[lanes]] if month.open[lanes].any() else lanes
        v, j = month.stream[lanes[0]], month.refiner[lanes[0]]
        kbd = float(market.flow[v, j] + market.latent[v, j])
        out[v, j] = _index(usd[used], room[used], kbd)
    return out


def _index(usd: Array, room: Array, kbd: float) -> float:
    """Price index of a pair's carriers that together take `kbd`, full ones at their capacity."""
    share = np.exp(-(usd - usd.min()) / CARRIERS)
    full = (share / share.sum() * kbd > room) & (room < kbd)
    if not full.any() or full.all():
        return float(usd.min() - CARRIERS * np.log(share.sum()))
    rest = _index(usd[~full], room[~full], kbd - float(room[full].sum()))
    return rest + CARRIERS * float(np.log(1.0 - room[full].sum() / kbd))


def usual(base: Base, month: Limits) -> tuple[Array, Array]:
    """Weights with the habits of the month: by stream (V, J) and by grade (K, J)."""
    weight = base.weight * np.exp(month.habit)
    weight = weight * (base.runs / np.where(base.traded, weight, 0.0).sum(axis=0))
    return weight, _by_grade(len(base.by_grade), base.grade, weight, base.traded)
