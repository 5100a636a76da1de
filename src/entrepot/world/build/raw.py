"""Totals of the sources as they are, which the target report sets beside the built world.

Nothing here goes through the build: customs totals are sums of the raw table, fuels are raw
quantities times a price, services and all trade are what the OECD, the UN and the Factbook say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import accounts, energy_trade, iea, policy
from entrepot.data import trade as sources
from entrepot.data.energy_balances import PLACE_TO_REGION
from entrepot.world.build.arrays import INDEX, ROW_INDEX, Array, N, pair_matrix, positions
from entrepot.world.build.crude import reported_imports
from entrepot.world.build.energy import Energy
from entrepot.world.build.gdp import UN_LAST_YEAR
from entrepot.world.build.goods import UNSPECIFIED
from entrepot.world.build.later import NOT_IN_BACI, baci_matrix
from entrepot.world.build.later_gas import seller_of
from entrepot.world.layout import REGIONS

FACTBOOK_YEAR = 2023
_TAIWAN = "tw"
_ALONE = {"CAN": "Canada", "MEX": "Mexico", "USA": "US", "RUS": "Russia", "IRQ": "Iraq",
          "KWT": "Kuwait", "SAU": "Saudi Arabia", "ARE": "United Arab Emirates"}  # fmt: skip
"""Economies that are areas of their own in the Review's oil trade."""


def customs(root: Path, year: int) -> tuple[Array, Array, str]:
    """Goods exports and imports (region,) mn USD by the raw table, NaN where none, and its name."""
    if year > UN_LAST_YEAR:
        pairs = baci_matrix(sources.baci_totals(root).frame)
        sold, bought = pairs.sum(axis=1), pairs.sum(axis=0)
        for code in NOT_IN_BACI:
            sold[INDEX[code]] = bought[INDEX[code]] = np.nan
        return sold, bought, f"BACI {year}, raw totals"
    rows = sources.atlas_bilateral(root).frame
    rows = rows[(rows["year"] == year) & (rows["exporter"] != rows["importer"])]
    return _side(rows, "exporter"), _side(rows, "importer"), f"Atlas HS2 {year}, raw totals"


def _side(rows: pd.DataFrame, column: str) -> Array:
    """Totals of one side of the Atlas, unspecified partners included, trade inside ROW not."""
    here, there = positions(rows["exporter"]), positions(rows["importer"])
    apart = (here != ROW_INDEX) | (there != ROW_INDEX)
    kept = rows[apart & (rows[column] != UNSPECIFIED)]
    out = np.zeros(N)
    np.add.at(out, positions(kept[column]), kept["value_usd"].to_numpy(float) / 1e6)
    return out


def services(root: Path, year: int) -> tuple[Array, Array]:
    """Services exports and imports (region,) mn USD that the OECD holds; NaN elsewhere."""
    frame = policy.services(root).frame
    frame = frame[(frame["year"] == year) & (frame["partner"] == "WLD")]
    sides = []
    for flow in ("exports", "imports"):
        total = frame[frame["flow"] == flow].groupby("reporter")["value"].sum()
        sides.append(np.array([float(total.get(r, np.nan)) for r in REGIONS]))
    return sides[0], sides[1]


def all_trade(root: Path, exports: Array, imports: Array, year: int) -> tuple[Array, Array, str]:
    """Exports and imports of goods and services in the national accounts, Taiwan's by the Factbook.

    Parameters
    ----------
    root : folder of raw data
    exports, imports : (region,) mn USD in the UN accounts of `year`
    year : their year

    """
    sold, bought = exports.copy(), imports.copy()
    book = accounts.factbook_economy(root).frame
    book = book[book["code"] == _TAIWAN]
    k = INDEX["TWN"]
    sold[k] = bought[k] = np.nan
    if year >= UN_LAST_YEAR and (book["exports_year"] == FACTBOOK_YEAR).all():
        sold[k], bought[k] = (float(book[side].iloc[0]) for side in ("exports", "imports"))
    return sold, bought, f"UN {year}"


def crude_sold(root: Path, year: int, fuel: Energy) -> tuple[Array, tuple[str, ...]]:
    """Crude exports (region,) thousand barrels a day without the build, and where they are from.

    The Review's own table where an economy is an area of its own (2023); else production less
    refinery runs plus imports reported to the IEA, where that is positive; NaN elsewhere.
    """
    net = np.where(fuel.reviewed & (fuel.throughput > 0), fuel.crude - fuel.throughput, np.nan)
    text = "Statistical Review: production less runs"
    if year <= UN_LAST_YEAR:
        seen, reporters = reported_imports(root, year, ("CRUDEOIL",))
        net = net + np.where(reporters > 0, seen.sum(axis=0), 0.0)
        text += " plus imports reported to the IEA"
    out = np.where(net > 0, net, np.nan)
    told = [f"{text}, times price"] * N
    if year > UN_LAST_YEAR:
        table = energy_trade.oil_trade(root).frame
        table = table[(table["year"] == year) & (table["product"] == "crude")]
        sold = table[table["flow"] == "exports"].set_index("area")["kbd"]
        for code, area in _ALONE.items():
            out[INDEX[code]] = float(sold[area])
            told[INDEX[code]] = f"Statistical Review: crude exports of {area}, times price"
    out[ROW_INDEX] = np.nan
    return out, tuple(told)


def gas_sold(root: Path, year: int) -> tuple[Array, str]:
    """Gas exports (region,) bn cubic metres without the build, and where they are from."""
    out = np.zeros(N)
    if year <= UN_LAST_YEAR:
        frame = iea.gas_imports(root).frame
        frame = frame[(frame["year"] == year) & frame["importer"].isin(REGIONS)]
        frame = frame[frame["origin"].isin(REGIONS)]
        out = pair_matrix(frame, "origin", "importer", "mcm").sum(axis=1) / 1000.0
        text = f"importers' reports to the IEA, {year}"
    else:
        lng = energy_trade.lng_exports(root).frame
        lng = lng[lng["year"] == year]
        pipes = energy_trade.gas_movements(root).frame
        pipes = pipes[(pipes["mode"] == "pipeline") & ~pipes["dest"].isin(energy_trade.AREA_SUMS)]
        for places, column in ((lng, "place"), (pipes, "origin")):
            for place, bcm in places.groupby(column)["bcm"].sum().items():
                if (region := seller_of(str(place))) in PLACE_TO_REGION.values():
                    out[INDEX[region]] += float(bcm)
        text = f"Statistical Review: LNG of {year} and pipelines of 2024"
    out = np.where(out > 0, out, np.nan)
    out[ROW_INDEX] = np.nan
    return out, f"{text}, at the unit value of its own exports"
