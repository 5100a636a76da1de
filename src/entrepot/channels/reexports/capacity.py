"""Flows through hubs and mark-ups that agree with each other.

The banned trade ``B_c`` of a cell comes back through hubs as ``B_c m_c^-theta_c``; m rises with
the crowding of the hubs, and crowding with the flow.  Flows F(v) fall where loads v rise, so that
``v = F(v)`` is solved in logarithms by Newton's method with halved steps.  `Settled.gap` is the
largest relative difference of v and F(v), recomputed at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.channels.reexports.markup import HubCosts, crowding_slope, passage_cost
from entrepot.channels.reexports.ways import (
    Use,
    Ways,
    baseline_weight,
    cost_of_weights,
    weight_and_use,
)

Array = np.ndarray
TOLERANCE = 1e-10
STEPS = 80
FLOOR = 1e-12
"""Flows below this part of all banned trade count as none in the search."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Ways round the bans at flows and mark-ups that agree.

    Attributes
    ----------
    cost : (C,) cost hat m of the banned goods; infinite where no way is left
    passage : (C, H) cost hat M of passing each hub
    flow : (H,) goods a year that pass each hub, mn USD at what buyers pay
    evaded : (C,) goods a year that come back, mn USD
    use : shares of the legs
    gap : largest relative difference between `flow` and the flow that `passage` leads to
    steps : Newton steps taken

    """

    cost: Array
    passage: Array
    flow: Array
    evaded: Array
    use: Use
    gap: float
    steps: int

    @property
    def converged(self) -> bool:
        """Whether flows and mark-ups agree to `TOLERANCE`."""
        return self.gap <= TOLERANCE


@dataclass(frozen=True, slots=True, eq=False)
class _Market:
    """What is given while flows are sought; `had` is the weight of all ways before."""

    had: Array
    now: Ways
    nu: float
    costs: HubCosts
    banned: Array
    theta: Array

    def at(self, flow: Array) -> Settled:
        """Costs, and the flows they lead to, when `flow` (H,) crowds the hubs."""
        passage = np.broadcast_to(passage_cost(self.costs, flow), self.now.first.shape)
        weight, use = weight_and_use(self.now, self.nu, passage)
        cost = cost_of_weights(self.had, weight, self.nu)
        evaded = self.banned * cost**-self.theta
        return Settled(cost, passage.copy(), _through(evaded, use), evaded, use, np.inf, 0)

    def slope(self, flow: Array, found: Settled) -> Array:
        """(H, H) derivative of ln F by ln v: exact for ways through one hub.

        It guides the steps and is in no result.
        """
        through = found.use.through
        part = found.evaded[:, None] * through
        part = part / np.where(part.sum(axis=0) > 0, part.sum(axis=0), 1.0)
        drawn = part.T @ ((self.nu - self.theta)[:, None] * through)
        answer = drawn - self.nu * np.eye(len(flow))
        return np.asarray(answer * crowding_slope(self.costs, flow)[None, :])


def _through(evaded: Array, use: Use) -> Array:
    return np.asarray((evaded[:, None] * use.through).sum(axis=0))


def settle(before: Ways, now: Ways, nu: float, costs: HubCosts, banned: Array,
           theta: Array) -> Settled:  # fmt: skip
    """Find flows through hubs and mark-ups that agree.

    Parameters
    ----------
    before, now : ways before the measures and those still open
    nu : elasticity between ways
    costs : of the hubs
    banned : (C,) trade a year that the measures stop, mn USD
    theta : (C,) trade elasticity of each cell

    """
    market = _Market(baseline_weight(before, nu), now, nu, costs, banned, theta)
    free = market.at(np.zeros(now.first.shape[1]))
    live = free.flow > FLOOR * max(float(banned.sum()), 1e-300)
    flow, steps = free.flow, 0
    if costs.crowding > 0 and live.any():
        flow, steps = _newton(market, free.flow, live)
    found = market.at(flow)
    gap = float(np.max(np.abs(found.flow - flow)[live] / flow[live], initial=0.0))
    return Settled(found.cost, found.passage, found.flow, found.evaded, found.use, gap, steps)


def _newton(market: _Market, free: Array, live: Array) -> tuple[Array, int]:
    """Newton's method on ln v - ln F(v) over the live hubs, from the flows without crowding."""
    at = np.flatnonzero(live)
    flow, found = free, market.at(free)
    gap = _gap(flow, found, at)
    for step in range(STEPS):
        if np.abs(gap).max() <= 0.1 * TOLERANCE:
            return flow, step
        slope = np.eye(len(at)) - market.slope(flow, found)[np.ix_(at, at)]
        move, length = -np.linalg.solve(slope, gap), 1.0
        while True:
            trial = free.copy()
            trial[at] = np.exp(np.log(flow[at]) + length * move)
            after = market.at(trial)
            left = _gap(trial, after, at)
            if np.abs(left).max() < np.abs(gap).max() or length < 1e-4:
                break
            length /= 2
        flow, found, gap = trial, after, left
    return flow, STEPS


def _gap(flow: Array, found: Settled, at: Array) -> Array:
    return np.asarray(np.log(flow[at]) - np.log(np.maximum(found.flow[at], 1e-300)))
