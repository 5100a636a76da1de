"""Cases about corridors: records against the raw tables, functions of a run, the verdicts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from entrepot.channels.routes import RoutesOutcome
from entrepot.scenario.labels import Vocabulary
from entrepot.study.casebook import CasePage, load_case, run_case
from entrepot.study.casebook.expression import parse_expression
from entrepot.study.casebook.functions import check_call
from entrepot.study.casebook.solves import Bench

ATLAS = Path("atlas_hs2", "atlas_hs2_bilateral_2010_2020.parquet")
BACI = Path("baci_2023", "baci2023_bilateral_total.parquet")
WORDS = Vocabulary.standard()


@pytest.fixture(scope="module")
def lachin() -> CasePage:
    return run_case("lachin-zangezur", ranges=False, conditions=False)


def test_trade_of_russia_and_india(raw_root: Path) -> None:
    keep = [("exporter", "in", ["RUS", "IND"]), ("importer", "in", ["RUS", "IND"])]
    frame = pd.read_parquet(raw_root / ATLAS, filters=keep)
    found = frame[frame["hs2"].astype(str) != "27"].groupby("year")["value_usd"].sum() / 1e6
    for name, value in load_case("instc").records["trade"].values.items():
        assert value == pytest.approx(found[int(name[1:])], abs=0.2), name


def test_trade_of_armenia(raw_root: Path) -> None:
    values = load_case("lachin-zangezur").records["trade"].values
    atlas = pd.read_parquet(raw_root / ATLAS, filters=[("year", "==", 2020)])
    baci = pd.read_parquet(raw_root / BACI).rename(columns={"value_kusd_2023": "value"})
    for year, frame, value in (
        (2020, atlas, atlas["value_usd"].astype(float) / 1e6),
        (2023, baci, baci["value"] / 1e3),
    ):
        mine = (frame["exporter"] == "ARM") | (frame["importer"] == "ARM")
        iran = mine & ((frame["exporter"] == "IRN") | (frame["importer"] == "IRN"))
        assert values[f"all_{year}"] == pytest.approx(value[mine].sum(), abs=0.3)
        assert values[f"iran_{year}"] == pytest.approx(value[iran].sum(), abs=0.3)


def test_the_blocked_road_alone_does_next_to_nothing(lachin: CasePage) -> None:
    alone = lachin.finding("trade_lachin").model
    shut = lachin.finding("trade_shut").model
    assert alone is not None
    assert shut is not None
    assert -0.2 < alone.central <= 1e-6
    assert shut.central < -50


def test_verdict_follows_from_the_model(lachin: CasePage) -> None:
    claimed = lachin.finding("trade_claimed")
    assert claimed.model is not None
    met = claimed.model.central <= -25
    assert ("does not hold" in str(lachin.verdict)) == (not met)


def test_functions_agree_with_the_outcome() -> None:
    bench = Bench(load_case("lachin-zangezur"))
    sheet = bench.sheet(bench.central)
    found = sheet.compiled["shut"].details["routes"]
    assert isinstance(found, RoutesOutcome)

    def value(text: str) -> float:
        return parse_expression(text).value(sheet.leaf)

    link = found.network.select(["iran-armenia"])
    assert value("corridor_traffic(shut, lachin)") == 0.0
    assert value("corridor_traffic(before, lachin)") > 0.0
    assert 0.0 < value("corridor_use(before, iran-armenia, IRN, ARM)") <= 1.0 + 1e-9
    before, _ = found.use("IRN", "ARM")
    assert before[link].max() <= value("corridor_use(before, iran-armenia, IRN, ARM)") + 1e-12
    assert value("import_transport_cost(before, ARM, goods)") == 1.0
    assert value("export_transport_cost(claimed, ARM, goods, IRN)") > 1.0


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("corridor_traffic(lachin, lachim)", "Did you mean 'lachin'"),
        ("corridor_use(lachin, lachin, ARM)", "takes"),
        ("corridor_use(lachin, lachin, EU27, ARM)", "EU27"),
        ("corridor_traffic(nowhere, lachin)", "nowhere"),
    ],
)
def test_calls_that_make_no_sense(text: str, match: str) -> None:
    (call,) = parse_expression(text).calls()
    with pytest.raises(ValueError, match=match):
        check_call(call, ("lachin",), WORDS)
