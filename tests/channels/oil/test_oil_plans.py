"""A scenario month by month: from dates to restrictions with a first and a last month."""

import pytest

from entrepot.channels.oil import (
    Timed,
    load_agreement,
    load_market,
    path_of_scenario,
    plan_of,
    run_path,
)
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityLoss,
    PriceCap,
    Relief,
    RiskDiscount,
    VesselGain,
)
from entrepot.channels.oil.scenario_path import base_year_of, span_of
from entrepot.core.errors import ScenarioError, ValueRangeError

CAP = {"kind": "price_cap", "senders": ["G7"], "targets": ["RUS"], "usd": 60}
LOSS = {"kind": "field_loss", "targets": ["LBY"], "share": 0.5}
RISK = {"kind": "risk_discount", "senders": ["USA"], "targets": ["IRN"], "who": ["CHN"], "usd": 5}


@pytest.fixture
def plan(scenario):
    def of(first="2018-01", months=24, case="central", overrides=None, **measures):
        return plan_of(scenario(measures), load_market(2017), first, months, year=2017, case=case,
                       overrides=overrides)  # fmt: skip

    return of


def spans(found, kind):
    return [
        (t.first, t.last, t.restriction) for t in found.timed if isinstance(t.restriction, kind)
    ]


@pytest.mark.parametrize(
    ("start", "until", "months"),
    [
        ("2018-05-15", "2018-11-15", ("2018-05", "2018-11")),
        ("2018-05-16", "2018-11-14", ("2018-06", "2018-10")),
        ("2017-01-01", "2030-01-01", ("2018-01", "2019-12")),
        (None, None, ("2018-01", "2019-12")),
    ],
)
def test_a_measure_counts_in_a_month_if_it_is_in_force_in_its_middle(plan, start, until, months):
    days = {k: v for k, v in (("from", start), ("until", until)) if v}
    found = plan(m={**CAP, **days})
    ((first, last, cap),) = spans(found, PriceCap)
    assert (first, last) == months
    assert cap.usd == 60
    assert found.measures == ("m",)


def test_an_embargo_changes_when_its_waivers_end(plan):
    found = plan(m={
        "kind": "oil_embargo", "senders": ["all"], "targets": ["IRN"], "from": "2018-11-05",
        "waivers": [{"who": ["CHN"], "kbd": 360, "until": "2019-05-02"},
                    {"who": ["IND"], "kbd": 300, "from": "2018-12-01", "until": "2019-05-02"}],
    })  # fmt: skip
    one, two, three = spans(found, Ban)
    assert [s[:2] for s in (one, two, three)] == [
        ("2018-11", "2018-11"), ("2018-12", "2019-04"), ("2019-05", "2019-12")
    ]  # fmt: skip
    assert sum(one[2].waivers.values()) == pytest.approx(360)
    assert sum(two[2].waivers.values()) == pytest.approx(660)
    assert three[2].waivers == {}


def test_contracts_run_out_and_fleets_grow_month_by_month(plan):
    found = plan(
        months=8,
        m={"kind": "oil_embargo", "senders": ["JPN"], "targets": ["IRN"], "from": "2018-02-01",
           "wind_down": 4},
        fleet={"kind": "fleet_gain", "vessels": 40, "ramp": 3, "from": "2018-03-01"},
    )  # fmt: skip
    bans = spans(found, Ban)
    assert [b[0] for b in bans] == ["2018-02", "2018-03", "2018-04", "2018-05", "2018-06"]
    left = [b[2].waivers.get("JPN", 0.0) for b in bans]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0.0
    gains = spans(found, VesselGain)
    sizes = [g[2].vessels for g in gains]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 40
    assert gains[-1][:2] == ("2018-06", "2018-08")


def test_groups_are_those_of_the_day(plan):
    body = {"kind": "oil_embargo", "senders": ["EU"], "targets": ["IRN"]}
    found = plan(first="2019-12", months=4, m=body)
    before, after = spans(found, Ban)
    assert "GBR" in before[2].refiners
    assert (before[1], after[0]) == ("2020-01", "2020-02")
    assert "GBR" not in after[2].refiners


def test_measures_of_trade_on_crude_count_and_others_are_left_out_and_named(plan):
    trade = {"kind": "embargo", "senders": ["JPN"], "targets": ["IRN"], "from": "2018-06-01"}
    rail = {"kind": "payment_cutoff", "senders": ["USA"], "targets": ["IRN"], "rails": ["dollar"]}
    found = plan(trade=trade, rail=rail, late={**CAP, "from": "2025-01-01"})
    ((first, last, ban),) = spans(found, Ban)
    assert (first, last, ban.refiners) == ("2018-06", "2019-12", ("JPN",))
    assert any("'rail' is of the kind 'payment_cutoff'" in n for n in found.notes)
    assert any("'late' is in force on the 15th of none" in n for n in found.notes)


def test_what_stood_may_be_lifted_from_a_month_on(scenario):
    market = load_market(2021)
    found = scenario({"m": {"kind": "oil_relief", "targets": ["IRN"], "from": "2022-03-01"}})
    timed = plan_of(found, market, "2022-02", 2, year=2021).timed
    assert timed == (Timed(Relief(("IRN-MEDIUM",)), "2022-03", "2022-03"),)
    before, after = run_path(market, "2022-02", 2, timed).outcomes
    iran = market.stream_names.index("IRN-MEDIUM")
    mainstream = [c.name for c in market.carriers].index("mainstream")
    carried = (before.month.stream == iran) & (before.month.carrier == mainstream)
    assert before.flow[carried].sum() == 0
    assert after.flow[carried].sum() > 100


