"""Goods trade of 2023: totals of BACI, sectors of 2019, fuels by volume.

For each pair the total of 2023 less what the fuel modules say crude, gas and products are worth
leaves the other goods.  They take the sector structure of 2019, moved by world prices and by what
export controls did.  Where the remainder is out of any proportion to 2019 it is bounded, and the
report says by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import trade as sources
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    ASSUMED,
    INDEX,
    PROXIED,
    SECTOR_INDEX,
    Array,
    Flags,
    N,
    S,
    at,
    pair_matrix,
    shares,
)
from entrepot.world.build.assumptions import BARREL_DAYS
from entrepot.world.build.crude import oil_balance
from entrepot.world.build.declared import Number, factors, table
from entrepot.world.build.fuels import (
    Fuels,
    crude_price,
    fuel_flows,
    product_price,
)
from entrepot.world.build.gas import gas_trade
from entrepot.world.build.goods import Chapters, goods_flows
from entrepot.world.build.groups import WEST
from entrepot.world.build.hidden import disguised, hidden_crude
from entrepot.world.build.later_oil import (
    PRODUCT_BARRELS_PER_TONNE,
    crude_later,
    products_later,
)
from entrepot.world.layout import REGIONS, ROW

BASE = 2019
# World trade in other goods, 2023 over 2019: for pairs that BACI does not hold (Taiwan).
GROWTH = Number(1.19, 1.12, 1.26)
NOT_IN_BACI = ("TWN",)
# Unit values of 2023 relative to 2019, before pairs are scaled to their totals (1 elsewhere).
PRICE = table({"mining": 1.35, "grain": 1.25, "food": 1.18, "chemicals": 1.10, "metals": 1.12,
               "vehicles": 1.08, "textiles": 0.92, "utilities": 1.5}, 0.9, 1.1)  # fmt: skip
# Coal, products and electricity of 2023 over 2019 for pairs without data, at world prices.
SOLID_GROWTH = Number(1.4, 1.2, 1.7)
# Pairs where neither side still reports, so that BACI has little or nothing: 2019 grown, if more.
SILENT = ("RUS", "BLR", "IRN", "IRQ", "SYR", "AFG", "TKM", "LBY", "VEN")
# Other goods of pairs that neither side reported in 2019 either, mn USD: assumed, near what Iranian
# customs said for the year 1402, unchecked; range 0.7 to 1.2.
SAID_BY_ONE = table({("IRN", "IRQ"): 9200.0, ("IRN", "AFG"): 1900.0}, 0.7, 1.2)
# Bounds on a pair's other goods relative to 2019 times `GROWTH`.  The upper one holds for sellers
# of fuels only: elsewhere a steep rise is trade, and for them it may be oil that was not split off.
LEAST, MOST = Number(0.10, 0.05, 0.3), Number(6.0, 3.0, 10.0)
FUEL_SELLER = Number(0.25, 0.2, 0.4)
# Products are at most this part of what crude and gas leave of a pair's total.
MOST_PRODUCTS = Number(0.85, 0.7, 0.95)

# What export controls, boycotts and the detours did to the structure of 2019, by 2023; shifts of
# structure inside a pair only, its total is BACI's.  Assumed, after the direction of EU exports
# and Russian customs; ranges half to twice the distance from 1.
CONTROLLED = factors({"machinery": 0.35, "electronics": 0.20, "vehicles": 0.12, "metals": 0.4,
                      "refined": 0.1, "textiles": 0.8, "chemicals": 1.3, "food": 1.4})  # fmt: skip
DETOURS = ("KGZ", "ARM", "KAZ", "UZB", "GEO", "TUR", "ARE")
DETOUR = factors({"electronics": 3.0, "machinery": 2.5, "vehicles": 3.0})
CHINA_TO_RUSSIA = factors({"vehicles": 4.0, "machinery": 1.3})
RUSSIA_TO_WEST = factors({"mining": 0.3, "wood_paper": 0.2, "metals": 0.6, "utilities": 0.2})


@dataclass(frozen=True, slots=True)
class LaterGoods:
    """Goods trade of 2023 with fuels.

    Attributes
    ----------
    values : (origin, dest, sector) mn USD, goods only
    flag : (origin, dest, sector) provenance
    hidden : (origin, dest) mn USD of hidden crude in `values`
    crude_kbd, gas_bcm : volumes behind them
    crude_price : (region,) USD a barrel
    cleaned : the chapters of 2019
    bounded : mn USD by which bounds on other goods moved the totals of BACI
    fuels : the fuels of 2019

    """

    values: Array
    flag: Flags
    hidden: Array
    crude_kbd: Array
    gas_bcm: Array
    crude_price: Array
    cleaned: Chapters
    bounded: float
    fuels: Fuels


def goods_later(root: Path, year: int, *, hidden_oil: bool) -> tuple[LaterGoods, Array]:
    """Goods of 2023, and all goods of 2019 by pair for the services module."""
    other, recorded, cleaned = goods_flows(root, BASE)
    fuels = fuel_flows(root, BASE, recorded)
    price = crude_price(root, year)
    layer = hidden_crude(root, year)
    balances = (oil_balance(root, BASE), oil_balance(root, year))
    kbd = crude_later(root, year, fuels.crude_kbd, balances, layer)
    crude = kbd * price[:, None] * BARREL_DAYS
    hidden = layer * price[:, None] * BARREL_DAYS
    gas = gas_trade(root, year)
    total = _totals(root, other, fuels, crude + gas.value)
    left = total - crude - gas.value - _as_recorded(layer, hidden)
    products = np.minimum(_products(root, year, fuels), MOST_PRODUCTS * np.maximum(left, 0.0))
    base = other.copy()
    for sector in ("mining", "utilities"):
        base[:, :, SECTOR_INDEX[sector]] += fuels.values[:, :, SECTOR_INDEX[sector]]
    rest, bounded = bounded_rest(left - products, base.sum(axis=2), fuel_sellers(other, fuels))
    for (origin, dest), value in SAID_BY_ONE.items():
        rest[INDEX[origin], INDEX[dest]] = value
    values = rest[:, :, None] * structure(base)
    values[:, :, SECTOR_INDEX["refined"]] += products
    values[:, :, SECTOR_INDEX["gas"]] = gas.value
    shown = hidden if hidden_oil else _as_recorded(layer, hidden)
    values[:, :, SECTOR_INDEX["crude"]] = crude + shown
    flag = np.full((N, N, S), PROXIED, np.uint8)
    flag[hidden > 0, SECTOR_INDEX["crude"]] = ASSUMED
    for origin, dest in SAID_BY_ONE:
        flag[INDEX[origin], INDEX[dest], :] = ASSUMED
    volumes = kbd + (layer if hidden_oil else disguised(layer))
    zero = np.zeros((N, N))
    made = LaterGoods(values, flag, hidden if hidden_oil else zero, volumes, gas.bcm, price,
                      cleaned, bounded, fuels)  # fmt: skip
    return made, (other + fuels.values).sum(axis=2)


def _totals(root: Path, other: Array, fuels: Fuels, oil_and_gas: Array) -> Array:
    """Trade of 2023 by pair, mn USD; BACI, or 2019 grown where BACI has no data."""
    total = baci_matrix(sources.baci_totals(root).frame)
    solid = fuels.values.sum(axis=2) - fuels.values[:, :, SECTOR_INDEX["crude"]]
    solid -= fuels.values[:, :, SECTOR_INDEX["gas"]]
    grown = GROWTH * other.sum(axis=2) + SOLID_GROWTH * solid + oil_and_gas
    quiet = np.zeros(N, bool)
    quiet[at(*SILENT)] = True
    total = np.where(quiet[:, None] & quiet[None, :], np.maximum(total, grown), total)
    absent = np.zeros(N, bool)
    absent[at(*NOT_IN_BACI)] = True
    missing = absent[:, None] | absent[None, :]
    return np.where(missing, grown, total)


def baci_matrix(frame: pd.DataFrame) -> Array:
    """Totals of BACI by pair: (origin, dest) mn USD; every economy but Taiwan must be there."""
    wanted = [r for r in REGIONS if r != ROW and r not in NOT_IN_BACI]
    for column in ("exporter", "importer"):
        require_labels(frame[column], wanted, "baci_2023", "totals", f"'{column}'")
    return pair_matrix(frame, "exporter", "importer", "value_kusd_2023") / 1e3


def _as_recorded(layer: Array, hidden: Array) -> Array:
    """Value of the hidden crude under the origins that customs recorded: (origin, dest) mn USD."""
    china = INDEX["CHN"]
    volume = layer[:, china].sum()
    price = hidden[:, china].sum() / volume if volume > 0 else 0.0
    return disguised(layer) * price


def _products(root: Path, year: int, fuels: Fuels) -> Array:
    """Refined products of 2023 by pair, mn USD."""
    to_kbd = product_price(root, BASE) * 365.0 / 1e3 / PRODUCT_BARRELS_PER_TONNE
    volumes = products_later(root, year, fuels.values[:, :, SECTOR_INDEX["refined"]] / to_kbd)
    return volumes * product_price(root, year) * 365.0 / 1e3 / PRODUCT_BARRELS_PER_TONNE


def fuel_sellers(other: Array, fuels: Fuels) -> Array:
    """Whether fuels were more than a quarter of an economy's exports in 2019: (region,) 0 or 1."""
    burnt = fuels.values.sum(axis=(1, 2))
    total = burnt + other.sum(axis=(1, 2))
    return np.asarray(burnt > FUEL_SELLER * total, np.float64)


