"""Natural gas trade in volumes, by importers' reports (2017, 2019) or the Review's matrices (2023).

Liquefied petroleum gases share HS heading 2711 with natural gas; they stay with refined products.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from entrepot.data import energy_balances, energy_trade, iea
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    INDEX,
    OBSERVED,
    PROXIED,
    ROW_INDEX,
    Array,
    Flags,
    N,
    pair_matrix,
)
from entrepot.world.build.assumptions import MMBTU_PER_BCM
from entrepot.world.build.crude import review_series
from entrepot.world.build.declared import Number, table
from entrepot.world.build.groups import EUROPE
from entrepot.world.build.later_gas import gas_later
from entrepot.world.layout import REGIONS

_AGGREGATES = ("TOTIMPST",)
IMPORTERS = (
    "ARE", "ARG", "ARM", "AUS", "AUT", "BEL", "BGR", "BLR", "BRA", "CAN", "CHE", "CHL", "CHN",
    "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GEO", "GRC", "HKG", "HRV", "HUN",
    "IND", "IRL", "IRN", "IRQ", "ISR", "ITA", "JPN", "KAZ", "KGZ", "KOR", "KWT", "LTU", "LUX",
    "LVA", "MEX", "MLT", "MYS", "NLD", "OMN", "PAK", "POL", "PRT", "ROU", "RUS", "SGP", "SVK",
    "SVN", "SWE", "THA", "TUR", "TWN", "UKR", "USA", "ZAF",
)  # fmt: skip
"""Economies whose imports of gas are reported in every year that is read."""
_UNKNOWN = "NONSPEC"
_GROUPS = ("OENN", "OEU", "OEPN", "OTO", "IEATOT", "LATAMER", "NMEU", "AFRIC", "ASME", "ASIA",
           "NOC", "WLD", "IEAFAMILY", "AFRICATOT", "AMERICAS", "ASIATOT", "EUROPE", "OCEANIA",
           "EU27_2020", "EU28", "CHINAREG")  # fmt: skip

_NEAR = ("BLR", "ARM", "AZE", "GEO", "KAZ", "KGZ", "UZB", "TKM", "TJK", "RUS", "IRN", "IRQ",
         "SYR", "AFG")  # fmt: skip
LAST_REPORTS = 2021
# Border prices in USD a million Btu where no marker of the Review applies: contracts between
# neighbours (about 150 USD per 1000 m3 in 2017, 160 in 2023).  Range: a third lower to a third
# higher.
NEAR_PRICE = table({2017: 4.2, 2019: 4.2, 2023: 4.6}, 0.67, 1.33)
# Qatar's long contracts through the Dolphin pipe.  Range 1.2 to 3.
DOLPHIN_PRICE = table({2017: 1.6, 2019: 1.7, 2023: 2.0}, 0.7, 1.6)
# What the rest of the world pays of the Korean price.
REST_TO_KOREA = Number(0.8, 0.6, 1.0)
# Pipeline gas costs China less than the average of its liquefied imports.  Range 0.6 to 0.9.
CENTRAL_ASIA_TO_CHINA = Number(0.72, 0.6, 0.9)
# What a land-locked exporter or its transit pays of the buyer's price.  Range 0.85 to 1.
BORDER_TO_FOB = Number(0.92, 0.85, 1.0)


@dataclass(frozen=True, slots=True)
class GasTrade:
    """Gas trade.

    Attributes
    ----------
    bcm : (origin, dest) billion cubic metres
    value : (origin, dest) mn USD
    flag : (origin, dest) provenance

    """

    bcm: Array
    value: Array
    flag: Flags


def gas_price(root: Path, year: int) -> Array:
    """Price at the exporter's border by pair, USD a million Btu: (origin, dest)."""
    frame = energy_trade.gas_prices(root).frame
    marker = frame[frame["year"] == year].set_index("marker")["value"]
    buyer = np.full(N, float(marker["korea"]))
    buyer[INDEX["JPN"]] = float(marker["japan"])
    buyer[INDEX["CHN"]] = float(marker["china"])
    buyer[[INDEX[c] for c in EUROPE]] = float(marker["ttf"])
    buyer[[INDEX[c] for c in _NEAR]] = NEAR_PRICE[year] / BORDER_TO_FOB
    buyer[[INDEX[c] for c in ("USA", "CAN", "MEX")]] = float(marker["henry_hub"]) / BORDER_TO_FOB
    buyer[ROW_INDEX] = REST_TO_KOREA * float(marker["korea"])
    price = np.repeat(buyer[None, :], N, axis=0)
    for code in ("TKM", "UZB", "KAZ", "RUS"):
        price[INDEX[code], INDEX["CHN"]] *= CENTRAL_ASIA_TO_CHINA
    price[INDEX["QAT"], [INDEX["ARE"], INDEX["OMN"]]] = DOLPHIN_PRICE[year] / BORDER_TO_FOB
    return np.asarray(price * BORDER_TO_FOB)


