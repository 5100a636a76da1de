"""Measures on corridors: what they do to costs, links and notes, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from route_world import CAUCASUS, small_world

from entrepot.channels import Compiled, compile_shock
from entrepot.channels.routes import RoutesOutcome
from entrepot.channels.routes.places import load_places
from entrepot.channels.routes.rates import goods, numbers
from entrepot.core.errors import ScenarioError
from entrepot.scenario import Scenario, load_scenarios
from entrepot.scenario.kinds import KINDS
from entrepot.scenario.route_measures import ROUTE_KINDS
from entrepot.world.bundle import load_world
from entrepot.world.world import World

SHUT: dict[str, Any] = {"kind": "corridor", "links": ["georgia-armenia"], "change": "close"}


@pytest.fixture(scope="module")
def world() -> World:
    return small_world()


def scenario(**measures: dict[str, Any]) -> Scenario:
    return load_scenarios({"format": "entrepot/1", "measures": measures,
                           "scenarios": {"x": list(measures)}})["x"]  # fmt: skip


def compiled(world: World, *measures: dict[str, Any], day: str | None = None,
             **options: Any) -> Compiled:  # fmt: skip
    named = {f"m{k}": m for k, m in enumerate(measures)}
    when = date.fromisoformat(day) if day else None
    return compile_shock(world, scenario(**named), when, **options)


def outcome(of: Compiled) -> RoutesOutcome:
    found = of.details["routes"]
    assert isinstance(found, RoutesOutcome)
    return found


def cells(world: World, origin: str, dest: str, sector: str) -> tuple[int, int, int]:
    return world.regions.index(origin), world.regions.index(dest), world.sectors.index(sector)


def test_kinds_are_those_of_the_file_format() -> None:
    assert set(ROUTE_KINDS) <= set(KINDS)


def test_closing_makes_dearer_and_touches_goods_alone(world: World) -> None:
    found = outcome(compiled(world, SHUT))
    assert (found.hats >= 1.0 - 1e-12).all()
    assert found.hats[cells(world, "DEU", "ARM", "machinery")] > 1.0
    for sector in world.sectors:
        if sector not in goods():
            assert (found.hats[:, :, world.sectors.index(sector)] == 1.0).all()
    here = np.arange(len(world.regions))
    assert (found.hats[here, here] == 1.0).all()


def test_hat_is_one_plus_rate_after_over_before(world: World) -> None:
    found = outcome(compiled(world, SHUT))
    before, after = found.rates()
    at = cells(world, "RUS", "ARM", "machinery")
    assert found.hats[at] == pytest.approx((1 + after[at]) / (1 + before[at]))


def test_shock_multiplies_trade_costs(world: World) -> None:
    """The layer of corridors and a measure of trade costs on the same cell multiply."""
    at = cells(world, "DEU", "ARM", "machinery")
    cost = {"kind": "trade_cost", "senders": ["DEU"], "targets": ["ARM"], "percent": 10.0}
    alone = compiled(world, SHUT).shock.bind(world)
    both = compiled(world, SHUT, cost).shock.bind(world)
    assert both.trade_cost[at] == pytest.approx(1.1 * alone.trade_cost[at])


def test_no_way_left_is_said_by_name_and_stops_the_trade(world: World) -> None:
    iran = {**SHUT, "links": ["iran-armenia", "lachin"]}
    made = compiled(world, SHUT, iran)
    found = outcome(made)
    at = cells(world, "DEU", "ARM", "machinery")
    assert np.isinf(found.hats[at])
    assert ("DEU", "ARM") in found.no_way()
    assert made.shock.bind(world).access[at] == 0.0
    note = next(n for n in made.notes if "no way is left" in n)
    assert "DEU to ARM" in note
    assert "this trade stops" in note
    assert found.hats[cells(world, "DEU", "RUS", "machinery")] < np.inf
    table = made.tables["route_pairs"].frame
    assert table["stopped"].iloc[0] > 50


def test_opening_never_makes_dearer_without_queues(world: World) -> None:
    opened = {"kind": "corridor", "links": ["armenia-turkey"], "change": "open"}
    found = outcome(compiled(world, opened))
    assert found.queues.toll.max() == 0.0
    assert (found.hats <= 1.0 + 1e-12).all()
    assert found.hats[cells(world, "TUR", "ARM", "machinery")] < 1.0


def test_traffic_and_sectors_limit_the_measure(world: World) -> None:
    one = {**SHUT, "traffic": ["DEU"], "sectors": ["machinery"]}
    found = outcome(compiled(world, one))
    assert found.hats[cells(world, "DEU", "ARM", "machinery")] > 1.0
    assert found.hats[cells(world, "DEU", "ARM", "metals")] == 1.0
    assert found.hats[cells(world, "RUS", "ARM", "machinery")] == pytest.approx(1.0, abs=2e-3)


def test_days_freight_and_toll_add_cost(world: World) -> None:
    link = {"kind": "corridor", "links": ["georgia-armenia"]}
    at = cells(world, "DEU", "ARM", "machinery")
    for change in ({"days": 5.0}, {"freight": 3.0}, {"toll": 50.0}):
        assert outcome(compiled(world, {**link, **change})).hats[at] > 1.0, change
    faster = outcome(compiled(world, {**link, "days": -0.5}))
    assert faster.hats[at] < 1.0


def test_closing_is_no_less_than_any_delay(world: World) -> None:
    slow = {"kind": "corridor", "links": ["georgia-armenia"], "days": 300.0}
    dear, shut = (outcome(compiled(world, m)).hats for m in (slow, SHUT))
    assert (shut >= dear - 1e-9).all()


def test_capacity_makes_a_queue_that_clears(world: World) -> None:
    base = outcome(compiled(world, {**SHUT, "change": None, "toll": 0.0}))
    link = base.network.select(["georgia-armenia"])
    tight = 0.5 * float(base.traffic_before[link].min())
    found = outcome(compiled(world, {"kind": "corridor", "links": ["georgia-armenia"],
                                     "capacity": tight}))  # fmt: skip
    assert found.queues.ok
    assert found.queues.toll[link].max() > 0.0
    assert found.traffic_after[link].max() <= tight * 1.011
    assert found.hats[cells(world, "DEU", "ARM", "machinery")] > 1.0


def test_a_way_under_construction_grows(world: World) -> None:
    opened = {"kind": "corridor", "links": ["zangezur"], "change": "open", "ramp": 4.0,
              "capacity": 0.02, "from": "2018-01-01"}  # fmt: skip
    at = cells(world, "TUR", "AZE", "machinery")
    hats = [
        outcome(compiled(world, opened, day=day, years="dated")).hats[at]
        for day in ("2018-01-01", "2019-01-01", "2024-01-01")
    ]
    assert hats[0] == 1.0, "on the first day nothing can pass yet"
    assert hats[0] > hats[1] > hats[2]
    long_run = outcome(compiled(world, opened, day="2018-01-01")).hats[at]
    assert long_run == pytest.approx(hats[2], rel=1e-3)


def test_service_ban_raises_sea_legs_of_the_targets(world: World) -> None:
    ban = {"kind": "service_ban", "service": "insurance", "senders": ["DEU"], "targets": ["RUS"],
           "sectors": ["crude"], "coverage": 1.0, "surcharge": 50.0}  # fmt: skip
    found = outcome(compiled(world, ban))
    assert found.hats[cells(world, "RUS", "CHN", "crude")] > 1.0
    assert found.hats[cells(world, "IRN", "CHN", "crude")] == pytest.approx(1.0, abs=1e-3)
    assert found.hats[cells(world, "RUS", "CHN", "machinery")] == pytest.approx(1.0, abs=1e-3)
    calls = outcome(compiled(world, {**ban, "service": "port_calls"}))
    assert calls.hats[cells(world, "RUS", "DEU", "crude")] > 1.0
    assert calls.hats[cells(world, "RUS", "CHN", "crude")] < found.hats[
        cells(world, "RUS", "CHN", "crude")]  # fmt: skip


def test_gas_in_pipelines_is_not_touched(world: World) -> None:
    hormuz = {"kind": "corridor", "links": ["hormuz", "bosporus"], "change": "close"}
    found = outcome(compiled(world, hormuz))
    assert found.hats[cells(world, "RUS", "DEU", "gas")] == 1.0
    assert np.isinf(found.hats[cells(world, "QAT", "CHN", "gas")])


def test_order_of_measures_does_not_matter(world: World) -> None:
    slow = {"kind": "corridor", "links": ["upper-lars"], "days": 4.0}
    one, two = (outcome(compiled(world, *m)).hats for m in ((SHUT, slow), (slow, SHUT)))
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_ranges_are_assumptions_that_overrides_reach(world: World) -> None:
    slow = {"kind": "corridor", "links": ["georgia-armenia"],
            "days": {"low": 1.0, "central": 2.0, "high": 6.0}}  # fmt: skip
    named = {a.name: a for a in compiled(world, slow).assumptions}
    assert (named["m0.days"].low, named["m0.days"].high) == (1.0, 6.0)
    assert {f"routes.{n}" for n in numbers()} <= set(named)
    at = cells(world, "DEU", "ARM", "machinery")
    more = outcome(compiled(world, slow, overrides={"m0.days": 6.0})).hats[at]
    assert more > outcome(compiled(world, slow)).hats[at]
    low, high = (outcome(compiled(world, slow, case=c)).hats[at] for c in ("low", "high"))
    assert low < high


def test_economies_without_a_place_are_named_and_untouched(world: World) -> None:
    codes = [{"GEO": "UGA"}.get(r, r) for r in world.regions]
    other = small_world(tuple(codes))
    made = compiled(other, SHUT)
    assert any("no place for UGA" in n for n in made.notes)
    k = codes.index("UGA")
    assert (outcome(made).hats[k] == 1.0).all()


# a user's bad day


def refused(world: World, *measures: dict[str, Any], match: str) -> None:
    with pytest.raises(ScenarioError, match=match):
        compiled(world, *measures)


def test_unknown_link(world: World) -> None:
    refused(world, {**SHUT, "links": ["zangezour"]}, match="m0.links.*Did you mean 'zangezur'")


def test_negative_time(world: World) -> None:
    refused(world, {"kind": "corridor", "links": ["kars", "georgia-armenia"], "days": -5.0},
            match=r"m0.days: -5 days would let .* take .* Take off less")  # fmt: skip


@pytest.mark.parametrize(
    ("body", "match"),
    [
        ({"links": []}, "list is empty"),
        ({"links": ["kars", "kars"], "change": "close"}, "listed twice"),
        ({"links": ["kars"]}, "give at least one of 'change'"),
        ({"links": ["kars"], "change": "close", "days": 2.0}, "closes has no days"),
        ({"links": ["kars"], "days": 2.0, "ramp": 2.0}, "'ramp' is of a way that opens"),
        ({"links": ["kars"], "days": 400.0}, "outside"),
        ({"links": ["kars"], "toll": -1.0}, "outside"),
        ({"links": ["kars"], "capacity": -1.0}, "outside"),
        ({"links": ["kars"], "change": "shut"}, "open.*close"),
        ({"links": ["kars"], "change": "close", "traffic": ["arm"]}, "ARM"),
    ],
)
def test_files_that_make_no_sense(body: dict[str, Any], match: str) -> None:
    with pytest.raises(ScenarioError, match=match):
        scenario(m={"kind": "corridor", **body})


def test_service_ban_needs_a_service() -> None:
    with pytest.raises(ScenarioError, match="insurance"):
        scenario(m={"kind": "service_ban", "service": "repairs", "senders": ["DEU"],
                    "targets": ["RUS"]})  # fmt: skip


def test_measures_that_contradict_each_other(world: World) -> None:
    reopened = {**SHUT, "change": "open"}
    for pair in ((SHUT, reopened), (reopened, SHUT)):
        refused(world, *pair, match="one opens .* the other closes it")
    compiled(world, {**SHUT, "sectors": ["metals"]}, {**reopened, "sectors": ["machinery"]})
    narrow = {"kind": "corridor", "links": ["georgia-armenia"], "capacity": 1.0}
    refused(world, narrow, {**narrow, "capacity": 2.0}, match="capacity of 1 Mt .* 2 by the other")


def test_days_taken_off_add_up(world: World) -> None:
    faster = {"kind": "corridor", "links": ["georgia-armenia"], "days": -1.5}
    refused(world, faster, faster, match="m0 and m1: together they would let georgia-armenia")
    split = ({**faster, "sectors": ["metals"]}, {**faster, "sectors": ["machinery"]})
    assert (outcome(compiled(world, *split)).hats <= 1.0 + 1e-12).all()


def test_a_world_without_goods_is_left_as_it_is(world: World) -> None:
    codes = ("finance", "public", "business", "utilities", "transport")
    made = compiled(replace(world, sectors=codes), {**SHUT, "sectors": ["all"]})
    assert (outcome(made).hats == 1.0).all()
    assert any("does not move over the network" in n for n in made.notes)


def test_a_ramp_needs_a_capacity(world: World) -> None:
    sea = {"kind": "corridor", "links": ["port-odesa"], "change": "open", "ramp": 4.0}
    with pytest.raises(ScenarioError, match="no capacity that could grow"):
        compiled(world, {**sea, "from": "2018-01-01"}, day="2018-06-01", years="dated")


def test_dated_before_the_world_is_noted(world: World) -> None:
    made = compiled(replace(world, year=2023), {**SHUT, "from": "1993-04-03"}, day="2024-01-01")
    assert any("began on 1993-04-03" in n for n in made.notes)


def test_closing_what_is_closed_is_noted(world: World) -> None:
    made = compiled(world, {**SHUT, "links": ["armenia-turkey"]})
    assert any("is closed already" in n for n in made.notes)
    assert (outcome(made).hats == 1.0).all()
    pipe = compiled(world, {**SHUT, "links": ["caspian-pipeline"]})
    assert not any("already" in n for n in pipe.notes), "it is open to crude"


def test_impossible_override(world: World) -> None:
    with pytest.raises(ScenarioError, match="spectral radius"):
        compiled(world, SHUT, overrides={"routes.route_elasticity": 3.0})


def test_every_economy_of_the_worlds_has_a_place() -> None:
    places = load_places()
    for region in load_world("2017").regions:
        assert region in places.centres, region
        for kind, parts in places.centres[region].items():
            assert sum(parts.values()) == pytest.approx(1.0), (region, kind)
            assert set(parts) <= set(places.places), (region, kind)
    assert set(CAUCASUS) <= set(places.centres)
