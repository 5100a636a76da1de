"""Crude and refined products of 2023: areas of the Statistical Review, then economies.

Exports and imports of areas in 2023 and the matrix of 2024 give the blocks.  Inside a block,
sellers weigh by production less refining, buyers by refining less production, pairs by how they
stood in 2019, and embargoes take pairs out.  Movements inside an area, which the Review leaves
out, follow 2019 with the seller's production.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from entrepot.core.errors import SourceError
from entrepot.data import energy_trade
from entrepot.data.required import require_labels
from entrepot.world.build.areas import (
    BUYER_AREA,
    PLACES,
    SELLER_AREA,
    balanced_blocks,
    collapse,
    complete_with_rest,
    expand,
    expand_vector,
    fit_blocks,
    table_name,
)
from entrepot.world.build.arrays import INDEX, ROW_INDEX, Array, N, ras
from entrepot.world.build.crude import BARRELS_PER_TONNE, OilBalance
from entrepot.world.build.declared import Number, table
from entrepot.world.layout import REGIONS, ROW

KBD_PER_MT = BARRELS_PER_TONNE * 1000.0 / 365.0
PRODUCT_BARRELS_PER_TONNE = Number(
    7.6, 7.4, 8.0, "Statistical Review, approximate conversion factors"
)

# Who still bought Russian crude in 2023; the EU embargo spares the southern Druzhba and Bulgaria.
RUSSIAN_CRUDE = ("CHN", "IND", "TUR", "HUN", "SVK", "CZE", "BGR", "BLR", "KAZ", "KGZ", "TJK",
                 "UZB", "ARE", "SAU", "MYS", "SGP", "PAK", "BGD", "IDN", "EGY", "SYR", "BRA", "AFG",
                 "ARM", "GEO", "AZE", "TKM", "ROW")  # fmt: skip
RUSSIAN_PRODUCTS = (*RUSSIAN_CRUDE, "DZA", "LBY", "ISR", "OMN", "QAT", "KWT", "BHR", "IRQ", "IRN",
                    "VNM", "THA", "PHL", "HKG", "TWN", "KOR", "ZAF", "NGA", "MEX", "ARG", "CHL",
                    "COL", "VEN")  # fmt: skip
NO_SALES_TO_ISRAEL = ("SAU", "QAT", "KWT", "OMN", "IRQ", "LBY", "DZA", "ARE", "BHR", "IRN", "SYR")
# Most of what is left of Russia's sales to Europe is Turkey's; weights, assumed.
_DRUZHBA = table({"TUR": 0.48, "HUN": 0.14, "SVK": 0.15, "CZE": 0.12, "BGR": 0.11}, 0.7, 1.4)
# Venezuela's recorded buyers, kb/d: the licence of November 2022, swaps with Spain and Italy, Cuba.
VENEZUELA_RECORDED = table({"USA": 135.0, "ESP": 45.0, "ITA": 15.0, "ROW": 50.0}, 0.7, 1.3)
AFFINITY_BOUNDS = (Number(0.15, 0.05, 0.3), Number(6.0, 4.0, 10.0))
# What net importers sell of their imports of 2019; least of those of 2019 that a refiner buys.
SOLD_ON, LEAST_BOUGHT = Number(0.1, 0.05, 0.2), Number(0.7, 0.5, 0.9)
# Weight of pairs without trade in products in 2019.
NEW_PAIRS = Number(0.02, 0.01, 0.05)
# Bound on the growth of trade inside an area.
MOST_GROWTH = Number(1.5, 1.2, 2.0)


def area_blocks(root: Path, year: int, product: str) -> dict[tuple[str, str], float]:
    """Trade between areas in a year, thousand barrels a day."""
    moves = energy_trade.oil_movements(root).frame
    moves = moves[moves["product"] == product]
    for column, areas in (("origin", SELLER_AREA), ("dest", BUYER_AREA)):
        require_labels(moves[column], areas, energy_trade.SOURCE, "oil_movements",
                       f"'{column}' of {product}")  # fmt: skip
    matrix: dict[tuple[str, str], float] = {}
    for origin, dest, mt in zip(moves["origin"], moves["dest"], moves["mt"], strict=True):
        matrix[str(origin), str(dest)] = float(mt) * KBD_PER_MT
    trade = energy_trade.oil_trade(root).frame
    trade = trade[(trade["year"] == year) & (trade["product"] == product)]
    require_labels(trade["area"], (table_name(a) for a in SELLER_AREA), energy_trade.SOURCE,
                   "oil_trade", f"'area' of {product} in {year}")  # fmt: skip
    totals = trade.set_index(["flow", "area"])["kbd"]
    sold = {a: float(totals["exports"][table_name(a)]) for a in dict.fromkeys(SELLER_AREA)}
    bought: dict[str, float] = {}
    for buyer, seller in dict.fromkeys(zip(BUYER_AREA, SELLER_AREA, strict=True)):
        value = float(totals["imports"][table_name(seller)])
        bought[buyer] = bought.get(buyer, 0.0) + value
    return balanced_blocks(matrix, sold, bought)


def affinity(base: Array) -> Array:
    """How much more a pair trades than the totals of both suggest, bounded: over places."""
    rows, columns, total = base.sum(axis=1), base.sum(axis=0), base.sum()
    expected = np.outer(rows, columns) / total
    ratio = np.divide(base, expected, out=np.full_like(base, 0.0), where=expected > 0)
    return expand(np.clip(ratio, *AFFINITY_BOUNDS))


def allowed(sanctioned_to: tuple[str, ...]) -> Array:
    """Pairs that may trade in 2023, over places: Russia to the named, Iran and Venezuela apart."""
    mask = np.ones((N, N))
    mask[[INDEX[r] for r in NO_SALES_TO_ISRAEL], INDEX["ISR"]] = 0.0
    mask[INDEX["RUS"]] = [1.0 if r in sanctioned_to else 0.0 for r in REGIONS]
    np.fill_diagonal(mask, 0.0)
    return expand(mask)


def crude_later(
    root: Path, year: int, base: Array, balances: tuple[OilBalance, OilBalance], hidden: Array
) -> Array:
    """Crude by pair without the hidden layer: (origin, dest) kb/d.

    Parameters
    ----------
    root : folder of raw data
    year : 2023
    base : (origin, dest) crude trade of 2019, kb/d
    balances : production and refining of 2019 and of `year`
    hidden : (origin, dest) hidden crude, kb/d, which the Review's areas hold

    """
    before, now = balances
    blocks = area_blocks(root, year, "crude")
    take_out(blocks, "Other Middle East", "China", float(hidden[INDEX["IRN"], INDEX["CHN"]]))
    take_out(blocks, "S. & Cent. America", "China", float(hidden[INDEX["VEN"], INDEX["CHN"]]))
    take_out(blocks, "S. & Cent. America", "US", VENEZUELA_RECORDED["USA"])
    net = now.production - now.throughput
    sells = np.where(net > 0, net, SOLD_ON * np.maximum(base.sum(axis=1), 0.0))
    sells[[INDEX["IRN"], INDEX["VEN"]]] = 0.0
    buys = np.maximum(-net, LEAST_BOUGHT * base.sum(axis=0)) * (now.throughput > 0)
    weight_out = complete_with_rest(expand_vector(sells), SELLER_AREA, _sums(blocks, 0))
    weight_in = complete_with_rest(expand_vector(buys), BUYER_AREA, _sums(blocks, 1))
    seed = weight_out[:, None] * weight_in[None, :] * affinity(base) * allowed(RUSSIAN_CRUDE)
    russia = PLACES.index("RUS")
    for k, place in enumerate(PLACES):
        if BUYER_AREA[k] == "Europe":
            seed[russia, k] = _DRUZHBA.get(place, 0.0)
    made = fit_blocks(seed, blocks)
    firm = ras(made, made.sum(axis=1), weight_in, rounds=30)
    made = fit_blocks(firm, blocks)
    out = collapse(made) + _inside(base, before.production, now.production)
    out = within_production(out, now)
    for buyer, kbd in VENEZUELA_RECORDED.items():
        out[INDEX["VEN"], INDEX[buyer]] = kbd
    return out


def take_out(blocks: dict[tuple[str, str], float], seller: str, buyer: str, kbd: float) -> None:
    """Take hidden or separately known oil, kb/d, out of the block that holds it."""
    found = blocks.get((seller, buyer), 0.0)
    if found < kbd:
        raise SourceError(
            f"source '{energy_trade.SOURCE}', table 'oil_movements': assertion 'hidden oil fits' "
            f"failed: crude from {seller} to {buyer} is {found:.0f} kb/d, less than the "
            f"{kbd:.0f} kb/d of it that are placed by other sources. Compare the file with its "
            "edition, or lower the hidden volumes."
        )
    blocks[seller, buyer] = found - kbd


def within_production(kbd: Array, now: OilBalance) -> Array:
    """Keep sellers within what they produce and buyers near what they refine.

    The Review counts cargoes through Fujairah as exports of the UAE, a third more than it can
    sell.  An exporter sells at most production and imports less `RUNS_OWN` of its refining.  Buyers
    outside the areas of one economy, which the Review gives itself, move towards their runs.
    """
    bought, sold = kbd.sum(axis=0), kbd.sum(axis=1)
    most = np.maximum(now.production - RUNS_OWN * now.throughput + bought, 0.0)
    most[ROW_INDEX] = np.inf
    rows = np.where(now.production > 0, np.minimum(sold, most), sold)
    need = now.throughput - now.production + rows
    wanted = np.clip(need, NEAR[0] * bought, NEAR[1] * bought)
    given = [r in GIVEN_BUYERS for r in REGIONS] | (now.throughput <= 0)
    return ras(kbd, rows, np.where(given, bought, wanted), rounds=30)


RUNS_OWN = Number(0.85, 0.7, 0.95)
NEAR = (Number(0.75, 0.6, 0.9), Number(1.35, 1.15, 1.6))
GIVEN_BUYERS = ("CHN", "IND", "USA", "JPN", "KOR", "SGP", "CAN", ROW)


def _sums(blocks: dict[tuple[str, str], float], side: int) -> dict[str, float]:
    out: dict[str, float] = {}
    for pair, value in blocks.items():
        out[pair[side]] = out.get(pair[side], 0.0) + value
    return out


def _inside(base: Array, before: Array, now: Array) -> Array:
    """Trade inside areas that the Review leaves out, moved with the seller's production."""
    growth = np.divide(now, before, out=np.ones(N), where=before > 0)
    home = {p: a for p, a in zip(PLACES, BUYER_AREA, strict=True) if "@" not in p}
    same = np.array([[home.get(o, "o") == home.get(d, "d") for d in REGIONS] for o in REGIONS])
    # The Review does count trade among the Gulf states, within Africa and with Russia.
    counted = [home.get(r) in ("Middle East", "Africa", "Russia") for r in REGIONS]
    return np.asarray(
        np.where(
            same & ~np.array(counted)[:, None], base * np.clip(growth, 0, MOST_GROWTH)[:, None], 0
        )
    )


def products_later(root: Path, year: int, base: Array) -> Array:
    """Refined products by pair: (origin, dest) kb/d, from the pattern of 2019.

    Parameters
    ----------
    root : folder of raw data
    year : 2023
    base : (origin, dest) trade in products of 2019, kb/d

    """
    blocks = area_blocks(root, year, "product")
    known = expand(base) * allowed(RUSSIAN_PRODUCTS)
    weak = NEW_PAIRS * expand(np.outer(base.sum(axis=1), base.sum(axis=0)) / base.sum())
    made = fit_blocks((known + weak) * allowed(RUSSIAN_PRODUCTS), blocks)
    home = {p: a for p, a in zip(PLACES, BUYER_AREA, strict=True) if "@" not in p}
    same = np.array([[home.get(o, "o") == home.get(d, "d") for d in REGIONS] for o in REGIONS])
    fitted = collapse(made)
    return np.asarray(fitted + np.where(same, base, 0.0) * (fitted <= 0))
