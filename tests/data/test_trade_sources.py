"""Readers of the trade side: what comes out, and that a damaged source is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from entrepot.core.errors import SourceError
from entrepot.data import energy_trade, iea, policy, trade
from entrepot.data.manifest import manifest
from entrepot.data.table import Table

READERS: tuple[Callable[[Path], Table], ...] = (
    trade.hs4_exports,
    trade.baci_totals,
    trade.geodist,
    energy_trade.oil_trade,
    energy_trade.oil_movements,
    energy_trade.gas_movements,
    energy_trade.lng_exports,
    energy_trade.gas_prices,
    iea.oil_imports,
    iea.gas_imports,
    policy.services,
    policy.tariffs,
    policy.elasticities,
    policy.iran_oil,
)
BACI = "baci_2023/baci2023_bilateral_total.parquet"
TARIFFS = "tariffs_2017/All_Tariff_2017.csv"
GEODIST = "geodist/dist_cepii.csv"


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__)
def test_reader_meets_its_manifest(raw_root: Path, reader: Callable[[Path], Table]) -> None:
    table = reader(raw_root)
    assert len(table) > 0
    assert len(table.sha256) == 64
    assert table.unit == manifest(table.source).tables[table.name].unit
    assert table.licence


def test_an_importers_report_is_what_was_published(raw_root: Path) -> None:
    oil = iea.oil_imports(raw_root).frame
    row = oil[
        (oil["importer"] == "JPN") & (oil["origin"] == "IRN") & (oil["product"] == "CRUDEOIL")
    ]
    assert row.set_index("year")["kt"][2017] == pytest.approx(7131.16)


def _put(frame: pd.DataFrame, folder: Path, name: str) -> None:
    target = folder / name
    target.parent.mkdir(parents=True)
    if target.suffix == ".parquet":
        frame.to_parquet(target)
    else:
        frame.to_csv(target, sep=";" if "geodist" in name else ",", index=False)


def test_dropped_rows_trip_an_assertion(raw_root: Path, tmp_path: Path) -> None:
    whole = pd.read_parquet(raw_root / BACI)
    _put(whole.iloc[: len(whole) // 2], tmp_path, BACI)
    with pytest.raises(SourceError, match="source 'baci_2023', table 'totals'") as caught:
        trade.baci_totals(tmp_path)
    text = "\n".join(caught.value.problems)
    assert "'min_rows' failed" in text
    assert "'labels' failed" in text
    assert "'totals' failed" in text


def test_a_renamed_column_trips_an_assertion(raw_root: Path, tmp_path: Path) -> None:
    whole = pd.read_parquet(raw_root / BACI).rename(columns={"importer": "dest"})
    _put(whole, tmp_path, BACI)
    with pytest.raises(SourceError, match=r"'columns' failed.*renamed, dropped or added"):
        trade.baci_totals(tmp_path)


def test_a_wrong_unit_trips_an_assertion(raw_root: Path, tmp_path: Path) -> None:
    whole = pd.read_parquet(raw_root / BACI)
    whole["value_kusd_2023"] *= 1000.0
    _put(whole, tmp_path, BACI)
    with pytest.raises(SourceError, match="'totals' failed"):
        trade.baci_totals(tmp_path)


def test_a_column_the_parser_needs_is_missing(raw_root: Path, tmp_path: Path) -> None:
    whole = pd.read_csv(raw_root / TARIFFS).rename(columns={"tariff95": "rate"})
    _put(whole, tmp_path, TARIFFS)
    with pytest.raises(SourceError, match=r"source 'tariffs_2017'.*'readable' failed.*tariff95"):
        policy.tariffs(tmp_path)


def test_a_missing_economy_is_named(raw_root: Path, tmp_path: Path) -> None:
    whole = pd.read_csv(raw_root / GEODIST, sep=";", keep_default_na=False)
    _put(whole[whole["iso_o"] != "IRN"], tmp_path, GEODIST)
    with pytest.raises(SourceError, match="'labels' failed: IRN not in 'origin'"):
        trade.geodist(tmp_path)


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__)
def test_an_absent_file_is_named(tmp_path: Path, reader: Callable[[Path], Table]) -> None:
    with pytest.raises(SourceError, match=r"'files' failed: .* is absent; obtain it from http"):
        reader(tmp_path)
