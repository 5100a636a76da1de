"""Crude oil trade in volumes: importers' reports, then production less refining.

The value of an exporter's fuels cannot say who buys crude: half the buyers leave the origin
blank, and several exporters leave the buyer blank.  So crude is built in thousand barrels a day
and valued at the exporter's price afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import energy_balances, iea
from entrepot.data import trade as sources
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    ASSUMED,
    INDEX,
    OBSERVED,
    PROXIED,
    ROW_INDEX,
    Array,
    Flags,
    N,
    at,
    pair_matrix,
    ras,
)
from entrepot.world.build.declared import Number
from entrepot.world.build.goods import heading_values
from entrepot.world.build.groups import EUROPE
from entrepot.world.layout import REGIONS

BARRELS_PER_TONNE = Number(7.33, 7.2, 7.5, "Statistical Review, conversion factors")
AGGREGATE_ORIGINS = ("TOTIMPST", "OPEC", "OPECHIST", "NOC", "OTO", "SUN", "OENN", "OEU", "OEPN")
IMPORTERS = (
    "AUS", "AUT", "BEL", "BGR", "CAN", "CHE", "CHL", "CZE", "DEU", "DNK", "ESP", "FIN", "FRA",
    "GBR", "GEO", "GRC", "HRV", "HUN", "IRL", "ISR", "ITA", "JPN", "KOR", "LTU", "NLD", "NOR",
    "POL", "PRT", "ROU", "SVK", "SWE", "TUR", "UKR", "USA",
)  # fmt: skip
"""Economies that report both crude and products to the IEA."""
UNKNOWN_ORIGIN = "NONSPEC"
# Exports of net importers are too small to matter and badly known below this, kb/d.
SMALL = Number(1.0, 0.5, 5.0)
LEAST_PRODUCTION = Number(0.05, 0.02, 0.1)
# Net exporters import at most this part of their runs (light for heavy grades, other coasts).
MOST_SWAPPED = Number(0.5, 0.3, 0.8)


@dataclass(frozen=True, slots=True)
class OilBalance:
    """Crude production and refinery runs of one year.

    Attributes
    ----------
    production : (region,) crude and condensate, kb/d
    throughput : (region,) refinery runs, kb/d

    """

    production: Array
    throughput: Array


@dataclass(frozen=True, slots=True)
class CrudeTrade:
    """Crude trade in volumes.

    Attributes
    ----------
    kbd : (origin, dest) thousand barrels a day, zero diagonal
    flag : (origin, dest) provenance
    reported : (region,) importers whose purchases by origin are observed

    """

    kbd: Array
    flag: Flags
    reported: np.ndarray[tuple[int], np.dtype[np.bool_]]


def oil_balance(root: Path, year: int) -> OilBalance:
    """Production and refining by economy; ROW is the world less the listed economies."""
    frame = energy_balances.energy_series(root).frame
    return OilBalance(
        production=review_series(frame, "crude", year),
        throughput=review_series(frame, "throughput", year),
    )


def review_series(frame: pd.DataFrame, series: str, year: int) -> Array:
    """One series of the Review by economy; ROW is the world less the listed economies."""
    rows = energy_balances.by_place(frame, series, year)
    out = np.zeros(N)
    for place, region in energy_balances.PLACE_TO_REGION.items():
        if place in rows.index:
            out[INDEX[region]] += float(rows[place])
    out[ROW_INDEX] = max(float(rows[energy_balances.WORLD]) - out.sum(), 0.0)
    return out


def reported_imports(root: Path, year: int, products: tuple[str, ...]) -> tuple[Array, Array]:
    """Oil imports by origin that importers report to the IEA: (origin, dest) kb/d, importers.

    What an importer gives no origin for is shared as the rest of its purchases.
    """
    frame = iea.oil_imports(root).frame
    frame = frame[
        (frame["year"] == year)
        & frame["product"].isin(products)
        & ~frame["origin"].isin(AGGREGATE_ORIGINS)
        & frame["importer"].isin(REGIONS)
    ]
    require_labels(frame["importer"], IMPORTERS, iea.SOURCE, "oil_imports",
                   f"'importer' of {', '.join(products)} in {year}")  # fmt: skip
    known = frame[frame["origin"] != UNKNOWN_ORIGIN]
    volumes = pair_matrix(known, "origin", "importer", "kt")
    lost = frame[frame["origin"] == UNKNOWN_ORIGIN].groupby("importer")["kt"].sum()
    bought = volumes.sum(axis=0)
    factor = np.ones(N)
    for importer, kt in lost.items():
        k = INDEX[str(importer)]
        if bought[k] > 0:
            factor[k] = 1.0 + kt / bought[k]
    # Who names no origin at all (Israel) counts as one that does not report.
    reporters = (bought > 0).astype(np.float64)
    return volumes * factor * BARRELS_PER_TONNE / 365.0, reporters


def crude_shares(root: Path) -> Array:
    """Crude in each exporter's exports of mineral fuels, by the headings of 2016."""
    hs4 = sources.hs4_exports(root).frame
    crude = heading_values(hs4, ("Petroleum oils, crude",))
    fuels = sum(heading_values(hs4, (name,)) for name in FUEL_HEADINGS)
    return np.divide(crude, fuels, out=np.zeros(N), where=np.asarray(fuels) > 0)


