"""Random worlds and random shocks: certified, or a verdict with a reason by name."""

from __future__ import annotations

import collections
from dataclasses import replace

import numpy as np
import pytest
import slow_solver
import worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.model.closure import Closure

CLOSURES = [c.value for c in Closure]


def draw(seed: int):
    """World, shock and closure number `seed`; extreme on purpose."""
    rng = np.random.default_rng(seed)
    world = worlds.world(
        seed,
        zeros=float(rng.choice([0.0, 0.3, 0.7])),
        spread=float(rng.choice([0.0, 1.0, 3.0])),
        missing=bool(rng.integers(2)),
        deficits=float(rng.choice([0.0, 0.5, 1.0])),
        home=float(rng.choice([0.5, 8.0])),
        inputs=float(rng.choice([0.0, 0.6, 0.9])),
    )
    closure = CLOSURES[seed % 4]
    shock = worlds.shock(seed, world)
    if closure == "frozen":
        shock = replace(shock, frozen=rng.uniform(size=5) > 0.5)
    return world, shock, closure


def judge(solution) -> str:
    """Check what every outcome must satisfy; return the verdict."""
    if solution.ok:
        assert solution.certificate.worst[1] <= 1e-8, solution.certificate
        assert solution.reasons == ()
        for value in solution.results().to_frame().to_numpy().ravel():
            assert np.isfinite(value)
            assert value > 0
        banned = solution.shock.kept() == 0
        assert (solution.state.trade_share[banned] == 0).all()
    else:
        assert solution.state is None
        assert solution.reasons, "a failure must say what went wrong"
        assert "Remedy: " in solution.message()
        with pytest.raises(ep.NotSolvedError, match="Remedy"):
            solution.results()
    return str(solution.verdict)


def test_a_hundred_and_fifty_random_worlds():
    count = collections.Counter()
    for seed in range(150):
        world, shock, closure = draw(seed)
        count[judge(ep.solve(world, shock=shock, closure=closure))] += 1
    assert count["certified"] >= 130, count
    assert count["not certified"] + count["not finite"] == 0, count


@settings(max_examples=25, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(world=worlds.random_worlds(), seed=worlds.seeds, closure=st.sampled_from(CLOSURES))
def test_drawn_worlds(world, seed, closure):
    judge(ep.solve(world, shock=worlds.shock(seed, world), closure=closure))


@pytest.mark.parametrize("seed", [2, 7, 13, 21])
@pytest.mark.parametrize("closure", ["fixed", "share_of_income", "zero"])
def test_the_slow_solver_agrees(seed, closure):
    """Design 5.1 transcribed to NumPy and solved by `scipy.optimize.root` gives the same."""
    world = worlds.world(seed, spread=1.0)
    kinds = ("trade_cost", "tariff", "export_tax", "access", "productivity")
    shock = worlds.shock(seed, world, kinds)
    quiet = replace(
        shock,
        trade_cost=shock.trade_cost**0.3,
        productivity=shock.productivity**0.3,
        access=np.sqrt(shock.access),
    )
    wage, price, spent, gap = slow_solver.solve(world, quiet, closure)
    assert gap < 1e-9, "the slow solver itself"
    options = ep.SolveOptions(tolerance=1e-11)
    state = ep.solve(world, shock=quiet, closure=closure, options=options).certified()
    used = world.expenditure > 0
    np.testing.assert_allclose(state.factor_price, wage, rtol=1e-8)
    np.testing.assert_allclose(state.price[used], price[used], rtol=1e-8)
    np.testing.assert_allclose(state.expenditure, spent, rtol=1e-8, atol=1e-6)


@pytest.mark.parametrize("closure", ["zero", "share_of_income"])
def test_balances_that_can_always_be_carried_always_give_a_verdict_of_substance(closure):
    """Without fixed transfers a solve is certified, or impossible with the buyer named."""
    for seed in range(1000, 1060):
        world, shock, _ = draw(seed)
        shock = replace(shock, transfer=None, frozen=None)
        solution = ep.solve(world, shock=shock, closure=closure)
        if not solution.ok:
            assert solution.verdict is ep.Verdict.IMPOSSIBLE, (seed, solution.message())
            assert all("no supplier of" in reason for reason in solution.reasons)
