"""No equilibrium can exist: said by name, before anything is solved."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep


def nothing():
    return np.zeros((5, 5, 4), dtype=bool)


def test_a_buyer_without_supplier_is_named(tiny_world):
    ban = nothing()
    ban[:, 2, 0] = True
    solution = ep.solve(tiny_world, shock=ep.Shock(ban=ban))
    assert solution.verdict is ep.Verdict.IMPOSSIBLE
    assert "no supplier of grain (grain) is left for CCC" in solution.reasons
    assert solution.method == "none"


def test_only_those_hit_directly_are_named(tiny_world):
    """Grain is an input of everything, but only the buyers of grain lost their suppliers."""
    ban = nothing()
    ban[:, :, 0] = True
    reasons = ep.solve(tiny_world, shock=ep.Shock(ban=ban)).reasons
    assert len(reasons) == 5
    assert all("grain" in r for r in reasons)


def test_a_chain_of_inputs_is_followed():
    """Nobody buys ore for its own sake; without ore the buyers of steel are named, not ore."""
    share = np.full((2, 2, 2), 0.5)
    world = ep.World.from_arrays(
        regions=["A", "B"], sectors=["ore", "steel"], trade_share=share,
        input_share=np.array([[[0, 0.5], [0, 0]]] * 2), value_added_share=[[1, 0.5]] * 2,
        final_share=[[0.0, 1.0]] * 2, value_added=[1.0, 1.0], theta=4.0, balance="adjust",
    )  # fmt: skip
    ban = np.zeros((2, 2, 2), dtype=bool)
    ban[:, :, 0] = True
    reasons = ep.solve(world, shock=ep.Shock(ban=ban)).reasons
    assert len(reasons) == 2
    assert all("no supplier of" in r for r in reasons)


def test_all_reasons_are_given_and_the_message_is_short(tiny_world):
    solution = ep.solve(tiny_world, shock=ep.Shock(ban=~nothing()))
    assert len(solution.reasons) > 8
    assert "and " in solution.message()
    assert solution.message().endswith(".")


def test_a_transfer_that_no_trade_can_carry():
    world = worlds.world(6, missing=False)
    ban = nothing()
    ban[0] = ban[:, 0] = True
    ban[0, 0] = False
    transfer = np.array([500.0, -500.0, 0, 0, 0])
    solution = ep.solve(world, shock=ep.Shock(ban=ban, transfer=transfer))
    assert solution.verdict is ep.Verdict.IMPOSSIBLE
    assert any(re.search(r"net transfer of 500 mn USD to AAA", r) for r in solution.reasons)


def test_who_can_only_export_earns_nothing():
    """All imports banned, exports free: nothing to buy abroad, so nothing is sold either."""
    world = worlds.world(6, missing=False)
    ban = nothing()
    ban[:, 0] = True
    ban[0, 0] = False
    solution = ep.solve(world, shock=ep.Shock(ban=ban), closure="zero").raise_if_failed()
    assert any("AAA can import nothing" in note for note in solution.notes)
    exports = solution.results().exports.counterfactual.sel(region="AAA")
    assert float(exports.sum()) == 0


def test_who_can_only_import_cannot_pay():
    world = worlds.world(6, missing=False)
    ban = nothing()
    ban[0] = True
    ban[0, 0] = False
    solution = ep.solve(world, shock=ep.Shock(ban=ban), closure="zero").raise_if_failed()
    assert any("AAA can export nothing" in note for note in solution.notes)
    assert float(solution.results().imports.counterfactual.sel(region="AAA").sum()) == 0


def test_a_debt_larger_than_income_is_named(tiny_world):
    """Nobody can pay ten times what it earns; the reason says who owes what."""
    transfer = np.zeros(5)
    transfer[2] = -10 * tiny_world.value_added[2]
    transfer[0] = -transfer[2]
    solution = ep.solve(tiny_world, shock=ep.Shock(transfer=transfer))
    assert not solution.ok
    assert any("CCC" in r for r in solution.reasons), solution.reasons


def test_a_failure_says_how_far_it_got():
    """Trade costs of 1e12 leave nothing to pay fixed balances with: who, and how far."""
    world = worlds.world(6, missing=False)
    cost = np.where(worlds.abroad(world), 1e12, 1.0)
    solution = ep.solve(world, shock=ep.Shock(trade_cost=cost))
    assert solution.verdict is ep.Verdict.NOT_CONVERGED
    text = solution.message()
    assert re.search(r"solutions were found for up to [\d.e-]+ % of the change", text), text
    assert re.search(r"EEE is to pay a net transfer of .* mn USD while only", text), text
    assert ep.solve(world, shock=ep.Shock(trade_cost=cost), closure="zero").ok


@pytest.mark.parametrize("verdict", list(ep.Verdict))
def test_every_verdict_has_cause_and_remedy(verdict):
    assert verdict.cause
    assert verdict.remedy


def test_a_world_with_one_array_replaced_is_refused(tiny_world):
    """A benchmark whose accounts do not hold would give changes without any shock."""
    broken = replace(tiny_world, tariff=3 * tiny_world.tariff)
    with pytest.raises(ep.IdentityError, match="One of its arrays was replaced"):
        ep.solve(broken)


def test_a_tiny_economy_is_checked_in_its_own_units(tiny_world):
    smallest = int(np.argmin(tiny_world.value_added))
    given = tiny_world.value_added.copy()
    given[smallest] *= 1.000032
    fields = ("trade_share", "input_share", "value_added_share", "final_share", "trade_balance",
              "tariff", "export_tax", "theta")  # fmt: skip
    arrays = {name: getattr(tiny_world, name) for name in fields}
    with pytest.raises(ep.IdentityError, match="% of its own"):
        ep.World.from_arrays(regions=tiny_world.regions, sectors=tiny_world.sectors,
                             value_added=given, **arrays)  # fmt: skip


def test_a_climb_stopped_by_its_time_limit_says_so(tiny_world):
    """Even when the last part of the change was solved: a part is not the whole."""
    harder = np.where(np.eye(5, dtype=bool)[:, :, None], 1.0, 30.0) * np.ones(4)
    economy = ep.Economy.long_run(theta=40.0)
    options = ep.SolveOptions(max_seconds=1e-9, max_evaluations=5)
    solution = ep.solve(tiny_world, economy, ep.Shock(trade_cost=harder), options=options)
    assert solution.verdict is ep.Verdict.NOT_CONVERGED
    assert "max_seconds" in solution.message()
    with pytest.raises(ep.ValueRangeError, match="max_seconds must be positive"):
        ep.SolveOptions(max_seconds=0)
