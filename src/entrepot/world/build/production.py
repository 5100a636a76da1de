"""What each economy makes and uses: targets for output, inputs, value added and final use.

Steps: output and value added in 21 groups (ADB; elsewhere UN branches over proxy ratios), the
split of c1 and c2 with the energy quantities and the trade flows, and the split of technology.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data.accounts import adb_summary
from entrepot.data.required import require_labels
from entrepot.world.build import assumptions as given
from entrepot.world.build.concordance import ADB_TABLES, ADB_TO_GROUP, GROUPS
from entrepot.world.build.gdp import BRANCHES, Gdp
from entrepot.world.build.technology import Technology
from entrepot.world.layout import REGIONS, ROW, SECTORS

ADB_LAST_YEAR = 2022
BRANCH_OF_GROUP = {s.code: s.un_branch for s in SECTORS} | {
    "c1": "agriculture", "c2": "mining_utilities", "utilities": "mining_utilities"
}  # fmt: skip
_MANUFACTURING = {s.code for s in SECTORS if s.un_branch == "manufacturing"}


def branch_of(group: str) -> str:
    """UN branch of a group; manufacturing is kept apart from mining and utilities."""
    return "manufacturing" if group in _MANUFACTURING else BRANCH_OF_GROUP[group]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Targets in the 21 groups, mn USD.

    Attributes
    ----------
    output, value_added : (region, group)
    domestic : (region, group) domestic sales; NaN without an ADB table
    domestic_final : (region, group) domestic sales to final users; NaN without an ADB table
    observed : (region,) whether an ADB table gives the structure

    """

    output: np.ndarray
    value_added: np.ndarray
    domestic: np.ndarray
    domestic_final: np.ndarray
    observed: np.ndarray


def grouped_accounts(root: Path, year: int, gdp: Gdp, tech: Technology) -> Grouped:
    """Output and value added of every economy in 21 groups, scaled to its GDP."""
    n, g = len(REGIONS), len(GROUPS)
    adb = adb_summary(root).frame
    near = adb[adb["year"] == min(year, ADB_LAST_YEAR)]
    for column, wanted in (("region", ADB_TABLES), ("sector", tuple(ADB_TO_GROUP))):
        require_labels(near[column].unique(), wanted, "adb_mrio", "summary",
                       f"'{column}' of {min(year, ADB_LAST_YEAR)}")  # fmt: skip
    near = near.assign(group=near["sector"].map(ADB_TO_GROUP))
    columns = ["output", "value_added", "domestic_intermediate", "domestic_final"]
    index = pd.MultiIndex.from_product([REGIONS, GROUPS])
    table = near.groupby(["region", "group"])[columns].sum().reindex(index)
    cube = table.to_numpy(float).reshape(n, g, 4)
    observed = ~np.isnan(cube[:, 0, 0])
    observed[REGIONS.index(ROW)] = False
    scale = gdp.value / np.nansum(cube[:, :, 1], axis=1).clip(min=1e-9)
    cube = np.where(observed[:, None, None], np.maximum(cube, 0.0) * scale[:, None, None], np.nan)
    proxied_va = _from_branches(gdp, tech)
    proxied = proxied_va / tech.value_added_share
    output = np.where(observed[:, None], cube[:, :, 0], proxied)
    value_added = np.where(observed[:, None], cube[:, :, 1], proxied_va)
    return Grouped(
        output,
        np.clip(value_added, 0.03 * output, 0.97 * output),
        cube[:, :, 2] + cube[:, :, 3],
        cube[:, :, 3],
        observed,
    )


def _from_branches(gdp: Gdp, tech: Technology) -> np.ndarray:
    """(region, group) value added: UN branches split by the output mix of the proxies."""
    value_added = tech.output_mix * tech.value_added_share
    out: np.ndarray = np.zeros_like(value_added)
    for b, branch in enumerate(BRANCHES):
        members = [i for i, g in enumerate(GROUPS) if branch_of(g) == branch]
        weight = value_added[:, members]
        out[:, members] = gdp.branch[:, [b]] * weight / weight.sum(axis=1, keepdims=True)
    both = gdp.branch[:, BRANCHES.index("mining_utilities")]
    power = np.minimum(given.UTILITIES_OF_GDP * gdp.value, 0.5 * both)
    out[:, GROUPS.index("utilities")] = power
    out[:, GROUPS.index("c2")] = both - power
    return out
