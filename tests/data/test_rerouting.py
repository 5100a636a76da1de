"""Readers of trade around Russia: what comes out is what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.core.errors import SourceError
from entrepot.data import rerouting


def test_exports_of_the_union(raw_root: Path) -> None:
    table = rerouting.eu_exports(raw_root)
    assert table.unit == "euro"
    wide = table.frame.pivot_table(index="partner", columns="year", values="eur")
    assert wide.loc["Kyrgyzstan", 2023] / wide.loc["Kyrgyzstan", 2021] == pytest.approx(
        10.4, abs=0.1
    )
    assert wide.loc["Armenia", 2017] == pytest.approx(705e6, rel=1e-2)


def test_imports_of_neighbours_leave_out_a_year_of_one_month(raw_root: Path) -> None:
    frame = rerouting.hub_imports(raw_root).frame
    assert frame[frame["hub"] == "Armenia"]["year"].max() == 2022
    assert frame[frame["hub"] == "Kazakhstan"]["year"].max() == 2023


def test_exports_of_neighbours_to_russia(raw_root: Path) -> None:
    frame = rerouting.hub_exports(raw_root).frame.set_index(["hub", "year"])["kusd"]
    assert frame["Armenia", 2022] == pytest.approx(2_410_962.1)
    assert frame["Kazakhstan", 2023] == pytest.approx(10_207_415.7, rel=1e-6)
    assert frame["Kyrgyzstan", 2022] == pytest.approx(1_069_691.9, rel=1e-6)
    assert ("Armenia", 2023) not in frame.index


def test_an_absent_source_names_its_address(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="mary-lev/eu-export-sanctions"):
        rerouting.eu_exports(tmp_path)
