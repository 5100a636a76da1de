"""The month as one convex programme: cost of supply, freight and unusual slates, less worth.

A refiner that runs volumes x_v of streams, X_k of grades and Q in all pays, beside prices,

    sum_v within_k x_v log(x_v / (X_k w_v|k)) + across sum_k X_k log(X_k / (Q w_k)),

which is zero at the base slate and makes its choice a nested logit in prices; barrels add up.  Its
demand is Q = D (P / P0)^-e.  Entropies are exponential cones, demand is a power cone, supply and
storage are quadratic.  Volumes are mb/d here and money is in units of the mean base price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.columns import Columns, columns
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.rows import KBD, Rows, balances, bounds

Array = npt.NDArray[np.float64]


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
class Program:
    """Everything a solver and a reader of its answer need.

    Attributes
    ----------
    unit : USD a barrel in one unit of money
    at : variables
    quadratic, linear : objective, ``x' quadratic x / 2 + linear x``
    equal, less : linear rows
    cones : rows of three that lie in exponential cones (pairs, then nests), then in power cones
    shift : (rows of the cones,) what is added to them
    power : (J,) exponent of each power cone, the elasticity of demand
    scale : (variables,) size that each variable has in the base month, mb/d or 1
    widths : (exponential cones,) by which a cone's three rows may be divided

    """

    unit: float
    at: Columns
    quadratic: sparse.csc_matrix
    linear: Array
    equal: Rows
    less: Rows
    cones: sparse.csr_matrix
    shift: Array
    power: Array
    scale: Array
    widths: Array


def program(market: OilMarket, base: Base, month: Limits, given: Given) -> Program:
    """Build the programme of a month."""
    at = columns(market, base, month)
    unit = float(np.average(base.price, weights=base.runs))
    j = len(market.refiners)
    shift = np.zeros(3 * (len(at.pairs) + len(at.nests) + j))
    shift[-3 * j :] = np.tile([0.0, 0.0, 1.0], j)
    scale, widths = _sizes(base, at)
    return Program(
        unit=unit,
        at=at,
        quadratic=(_curvature(market, month, at, given.expected) / unit).tocsc(),
        linear=_slopes(market, base, month, at, given) / unit,
        equal=balances(market, month, at),
        less=bounds(market, month, at, given.stock),
        cones=_cones(base, month, at),
        shift=shift,
        power=np.array([r.elasticity for r in market.refiners]),
        scale=scale,
        widths=widths,
    )


def freight(month: Limits, wedge: Array) -> Array:
    """What a barrel costs from border to refinery on each lane: (L,), USD."""
    return month.cost + month.risk + np.where(month.capped, wedge[month.stream], 0.0)


def supply_slope(market: OilMarket, month: Limits) -> Array:
    """How much dearer the next kb/d of each stream is: (V,), USD a barrel a kb/d."""
    low, high = market.cost()
    rise = high - low
    return np.divide(rise, month.capacity, out=np.zeros_like(rise), where=month.capacity > 0)


def store_value(market: OilMarket, expected: Array) -> tuple[Array, Array]:
    """Value of the first stored barrel, USD, and how it falls with each mb: (V,), (V,)."""
    terms = market.storing
    most = market.column("storage")
    fall = np.divide(terms.steepness * expected, most, out=np.zeros_like(most), where=most > 0)
    return terms.keep * expected - terms.cost, fall


def _sizes(base: Base, at: Columns) -> tuple[Array, Array]:
    """Size of each variable in the base month, and of each exponential cone, mb/d."""
    pairs = base.weight[at.pairs[:, 0], at.pairs[:, 1]] / KBD
    nests = base.by_grade[at.nests[:, 0], at.nests[:, 1]] / KBD
    scale = np.ones(at.size)
    scale[at.of("x")] = pairs[at.pair_of]
    scale[at.of("r")], scale[at.of("Q")] = pairs, base.runs / KBD
    scale[at.of("X")] = scale[at.of("R")] = nests
    return scale, np.concatenate([pairs, nests])


def _slopes(market: OilMarket, base: Base, month: Limits, at: Columns, given: Given) -> Array:
    c = np.zeros(at.size)
    c[at.of("x")] = freight(month, given.wedge)[at.lanes]
    c[at.of("x")] -= base.worth[month.stream[at.lanes], month.refiner[at.lanes]]
    c[at.of("r")] = base.within[at.nests[at.nest_of, 0], at.nests[at.nest_of, 1]]
    c[at.of("R")] = base.across[at.nests[:, 1]]
    e = np.array([r.elasticity for r in market.refiners])
    c[at.of("T")] = base.price * base.runs * month.demand / KBD / (1.0 / e - 1.0)
    c[at.of("y")] = market.cost()[0]
    value, fall = store_value(market, given.expected)
    kept = (value - fall * given.stock)[at.stores]
    c[at.of("in")] = market.storing.handling - kept
    c[at.of("out")] = kept
    return c


def _curvature(market: OilMarket, month: Limits, at: Columns, expected: Array) -> sparse.csr_matrix:
    y, into, out = at.of("y"), at.of("in"), at.of("out")
    bend = store_value(market, expected)[1][at.stores] * DAYS
    return at.matrix(
        at.size,
        [
            (y, y, supply_slope(market, month) * KBD),
            (into, into, bend),
            (out, out, bend),
            (into, out, -bend),
            (out, into, -bend),
        ],
    )


def _cones(base: Base, month: Limits, at: Columns) -> sparse.csr_matrix:
    """Rows (-r, x, X w) and (-R, X, Q w) in K_exp, (T, Q / D, 1) in K_pow.

    The exponential cone holds (a, b, c) with b exp(a / b) <= c; here a = -r, so that
    r >= x log(x / (X w)).  The power cone holds T^e (Q / D)^(1 - e) >= 1.
    """
    p, n, j = len(at.pairs), len(at.nests), at.count["Q"]
    pair, nest, demand = 3 * np.arange(p), 3 * (p + np.arange(n)), 3 * (p + n + np.arange(j))
    inner = base.by_grade[at.nests[:, 0], at.nests[:, 1]]
    in_nest = base.weight[at.pairs[:, 0], at.pairs[:, 1]] / inner[at.nest_of]
    in_runs = inner / base.runs[at.nests[:, 1]]
    return at.matrix(
        3 * (p + n + j),
        [
            (pair, at.of("r"), -1.0),
            (pair[at.pair_of] + 1, at.of("x"), 1.0),
            (pair + 2, at.of("X")[at.nest_of], in_nest),
            (nest, at.of("R"), -1.0),
            (nest + 1, at.of("X"), 1.0),
            (nest + 2, at.of("Q")[at.nests[:, 1]], in_runs),
            (demand, at.of("T"), 1.0),
            (demand + 1, at.of("Q"), KBD / (base.runs * month.demand)),
        ],
    )
