"""Chapter 27 (mineral fuels) split into crude, gas, refined products, coal and electricity.

Crude and gas come from volumes.  Refined products come from importers' reports to the IEA where
there are any.  What then remains of a pair's chapter 27, split as the exporter's headings of 2016,
gives coal (mining), electricity (utilities), and refined products where nobody reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from entrepot.data import energy_balances
from entrepot.data import trade as sources
from entrepot.world.build.arrays import (
    OBSERVED,
    PROXIED,
    SECTOR_INDEX,
    Array,
    Flags,
    N,
    S,
)
from entrepot.world.build.assumptions import (
    BARREL_DAYS,
    CRUDE_DISCOUNT,
    CRUDE_QUALITY,
    CRUDE_TO_BRENT,
)
from entrepot.world.build.crude import BARRELS_PER_TONNE, crude_trade, reported_imports
from entrepot.world.build.declared import Number, table
from entrepot.world.build.gas import gas_trade
from entrepot.world.build.goods import heading_values
from entrepot.world.layout import REGIONS

# A tonne of mixed products (naphtha, gasoil, fuel oil, petroleum gases) over a tonne of Brent.
# Range 1.0 to 1.25.
PRODUCT_TO_BRENT = table({2017: 1.10, 2019: 1.10, 2023: 1.20}, 0.9, 1.05)
# Liquefied petroleum gases are at least this part of an exporter's petroleum gases.
LEAST_LIQUID = Number(0.1, 0.0, 0.2)
# The least part of a pair's non-crude, non-gas fuels that is kept when crude and gas by volume
# already exceed what customs recorded.
KEPT = Number(0.15, 0.05, 0.3)

_SOLID = ("Coal", "Lignite", "Peat")
_POWER = ("Electrical energy",)
_PRODUCTS = ("Petroleum oils, refined", "Petroleum coke", "Coke", "Petroleum jelly",
             "Bitumen and asphalt, natural", "Bituminous mixtures",
             "Tar distilled from coal, lignite etc.", "Oils etc. from high temperature coal tar",
             "Pitch and pitch coke")  # fmt: skip
_GASES = ("Petroleum gases",)


@dataclass(frozen=True, slots=True)
class Fuels:
    """Trade in fuels.

    Attributes
    ----------
    values : (origin, dest, sector) mn USD; only crude, gas, refined, mining, utilities
    flag : (origin, dest, sector) provenance
    crude_kbd : (origin, dest) thousand barrels a day
    crude_price : (region,) USD a barrel
    gas_bcm : (origin, dest) billion cubic metres

    """

    values: Array
    flag: Flags
    crude_kbd: Array
    crude_price: Array
    gas_bcm: Array


def crude_price(root: Path, year: int) -> Array:
    """Price of each exporter's crude at its border: (region,) USD a barrel."""
    frame = energy_balances.crude_prices(root).frame
    brent = float(frame[(frame["series"] == "brent") & (frame["year"] == year)]["value"].iloc[0])
    discount = CRUDE_DISCOUNT.get(year, {})
    factor = [CRUDE_QUALITY.get(r, 1.0) * discount.get(r, 1.0) for r in REGIONS]
    return brent * CRUDE_TO_BRENT * np.array(factor)


def product_price(root: Path, year: int) -> float:
    """Price of a tonne of mixed refined products, USD."""
    frame = energy_balances.crude_prices(root).frame
    brent = float(frame[(frame["series"] == "brent") & (frame["year"] == year)]["value"].iloc[0])
    return brent * BARRELS_PER_TONNE * PRODUCT_TO_BRENT[year]


def fuel_flows(root: Path, year: int, recorded: Array) -> Fuels:
    """Split the recorded trade in chapter 27 of 2017 or 2019.

    Parameters
    ----------
    root : folder of raw data
    year : a year with importers' reports
    recorded : (origin, dest) chapter 27, mn USD

    """
    price = crude_price(root, year)
    crude = crude_trade(root, year, recorded, price)
    gas = gas_trade(root, year)
    crude_value = crude.kbd * price[:, None] * BARREL_DAYS
    values = np.zeros((N, N, S))
    values[:, :, SECTOR_INDEX["crude"]] = crude_value
    values[:, :, SECTOR_INDEX["gas"]] = gas.value
    parts = other_parts(root, gas.value.sum(axis=1))
    other = np.maximum(
        recorded - crude_value - gas.value, KEPT * recorded * parts.sum(axis=1)[:, None]
    )
    pattern = parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-9)
    bought, reporters = reported_imports(root, year, ("TOTPRODS",))
    products = bought / BARRELS_PER_TONNE * 365.0 * product_price(root, year) / 1e3
    reports = (reporters > 0)[None, :]
    values[:, :, SECTOR_INDEX["refined"]] = np.where(reports, products, other * pattern[:, :1])
    for k, sector in ((1, "mining"), (2, "utilities")):
        by_share = recorded * parts[:, k][:, None]
        rest = other * pattern[:, k][:, None]
        values[:, :, SECTOR_INDEX[sector]] = np.where(reports, by_share, rest)
    return Fuels(values, _flags(crude.flag, gas.flag, reporters > 0), crude.kbd, price, gas.bcm)


def other_parts(root: Path, gas_exports: Array) -> Array:
    """Products, solid fuels and electricity in each exporter's chapter 27: (region, 3).

    Petroleum gases beyond the natural gas that an exporter sells are liquefied petroleum gases.
    """
    hs4 = sources.hs4_exports(root).frame
    crude = heading_values(hs4, ("Petroleum oils, crude",))
    gases = heading_values(hs4, _GASES)
    liquid = np.maximum(gases - gas_exports, LEAST_LIQUID * gases)
    parts = np.stack(
        [
            heading_values(hs4, _PRODUCTS) + liquid,
            heading_values(hs4, _SOLID),
            heading_values(hs4, _POWER),
        ],
        axis=1,
    )
    total = parts.sum(axis=1) + crude + gases - liquid
    return np.asarray(parts / np.maximum(total, 1e-9)[:, None])


def _flags(
    crude: Flags, gas: Flags, reporters: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Flags:
    out = np.full((N, N, S), PROXIED, np.uint8)
    out[:, :, SECTOR_INDEX["crude"]] = crude
    out[:, :, SECTOR_INDEX["gas"]] = gas
    out[:, reporters, SECTOR_INDEX["refined"]] = OBSERVED
    return out
