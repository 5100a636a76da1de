"""Why a solve may have failed, by name: who owes or receives more than its trade can carry.

These are likely causes read off the benchmark, not proofs; proofs of impossibility stand in
`entrepot.solving.bind`.
"""

from __future__ import annotations

import math

import numpy as np

from entrepot.model.family_terms import Family
from entrepot.solving.bind import Problem
from entrepot.solving.response import final_spending
from entrepot.solving.state import State

POOR, RIGID = 0.2, 0.3
"""Less of its income left to spend is named; elasticities below this are called low."""


def money(value: float) -> str:
    """An amount with its unit."""
    return f"{value:,.0f} mn USD" if abs(value) >= 100 else f"{value:.3g} mn USD"


def likely_causes(problem: Problem) -> list[str]:
    """Sentences about balances that benchmark trade, as far as it stays open, cannot carry."""
    world, balance = problem.world, problem.balance
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    dearer = np.maximum(problem.shock.trade_cost, 1.0) ** -problem.theta
    still = problem.standing.open_cells.any(axis=3)
    open_share = np.where(still, problem.shock.kept() * dearer, 0.0)
    flows = world.trade_flows() * abroad * open_share
    exports, imports = flows.sum(axis=(1, 2)), flows.sum(axis=(0, 2))
    found = []
    for i in np.argsort(-np.abs(balance) / world.value_added):
        name, size = world.regions[i], float(abs(balance[i]))
        if balance[i] < -exports[i]:
            found.append(f"{name} is to pay a net transfer of {money(size)} while only "
                         f"{money(exports[i])} of its benchmark exports stay open")  # fmt: skip
        elif balance[i] > imports[i]:
            found.append(f"{name} is to receive a net transfer of {money(size)} while only "
                         f"{money(imports[i])} of its benchmark imports stay open")  # fmt: skip
        elif size > 0.5 * world.value_added[i]:
            way = "pay" if balance[i] < 0 else "receive"
            found.append(f"{name} is to {way} a net transfer of {money(size)} against a factor "
                         f"income of {money(world.value_added[i])}")  # fmt: skip
    return found


def poverty(problem: Problem, y: np.ndarray, m: Family, part: float) -> list[str]:
    """Sentences about regions that have little left to spend once a `part` of the shock is solved.

    `y` are the unknowns solved for that part, `m` its equations.  Where income falls to nothing
    before the whole shock is applied, the equilibrium ends there.
    """
    spending, earned = final_spending(y, m)
    before = problem.world.accounts().income / problem.factor_income
    left = spending / earned / before
    return [
        f"with {percent(part)} % of the shock, {problem.world.regions[i]} has "
        f"{percent(float(left[i]))} % of its benchmark income left to spend, in units of its "
        f"factor income, after a net transfer of {money(float(problem.balance[i]))}"
        for i in np.argsort(left)
        if left[i] < POOR and problem.balance[i] < 0
    ]


def rigid(problem: Problem) -> list[str]:
    """One sentence about elasticities so low that prices must move by many orders of magnitude."""
    values = problem.elasticities
    low = {
        name: float(np.min(getattr(values, name)))
        for name in ("theta", "epsilon", "mu", "sigma")
        if float(np.min(getattr(values, name))) < RIGID
    }
    if not low or values.mobile:
        return []
    said = ", ".join(f"{name} {value:.3g}" for name, value in low.items())
    return [
        f"with {said} and kappa {float(np.min(values.kappa)):.3g} what cannot be sold must be "
        "absorbed by prices that fall by orders of magnitude: raise an elasticity or kappa"
    ]


def percent(part: float) -> str:
    """Percent with one digit, rounded down: 100 stands for the whole only."""
    return f"{math.floor(1000 * part) / 10:g}"


def negative_income(problem: Problem, state: State) -> list[str]:
    """Sentences about regions whose final expenditure would be negative."""
    return [
        f"final expenditure of {problem.world.regions[i]} would be "
        f"{money(float(state.income[i]))}: it is to pay a net transfer of "
        f"{money(float(-state.transfer[i]))}, more than it earns"
        for i in np.flatnonzero(~(state.income > 0))
    ]
