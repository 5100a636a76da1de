"""Hubs and the whole economy together, and the ends of every number."""

from __future__ import annotations

import numpy as np
import pytest
from hub_world import BAN, OPEN, compiled, hub_world, scenario_of

from entrepot.core.errors import ScenarioError
from entrepot.results.recorded import evaded_trade
from entrepot.study.hubs import hub_ranges, settle_hubs

TIGHT = {**OPEN, "capacity": 0.002, "terms": {h: {"capacity": 0.002} for h in ("ARM", "KAZ")}}


def test_flows_of_the_solution_are_the_flows_behind_the_mark_ups() -> None:
    world = hub_world()
    found = settle_hubs(world, compiled(world, ban=BAN, hubs=TIGHT))
    assert found.converged
    assert found.gap < 1e-8
    plan, solution = found.plan, found.solution
    evaded = evaded_trade(solution, plan)
    through = (evaded[:, None] * plan.settled.use.through).sum(axis=0)
    assert plan.settled.flow == pytest.approx(through, rel=1e-5)
    assert plan.settled.flow.max() > plan.costs.capacity.max() * 0.5
    assert found.rounds["gap"].iloc[-1] < found.rounds["gap"].iloc[0]
    assert found.recorded().balance_gap < 1e-12
    assert "agrees" in repr(found)


def test_too_few_rounds_are_said() -> None:
    world = hub_world()
    found = settle_hubs(world, compiled(world, ban=BAN, hubs=TIGHT), max_rounds=1)
    assert not found.converged
    assert "does not agree" in repr(found)
    assert len(found.rounds) == 1


def test_without_hubs_there_is_nothing_to_settle() -> None:
    world = hub_world()
    with pytest.raises(ScenarioError, match="Nothing passes hubs in scenario 'x'"):
        settle_hubs(world, compiled(world, ban=BAN))


def test_every_number_moves_what_comes_back_the_right_way() -> None:
    world = hub_world()
    table = hub_ranges(world, scenario_of(ban=BAN, hubs=OPEN)).set_index("name")
    dearer = [n for n in table.index if n.endswith((".markup", ".detection", ".factor", ".fine"))]
    assert len(dearer) > 5
    assert (table.loc[dearer, "evaded_low"] >= table.loc[dearer, "evaded"]).all()
    assert (table.loc[dearer, "evaded_high"] <= table.loc[dearer, "evaded"]).all()
    for name in ("hubs.substitution", "hubs.reexported"):
        assert table.loc[name, "evaded_low"] < table.loc[name, "evaded_high"]
    reach = np.abs(table["evaded_high"] - table["evaded_low"]).to_numpy()
    assert (np.diff(reach) <= 0).all()
