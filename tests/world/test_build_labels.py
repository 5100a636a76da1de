"""A label that was renamed or lost in a source stops the build and is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from entrepot.core.errors import SourceError
from entrepot.data import accounts, energy_balances, iea, policy
from entrepot.data import trade as sources
from entrepot.world.build import crude, gas, gdp, later, services_trade
from entrepot.world.build.arrays import N
from entrepot.world.build.goods import atlas_of, heading_values
from entrepot.world.build.later_oil import take_out
from entrepot.world.build.tariff_rates import _known


@pytest.fixture(scope="module")
def root(raw_root: Path) -> Path:
    return raw_root


def _without(frame: pd.DataFrame, column: str, label: str) -> pd.DataFrame:
    assert (frame[column] == label).any()
    return frame[frame[column] != label]


def _renamed(frame: pd.DataFrame, column: str, old: str, new: str) -> pd.DataFrame:
    assert (frame[column] == old).any()
    return frame.assign(**{column: frame[column].replace(old, new)})


def _refused(source: str, label: str, call: Callable[[], object]) -> None:
    with pytest.raises(SourceError, match=rf"(?s){source}.*'labels' failed.*{label}"):
        call()


def test_a_country_of_the_un_tables(root: Path) -> None:
    frame = accounts.un_aggregates(root).frame
    now = frame[frame["year"] == 2017]
    for damaged in (
        _renamed(now, "country", "Türkiye", "Turkey"),
        _without(now, "country", "Türkiye"),
    ):
        _refused("un_national_accounts", "Türkiye", lambda d=damaged: gdp._by_region(d))
    blank = now.assign(exports=now["exports"].mask(now["country"] == "Türkiye"))
    with pytest.raises(SourceError, match="'no_missing' failed: TUR"):
        gdp._by_region(blank)


def test_a_country_of_gdp_2023(root: Path) -> None:
    frame = accounts.gdp_2023(root).frame
    _refused("gdp_2023", "TUR", lambda: gdp._wdi(_without(frame, "region", "TUR")))


@pytest.mark.parametrize("column", ["exporter", "importer"])
def test_a_side_of_baci(root: Path, column: str) -> None:
    frame = _without(sources.baci_totals(root).frame, column, "TUR")
    _refused("baci_2023", "TUR", lambda: later.baci_matrix(frame))


def test_an_exporter_and_a_chapter_of_the_atlas(root: Path) -> None:
    frame = sources.atlas_bilateral(root).frame
    frame = frame[frame["year"] == 2017]
    _refused("atlas_hs2", "TUR", lambda: atlas_of(_without(frame, "exporter", "TUR"), 2017))
    _refused("atlas_hs2", "84", lambda: atlas_of(_without(frame, "hs2", "84"), 2017))


@pytest.mark.parametrize("series", ["throughput", "gas_use", "gas_power"])
def test_a_place_of_the_statistical_review(root: Path, series: str) -> None:
    frame = _renamed(energy_balances.energy_series(root).frame, "place", "Turkey", "Türkiye")
    _refused("energy_institute_2025", "Turkey", lambda: crude.review_series(frame, series, 2017))


def test_every_listed_place_is_known() -> None:
    for places in energy_balances.LISTED.values():
        assert set(places) <= set(energy_balances.PLACE_TO_REGION)


def test_a_reporter_of_services(root: Path) -> None:
    reports = policy.services(root).frame
    reports = _without(reports[reports["year"] == 2017], "reporter", "TUR")
    zero = np.zeros((N, N))
    _refused("oecd_services", "TUR", lambda: services_trade._totals(root, reports, 2017, zero))


@pytest.mark.parametrize(
    ("module", "reader", "call"),
    [
        ("oil_imports", iea.oil_imports, lambda r: crude.reported_imports(r, 2017, ("CRUDEOIL",))),
        ("gas_imports", iea.gas_imports, lambda r: gas.reported_gas(r, 2017)),
    ],
)
def test_an_importer_of_the_iea(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    reader: Callable[[Path], object],
    call: Callable[[Path], object],
) -> None:
    frame = _without(reader(root).frame, "importer", "TUR")  # type: ignore[attr-defined]  # any reader
    monkeypatch.setattr(iea, module, lambda _: type("Damaged", (), {"frame": frame}))
    _refused("iea_oil_gas", "TUR", lambda: call(root))


def test_an_importer_of_the_tariffs_and_a_heading(root: Path) -> None:
    frame = policy.tariffs(root).frame
    _refused("tariffs_2017", "TUR", lambda: _known(_without(frame, "importer", "TUR")))
    _refused("tariffs_2017", "Mining", lambda: _known(_without(
        frame, "sector", "Mining and Quarrying")))  # fmt: skip
    hs4 = sources.hs4_exports(root).frame
    _refused("hs4_exports_2016", "Gold", lambda: heading_values(hs4, ("Gold, renamed",)))


def test_hidden_oil_beyond_its_block_is_refused() -> None:
    blocks = {("Other Middle East", "China"): 1000.0}
    take_out(blocks, "Other Middle East", "China", 400.0)
    assert blocks["Other Middle East", "China"] == 600.0
    with pytest.raises(SourceError, match=r"hidden oil fits.*600 kb/d, less than the 700"):
        take_out(blocks, "Other Middle East", "China", 700.0)
