"""Trade elasticities of the 24 sectors, with low and high values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.core.errors import SourceError
from entrepot.data import policy
from entrepot.data import trade as sources
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    ASSUMED,
    OBSERVED,
    PROXIED,
    SECTOR_INDEX,
    Array,
    Flags,
    S,
)
from entrepot.world.build.declared import Number
from entrepot.world.build.goods import chapter_table
from entrepot.world.layout import SECTORS

LOW_FACTOR, HIGH_FACTOR = Number(2.0 / 3.0, 0.5, 1.0), Number(1.5, 1.0, 2.0)
NO_ESTIMATE = ("gro",)
"""Sectors of the concordance that the source leaves out; the others of their chapter count."""
SERVICES = (Number(5.0, 3.0, 8.0), 3.0, 8.0)
# Homogeneous fuels: the estimate for crude, the lower half of it, and Caliendo and Parro (2015)
# for mining as the cap; gas has no estimate of its own and is tied to pipes.
CRUDE_CAP = Number(15.72, 10.0, 20.0, "Caliendo and Parro (2015), mining")
FUELS = {
    "crude": (Number(5.0, 3.0, 8.0), CRUDE_CAP),
    "gas": (Number(4.0, 2.0, 8.0), CRUDE_CAP),
}
SOURCE_TEXT = (
    "Goods: Fontagné, Guimbard and Orefice (2022), tariff elasticities by GTAP sector with the "
    "sign turned, weighted with world trade of 2017 by HS chapter; low and high are two thirds and "
    "one and a half times the central value, about the spread between this source and Caliendo and "
    "Parro (2015); reading the estimates on values before duty would lower each by one, which the "
    "range holds. Crude: the same source (10.9), low 5, high 15.72 (mining in Caliendo and "
    "Parro). Gas: no estimate; crude's value, low 4, high 15.72, assumed. Mining: other "
    "extraction. Services: 5, from 3 to 8, assumed."
)


@dataclass(frozen=True, slots=True)
class TradeElasticities:
    """Positive trade elasticities.

    Attributes
    ----------
    theta, low, high : (sector,) central, low and high values
    flag : (sector,) provenance
    source : where they come from, in words

    """

    theta: Array
    low: Array
    high: Array
    flag: Flags
    source: str


def trade_elasticities(root: Path) -> tuple[Array, Flags, str]:
    """Elasticities as (low, central, high) by sector, provenance, and the source in words.

    The first array is (3, sector), all positive, in the order low, central, high.
    """
    made = elasticity_set(root)
    return np.stack([made.low, made.theta, made.high]), made.flag, made.source


def elasticity_set(root: Path) -> TradeElasticities:
    """Elasticities for the sectors of the bundled worlds (the exponent on costs, positive)."""
    epsilon = policy.elasticities(root).frame.set_index("gtap")["epsilon"]
    if (epsilon >= 0).any():
        sector = str(epsilon.index[epsilon >= 0][0])
        raise SourceError(
            f"source 'elasticities', table 'gtap': the tariff elasticity of '{sector}' is "
            f"{float(epsilon[sector]):g}; all must be negative. Compare the file with its edition."
        )
    named = {"oil", "p_c", *chapter_table()["gtap"].str.split().explode()} - set(NO_ESTIMATE)
    require_labels(epsilon.index, named, "elasticities", "gtap", "'gtap'")
    gtap = -epsilon
    theta = np.full(S, SERVICES[0])
    low, high = np.full(S, SERVICES[1]), np.full(S, SERVICES[2])
    flag = np.full(S, ASSUMED, np.uint8)
    for sector, value in _weighted(gtap, _chapter_trade(root)).items():
        k = SECTOR_INDEX[sector]
        theta[k], low[k], high[k] = value, LOW_FACTOR * value, HIGH_FACTOR * value
        flag[k] = OBSERVED
    fuels = {"crude": gtap["oil"], "gas": gtap["oil"], "refined": gtap["p_c"]}
    for sector, value in fuels.items():
        k = SECTOR_INDEX[sector]
        bounds = FUELS.get(sector, (LOW_FACTOR * value, HIGH_FACTOR * value))
        theta[k], low[k], high[k] = value, *bounds
        flag[k] = ASSUMED if sector == "gas" else OBSERVED
    flag[SECTOR_INDEX["mining"]] = PROXIED
    return TradeElasticities(theta=theta, low=low, high=high, flag=flag, source=SOURCE_TEXT)


def _chapter_trade(root: Path) -> pd.Series:
    atlas = sources.atlas_bilateral(root).frame
    rows = atlas[(atlas["year"] == 2017) & (atlas["exporter"] != atlas["importer"])]
    return rows.groupby(rows["hs2"].astype(str))["value_usd"].sum().astype(float)


def _weighted(gtap: pd.Series, trade: pd.Series) -> dict[str, float]:
    """Mean over GTAP sectors, with the trade of their chapters; several share one equally."""
    table = chapter_table()
    parts = table.assign(gtap=table["gtap"].str.split()).explode("gtap")
    count = table["gtap"].map(lambda names: len(str(names).split()))
    parts["weight"] = parts["share"] * parts["hs2"].map(trade) / count.reindex(parts.index)
    parts["value"] = parts["gtap"].map(gtap)
    goods = {s.code for s in SECTORS if s.traded_good}
    out: dict[str, float] = {}
    for sector, rows in parts[parts["value"].notna()].groupby("sector"):
        if sector in goods:
            out[str(sector)] = float((rows["value"] * rows["weight"]).sum() / rows["weight"].sum())
    return out
