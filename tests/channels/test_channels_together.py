"""Several measures on one cell: increments add up, values agree, everything else is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels import compile_shock
from entrepot.core.errors import ScenarioError

TARIFF = {"kind": "tariff", "senders": ["USA"], "targets": ["CHN"], "sectors": ["grain"]}
TAX = {**TARIFF, "kind": "export_tax"}
COST = {"kind": "trade_cost", "senders": ["USA"], "targets": ["CHN"], "flow": "imports"}
LOSS = {"kind": "capacity_loss", "targets": ["IRN"], "sectors": ["crude"], "share": 0.3}
EMBARGO = {"kind": "embargo", "senders": ["USA"], "targets": ["IRN"], "sectors": ["crude"]}


def problems(world, found):
    with pytest.raises(ScenarioError) as caught:
        compile_shock(world, found)
    return caught.value.problems


@pytest.mark.parametrize(("body", "name", "at"), [(TARIFF, "tariff", (1, 0, 0)),
                                                  (TAX, "export_tax", (0, 1, 0))])  # fmt: skip
def test_equal_increments_of_two_measures_count_twice(world, scenario, body, name, at):
    both = scenario({"a": {**body, "add": 0.1}, "b": {**body, "add": 0.1}})
    compiled = compile_shock(world, both)
    assert getattr(compiled.shock, name)[at] == pytest.approx(getattr(world, name)[at] + 0.2)
    assert not [n for n in compiled.notes if "no cell" in n]
    assert compiled.cells["measure"].tolist() == ["a, b"]


@settings(max_examples=30, deadline=None)
@given(st.permutations([0.1, 0.07, 0.3, -0.02]))
def test_increments_are_summed_alike_in_every_order(world, scenario, added):
    found = scenario({f"m{k}": {**TARIFF, "add": x} for k, x in enumerate(added)})
    tariff = compile_shock(world, found).shock.tariff
    base = scenario({f"m{k}": {**TARIFF, "add": x} for k, x in enumerate(sorted(added))})
    assert (tariff == compile_shock(world, base).shock.tariff).all()
    assert tariff[1, 0, 0] == pytest.approx(world.tariff[1, 0, 0] + 0.45)


def test_the_table_names_the_measures_of_each_cell_and_their_acts(world, scenario):
    found = scenario(
        {
            "a": {**TARIFF, "add": 0.1, "source": {"act": "list 1"}},
            "b": {**TARIFF, "sectors": ["grain", "crude"], "add": 0.2, "source": {"act": "list 2"}},
        }
    )
    cells = compile_shock(world, found).cells.set_index("sector")
    assert cells["measure"].to_dict() == {"grain": "a, b", "crude": "b"}
    assert cells["act"].to_dict() == {"grain": "list 1; list 2", "crude": "list 2"}
    assert cells["where"].to_dict() == {"grain": "<data>, <data>", "crude": "<data>"}


@pytest.mark.parametrize("first", ["add", "rate"])
def test_an_increment_beside_a_set_rate_is_refused(world, scenario, first):
    second = "rate" if first == "add" else "add"
    (text,) = problems(world, scenario({"a": {**TARIFF, first: 0.1}, "b": {**TARIFF, second: 0.1}}))
    adds, sets = ("a", "b") if first == "add" else ("b", "a")
    assert text.startswith(f"'{adds}' (<data>) adds 0.1 to tariff of (CHN, USA, grain), which ")
    assert f"'{sets}' (<data>) sets to 0.1" in text
    assert text.endswith(".")


def test_an_increment_beside_a_trade_agreement_is_refused(world, scenario):
    deal = {"kind": "trade_agreement", "members": ["USA", "CHN"], "cut": 0.5}
    (text,) = problems(world, scenario({"a": {**TARIFF, "add": 0.1}, "b": deal}))
    assert "'a'" in text
    assert "'b'" in text


def test_a_rate_leaves_what_it_exempts_in_full_to_others(world, scenario):
    waived = {**TARIFF, "sectors": ["all"], "rate": 0.4, "exempt": [{"sectors": ["grain"]}]}
    tariff = compile_shock(world, scenario({"a": waived, "b": {**TARIFF, "add": 0.1}})).shock.tariff
    assert tariff[1, 0, :2] == pytest.approx([world.tariff[1, 0, 0] + 0.1, 0.4])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({**COST, "hat": 1.1}, {**COST, "hat": 1.1}),
        ({**COST, "hat": 1.1}, {**COST, "percent": 10}),
        ({**COST, "ad_valorem": 0.1}, {**COST, "hat": 1.2}),
        ({**COST, "percent": -5}, {"kind": "trade_agreement", "members": ["USA", "CHN"],
                                   "sectors": ["all"], "trade_cost": -5}),
        (LOSS, LOSS),
        (LOSS, {**LOSS, "share": 0.4}),
    ],
)  # fmt: skip
def test_costs_and_losses_change_a_cell_once(world, scenario, one, two):
    (text,) = problems(world, scenario({"a": one, "b": two}))
    assert "'a'" in text
    assert "'b'" in text
    assert "put the two into one measure" in text


def test_one_measure_may_reach_a_cell_in_both_directions(world, scenario):
    body = {"kind": "trade_cost", "senders": ["all"], "targets": ["all"], "hat": 1.1}
    cost = compile_shock(world, scenario(body)).shock.trade_cost
    assert cost[0, 1, 0] == 1.1
    assert cost[0, 0, 0] == 1.0


def test_two_bans_that_agree_are_fine_and_both_are_named(world, scenario):
    both = scenario({"a": EMBARGO, "b": {**EMBARGO, "flow": "exports"}})
    compiled = compile_shock(world, both)
    assert compiled.shock.access[3, 0, 1] == 0
    named = compiled.cells.set_index(["origin", "dest"])["measure"].to_dict()
    assert named == {("IRN", "USA"): "a, b", ("USA", "IRN"): "a"}
    assert not [n for n in compiled.notes if "no cell" in n]


def test_bans_that_differ_are_refused_even_beside_a_full_one(world, scenario):
    (text,) = problems(world, scenario({"a": EMBARGO, "b": {**EMBARGO, "compliance": 0.4}}))
    assert "set access of (USA, IRN, crude) to 0 and to 0.6" in text


def test_three_measures_on_one_cell_name_every_pair_that_clashes(world, scenario):
    found = scenario({"a": {**TARIFF, "add": 0.1}, "b": {**TARIFF, "rate": 0.1},
                      "c": {**TARIFF, "add": 0.2}})  # fmt: skip
    assert len(problems(world, found)) == 2


def test_increments_that_end_below_minus_one_are_refused(world, scenario):
    found = scenario({"a": {**TARIFF, "add": -0.7}, "b": {**TARIFF, "add": -0.7}})
    (text,) = problems(world, found)
    assert text.startswith("'a' and 'b' bring tariff of (CHN, USA, grain) to -1.")
    assert "lies above -1" in text


def test_no_increment_changes_no_cell(world, scenario):
    compiled = compile_shock(world, scenario({"a": {**TARIFF, "add": 0}, "b": EMBARGO}))
    assert "measure 'a' changes no cell with trade in this world." in compiled.notes
    assert np.array_equal(compiled.shock.bind(world).tariff, world.tariff)


def test_without_a_day_a_dated_exemption_is_left_out_and_said(world, scenario):
    for dates in ({"from": "2020-01-01"}, {"until": "2020-01-01"}):
        body = {**EMBARGO, "exempt": [{"who": ["USA"], "share": 0.5, **dates}]}
        compiled = compile_shock(world, scenario(body))
        assert compiled.shock.access[3, 0, 1] == 0.0
        assert any("exemption 0 holds" in n and "left out. Run on a date" in n
                   for n in compiled.notes)  # fmt: skip


def test_a_last_day_is_a_day_for_exemptions(world, scenario):
    exempt = [{"who": ["USA"], "share": 0.5, "from": "2018-01-01"}]
    body = {**EMBARGO, "until": "2019-01-01", "exempt": exempt}
    assert compile_shock(world, scenario(body)).shock.access[3, 0, 1] == 0.5


@pytest.mark.parametrize("who", [{}, {"who": ["G7"]}])
def test_a_threat_that_reaches_nobody_in_this_world_is_noted(world, scenario, who):
    body = {**EMBARGO, "senders": ["all"], "secondary": {"enforcement": 0.5, **who}}
    notes = compile_shock(world, scenario(body)).notes
    assert any("the secondary threat reaches no third country" in n for n in notes)
