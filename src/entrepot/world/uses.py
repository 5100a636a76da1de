"""What each use of a good buys from whom: pooled worlds have one use, full tables several.

A pooled world buys each good in one mix of origins for all users.  A world with a fourth dimension
``use`` has one mix per use: ``("intermediate", "final")``, or every using sector and ``"final"``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.world.pooling import use_of_sector
from entrepot.world.world import World

Array = np.ndarray


class ByUse(NamedTuple):
    """Purchases by use, as the engine reads them; U = 1 in a pooled world.

    Attributes
    ----------
    trade_share : (N, N, S, U) share of the origin in what the use of dest buys of the sector
    expenditure : (N, S, U) mn USD at user prices
    of_sector : (S,) which use each using sector is
    final : which use final demand is

    """

    trade_share: Array
    expenditure: Array
    of_sector: Array
    final: int


def by_use(world: World) -> ByUse:
    """Return the purchases of `world` by use."""
    of_sector = use_of_sector(world.uses, world.sectors)
    if world.use_share is None or world.use_expenditure is None:
        return ByUse(world.trade_share[..., None], world.expenditure[..., None], of_sector, 0)
    return ByUse(world.use_share, world.use_expenditure, of_sector, len(world.uses) - 1)
