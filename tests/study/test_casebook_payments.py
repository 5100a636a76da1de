"""Outcomes of a run about payments, times since the shock, and draws of a case."""

from __future__ import annotations

import json

import numpy as np
import pytest

from entrepot.channels import Assumption, compile_shock
from entrepot.channels.payments.baseline import baseline_rails
from entrepot.core.errors import CaseError
from entrepot.model.presets import preset
from entrepot.report.casepage import case_html
from entrepot.scenario import library
from entrepot.scenario.marks import Marked
from entrepot.solving import solve
from entrepot.study.casebook import load_case, page_text, run_case
from entrepot.study.casebook.draws import between, drawn_economy, drawn_numbers
from entrepot.study.casebook.functions import FUNCTIONS, Sheet
from entrepot.study.casebook.load import read_case
from entrepot.study.casebook.solves import Bench
from entrepot.study.casebook.variant import Variant
from entrepot.world.bundle import load_world
from entrepot.world.world import World

RAILS = ("dollar", "euro", "renminbi", "local", "barter")


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("2017")


@pytest.fixture(scope="module")
def sheet(world: World) -> Sheet:
    compiled = {n: compile_shock(world, library()[s]) for n, s in (
        ("cut", "digital-renminbi-cut-off"), ("with_new", "digital-renminbi-cut-off-with"),
        ("oil", "zero-by-november"))}  # fmt: skip
    results = {n: solve(world, shock=c.bind(world)).results() for n, c in compiled.items()}
    return Sheet(world, results, {}, compiled)


def value(sheet: Sheet, name: str, run: str, *labels: str | tuple[str, ...]) -> float:
    given = [(x,) if isinstance(x, str) else x for x in labels]
    return FUNCTIONS[name].compute(sheet, run, given)


def test_shares_of_all_rails_add_to_one(sheet: Sheet) -> None:
    for run, rails in (
        ("before", RAILS),
        ("cut", RAILS),
        ("with_new", (*RAILS, "digital_renminbi")),
    ):
        assert value(sheet, "rail_share", run, "RUS", rails) == pytest.approx(1, abs=1e-9)
        parts = [value(sheet, "rail_share", run, "RUS", r, "CHN", "goods") for r in rails]
        assert sum(parts) == pytest.approx(1, abs=1e-9)


def test_shares_before_are_those_of_the_data(sheet: Sheet, world: World) -> None:
    rails = baseline_rails(world)
    i, j = world.regions.index("RUS"), world.regions.index("CHN")
    flows = world.trade_flows()
    over = rails.share[..., rails.rails.index("dollar")]
    both = (flows[i, j] @ over[i, j] + flows[j, i] @ over[j, i]) / (flows[i, j] + flows[j, i]).sum()
    assert value(sheet, "rail_share", "before", "RUS", "dollar", "CHN") == pytest.approx(both)
    assert value(sheet, "rail_share", "before", "CHN", "dollar", "RUS") == pytest.approx(both)


def test_a_run_without_payments_keeps_rails_and_costs(sheet: Sheet) -> None:
    for rail in RAILS:
        own = value(sheet, "rail_share", "oil", "DEU", rail, "FRA", "machinery")
        assert own == pytest.approx(
            value(sheet, "rail_share", "before", "DEU", rail, "FRA", "machinery")
        )
    assert value(sheet, "import_payment_cost", "oil", "IRN", "all") == 1
    assert value(sheet, "export_payment_cost", "before", "IRN", "all") == 1


def test_a_cut_moves_payments_and_costs_more(sheet: Sheet) -> None:
    for rail in ("dollar", "euro"):
        now, then = (value(sheet, "rail_share", r, "RUS", rail) for r in ("cut", "before"))
        assert now < 0.6 * then
    assert value(sheet, "import_payment_cost", "cut", "RUS", "goods") > 1.01
    assert value(sheet, "export_payment_cost", "cut", "RUS", "goods", "CHN") > 1.01
    away = value(sheet, "import_payment_cost", "cut", "DEU", "goods", "FRA")
    assert away == pytest.approx(1, abs=0.01)


def test_power_of_a_rail_is_what_its_loss_would_cost(sheet: Sheet) -> None:
    outcome = sheet.compiled["cut"].details["payments"]
    for run in ("before", "cut"):
        share = value(sheet, "rail_share", run, "RUS", "dollar")
        found = value(sheet, "rail_power", run, "RUS", "dollar")
        assert found == pytest.approx((1 - share) ** (-1 / outcome.elasticities.kappa))
    assert value(sheet, "rail_power", "cut", "RUS", "dollar") < value(
        sheet, "rail_power", "before", "RUS", "dollar"
    )
    assert value(sheet, "rail_power", "cut", "RUS", RAILS, "CHN") == np.inf


