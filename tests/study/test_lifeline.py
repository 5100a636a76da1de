"""The least transfer that holds consumption at a floor: certified, and named where none is."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.core.errors import LabelError, NotSolvedError, ValueRangeError
from entrepot.scenario import Scenario, load_scenarios
from entrepot.study.lifeline import COLUMNS, lifeline
from entrepot.world.world import World

A, B, C, D, E = worlds.REGIONS[:5]
GIVERS = [B, C, D, E]


def siege(enforcement: object = 1.0, **more: object) -> Scenario:
    """Everybody stops trade in tools with A, to a given share; `more` goes to the scenario."""
    return load_scenarios(
        {
            "format": "entrepot/1",
            "labels": {"economies": list(worlds.REGIONS[:5]), "sectors": list(worlds.SECTORS[:4])},
            "measures": {
                "ban": {
                    "kind": "embargo",
                    "senders": [B, C, D, E],
                    "targets": [A],
                    "sectors": ["tools", "grain"],
                    "compliance": enforcement,
                },
                "cut": {"kind": "financial_cutoff", "senders": [B], "targets": [A], "share": 0.5},
            },
            "scenarios": {"x": {"include": ["ban"], **more}},
        }
    )["x"]


@pytest.fixture(scope="module")
def open_world() -> World:
    return worlds.world(3, missing=False, zeros=0.0, spread=1.0)


def without(world: World) -> float:
    return float(ep.run_scenario(siege(), world, ranges=False).results.welfare.sel(region=A))


def test_the_amount_holds_the_floor_when_it_is_paid(open_world: World) -> None:
    floor = 0.5 * (1 + without(open_world))
    found = lifeline(siege(), open_world, A, [B, C], floor=floor, ranges=False)
    assert found.amount > 0
    share = open_world.value_added[1:3] / open_world.value_added[1:3].sum()
    transfer = found.amount * np.array([1.0, *(-share), 0.0, 0.0])
    shock = ep.compile_shock(open_world, siege()).shock
    again = ep.solve(open_world, shock=ep.Shock(access=shock.access, transfer=transfer))
    assert float(again.results().welfare.sel(region=A)) == pytest.approx(floor, abs=1e-6)
    assert found.solution.ok
    assert abs(found.solution.certified().transfer.sum()) < 1e-8 * open_world.value_added.sum()
    row = found.table.iloc[0]
    assert tuple(found.table.columns) == COLUMNS
    assert row.without == pytest.approx(without(open_world), abs=1e-9)
    assert row.share == pytest.approx(found.amount / open_world.value_added[0])
    assert f"{found.amount:,.0f} mn USD a year" in repr(found)


def test_a_higher_floor_takes_more(open_world: World) -> None:
    base = without(open_world)
    floors = base + (1 - base) * np.array([0.2, 0.6, 1.0])
    amounts = [
        lifeline(siege(), open_world, A, GIVERS, floor=float(f), ranges=False).amount
        for f in floors
    ]
    assert (np.diff(amounts) > 0).all()


def test_where_the_floor_holds_nothing_is_needed(open_world: World) -> None:
    found = lifeline(siege(), open_world, A, GIVERS, floor=0.5, ranges=False)
    assert found.amount == 0
    assert found.table["welfare"].iloc[0] == found.table["without"].iloc[0]


def test_the_range_covers_behaviour(open_world: World) -> None:
    ranged = siege({"low": 0.3, "central": 0.8, "high": 1.0})
    found = lifeline(ranged, open_world, A, GIVERS, floor=0.999)
    assert list(found.table["behaviour"]) == ["central", "low", "high"]
    low, high = found.range
    assert low == found.table["amount"].iloc[1] < found.amount < high
    assert found.failed == ()


def test_it_comes_on_top_of_a_closure(open_world: World) -> None:
    cut = siege(include=["ban", "cut"])
    found = lifeline(cut, open_world, A, GIVERS, floor=1.0, ranges=False)
    assert found.solution.closure == "frozen"
    assert float(found.solution.results().welfare.sel(region=A)) >= 1 - 1e-6


def test_more_than_the_givers_have(open_world: World) -> None:
    small = min(
        worlds.REGIONS[1:5], key=lambda r: open_world.value_added[list(worlds.REGIONS[:5]).index(r)]
    )
    with pytest.raises(NotSolvedError, match="the value added of the givers, would be needed"):
        lifeline(siege(), open_world, A, [small], floor=50.0, ranges=False)


def test_odd_questions(open_world: World) -> None:
    with pytest.raises(LabelError, match="'XXX' is not a region"):
        lifeline(siege(), open_world, "XXX", [B])
    with pytest.raises(ValueRangeError) as caught:
        lifeline(siege(), open_world, A, [A], floor=-1)
    assert len(caught.value.problems) == 2
    with pytest.raises(ValueRangeError, match="givers are none"):
        lifeline(siege(), open_world, A, [])
