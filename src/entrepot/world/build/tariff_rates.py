"""Import tariffs as rates: bilateral where known, documented averages elsewhere.

The source gives per cent for 36 economies and the rest of the world.  Its simple averages are
moved by single peaks (tobacco makes US food 92 per cent), so the reader takes the variant that
leaves the top 5 per cent of lines out, and rates are capped at 30 per cent.  Sectors within a
broad EORA sector get its rate.  Fuels enter almost everywhere free: crude and gas are zero.
"""

from __future__ import annotations

from importlib import resources
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import policy
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    ASSUMED,
    INDEX,
    OBSERVED,
    PROXIED,
    SECTOR_INDEX,
    Array,
    Flags,
    N,
    S,
)
from entrepot.world.build.declared import Number, table
from entrepot.world.build.groups import EAEU, EU27, GCC
from entrepot.world.layout import REGIONS, ROW, SECTORS

CAP = Number(0.30, 0.2, 0.5)

_EORA: dict[str, str] = {
    "grain": "Agriculture", "agriculture": "Agriculture", "mining": "Mining and Quarrying",
    "food": "Food & Beverages", "textiles": "Textiles and Wearing Apparel",
    "wood_paper": "Wood and Paper", "metals": "Metal Products",
    "machinery": "Electrical and Machinery", "electronics": "Electrical and Machinery",
    "vehicles": "Transport Equipment", "other_manufacturing": "Other Manufacturing",
    "chemicals": "Petroleum, Chemical and Non-Metallic Mineral Products",
    "minerals": "Petroleum, Chemical and Non-Metallic Mineral Products",
    "refined": "Petroleum, Chemical and Non-Metallic Mineral Products",
}  # fmt: skip
_LISTED = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "CHN", "CZE", "DEU", "DNK", "ESP", "EST", "FIN",
    "FRA", "GBR", "GRC", "HUN", "IND", "IRL", "ITA", "JPN", "KOR", "LTU", "MEX", "NLD", "POL",
    "PRT", "ROU", "RUS", "SVK", "SVN", "SWE", "TUR", "TWN", "USA", "VNM", ROW,
)  # fmt: skip
_FARM = ("grain", "agriculture", "food")
_INDUSTRY = ("textiles", "wood_paper", "chemicals", "minerals", "metals", "machinery",
             "electronics", "vehicles", "other_manufacturing")  # fmt: skip
# Mining and refined products pay part of the industrial rate where only that is known.
_PART_OF_INDUSTRY = table({"mining": 0.4, "refined": 0.6}, 0.5, 1.5)

UNIONS: dict[str, tuple[str, ...]] = {
    "EU and the United Kingdom": (*EU27, "GBR"),
    "EAEU": EAEU,
    "GCC": GCC,
    "ASEAN": ("IDN", "MYS", "THA", "VNM", "SGP", "PHL"),
    "NAFTA, USMCA": ("USA", "CAN", "MEX"),
    "CIS free trade area": (*EAEU, "UZB", "TJK"),
}
# Ukraine is left out: Russia suspended the treaty with it in January 2016.  The others kept it, in
# part; their rates with Ukraine stay those of the source, which is a little too high.
# Free trade in industrial goods with the EU.
INDUSTRIAL_FREE = ("NOR", "CHE", "TUR", "ISR", "EGY", "CHL", "COL", "ZAF", "UKR", "GEO")
_AS_OTHER = {"LUX": "DEU", "HRV": "DEU", "CYP": "DEU", "MLT": "DEU", "LVA": "EST",
             "BLR": "RUS", "KAZ": "RUS", "KGZ": "RUS", "ARM": "RUS"}  # fmt: skip
# Added by the trade war, averages over all goods in 2023; assumed near what Bown (PIIE)
# publishes.  Range 0.10 to 0.20.
TRADE_WAR = {
    ("CHN", "USA"): Number(0.16, 0.10, 0.20),
    ("USA", "CHN"): Number(0.13, 0.10, 0.20),
}


