"""Shortages that travel worldwide: every sector stops at its scarcest input, rationed by rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.shock import BoundShock
from entrepot.study.bounds_face import Assumptions, origins, per_unit
from entrepot.world.world import World

Array = np.ndarray

ROUNDS = 100_000
"""Most rounds; sectors that shrink towards nothing have taken 13,000 of them (0.1 ms each)."""
SETTLED = 1e-6
"""Fall of output, as a part of the old one, below which a round is the last."""

SEEN = 1e-5
"""Loss of output above which the input that causes it is named."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """Where the shortages end.

    Attributes
    ----------
    output : (N, S) hat of output
    met : (N,) part of the old final purchases that is still met, at old prices
    binding : (N, S) position of the input that cost the sector most output, -1 for none

    """

    output: Array
    met: Array
    binding: Array


def cascade(world: World, shock: BoundShock, given: Assumptions) -> Cascade:
    """Let shortages run down the chains of all regions until nothing falls any more.

    A product that is short goes to all its buyers in the old proportions; within a country final
    demand yields first and using sectors share what is left in proportion (the industries-first,
    proportional rule of Pichler and Farmer 2022).  A sector then makes what its scarcest input
    allows: ``z_js = z_js min_r min(1, supply_jr / need_jr)``, round after round.

    Raises
    ------
    NotSolvedError : it did not settle

    """
    old, used = world.accounts(), world.expenditure
    share = np.ascontiguousarray((world.trade_share * shock.kept()).transpose(2, 1, 0))
    power = 1 / (1 + 1 / given.theta)
    needed = np.where(world.input_share >= given.essential, world.input_share, 0.0)
    need = per_unit(needed * old.output[:, None, :], used[:, :, None])
    blame, z = np.zeros_like(need), np.minimum(shock.productivity, 1.0)
    for _ in range(ROUNDS):
        arriving = np.matmul(share, (z**power).T[:, :, None])[:, :, 0].T
        supply = origins(arriving, given.theta)
        wanted = np.matmul(need, z[:, :, None])[:, :, 0]
        ration = np.divide(supply, wanted, out=np.ones_like(supply), where=wanted > supply)
        short = np.flatnonzero((ration < 1).any(axis=1))
        fallen = _fall(need[short] > 0, ration[short], z[short])
        blame[short] += fallen
        z[short] -= fallen.sum(axis=1)
        if fallen.max(initial=0.0) <= SETTLED:
            break
    else:
        raise NotSolvedError(
            f"Shortages did not settle in {ROUNDS} rounds along the chains of the world. Some "
            "chain has almost no value added; merge its sectors."
        )
    final = per_unit(world.final_share * old.income[:, None], used)
    met = np.minimum(per_unit(np.clip(supply - wanted, 0, None), final), 1.0)
    met = np.where(final > 0, met, 0.0)
    binding = np.where(blame.max(axis=1) > SEEN, blame.argmax(axis=1), -1)
    return Cascade(output=z, met=(world.final_share * met).sum(axis=1), binding=binding)


def _fall(needs: Array, ration: Array, z: Array) -> Array:
    """(N, S, S) output that sectors lose in one round, at the input that is their scarcest."""
    limits = np.where(needs, ration[:, :, None], 1.0)
    worst = limits.argmin(axis=1)[:, None, :]
    lost = z[:, None, :] * (1 - np.take_along_axis(limits, worst, axis=1))
    fallen = np.zeros(needs.shape)
    np.put_along_axis(fallen, worst, lost, axis=1)
    return fallen
