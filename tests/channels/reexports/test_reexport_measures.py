"""Measures of evasion, enforcement and clauses in a scenario: what they do, and bad input."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hub_world import BAN, OPEN, REGIONS, SECTORS, compiled, hub_world, scenario_of

from entrepot.channels import Compiled, compile_shock
from entrepot.channels.draft import Draft
from entrepot.channels.reexports import CHANNEL, EvasionPlan
from entrepot.channels.restrictions import embargo
from entrepot.core.errors import ScenarioError
from entrepot.model import Economy
from entrepot.scenario import load_scenarios
from entrepot.scenario.reexport_measures import REEXPORT_KINDS
from entrepot.solving import Solution, solve
from entrepot.world.world import World

DEU, USA, RUS, ARM, KAZ, TUR, ROW = range(7)
CHIPS, CARS = 1, 2


@pytest.fixture(scope="module")
def world() -> World:
    return hub_world()


def cost_of(found: Compiled) -> np.ndarray:
    given = found.shock.evasion_cost
    shape = (len(REGIONS), len(REGIONS), len(SECTORS))
    return np.full(shape, np.inf) if given is None else np.asarray(given)


def evaded(found: Compiled) -> float:
    return float(found.details["reexports"].settled.evaded.sum())


def solved(world: World, found: Compiled) -> Solution:
    return solve(world, Economy.long_run(), found.bind(world)).raise_if_failed()


def test_a_ban_is_a_ban_unless_a_measure_says_otherwise(world: World) -> None:
    found = compiled(world, ban=BAN)
    assert found.shock.evasion_cost is None
    assert "reexports" not in found.details


def test_only_banned_cells_of_its_sectors_open(world: World) -> None:
    found = compiled(world, ban=BAN, hubs={**OPEN, "sectors": ["electronics"]})
    open_ = np.isfinite(cost_of(found))
    assert {tuple(c) for c in np.argwhere(open_)} == {(DEU, RUS, CHIPS), (USA, RUS, CHIPS)}
    assert (cost_of(found)[open_] > 1).all()


def test_the_direction_is_seen_from_the_target(world: World) -> None:
    ban = {**BAN, "flow": "both", "sectors": ["electronics"]}
    sides = {
        flow: np.isfinite(cost_of(compiled(world, ban=ban, hubs={**OPEN, "flow": flow})))
        for flow in ("imports", "exports", "both")
    }
    assert sides["imports"][:, RUS].any() and not sides["imports"][RUS].any()  # noqa: PT018 - one fact
    assert sides["exports"][RUS].any() and not sides["exports"][:, RUS].any()  # noqa: PT018 - one fact
    assert (sides["both"] == (sides["imports"] | sides["exports"])).all()


def test_known_hubs_are_used_and_the_absent_named(world: World) -> None:
    found = compiled(world, ban=BAN, hubs=OPEN)
    assert set(found.details["reexports"].names) == {"ARM", "KAZ", "TUR"}
    assert any("KGZ" in n and "lie in the rest of this world" in n for n in found.notes)


def test_hubs_may_be_named_or_all(world: World) -> None:
    named = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR"]})
    assert named.details["reexports"].names == ("TUR",)
    every = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["all"]})
    assert set(every.details["reexports"].names) == set(REGIONS) - {"RUS", "ROW"}
    assert any("ROW is many economies" in n for n in every.notes)
    rest = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["ROW"]})
    assert rest.details["reexports"].names == ("ROW",)


def test_a_hub_that_bans_the_target_itself_is_no_way(world: World) -> None:
    every = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["all"]})
    flow = dict(zip(every.details["reexports"].names, every.details["reexports"].settled.flow,
                    strict=True))  # fmt: skip
    assert flow["DEU"] == flow["USA"] == 0
    assert min(flow[h] for h in ("ARM", "KAZ", "TUR")) > 0
    assert any("DEU, USA lets nothing pass" in n for n in every.notes)


def test_a_leg_that_is_half_closed_carries_less(world: World) -> None:
    half = {**BAN, "senders": ["TUR"], "compliance": 0.5}
    free = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR"]})
    found = compiled(world, ban=BAN, own=half, hubs={**OPEN, "hubs": ["TUR"]})
    nu = free.details["reexports"].nu
    ratio = cost_of(found)[DEU, RUS, CHIPS] / cost_of(free)[DEU, RUS, CHIPS]
    assert ratio == pytest.approx(0.5 ** (-1 / nu), rel=1e-6)


def test_when_every_way_is_closed_the_ban_is_exact_and_said(world: World) -> None:
    shut = {**BAN, "senders": ["ARM", "KAZ", "TUR"]}
    found = compiled(world, ban=BAN, shut=shut, hubs=OPEN)
    assert np.isinf(cost_of(found)).all()
    assert any("ARM, KAZ, TUR lets nothing pass" in n for n in found.notes)
    plain = compiled(world, ban=BAN, shut=shut)
    one, two = solved(world, found).certified(), solved(world, plain).certified()
    assert one.trade == pytest.approx(two.trade, rel=1e-8, abs=1e-6)
    assert (one.trade[[DEU, USA], RUS, CHIPS] == 0).all()


def test_an_unpayable_mark_up_is_the_ban(world: World) -> None:
    dear = {h: {"markup": 100.0} for h in ("ARM", "KAZ", "TUR")}
    found = compiled(world, ban=BAN, hubs={**OPEN, "terms": dear})
    one = solved(world, found).certified()
    two = solved(world, compiled(world, ban=BAN)).certified()
    assert one.income == pytest.approx(two.income, rel=1e-7)


def test_full_compliance_and_full_detection_close_a_hub(world: World) -> None:
    for terms in ({"compliance": 1.0}, {"detection": 1.0}):
        found = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR"], "terms": {"TUR": terms}})
        assert np.isinf(cost_of(found)).all()


def test_more_detection_lets_less_through(world: World) -> None:
    amounts = [
        evaded(
            compiled(
                world,
                ban=BAN,
                hubs=OPEN,
                more={"kind": "enforcement", "targets": ["RUS"], "detection": d},
            )
        )
        for d in (0.0, 0.2, 0.5, 0.9)
    ]
    assert amounts[0] == pytest.approx(evaded(compiled(world, ban=BAN, hubs=OPEN)), rel=1e-9)
    assert all(a > b for a, b in pairwise(amounts))


def test_enforcement_in_one_hub_moves_trade_to_the_others(world: World) -> None:
    def flow(found: Compiled) -> dict[str, float]:
        plan = found.details["reexports"]
        return dict(zip(plan.names, plan.settled.flow, strict=True))

    before = flow(compiled(world, ban=BAN, hubs=OPEN))
    more = {"kind": "enforcement", "targets": ["RUS"], "hubs": ["ARM"], "detection": 0.3}
    after = flow(compiled(world, ban=BAN, hubs=OPEN, more=more))
    assert after["ARM"] < before["ARM"]
    assert after["KAZ"] > before["KAZ"]
    assert after["TUR"] > before["TUR"]


def test_a_clause_binds_the_goods_of_its_senders(world: World) -> None:
    clause = {"kind": "no_reexport_clause", "senders": ["DEU"], "targets": ["RUS"],
              "sectors": ["electronics"], "cost": 0.2}  # fmt: skip
    free, bound = (
        cost_of(compiled(world, ban=BAN, hubs=OPEN, **more)) for more in ({}, {"c": clause})
    )
    assert bound[DEU, RUS, CHIPS] > free[DEU, RUS, CHIPS] * 1.05
    others = [(USA, RUS, CHIPS), (DEU, RUS, CARS)]
    assert [bound[c] for c in others] == pytest.approx([free[c] for c in others], rel=1e-3)


def test_brakes_without_evasion_do_nothing_and_say_so(world: World) -> None:
    more = {"kind": "enforcement", "targets": ["RUS"], "detection": 0.5}
    found = compiled(world, ban=BAN, more=more)
    assert any("more: no measure of the kind 'evasion'" in n for n in found.notes)
    late = compiled(world, ban=BAN, hubs=OPEN, more={**more, "sectors": ["crude"]})
    assert any("more: nothing that it covers passes a hub" in n for n in late.notes)


def test_a_measure_from_before_the_world_is_named(world: World) -> None:
    more = {"kind": "enforcement", "targets": ["RUS"], "detection": 0.5, "from": "2010-01-01"}
    found = compiled(world, ban=BAN, hubs=OPEN, more=more)
    assert any("'more' began on 2010-01-01" in n and "already" in n for n in found.notes)


def test_a_cell_without_any_way_to_pay_or_ship_does_not_open(world: World) -> None:
    scenario = scenario_of(ban=BAN, hubs=OPEN)
    draft = Draft(world, scenario.vocabulary, None, "central", {})
    ban, hubs = scenario.entries
    embargo(draft, ban, ban.measure)  # type: ignore[arg-type]  # an entry holds any measure
    hats = np.ones(world.trade_share.shape)
    hats[DEU, RUS] = hats[ARM, RUS] = np.inf
    draft.scale("transport_cost", hats, [ban])
    CHANNEL.finish(draft, (hubs,))
    open_ = np.isfinite(draft.layers.evasion)
    assert not open_[DEU].any()
    assert open_[USA, RUS, CHIPS]
    assert "ARM lets nothing pass" in " ".join(draft.notes)


def test_evasion_of_what_is_not_banned_does_nothing(world: World) -> None:
    found = compiled(world, hubs=OPEN)
    assert found.shock.evasion_cost is None
    assert any("no trade that it covers is banned" in n for n in found.notes)


def test_a_given_share_is_the_baseline_share_of_every_pair(world: World) -> None:
    terms = {"TUR": {"share": 0.04, "markup": 0.5, "detection": 0.0, "capacity": 100.0}}
    found = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR"], "terms": terms,
                                           "sectors": ["vehicles"]})  # fmt: skip
    nu = found.details["reexports"].nu
    closed = 1.5 * 0.04 ** (-1 / nu)
    assert cost_of(found)[[DEU, USA], RUS, CARS] == pytest.approx(closed, rel=1e-6)


def test_terms_of_a_group_hold_for_its_members(world: World) -> None:
    one = compiled(world, ban=BAN, hubs={**OPEN, "terms": {"EAEU": {"markup": 0.9}}})
    plan: EvasionPlan = one.details["reexports"]
    markup = dict(zip(plan.names, np.asarray(plan.costs.markup)[plan.cells[:, 2] == CARS][0],
                      strict=True))  # fmt: skip
    assert markup["ARM"] == markup["KAZ"] == 0.9
    assert markup["TUR"] == pytest.approx(0.4)


def test_numbers_of_the_measure_hold_for_hubs_without_their_own(world: World) -> None:
    found = compiled(world, ban=BAN, hubs={**OPEN, "markup": 0.7, "detection": 0.2,
                                           "capacity": 3.0, "substitution": 9.0})  # fmt: skip
    plan = found.details["reexports"]
    cars = plan.cells[:, 2] == CARS
    assert np.asarray(plan.costs.markup)[cars] == pytest.approx(0.7)
    assert np.asarray(plan.costs.detection) == pytest.approx(0.2)
    assert plan.nu == 9.0


def test_ways_through_any_number_of_hubs_count_before_and_after(world: World) -> None:
    """They had a share before as well, and pay two mark-ups now: little moves."""
    one = compiled(world, ban=BAN, hubs=OPEN).details["reexports"]
    more = compiled(world, ban=BAN, hubs={**OPEN, "ways": "any"}).details["reexports"]
    assert more.settled.converged
    assert more.settled.cost == pytest.approx(one.settled.cost, rel=0.01)
    assert more.settled.use.between.max() > 0
    assert more.settled.use.through.sum(axis=1).min() > 1


def test_hubs_build_capacity_over_the_years(world: World) -> None:
    dated = {**OPEN, "from": "2022-03-01"}
    room = [
        compiled(world, ban=BAN, hubs=dated, years=y).details["reexports"].costs.capacity
        for y in (0.0, 1.0, 5.0, None)
    ]
    assert all((a < b).all() for a, b in pairwise(room))
    assert room[0] / room[-1] == pytest.approx(0.4)


def test_every_number_is_an_assumption_with_a_range_and_can_be_overridden(world: World) -> None:
    found = compiled(world, ban=BAN, hubs=OPEN)
    listed = {a.name: a for a in found.assumptions}
    assert {"hubs.substitution", "hubs.ARM.markup", "hubs.detection", "hubs.electronics.factor",
            "hubs.crowding", "hubs.ready"} <= set(listed)  # fmt: skip
    assert all(a.low <= a.value <= a.high and a.source for a in listed.values())
    dear = compiled(world, ban=BAN, hubs=OPEN, overrides={"hubs.ARM.markup": 5.0})
    assert evaded(dear) < evaded(found)


def test_the_table_adds_up(world: World) -> None:
    found = compiled(world, ban=BAN, hubs=OPEN)
    table = found.tables["hubs"].frame
    assert set(table["hub"]) == {"ARM", "KAZ", "TUR"}
    assert table["share"].sum() == pytest.approx(1.0)
    parts = table[["markup", "seized", "fines", "crowding"]].sum(axis=1)
    assert (1 + parts).to_numpy() == pytest.approx(table["passage"].to_numpy(), rel=1e-9)
    assert table["flow"].sum() == pytest.approx(evaded(found))
    assert (table["load"] > 0).all()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"hubs": {**OPEN, "hubs": ["ARM", "RUS"]}}, "RUS is a target and a hub"),
    ({"hubs": {**OPEN, "hubs": ["EAEU"]}}, "RUS is a target and a hub"),
    ({"hubs": {**OPEN, "terms": {"RUS": {"markup": 0.1}}}}, "RUS is a target and a hub"),
    ({"hubs": {**OPEN, "terms": {"DEU": {"markup": 0.1}}}}, "DEU is no hub of this measure"),
    ({"hubs": {**OPEN, "hubs": ["ARN"]}}, "unknown economy or group 'ARN'. Did you"),
    ({"hubs": {**OPEN, "hubs": ["GEO"]}}, "lacks the economies GEO"),
    ({"hubs": {**OPEN, "markup": -0.1}}, r"-0.1 lies outside \[0, 100\]"),
    ({"hubs": {**OPEN, "terms": {"ARM": {"markup": -0.2}}}}, r"-0.2 lies outside \[0, 100\]"),
    ({"hubs": {**OPEN, "detection": 1.5}}, r"1.5 lies outside \[0, 1\]"),
    ({"hubs": {**OPEN, "substitution": 0.0}}, r"0 lies outside \(0, 1000\]"),
    ({"hubs": {"kind": "evasion", "targets": ["DEU"]}}, "knows no hub of DEU"),
    ({"hubs": {**OPEN, "terms": {"ARM": {"share": 0.6}, "TUR": {"share": 0.5}}}}, "add up to 1.1"),
    ({"hubs": {**OPEN, "ways": "any", "terms": {"ARM": {"share": 0.1}}}}, "do not go together"),
    ({"hubs": OPEN, "also": OPEN}, "both let"),
    ({"hubs": {**OPEN, "sectors": ["electronics"]},
      "also": {**OPEN, "sectors": ["vehicles"], "substitution": 5.0}}, "Make them agree"),
    ({"hubs": OPEN, "more": {"kind": "enforcement", "targets": ["RUS"]}}, "detection"),
    ({"hubs": OPEN, "more": {"kind": "no_reexport_clause", "senders": ["DEU"], "targets": ["RUS"],
                             "cost": -0.1}}, r"-0.1 lies outside"),
]  # fmt: skip


@pytest.mark.parametrize(("measures", "words"), BAD)
def test_bad_input_is_named(world: World, measures: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        compiled(world, ban=BAN, **measures)


def test_a_world_without_elasticities_takes_one_and_says_so() -> None:
    found = compiled(hub_world(theta=False), ban=BAN, hubs=OPEN)
    assert any("has no trade elasticities" in n and "takes 5" in n for n in found.notes)
    assert "hubs.theta" in {a.name for a in found.assumptions}
    assert (found.details["reexports"].theta == 5).all()


def test_the_content_does_not_depend_on_how_hubs_are_written() -> None:
    one = scenario_of(hubs={**OPEN, "hubs": ["ARM", "KAZ"]})
    two = scenario_of(hubs={**OPEN, "hubs": ["KAZ", "ARM"]})
    assert one.hash == two.hash
    assert one.hash != scenario_of(hubs={**OPEN, "hubs": ["ARM"]}).hash


def test_random_worlds_compile_and_solve() -> None:
    for seed in range(6):
        world = hub_world(seed)
        found = compile_shock(world, scenario_of(ban=BAN, hubs=OPEN))
        assert found.details["reexports"].settled.converged
        assert solved(world, found).ok


def test_every_field_of_every_kind_is_used_in_these_tests() -> None:
    used = {
        "evasion": {"targets", "hubs", "sectors", "flow", "ways", "terms", "markup", "detection",
                    "capacity", "substitution"},
        "enforcement": {"targets", "hubs", "sectors", "detection"},
        "no_reexport_clause": {"senders", "targets", "hubs", "sectors", "cost"},
    }  # fmt: skip
    shared = {"title", "start", "until", "source", "note", "kind"}
    for kind, model in REEXPORT_KINDS.items():
        assert set(model.model_fields) - shared == used[kind]


def test_a_hub_without_capacity_is_closed_and_said(world: World) -> None:
    terms = {"TUR": {"capacity": 0}, "KAZ": {"capacity": 1e-100}}
    found = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR", "KAZ"], "terms": terms})
    assert evaded(found) == 0.0
    assert np.isinf(cost_of(found)).all()
    assert any("has no capacity" in n for n in found.notes)
    assert found.details["reexports"].settled.converged


def test_hubs_of_a_world_with_sectors_of_its_own(world: World) -> None:
    codes = tuple(f"own_{s}" for s in SECTORS)
    mine = dataclasses.replace(world, sectors=codes)
    given = {"ban": {**BAN, "sectors": [codes[CHIPS]]}, "hubs": {**OPEN, "sectors": [codes[CHIPS]]}}
    found = compile_shock(mine, load_scenarios({
        "format": "entrepot/1", "labels": {"sectors": list(codes)}, "measures": given,
        "scenarios": {"x": list(given)},
    })["x"])  # fmt: skip
    assert evaded(found) > 0
    assert any("hubs counts over their imports of own_electronics" in n for n in found.notes)


def test_what_no_number_can_hold_is_no_way(world: World) -> None:
    found = compiled(world, ban=BAN, hubs={**OPEN, "substitution": 1e-6})
    assert np.isinf(cost_of(found)).all()
    assert evaded(found) == 0.0
    crowded = compiled(
        world, ban=BAN, hubs={**OPEN, "terms": {"TUR": {"capacity": 2e-9}}, "hubs": ["TUR"]}
    )
    assert crowded.details["reexports"].settled.converged


def test_a_hub_where_all_is_seized_has_an_infinite_passage(world: World) -> None:
    terms = {"TUR": {"detection": 1}}
    found = compiled(world, ban=BAN, hubs={**OPEN, "hubs": ["TUR", "KAZ"], "terms": terms})
    table = found.tables["hubs"].frame.set_index("hub")
    assert not table.isna().any().any()
    assert np.isinf(table.loc["TUR", ["passage", "seized"]].astype(float)).all()
    assert table.loc["TUR", "flow"] == 0.0
    assert np.isfinite(table.loc["KAZ", "passage"])
