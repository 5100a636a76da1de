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


def for_any_use(cells: Array) -> Array:
    """Whether a cell (..., U) is true of any use: (...); a view in a pooled world."""
    return np.asarray(cells[..., 0] if cells.shape[-1] == 1 else cells.any(axis=-1))


def use_gaps(world: World) -> dict[str, Array]:
    """Residuals of the identities by use; beside them stand those of `identity_gaps`.

    ``use_demand`` (N, S, U): X_jsu - sum_{k in u} gamma_jsk Y_jk, or - alpha_js I_j where u is
    final demand; ``pooled`` (N, N, S): pi_ijs X_js - sum_u pi_ijsu X_jsu; both in units of world
    factor income; ``use_shares`` (N, S, U): sums of shares minus one where the use spends.
    """
    bought, book = by_use(world), world.accounts()
    income = book.income - book.value_added + world.value_added
    users = np.eye(bought.expenditure.shape[2])[bought.of_sector]
    demand = np.einsum("jrk,jk,ku->jru", world.input_share, book.output, users, optimize=True)
    demand[:, :, bought.final] += world.final_share * income[:, None]
    flows = np.einsum("ijsu,jsu->ijs", bought.trade_share, bought.expenditure)
    total = float(world.value_added.sum())
    sums = bought.trade_share.sum(axis=0) - 1
    return {
        "use_demand": (bought.expenditure - demand) / total,
        "pooled": (world.trade_share * world.expenditure[None] - flows) / total,
        "use_shares": np.where(bought.expenditure != 0, sums, 0.0),
    }
