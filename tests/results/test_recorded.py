"""Trade as customs would record it: goods are conserved, and hubs surge."""

from __future__ import annotations

import numpy as np
import pytest
from hub_world import BAN, OPEN, compiled, hub_world

from entrepot.channels import Compiled
from entrepot.channels.reexports import evasion_cost
from entrepot.core.errors import ValueRangeError
from entrepot.model import Economy
from entrepot.results.recorded import Recorded, evaded_trade, recorded
from entrepot.solving import Solution, solve
from entrepot.world.world import World

DEU, USA, RUS, ARM, KAZ, TUR, ROW = range(7)


def solved(world: World, found: Compiled) -> Solution:
    return solve(world, Economy.long_run(), found.bind(world)).raise_if_failed()


@pytest.fixture(scope="module")
def world() -> World:
    return hub_world()


@pytest.fixture(scope="module", params=["one_hub", "any"])
def case(request: pytest.FixtureRequest, world: World) -> Recorded:
    found = compiled(world, ban=BAN, hubs={**OPEN, "ways": request.param})
    return recorded(solved(world, found), found)


def test_every_node_balances_in_every_sector(case: Recorded) -> None:
    """Exports less imports are those of the equilibrium, for hubs, origins and destinations."""
    assert case.balance_gap < 1e-12
    plain = case.solution.certified().trade
    before, after = (t.sum(axis=1) - t.sum(axis=0) for t in (plain, case.trade))
    assert after == pytest.approx(before, rel=1e-9, abs=1e-6)


def test_origins_and_targets_keep_their_totals(case: Recorded) -> None:
    plain = case.solution.certified().trade
    for k in (DEU, USA):
        assert case.trade[k].sum() == pytest.approx(plain[k].sum(), rel=1e-12)
    assert case.trade[:, RUS].sum() == pytest.approx(plain[:, RUS].sum(), rel=1e-12)


def test_hubs_import_and_export_what_passes_them(case: Recorded) -> None:
    plain = case.solution.certified().trade
    assert case.plan is not None
    through = case.through.sum(axis=0)
    for n, hub in enumerate(case.plan.hubs):
        into = case.trade[:, hub].sum() - plain[:, hub].sum()
        out = case.trade[hub].sum() - plain[hub].sum()
        assert (into, out) == pytest.approx((through[n], through[n]), rel=1e-9)
        assert through[n] > 0


def test_the_direct_cell_keeps_what_is_not_banned(case: Recorded) -> None:
    """An embargo in full: all that is left was on its way through hubs."""
    assert case.trade[DEU, RUS, 1] == pytest.approx(0.0, abs=1e-9)
    assert case.solution.certified().trade[DEU, RUS, 1] > 0


def test_each_good_is_recorded_once_on_every_leg(case: Recorded) -> None:
    """Twice through one hub; once more for every further hub."""
    hubs = case.through.sum() / case.evaded.sum()
    legs = case.on_the_way().sum() / case.evaded.sum()
    assert legs == pytest.approx(1 + hubs, rel=1e-12)
    assert hubs >= 1 - 1e-12


def test_what_evades_is_the_model_s_share(case: Recorded) -> None:
    """A part (1 - a) m^-theta of a + (1 - a) m^-theta."""
    solution, plan = case.solution, case.plan
    assert plan is not None
    i, j, s = plan.cells.T
    access = solution.shock.access[i, j, s]
    part = (1 - access) * plan.settled.cost ** -solution.problem.theta[s]
    trade = solution.certified().trade[i, j, s]
    assert evaded_trade(solution, plan) == pytest.approx(part / (access + part) * trade, rel=1e-12)
    assert plan.settled.cost == pytest.approx(
        evasion_cost(plan.before, plan.now, plan.nu, plan.settled.passage), rel=1e-12
    )


def test_a_ban_in_part_splits_the_cell(world: World) -> None:
    found = compiled(world, ban={**BAN, "compliance": 0.5}, hubs=OPEN)
    case = recorded(solved(world, found), found)
    plain = case.solution.certified().trade
    share = case.trade[DEU, RUS, 1] / plain[DEU, RUS, 1]
    assert 0.5 < share < 1
    assert case.balance_gap < 1e-12


def test_the_table_of_hubs_adds_up(case: Recorded) -> None:
    table = case.hubs()
    assert set(table["hub"]) == {"ARM", "KAZ", "TUR"}
    assert table["through"].is_monotonic_decreasing
    assert table["through"].sum() == pytest.approx(case.through.sum())
    assert (table["surge_in"] > 0).all()
    grown = table["from_senders_after"] / table["from_senders_before"] - 1
    assert table["surge_in"].to_numpy() == pytest.approx(100 * grown.to_numpy())


def test_without_hubs_recorded_trade_is_trade(world: World) -> None:
    found = compiled(world, ban=BAN)
    case = recorded(solved(world, found), found)
    assert (case.trade == case.solution.certified().trade).all()
    assert case.hubs().empty
    assert not case.on_the_way().any()


def test_ways_of_another_solve_are_refused(world: World) -> None:
    one = compiled(world, ban=BAN, hubs=OPEN)
    two = compiled(world, ban=BAN, hubs={**OPEN, "markup": 2.0})
    with pytest.raises(ValueRangeError, match="not those that were solved"):
        recorded(solved(world, one), two)
    other = solve(_smaller(), Economy.long_run())
    with pytest.raises(ValueRangeError, match="another world"):
        recorded(other, one)


def _smaller() -> World:
    share = np.array([[[0.9], [0.2]], [[0.1], [0.8]]])
    return World.from_arrays(
        regions=("AAA", "BBB"), sectors=("all",), trade_share=share,
        input_share=np.full((2, 1, 1), 0.5), value_added_share=np.full((2, 1), 0.5),
        final_share=np.ones((2, 1)), value_added=np.ones(2), tariff=np.zeros((2, 2, 1)),
        theta=np.array([5.0]), balance="adjust", name="two",
    )  # fmt: skip