FUEL_HEADINGS = (
    "Petroleum oils, crude", "Petroleum oils, refined", "Petroleum gases", "Coal", "Lignite",
    "Peat", "Coke", "Electrical energy", "Petroleum coke", "Bitumen and asphalt, natural",
    "Petroleum jelly", "Bituminous mixtures", "Tar distilled from coal, lignite etc.",
    "Oils etc. from high temperature coal tar", "Pitch and pitch coke",
)  # fmt: skip


def through_russia(seen: Array, left: float, expected: float) -> Array:
    """Give Kazakhstan the oil that European importers report as Russian.

    Kazakh crude leaves through Russian ports and pipes.  What Kazakhstan must have sold beyond
    reports and beyond its recorded sales elsewhere is moved, buyer by buyer, from Russia.

    Parameters
    ----------
    seen : (origin, dest) reported imports, kb/d
    left : Kazakh exports that no reporter names, kb/d
    expected : Kazakh exports to economies that do not report, kb/d

    """
    out = seen.copy()
    buyers = at(*(c for c in EUROPE if c != "TUR"))
    russia = out[INDEX["RUS"], buyers]
    moved = min(max(left - expected, 0.0), MOST_IN_TRANSIT * float(russia.sum()))
    part = russia * (moved / max(float(russia.sum()), 1e-9))
    out[INDEX["RUS"], buyers] -= part
    out[INDEX["KAZ"], buyers] += part
    return out


# At most this part of what European buyers report as Russian; range 0.05 to 0.25.
MOST_IN_TRANSIT = Number(0.20, 0.05, 0.25)


def crude_trade(root: Path, year: int, fuels: Array, price: Array) -> CrudeTrade:
    """Crude trade of a year with importers' reports (2017-2019).

    Parameters
    ----------
    root : folder of raw data
    year : year
    fuels : (origin, dest) trade in chapter 27, mn USD, the seed for who does not report
    price : (region,) USD a barrel at the exporter's border

    """
    balance = oil_balance(root, year)
    seen, reporters = reported_imports(root, year, ("CRUDEOIL",))
    rest = (fuels * crude_shares(root)[:, None] / price[:, None]) * 1000.0 / 365.0
    refines = (balance.throughput > 0) & (reporters == 0)
    rest = np.where(refines[None, :], rest, 0.0)
    net = balance.production - balance.throughput
    exporter = net > SMALL
    # Who produces next to nothing sells products, not crude; Mexico runs its own crude only.
    rest[balance.production < LEAST_PRODUCTION * balance.throughput] = 0.0
    rest[:, INDEX["MEX"]] = 0.0
    swapped = np.minimum(rest.sum(axis=0), MOST_SWAPPED * balance.throughput)
    own_imports = seen.sum(axis=0) + np.where(refines & exporter, swapped, 0.0)
    exports = np.where(exporter, net + own_imports, seen.sum(axis=1) + rest.sum(axis=1))
    left = np.maximum(exports - seen.sum(axis=1), 0.0)
    seen = through_russia(seen, left[INDEX["KAZ"]], rest[INDEX["KAZ"]].sum())
    left = np.maximum(exports - seen.sum(axis=1), 0.0)
    need = np.where(refines, np.maximum(-net, 0.0) + rest.sum(axis=1), 0.0)
    need = np.where(refines & exporter, swapped, need)
    need[ROW_INDEX] = rest[:, ROW_INDEX].sum()
    fitted = ras(rest, left, need)
    now = fitted.sum(axis=0)
    # Refining of the big buyers is known about as well as the exports of their suppliers.
    fitted = fitted * np.sqrt(np.divide(need, now, out=np.ones(N), where=(now > 0) & (need > now)))
    kbd = seen + fitted
    flag = np.where(seen > 0, OBSERVED, np.where(fitted > 0, PROXIED, ASSUMED)).astype(np.uint8)
    flag[:, reporters > 0] = OBSERVED
    return CrudeTrade(kbd=kbd, flag=flag, reported=reporters > 0)
