"""Shortages that travel worldwide: every sector stops at its scarcest input, rationed by rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.shock import BoundShock
from entrepot.study.bounds_face import Assumptions, origins, per_unit
from entrepot.world.world import World

Array = np.ndarray

ROUNDS = 5000
SETTLED = 1e-7


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
    book, used = world.accounts(), world.expenditure
    share = np.ascontiguousarray((world.trade_share * shock.kept()).transpose(2, 1, 0))
    power = 1 / (1 + 1 / given.theta)
    needed = np.where(world.input_share >= given.essential, world.input_share, 0.0)
    need = per_unit(needed * book.output[:, None, :], used[:, :, None])
    blame, z = np.zeros_like(need), np.minimum(shock.productivity, 1.0)
    for _ in range(ROUNDS):
        arriving = np.matmul(share, (z**power).T[:, :, None])[:, :, 0].T
        supply = origins(arriving, given.theta)
        wanted = np.matmul(need, z[:, :, None])[:, :, 0]
        ration = np.divide(supply, wanted, out=np.ones_like(supply), where=wanted > supply)
        limits = np.where(need > 0, ration[:, :, None], 1.0)
        worst = limits.min(axis=1)
        first = limits.argmin(axis=1)[:, None, :]
        fallen = z * (1 - worst)
        blame += np.where(np.arange(used.shape[1])[:, None] == first, fallen[:, None, :], 0.0)
        z = z - fallen
        if fallen.max() <= SETTLED:
            break
    else:
        raise NotSolvedError(
            f"Shortages did not settle in {ROUNDS} rounds along the chains of the world. Some "
            "chain has almost no value added; merge its sectors."
        )
    final = per_unit(world.final_share * book.income[:, None], used)
    met = np.minimum(per_unit(np.clip(supply - wanted, 0, None), final), 1.0)
    met = np.where(final > 0, met, 0.0)
    binding = np.where(blame.max(axis=1) > SETTLED, blame.argmax(axis=1), -1)
    return Cascade(output=z, met=(world.final_share * met).sum(axis=1), binding=binding)
