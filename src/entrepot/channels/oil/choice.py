"""What refiners buy at given costs: a nested logit of carriers, streams and grades, in barrels.

A refiner whose lanes cost c_l (at the refinery, USD a barrel) sees, from the inside out,

    p_v = -d log sum_l exp(-c_l / d)                       of stream v, by its cheapest ways
    U_k = -a_k log sum_v w_v|k exp(-(p_v - worth_v) / a_k) of grade k
    P   = -b log sum_k w_k exp(-U_k / b)                   of crude, and buys Q = D (P / P0)^-e.

a = P0 / within and b = P0 / across, so the elasticity of substitution at the base price is the one
given; d is `base.CARRIERS`.  Barrels add up.  A refiner with entropy costs of an unusual slate
wants just this (Anderson, de Palma and Thisse 1988), so the market is a convex programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import CARRIERS, Base, usual
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket

if TYPE_CHECKING:
    from scipy import sparse

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
FLOOR = 0.05
"""Part of the base price below which demand goes on along its tangent."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Lanes in use, and the nests they stand in.

    Attributes
    ----------
    lanes : (l,) positions of the lanes of the market
    pair : (l,) pair of each lane; pairs : (p, 2) stream and refiner
    nest : (p,) nest of each pair; nests : (n, 2) grade and refiner
    worth : (p,) what a barrel is worth above the usual slate, USD
    in_nest, in_runs : (p,), (n,) log of the base shares
    streams, grades : (n,), (J,) dispersion a and b, USD a barrel
    price, runs, elasticity : (J,) P0, D and e

    """

    lanes: Places
    pair: Places
    pairs: Places
    nest: Places
    nests: Places
    worth: Array
    in_nest: Array
    in_runs: Array
    streams: Array
    grades: Array
    price: Array
    runs: Array
    elasticity: Array


@dataclass(frozen=True, slots=True)
class Bought:
    """Answer of all refiners.

    Attributes
    ----------
    flow : (l,) kb/d; within_pair, within_nest, within_runs : (l,), (p,), (n,) shares
    price : (J,) P; runs, slope : (J,) Q and dQ/dP; surplus : (J,) integral of Q from P up
    of_pair, of_nest : (p,), (n,) kb/d

    """

    flow: Array
    within_pair: Array
    within_nest: Array
    within_runs: Array
    price: Array
    runs: Array
    slope: Array
    surplus: Array
    of_pair: Array
    of_nest: Array


def tree_of(market: OilMarket, base: Base, month: Limits) -> Tree:
    """Leave out what is closed or has no weight."""
    lanes = np.flatnonzero(month.open & (base.weight[month.stream, month.refiner] > 0))
    ends = np.stack([month.stream[lanes], month.refiner[lanes]], axis=1)
    pairs, pair = np.unique(ends, axis=0, return_inverse=True)
    groups = np.stack([base.grade[pairs[:, 0]], pairs[:, 1]], axis=1)
    nests, nest = np.unique(groups, axis=0, return_inverse=True)
    weights, grades = usual(base, month)
    by_grade, weight = grades[nests[:, 0], nests[:, 1]], weights[pairs[:, 0], pairs[:, 1]]
    return Tree(
        lanes=lanes,
        pair=pair.ravel(),
        pairs=pairs,
        nest=nest.ravel(),
        nests=nests,
        worth=base.worth[pairs[:, 0], pairs[:, 1]],
        in_nest=np.log(weight / by_grade[nest.ravel()]),
        in_runs=np.log(by_grade / base.runs[nests[:, 1]]),
        streams=base.within[nests[:, 0], nests[:, 1]],
        grades=base.across,
        price=base.price,
        runs=base.runs * month.demand,
        elasticity=np.array([r.elasticity for r in market.refiners]),
    )


def bought(tree: Tree, cost: Array, slate_rent: Array, runs_rent: Array) -> Bought:
    """Flows at costs (l,) and rents of slates (n,) and refining capacity (J,), USD a barrel."""
    delivered, by_way = logsum(cost, np.full(len(tree.pairs), CARRIERS), tree.pair, None)
    inner, by_stream = logsum(delivered - tree.worth, tree.streams, tree.nest, tree.in_nest)
    price, by_grade = logsum(inner + slate_rent, tree.grades, tree.nests[:, 1], tree.in_runs)
    price = price + runs_rent
    runs, slope, surplus = demand(tree, price)
    of_nest = runs[tree.nests[:, 1]] * by_grade
    of_pair = of_nest[tree.nest] * by_stream
    return Bought(of_pair[tree.pair] * by_way, by_way, by_stream, by_grade, price, runs, slope,
                  surplus, of_pair, of_nest)  # fmt: skip


def logsum(
    cost: Array, spread: Array, group: Places, log_weight: Array | None
) -> tuple[Array, Array]:
    """Price index of each group, ``-s log sum w exp(-c / s)``, and the shares in it."""
    index = -cost / spread[group] + (0.0 if log_weight is None else log_weight)
    top = np.full(len(spread), -np.inf)
    np.maximum.at(top, group, index)
    size = np.exp(index - top[group])
    total = np.bincount(group, size, minlength=len(spread))
    return -spread * (top + np.log(total)), size / total[group]


def demand(tree: Tree, price: Array) -> tuple[Array, Array, Array]:
    """Q, dQ/dP and the integral of Q from P up (to a constant): (J,) each."""
    e, low = tree.elasticity, FLOOR * tree.price
    kept = np.maximum(price, low)
    runs = tree.runs * (kept / tree.price) ** -e
    slope = -e * runs / kept
    # up to P0: the integral of D (P / P0)^-e from P to P0
    surplus = tree.runs * tree.price * (1.0 - (kept / tree.price) ** (1.0 - e)) / (1.0 - e)
    under = np.maximum(low - price, 0.0)
    return runs - slope * under, slope, surplus + runs * under - 0.5 * slope * under**2


def curvature(tree: Tree, found: Bought, way: sparse.csr_matrix) -> Array:
    """How purchases fall with prices: (z, z), where ``cost = way z + const``, (l, z).

    With shares s of each level, -dx/dc is the sum over levels of (1/spread) times (what the level
    holds less what the level above does).
    """
    pairs = _mean(way, found.within_pair, tree.pair, len(tree.pairs))
    nests = _mean(pairs, found.within_nest, tree.nest, len(tree.nests))
    whole = _mean(nests, found.within_runs, tree.nests[:, 1], len(tree.price))
    a, b = tree.streams, tree.grades
    on_pair = found.of_pair * (1.0 / a[tree.nest] - 1.0 / CARRIERS)
    on_nest = found.of_nest * (1.0 / b[tree.nests[:, 1]] - 1.0 / a)
    on_runs = -found.slope - found.runs / b
    levels = ((way, found.flow / CARRIERS), (pairs, on_pair), (nests, on_nest), (whole, on_runs))
    return np.asarray(sum((p.T @ p.multiply(w[:, None]).tocsr() for p, w in levels)).todense())


def _mean(rows: sparse.csr_matrix, share: Array, group: Places, count: int) -> sparse.csr_matrix:
    """Rows of each group, weighted with their shares in it."""
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    return sparse.csr_matrix((share, (group, np.arange(len(group)))), (count, len(group))) @ rows