def bounded_rest(left: Array, base: Array, fuel_seller: Array) -> tuple[Array, float]:
    """Other goods by pair within bounds around 2019, and the sum of what the bounds moved."""
    low, high = LEAST * GROWTH * base, np.maximum(MOST * GROWTH * base, SMALL_PAIR)
    high = np.where(fuel_seller[:, None] > 0, high, np.inf)
    rest = np.clip(left, low, high)
    np.fill_diagonal(rest, 0.0)
    moved = np.abs(rest - left)
    np.fill_diagonal(moved, 0.0)
    return rest, float(moved.sum())


SMALL_PAIR = Number(200.0, 100.0, 500.0)


def structure(base: Array) -> Array:
    """Sector shares of other goods by pair in 2023: (origin, dest, sector)."""
    moved = base * _factors()
    by_pair = shares(moved, axis=2)
    by_origin = shares(moved.sum(axis=1), axis=1)
    return np.where(by_pair.sum(axis=2, keepdims=True) > 0, by_pair, by_origin[:, None, :])


def _factors() -> Array:
    out = np.ones((N, N, S))
    west, russia = at(*WEST), at("RUS", "BLR")
    pairs: tuple[tuple[list[int], list[int], dict[str, float]], ...] = (
        (list(range(N)), list(range(N)), PRICE),
        (west, russia, CONTROLLED),
        (russia, west, RUSSIA_TO_WEST),
        (at(*DETOURS), at("RUS"), DETOUR),
        (at("CHN"), at("RUS"), CHINA_TO_RUSSIA),
    )
    for origins, dests, moved in pairs:
        for sector, factor in moved.items():
            out[np.ix_(origins, dests, [SECTOR_INDEX[sector]])] *= factor
    return out