def tariffs(root: Path, year: int = 2017) -> tuple[Array, Flags]:
    """Tariff rates (origin, dest, sector) and their provenance.

    Parameters
    ----------
    root : folder of raw data
    year : 2017, or 2023 with the tariffs of the US-China trade war; Russia and Ukraine do not
        trade freely in either year

    """
    rates, flag = _known(policy.tariffs(root).frame)
    _fill_documented(rates, flag)
    _free_trade(rates, flag)
    if year >= 2019:
        goods = [SECTOR_INDEX[s] for s in (*_FARM, *_INDUSTRY)]
        for (origin, dest), extra in TRADE_WAR.items():
            rates[INDEX[origin], INDEX[dest], goods] += extra
            flag[INDEX[origin], INDEX[dest], goods] = ASSUMED
    flag[rates > CAP] = ASSUMED
    rates = np.minimum(rates, CAP)
    here = np.arange(N)
    free = [k for k, s in enumerate(SECTORS) if not s.traded_good or s.code in ("crude", "gas")]
    # Domestic sales and services carry no tariff by definition; fuels enter free by assumption.
    for where in ((here, here), (slice(None), slice(None), free)):
        rates[where] = 0.0
        flag[where] = ASSUMED
    return rates, flag


def _known(frame: pd.DataFrame) -> tuple[Array, Flags]:
    """Rates of the source, its ROW exporter for exporters it does not list, its ROW importer."""
    for column, wanted in (("importer", _LISTED), ("exporter", _LISTED),
                           ("sector", tuple(_EORA.values()))):  # fmt: skip
        require_labels(frame[column].unique(), wanted, "tariffs_2017", "tariffs", f"'{column}'")
    rates = np.zeros((N, N, S))
    flag = np.full((N, N, S), PROXIED, np.uint8)
    listed = set(frame["importer"])
    source_of = {r: _AS_OTHER.get(r, r if r in listed else ROW) for r in REGIONS}
    wide = frame.assign(applied=frame["applied"] / 100.0).pivot_table(
        index=["exporter", "importer"], columns="sector", values="applied"
    )
    names = [(source_of[o], source_of[d]) for o in REGIONS for d in REGIONS]
    table = wide.reindex(pd.MultiIndex.from_tuples(names))
    seen = np.array([o in listed and d in listed for o in REGIONS for d in REGIONS])
    for sector, eora in _EORA.items():
        k = SECTOR_INDEX[sector]
        rates[:, :, k] = table[eora].to_numpy().reshape(N, N)
        flag[:, :, k] = np.where(seen.reshape(N, N), OBSERVED, PROXIED)
    return rates, flag


def mfn_levels() -> pd.DataFrame:
    """Documented averages of importers without bilateral data (importer, farm, industry).

    Simple averages of applied most-favoured-nation rates, capped; what is paid lies below, as
    exemptions and preferences go: range 0.5 to 1.2 of the value.
    """
    path = resources.files("entrepot.world.build") / "tables" / "mfn_levels.csv"
    with path.open("r", encoding="utf-8") as handle:
        return pd.read_csv(handle)


def _fill_documented(rates: Array, flag: Flags) -> None:
    levels = mfn_levels()
    columns = (levels["importer"], levels["farm"], levels["industry"])
    for importer, farm, industry in zip(*columns, strict=True):
        d = INDEX[str(importer)]
        for sector in _FARM:
            rates[:, d, SECTOR_INDEX[sector]] = farm
        for sector in _INDUSTRY:
            rates[:, d, SECTOR_INDEX[sector]] = industry
        for sector, part in _PART_OF_INDUSTRY.items():
            rates[:, d, SECTOR_INDEX[sector]] = part * industry
        flag[:, d, :] = ASSUMED


def _free_trade(rates: Array, flag: Flags) -> None:
    """Zero inside unions and free trade areas, by rule: assumed, whatever the source says."""
    every = list(range(S))
    industry = [SECTOR_INDEX[s] for s in (*_INDUSTRY, *_PART_OF_INDUSTRY)]
    pairs = [(a, b, every) for members in UNIONS.values() for a, b in combinations(members, 2)]
    union = UNIONS["EU and the United Kingdom"]
    pairs += [(a, b, industry) for a in INDUSTRIAL_FREE for b in union]
    for a, b, sectors in pairs:
        for origin, dest in ((INDEX[a], INDEX[b]), (INDEX[b], INDEX[a])):
            rates[origin, dest, sectors] = 0.0
            flag[origin, dest, sectors] = ASSUMED
