"""Network effects: a rail is the better the more of the world uses it.

With ``n_r = S'_r / S_r``, the hat of the rail's use worldwide, access is multiplied by
``n_r^eta``.  Use follows from the shares, and the shares from use: a fixed point in as many numbers
as there are rails,

    S'_r = sum_f v_f p_fr(S'),    p_fr = b_fr (S'_r / S_r)^eta_f / sum_k b_fk (S'_k / S_k)^eta_f.

**Uniqueness.**  In logarithms of use the map has the derivative ``diag(S')^-1 sum_f v_f eta_f
(diag(p_f) - p_f p_f')``, whose eigenvalues lie in [0, max eta): a rail that gains users gains less
than eta times as many again.  Below ``eta = 1`` each fixed point with every open rail in use has
index +1 and rails without users attract some, so there is exactly one.  From 1 on there may be
several; then best replies from many starts find those that are stable under best replies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.payments.algebra import shares_after

UNIQUE_BELOW: Final = 1.0
"""Largest elasticity of access to use for which the equilibrium is unique (see above)."""

TOLERANCE: Final = 1e-13
STEPS: Final = 4000
PATH: Final = 24
SAME_USE: Final = 1e-6
TRACE: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """What the fixed point needs to know of the flows with trade.

    Attributes
    ----------
    value : (flow,) shares of world trade, adding to 1 with those of flows without a way
    weight : (flow, rail) b, before network effects
    eta : (flow,) elasticity of access to the rail's use worldwide
    reference : (rail,) use against which the hat is taken

    """

    value: np.ndarray
    weight: np.ndarray
    eta: np.ndarray
    reference: np.ndarray

    def hat(self, use: np.ndarray) -> np.ndarray:
        """(rail,) n_r; 1 for rails that nobody used and nobody enters."""
        known = self.reference > 0
        return np.where(known, use / np.where(known, self.reference, 1.0), 1.0)

    def shares(self, use: np.ndarray) -> np.ndarray:
        """(flow, rail) shares p when everybody answers to `use`."""
        return shares_after(self.weight * self.hat(use)[None, :] ** self.eta[:, None])

    def reply(self, use: np.ndarray) -> np.ndarray:
        """(rail,) use worldwide when everybody answers to `use`."""
        return np.asarray(self.value @ self.shares(use))


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    """One fixed point of use worldwide.

    Attributes
    ----------
    use : (rail,) share of world trade settled over each rail
    start : where best replies began
    steps : best replies taken
    residual : largest change of use that one more best reply makes

    """

    use: np.ndarray
    start: str
    steps: int
    residual: float


def settle_use(flows: Flows, use: np.ndarray, start: str) -> Equilibrium:
    """Best replies from `use` until nothing moves, or `STEPS` of them."""
    step, taken = np.inf, 0
    while step > TOLERANCE and taken < STEPS:
        new = flows.reply(use)
        step = float(np.max(np.abs(new - use)))
        use, taken = new, taken + 1
    return Equilibrium(use, start, taken, step)


def gain(flows: Flows, weight: np.ndarray) -> float:
    """Largest gain of use through one best reply at the benchmark, whose weights are `weight`.

    The largest eigenvalue of the derivative above.  From 1 on the benchmark itself is not stable:
    the least disturbance drives the world away from it.
    """
    share = shares_after(weight)
    heft = flows.value * flows.eta
    use = flows.value @ share
    used = use > 0
    slope = np.diag(heft @ share) - (share * heft[:, None]).T @ share
    root = np.sqrt(use[used])
    scaled = slope[np.ix_(used, used)] / root[:, None] / root[None, :]
    return float(np.linalg.eigvalsh(scaled).max())


def along(flows: Flows, before: np.ndarray) -> Equilibrium:
    """The equilibrium that is reached when the change comes in small steps from the benchmark.

    The weights go from `before` (flow, rail) to those of `flows` in `PATH` equal steps, and at each
    step best replies start from the equilibrium of the step before.  A rail that comes in starts
    with a trace of use: it grows on its own, or stays where nobody uses it because nobody does.
    One step is enough where the equilibrium is unique.
    """
    steps = 1 if flows.eta.max(initial=0.0) < UNIQUE_BELOW else PATH
    found = Equilibrium(flows.value @ shares_after(before), "baseline", 0, np.inf)
    for part in np.linspace(0.0, 1.0, steps + 1)[1:]:
        weight = (1 - part) * before + part * flows.weight
        mixed = Flows(flows.value, weight, flows.eta, flows.reference)
        trace = TRACE * flows.value.sum() * (weight.sum(axis=0) > 0)
        found = settle_use(mixed, np.maximum(found.use, trace), "baseline")
    return found


def others(flows: Flows, rails: tuple[str, ...]) -> list[Equilibrium]:
    """Equilibria that best replies reach from nearly all of the world on each rail."""
    found = []
    open_rails = flows.weight.sum(axis=0) > 0
    total = flows.value.sum()
    for k in np.flatnonzero(open_rails):
        use = np.where(open_rails, TRACE * total, 0.0)
        use[k] = total * (1 - TRACE * (open_rails.sum() - 1))
        found.append(settle_use(flows, use, f"all on {rails[k]}"))
    return found


def distinct(equilibria: list[Equilibrium]) -> tuple[Equilibrium, ...]:
    """The first of each set of equilibria with the same use."""
    kept: list[Equilibrium] = []
    for one in equilibria:
        if all(np.max(np.abs(one.use - k.use)) > SAME_USE for k in kept):
            kept.append(one)
    return tuple(kept)
