"""Uses of a good: their labels, and the pooled world they add up to.

A use is a buyer within an economy: all its sectors together and final demand, or every sector by
itself and final demand.  Each use has its own mix of origins; tariffs and export taxes are the
same for all.  The pooled share is the mean over uses weighted with what they spend; every identity
of a pooled world holds with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from entrepot.core.dims import TRADE
from entrepot.core.errors import LabelError
from entrepot.core.labels import align, check_unique, listing
from entrepot.world.merge import Grouping

Array = np.ndarray

FINAL = "final"
TWO = ("intermediate", FINAL)


def use_labels(share: Any, uses: Sequence[str] | None, sectors: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of dimension ``use`` of `share` in its own order; () if it has none.

    Raises
    ------
    LabelError : the labels are neither ("intermediate", "final") nor (*sectors, "final")

    """
    if np.ndim(share) != 4:
        if uses:
            raise LabelError(
                f"uses is given, but trade_share has {np.ndim(share)} dimensions, not 4. Leave "
                "uses out, or give trade_share as (origin, dest, sector, use)."
            )
        return ()
    each = (*sectors, FINAL)
    if uses is None and "use" in getattr(share, "coords", ()):
        uses = [str(x) for x in share.coords["use"].values]
    elif uses is None:
        uses = {len(each): each, 2: TWO}.get(np.shape(share)[3])
    if uses is not None and FINAL in sectors and tuple(uses) == each:
        raise LabelError(
            f"Uses by sector end with '{FINAL}', but a sector has that name. Rename the sector, or "
            "use one mix for all sectors and one for final demand."
        )
    found = check_unique(uses, "use") if uses is not None else ()
    if set(found) not in (set(TWO), set(each)):
        said = listing(found) if found else f"{np.shape(share)[3]} without labels"
        raise LabelError(
            f"The uses of trade_share are {said}; they can be 'intermediate' and 'final', or "
            f"every sector and 'final' ({len(each)} labels). Add up or rename them."
        )
    return found


def aligned_uses(
    share: Any, uses: tuple[str, ...], labels: Mapping[str, tuple[str, ...]]
) -> tuple[Array, tuple[str, ...]]:
    """(N, N, S, U) plain array of `share`, and its uses in the order of a world.

    Using sectors come first, in the order of the world, and final demand last.
    """
    plain = align(share, "trade_share", (*TRADE, "use"), {**labels, "use": uses})
    ordered = TWO if set(uses) == set(TWO) else (*labels["sector"], FINAL)
    return np.take(plain, [uses.index(use) for use in ordered], axis=3), ordered


def use_of_sector(uses: tuple[str, ...], sectors: tuple[str, ...]) -> Array:
    """(S,) position in `uses` of each using sector."""
    each = uses == (*sectors, FINAL)
    return np.arange(len(sectors)) if each else np.zeros(len(sectors), dtype=int)


def pooled_share(share: Array, spent: Array) -> Array:
    """(origin, dest, sector) mean of the shares by use, weighted with what the uses spend.

    Where nobody spends anything it is the plain mean over the uses that have shares.
    """
    total = spent.sum(axis=2)
    known = share.sum(axis=0) > 0
    plain = known / np.maximum(known.sum(axis=2), 1)[:, :, None]
    some = (total != 0)[:, :, None]
    weight = np.where(some, spent / np.where(some, total[:, :, None], 1.0), plain)
    pooled: Array = np.einsum("ijsu,jsu->ijs", share, weight)
    return pooled


def merged_uses(
    share: Array | None,
    spent: Array | None,
    uses: tuple[str, ...],
    size: Array,
    regions: Grouping,
    sectors: Grouping,
) -> dict[str, Any]:
    """``trade_share`` (origin, dest, sector, use) and ``uses`` of a merged world; {} if pooled.

    Uses that are sectors are merged as the sectors are.  Money is added up; where a merged use
    spends nothing, its share is the mean of its members' by `size`.

    Parameters
    ----------
    share, spent, uses : `World.use_share`, `World.use_expenditure`, `World.uses`
    size : (region,) value added

    """
    if share is None or spent is None:
        return {}
    labels, users = uses, np.eye(len(uses))
    if uses != TWO:
        labels = (*sectors.labels, FINAL)
        users = np.zeros((len(labels), len(uses)))
        users[:-1, :-1], users[-1, -1] = sectors.matrix, 1.0
    big, small = regions.matrix, sectors.matrix
    total, quotients = np.zeros(0), []
    for weight in (size[:, None, None] * (share.sum(axis=0) > 0), spent):
        total = np.einsum("bj,rs,vu,jsu->brv", big, small, users, weight, optimize=True)
        money = np.einsum("ai,bj,rs,vu,ijsu->abrv", big, big, small, users, share * weight[None],
                          optimize=True)  # fmt: skip
        quotients.append(money / np.where(total != 0, total, 1.0))
    return {"trade_share": np.where(total != 0, quotients[1], quotients[0]), "uses": labels}
