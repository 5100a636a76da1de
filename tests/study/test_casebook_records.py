"""Small records in case files, computed again from the raw sources where these are at hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from entrepot.study.casebook import load_case

ATLAS = Path("atlas_hs2", "atlas_hs2_bilateral_2010_2020.parquet")
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")


def trade(raw_root: Path, column: str, place: str, years: list[int]) -> pd.Series:
    """Trade of `place` in mn USD by (year, partner)."""
    keep = [(column, "==", place), ("year", "in", years)]
    frame = pd.read_parquet(raw_root / ATLAS, filters=keep)
    other = "exporter" if column == "importer" else "importer"
    return frame.groupby(["year", other])["value_usd"].sum().astype(float) / 1e6


def test_imports_of_qatar(raw_root: Path) -> None:
    values = load_case("qatar-blockade").records["imports"].values
    found = trade(raw_root, "importer", "QAT", [2016, 2017, 2018])
    for name, value in values.items():
        partner, year = name.split("_")
        here = found[int(year)]
        number = here.sum() if partner == "ALL" else here[partner]
        assert value == pytest.approx(number, abs=0.06), name


def test_trade_of_iran_with_the_eaeu(raw_root: Path) -> None:
    values = load_case("caspian-common-market").records["iran_trade"].values
    for column, flow in (("importer", "imports"), ("exporter", "exports")):
        found = trade(raw_root, column, "IRN", [2017, 2020])
        for year in (2017, 2020):
            here = found[year]
            members = here[[m for m in EAEU if m in here.index]].sum()
            assert values[f"{flow}_{year}"] == pytest.approx(here.sum(), abs=0.06)
            assert values[f"{flow}_eaeu_{year}"] == pytest.approx(members, abs=0.06)


def test_crude_exports_of_iran(raw_root: Path) -> None:
    path = raw_root / "iran_oil_annual" / "iran_crude_condensate_exports.csv"
    found = pd.read_csv(path).set_index("year")["million_barrels"]
    values = load_case("zero-by-november").records["exports"].values
    assert values == {str(y): float(found[int(y)]) for y in values}


def test_fuel_exports_of_iran_by_buyer(raw_root: Path) -> None:
    keep = [("exporter", "==", "IRN"), ("hs2", "==", "27"), ("year", "in", [2017, 2019, 2020])]
    frame = pd.read_parquet(raw_root / ATLAS, filters=keep)
    found = frame.groupby(["importer", "year"])["value_usd"].sum().astype(float) / 1e6
    for name, value in load_case("zero-by-november").records["by_buyer"].values.items():
        buyer, year = name.split("_")
        assert value == pytest.approx(found[buyer, int(year)], abs=0.06), name


def test_populations(raw_root: Path) -> None:
    path = raw_root / "factbook" / "factbook_economy.csv"
    found = pd.read_csv(path).set_index("name")["population"]
    names = {"RUS": "Russia", "IRN": "Iran", "KAZ": "Kazakhstan", "BLR": "Belarus",
             "KGZ": "Kyrgyzstan", "ARM": "Armenia", "AZE": "Azerbaijan",
             "TKM": "Turkmenistan"}  # fmt: skip
    values = load_case("caspian-common-market").records["population"].values
    assert values == {code: found[name] for code, name in names.items()}
