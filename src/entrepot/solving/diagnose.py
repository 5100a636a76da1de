"""Why a solve may have failed, by name: who owes or receives more than its trade can carry.

These are likely causes read off the benchmark, not proofs; proofs of impossibility stand in
`entrepot.solving.bind`.
"""

from __future__ import annotations

import numpy as np

from entrepot.solving.bind import Problem
from entrepot.solving.certificate import State


def _money(value: float) -> str:
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
            found.append(f"{name} is to pay a net transfer of {_money(size)} while only "
                         f"{_money(exports[i])} of its benchmark exports stay open")  # fmt: skip
        elif balance[i] > imports[i]:
            found.append(f"{name} is to receive a net transfer of {_money(size)} while only "
                         f"{_money(imports[i])} of its benchmark imports stay open")  # fmt: skip
        elif size > 0.5 * world.value_added[i]:
            way = "pay" if balance[i] < 0 else "receive"
            found.append(f"{name} is to {way} a net transfer of {_money(size)} against a factor "
                         f"income of {_money(world.value_added[i])}")  # fmt: skip
    return found


def negative_income(problem: Problem, state: State) -> list[str]:
    """Sentences about regions whose final expenditure would be negative."""
    return [
        f"final expenditure of {problem.world.regions[i]} would be "
        f"{_money(float(state.income[i]))}: it is to pay a net transfer of "
        f"{_money(float(-state.transfer[i]))}, more than it earns"
        for i in np.flatnonzero(~(state.income > 0))
    ]