def gas_balance(root: Path, year: int) -> tuple[Array, Array]:
    """Production and use of gas by economy, bcm; ROW is the world less the listed economies."""
    frame = energy_balances.energy_series(root).frame
    return review_series(frame, "gas", year), review_series(frame, "gas_use", year)


def reported_gas(root: Path, year: int) -> Array:
    """Imports by origin that about a hundred importers report: (origin, dest) bcm."""
    frame = iea.gas_imports(root).frame
    frame = frame[
        (frame["year"] == year)
        & ~frame["origin"].isin(_AGGREGATES)
        & ~frame["importer"].isin(_GROUPS)
    ]
    require_labels(frame["importer"], IMPORTERS, iea.SOURCE, "gas_imports",
                   f"'importer' of {year}")  # fmt: skip
    known = frame[frame["origin"] != _UNKNOWN]
    # Traders' countries stand as origins of Ukraine's purchases; the gas comes through the EU.
    traded = (known["importer"] == "UKR") & ~known["origin"].isin(("RUS", "DEU"))
    known = known.assign(origin=known["origin"].mask(traded, "DEU"))
    out = pair_matrix(known, "origin", "importer", "mcm") / 1000.0
    lost = frame[frame["origin"] == _UNKNOWN].groupby("importer")["mcm"].sum() / 1000.0
    return _place_unknown(out, {str(k): float(v) for k, v in lost.items()})


# Suppliers of importers that name none, where they are not those of Europe.
_SUPPLIERS: dict[str, dict[str, float]] = {k: table(v, 0.7, 1.4) for k, v in {
    "IRN": {"TKM": 1.0}, "GEO": {"AZE": 0.85, "RUS": 0.15}, "KGZ": {"UZB": 0.5, "RUS": 0.5},
    "TJK": {"UZB": 1.0}, "ARM": {"RUS": 0.85, "IRN": 0.15}, "BLR": {"RUS": 1.0},
    "KAZ": {"RUS": 0.6, "UZB": 0.4}, "RUS": {"KAZ": 0.6, "UZB": 0.4}, "UKR": {"DEU": 1.0},
    "AUT": {"RUS": 0.8, "NOR": 0.2}, "AUS": {"ROW": 1.0}, "ZAF": {"ROW": 1.0},
    "AZE": {"RUS": 0.6, "IRN": 0.4}, "IRQ": {"IRN": 1.0}, "SYR": {"EGY": 1.0},
}.items()}  # fmt: skip


def _place_unknown(volumes: Array, lost: dict[str, float]) -> Array:
    """Share gas without origin as documented, else as the importer's or Europe's purchases."""
    out = volumes.copy()
    europe = volumes[:, [INDEX[c] for c in EUROPE]].sum(axis=1)
    abroad = volumes.sum(axis=1) - europe
    for importer, bcm in lost.items():
        k = INDEX.get(importer, ROW_INDEX)
        if importer in _SUPPLIERS:
            pattern = np.array([_SUPPLIERS[importer].get(r, 0.0) for r in REGIONS])
        elif volumes[:, k].sum() > bcm:
            pattern = volumes[:, k]
        else:
            pattern = europe if importer in EUROPE else abroad
        pattern = pattern * (np.arange(N) != k)
        out[:, k] += bcm * pattern / pattern.sum()
    return out


def _without_transit(bcm: Array, production: Array, consumption: Array) -> Array:
    """Take out what importers count in but pass on (Germany in 2017: 119 in, 83 used).

    A European importer keeps what it uses beyond its own production plus what others say they
    bought from it; an exporter that then sells more than it can is scaled a little.
    """
    europe = np.zeros(N, bool)
    europe[[INDEX[c] for c in EUROPE]] = True
    need = np.maximum(consumption - production + bcm.sum(axis=1), 0.0)
    now = bcm.sum(axis=0)
    known = europe & (consumption > 0) & (now > need)
    out = bcm * np.where(known, need / np.maximum(now, 1e-9), 1.0)
    supply = np.maximum(production - consumption + out.sum(axis=0), 0.0)
    now = out.sum(axis=1)
    over = (production > 0) & (now > supply)
    return np.asarray(
        out * np.where(over, np.maximum(supply / np.maximum(now, 1e-9), LEAST_EXPORT), 1.0)[:, None]
    )


# The Review and the reports measure gas differently, so an exporter is cut at most to this.
LEAST_EXPORT = Number(0.88, 0.75, 1.0)


def gas_trade(root: Path, year: int) -> GasTrade:
    """Gas trade of one year in volumes and values."""
    if year <= 2021:
        balance = gas_balance(root, year)
        bcm = _without_transit(reported_gas(root, year), *balance)
        flag = np.full((N, N), OBSERVED, np.uint8)
    else:
        bcm = gas_later(root, year, reported_gas(root, LAST_REPORTS))
        flag = np.full((N, N), PROXIED, np.uint8)
    value = bcm * MMBTU_PER_BCM * gas_price(root, year)
    return GasTrade(bcm=bcm, value=value, flag=flag)
