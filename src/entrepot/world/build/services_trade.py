"""Services trade: OECD reports in both directions, gravity elsewhere, controlled to totals.

Totals: what a reporter gives to the OECD for the world; elsewhere exports (imports) of goods and
services in the UN accounts less goods.  After 2019 everything grows with world services trade,
save the economies whose trade broke off.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import accounts, policy
from entrepot.data import trade as sources
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    INDEX,
    MIRRORED,
    OBSERVED,
    PROXIED,
    ROW_INDEX,
    SECTOR_INDEX,
    Array,
    Flags,
    N,
    S,
    pair_matrix,
    ras,
)
from entrepot.world.build.concordance import UN_NAMES
from entrepot.world.build.declared import Number, pairs, table
from entrepot.world.build.groups import WEST
from entrepot.world.layout import REGIONS, ROW

# World exports of services, 2023 over 2019; assumed.  Range 1.2 to 1.35.
GROWTH_2019_2023 = Number(1.28, 1.2, 1.35)
# What broke off: exports and imports of 2023 relative to that growth (assumed, near 41 bn of
# Russian exports after 62 and 75 bn of imports after 99; range 0.8 to 1.25 of the factors).
# Travel to Thailand had not recovered: all exports of the Factbook less goods by BACI leave 55 bn.
BROKEN_OFF = pairs(
    {"RUS": (0.52, 0.60), "UKR": (0.75, 1.25), "BLR": (0.65, 0.75), "THA": (0.52, 0.95)}, 0.8, 1.25
)
WEST_TO_RUSSIA = Number(0.35, 0.2, 0.5)

# Elasticity of services to distance.
DISTANCE = Number(-0.75, -1.0, -0.6, "estimates of gravity for services lie in this range")
CONTIGUITY, LANGUAGE = Number(0.35, 0.1, 0.6), Number(0.40, 0.2, 0.6)
# Pairs that hardly do business; the factor on gravity is assumed (0.02 to 0.2).
NO_BUSINESS = (("IRN", "USA"), ("SYR", "USA"), ("IRN", "ISR"), ("SYR", "ISR"), ("SAU", "ISR"),
               ("IRQ", "ISR"), ("KWT", "ISR"), ("SAU", "IRN"), ("BHR", "IRN"), ("ARM", "AZE"),
               ("ARM", "TUR"), ("IND", "PAK"), ("RUS", "UKR"))  # fmt: skip
NO_BUSINESS_FACTOR = Number(0.08, 0.02, 0.2)
# Bounds on services in exports or imports where they are a residual.
LEAST, MOST = Number(0.04, 0.02, 0.08), Number(0.75, 0.6, 0.9)
# Totals no source here gives, bn USD in 2017: exports, imports.  Assumed, near national balances of
# payments but not checked against them; range 0.8 to 1.25.
# The UN has no accounts of Taiwan; goods of entrepots do not match their accounts.
GIVEN_2017 = pairs({"TWN": (45.2, 53.9), "ARE": (70.5, 71.5), "SGP": (172.0, 181.0),
              "BHR": (11.5, 7.9), "OMN": (4.2, 11.0), "KWT": (5.5, 27.0),
              "QAT": (17.7, 31.4), "SAU": (18.0, 78.0), "IRQ": (6.0, 17.0),
              "IRN": (9.9, 18.2), "VEN": (0.9, 7.0), "SYR": (1.0, 1.5), "TKM": (2.0, 2.0),
              "CHN": (228.1, 467.6), "IND": (185.3, 154.6), "VNM": (13.1, 17.1),
              "MYS": (37.0, 42.0), "THA": (75.3, 46.5), "EGY": (19.8, 17.4),
              "KAZ": (6.5, 10.1), "LBY": (0.2, 4.5), "PAK": (5.8, 10.5), "BGD": (4.3, 9.2),
              "BLR": (7.9, 4.8), "ARM": (2.1, 1.9), "UZB": (2.6, 5.0), "TJK": (0.3, 0.5),
              "IDN": (25.3, 33.2), "MLT": (13.5, 9.8), ROW: (330.0, 380.0)}, 0.8, 1.25)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServicesTrade:
    """Services trade.

    Attributes
    ----------
    values : (origin, dest, sector) mn USD; zero in goods sectors
    flag : (origin, dest) provenance
    exports, imports : (region,) totals aimed at, mn USD

    """

    values: Array
    flag: Flags
    exports: Array
    imports: Array


def services_trade(root: Path, year: int, goods: Array) -> ServicesTrade:
    """Services trade of one year.

    Parameters
    ----------
    root : folder of raw data
    year : 2017 or 2023
    goods : (origin, dest) goods trade of 2017 (or of 2019 when the year is later), mn USD

    """
    base = min(year, 2019)
    reports = policy.services(root).frame
    reports = reports[reports["year"] == base]
    exports, imports = _totals(root, reports, base, goods)
    seen, flag = _reported(reports)
    total = _complete(seen, exports, imports, gravity(root))
    if year > base:
        total = _later(total)
        flag = np.full_like(flag, PROXIED)
    values = total[:, :, None] * split_by_exporter()[:, None, :]
    return ServicesTrade(values, flag, total.sum(axis=1), total.sum(axis=0))


def _totals(root: Path, reports: pd.DataFrame, year: int, goods: Array) -> tuple[Array, Array]:
    un = accounts.un_aggregates(root).frame
    un = un[un["year"] == year].set_index("country")
    require_labels(un.index, UN_NAMES.values(), "un_national_accounts", "aggregates",
                   f"'country' of {year}")  # fmt: skip
    out = {}
    for k, (flow, of_goods) in enumerate(
        (("exports", goods.sum(axis=1)), ("imports", goods.sum(axis=0)))
    ):
        total = np.array([float(un[flow][UN_NAMES[r]]) if r in UN_NAMES else 0.0 for r in REGIONS])
        services = np.clip(total - of_goods, LEAST * total, MOST * total)
        growth = GROWTH_TO[year]
        for region, amounts in GIVEN_2017.items():
            services[INDEX[region]] = amounts[k] * 1000.0 * growth
        said = reports[(reports["flow"] == flow) & (reports["partner"] == "WLD")]
        require_labels(said["reporter"], OECD_REPORTERS[year], "oecd_services", "services",
                       f"'reporter' of {flow} to WLD in {year}")  # fmt: skip
        for reporter, value in said.groupby("reporter")["value"].sum().items():
            if reporter in INDEX:
                services[INDEX[str(reporter)]] = value
        out[flow] = services
    return out["exports"], out["imports"]


_REPORTERS = (
    "AUS", "AUT", "BEL", "CAN", "CHE", "CHL", "COL", "CZE", "DEU", "DNK", "ESP", "EST", "FIN",
    "FRA", "GBR", "GRC", "HKG", "HUN", "IRL", "ISR", "ITA", "JPN", "KOR", "LTU", "LUX", "LVA",
    "MEX", "NLD", "NOR", "POL", "PRT", "RUS", "SVK", "SVN", "SWE", "USA",
)  # fmt: skip
OECD_REPORTERS = {2017: (*_REPORTERS, "TUR"), 2019: _REPORTERS}
"""Economies whose totals the OECD holds, by year."""
GROWTH_TO = table({2017: 1.0, 2018: 1.08, 2019: 1.12}, 0.97, 1.03)


def _reported(reports: pd.DataFrame) -> tuple[Array, Flags]:
    """Mean of both reports where both exist: (origin, dest) mn USD, provenance."""
    rows = reports[
        reports["reporter"].isin(REGIONS)
        & reports["partner"].isin(REGIONS)
        & (reports["value"] > 0)
    ]
    out_rows, in_rows = rows[rows["flow"] == "exports"], rows[rows["flow"] == "imports"]
    sold = pair_matrix(out_rows, "reporter", "partner", "value")
    bought = pair_matrix(in_rows, "partner", "reporter", "value")
    both = (sold > 0) & (bought > 0)
    seen = np.where(both, (sold + bought) / 2.0, sold + bought)
    flag = np.where(sold > 0, OBSERVED, np.where(bought > 0, MIRRORED, PROXIED))
    return seen, flag.astype(np.uint8)


def gravity(root: Path) -> Array:
    """Bilateral ease of services trade from distance, border and language: (origin, dest)."""
    pairs = sources.geodist(root).frame
    for column in ("origin", "dest"):
        require_labels(pairs[column], (r for r in REGIONS if r != ROW), "geodist", "pairs",
                       f"'{column}'")  # fmt: skip
    pairs = pairs[pairs["origin"].isin(REGIONS) & pairs["dest"].isin(REGIONS)]
    ease = (
        pairs["dist"].clip(lower=100.0) ** DISTANCE
        * np.exp(CONTIGUITY * pairs["contig"])
        * np.exp(LANGUAGE * pairs["comlang_off"])
    )
    out = pair_matrix(pairs.assign(ease=ease), "origin", "dest", "ease")
    far = np.median(out[out > 0])
    out[ROW_INDEX, :] = far
    out[:, ROW_INDEX] = far
    for a, b in NO_BUSINESS:
        out[INDEX[a], INDEX[b]] *= NO_BUSINESS_FACTOR
        out[INDEX[b], INDEX[a]] *= NO_BUSINESS_FACTOR
    np.fill_diagonal(out, 0.0)
    return out


def _complete(seen: Array, exports: Array, imports: Array, ease: Array) -> Array:
    """Gravity where nobody reports, reports elsewhere, and all of it fitted to the totals.

    The gravity matrix meets the totals by itself, so the last fit moves reported pairs little; a
    fit of the unreported pairs alone to what is left of the totals sends billions to odd places.
    """
    predicted = ras(ease * exports[:, None] * imports[None, :], exports, imports)
    return ras(np.where(seen > 0, seen, predicted), exports, imports)


def _later(total: Array) -> Array:
    out = total * GROWTH_2019_2023
    russia = INDEX["RUS"]
    west = [INDEX[c] for c in WEST]
    for region, (sold, bought) in BROKEN_OFF.items():
        out[INDEX[region], :] *= sold
        out[:, INDEX[region]] *= bought
    out[russia, west] *= WEST_TO_RUSSIA
    out[west, russia] *= WEST_TO_RUSSIA
    return out


def split_by_exporter() -> Array:
    """Services sectors of each exporter's sales: (origin, sector), rows sum to 1.

    Assumed: world shares by balance-of-payments item, bent for economies with a known profile.
    Range of a share: 0.7 to 1.4 of its value (0.8 to 1.2 for `*`), before the rows are closed.
    """
    path = resources.files("entrepot.world.build") / "tables" / "services_split.csv"
    with path.open("r", encoding="utf-8") as handle:
        table = pd.read_csv(handle).drop(columns="note").set_index("exporter")
    out = np.zeros((N, S))
    for sector in table.columns:
        default = float(table[sector].loc["*"])
        column = [float(table[sector].get(r, default)) for r in REGIONS]
        out[:, SECTOR_INDEX[sector]] = column
    return np.asarray(out / out.sum(axis=1, keepdims=True))
