"""Hubs and the whole economy together: flows, mark-ups and prices that agree.

A compiled scenario takes flows through hubs from the trade before the measures.  Here the solved
trade goes back into the crowding of the hubs, until the cost of evading no longer moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date
from typing import Any

import numpy as np
import pandas as pd

from entrepot.channels import Compiled, compile_shock
from entrepot.channels.reexports import CHANNEL, EvasionPlan
from entrepot.core.errors import ScenarioError
from entrepot.model.economy import Economy
from entrepot.results.recorded import Recorded, evaded_trade, recorded
from entrepot.scenario.book import Scenario
from entrepot.scenario.reexport_measures import REEXPORT_KINDS
from entrepot.solving.solution import Solution
from entrepot.solving.solve import solve
from entrepot.study.oil_answer import refuse_oil
from entrepot.world.world import World

TOLERANCE = 1e-8
ROUNDS = 25


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HubEquilibrium:
    """Hubs and economy together.

    Attributes
    ----------
    solution : solved at the costs of `plan`
    plan : ways at the flows of `solution`
    gap : largest relative change of a cost of evading in the last round
    rounds : one row for each round: ``round``, ``gap``, ``evaded`` mn USD
    tolerance : gap at which the rounds end

    """

    solution: Solution
    plan: EvasionPlan
    gap: float
    rounds: pd.DataFrame
    tolerance: float

    def __repr__(self) -> str:
        """Whether it agrees, and how closely."""
        word = "agrees" if self.converged else "does not agree"
        return f"<HubEquilibrium: {word} to {self.gap:.1e} after {len(self.rounds)} rounds>"

    @property
    def converged(self) -> bool:
        """Whether flows through hubs, mark-ups and the economy agree to `tolerance`."""
        return self.gap <= self.tolerance

    def recorded(self) -> Recorded:
        """Trade as customs would record it."""
        return recorded(self.solution, self.plan)


def settle_hubs(
    world: World,
    compiled: Compiled,
    economy: Economy | None = None,
    *,
    tolerance: float = TOLERANCE,
    max_rounds: int = ROUNDS,
) -> HubEquilibrium:
    """Solve, put the solved trade through the hubs, and repeat until both agree.

    Parameters
    ----------
    world : of the compiled scenario
    compiled : a scenario with a measure of the kind ``evasion`` in force
    economy : default: the long run
    tolerance : on the largest relative change of a cost of evading between rounds
    max_rounds : number of solves at which to stop; the result then says that it does not agree

    Raises
    ------
    ScenarioError : nothing passes hubs in the scenario
    NotSolvedError : a round has no certified solution

    """
    refuse_oil(compiled, "the loop of hubs")
    plan = _plan_of(compiled)
    economy = economy or Economy.long_run()
    shut = ~np.isfinite(compiled.shock.evasion_cost)
    rows: list[dict[str, float]] = []
    for number in range(1, max_rounds + 1):
        cost = np.where(shut, np.inf, plan.cost())
        shock = replace(compiled.shock, evasion_cost=cost).bind(world)
        solution = solve(world, economy, shock, closure=compiled.closure or "fixed")
        solution.raise_if_failed()
        after = plan.resettled(evaded_trade(solution, plan))
        gap = _gap(plan.settled.cost, after.settled.cost)
        evaded = float(evaded_trade(solution, plan).sum())
        rows.append({"round": number, "gap": gap, "evaded": evaded})
        if gap <= tolerance:
            break
        plan = after
    return HubEquilibrium(solution, plan, gap, pd.DataFrame(rows), tolerance)


def hub_ranges(world: World, scenario: Scenario, date: Date | None = None) -> pd.DataFrame:
    """What comes back at the ends of every number of the measures of evasion, one at a time.

    First round, at the trade of the world before the measures: what takes 0.1 s for each number.

    Returns
    -------
    DataFrame
        ``name``, ``low``, ``central``, ``high`` of the number; ``evaded_low``, ``evaded`` and
        ``evaded_high``, mn USD a year; the number that moves it most first

    """
    central = compile_shock(world, scenario, date)
    plan = _plan_of(central)
    kinds = tuple(REEXPORT_KINDS.values())
    makers = {e.name for e in scenario.entries if isinstance(e.measure, kinds)}
    rows: list[dict[str, Any]] = []
    for found in central.assumptions:
        if found.name.split(".")[0] not in makers or found.low == found.high:
            continue
        rows.append({"name": found.name, "low": found.low, "central": found.value,
                     "high": found.high, "evaded": float(plan.settled.evaded.sum())})  # fmt: skip
        for end in ("low", "high"):
            moved = compile_shock(world, scenario, date, overrides={found.name: rows[-1][end]})
            rows[-1][f"evaded_{end}"] = float(_plan_of(moved).settled.evaded.sum())
    table = pd.DataFrame(rows)
    reach = (table["evaded_high"] - table["evaded_low"]).abs()
    return table.loc[reach.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _plan_of(compiled: Compiled) -> EvasionPlan:
    plan = compiled.details.get(CHANNEL.name)
    if not isinstance(plan, EvasionPlan):
        raise ScenarioError(
            f"Nothing passes hubs in scenario '{compiled.scenario}': no measure of the kind "
            "'evasion' opens a banned trade. Add one to the scenario."
        )
    return plan


def _gap(before: np.ndarray, after: np.ndarray) -> float:
    open_ = np.isfinite(before) & np.isfinite(after)
    return float(np.max(np.abs(after[open_] / before[open_] - 1.0), initial=0.0))
