"""Areas of the Statistical Review: which economies they hold, and fits to their matrices.

ROW lies in many areas, so it is taken apart: place `ROW@Europe` and so on, and summed at the end.
"""

from __future__ import annotations

import numpy as np

from entrepot.world.build.arrays import INDEX, ROW_INDEX, Array, N, ras
from entrepot.world.build.groups import EUROPE
from entrepot.world.layout import REGIONS, ROW

_ALONE = {"CAN": "Canada", "MEX": "Mexico", "USA": "US", "RUS": "Russia", "IRQ": "Iraq",
          "KWT": "Kuwait", "SAU": "Saudi Arabia", "ARE": "UAE", "CHN": "China", "IND": "India",
          "JPN": "Japan", "SGP": "Singapore", "AUS": "Australasia",
          "NGA": "West Africa", "ZAF": "East & S. Africa"}  # fmt: skip
_GROUPS: dict[str, tuple[str, ...]] = {
    "S. & Cent. America": ("BRA", "ARG", "CHL", "COL", "VEN"),
    "Europe": (*EUROPE, "GEO"),
    "Other CIS": ("BLR", "ARM", "AZE", "KAZ", "KGZ", "UZB", "TKM", "TJK"),
    "Other Middle East": ("IRN", "SYR", "QAT", "OMN", "BHR", "ISR"),
    "North Africa": ("EGY", "DZA", "LBY"),
    "Other Asia Pacific": ("HKG", "TWN", "KOR", "PAK", "BGD", "AFG", "IDN", "MYS", "THA", "VNM",
                           "PHL"),
}  # fmt: skip
_ROW_IN = ("S. & Cent. America", "Europe", "Other Middle East", "North Africa", "West Africa",
           "East & S. Africa", "Australasia", "Other Asia Pacific")  # fmt: skip
_MERGED_AS_BUYERS = {
    "Iraq": "Middle East", "Kuwait": "Middle East", "Saudi Arabia": "Middle East",
    "UAE": "Middle East", "Other Middle East": "Middle East", "North Africa": "Africa",
    "West Africa": "Africa", "East & S. Africa": "Africa",
}  # fmt: skip
_TRADE_TABLE_NAME = {"UAE": "United Arab Emirates"}

AREA: dict[str, str] = {
    **_ALONE,
    **{code: area for area, codes in _GROUPS.items() for code in codes},
}
PLACES: tuple[str, ...] = (
    *(r for r in REGIONS if r != ROW),
    *(f"{ROW}@{area}" for area in _ROW_IN),
)
SELLER_AREA: tuple[str, ...] = tuple(AREA[p] if "@" not in p else p.split("@")[1] for p in PLACES)
BUYER_AREA: tuple[str, ...] = tuple(_MERGED_AS_BUYERS.get(a, a) for a in SELLER_AREA)
_OF_REGION = np.array([INDEX.get(p, ROW_INDEX) for p in PLACES])


def table_name(area: str) -> str:
    """Name of an area in the table of exports and imports."""
    return _TRADE_TABLE_NAME.get(area, area)


def expand(values: Array) -> Array:
    """Matrix over economies to one over places, with ROW's row and column repeated."""
    return np.asarray(values[np.ix_(_OF_REGION, _OF_REGION)])


def expand_vector(values: Array) -> Array:
    """Vector over economies to one over places; zero for the parts of ROW."""
    return np.where(_OF_REGION == ROW_INDEX, 0.0, values[_OF_REGION])


def collapse(values: Array) -> Array:
    """Matrix over places to one over economies, with a zero diagonal."""
    out = np.zeros((N, N))
    np.add.at(out, (_OF_REGION[:, None], _OF_REGION[None, :]), values)
    np.fill_diagonal(out, 0.0)
    return out


def complete_with_rest(listed: Array, areas: tuple[str, ...], totals: dict[str, float]) -> Array:
    """Scale listed places down to their area's total, or give what is missing to ROW there."""
    out = listed.copy()
    for area, total in totals.items():
        inside = np.array([a == area for a in areas])
        rest = inside & np.array(["@" in p for p in PLACES])
        known = float(out[inside].sum())
        if known > total or not rest.any():
            out[inside] *= total / known if known > 0 else 0.0
        else:
            out[rest] = (total - known) / rest.sum()
    return out


def fit_blocks(seed: Array, blocks: dict[tuple[str, str], float]) -> Array:
    """Scale each block (selling area, buying area) of a matrix over places to its total."""
    out = np.zeros_like(seed)
    sellers, buyers = np.array(SELLER_AREA), np.array(BUYER_AREA)
    for (a, b), total in blocks.items():
        where = np.ix_(np.flatnonzero(sellers == a), np.flatnonzero(buyers == b))
        known = seed[where].sum()
        if known > 0:
            out[where] = seed[where] * (total / known)
    return out


def balanced_blocks(
    matrix: dict[tuple[str, str], float], sold: dict[str, float], bought: dict[str, float]
) -> dict[tuple[str, str], float]:
    """Matrix of areas of one year moved to the exports and imports of another."""
    sellers, buyers = tuple(sold), tuple(bought)
    seed = np.array([[matrix.get((a, b), 0.0) for b in buyers] for a in sellers])
    rows, columns = np.array(list(sold.values())), np.array(list(bought.values()))
    made = ras(seed, rows, columns)
    return {(a, b): float(made[i, j]) for i, a in enumerate(sellers) for j, b in enumerate(buyers)}
