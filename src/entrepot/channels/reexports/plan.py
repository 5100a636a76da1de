"""What comes back through hubs after a scenario: cells, ways, costs and flows that agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from entrepot.channels.reexports.capacity import Settled, settle
from entrepot.channels.reexports.markup import HubCosts
from entrepot.channels.reexports.ways import Ways

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class EvasionPlan:
    """Banned cells of one scenario and the ways round them.

    Attributes
    ----------
    regions, sectors : labels of the world
    hubs : (H,) positions of the hubs in `regions`
    cells : (C, 3) positions of origin, dest and sector of each banned cell
    before, now : ways before the measures, and those still open
    nu : elasticity between ways
    costs : of the hubs
    stopped : (C,) trade a year that the measures stop, before the measures, mn USD
    demand : (C,) what of it buyers would have at no extra cost; `stopped` in the first round
    theta : (C,) trade elasticities used for the first round of flows
    settled : flows and mark-ups that agree

    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    hubs: Array
    cells: Array
    before: Ways
    now: Ways
    nu: float
    costs: HubCosts
    stopped: Array
    demand: Array
    theta: Array
    settled: Settled

    @classmethod
    def made(cls, regions: tuple[str, ...], sectors: tuple[str, ...], hubs: Array, cells: Array,
             before: Ways, now: Ways, nu: float, costs: HubCosts, stopped: Array,
             theta: Array) -> EvasionPlan:  # fmt: skip
        """Settle flows and mark-ups."""
        settled = settle(before, now, nu, costs, stopped, theta)
        return cls(regions, sectors, hubs, cells, before, now, nu, costs, stopped, stopped, theta,
                   settled)  # fmt: skip

    @property
    def names(self) -> tuple[str, ...]:
        """Codes of the hubs."""
        return tuple(self.regions[k] for k in self.hubs)

    def lost(self) -> float:
        """Return the trade a year that the measures stop, before the measures, mn USD."""
        return float(self.stopped.sum())

    def cost(self) -> Array:
        """(origin, dest, sector) cost hat m of banned varieties; infinite where none come back."""
        n = len(self.regions)
        out = np.full((n, n, len(self.sectors)), np.inf)
        out[tuple(self.cells.T)] = self.settled.cost
        return out

    def resettled(self, evaded: Array) -> EvasionPlan:
        """Return the plan with demand scaled so that at today's costs `evaded` comes back.

        Parameters
        ----------
        evaded : (C,) what comes back in a solved equilibrium, mn USD

        """
        cost = self.settled.cost
        open_ = np.isfinite(cost)
        power = np.where(open_, cost, 1.0) ** self.theta
        demand = np.where(open_, evaded * power, 0.0)
        settled = settle(self.before, self.now, self.nu, self.costs, demand, self.theta)
        return replace(self, demand=demand, settled=settled)
