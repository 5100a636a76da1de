"""Bounds without elasticities: closed forms, properties, and the model inside them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import worlds
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.scenario import library
from entrepot.scenario.measures import TRADE_KINDS
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


FAMILY = {
    "long run": {},
    "specific factors": {"kappa": 0.0},
    "nearly Leontief": {"epsilon": 0.05, "mu": 0.05, "sigma": 0.05, "kappa": 0.0, "theta": 0.5},
}
SEEDS = range(4)
KINDS = ("access", "ban", "trade_cost", "productivity")


@cache
def solved(seed: int, kind: str, member: str) -> tuple[ep.Solution, float]:
    """Solution of a shock that only hurts, without taxes, and the trade elasticity or 0."""
    world = worlds.world(seed, taxes=False, deficits=0.0)
    shock = worlds.shock(seed, world, [kind])
    if shock.productivity is not None:
        shock = ep.Shock(productivity=np.minimum(shock.productivity, 1.0))
    if shock.trade_cost is not None:
        shock = ep.Shock(trade_cost=np.maximum(shock.trade_cost, 1.0))
    economy = ep.Economy(**FAMILY[member])
    return ep.solve(world, economy, shock), FAMILY[member].get("theta", 0.0)


def inside(seed: int, kind: str, member: str) -> tuple[ep.Solution, Bounds] | None:
    """Solution and the bounds at its love of variety and its terms of trade, if it exists."""
    solution, theta = solved(seed, kind, member)
    if not solution.ok:
        return None
    world, cost = solution.world, solution.certified().cost
    made = world.accounts().output > 0
    terms = float(min(1.0, cost[made].min() / cost[made].max()))
    theta_used = theta or world.theta
    return solution, bounds(world, solution.shock, theta=theta_used, terms_of_trade=terms)


@pytest.mark.parametrize("member", FAMILY)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_lies_inside(seed: int, kind: str, member: str) -> None:
    """The worst case at the model's own terms of trade, and the upper bounds."""
    if (found := inside(seed, kind, member)) is None:
        assert "Remedy" in solved(seed, kind, member)[0].message()
        return
    solution, limits = found
    world, state = solution.world, solution.certified()
    welfare = solution.results().welfare.values
    assert (welfare >= limits.final.values - ROUNDING).all()
    assert (welfare <= limits.ceiling.values + ROUNDING).all()
    income = world.accounts().income
    assert (income * (welfare - 1)).sum() <= ROUNDING * income.sum()
    quantity = state.trade / np.where(state.cost > 0, state.cost, 1.0)[:, None, :]
    quantity *= worlds.abroad(world)
    gain = (quantity.sum(axis=(0, 2)) - quantity.sum(axis=(1, 2))) / income
    assert (welfare <= limits.rerouted.values + gain + ROUNDING).all()


def test_most_of_the_family_has_a_solution_to_compare() -> None:
    done = [inside(s, k, m) is not None for s in SEEDS for k in KINDS for m in FAMILY]
    assert sum(done) >= 0.75 * len(done)


def test_love_of_variety_decides_whether_quantities_that_add_up_are_a_bound() -> None:
    """With theta = 0.5 a lost origin costs more than its quantity: the default is no bound."""
    above = []
    for seed in SEEDS:
        if (found := inside(seed, "access", "nearly Leontief")) is not None:
            solution, _ = found
            same_good = bounds(solution.world, solution.shock).final.values
            above.append((same_good > solution.results().welfare.values).any())
    assert any(above)


def test_theta_is_matched_by_label() -> None:
    world = worlds.world(1)
    kept = np.where(worlds.abroad(world), 0.5, 1.0)
    values = np.array([0.5, np.inf, 2.0, 8.0])
    plain = bounds(world, ep.Shock(access=kept), theta=values)
    turned = xr.DataArray(values[::-1], dims="sector", coords={"sector": list(world.sectors[::-1])})
    labelled = bounds(world, ep.Shock(access=kept), theta=turned)
    np.testing.assert_array_equal(labelled.assumptions.theta, values)
    np.testing.assert_array_equal(labelled.final, plain.final)


def test_who_pays_a_transfer_is_short_of_money() -> None:
    world = worlds.world(0, taxes=False, deficits=0.0)
    paid = np.zeros(len(world.regions))
    paid[0] = -0.2 * (world.trade_flows()[0, 1:].sum())
    paid[1] = -paid[0]
    found = bounds(world, ep.Shock(transfer=paid))
    assert found.final[0] < 1
    assert found.chains[0][0] == "transfer paid"


def test_a_world_with_uses_is_refused_by_name(tiny_world: World) -> None:
    uses = replace(tiny_world, uses=("intermediate", "final"))
    with pytest.raises(ep.ValueRangeError, match=r"pooled\(\)"):
        bounds(uses, ep.Shock())


def test_inputs_that_are_not_essential_do_not_stop_a_sector() -> None:
    cut = ep.Shock(productivity=[[0.9, 1.0]])
    assert bounds(two_inputs(0.04), cut, essential=0.05).final.item() == pytest.approx(1.0)
    assert bounds(two_inputs(0.06), cut, essential=0.05).final.item() == pytest.approx(0.9)


