"""Paths over years: identity before measures, agreement with single runs, adaptation, resuming."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small as made

from entrepot.channels import compile_shock
from entrepot.core.errors import InputError, NotSolvedError, ScenarioError
from entrepot.model.presets import at
from entrepot.scenario import Scenario, load_scenarios
from entrepot.study import run_scenario
from entrepot.study.path import YearPath, run_path
from entrepot.study.path_ages import Ages, dated, months_since
from entrepot.study.path_points import check_years, day_of
from entrepot.study.path_stakes import joint_parts, stakes
from entrepot.study.path_store import FIELDS

EMBARGO = {"kind": "embargo", "senders": ["USA", "DEU"], "targets": ["IRN"], "sectors": ["all"]}
BOOK = load_scenarios({
    "format": "entrepot/1",
    "title": "Paths",
    "measures": {
        "first": {**EMBARGO, "sectors": ["crude"], "flow": "exports", "from": "2019-03-01",
                  "compliance": {"default": {"low": 0.6, "central": 0.8, "high": 0.9}}},
        "second": {**EMBARGO, "sectors": ["electronics"], "flow": "imports", "from": "2020-11-01"},
        "short": {**EMBARGO, "sectors": ["grain"], "from": "2019-01-01", "until": "2020-12-31"},
        "undated": {**EMBARGO, "sectors": ["grain"]},
        "dry": {"kind": "embargo", "senders": ["all"], "targets": ["DEU"], "sectors": ["crude"],
                "from": "2020-01-01"},
    },
    "scenarios": {
        "both": ["first", "second"],
        "closed": {"include": ["first"], "closure": "frozen", "frozen": ["IRN"]},
    },
})  # fmt: skip
YEARS = (2018, 2019, 2020, 2021)


@pytest.fixture(scope="module")
def world():
    return made.make_world()


@pytest.fixture(scope="module")
def path(world) -> YearPath:
    return run_path(BOOK["both"], world, YEARS)


def hats(path: YearPath, adaptation: str, year: int, case: str = "central") -> np.ndarray:
    return path.data["welfare"].sel(adaptation=adaptation, case=case, year=year).values


def test_a_year_before_all_measures_is_the_benchmark(path, world):
    for name in ("welfare", "real_income", "price_index", "terms_of_trade", "factor_price"):
        assert np.abs(path.data[name].sel(year=2018).values - 1).max() < 1e-8
    assert np.isinf(path.months.sel(year=2018)).all()
    exports = path.exports.sel(year=2018, adaptation="on").values
    flows = world.trade_flows()
    abroad = flows.sum(axis=1) - flows[np.arange(6), np.arange(6)]
    assert np.allclose(exports, abroad, rtol=1e-7)


@pytest.mark.parametrize("year", [2019, 2021])
@pytest.mark.parametrize("adaptation", ["on", "off"])
def test_a_year_is_the_run_of_its_day_and_months(path, world, year, adaptation):
    months = float(path.months.sel(adaptation=adaptation, case="central", year=year))
    run = run_scenario(BOOK["both"], world, date=date(year, 7, 1), horizon=at(months),
                       ranges=False)  # fmt: skip
    assert np.allclose(hats(path, adaptation, year), run.results.welfare.values, atol=1e-12)
    revenue = path.data["export_revenue"].sel(adaptation=adaptation, case="central", year=year)
    assert np.allclose(revenue.values, run.results.exports["counterfactual"].sum("sector").values)


def test_ends_of_the_ranges_are_runs_too(path, world):
    months = float(path.months.sel(adaptation="on", case="elasticities low", year=2020))
    low = run_scenario(BOOK["both"], world, date=date(2020, 7, 1), horizon=at(months))
    variants = low.variants["welfare"].set_index(variant=["elasticities", "behaviour"])
    for case, key in (("elasticities low", ("all low", "central")),
                      ("elasticities high", ("all high", "central")),
                      ("behaviour low", ("central", "low")),
                      ("behaviour high", ("central", "high"))):  # fmt: skip
        want = variants.sel(variant=key).values
        assert np.allclose(hats(path, "on", 2020, case), want, atol=1e-12), case


def test_without_adaptation_the_same_measures_mean_the_same(world):
    path = run_path(BOOK["first"], world, (2019, 2020, 2024))
    iran = path.data["welfare"].sel(case="central", region="IRN")
    assert np.ptp(iran.sel(adaptation="off").values) == 0.0
    rising = iran.sel(adaptation="on").values
    assert (np.diff(rising) > 1e-5).all()
    assert rising[0] == iran.sel(adaptation="off").values[0]
    months = path.months.sel(case="central")
    assert np.ptp(months.sel(adaptation="off").values) == 0.0
    start = date(2019, 3, 1)
    assert months.sel(adaptation="on").values.tolist() == [
        pytest.approx(months_since(start, date(y, 7, 1))) for y in (2019, 2020, 2024)
    ]


def test_a_measure_that_ends_leaves_nothing(world):
    path = run_path(BOOK["short"], world, (2020, 2021), ranges=False)
    assert abs(hats(path, "on", 2020) - 1).max() > 1e-4
    assert np.abs(hats(path, "on", 2021) - 1).max() < 1e-8
    assert path.measures["year"].tolist() == [2020]


def test_the_time_of_two_measures_lies_between_their_ages(path):
    here = path.measures[path.measures["year"] == 2021].set_index("measure")
    assert here["weight"].sum() == pytest.approx(1)
    assert (here["stake"] > 0).all()
    on = path.months.sel(adaptation="on", year=2021)
    newest, oldest = here["months"].min(), here["months"].max()
    assert float(on.sel(case="age of the newest")) == newest
    assert float(on.sel(case="age of the oldest")) == oldest
    mean = math.exp((here["weight"] * np.log(here["months"])).sum())
    assert float(on.sel(case="central")) == pytest.approx(mean)
    assert newest < mean < oldest


def test_the_stake_is_the_trade_that_is_lost(path, world):
    here = path.measures[path.measures["year"] == 2021].set_index("measure")["stake"]
    trade = world.trade_share * world.expenditure[None]
    senders, iran = [0, 2], 3
    assert here["first"] == pytest.approx(0.8 * trade[iran, senders, 1].sum())
    assert here["second"] == pytest.approx(trade[senders, iran, 2].sum())


def test_what_measures_do_together_is_shared_by_what_is_missing_without_each(world):
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "cut": {"kind": "payment_cutoff", "senders": ["USA"], "targets": ["RUS"],
                "rails": ["dollar"], "from": "2019-01-01"},
        "line": {"kind": "swap_line", "members": ["CHN", "RUS"], "share": 0.01,
                 "from": "2016-01-01"},
        "idle": {"kind": "rail_cost", "members": ["IRN"], "partners": ["ROW"], "rails": ["barter"],
                 "percent": 0.0, "from": "2016-01-01"},
    }, "scenarios": {"all": ["cut", "line", "idle"]}})["all"]  # fmt: skip
    day = date(2020, 7, 1)
    parts = joint_parts(book, world, day)
    assert set(parts) == {"cut", "line", "idle"}
    assert parts["cut"] > 5 * parts["line"] > 0 == parts["idle"]
    compiled = compile_shock(world, book, day)
    found = stakes(compiled, world, parts)
    cells = compiled.cells
    total = ((cells["after"] - 1).abs().clip(upper=1) * cells["trade"]).sum()
    assert sum(found.values()) == pytest.approx(total)
    assert found["cut"] / found["line"] == pytest.approx(parts["cut"] / parts["line"])
    path = run_path(book, world, (2020,), ranges=False)
    age = float(path.months.sel(adaptation="on", case="central", year=2020))
    cut, line = (months_since(date(y, 1, 1), day) for y in (2019, 2016))
    weight = parts["cut"] / (parts["cut"] + parts["line"])
    assert age == pytest.approx(math.exp(weight * math.log(cut) + (1 - weight) * math.log(line)))


def test_a_measure_that_others_need_counts_with_all(world):
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "rail": {"kind": "new_rail", "rail": "coin", "members": ["RUS", "IRN"], "share": 0.1},
        "fee": {"kind": "rail_cost", "members": ["RUS"], "partners": ["IRN"], "rails": ["coin"],
                "percent": 1.0},
    }, "scenarios": {"both": ["rail", "fee"]}})["both"]  # fmt: skip
    parts = joint_parts(book, world, date(2020, 7, 1))
    assert parts["rail"] > parts["fee"] > 0


def test_money_and_capacity_have_stakes(world):
    book = load_scenarios({"format": "entrepot/1", "measures": {
        "aid": {"kind": "transfer", "senders": ["USA"], "targets": ["IRN"], "amount": 500.0},
        "loss": {"kind": "capacity_loss", "targets": ["IRN"], "sectors": ["crude"], "share": 0.2},
    }, "scenarios": {"both": ["aid", "loss"]}})["both"]  # fmt: skip
    found = stakes(compile_shock(world, book), world, {})
    assert found["aid"] == pytest.approx(500.0)
    assert found["loss"] == pytest.approx(0.2 * world.accounts().output[3, 1])


def test_ages_count_within_the_times_of_the_presets():
    assert Ages({}, {}).at("mean") == math.inf
    assert Ages({"a": 0.1}, {"a": 5.0}).at("mean") == 1.0
    assert Ages({"a": 500.0}, {}).at("mean") == 120.0
    two = Ages({"a": 10.0, "b": 40.0, "idle": 90.0}, {"a": 1.0, "b": 1.0})
    assert two.at("mean") == pytest.approx(20.0)
    assert (two.at("newest"), two.at("oldest")) == (10.0, 40.0)
    alike = Ages({"a": 10.0, "b": 40.0}, {})
    assert alike.at("mean") == pytest.approx(20.0)


def test_a_measure_without_a_first_day_counts_from_the_first_year(world):
    path = run_path(BOOK["undated"], world, (2020, 2021), ranges=False)
    assert path.measures["months"].tolist() == [
        pytest.approx(months_since(date(2020, 1, 1), date(y, 7, 1))) for y in (2020, 2021)
    ]
    assert "counted from 1 January 2020: undated." in " ".join(path.notes)
    assert dated(BOOK["both"], date(2020, 1, 1)).entries == BOOK["both"].entries


def test_a_measure_from_before_the_world_is_noted(world):
    path = run_path(BOOK["first"], replace(world, year=2019), (2020,), ranges=False)
    assert any("'first' began on 2019-03-01; the data of the world of 2019" in n
               for n in path.notes)  # fmt: skip
    assert "Every year is compared with the year 2019: the baseline does not grow." in path.notes
    assert any("on none of the days" in n for n in run_path(
        BOOK["both"], world, (2020,), ranges=False).notes)  # fmt: skip


def test_rules_for_balances_act_only_beside_measures(world):
    path = run_path(BOOK["closed"], world, (2018, 2020), ranges=False)
    assert np.abs(hats(path, "on", 2018) - 1).max() < 1e-8
    months = float(path.months.sel(adaptation="on", case="central", year=2020))
    run = run_scenario(BOOK["closed"], world, date=date(2020, 7, 1), ranges=False,
                       horizon=at(months))  # fmt: skip
    assert np.allclose(hats(path, "on", 2020), run.results.welfare.values, atol=1e-12)
    assert any("rule for external balances" in n for n in path.notes)
    asked = run_path(BOOK["first"], world, (2018, 2020), ranges=False, closure="zero")
    assert np.abs(hats(asked, "off", 2018) - 1).max() < 1e-8


def test_a_year_without_a_result_is_named(world):
    path = run_path(BOOK["dry"], world, (2019, 2020), ranges=False)
    assert not path.whole
    assert path.verdict.sel(year=2020).values.tolist() == [["impossible"], ["impossible"]]
    assert np.isnan(hats(path, "on", 2020)).all()
    assert np.abs(hats(path, "on", 2019) - 1).max() < 1e-8
    assert path.failed[0].startswith("2020, adaptation on, central: impossible")
    assert "DEU" in path.failed[0]
    with pytest.raises(NotSolvedError, match="No year of the path has a certified result"):
        run_path(BOOK["dry"], world, (2020, 2021), ranges=False)


def test_without_the_adapted_path(world):
    path = run_path(BOOK["first"], world, (2020,), adaptation=False, ranges=False)
    assert path.adaptations == ("off",)
    assert path.whole


class Killed(BaseException):
    """What a kill looks like from inside."""


def test_a_stopped_run_goes_on(world, path, tmp_path: Path):
    def stop(what: str, done: int, total: int) -> None:
        if done == 20:
            raise Killed

    with pytest.raises(Killed):
        run_path(BOOK["both"], world, YEARS, keep=tmp_path, report=stop)
    kept = sorted(tmp_path.iterdir())
    assert 0 < len(kept) <= 20
    again = run_path(BOOK["both"], world, YEARS, keep=tmp_path)
    assert again.reused == len(kept)
    assert again.solved + again.reused == path.solved
    for name in FIELDS:
        assert np.array_equal(again.data[name].values, path.data[name].values), name
    third = run_path(BOOK["both"], world, (*YEARS, 2022), keep=tmp_path, ranges=False)
    assert third.solved <= 2


@pytest.mark.parametrize("damage", ["text", "short", "other"])
def test_a_damaged_result_is_solved_again(world, tmp_path: Path, damage: str):
    whole = run_path(BOOK["first"], world, (2020,), ranges=False, adaptation=False, keep=tmp_path)
    (file,) = tmp_path.iterdir()
    if damage == "text":
        file.write_text("nothing", "utf-8")
    elif damage == "short":
        file.write_bytes(file.read_bytes()[:300])
    else:
        with np.load(file) as old:
            arrays = {k: old[k] for k in old.files}
        with file.open("wb") as out:
            np.savez(out, **{**arrays, "welfare": np.ones(3)})
    again = run_path(BOOK["first"], world, (2020,), ranges=False, adaptation=False, keep=tmp_path)
    assert (again.solved, again.reused) == (1, 0)
    assert np.array_equal(hats(again, "off", 2020), hats(whole, "off", 2020))


def test_what_is_kept_belongs_to_its_world_and_options(world, tmp_path: Path):
    from entrepot.solving import SolveOptions

    def solved(scenario: Scenario, **more: object) -> tuple[int, int]:
        done = run_path(scenario, more.pop("world", world), (2020,), ranges=False, keep=tmp_path,
                        adaptation=False, **more)  # fmt: skip
        return done.solved, done.reused

    assert solved(BOOK["first"]) == (1, 0)
    assert solved(BOOK["first"], options=SolveOptions(max_seconds=30.0)) == (0, 1)
    assert solved(BOOK["first"], options=SolveOptions(tolerance=1e-11)) == (1, 0)
    assert solved(BOOK["first"], closure="zero") == (1, 0)
    assert solved(BOOK["first"], world=replace(world, theta=1.1 * world.theta)) == (1, 0)
    assert solved(BOOK["first"], day="09-01") == (1, 0)
    assert solved(BOOK["second"], day="12-31") == (1, 0)


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ((), "The path has no year"),
        ((2020, 2019), "2020, 2019 do not rise"),
        ((2020, 2020), "do not rise"),
        ((True,), "True is no year"),
        ((2020.5,), "2020.5 is no year"),
        ((20,), "Allowed are whole numbers from 1900 to 2200"),
    ],
)
def test_years_that_cannot_be(years, told):
    with pytest.raises(InputError, match=told):
        check_years(years)


@pytest.mark.parametrize("day", ["02-29", "13-01", "1 July", "", None])
def test_days_that_cannot_be(day):
    with pytest.raises(InputError, match="is no day of 2021"):
        day_of(2021, day)


def test_a_scenario_of_another_world(world):
    with pytest.raises(ScenarioError, match="lacks the economies"):
        run_path(load_scenarios({"format": "entrepot/1", "measures": {
            "far": {**EMBARGO, "targets": ["PRK"]}}})["far"], world, (2020,))  # fmt: skip


def test_the_span_of_a_line(path):
    table = path.span("welfare", "IRN")
    assert isinstance(table, pd.DataFrame)
    assert (table["low"] <= table["central"]).all()
    assert (table["central"] <= table["high"]).all()
    assert table.loc[2021, "low"] < table.loc[2021, "high"]
