"""The base month as coefficients: weights, worth of each crude to each refiner, demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.limits import Limits, limits
from entrepot.channels.oil.market import OilMarket

Array = npt.NDArray[np.float64]
CARRIERS = 0.1
"""USD a barrel: carriers ten cents dearer take a factor e less; assumed, 0.02 to 0.5."""
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Base:
    """Coefficients under which the base month is what refiners want; V, J, K as elsewhere.

    Attributes
    ----------
    weight : (V, J) trade and latent trade, kb/d
    grade : (V,) position of each stream's grade
    by_grade : (K, J) weight by grade
    runs : (J,) demand at the base price, kb/d
    delivered : (V, J) price at the refinery in the base month, USD a barrel; NaN without a lane
    price : (J,) its mean over the slate
    worth : (V, J) what a barrel is worth to the refiner above its usual slate, USD
    across : (J,) USD a barrel that part grades by a factor e: price / elasticity
    within : (K, J) the same for streams of one grade

    """

    weight: Array
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
    month = limits(market, market.standing)
    freight = base_freight(market, month)
    weight = np.where(np.isfinite(freight), market.flow + market.latent, 0.0)
    fob = market.column("fob")
    delivered = fob[:, None] + np.where(np.isfinite(freight), freight, np.nan)
    grade = np.array([market.grades.index(s.grade) for s in market.streams], dtype=np.intp)
    by_grade = np.zeros((len(market.grades), len(market.refiners)))
    np.add.at(by_grade, grade, weight)
    runs = weight.sum(axis=0)
    price = np.nansum(weight * delivered, axis=0) / runs
    return Base(
        weight=weight,
        grade=grade,
        by_grade=by_grade,
        runs=runs,
        delivered=delivered,
        price=price,
        worth=delivered - price,
        across=price / market.across,
        within=price / market.within[:, None],
    )


def base_freight(market: OilMarket, month: Limits) -> Array:
    """Freight of each pair in the base month: (V, J); infinite without a lane.

    Carriers share a pair's trade as a logit; what a pipe cannot take goes by the others.  Ways that
    the standing restrictions closed count only where no other is left.
    """
    out = np.full(market.flow.shape, np.inf)
    usd = month.cost + month.risk
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
