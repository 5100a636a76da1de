"""Why a month has no market: refiners that are cut off, limits that cannot all hold."""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.program import Program

SHORT = 1e-6
FREE = ("flow", "in of storage", "out of storage")
"""Parts that are signs of variables, not limits that somebody set."""


def no_ways(market: OilMarket, base: Base, month: Limits) -> list[str]:
    """Refiners for whom no lane is left, with what closed them."""
    useful = base.weight[month.stream, month.refiner] > 0
    out = []
    for j, refiner in enumerate(market.refiners):
        here = np.flatnonzero(useful & (month.refiner == j))
        if month.open[here].any():
            continue
        why = sorted({month.why.get(int(k), "the base") for k in here})
        out.append(
            f"{refiner.name} can get no crude at all: its {len(here)} lanes are closed by "
            f"{', '.join(why)}. Leave it one way, or take it out of the market."
        )
    return out


def shortfalls(made: Program) -> list[str]:
    """Limits of a programme that cannot all hold, by how much: the least total violation.

    Every limit that somebody set may be broken at a price of one; a linear programme finds the
    cheapest way, and what it breaks is named.
    """
    less, equal = made.less, made.equal
    hard = np.zeros(len(less.names), dtype=bool)
    for part in FREE:
        hard[less.parts[part]] = True
    soft = np.flatnonzero(~hard)
    slack = sparse.csr_matrix(
        (-np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(len(less.names), len(soft))
    )
    still = sparse.csr_matrix((len(equal.names), len(soft)))
    positive = [made.at.part(name) for name in ("x", "X", "Q", "y", "in", "out")]
    bounds = np.full((made.at.size + len(soft), 2), [-np.inf, np.inf])
    for block in (*positive, slice(made.at.size, None)):
        bounds[block, 0] = 0.0
    found = optimize.linprog(
        np.concatenate([np.zeros(made.at.size), np.ones(len(soft))]),
        A_ub=sparse.hstack([less.matrix, slack]).tocsr(), b_ub=less.right,
        A_eq=sparse.hstack([equal.matrix, still]).tocsr(), b_eq=equal.right,
        bounds=bounds, method="highs",
    )  # fmt: skip
    if found.x is None:
        return []
    broken = found.x[made.at.size :]
    return [
        f"{less.names[soft[k]]} cannot hold: short by {broken[k] * 1000.0:.4g} kb/d (or thousand "
        "barrels). Loosen it, or what stands against it."
        for k in np.flatnonzero(broken > SHORT)
    ]
