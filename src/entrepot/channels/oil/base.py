"""The base month as coefficients: weights, worth of each crude to each refiner, demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.limits import Limits, limits
from entrepot.channels.oil.market import OilMarket

Array = npt.NDArray[np.float64]
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
    freight = marginal_freight(market, month)
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


def marginal_freight(market: OilMarket, month: Limits) -> Array:
    """Freight of the last barrel of each pair's base flow: (V, J); infinite without a lane.

    Cheaper ways are filled first.  Ways that the standing restrictions closed count only where no
    other is left.
    """
    out = np.full(market.flow.shape, np.inf)
    left = market.flow.copy()
    price = month.cost + month.risk
    pipe = np.array([c.kind == "pipeline" for c in market.carriers])[month.carrier]
    room = np.where(pipe, month.carry[month.carrier], np.inf)
    for lane in np.argsort(np.where(month.open, price, price + 1e6), kind="stable"):
        v, j = month.stream[lane], month.refiner[lane]
        if left[v, j] > 0 or not np.isfinite(out[v, j]):
            out[v, j] = price[lane]
            left[v, j] = 0.0 if left[v, j] <= room[lane] else left[v, j] - room[lane]
    return out
