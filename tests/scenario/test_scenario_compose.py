"""Scenarios compose, order never matters, and the hash covers what matters."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.core.errors import ScenarioError
from entrepot.scenario import load_scenarios
from entrepot.scenario.labels import Vocabulary

MEASURES = {
    "a": {"kind": "embargo", "senders": ["USA", "EU27"], "targets": ["IRN"], "from": "2018-11-05"},
    "b": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "rate": 0.25},
    "c": {"kind": "capacity_loss", "targets": ["SYR"], "sectors": ["crude"], "share": 0.5},
    "d": {"kind": "transfer", "senders": ["CHN"], "targets": ["IRN"], "amount": 100},
    "e": {
        "kind": "embargo",
        "senders": ["USA"],
        "targets": ["RUS"],
        "until": "2030-01-01",
        "compliance": {"default": 0.9, "CHN": 0.2, "IND": 0.1},
        "exempt": [{"who": ["DEU"], "share": 0.5}, {"who": ["TUR"], "sectors": ["gas"]}],
    },
}


def book(scenarios, measures=None, **more):
    data = {"format": "entrepot/1", "measures": measures or MEASURES, "scenarios": scenarios}
    return load_scenarios({**data, **more})


def test_scenarios_compose_and_a_diamond_counts_once():
    found = book({"x": ["a", "b"], "y": ["b", "c"], "z": ["x", "y", "d"]})
    assert [e.name for e in found["z"].entries] == ["a", "b", "c", "d"]
    assert found["z"].hash == book({"flat": ["d", "c", "b", "a"]})["flat"].hash


def test_a_ring_of_scenarios_is_refused_once():
    with pytest.raises(ScenarioError, match="include each other: x > y > z > x") as caught:
        book({"y": ["z"], "z": ["x"], "x": ["y", "a"]})
    assert len(caught.value.problems) == 1
    with pytest.raises(ScenarioError, match="include each other: x > x"):
        book({"x": ["x"]})


def test_parts_hand_up_closure_and_frozen_economies():
    found = book(
        {
            "f": {"include": ["a"], "frozen": ["IRN"]},
            "g": {"include": ["f", "b"], "frozen": ["RUS"]},
        }
    )
    assert (found["g"].closure, found["g"].frozen) == ("frozen", ("IRN", "RUS"))


def test_parts_that_ask_for_different_closures_are_refused():
    with pytest.raises(ScenarioError, match=r"different closures: 'fixed' \(p\), 'zero' \(q\)"):
        book(
            {
                "p": {"include": ["a"], "closure": "fixed"},
                "q": {"include": ["b"], "closure": "zero"},
                "r": ["p", "q"],
            }
        )


def test_words_of_a_scenario_are_kept():
    words = {"title": "T", "description": "D", "claim": "zero-by-november", "date": "2019-05-03"}
    scenario = book({"x": {"include": ["a"], **words}})["x"]
    assert (scenario.title, scenario.description, scenario.claim) == ("T", "D", "zero-by-november")
    assert scenario.day == date(2019, 5, 3)


def test_the_default_day_is_its_own_date_or_that_of_the_latest_measure():
    found = book({"own": {"include": ["a"], "date": "2020-01-01"}, "late": ["a", "b"], "no": ["b"]})
    assert found["own"].default_day() == date(2020, 1, 1)
    assert found["late"].default_day() == date(2018, 11, 5)
    assert found["no"].default_day() is None


def test_active_measures_follow_the_day_both_ends_included():
    scenario = book({"x": ["a", "b", "e"]})["x"]

    def on(day):
        return [e.name for e in scenario.active(date.fromisoformat(day))]

    assert on("2018-11-04") == ["b", "e"]
    assert on("2018-11-05") == ["a", "b", "e"]
    assert on("2030-01-01") == ["a", "b", "e"]
    assert on("2030-01-02") == ["a", "b"]


names = st.permutations(sorted(MEASURES))


def shuffled(value, draw):
    if isinstance(value, dict):
        return {k: shuffled(value[k], draw) for k in draw(st.permutations(sorted(value)))}
    if isinstance(value, list):
        return [shuffled(v, draw) for v in draw(st.permutations(value))]
    return value


@settings(max_examples=30, deadline=None)
@given(st.data(), names)
def test_no_order_changes_the_hash(data, order):
    measures = shuffled(MEASURES, data.draw)
    assert book({"x": list(order)}, measures)["x"].hash == book({"x": list(MEASURES)})["x"].hash


@settings(max_examples=30, deadline=None)
@given(st.data(), names)
def test_any_nesting_is_the_flat_scenario(data, order):
    cut = data.draw(st.integers(1, len(order) - 1))
    again = data.draw(st.integers(1, len(order)))
    nested = book(
        {
            "left": list(order[:cut]),
            "right": list(order[:again]),
            "x": ["left", "right", *order[cut:]],
        }
    )
    assert nested["x"].content() == book({"x": list(MEASURES)})["x"].content()


def changed(name="a", **fields):
    measures = {**MEASURES, name: {**MEASURES[name], **fields}}
    return book({"x": list(MEASURES)}, measures)["x"].hash


BASE = book({"x": list(MEASURES)})["x"].hash


def test_words_do_not_change_the_hash():
    assert changed(title="T", note="N", source={"act": "A", "url": "U"}) == BASE
    renamed = {("z" + k): v for k, v in MEASURES.items()}
    other = book({"y": {"include": list(renamed), "title": "T", "claim": "x"}}, renamed)
    assert other["y"].hash == BASE
    assert changed("e", secondary={"threat": "market", "enforcement": 0.5}) == changed(
        "e", secondary={"threat": "dollar", "enforcement": {"central": 0.5, "source": "S"}}
    )


def test_a_group_is_its_members():
    members = list(Vocabulary.standard().groups["EU27"].at(None))
    assert changed(senders=["USA", *members]) == BASE
    mine = {**MEASURES, "a": {**MEASURES["a"], "senders": ["US_AND_EU"]}}
    groups = {"US_AND_EU": {"title": "t", "members": ["EU27", "USA"]}}
    assert book({"x": list(MEASURES)}, mine, groups=groups)["x"].hash == BASE


def test_a_group_in_compliance_or_a_threat_is_its_members_too():
    groups = {"G": ["CHN", "IND"], "H": ["IND", "CHN"]}

    def hash_of(name):
        secondary = {"enforcement": 0.5, "except": [name]}
        body = {**MEASURES["a"], "compliance": {name: 0.5}, "secondary": secondary}
        return book({"x": ["a"]}, {"a": body}, groups=groups)["x"].hash

    assert hash_of("G") == hash_of("H") != hash_of("BRICS")


def test_sector_groups_and_defaults_written_out_do_not_change_the_hash():
    assert changed(sectors=["energy"]) == changed(sectors=["refined", "gas", "crude"])
    assert changed(flow="both", sectors=["all"], compliance=1, exempt=[]) == BASE


@pytest.mark.parametrize(
    "fields",
    [
        {"senders": ["USA"]},
        {"targets": ["RUS"]},
        {"flow": "imports"},
        {"sectors": ["crude"]},
        {"from": "2018-11-06"},
        {"until": "2031-01-01"},
        {"compliance": 0.9},
        {"compliance": {"central": 1.0, "low": 0.9}},
        {"compliance": {"CHN": 0.5}},
        {"exempt": [{"who": ["CHN"]}]},
        {"secondary": {"enforcement": 0.5}},
    ],
    ids=str,
)
def test_economic_content_changes_the_hash(fields):
    assert changed(**fields) != BASE


def test_closure_frozen_and_date_change_the_hash():
    variants = [
        {"closure": "fixed"},
        {"closure": "zero"},
        {"frozen": ["IRN"]},
        {"frozen": ["RUS"]},
        {"date": "2020-01-01"},
    ]
    hashes = {book({"x": {"include": list(MEASURES), **v}})["x"].hash for v in variants}
    assert len({*hashes, BASE}) == len(variants) + 1


def test_the_hash_is_the_same_on_every_machine():
    found = book({"x": ["b"]}, {"b": MEASURES["b"]})["x"]
    tariff = {
        "coverage": [1.0, 1.0, 1.0],
        "exempt": [],
        "kind": "tariff",
        "rate": [0.25, 0.25, 0.25],
        "sectors": ["all"],
        "senders": [["USA", None, None]],
        "targets": [["CHN", None, None]],
    }
    assert found.content() == {"measures": [tariff], "closure": None, "frozen": [], "date": None}
    assert found.hash == "e7106cd641b469b3"
