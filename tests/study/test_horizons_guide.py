"""The page on horizons: its numbers are computed, and it names every parameter and column."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import entrepot as ep
from entrepot.model.preset_file import PRESET_NAMES
from entrepot.report.plain import PLAIN
from entrepot.study.models import Models

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "horizons.md").read_text("utf-8")
COLUMNS = ("final", *PRESET_NAMES, "spread")


@pytest.fixture(scope="module")
def scope() -> dict[str, object]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, object] = {}
    exec(compile(code, "horizons.md", "exec"), found)
    return found


def test_the_numbers_of_the_page_are_computed(scope: dict[str, object]) -> None:
    table = scope["table"]
    assert isinstance(table, pd.DataFrame)
    rows = re.findall(r"^\| ([A-Z]{3}) \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) >= 6
    found = table.set_index("code")
    for code, text in rows:
        *numbers, moved = (cell.strip() for cell in text.split("|"))
        assert moved == found.loc[code, "moved_most_by"]
        for told, column in zip(numbers, COLUMNS, strict=True):
            assert float(told) == pytest.approx(found.loc[code, column], abs=0.006)


def test_what_the_page_says_about_them(scope: dict[str, object]) -> None:
    models = scope["models"]
    assert isinstance(models, Models)
    russia = models.welfare.sel(region="RUS")
    assert 25 < russia.sel(preset="very_short_run") / russia.sel(preset="long_run") < 35
    assert models.below().sel(region=["GEO", "KAZ"], preset="very_short_run").all()
    assert (models.final.sel(region=["GEO", "KAZ"]) > -0.005).all()


def test_russia_gains_in_the_first_month_from_a_ban_on_its_oil() -> None:
    world = ep.load_world("2017")
    shock = ep.compile_shock(world, ep.library()["russia-oil-embargo"])
    after = ep.solve(world, ep.Economy.very_short_run(), shock.bind(world)).results()
    assert after.welfare.sel(region="RUS") > 1
    assert after.terms_of_trade.sel(region="RUS") > 1


def test_every_parameter_and_column_is_on_the_page(scope: dict[str, object]) -> None:
    for name, words in PLAIN.items():
        assert f"| `{name}` | {words.name} | {words.question} |" in PAGE
    table = scope["table"]
    assert isinstance(table, pd.DataFrame)
    known = {"code", "name", "role", "short_run", "medium_run", *(f"{n}_verdict" for n in
             PRESET_NAMES)}  # fmt: skip
    assert not [c for c in table.columns if c not in known and f"`{c}`" not in PAGE]
    assert not [name for name in PRESET_NAMES if f"`{name}`" not in PAGE]
