"""What a scenario file may say about crude oil, and what is refused before any market is asked."""

import pytest

from entrepot.core.errors import ScenarioError
from entrepot.scenario import KINDS, PLANNED, load_scenarios
from entrepot.scenario.oil_measures import OIL_KINDS

BASE = {
    "oil_embargo": {"senders": ["EU27"], "targets": ["IRN"]},
    "price_cap": {"senders": ["G7"], "targets": ["RUS"], "usd": 60},
    "maritime_services_ban": {"senders": ["GBR"], "targets": ["IRN"]},
    "tanker_designation": {"senders": ["USA"], "vessels": 20},
    "fleet_gain": {"tankers": 30},
    "risk_discount": {"senders": ["USA"], "targets": ["IRN"], "usd": 8},
    "quota": {"senders": ["CHN"], "kbd": 9000},
    "field_loss": {"targets": ["LBY"], "share": 0.5},
    "field_gain": {"targets": ["IRQ"], "share": 0.2},
    "no_investment": {"targets": ["VEN"]},
    "production_cut": {"targets": ["SAU"], "kbd": 500},
    "oil_relief": {"targets": ["IRN"]},
    "oil_demand": {"targets": ["CHN"], "percent": -5},
    "producers_agreement": {"low": 50, "high": 80},
    "oil_market": {},
}


def read(kind, **fields):
    body = {"kind": kind, **BASE[kind], **fields}
    body = {k: v for k, v in body.items() if v is not None}
    return load_scenarios({"format": "entrepot/1", "measures": {"m": body}})["m"]


def refused(kind, **fields):
    with pytest.raises(ScenarioError) as caught:
        read(kind, **fields)
    return str(caught.value)


def test_every_kind_is_listed_and_none_of_them_is_planned_any_more():
    assert set(BASE) == set(OIL_KINDS)
    assert set(OIL_KINDS) <= set(KINDS)
    assert not set(OIL_KINDS) & set(PLANNED)


@pytest.mark.parametrize("kind", OIL_KINDS)
def test_a_measure_of_each_kind_is_read(kind):
    measure = read(kind).entries[0].measure
    assert isinstance(measure, OIL_KINDS[kind])


@pytest.mark.parametrize("kind", OIL_KINDS)
def test_an_unknown_key_is_refused_with_the_allowed_ones(kind):
    said = refused(kind, colour="red")
    assert "unknown key 'colour'" in said
    assert "Allowed are" in said


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("price_cap", {"usd": -5}, r"-5 lies outside (0, 1000]"),
        ("price_cap", {"fleet": "grey"}, "'grey' is not allowed"),
        ("field_loss", {"share": -0.1}, "-0.1 lies outside [0, 1]"),
        ("field_loss", {"share": 30}, "A share is written 0.3 for 30 %"),
        ("tanker_designation", {"tankers": 10}, "exactly one of 'vessels' (mb) and 'tankers'"),
        ("tanker_designation", {"vessels": None}, "exactly one of 'vessels' (mb) and 'tankers'"),
        ("tanker_designation", {"vessels": -3}, "-3 lies outside (0, 10000]"),
        ("tanker_designation", {"size": 2}, "measures.m.size: 'vessels' is a capacity already"),
        ("production_cut", {"share": 0.1}, "exactly one of 'share' (of base output) and 'kbd'"),
        ("oil_demand", {"hat": 0.9}, "exactly one of 'hat' (0.9: a tenth less) and 'percent'"),
        ("producers_agreement", {"low": 90}, "'low' 90 lies above 'high' 80"),
        ("oil_embargo", {"by": "rail"}, "'rail' is not allowed"),
        ("oil_embargo", {"senders": ["EU"], "targets": ["irn"]}, "Did you mean 'IRN'?"),
        ("oil_embargo", {"streams": ["A", "A"]}, "A is listed twice"),
        ("oil_embargo", {"streams": []}, "the list is empty"),
        ("oil_embargo", {"from": "2019-02-01", "until": "2018-02-01"}, "lies before 'from'"),
        ("quota", {"kbd": -1}, "-1 lies outside [0, 200000]"),
        ("quota", {"senders": None}, "the key 'senders' is missing"),
    ],
)
def test_what_is_impossible_is_refused_in_words(kind, fields, said):
    assert said in refused(kind, **fields)


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ({"who": ["CHN"], "kbd": -1}, "-1 lies outside [0, 200000]"),
        ({"who": ["CHN"]}, "the key 'kbd' is missing"),
        ({"who": ["CHN"], "kbd": 1, "from": "2019-05-01", "until": "2019-04-01"}, "lies before"),
        ({"who": ["CHN"], "kbd": 1, "from": "2020-01-01"}, "waiver 0 shares no day"),
        ({"who": ["CHN"], "kbd": 1, "until": "2018-01-01"}, "waiver 0 shares no day"),
    ],
)
def test_a_waiver_that_cannot_be_is_refused(waiver, said):
    days = {"from": "2018-11-05", "until": "2019-12-31"}
    assert said in refused("oil_embargo", waivers=[waiver], **days)


def test_all_problems_of_a_file_are_said_at_once():
    said = refused("oil_embargo", share=2, by="rail", wind_down=-1)
    assert "3 problems" in said or said.count("measures.m") == 3


def test_waivers_and_their_days_are_part_of_what_a_scenario_means():
    kinds = [{"who": ["CHN"], "kbd": 360, "until": "2019-05-02"}, {"who": ["IND"], "kbd": 300}]
    one = read("oil_embargo", waivers=kinds)
    assert one.hash == read("oil_embargo", waivers=kinds[::-1], title="T").hash
    moved = [kinds[0] | {"until": "2019-06-02"}, kinds[1]]
    assert one.hash != read("oil_embargo", waivers=moved).hash
    assert one.hash != read("oil_embargo", waivers=kinds, streams=["IRN-MEDIUM"]).hash


def test_a_range_of_a_volume_is_a_range():
    waiver = read("oil_embargo", waivers=[
        {"who": ["CHN"], "kbd": {"low": 200, "central": 360, "high": 500}}
    ]).entries[0].measure.waivers[0]  # fmt: skip
    assert waiver.kbd.bounds == (200, 500)
    assert waiver.holds(None)
