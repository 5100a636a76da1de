"""The cases on assets: their numbers follow from the ledger, and thresholds are where they say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import entrepot as ep
from entrepot.report.casepage import case_html
from entrepot.scenario import library
from entrepot.scenario.asset_measures import AssetFreeze
from entrepot.study.casebook import CasePage, Grade, load_case, page_text, run_case
from entrepot.study.casebook.schema import Condition
from entrepot.study.casebook.thresholds import Found, _else, _threshold


@pytest.fixture(scope="module")
def kazakh() -> CasePage:
    return run_case("kazakh-freeze", ranges=False, conditions=False)


def central(page: CasePage, name: str) -> float:
    found = page.finding(name).model
    assert found is not None
    return found.central


def test_costs_and_claims_are_those_of_the_measures(kazakh: CasePage) -> None:
    world = ep.load_world("2017")
    measures = {e.name: e.measure for e in library()["kazakh-freeze"].entries}
    lost = {e.name: e.measure for e in library()["kazakh-freeze-for-good"].entries}
    frozen, gone = measures["kazakh_fund_frozen"], lost["kazakh_fund_lost"]
    assert isinstance(frozen, AssetFreeze)
    assert isinstance(gone, AssetFreeze)
    assert central(kazakh, "cost_frozen") == pytest.approx(frozen.drawdown.central, rel=1e-6)
    income = gone.stock.central * gone.rate_of_return.central * gone.spent.central
    assert central(kazakh, "cost_lost") == pytest.approx(income + gone.drawdown.central, rel=1e-6)
    added = world.value_added[world.regions.index("KAZ")]
    assert central(kazakh, "size") == pytest.approx(100 * frozen.stock.central / added)


def test_the_freeze_came_after_the_signature(kazakh: CasePage) -> None:
    days = load_case("kazakh-freeze").records["days"].values
    assert kazakh.finding("signed_after").record == days["protocol_signed"] - days["bank_froze"]
    grades = {r.name: r.ruling.grade for r in kazakh.readings}
    assert grades["made_it_sign"] is grades["made_it_ratify"] is Grade.DOES_NOT_HOLD


def test_records_and_thresholds_are_in_plain_words(kazakh: CasePage) -> None:
    for text in (page_text(kazakh), case_html(kazakh)):
        assert "protocol signed: 21, bank froze: 55" in text
        assert "protocol_signed:" not in text
    lever = load_case("kazakh-freeze").levers["concession"]
    item = Condition(quantity="gain_lost", lever="concession")
    found: dict[str, Found | str] = {"central": Found(3830.04, False)}
    words = _threshold(item, lever, found, "").words
    assert words == "what the agreement costs Kazakhstan is at most 3,830 mn USD a year"


def test_a_freeze_before_the_signature_would_turn_the_reading() -> None:
    case = load_case("kazakh-freeze")
    data = case.model_dump(mode="json", by_alias=True)
    data["records"]["days"]["values"]["bank_froze"] = -60
    for quantity in data["quantities"].values():
        quantity.update({k: None for k in ("claim", "model", "record") if k not in quantity})
    page = run_case(type(case).model_validate(data), ranges=False, conditions=False)
    grades = {r.name: r.ruling.grade for r in page.readings}
    assert grades["made_it_sign"] is not Grade.DOES_NOT_HOLD


def test_the_bargaining_threshold_is_the_loss_of_the_assets() -> None:
    """A lump sum is worth what it is: signing pays up to what the assets are worth a year."""
    case = load_case("kazakh-freeze")
    one = case.model_copy(update={"conditions": case.conditions[1:2]})
    page = run_case(one, ranges=False)
    (found,) = page.thresholds
    for value in found.values.values():
        assert value == pytest.approx(central(page, "cost_lost"), rel=0.01)


def test_the_lifeline_that_is_found_holds_the_floor() -> None:
    case = load_case("lifelines")
    search = [c for c in case.conditions if c.lever == "for_syria"]
    page = run_case(case.model_copy(update={"conditions": tuple(search)}), ranges=False)
    (found,) = page.thresholds
    amount = found.values["central"]
    without = central(page, "welfare_syria")
    assert without < -5
    data = case.model_dump(mode="json", by_alias=True)
    data["own"]["measures"]["more_for_syria"]["amount"] = amount
    for quantity in data["quantities"].values():
        quantity.update({k: None for k in ("claim", "model", "record") if k not in quantity})
    again = run_case(type(case).model_validate(data), ranges=False, conditions=False)
    assert central(again, "welfare_syria") == pytest.approx(-5, abs=0.05)


def test_nets_are_what_is_lent_given_and_paid() -> None:
    page = run_case("lifelines", ranges=False, conditions=False)
    book = yaml.safe_load(
        (Path(ep.__file__).parent / "scenario" / "library" / "lifelines.yaml").read_text("utf-8")
    )["measures"]
    expected = sum(
        sign * book[name]["amount"]["central"]
        for name, sign in (("china_credit_2018", 1), ("medical_aid_2018", 1),
                           ("china_service_2018", -1))
    )  # fmt: skip
    assert central(page, "net") == pytest.approx(expected, rel=1e-6)
    world = ep.load_world("2017")
    balance = world.trade_balance[world.regions.index("SYR")]
    assert central(page, "syria_transfers") == pytest.approx(balance)
    assert page.finding("supplied").ruling is not None


def test_a_threshold_says_where_the_other_sets_meet_the_mark() -> None:
    crossing = Found(1.0, True)
    assert _else({"central": crossing, "low": "never"}) == "else at none"
    assert _else({"central": crossing, "high": "always"}) == "else at every value"
    both: dict[str, Found | str] = {"central": crossing, "low": "never", "high": "always"}
    assert _else(both) == "else at every value or at none"
