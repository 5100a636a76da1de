"""The record of 2022 beside the model, and the table behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hub_world import BAN, OPEN, compiled, hub_world

import entrepot as ep
from entrepot.channels import compile_shock
from entrepot.core.errors import ScenarioError
from entrepot.study.hubs import settle_hubs
from entrepot.study.hubs_record import NEIGHBOURS, SERIES, HubComparison, compare_hubs, hub_record
from entrepot.study.hubs_record_build import built_record, table_text


@pytest.fixture(scope="module")
def compared() -> HubComparison:
    world = ep.load_world("2017")
    found = settle_hubs(world, compile_shock(world, ep.library()["russia-2022-hubs"]))
    assert found.converged
    return compare_hubs(found.recorded())


def test_the_table_is_complete() -> None:
    record = hub_record()
    assert set(record["series"]) == set(SERIES)
    assert not record.duplicated(["series", "hub", "year"]).any()
    union = record[record["series"] == "eu_exports"]
    assert {*NEIGHBOURS, "RUS", "OTHERS", "TUR"} <= set(union["hub"])
    assert set(union["year"]) == set(range(2017, 2024))
    own = record[(record["series"] == "imports_from_eu") & (record["hub"] == "ARM")]
    assert own["year"].max() == 2022


def test_the_union_recorded_more_than_the_neighbours() -> None:
    """Half of the surge of 2022 and 2023 never arrived (Chupilkin and others 2025)."""
    wide = hub_record().pivot_table(index=["series", "hub"], columns="year", values="value")
    for hub in ("KAZ", "KGZ"):
        grown = wide[2023] - wide[2021]
        assert grown["eu_exports", hub] > grown["imports_from_eu", hub] > 0


def test_the_scores_are_computed_from_the_table(compared: HubComparison) -> None:
    table = compared.table
    assert set(table["series"]) == set(SERIES)
    for score in compared.scores.itertuples():
        part = table[(table["series"] == score.series) & (table["hub"] != "RUS")]
        assert score.hubs == len(part)
        assert score.same_direction == ((part["predicted"] * part["excess"]) > 0).mean()
        assert score.rank == pytest.approx(part["predicted"].corr(part["excess"], "spearman"))
        assert score.ratio == pytest.approx((part["predicted"] / part["excess"]).median())


def test_the_model_says_which_hubs_surge_and_too_little_of_it(compared: HubComparison) -> None:
    """What the guide says: the three neighbours inside the customs union, in the right order."""
    table = compared.table.set_index(["series", "hub"])
    union = table.loc["eu_exports"]
    surge = union.loc[["ARM", "KAZ", "KGZ"]]
    assert (surge["predicted"] > 5).all()
    assert union.drop(index=["ARM", "KAZ", "KGZ", "RUS"])["predicted"].abs().max() < 5
    assert union["predicted"].idxmax() == union["excess"].idxmax() == "KGZ"
    assert (surge["ratio"] < 0.5).all()
    assert union.loc["RUS", "predicted"] < 0
    scores = compared.scores.set_index("series")
    assert scores.loc["eu_exports", "rank_through"] > 0.5


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (-0.1, "Levels are wrong: the median hub moves away"),
        (0.01, "Levels are far too low: the median hub has 1% of its recorded excess."),
        (0.5, "Levels are too low: the median hub has 50%"),
        (1.0, "Levels are about right: the median hub has 100%"),
        (2.0, "Levels are too high"),
        (9.0, "Levels are far too high: the median hub has 900%"),
        (float("nan"), "Levels cannot be compared"),
    ],
)
def test_levels_in_words(compared: HubComparison, ratio: float, words: str) -> None:
    made = replace(compared, scores=compared.scores.assign(ratio=ratio))
    assert made.level_text("eu_exports").startswith(words)


def test_what_was_replaced(compared: HubComparison) -> None:
    replaced = compared.replaced
    assert 0.02 < replaced["predicted"] < 0.2
    assert replaced["recorded_by_neighbours"] < replaced["recorded_by_union"] < 0.25
    assert f"{100 * replaced['predicted']:.1f}" in compared.replaced_text()


def test_the_record_is_of_russia() -> None:
    world = hub_world()
    ban = {**BAN, "targets": ["ARM"]}
    found = settle_hubs(
        world,
        compiled(world, ban=ban, hubs={**OPEN, "targets": ["ARM"], "hubs": ["KAZ", "TUR"]}),
    )
    with pytest.raises(ScenarioError, match="no banned goods for RUS"):
        compare_hubs(found.recorded())


def test_the_shipped_table_is_that_of_the_raw_data(raw_root: Path) -> None:
    built = built_record(raw_root)
    pd.testing.assert_frame_equal(built, hub_record()[built.columns], check_dtype=False)
    path = Path(ep.__file__).parent / "study" / "hubs_record.csv"
    assert table_text(built) == path.read_text("utf-8")
