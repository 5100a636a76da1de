"""How fast refiners change suppliers: estimates from yearly imports of crude by origin.

Two numbers of the room rest on them, from years before any episode that is replayed: the weight
of a pair without trade (``latent``) and the part of a deviation that is left a year later
(``habit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from entrepot.data import iea

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
CRUDE: Final = "CRUDEOIL"
GROUPS: Final = ("OTO", "OEU", "IEATOT", "OENN", "OEPN")
"""Importers that are sums of others; origins that are have longer codes."""
SILENT_YEARS: Final = 3
"""Years without trade after which a pair counts as new."""
LEAST_BUYER: Final = 500.0
"""kt a year that an importer buys at least to count."""
ROUNDS: Final = 60


@dataclass(frozen=True, slots=True)
class Persistence:
    """Part of a deviation of log imports of a pair that is left a year later.

    Year effects of origins and of importers are taken out; what stays of a pair for ever too, in
    `within` and `corrected`.

    Attributes
    ----------
    within : least squares within pairs, too low in short panels
    corrected : the same with (1 + within) / years added (Nickell 1981)
    instrumented : first differences, with the level two years before as instrument
    pairs_years : observations

    """

    within: float
    corrected: float
    instrumented: float
    pairs_years: int


def imports(root: Path, first: int, last: int) -> Array:
    """Imports of crude by year, origin and importer: (year, origin, importer), kt."""
    tables = (iea.early_oil_imports(root), iea.oil_imports(root))
    frame = pd.concat([t.frame for t in tables])
    kept = frame[
        (frame["product"] == CRUDE)
        & frame["year"].between(first, last)
        & ~frame["importer"].isin(GROUPS)
        & (frame["importer"].str.len() == 3)
        & (frame["origin"].str.len() == 3)
    ]
    wide = kept.pivot_table(index=["year", "origin"], columns="importer", values="kt").fillna(0.0)
    origins = wide.index.get_level_values("origin").unique().sort_values()
    years = [wide.loc[y].reindex(origins).fillna(0.0) for y in range(first, last + 1)]
    return np.stack([y.to_numpy(dtype=np.float64) for y in years])


def new_trade(kt: Array, later: int) -> float:
    """Imports of pairs that traded nothing for three years, `later` years after: a share.

    Of what the totals of origin and importer suggest for them; all base years together.
    """
    found = expected = 0.0
    for t in range(SILENT_YEARS - 1, len(kt) - later):
        now = kt[t + later]
        buys = (kt[t].sum(axis=0) > LEAST_BUYER) & (now.sum(axis=0) > LEAST_BUYER)
        silent = (kt[t - SILENT_YEARS + 1 : t + 1].sum(axis=0) < 1.0) & buys
        found += float(now[silent].sum())
        expected += float(np.outer(now.sum(axis=1), now.sum(axis=0))[silent].sum() / now.sum())
    return found / expected


def persistence(kt: Array, least: float = 50.0) -> Persistence:
    """Persistence of pairs with at least `least` kt in three years running."""
    log = np.log(np.where(kt > least, kt, np.nan))
    three = np.isfinite(log[2:]) & np.isfinite(log[1:-1]) & np.isfinite(log[:-2])
    year, origin, importer = np.nonzero(three)
    now, last, before = log[2:][three], log[1:-1][three], log[:-2][three]
    by_year = (year * kt.shape[1] + origin, year * kt.shape[2] + importer)
    pair = origin * kt.shape[2] + importer
    inside = _demeaned(np.stack([now, last]), (*by_year, pair))
    within = float(inside[0] @ inside[1] / (inside[1] @ inside[1]))
    steps = _demeaned(np.stack([now - last, last - before, before]), by_year)
    return Persistence(
        within=within,
        corrected=within + (1.0 + within) / (len(kt) - 2),
        instrumented=float(steps[2] @ steps[0] / (steps[2] @ steps[1])),
        pairs_years=len(now),
    )


def _demeaned(rows: Array, groups: tuple[Places, ...]) -> Array:
    """Rows less the means of all groups, one after another until nothing moves."""
    labels = [np.unique(g, return_inverse=True)[1] for g in groups]
    out = rows.copy()
    for _ in range(ROUNDS):
        for label in labels:
            count = np.bincount(label)
            out = out - np.stack([np.bincount(label, row)[label] / count[label] for row in out])
    return out
