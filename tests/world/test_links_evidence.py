"""What became of absent trade after one and after five years: the numbers behind `OPENNESS`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from entrepot.data.trade import atlas_bilateral
from entrepot.world.layout import REGIONS, ROW
from entrepot.world.links import OPENNESS, OPENNESS_RANGE
from entrepot.world.links_distance import known_distance
from entrepot.world.links_gravity import fit_distance, predicted_share

PLACES = [r for r in REGIONS if r != ROW]


@pytest.fixture(scope="module")
def trade(raw_root: Path) -> pd.DataFrame:
    table = atlas_bilateral(raw_root).frame
    inside = table["exporter"].isin(PLACES) & table["importer"].isin(PLACES)
    return table[inside & (table["exporter"] != table["importer"])]


def cube(trade: pd.DataFrame, year: int) -> np.ndarray:
    """(exporter, importer, chapter) USD."""
    chapters = sorted(trade["hs2"].unique())
    rows = trade[trade["year"] == year]
    at = [
        pd.Categorical(rows[c].astype(object), categories=labels).codes
        for c, labels in (("exporter", PLACES), ("importer", PLACES), ("hs2", chapters))
    ]
    out = np.zeros((len(PLACES), len(PLACES), len(chapters)))
    np.add.at(out, tuple(at), rows["value_usd"].to_numpy(float))
    return out


def came_about(before: np.ndarray, after: np.ndarray) -> tuple[float, np.ndarray]:
    """Trade where there was none, over what gravity on the old links expects: all, by chapter."""
    km = known_distance(PLACES)
    far = np.log(np.where(np.eye(len(km), dtype=bool), 1.0, km))
    imports = before.sum(axis=0)
    share = before / np.where(imports > 0, imports, 1.0)[None]
    expected = predicted_share(share, before.sum(axis=1), far, fit_distance(share, far).used)
    absent = (before == 0) & (expected > 0) & (imports > 0)[None]
    seen = np.where(absent, after, 0.0).sum(axis=(0, 1))
    due = np.where(absent, expected * after.sum(axis=0)[None], 0.0).sum(axis=(0, 1))
    return float(seen.sum() / due.sum()), seen[due > 0] / due[due > 0]


@pytest.mark.parametrize(
    ("first", "last", "total"),
    [(2016, 2017, 0.05), (2010, 2015, 0.20), (2012, 2017, 0.22), (2014, 2019, 0.25)],
)
def test_openness_lies_between_one_and_five_years(
    trade: pd.DataFrame, first: int, last: int, total: float
) -> None:
    found, by_chapter = came_about(cube(trade, first), cube(trade, last))
    assert found == pytest.approx(total, abs=0.006)
    assert (found < OPENNESS) == (last == first + 1)
    low, high = OPENNESS_RANGE
    assert low < found < high
    if last > first + 1:
        quarters = np.quantile(by_chapter, [0.25, 0.75])
        assert low < quarters[0] < quarters[1] < high
