"""Readers of the production side, and what a damaged source says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from entrepot.core.errors import SourceError
from entrepot.data import accounts, energy_balances, technology
from entrepot.data.table import Table


def _linked(raw_root: Path, tmp_path: Path, damaged: str) -> Path:
    """Make a folder of raw data that points to the real one, but for one file."""
    for folder in raw_root.iterdir():
        if folder.is_dir() and folder.name != Path(damaged).parts[0]:
            (tmp_path / folder.name).symlink_to(folder)
    target = tmp_path / Path(damaged).parts[0]
    target.mkdir()
    for file in (raw_root / target.name).iterdir():
        if file.name != Path(damaged).name:
            (target / file.name).symlink_to(file)
    return tmp_path


def test_iran_is_plausible(raw_root: Path) -> None:
    un = accounts.un_aggregates(raw_root).frame
    iran = un[(un["country"] == "Iran (Islamic Republic of)") & (un["year"] == 2017)].iloc[0]
    assert 4e5 < iran["gdp"] < 6e5
    assert iran["mining_utilities"] > 5e4


def test_adb_domestic_sales_are_part_of_output(raw_root: Path) -> None:
    adb = accounts.adb_summary(raw_root).frame
    adb = adb[(adb["year"] == 2017) & (adb["region"] == "RUS") & (adb["sector"] == "c2")].iloc[0]
    exports = adb["output"] - adb["domestic_intermediate"] - adb["domestic_final"]
    assert 1.3e5 < exports < 2.2e5


def test_wiod_shares_add_up(raw_root: Path) -> None:
    shares = technology.wiod_inputs(raw_root).frame
    total = shares.groupby(["region", "sector"])["share"].sum()
    assert total.max() == pytest.approx(1.0)


def test_energy_series_hold_iran(raw_root: Path) -> None:
    series = energy_balances.energy_series(raw_root).frame
    one = series[(series["place"] == "Iran") & (series["year"] == 2017)].set_index("series")
    assert 4000 < one.loc["crude", "value"] < 5000


def _drop_rows(text: bytes) -> bytes:
    return b"\n".join(text.splitlines()[:4000])


def _rename(text: bytes) -> bytes:
    return text.replace(b"Construction_(ISIC_F)", b"Building", 1)


def _blank_iran(text: bytes) -> bytes:
    return text.replace(b" Iran (Islamic Republic of) ", b" Persia ")


@pytest.mark.parametrize(
    ("damage", "assertion"),
    [(_drop_rows, "min_rows"), (_rename, "readable"), (_blank_iran, "labels")],
)
def test_a_damaged_table_stops_with_source_and_assertion(
    raw_root: Path, tmp_path: Path, damage: Callable[[bytes], bytes], assertion: str
) -> None:
    name = "un_national_accounts/Global_Economy_Indicators.csv"
    root = _linked(raw_root, tmp_path, name)
    (root / name).write_bytes(damage((raw_root / name).read_bytes()))
    with pytest.raises(SourceError, match="un_national_accounts") as caught:
        accounts.un_aggregates(root)
    assert f"'{assertion}'" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_matrix_of_another_shape_stops(raw_root: Path, tmp_path: Path) -> None:
    root = _linked(raw_root, tmp_path, "wiod_2014_cp/B.txt")
    lines = (raw_root / "wiod_2014_cp/B.txt").read_text().splitlines()[:-1]
    (root / "wiod_2014_cp/B.txt").write_text("\n".join(lines))
    with pytest.raises(SourceError, match=r"wiod_2014_cp.*'readable'.*shape"):
        technology.wiod_industries(root)


def test_adb_that_lost_a_year_stops(raw_root: Path, tmp_path: Path) -> None:
    name = "adb_mrio/summary.parquet"
    root = _linked(raw_root, tmp_path, name)
    raw = pd.read_parquet(raw_root / name)
    raw[raw["t"] != 2017].to_parquet(root / name)
    with pytest.raises(SourceError, match="adb_mrio") as caught:
        accounts.adb_summary(root)
    assert "'min_rows'" in str(caught.value)
    assert "'labels'" in str(caught.value)


@pytest.mark.parametrize(
    "reader",
    [accounts.gdp_2023, accounts.factbook_economy, technology.wiod_inputs,
     energy_balances.crude_prices],
)  # fmt: skip
def test_an_absent_file_names_source_and_remedy(
    reader: Callable[[Path], Table], tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=r"assertion 'files' failed.*obtain it from"):
        reader(tmp_path)


def test_a_workbook_that_is_none_stops(raw_root: Path, tmp_path: Path) -> None:
    name = "energy_institute_2025/EI_Statistical_Review.xlsx"
    root = _linked(raw_root, tmp_path, name)
    (root / name).write_bytes(b"not a workbook")
    with pytest.raises(SourceError, match=r"energy_institute_2025.*'readable'"):
        energy_balances.energy_series(root)
