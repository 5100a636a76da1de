"""Bounds without elasticities: closed forms, properties, and the model inside them."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.scenario import library
from entrepot.study.bounds import Bounds, bounds
from entrepot.world.bundle import load_world
from entrepot.world.world import World

ROUNDING = 1e-6


def two_inputs(energy: float = 0.04) -> World:
    """One economy: goods are made of value added and energy; only goods are consumed."""
    needs = np.zeros((1, 2, 2))
    needs[0, 0, 1] = energy
    return World.from_arrays(
        regions=["AAA"], sectors=["energy", "goods"], trade_share=np.ones((1, 1, 2)),
        input_share=needs, value_added_share=[[1.0, 1 - energy]], final_share=[[0.0, 1.0]],
        value_added=[100.0], theta=4.0,
    )  # fmt: skip


@pytest.mark.parametrize(("energy", "cut"), [(0.04, 0.1), (0.01, 0.3), (0.5, 0.999)])
def test_leontief_loses_what_the_input_loses(energy: float, cut: float) -> None:
    """Bachmann and others (2024): -10 % of energy is -10 % of output when nothing replaces it."""
    found = bounds(two_inputs(energy), ep.Shock(productivity=[[1 - cut, 1.0]]))
    assert found.final.item() == pytest.approx(1 - cut, abs=1e-9)
    np.testing.assert_allclose(found.output.values, [[1 - cut, 1 - cut]], atol=1e-9)
    assert found.chains == (("energy", "goods"),)
    assert found.world_value_added.item() == pytest.approx(1 - cut, abs=1e-9)
    assert found.world_binding.values.tolist() == [["", "energy"]]


@pytest.mark.parametrize("seed", range(6))
def test_no_shock_changes_nothing(seed: int) -> None:
    found = bounds(worlds.world(seed), ep.Shock())
    frame = found.to_frame()
    assert (frame[["final", "rerouted"]] == 1).all().all()
    assert (frame[["upstream", "unpaid"]] == 0).all().all()
    np.testing.assert_allclose(frame[["cost", "value_added"]], 1.0, atol=1e-12)
    np.testing.assert_allclose(frame[["world_value_added", "world_met"]], 1.0, atol=1e-9)
    assert set(found.chains) == {()}
    assert set(found.world_binding.values.flat) == {""}


@pytest.mark.parametrize("theta", [None, 1.5])
@pytest.mark.parametrize("seed", range(6))
def test_a_shock_of_nothing_solves_to_the_benchmark(seed: int, theta: float | None) -> None:
    world = worlds.world(seed)
    almost = np.full(world.trade_share.shape, 1 - 1e-12)
    found = bounds(world, ep.Shock(access=almost), theta=theta)
    np.testing.assert_allclose(found.final, 1.0, atol=1e-6)
    np.testing.assert_allclose(found.value_added, 1.0, atol=1e-6)


@pytest.mark.parametrize("theta", [None, 1.5])
@pytest.mark.parametrize("seed", range(4))
def test_a_stricter_ban_never_helps(seed: int, theta: float | None) -> None:
    world = worlds.world(seed)
    where = np.random.default_rng(seed).uniform(size=world.trade_share.shape) < 0.3
    where &= worlds.abroad(world)
    steps = [1.0, 0.9, 0.6, 0.3, 0.0]
    found = [bounds(world, ep.Shock(access=np.where(where, a, 1.0)), theta=theta) for a in steps]
    for name, sign in (("final", -1), ("upstream", 1), ("world_value_added", -1)):
        rows = np.stack([getattr(b, name).values for b in found])
        assert (sign * np.diff(rows, axis=0) >= -2e-4).all()


def test_unsold_exports_pass_to_suppliers_by_the_leontief_inverse() -> None:
    world = worlds.world(3)
    kept = np.ones(world.trade_share.shape)
    kept[0, 1:, 0] = 0.0
    producer = world.shares.producer_share()
    n, s = world.expenditure.shape
    matrix = np.einsum("ijr,ijr,jrk->irjk", producer, kept, world.input_share)
    direct = ((1 - kept) * producer * world.expenditure[None]).sum(axis=1)
    exact = np.linalg.solve(np.eye(n * s) - matrix.reshape(n * s, n * s), direct.reshape(-1))
    found = bounds(world, ep.Shock(access=kept)).lost.values
    np.testing.assert_allclose(found.reshape(-1), exact, atol=1e-8 * direct.max())


def _terms(solution: ep.Solution) -> float:
    """Lowest price of any product over the highest cost of any, after the shock."""
    cost = solution.certified().cost
    made = solution.world.accounts().output > 0
    return float(min(1.0, cost[made].min() / cost[made].max()))


@pytest.mark.parametrize("kind", ["access", "ban", "trade_cost", "productivity"])
@pytest.mark.parametrize("seed", range(8))
def test_the_model_lies_above_the_worst_case_at_its_own_terms_of_trade(
    seed: int, kind: str
) -> None:
    world = worlds.world(seed, taxes=False, deficits=0.0)
    shock = worlds.shock(seed, world, [kind])
    if shock.productivity is not None:
        shock = ep.Shock(productivity=np.minimum(shock.productivity, 1.0))
    solution = ep.solve(world, ep.Economy.long_run(), shock)
    if not solution.ok:
        assert solution.message()
        return
    welfare = solution.results().welfare.values
    terms = _terms(solution)
    found = bounds(world, shock, theta=world.theta, terms_of_trade=terms)
    assert (welfare >= found.final.values - ROUNDING).all()


def test_problems_are_named_together() -> None:
    world = worlds.world(1)
    with pytest.raises(ep.ValueRangeError) as raised:
        bounds(world, ep.Shock(), theta=0.001, essential=2.0, terms_of_trade=0.0)
    assert len(raised.value.problems) == 3
    with pytest.raises(ep.ValueRangeError, match="NaN"):
        bounds(world, ep.Shock(access=np.full(world.trade_share.shape, np.nan)))
    with pytest.raises(ep.LabelError, match="theta"):
        bounds(world, ep.Shock(), theta=[1.0, 2.0])
    with pytest.raises(ep.ValueRangeError, match="bound to the world"):
        bounds(world, ep.Shock().bind(worlds.world(2)))


@pytest.fixture(scope="module")
def oil() -> Bounds:
    world = load_world("2017")
    return bounds(world, ep.compile_shock(world, library()["zero-by-november"]).bind(world))


def test_oil_to_zero_names_target_buyers_and_chains(oil: Bounds) -> None:
    regions = oil.world.regions
    final = oil.final.to_series()
    assert 0.5 < final["IRN"] < 0.95
    assert final["TUR"] < final["FRA"] < final["ARG"] == 1
    assert oil.upstream.to_series().idxmax() == "IRN"
    assert oil.chains[regions.index("TUR")][:2] == ("crude", "refined")