def test_ends_of_ranges_and_single_numbers(plan):
    ranged = RISK | {"usd": {"low": 2, "central": 5, "high": 9}}
    got = [spans(plan(m=ranged, case=c), RiskDiscount)[0][2].usd for c in ("low", "high")]
    assert got == [2, 9]
    found = plan(m=ranged, overrides={"m.usd": 7})
    assert spans(found, RiskDiscount)[0][2].usd == 7
    (said,) = (a for a in found.assumptions if a.name == "m.usd")
    assert (said.low, said.value, said.high) == (2, 7, 9)
    with pytest.raises(ScenarioError, match=r"override 'm\.usdd' .* Did you mean 'm\.usd'"):
        plan(m=ranged, overrides={"m.usdd": 7})


def test_the_rule_of_producers_goes_with_the_plan(plan):
    rule = {"kind": "producers_agreement", "low": 40, "high": 60}
    assert plan(m=rule).agreement.high == 60
    assert plan(m=LOSS).agreement is None
    with pytest.raises(ScenarioError, match="a path has one rule"):
        plan(m={**rule, "from": "2019-01-01"})


def test_problems_of_all_months_come_at_once_and_once_each(plan):
    with pytest.raises(ScenarioError) as caught:
        plan(a={**CAP, "usd": 1}, b={**RISK, "streams": ["IRN-X"]}, c={**CAP, "usd": 50})
    said = caught.value.problems
    assert len(said) == len(set(said)) >= 3
    assert any("below what the first barrel" in p for p in said)
    assert any("'IRN-X'" in p for p in said)
    assert any("A stream has one cap" in p for p in said)


@pytest.mark.parametrize(
    ("first", "months", "said"),
    [
        ("2018-13", 3, "'2018-13'; a month is written like"),
        ("\u0662\u0660\u0661\u0668-01", 3, "a month is written like"),
        ("2018-01", 0, "months is 0"),
        ("2018-01", True, "months is True"),
        ("2018-01", 1201, "months is 1201; one path has at most 1200"),
        ("0000-12", 3, "first is 0000-12; it must be from 1900-01 to 2199-12"),
        ("9999-12", 3, "first is 9999-12; it must be from 1900-01 to 2199-12"),
    ],
)
def test_months_that_are_none_are_refused(plan, scenario, first, months, said):
    with pytest.raises(ScenarioError, match=said):
        plan(first=first, months=months, m=CAP)
    with pytest.raises(ScenarioError, match=said):
        span_of(scenario({"m": CAP}), first, months)


def test_days_far_from_any_market_ask_for_months(scenario):
    with pytest.raises(ScenarioError, match="first is 0000-10; it must be from 1900-01"):
        span_of(scenario({"m": {**CAP, "from": "0001-01-01"}}), None, None)
    assert span_of(scenario({"m": {**CAP, "from": "0001-01-01"}}), "2022-01", 3) == ("2022-01", 3)
    with pytest.raises(ScenarioError, match="first is ''"):
        path_of_scenario(scenario({"m": CAP}), "", 1)


# the months and the base year that a scenario implies


def test_a_path_shows_the_months_around_the_dates_of_its_scenario(scenario):
    found = scenario({"m": {**CAP, "from": "2022-12-05"}, "n": {**LOSS, "until": "2023-03-31"}})
    assert span_of(found, None, None) == ("2022-09", 18)
    assert span_of(found, "2023-01", None) == ("2023-01", 14)
    assert span_of(found, "2023-01", 2) == ("2023-01", 2)
    with pytest.raises(ScenarioError, match="has no dates, so that a path needs"):
        span_of(scenario({"m": CAP}), None, None)


def test_the_base_year_lies_before_the_first_measure(scenario):
    found = scenario({"m": {**CAP, "from": "2022-12-05"}})
    assert base_year_of(found, "2022-09") == 2021
    asked = scenario(
        {"m": {**CAP, "from": "2022-12-05"}, "n": {"kind": "oil_market", "base": 2019}}
    )
    assert base_year_of(asked, "2022-09") == 2019
    two = scenario({f"y{y}": {"kind": "oil_market", "base": y} for y in (2017, 2019)})
    with pytest.raises(ScenarioError, match="ask for the base years 2017, 2019"):
        base_year_of(two, "2022-09")
    with pytest.raises(ValueRangeError, match="0 is no bundled base year"):
        path_of_scenario(found, "2022-09", 1, year=0)
    with pytest.raises(ValueRangeError, match="1999 is no bundled base year"):
        path_of_scenario(scenario({"n": {"kind": "oil_market", "base": 1999}}), "2018-01", 1)


def test_a_path_of_a_scenario_is_the_path_of_its_restrictions(scenario, tmp_path):
    found = scenario({"m": {**LOSS, "from": "2018-02-01"}})
    path = path_of_scenario(found, "2018-01", 3, folder=tmp_path)
    by_hand = run_path(load_market(2017), "2018-01", 3,
                       [Timed(CapacityLoss(("LBY-SIDER",), 0.5), "2018-02")],
                       agreement=load_agreement(2017))  # fmt: skip
    assert path.year == 2017
    assert [m.brent for m in path.path.outcomes] == [m.brent for m in by_hand.outcomes]
    again = path_of_scenario(found, "2018-01", 3, folder=tmp_path)
    assert again.path.resumed == 3
    assert again.path["2018-03"].brent == path.path["2018-03"].brent
