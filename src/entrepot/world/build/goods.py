"""Goods other than fuels: HS chapters of the Atlas into the sectors of the world."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data import trade as sources
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import (
    INDEX,
    SECTOR_INDEX,
    Array,
    N,
    S,
    at,
    positions,
    shares,
)
from entrepot.world.build.declared import Number
from entrepot.world.layout import REGIONS, ROW

UNSPECIFIED = "ANS"
# Economies whose partners report most of what they themselves leave unspecified: keeping both
# would count it twice.  With it and services, Kuwait would have exported 106 bn in 2017 and Oman
# 53; the UN accounts say 62 and 37.  The Emirates' unspecified oil is a double count too; the rest
# of what they leave unspecified (re-exports from free zones) is not: without it their exports are
# far below the 384 bn of the UN accounts.
DOUBLE_COUNTED = ("KWT", "OMN")
FUELS_DOUBLE_COUNTED = ("ARE",)
# Economies that hide the buyers of what they ship to Asia.
TO_ASIA = ("IRN", "IRQ", "VEN")
# Part of it that is Taiwan's own; assumed, range 0.05 to 0.4.
TAIWAN_OF_OTHER_ASIA = Number(0.15, 0.05, 0.4)
# Chapter 99 of these pairs is oil and gas whose prices are confidential (Turkish gas and oil,
# Australian liquefied gas, Russian gas for Belarus).
CONFIDENTIAL_FUELS = (("IRN", "TUR"), ("RUS", "TUR"), ("AUS", "JPN"), ("AUS", "CHN"),
                      ("RUS", "BLR"))  # fmt: skip
ASIAN_BUYERS = ("CHN", "IND", "KOR", "JPN", "TWN", "SGP", "MYS", "THA", "PHL", "IDN", "PAK")

_HS4_PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "71": {
        "metals": ("Gold", "Silver", "Platinum", "Scrap of precious metal", "Silver clad metals",
                   "Gold clad metals", "Platinum clad metals"),
        "other_manufacturing": ("Diamonds", "Precious stones", "Synthetic precious stones",
                                "Pearls", "Diamond dust", "Jewelry of precious metal",
                                "Goldsmith and silversmith wares", "Imitation jewelry",
                                "Other articles of precious metals",
                                "Articles of precious stones"),
    },
}  # fmt: skip
_COMPUTING = ("Computers", "Parts and accessories for office machines", "Printers and copiers",
              "Other office machines")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapters:
    """Goods trade of one year by chapter, cleaned of unspecified partners and chapter 99.

    Attributes
    ----------
    values : (origin, dest, chapter), mn USD, zero diagonal
    codes : labels of the chapters
    dropped : (region,) mn USD of exports to unspecified partners that were left out
    spread : (region,) mn USD of exports to unspecified partners that were given to partners
    unknown_origin : (region,) mn USD of imports from unspecified partners, left out because the
        exporters report them

    """

    values: Array
    codes: tuple[str, ...]
    dropped: Array
    spread: Array
    unknown_origin: Array


def chapter_table() -> pd.DataFrame:
    """HS chapter to sectors (hs2, sector, share, gtap); 27 and 99 have rules of their own."""
    path = resources.files("entrepot.world.build") / "tables" / "hs2_sectors.csv"
    with path.open("r", encoding="utf-8") as handle:
        return pd.read_csv(handle, dtype={"hs2": str})


def atlas_of(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows of one year of the Atlas; every economy must sell and buy, every chapter be there."""
    rows = frame[frame["year"] == year]
    named = [r for r in REGIONS if r != ROW]
    for column in ("exporter", "importer"):
        require_labels(rows[column], named, "atlas_hs2", "bilateral", f"'{column}' of {year}")
    codes = {*chapter_table()["hs2"], "27", "99"}
    require_labels(rows["hs2"].unique(), codes, "atlas_hs2", "bilateral", f"'hs2' of {year}")
    return rows


def chapters(atlas: pd.DataFrame, year: int) -> Chapters:
    """Clean the chapters of one year of the Atlas (step 2 of the way to a consistent world)."""
    rows = atlas[(atlas["year"] == year) & (atlas["exporter"] != atlas["importer"])]
    codes = tuple(sorted(map(str, atlas["hs2"].unique())))
    cube = np.zeros((N + 1, N + 1, len(codes)))
    o = np.where(rows["exporter"] == UNSPECIFIED, N, positions(rows["exporter"]))
    d = np.where(rows["importer"] == UNSPECIFIED, N, positions(rows["importer"]))
    h = rows["hs2"].astype(str).map({c: k for k, c in enumerate(codes)}).to_numpy(np.int64)
    np.add.at(cube, (o, d, h), rows["value_usd"].to_numpy(float) / 1e6)
    values = cube[:N, :N].copy()
    values[np.arange(N), np.arange(N)] = 0.0
    unspecified = cube[:N, N]
    given = unspecified.copy()
    given[at(*DOUBLE_COUNTED)] = 0.0
    given[at(*FUELS_DOUBLE_COUNTED), codes.index("27")] = 0.0
    _taiwan(values, codes.index("27"))
    for origin, dest in CONFIDENTIAL_FUELS:
        pair = values[INDEX[origin], INDEX[dest]]
        pair[codes.index("27")] += pair[codes.index("99")]
        pair[codes.index("99")] = 0.0
    values = values + _spread(values, given)
    values = _spread_unclassified(values, codes.index("99"), codes.index("27"))
    return Chapters(
        values=values,
        codes=codes,
        dropped=(unspecified - given).sum(axis=1),
        spread=given.sum(axis=1),
        unknown_origin=cube[N, :N].sum(axis=1),
    )


