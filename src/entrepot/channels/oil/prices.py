"""The market as a problem in prices: the convex function whose least point is the equilibrium.

Unknowns z are the price of each stream at its border, and rents of carriers, volume limits, slates
and refining capacity.  With refiners' surplus CS, producers' profit and the limits' worth,

    phi(z) = sum_j CS_j + sum_v profit_v + sum rent * limit

is convex (it is the dual of the programme of `choice` and `supply`), its gradient is what is left
over of each stream and of each limit, and rents are at least 0.  So the least point clears every
market: duals are prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.choice import Bought, Tree, bought, curvature, tree_of
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.supply import KBD, Sellers, Sold, sellers_of, sold

if TYPE_CHECKING:
    from scipy import sparse

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
PARTS = ("fob", "carrier", "volume", "grade", "refinery")


@dataclass(frozen=True, slots=True)
class Given:
    """What a month is solved for beside its limits.

    Attributes
    ----------
    wedge : (V,) what services under a cap keep of each barrel, USD
    stock : (V,) floating storage at the beginning, mb
    expected : (V,) price that owners of stored crude expect, USD a barrel

    """

    wedge: Array
    stock: Array
    expected: Array


@dataclass(frozen=True, slots=True)
class Problem:
    """The month in prices.

    Attributes
    ----------
    tree, sellers : refiners and producers
    freight : (l,) cost of each lane in use beside price and rents, USD a barrel
    way : (l, z) how prices and rents enter the cost of each lane
    part : name of `PARTS` -> its unknowns
    carriers, nests, refiners : which carriers, nests and refiners have a limit
    limit : (z,) kb/d or mb that a rent pays for; 0 for prices
    stores : (V,) position of the rent of the vessels that store a stream; -1: none

    """

    tree: Tree
    sellers: Sellers
    freight: Array
    way: sparse.csr_matrix
    part: dict[str, slice]
    carriers: Places
    nests: Places
    refiners: Places
    limit: Array
    stores: Places

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return int(self.way.shape[1])


@dataclass(frozen=True, slots=True)
class Point:
    """The market at some prices.

    Attributes
    ----------
    z : prices and rents
    value, gradient : phi, and what is left over (kb/d; fleets: thousand barrels of vessel)
    bought, sold : the answers

    """

    z: Array
    value: float
    gradient: Array
    bought: Bought
    sold: Sold


def problem(market: OilMarket, base: Base, month: Limits, given: Given) -> Problem:
    """Set up the month."""
    tree = tree_of(market, base, month)
    carriers = np.flatnonzero(np.isfinite(month.carry))
    slate = {(market.grades.index(g), j): kbd for j, r in enumerate(market.refiners)
             for g, kbd in r.slate_limit}  # fmt: skip
    nests = np.array([k for k, n in enumerate(tree.nests.tolist()) if tuple(n) in slate], np.intp)
    refiners = np.flatnonzero(np.isfinite(month.refining))
    sizes = (len(market.streams), len(carriers), len(month.ceilings), len(nests), len(refiners))
    ends = np.cumsum((0, *sizes))
    part = {name: slice(ends[k], ends[k + 1]) for k, name in enumerate(PARTS)}
    fleet = np.array([c.kind == "fleet" for c in market.carriers])
    limit = np.zeros(ends[-1])
    limit[part["carrier"]] = month.carry[carriers] * np.where(fleet[carriers], KBD, 1.0)
    limit[part["volume"]] = [c.kbd for c in month.ceilings]
    limit[part["grade"]] = [slate[tuple(tree.nests[n].tolist())] for n in nests]
    limit[part["refinery"]] = month.refining[refiners]
    free = month.cost + month.risk + np.where(month.capped, given.wedge[month.stream], 0.0)
    names = [c.name for c in market.carriers]
    row = {int(c): int(k) for k, c in enumerate(carriers)}
    stores = [row.get(names.index(s.storage_carrier), -1) if s.storage > 0 else -1
              for s in market.streams]  # fmt: skip
    return Problem(
        tree=tree,
        sellers=sellers_of(market, month, given.stock, given.expected),
        freight=free[tree.lanes],
        way=_ways(month, tree, part, row, fleet, int(ends[-1])),
        part=part,
        carriers=carriers,
        nests=nests,
        refiners=refiners,
        limit=limit,
        stores=np.array(stores, dtype=np.intp),
    )


def _ways(
    month: Limits,
    tree: Tree,
    part: dict[str, slice],
    row: dict[int, int],
    fleet: npt.NDArray[np.bool_],
    size: int,
) -> sparse.csr_matrix:
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    lanes, here = tree.lanes, np.arange(len(tree.lanes))
    carrier = np.array([row.get(c, -1) for c in range(len(fleet))])[month.carrier[lanes]]
    kept = carrier >= 0
    use = np.where(fleet[month.carrier[lanes]], month.days[lanes], 1.0)
    entries = [
        (here, month.stream[lanes], np.ones(len(here))),
        (here[kept], part["carrier"].start + carrier[kept], use[kept]),
    ]
    place = np.full(len(month.stream), -1)
    place[lanes] = here
    for g, limit in enumerate(month.ceilings):
        inside = place[limit.lanes]
        inside = inside[inside >= 0]
        entries.append(
            (inside, np.full(len(inside), part["volume"].start + g), np.ones(len(inside)))
        )
    r, c, v = (np.concatenate(x) for x in zip(*entries, strict=True))
    return sparse.csr_matrix((v, (r, c)), (len(lanes), size))


def at(made: Problem, z: Array) -> Point:
    """The market at prices and rents z."""
    tree, part = made.tree, made.part
    slate, runs = np.zeros(len(tree.nests)), np.zeros(len(tree.price))
    slate[made.nests], runs[made.refiners] = z[part["grade"]], z[part["refinery"]]
    want = bought(tree, made.freight + made.way @ z, slate, runs)
    have = sold(made.sellers, z[part["fob"]], _hire(made, z))
    left = made.limit - made.way.T @ want.flow
    left[part["fob"]] += have.sales(made.sellers.stock)
    left[part["grade"]] -= want.of_nest[made.nests]
    left[part["refinery"]] -= want.runs[made.refiners]
    kept = made.stores >= 0
    np.add.at(left, part["carrier"].start + made.stores[kept], -have.stock[kept] * KBD)
    value = float(want.surplus.sum() + have.profit.sum() + made.limit @ z)
    return Point(z, value, left, want, have)


def bend(made: Problem, point: Point) -> Array:
    """Second derivative of phi: (z, z), symmetric, no negative eigenvalue."""
    out = curvature(made.tree, point.bought, _all_ways(made))
    fob = np.arange(made.part["fob"].start, made.part["fob"].stop)
    moved = point.sold.stock_slope * KBD / DAYS
    out[fob, fob] += point.sold.output_slope + moved
    for v in np.flatnonzero((made.stores >= 0) & (moved > 0)):
        c = made.part["carrier"].start + made.stores[v]
        out[v, c] += moved[v] * DAYS
        out[c, v] += moved[v] * DAYS
        out[c, c] += moved[v] * DAYS**2
    return out


def response(made: Problem, point: Point, cost: Array) -> Array:
    """How prices and rents at the solution move with costs of lanes: (z, k) for `cost` (l, k).

    By the implicit function theorem at the limits that bind; rents of others stay 0.
    """
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    size = made.size
    free = np.ones(size, dtype=bool)
    free[made.part["fob"].stop :] = point.z[made.part["fob"].stop :] > 0
    ways = sparse.hstack([_all_ways(made), sparse.csr_matrix(cost)]).tocsr()
    cross = curvature(made.tree, point.bought, ways)[:size, size:]
    out = np.zeros((size, cost.shape[1]))
    own = bend(made, point)[np.ix_(free, free)]
    scale = 1.0 / np.sqrt(np.maximum(np.diag(own), 1e-6))
    scaled = own * scale[:, None] * scale + 1e-11 * np.eye(len(scale))
    out[free] = -scale[:, None] * np.linalg.solve(scaled, scale[:, None] * cross[free])
    return out


def _all_ways(made: Problem) -> sparse.csr_matrix:
    """Ways with the rents of slates and refineries, as a cost on all lanes of a nest or refiner."""
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    tree, part = made.tree, made.part
    nest = tree.nest[tree.pair]
    more = np.zeros(made.way.shape)
    for k, n in enumerate(made.nests):
        more[nest == n, part["grade"].start + k] = 1.0
    for k, j in enumerate(made.refiners):
        more[tree.nests[nest, 1] == j, part["refinery"].start + k] = 1.0
    return made.way + sparse.csr_matrix(more)


def _hire(made: Problem, z: Array) -> Array:
    """Rent of the vessels that store each stream for the month: (V,), USD a barrel."""
    rents = np.append(z[made.part["carrier"]], 0.0)
    return DAYS * rents[made.stores]
