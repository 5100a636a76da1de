"""Flows through hubs and mark-ups that agree with each other.

The banned trade ``B_c`` of a cell comes back through hubs as ``B_c m_c^-theta_c``; m rises with
the crowding of the hubs, and crowding with the flow.  Flows F(v) fall where loads v rise, so that
``v = F(v)`` is solved in logarithms by Newton's method with halved steps.  `Settled.gap` is the
largest relative difference of v and F(v), recomputed at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.channels.reexports.markup import HubCosts, passage_cost
from entrepot.channels.reexports.ways import Use, Ways, evasion_cost, use_of_legs

Array = np.ndarray
TOLERANCE = 1e-10
STEPS = 60
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


def _flows(before: Ways, now: Ways, nu: float, passage: Array, banned: Array,
           theta: Array) -> tuple[Array, Array, Use]:  # fmt: skip
    cost = evasion_cost(before, now, nu, passage)
    use = use_of_legs(now, nu, passage)
    evaded = banned * cost**-theta
    return cost, evaded, use


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

    def flow_at(flow: Array) -> Array:
        passage = np.broadcast_to(passage_cost(costs, flow), now.first.shape)
        _, evaded, use = _flows(before, now, nu, passage, banned, theta)
        return np.asarray((evaded[:, None] * use.through).sum(axis=0))

    free = flow_at(np.zeros(now.first.shape[1]))
    live = free > FLOOR * max(float(banned.sum()), 1e-300)
    flow, steps = free.copy(), 0
    if costs.crowding > 0 and live.any():
        flow, steps = _solve(flow_at, free, live)
    passage = np.broadcast_to(passage_cost(costs, flow), now.first.shape).copy()
    cost, evaded, use = _flows(before, now, nu, passage, banned, theta)
    found = (evaded[:, None] * use.through).sum(axis=0)
    gap = float(np.max(np.abs(found - flow)[live] / flow[live], initial=0.0))
    return Settled(cost, passage, found, evaded, use, gap, steps)


def _solve(flow_at, free: Array, live: Array) -> tuple[Array, int]:  # type: ignore[no-untyped-def]
    """Newton's method on ln v - ln F(v) over the live hubs."""
    at = np.flatnonzero(live)

    def residual(x: Array) -> Array:
        flow = free.copy()
        flow[at] = np.exp(x)
        return np.asarray(x - np.log(np.maximum(flow_at(flow)[at], 1e-300)))

    x = np.log(free[at])
    value = residual(x)
    for step in range(STEPS):
        if np.abs(value).max() <= 0.1 * TOLERANCE:
            return _back(free, at, x), step
        slope = _slope(residual, x, value)
        move = -np.linalg.solve(slope, value)
        length = 1.0
        while length > 1e-4:
            trial = residual(x + length * move)
            if np.abs(trial).max() < np.abs(value).max():
                break
            length /= 2
        x, value = x + length * move, trial
    return _back(free, at, x), STEPS


def _back(free: Array, at: Array, x: Array) -> Array:
    flow = free.copy()
    flow[at] = np.exp(x)
    return flow


def _slope(residual, x: Array, value: Array, step: float = 1e-6) -> Array:  # type: ignore[no-untyped-def]
    """Finite-difference derivative of the residual; it guides steps and is in no result."""
    columns = []
    for k in range(len(x)):
        moved = x.copy()
        moved[k] += step
        columns.append((residual(moved) - value) / step)
    return np.stack(columns, axis=1)