def _taiwan(values: Array, fuels: int) -> None:
    """Give Iran's fuels to "other Asia, not elsewhere specified" mostly to China and India.

    That place stands for Taiwan in the Atlas and holds much more than Taiwan bought.
    """
    iran, taiwan = INDEX["IRN"], INDEX["TWN"]
    moved = (1.0 - TAIWAN_OF_OTHER_ASIA) * values[iran, taiwan, fuels]
    buyers = at("CHN", "IND")
    weights = values[iran, buyers, fuels]
    values[iran, buyers, fuels] += moved * weights / max(float(weights.sum()), 1e-9)
    values[iran, taiwan, fuels] -= moved


def _spread(values: Array, given: Array) -> Array:
    """Share `given` (origin, chapter) over destinations as the known part of the chapter."""
    weights = values.copy()
    asian = np.zeros(N, bool)
    asian[at(*ASIAN_BUYERS)] = True
    for k in at(*TO_ASIA):
        weights[k, ~asian] = 0.0
    by_chapter = shares(weights, axis=1)
    by_origin = shares(weights.sum(axis=2), axis=1)
    empty = weights.sum(axis=1) <= 0
    pattern = np.where(empty[:, None, :], by_origin[:, :, None], by_chapter)
    return np.asarray(pattern * given[:, None, :])


def _spread_unclassified(values: Array, rest: int, fuels: int) -> Array:
    """Give chapter 99 to the other chapters, except fuels, in each pair's own proportions."""
    out = values.copy()
    amount = out[:, :, rest].copy()
    out[:, :, rest] = 0.0
    base = out.copy()
    base[:, :, fuels] = 0.0
    own = shares(base, axis=2)
    of_origin = shares(base.sum(axis=1), axis=1)
    pattern = np.where(own.sum(axis=2, keepdims=True) > 0, own, of_origin[:, None, :])
    return np.asarray(out + amount[:, :, None] * pattern)


def sector_shares(codes: tuple[str, ...], hs4: pd.DataFrame) -> Array:
    """Sector shares of each chapter, by exporter: (origin, chapter, sector).

    Chapters 71 and 84 mix sectors in proportions that differ most between economies; there the
    headings of 2016 give each exporter's own split.
    """
    out = np.zeros((N, len(codes), S))
    table = chapter_table()
    for chapter, sector, part in zip(table["hs2"], table["sector"], table["share"], strict=True):
        out[:, codes.index(str(chapter)), SECTOR_INDEX[str(sector)]] += float(part)
    for chapter, parts in _HS4_PARTS.items():
        amounts = np.zeros((N, S))
        for sector, names in parts.items():
            amounts[:, SECTOR_INDEX[sector]] = heading_values(hs4, names)
        known = amounts.sum(axis=1) > 0
        out[known, codes.index(chapter)] = shares(amounts)[known]
    return out


def heading_values(hs4: pd.DataFrame, names: tuple[str, ...]) -> Array:
    """Exports of 2016 in some headings by economy, mn USD."""
    require_labels(hs4["product"].unique(), names, "hs4_exports_2016", "exports", "'product'")
    rows = hs4[hs4["product"].isin(names)]
    out = np.zeros(N)
    np.add.at(out, positions(rows["exporter"]), rows["value_usd"].to_numpy(float) / 1e6)
    return out


def computing_share(cleaned: Chapters, hs4: pd.DataFrame) -> Array:
    """Share of computers and printers in each exporter's chapter 84."""
    exports = cleaned.values[:, :, cleaned.codes.index("84")].sum(axis=1)
    part = heading_values(hs4, _COMPUTING)
    ratio = np.divide(part, exports, out=np.zeros(N), where=exports > 0)
    return np.asarray(np.clip(ratio, 0.0, 0.95))


def goods_flows(root: Path, year: int) -> tuple[Array, Array, Chapters]:
    """Goods without fuels, fuels as one, and the cleaned chapters.

    Returns
    -------
    flows : (origin, dest, sector) mn USD, chapter 27 left out
    fuels : (origin, dest) mn USD of chapter 27
    cleaned : the chapters

    """
    hs4 = sources.hs4_exports(root).frame
    cleaned = chapters(atlas_of(sources.atlas_bilateral(root).frame, year), year)
    table = sector_shares(cleaned.codes, hs4)
    k = cleaned.codes.index("84")
    computing = computing_share(cleaned, hs4)
    table[:, k, :] = 0.0
    table[:, k, SECTOR_INDEX["electronics"]] = computing
    table[:, k, SECTOR_INDEX["machinery"]] = 1.0 - computing
    flows = np.einsum("ijh,ihs->ijs", cleaned.values, table, optimize=True)
    return flows, cleaned.values[:, :, cleaned.codes.index("27")].copy(), cleaned
