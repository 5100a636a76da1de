"""What `entrepot world show` prints: identities, deviations from sources, sureness of cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import LabelError
from entrepot.core.labels import place
from entrepot.world.benchmark import identity_gaps
from entrepot.world.uses import use_gaps
from entrepot.world.world import FIELD_DIMS, PROVENANCE, World

_GAP_DIMS: dict[str, tuple[str, ...]] = {
    "demand": ("region", "sector"),
    "factor_income": ("region",),
    "trade_balance": ("region",),
    "trade_shares": ("dest", "sector"),
    "cost_shares": ("region", "sector"),
    "final_shares": ("region",),
    "use_demand": ("region", "sector", "use"),
    "pooled": ("origin", "dest", "sector"),
    "use_shares": ("region", "sector", "use"),
}


def identity_report(world: World) -> pd.DataFrame:
    """Largest residual of every accounting identity and where it is.

    Returns
    -------
    DataFrame
        index ``identity``; ``residual`` in units of world factor income (shares: absolute),
        ``where``

    """
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    gaps |= use_gaps(world) if world.uses else {}
    rows = {}
    for name, gap in gaps.items():
        largest = np.abs(gap) == np.max(np.abs(gap))
        first = np.zeros_like(largest)
        first[np.unravel_index(int(np.argmax(largest)), gap.shape)] = True
        dims = _GAP_DIMS.get(name)
        where = place(first, dims, world.labels) if dims else "world"
        rows[name] = {"residual": float(np.max(np.abs(gap))), "where": where}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("identity")


def target_report(world: World) -> pd.DataFrame:
    """How far the world lies from its sources, for each economy.

    Returns
    -------
    DataFrame
        columns region, quantity, source, target, model (mn USD), deviation (model over target
        less 1; missing for differences and where the target is nothing), note (why they differ)

    Raises
    ------
    LabelError : the world was not built from sources

    """
    rows: list[dict[str, Any]] | None = world.meta.get("targets")
    if rows is None:
        raise LabelError(
            f"World '{world.name}' carries no targets: only worlds made by `entrepot world build` "
            "do. Its identities can be shown without them."
        )
    columns = ["region", "quantity", "source", "target", "model", "deviation", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["deviation"] = frame["deviation"].astype("float64")
    return frame


def provenance_report(world: World) -> pd.DataFrame:
    """Part of the cells of each field that is observed, mirrored, proxied or assumed.

    Cells of trade and input shares that are zero are not counted.
    """
    rows = {}
    for name, flags in world.provenance.items():
        values = getattr(world, name)
        live = flags[values != 0] if name in ("trade_share", "input_share") else flags
        counts = [int((live == code).sum()) for code in PROVENANCE]
        rows[name] = dict(zip(PROVENANCE.values(), np.array(counts) / max(live.size, 1),
                              strict=True))  # fmt: skip
    known = [f for f in FIELD_DIMS if f in rows]
    return pd.DataFrame.from_dict(rows, orient="index").loc[known].rename_axis("field")
