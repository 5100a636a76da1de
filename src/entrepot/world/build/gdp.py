"""GDP of every economy of the bundled worlds, and what is done about known artefacts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.core.errors import SourceError
from entrepot.data.accounts import adb_summary, factbook_economy, gdp_2023, un_aggregates
from entrepot.data.required import require_labels
from entrepot.world.build.arrays import ASSUMED, OBSERVED, PROXIED
from entrepot.world.build.concordance import UN_NAMES
from entrepot.world.layout import REGIONS, ROW

BRANCHES = (
    "agriculture",
    "mining_utilities",
    "manufacturing",
    "construction",
    "trade_hotels",
    "transport_communication",
    "other_services",
)
UN_LAST_YEAR = 2021
NO_UN_ACCOUNTS = ("TWN",)
"""Economies of the layout that neither the UN nor the World Bank covers."""
OFFICIAL_RATES = ("IRN", "SYR", "LBY", "AFG", "TKM")
"""Economies whose GDP is converted at an official rate far from the market's."""


@dataclass(frozen=True, slots=True)
class Gdp:
    """GDP targets.

    Attributes
    ----------
    value : (region,) GDP at market prices, mn USD
    flag : (region,) provenance code
    source : per region, where the number comes from
    branch : (region, branch) value added by UN branch, mn USD, scaled to GDP
    exports, imports : (region,) goods and services in the national accounts of `structure_year`,
        mn USD; the world's exports and imports do not meet them, they are a check
    structure_gdp : (region,) GDP in those accounts
    structure_year : year of branch, exports and imports
    notes : what was done about artefacts

    """

    value: np.ndarray
    flag: np.ndarray
    source: tuple[str, ...]
    branch: np.ndarray
    exports: np.ndarray
    imports: np.ndarray
    structure_gdp: np.ndarray
    structure_year: int
    notes: tuple[str, ...]


def gdp_targets(root: Path, year: int, exports: np.ndarray) -> Gdp:
    """GDP in `year`; `exports` (region,) are the trade side's, for the check on Venezuela."""
    un = un_aggregates(root).frame
    structure = _by_region(un[un["year"] == min(year, UN_LAST_YEAR)])
    if year <= UN_LAST_YEAR:
        value = structure["gdp"].copy()
        source = dict.fromkeys(REGIONS, f"UN {year}")
    else:
        value, source = _wdi(gdp_2023(root).frame)
    flag = pd.Series(OBSERVED, index=list(REGIONS))
    notes = _repair(root, year, structure, value, source, flag, exports)
    branch = structure[list(BRANCHES)].clip(lower=0.0)
    branch.loc["TWN"] = 0.0
    total = branch.sum(axis=1).where(lambda x: x > 0, 1.0)
    scaled = branch.mul(value / total, axis=0)
    return Gdp(
        value.to_numpy(float),
        flag.to_numpy(np.uint8),
        tuple(source[r] for r in REGIONS),
        scaled.to_numpy(float),
        structure["exports"].to_numpy(float),
        structure["imports"].to_numpy(float),
        structure["gdp"].to_numpy(float),
        min(year, UN_LAST_YEAR),
        tuple(notes),
    )


def _by_region(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum the UN's countries into the economies of the layout; the rest is ROW."""
    years = ", ".join(str(y) for y in sorted(frame["year"].unique()))
    require_labels(frame["country"], UN_NAMES.values(), "un_national_accounts", "aggregates",
                   f"'country' of {years}")  # fmt: skip
    known = {name: region for region, name in UN_NAMES.items()}
    columns = [c for c in frame.columns if c not in ("country", "year")]
    region = frame["country"].map(known).fillna(ROW)
    out = frame[columns].groupby(region).sum(min_count=1).reindex(list(REGIONS))
    out.loc[list(NO_UN_ACCOUNTS)] = 0.0
    if (blank := out.index[out.isna().any(axis=1)]).size:
        raise SourceError(
            "source 'un_national_accounts', table 'aggregates': assertion 'no_missing' failed: "
            f"{', '.join(blank)} lack numbers in {years}. Compare the file with its edition."
        )
    return out


def _cell(frame: pd.DataFrame, row: str, column: str) -> float:
    return float(frame[column].to_numpy(float)[list(frame.index).index(row)])


def _wdi(frame: pd.DataFrame) -> tuple[pd.Series, dict[str, str]]:
    wanted = [r for r in REGIONS if r != ROW and r not in NO_UN_ACCOUNTS]
    require_labels(frame["region"], wanted, "gdp_2023", "gdp", "'region'")
    region = frame["region"].where(frame["region"].isin(REGIONS), ROW)
    value = frame["gdp"].groupby(region).sum().reindex(list(REGIONS))
    value.loc[list(NO_UN_ACCOUNTS)] = 0.0
    return value, dict.fromkeys(REGIONS, "World Bank 2023")


def _repair(
    root: Path,
    year: int,
    structure: pd.DataFrame,
    value: pd.Series,
    source: dict[str, str],
    flag: pd.Series,
    exports: np.ndarray,
) -> list[str]:
    """Fill in Taiwan and repair Venezuela; returns what to tell the reader."""
    notes = [_taiwan(root, year, value, source)]
    if year <= UN_LAST_YEAR:
        seen = float(exports[REGIONS.index("VEN")])
        ratio = seen / _cell(structure, "VEN", "exports")
        value["VEN"] = _cell(structure, "VEN", "gdp") * ratio
        source["VEN"] = f"UN {year}, rescaled to recorded exports"
        notes.append(
            f"VEN: the UN converts at an official rate (GDP "
            f"{_cell(structure, 'VEN', 'gdp'):.0f} mn USD); it is scaled by {ratio:.3f}, the "
            "ratio of exports seen by partners to the exports in the same accounts."
        )
    else:
        value["VEN"] = _cell(structure, "VEN", "gdp")
        source["VEN"] = f"UN {UN_LAST_YEAR}"
        notes.append(
            "VEN: the World Bank figure of 482 bn USD is an artefact of the exchange rate and the "
            f"Factbook gives {_factbook(root, 've') / 1e3:.0f} bn; the UN figure of {UN_LAST_YEAR} "
            f"({value['VEN'] / 1e3:.0f} bn) is used."
        )
    flag["VEN"] = ASSUMED
    rate = "official" if year <= UN_LAST_YEAR else "mixed official"
    notes.append(
        f"IRN: GDP of {value['IRN'] / 1e3:.0f} bn USD ({source['IRN']}) is converted at the "
        f"{rate} exchange rate; at the free-market rate it would be lower. SYR likewise "
        f"({value['SYR'] / 1e3:.1f} bn USD)."
    )
    for region in OFFICIAL_RATES:
        flag[region] = PROXIED
    return notes


def _taiwan(root: Path, year: int, value: pd.Series, source: dict[str, str]) -> str:
    adb = adb_summary(root).frame
    near = min(year, int(adb["year"].max()))
    value["TWN"] = adb[(adb["region"] == "TWN") & (adb["year"] == near)]["value_added"].sum()
    source["TWN"] = f"ADB value added {near}"
    return f"TWN: not in the UN accounts; value added of the ADB table of {near} is used."


def _factbook(root: Path, code: str) -> float:
    frame = factbook_economy(root).frame
    return float(frame.loc[frame["code"] == code, "gdp"].iloc[0])