def test_the_old_bundle_costs_what_each_tariff_adds_along_the_chain() -> None:
    world = worlds.world(4)
    tariff = np.where(worlds.abroad(world), world.tariff + 0.1, world.tariff)
    wedge = world.trade_share * (1 + tariff) / (1 + world.tariff)
    n, s = world.expenditure.shape
    chain = np.einsum("ijs,irs->jsir", wedge, world.input_share).reshape(n * s, n * s)
    start = np.einsum("ijs,is->js", wedge, world.value_added_share).reshape(-1)
    price = np.linalg.solve(np.eye(n * s) - chain, start).reshape(n, s)
    exact = (world.final_share * price).sum(axis=1)
    np.testing.assert_allclose(bounds(world, ep.Shock(tariff=tariff)).cost, exact, rtol=1e-9)


def test_a_bundle_that_can_no_longer_be_made_costs_without_end() -> None:
    needs = np.array([[[0.6]]])
    world = World.from_arrays(
        regions=["AAA"], sectors=["goods"], trade_share=[[[1.0]]], input_share=needs,
        value_added_share=[[0.4]], final_share=[[1.0]], value_added=[1.0], theta=4.0,
    )  # fmt: skip
    half = bounds(world, ep.Shock(productivity=[[0.8]]))
    assert half.cost.item() == pytest.approx(0.4 / (0.8 - 0.6))
    assert half.final.item() == pytest.approx((0.8 - 0.6) / 0.4)
    none = bounds(world, ep.Shock(productivity=[[0.5]]))
    assert none.cost.item() == np.inf
    assert none.final.item() == pytest.approx(0.0, abs=1e-9)


def test_a_transfer_that_cannot_be_paid_is_said() -> None:
    world = worlds.world(6)
    debtor = int(world.trade_balance.argmin())
    kept = np.ones(world.trade_share.shape)
    kept[debtor] = np.where(np.arange(len(world.regions))[:, None] == debtor, 1.0, 0.0)
    found = bounds(world, ep.Shock(access=kept))
    owed = -world.trade_balance / world.accounts().income
    assert found.unpaid.values[debtor] == pytest.approx(owed[debtor], rel=1e-6)
    assert "export revenue" in found.chains[debtor]


def test_help_from_the_shock_has_no_upper_bound() -> None:
    found = bounds(two_inputs(), ep.Shock(productivity=[[1.1, 1.0]]))
    assert np.isnan(found.ceiling).all()
    world = load_world("2017")
    assert np.isnan(bounds(world, ep.Shock(tariff=0 * world.tariff)).rerouted).all()
    assert found.final.item() == pytest.approx(1.0)


def test_problems_are_named_together() -> None:
    world = worlds.world(1)
    with pytest.raises(ep.ValueRangeError) as raised:
        bounds(world, ep.Shock(), theta=0.001, essential=2.0, terms_of_trade=0.0)
    assert len(raised.value.problems) == 3
    for odd in (-np.inf, np.nan):
        with pytest.raises(ep.ValueRangeError, match="theta"):
            bounds(world, ep.Shock(), theta=odd)
    with pytest.raises(ep.ValueRangeError, match="NaN"):
        bounds(world, ep.Shock(access=np.full(world.trade_share.shape, np.nan)))
    with pytest.raises(ep.LabelError, match="theta"):
        bounds(world, ep.Shock(), theta=[1.0, 2.0])
    with pytest.raises(ep.LabelError, match="bound to another world"):
        bounds(world, ep.Shock().bind(worlds.world(2)))


@settings(max_examples=25, deadline=None)
@given(world=worlds.random_worlds(), seed=worlds.seeds, theta=st.sampled_from((None, 0.02, 1.0)))
def test_any_world_and_any_shock_gives_numbers(
    world: World, seed: int, theta: float | None
) -> None:
    frame = bounds(world, worlds.shock(seed, world), theta=theta).to_frame()
    within = frame[["final", "world_met", "upstream", "unpaid"]]
    assert (within.to_numpy() >= -1e-9).all()
    assert (within[["final", "world_met", "upstream"]].to_numpy() <= 1 + 1e-9).all()
    assert frame[["value_added", "world_value_added", "cost"]].notna().all().all()


@pytest.mark.parametrize("seed", [7, 31, 73])
def test_sectors_that_shrink_slowly_to_nothing_settle(seed: int) -> None:
    world = worlds.world(5437, zeros=0.0, spread=1.0, taxes=False, deficits=3.0, inputs=0.9)
    output = bounds(world, worlds.shock(seed, world), theta=1.0).world_output
    assert ((output >= 0) & (output <= 1)).all()
    assert output.sel(region="CCC").max() < 1e-3


OF_TRADE = [
    name
    for name, scenario in sorted(library().items())
    if all(e.measure.kind in TRADE_KINDS for e in scenario.entries)
]


@pytest.mark.parametrize("name", OF_TRADE)
def test_only_bystanders_of_the_library_lose_by_prices_alone(name: str) -> None:
    """As the guide says; the bystanders are those that have almost nothing to lose by quantity."""
    world = load_world("2017")
    shock = ep.compile_shock(world, library()[name]).bind(world)
    final = bounds(world, shock).final.values
    welfare = ep.solve(world, ep.Economy.long_run(), shock).results().welfare.values
    assert (welfare >= np.where(final < 0.998, final, 0.0)).all()
    wide = 0.0016 if name.startswith("us-market") else 0.0006
    assert (final - welfare).max() < (0.0025 if "tariff" in shock.changed else wide)


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
