"""Trade as customs would record it: goods that come back through hubs stand in the hubs' trade.

In the equilibrium the part of a cell (i, j, s) that evades a ban is bought from i.  On its way it
passes hubs: it is recorded as i's exports to the first hub, as trade between hubs, and as the last
hub's exports to j.  Imports and exports of a hub rise by the same amount, so that no balance, no
export of an origin and no import of a destination changes in total.  Both legs are valued at what
the buyer pays before tariffs: the mark-up is resources of the origin (`HubCosts`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels.compiled import Compiled
from entrepot.channels.reexports.plan import EvasionPlan
from entrepot.core.errors import ValueRangeError
from entrepot.solving.solution import Solution

Array = np.ndarray
SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Recorded:
    """Trade of a solution as customs would record it, mn USD at world prices.

    Attributes
    ----------
    solution : the certified solution
    plan : ways through hubs, or None without any
    trade : (origin, dest, sector) recorded flows, sales at home on the diagonal
    evaded : (C,) part of the cells of `plan` that comes back through hubs
    through : (C, H) of it, what passes each hub

    """

    solution: Solution
    plan: EvasionPlan | None
    trade: Array
    evaded: Array
    through: Array

    def __repr__(self) -> str:
        """What passes hubs."""
        hubs = ", ".join(self.plan.names) if self.plan else "no hub"
        return f"<Recorded: {float(self.evaded.sum()):,.0f} mn USD through {hubs}>"

    @property
    def balance_gap(self) -> float:
        """Largest change of net exports of an economy in a sector, over its trade in the sector.

        Only rounding: goods that enter a hub leave it, and ends of ways stay what they were.
        """
        trade = _abroad(self.trade)
        size = trade.sum(axis=1) + trade.sum(axis=0)
        change = np.abs(_net(self.trade) - _net(self.solution.certified().trade))
        return float(np.max(change / np.where(size > 0, size, 1.0)))

    def on_the_way(self) -> Array:
        """(origin, dest, sector) recorded trade that is goods on their way through hubs."""
        if self.plan is None:
            return np.zeros_like(self.trade)
        return _legs(self.plan, self.evaded)

    def hubs(self) -> pd.DataFrame:
        """One row for each hub, mn USD: recorded trade before and after.

        Columns: ``hub``; ``through`` what passes it; ``imports_before``, ``imports_after``,
        ``exports_before``, ``exports_after`` of all goods and services; ``from_senders_before``,
        ``from_senders_after`` imports from origins of banned trade; ``to_targets_before``,
        ``to_targets_after`` exports to where banned trade goes; ``surge_in``, ``surge_out`` the
        changes of the two in per cent.
        """
        columns = ["hub", "through", "imports_before", "imports_after", "exports_before",
                   "exports_after", "from_senders_before", "from_senders_after",
                   "to_targets_before", "to_targets_after", "surge_in", "surge_out"]  # fmt: skip
        if self.plan is None:
            return pd.DataFrame({c: [] for c in columns})
        before = _abroad(self.solution.world.trade_flows()).sum(axis=2)
        after = _abroad(self.trade).sum(axis=2)
        senders, targets = (np.unique(self.plan.cells[:, k]) for k in (0, 1))
        at = self.plan.hubs
        values = [
            np.array(self.plan.names), self.through.sum(axis=0),
            before[:, at].sum(axis=0), after[:, at].sum(axis=0),
            before[at].sum(axis=1), after[at].sum(axis=1),
            before[np.ix_(senders, at)].sum(axis=0), after[np.ix_(senders, at)].sum(axis=0),
            before[np.ix_(at, targets)].sum(axis=1), after[np.ix_(at, targets)].sum(axis=1),
        ]  # fmt: skip
        surges = [_percent(values[k], values[k + 1]) for k in (6, 8)]
        frame = pd.DataFrame(dict(zip(columns, [*values, *surges], strict=True)))
        return frame.sort_values("through", ascending=False, ignore_index=True)


def recorded(solution: Solution, ways: Compiled | EvasionPlan | None) -> Recorded:
    """Return the trade of a certified solution as customs would record it.

    Parameters
    ----------
    solution : certified
    ways : the compiled scenario that was solved, or the plan of its ways through hubs; without
        such ways recorded trade is the trade of the equilibrium

    """
    plan = ways.details.get("reexports") if isinstance(ways, Compiled) else ways
    trade = solution.certified().trade
    if plan is None:
        return Recorded(solution, None, trade, np.zeros(0), np.zeros((0, 0)))
    _check(solution, plan)
    evaded = evaded_trade(solution, plan)
    out = trade + _legs(plan, evaded)
    np.subtract.at(out, tuple(plan.cells.T), evaded)
    return Recorded(solution, plan, out, evaded, evaded[:, None] * plan.settled.use.through)


def _legs(plan: EvasionPlan, evaded: Array) -> Array:
    """(N, N, S) trade on the legs through hubs."""
    use, hubs = plan.settled.use, plan.hubs[None, :]
    i, j, s = plan.cells.T
    out = np.zeros((len(plan.regions), len(plan.regions), len(plan.sectors)))
    np.add.at(out, (i[:, None], hubs, s[:, None]), evaded[:, None] * use.first)
    np.add.at(out, (hubs, j[:, None], s[:, None]), evaded[:, None] * use.last)
    if use.between is not None:
        onward = evaded[:, None, None] * use.between
        np.add.at(out, (hubs[:, :, None], hubs[:, None, :], s[:, None, None]), onward)
    return out


def evaded_trade(solution: Solution, plan: EvasionPlan) -> Array:
    """(C,) trade of the plan's cells that comes back through hubs in a certified solution."""
    shock = solution.shock
    part = shock.evaded(solution.problem.theta)
    whole = part + shock.kept()
    share = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    at = tuple(plan.cells.T)
    return np.asarray((share * solution.certified().trade)[at])


def _check(solution: Solution, plan: EvasionPlan) -> None:
    """Refuse ways that are not those of the solution."""
    if plan.regions != solution.world.regions or plan.sectors != solution.world.sectors:
        raise ValueRangeError(
            f"The ways are of another world than the solution on '{solution.world.name}'. Pass "
            "the compiled scenario that was solved."
        )
    solved, given = solution.shock.evasion_cost, plan.cost()
    open_ = np.isfinite(solved)
    off = open_ & (np.abs(given / np.where(open_, solved, 1.0) - 1.0) > SAME)
    if off.any():
        raise ValueRangeError(
            f"The ways are not those that were solved: the cost of evading differs in "
            f"{int(off.sum())} cells. Pass the compiled scenario, or the plan, of this solution."
        )


def _abroad(trade: Array) -> Array:
    return trade * ~np.eye(len(trade), dtype=bool)[:, :, None]


def _net(trade: Array) -> Array:
    """(N, S) exports less imports."""
    abroad = _abroad(trade)
    return np.asarray(abroad.sum(axis=1) - abroad.sum(axis=0))


def _percent(before: Array, after: Array) -> Array:
    out = np.full(len(before), np.nan)
    np.divide(after, before, out=out, where=before > 0)
    return np.asarray((out - 1.0) * 100.0)