def test_a_new_rail_is_used_only_where_it_exists(sheet: Sheet) -> None:
    assert value(sheet, "rail_share", "with_new", "RUS", "digital_renminbi", "CHN") > 0.01
    assert value(sheet, "rail_share", "with_new", "RUS", "digital_renminbi", "DEU") == 0
    assert value(sheet, "rail_share", "cut", "RUS", "digital_renminbi") == 0


def test_a_rail_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    case = load_case("petrodollar")
    text = case.model_dump(mode="json", by_alias=True)
    text["quantities"]["usa"]["model"] = "rail_share(oil, all, dolar)"

    def cleaned(data: object) -> object:
        if isinstance(data, dict):
            return {k: cleaned(v) for k, v in data.items() if v is not None}
        return [cleaned(v) for v in data] if isinstance(data, list) else data

    with pytest.raises(CaseError, match=r"no rail 'dolar'.*Did you mean 'dollar'"):
        read_case(Marked(cleaned(text), "petrodollar.yaml", {}))


def test_draws_stay_in_their_ranges_and_are_shared_between_runs() -> None:
    one = Assumption("m.share", 0.2, 0.1, 0.8, "assumed", "")
    two = Assumption("m.cost", 1.0, 1.0, 1.0, "assumed", "")
    seen = []
    for k in range(1, 200):
        drawn = drawn_numbers({"a": (one, two), "b": (one,)}, "case", k)
        assert drawn["a"] == drawn["b"]
        assert set(drawn["a"]) == {"m.share"}
        seen.append(drawn["a"]["m.share"])
        assert drawn == drawn_numbers({"a": (one, two), "b": (one,)}, "case", k)
    assert 0.1 <= min(seen) < 0.15
    assert 0.7 < max(seen) <= 0.8
    assert 0.4 < np.mean(np.array(seen) < 0.2) < 0.6
    assert between(0, 1, 3, 0.5) == 1
    assert between(0, 1, 3, 0.0) == 0


def test_drawn_elasticities_lie_in_the_ranges_of_preset_and_world(world: World) -> None:
    assert world.theta_range is not None
    low, high = world.theta_range
    for k in range(1, 20):
        long = drawn_economy(world, preset("long_run"), "case", k)
        assert (long.theta_for(world) >= low - 1e-12).all()
        assert (long.theta_for(world) <= high + 1e-12).all()
        short = drawn_economy(world, preset("short_run"), "case", k)
        known = preset("short_run").parameters["epsilon"]
        assert known.low <= short.epsilon <= known.high


def test_variants_hold_every_time_and_every_draw() -> None:
    case = load_case("iraq-dollars").model_copy(update={"draws": 2})
    variants = Bench(case).variants(ranges=True)
    assert variants[0] == Variant("2017", "central", "central", "short_run")
    assert {v.horizon for v in variants} == {"short_run", "medium_run"}
    assert {v.draw for v in variants} == {None, 1, 2}
    assert {v.world for v in variants if v.draw} == {"2017"}
    assert len(variants) == len(set(variants))


def test_the_time_of_a_run_is_its_own_or_that_of_the_horizon() -> None:
    case = load_case("own-currencies")
    bench = Bench(case)
    assert bench.compiled("cut", bench.central).years == "dated"
    plain = case.runs["cut"].model_copy(update={"years": None})
    other = Bench(case.model_copy(update={"runs": {"cut": plain}}))
    assert other.compiled("cut", other.central).years == preset("medium_run").months / 12
    long = Variant("2017", "central", "central")
    assert other.compiled("cut", long).years is None


def test_ranges_over_times_and_draws_stand_on_the_page() -> None:
    case = load_case("petrodollar").model_copy(
        update={"draws": 3, "other_worlds": (), "horizons": ("long_run", "medium_run"),
                "conditions": ()})  # fmt: skip
    page = run_case(case)
    spread = page.finding("lost").model
    assert spread is not None
    assert spread.by_draw is not None
    drawn = [x for v, x in page.finding("lost").values if v.draw]
    assert spread.by_draw == (min(drawn), max(drawn))
    assert len(drawn) == 3
    assert spread.low <= spread.by_horizon[0] <= spread.by_horizon[1] <= spread.high
    assert "draws" in page_text(page)
    assert any("horizon medium_run" in str(s.variant) for s in page.solves)


def test_tables_of_the_channels_stand_on_the_page() -> None:
    page = run_case("petrodollar", ranges=False, conditions=False)
    found = page.tables["oil"]["payment_rails"]
    html = case_html(page)
    assert found.title in html
    assert all(f">{rail}</td>" in html for rail in RAILS)
    plain = page.to_dict()["tables"]["oil"]["payment_rails"]
    assert len(plain["rows"]) == len(found.frame)
    json.dumps(page.to_dict(), allow_nan=False)
    assert run_case("zero-by-november", ranges=False, conditions=False).tables["after"] == {}
