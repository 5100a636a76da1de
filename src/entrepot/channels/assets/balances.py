"""Who lends and borrows less when some have lost access to foreign finance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entrepot.model.closure import offset
from entrepot.world.world import World

SHOWN = 12


def balance_table(world: World, frozen: np.ndarray) -> tuple[pd.DataFrame, str]:
    """Return the balances before and after by `model.closure.offset`, and how to read them.

    Parameters
    ----------
    world : the benchmark
    frozen : (N,) share of the access to foreign finance that is lost

    """
    before = world.trade_balance
    after = offset(before, frozen, np.zeros(len(before), dtype=int))
    change = after - before
    order = np.lexsort((-np.abs(change), frozen == 0))
    order = order[(frozen[order] > 0) | (change[order] != 0)]
    shown, rest = order[: SHOWN + int((frozen > 0).sum())], order[SHOWN + int((frozen > 0).sum()) :]
    rows = [
        (world.regions[k], frozen[k], before[k], after[k], change[k]) for k in shown.tolist()
    ]  # fmt: skip
    if len(rest):
        rows.append((f"{len(rest)} others", 0.0, *(x[rest].sum() for x in (before, after, change))))
    names = ["economy", "access_lost", "benchmark", "kept", "change"]
    note = (
        "Net transfer received (imports less exports), mn USD. The balances left add to zero: the "
        "side in excess shrinks by one factor. If bans part the world into blocs, each bloc does "
        "so by itself, and the table holds without that."
    )
    return pd.DataFrame(rows, columns=names), note
