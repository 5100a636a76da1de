"""Measures on payments: what they do to rails, pairs and notes, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels import Compiled, compile_shock
from entrepot.channels.payments import PaymentsOutcome, numbers
from entrepot.core.errors import ScenarioError
from entrepot.scenario import Scenario, load_scenarios
from entrepot.scenario.kinds import KINDS
from entrepot.scenario.payment_measures import PAYMENT_KINDS
from entrepot.world.world import World

QUIET = {"payments.network": 0.0}
CUT: dict[str, Any] = {"kind": "payment_cutoff", "senders": ["USA"], "targets": ["RUS"],
                       "rails": ["dollar"]}  # fmt: skip


@pytest.fixture(scope="module")
def world(world: World) -> World:
    """The small world of the room, of a year before the measures of 2022."""
    return replace(world, year=2015)


def scenario(**measures: dict[str, Any]) -> Scenario:
    return load_scenarios({"format": "entrepot/1", "measures": measures,
                           "scenarios": {"x": list(measures)}})["x"]  # fmt: skip


def compiled(world: World, *measures: dict[str, Any], day: str | None = None,
             **options: Any) -> Compiled:  # fmt: skip
    given = scenario(**{f"m{k}": m for k, m in enumerate(measures)})
    return compile_shock(world, given, date.fromisoformat(day) if day else None, **options)


def outcome(found: Compiled) -> PaymentsOutcome:
    result = found.details["payments"]
    assert isinstance(result, PaymentsOutcome)
    assert result.certificate.ok
    return result


def hats(world: World, *measures: dict[str, Any], **options: Any) -> np.ndarray:
    found = compiled(world, *measures, **options)
    made = outcome(found)
    assert found.shock.trade_cost is not None
    cost = np.where(np.isinf(made.cost_array), 1.0, made.cost_array)
    assert np.asarray(found.shock.trade_cost) == pytest.approx(cost)
    return made.cost_array


def at(world: World, *labels: str) -> tuple[int, ...]:
    pair = [world.regions.index(x) for x in labels[:2]]
    return (*pair, *[world.sectors.index(x) for x in labels[2:]])


def test_every_kind_is_known() -> None:
    assert set(PAYMENT_KINDS) <= set(KINDS)


def test_who_controls_a_rail_shuts_it_for_trade_with_everybody(world: World) -> None:
    cost = hats(world, CUT, overrides=QUIET)
    russia = world.regions.index("RUS")
    touched = np.zeros((len(world.regions),) * 2, dtype=bool)
    touched[russia], touched[:, russia] = True, True
    np.fill_diagonal(touched, False)
    assert (cost[touched] > 1).all()
    assert (cost[~touched] == 1).all()


def test_the_cost_is_the_closed_form_of_the_share_lost(world: World) -> None:
    found = compiled(world, {**CUT, "banks": 0.6}, overrides=QUIET)
    made = outcome(found)
    i, j = at(world, "CHN", "RUS")
    lost = 0.6 * made.rails.share[i, j, 0, 0]
    assert made.cost_array[i, j, 0] == pytest.approx(
        (1 - lost) ** (-1 / numbers()["kappa"].central)
    )


def test_who_does_not_control_a_rail_stops_only_own_trade_and_that_of_followers(
    world: World,
) -> None:
    mine = {**CUT, "senders": ["DEU"], "rails": ["local", "barter"]}
    found = compiled(world, mine, overrides=QUIET)
    cost = outcome(found).cost_array
    assert cost[at(world, "DEU", "RUS", "grain")] > 1
    assert cost[at(world, "CHN", "RUS", "grain")] == 1
    assert any("no sender controls the rail 'local'" in n for n in found.notes)
    threat = {**mine, "secondary": {"enforcement": 0.5}}
    cost = hats(world, threat, overrides=QUIET)
    assert 1 < cost[at(world, "CHN", "RUS", "grain")] < np.inf


def test_a_threat_beside_a_rail_that_is_controlled_says_nothing_odd(world: World) -> None:
    both = {**CUT, "rails": ["dollar", "local"], "secondary": {"enforcement": 0.5}}
    found = compiled(world, both, overrides=QUIET)
    assert not any("reaches no third country" in n for n in found.notes)


def test_a_world_of_strangers_has_the_broadest_statement(world: World) -> None:
    share = np.array([[[0.8], [0.2]], [[0.2], [0.8]]])
    strange = World.from_arrays(
        regions=("X1", "X2"), sectors=("grain",), trade_share=share,
        input_share=np.full((2, 1, 1), 0.5), value_added_share=np.full((2, 1), 0.5),
        final_share=np.ones((2, 1)), value_added=[1.0, 1.0], theta=4.0,
    )  # fmt: skip
    file = {"format": "entrepot/1", "labels": {"economies": ["X1", "X2"]},
            "measures": {"t": {"kind": "rail_cost", "members": ["X1", "X2"], "rails": ["dollar"],
                               "percent": 1.0}}, "scenarios": {"x": ["t"]}}  # fmt: skip
    found = compile_shock(strange, load_scenarios(file)["x"])
    assert any("has a code that the statements on payments know" in n for n in found.notes)
    assert (outcome(found).cost_array[0, 1] > 1).all()


def test_compliance_leaves_a_part_of_the_rail(world: World) -> None:
    full = hats(world, CUT, overrides=QUIET)
    some = hats(world, {**CUT, "compliance": {"CHN": 0.5}}, overrides=QUIET)
    at_china = at(world, "CHN", "RUS", "grain")
    assert 1 < some[at_china] < full[at_china]
    at_iran = at(world, "IRN", "RUS", "grain")
    assert some[at_iran] == full[at_iran]


def test_several_targets_lose_the_rail_between_them_too(world: World) -> None:
    cost = hats(world, {**CUT, "targets": ["RUS", "IRN"]}, overrides=QUIET)
    assert cost[at(world, "IRN", "RUS", "grain")] > 1


def test_carve_outs_and_exemptions_spare_sectors(world: World) -> None:
    base = hats(world, CUT, overrides=QUIET)
    spared = hats(world, {**CUT, "carve_outs": ["humanitarian", "energy"], "processed": 1.0},
                  overrides=QUIET)  # fmt: skip
    for sector, left in (("grain", True), ("crude", True), ("electronics", False)):
        cell = at(world, "CHN", "RUS", sector)
        assert (spared[cell] == 1) == left
        assert base[cell] > 1, sector
    careful = hats(world, {**CUT, "carve_outs": ["humanitarian"], "processed": 0.5},
                   overrides=QUIET)  # fmt: skip
    cell = at(world, "CHN", "RUS", "grain")
    assert 1 < careful[cell] < base[cell]
    exempt = hats(world, {**CUT, "exempt": [{"who": ["CHN"], "sectors": ["grain"]}]},
                  overrides=QUIET)  # fmt: skip
    assert exempt[cell] == 1
    assert exempt[at(world, "CHN", "RUS", "crude")] > 1
    only = hats(world, {**CUT, "sectors": ["finance"]}, overrides=QUIET)
    assert only[at(world, "CHN", "RUS", "grain")] == 1


def test_overlapping_cutoffs_hold_once(world: World) -> None:
    once = hats(world, {**CUT, "banks": 0.8}, overrides=QUIET)
    twice = hats(world, {**CUT, "banks": 0.8}, {**CUT, "banks": 0.5}, overrides=QUIET)
    assert twice == pytest.approx(once)


def test_every_rail_lost_leaves_no_way_and_closes_the_trade(world: World) -> None:
    shut = {**CUT, "senders": ["USA", "DEU", "CHN"],
            "rails": ["dollar", "euro", "renminbi", "local", "barter"]}  # fmt: skip
    found = compiled(world, shut)
    made = outcome(found)
    closed = at(world, "CHN", "RUS", "grain")
    assert ("CHN", "RUS") in made.no_way()
    assert np.asarray(found.shock.access)[closed] == 0
    assert any("no way is left" in n for n in found.notes)
    assert np.isfinite(made.cost_array[at(world, "IRN", "RUS", "grain")])


def test_a_swap_line_and_membership_make_trade_cheaper(world: World) -> None:
    line = {"kind": "swap_line", "members": ["IRN"], "partners": ["CHN"], "share": 0.1}
    cost = hats(world, line, overrides=QUIET)
    kappa = numbers()["kappa"].central
    assert cost[at(world, "IRN", "CHN")] == pytest.approx(0.9 ** (1 / kappa))
    assert cost[at(world, "IRN", "DEU", "grain")] == 1
    join = {"kind": "rail_membership", "rail": "renminbi", "members": ["RUS"], "share": 0.2}
    cost = hats(world, join, overrides=QUIET)
    assert (cost[at(world, "RUS", "DEU")] < 1).all()
    leave = {"kind": "rail_membership", "rail": "euro", "members": ["RUS"], "change": "leave"}
    cost = hats(world, leave, overrides=QUIET)
    assert (cost[at(world, "DEU", "RUS")] > 1).all()
    assert (cost[at(world, "DEU", "CHN")] == 1).all()


def test_a_new_rail_comes_in_and_can_be_shut(world: World) -> None:
    bridge = {"kind": "new_rail", "members": ["CHN", "RUS", "IRN"], "rail": "bridge",
              "share": 0.3, "controllers": ["CHN"]}  # fmt: skip
    found = compiled(world, bridge, overrides=QUIET)
    made = outcome(found)
    assert made.rails.rails[-1] == "bridge"
    assert made.rails.controllers["bridge"] == ("CHN",)
    assert made.share_array[at(world, "IRN", "RUS", "grain")][-1] == pytest.approx(0.3)
    soft = compiled(world, bridge, CUT, overrides=QUIET)
    hard = compiled(world, CUT, overrides=QUIET)
    cell = at(world, "IRN", "RUS", "grain")
    assert outcome(soft).cost_array[cell] < outcome(hard).cost_array[cell]
    shut = {**CUT, "senders": ["CHN"], "targets": ["IRN"], "rails": ["bridge"]}
    held = outcome(compiled(world, bridge, shut, overrides=QUIET))
    assert held.rails.rails[-1] == "bridge"


def test_a_tax_on_a_rail(world: World) -> None:
    tax = {"kind": "rail_cost", "members": ["all"], "rails": ["dollar"], "percent": 5.0}
    found = compiled(world, tax)
    made = outcome(found)
    dollar = made.rails.share[..., 0]
    alone = (1 - dollar + dollar * 1.05 ** -numbers()["kappa"].central) ** (
        -1 / numbers()["kappa"].central)  # fmt: skip
    plain = outcome(compiled(world, tax, overrides=QUIET)).cost_array
    assert plain == pytest.approx(alone)
    assert made.use_after[0] < made.use_before[0]
    twice = outcome(compiled(world, tax, tax))
    square = outcome(compiled(world, {**tax, "percent": 10.25}))
    assert twice.cost_array == pytest.approx(square.cost_array)


def test_time_to_adjust(world: World) -> None:
    dated = {**CUT, "from": "2020-01-01"}
    cell = at(world, "CHN", "RUS", "grain")
    costs = [
        outcome(compiled(world, dated, years=y, overrides=QUIET)).cost_array[cell]
        for y in (0.0, 1.0, 5.0, None)
    ]
    assert costs == sorted(costs, reverse=True)
    at_once = outcome(compiled(world, dated, day="2020-01-01", years="dated")).cost_array[cell]
    assert at_once == pytest.approx(costs[0])
    later = outcome(compiled(world, dated, day="2021-01-01", years="dated",
                             overrides=QUIET)).cost_array[cell]  # fmt: skip
    assert later == pytest.approx(costs[1], rel=1e-3)


def test_a_small_later_measure_does_not_undo_the_adjustment_to_an_old_one(world: World) -> None:
    old = {**CUT, "from": "2012-01-01"}
    new = {**CUT, "rails": ["renminbi"], "from": "2022-01-01", "banks": 0.01,
           "senders": ["CHN"]}  # fmt: skip
    cell = at(world, "DEU", "RUS", "grain")
    both = outcome(compiled(world, old, new, day="2022-01-01", years="dated")).years[cell]
    assert both == pytest.approx(10, abs=0.5)


def test_numbers_of_the_room_are_assumptions_and_can_be_set(world: World) -> None:
    found = compiled(world, CUT)
    listed = {a.name: a for a in found.assumptions}
    for name, one in numbers().items():
        assert listed[f"payments.{name}"].value == one.central
        assert (listed[f"payments.{name}"].low, listed[f"payments.{name}"].high) == (
            one.low, one.high)  # fmt: skip
    cell = at(world, "CHN", "RUS", "grain")
    costs = [outcome(compiled(world, CUT, case=c)).cost_array[cell]
             for c in ("low", "central", "high")]  # fmt: skip
    assert costs[0] < costs[1] < costs[2]
    soft = compiled(world, CUT, overrides={"payments.kappa": 1000.0})
    assert outcome(soft).cost_array[cell] < 1.01


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"payments.kappa": -1.0}, "payments.kappa = -1 is out of all range. Allowed is 0.1 to"),
        ({"payments.kappa": 1e-9}, "out of all range"),
        ({"payments.network": 1e6}, "out of all range"),
        ({"payments.dollar_lean": 3.0}, "'lean' must lie in"),
        ({"payments.informal": 1.0}, "payments.informal = 1 is out of all range"),
        ({"payments.kapa": 1.0}, "belongs to no number"),
    ],
)
def test_impossible_numbers_are_refused(
    world: World, override: dict[str, float], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        compiled(world, CUT, overrides=override)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rails": ["dolar"]}, "Did you mean 'dollar'"),
        ({"rails": ["dollar", "dollar"]}, "listed twice"),
        ({"rails": []}, "Name at least one"),
        ({"banks": 80}, "A share is written 0.8 for 80 %"),
        ({"carve_outs": ["food"]}, "humanitarian"),
        ({"senders": ["RUS"]}, "is in senders and in targets"),
        ({"rail": "dollar"}, "rails"),
        ({"carve_outs": [], "processed": 0.5}, "'processed' is of the trade in 'carve_outs'"),
    ],
)
def test_bad_cutoffs_are_refused(world: World, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        compiled(world, {**CUT, **change})


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ({"kind": "new_rail", "members": ["CHN", "IRN"], "rail": "euro", "share": 0.1},
         "there is a rail 'euro' already"),
        ({"kind": "new_rail", "members": ["CHN", "IRN"], "rail": "b", "share": 1.0},
         r"lies outside \[0, 1\)"),
        ({"kind": "swap_line", "members": ["CHN", "IRN"], "rail": "rouble"}, "no rail 'rouble'"),
        ({"kind": "rail_membership", "members": ["RUS"], "rail": "euro", "change": "leave",
          "share": 0.1}, "'share' is of those who join"),
        ({"kind": "rail_cost", "members": ["RUS"], "rails": ["euro"], "percent": -100.0},
         "lies outside"),
    ],
)  # fmt: skip
def test_bad_changes_of_rails_are_refused(world: World, measure: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        compiled(world, measure)


def test_one_rail_opened_twice_needs_the_same_controllers(world: World) -> None:
    first = {"kind": "new_rail", "members": ["CHN", "IRN"], "rail": "b", "share": 0.1}
    again = {**first, "members": ["CHN", "RUS"]}
    assert outcome(compiled(world, first, again)).rails.rails.count("b") == 1
    with pytest.raises(ScenarioError, match="other controllers"):
        compiled(world, first, {**again, "controllers": ["CHN"]})


def test_a_rail_that_nobody_may_use_is_said(world: World) -> None:
    alone = {"kind": "new_rail", "members": ["CHN"], "rail": "b", "share": 0.1}
    found = compiled(world, alone)
    assert any("nobody may use the rail 'b'" in n for n in found.notes)
    assert (outcome(found).cost_array == 1).all()


def test_a_strong_network_effect_is_said(world: World) -> None:
    found = compiled(world, CUT, overrides={"payments.network": 1.5})
    assert any("several equilibria can exist" in n for n in found.notes)


def test_a_measure_from_before_the_world_is_said(wide: World) -> None:
    old = replace(wide, year=2017)
    found = compiled(old, {**CUT, "from": "2012-03-17"})
    assert any("began on 2012-03-17" in n for n in found.notes)
    assert any("hold it already" in n for n in found.notes)


def test_tables_for_the_report(world: World) -> None:
    found = compiled(world, CUT)
    made = outcome(found)
    rails = found.tables["payment_rails"].frame
    assert list(rails["rail"])[:3] == ["dollar", "euro", "renminbi"]
    assert rails["use_after_%"].to_numpy() == pytest.approx(100 * made.use_after)
    pairs = found.tables["payment_pairs"].frame
    assert (pairs["cost_%"].abs() >= 0.01).all()
    first = pairs.iloc[0]
    cost = made.pair_table().iloc[0]["cost"]
    assert first["cost_%"] == pytest.approx(100 * (cost - 1))
    assert first["dollar_after_%"] == 0
    assert "RUS" in (first["origin"], first["dest"])


def test_costs_of_payments_and_other_costs_multiply(world: World) -> None:
    dear = {"kind": "trade_cost", "senders": ["CHN"], "targets": ["RUS"], "hat": 1.2,
            "sectors": ["grain"]}  # fmt: skip
    found = compiled(world, CUT, dear, overrides=QUIET)
    alone = outcome(found).cost_array
    cell, other = at(world, "CHN", "RUS", "grain"), at(world, "CHN", "RUS", "crude")
    both = np.asarray(found.shock.trade_cost)
    assert both[cell] == pytest.approx(1.2 * alone[cell])
    assert both[other] == pytest.approx(alone[other])


SMALL = replace(small.make_world(), year=2015)
SOME = ("USA", "CHN", "DEU", "IRN", "RUS", "ROW")
SHARES = st.floats(0, 1)
SIDES = st.permutations(SOME).map(lambda x: (list(x[:2]), list(x[2:4])))
RAIL = st.sampled_from(["dollar", "euro", "renminbi", "local", "barter"])


@st.composite
def any_measure(draw: st.DrawFn) -> dict[str, Any]:
    senders, targets = draw(SIDES)
    kind = draw(st.sampled_from(sorted(set(PAYMENT_KINDS) - {"new_rail"})))
    if kind == "payment_cutoff":
        rails = draw(st.lists(RAIL, min_size=1, max_size=5, unique=True))
        carved = draw(st.sampled_from([[], ["humanitarian"], ["energy", "humanitarian"]]))
        return {"kind": kind, "senders": senders, "targets": targets, "rails": rails,
                "banks": draw(SHARES), "carve_outs": carved,
                **({"processed": draw(SHARES)} if carved else {}),
                "compliance": draw(SHARES), "secondary": {"enforcement": draw(SHARES)}}  # fmt: skip
    body: dict[str, Any] = {"kind": kind, "members": senders, "partners": targets}
    if kind == "rail_cost":
        return {**body, "rails": [draw(RAIL)], "percent": draw(st.floats(-50, 500))}
    return {**body, "rail": draw(RAIL), "share": draw(st.floats(0, 0.9))}


@settings(max_examples=40, deadline=None)
@given(st.lists(any_measure(), min_size=1, max_size=3), st.sampled_from([0.0, 1.0, None]),
       st.sampled_from([0.0, 0.2, 0.9]))  # fmt: skip
def test_any_measures_give_a_certified_answer(
    measures: list[dict[str, Any]], years: float | None, eta: float
) -> None:
    found = compiled(SMALL, *measures, years=years, overrides={"payments.network": eta})
    made = outcome(found)
    abroad = ~np.eye(len(SMALL.regions), dtype=bool)
    assert (made.cost_array[~abroad] == 1).all()
    assert (made.cost_array > 0).all()
    left = np.isfinite(made.cost_array)
    assert made.share_array.sum(-1)[abroad] == pytest.approx(1.0 * left[abroad])
    access = np.asarray(found.shock.access) if found.shock.access is not None else np.ones(1)
    assert (~left).any() == (access == 0).any()
    if all(m["kind"] == "payment_cutoff" for m in measures) and eta == 0:
        assert (made.cost_array[left] >= 1 - 1e-12).all()


def test_the_order_of_measures_does_not_matter(world: World) -> None:
    tax = {"kind": "rail_cost", "members": ["all"], "rails": ["euro"], "percent": 2.0}
    line = {"kind": "swap_line", "members": ["IRN"], "partners": ["CHN"], "share": 0.1}
    a = hats(world, CUT, tax, line)
    assert hats(world, line, CUT, tax) == pytest.approx(a, rel=1e-13)
