"""The engine on the real world: sanctions of every severity are answered or refused by name."""

from __future__ import annotations

import re

import numpy as np
import pytest
import worlds

import entrepot as ep


@pytest.fixture(scope="module")
def world():
    return ep.load_world("2017")


def cut_off(world, *names):
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    for name in names:
        i = world.regions.index(name)
        ban[i] = ban[:, i] = True
        ban[i, i] = False
    return ep.Shock(ban=ban)


def test_no_shock(world):
    frame = ep.solve(world).results().to_frame()
    np.testing.assert_allclose(frame, 1, atol=1e-9)


@pytest.mark.parametrize("name", ["IRN", "QAT", "USA"])
def test_a_country_without_any_trade(world, name):
    solution = ep.solve(world, shock=cut_off(world, name)).raise_if_failed()
    results = solution.results()
    assert float(results.real_income.sel(region=name)) < 1
    assert float(results.real_wage.sel(region=name)) < 1
    lender = world.trade_balance[world.regions.index(name)] < 0
    assert lender == any(f"What {name} lent abroad" in note for note in solution.notes)
    assert float(solution.results().exports.counterfactual.sel(region=name).sum()) == 0


def test_who_depends_on_one_supplier_is_named(world):
    """Gas by pipe from one neighbour only: the buyers are named, nothing is invented."""
    solution = ep.solve(world, shock=cut_off(world, "ARM"))
    assert solution.verdict is ep.Verdict.IMPOSSIBLE
    assert re.search(r"no supplier of .* \(gas\) is left for ARM", solution.message())


@pytest.mark.parametrize("theta", [0.5, 4.0, 20.0])
def test_dearer_trade_hurts_the_world(world, theta):
    cost = np.where(worlds.abroad(world), 1.3, 1.0)
    economy = ep.Economy.long_run(theta=theta)
    results = ep.solve(world, economy, ep.Shock(trade_cost=cost)).results()
    change = results.welfare.values - 1
    assert change @ world.accounts().income < 0
