"""Channels of a change of welfare: what they add up to, and cases with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.results.decomposition import decompose, ln_welfare, percent_of
from entrepot.results.decomposition_channels import CHANNELS
from entrepot.results.decomposition_path import CLUSTERS, one_by_one, rule
from entrepot.solving import Verdict

THETA = 4.0
TERMS = ["export_price", "import_price", "input_cost"]
MEMBERS = {
    "long run": ep.Economy.long_run(),
    "rigid": ep.Economy(epsilon=0.3, mu=0.2, sigma=0.5, kappa=0.0),
    "flexible": ep.Economy(epsilon=1.5, mu=2.0, sigma=3.0, kappa=1.0),
}


def twins(home=0.7, *, sectors=1, inputs=0.0):
    """Two identical economies with identical sectors."""
    share = np.full((2, 2, sectors), 1 - home)
    share[np.arange(2), np.arange(2)] = home
    return ep.World.from_arrays(
        regions=worlds.REGIONS[:2],
        sectors=worlds.SECTORS[:sectors],
        trade_share=share,
        input_share=np.full((2, sectors, sectors), inputs / sectors),
        value_added_share=np.full((2, sectors), 1 - inputs),
        final_share=np.full((2, sectors), 1 / sectors),
        value_added=np.full(2, 100.0),
        theta=THETA,
    )


def channels(world, shock, **options):
    """Log welfare by channel (not in per cent), for the first region, as a series."""
    found = decompose(ep.solve(world, shock=shock), **options)
    return (found.log_points / 100).isel(region=0).to_series()


def check(solution, tolerance=1e-8):
    """The columns add up to the exact change, and the closing error is what it is said to be."""
    found = decompose(solution, tolerance=tolerance)
    exact = ln_welfare(solution)
    total = found.log_points.sum("channel").values / 100
    assert np.max(np.abs(total - exact)) <= 1e-12
    percent = 100 * (solution.results().welfare.values - 1)
    size = np.maximum(1.0, np.abs(percent))
    assert np.max(np.abs(found.percent.sum("channel").values - percent) / size) <= 1e-11
    assert np.max(np.abs(found.log_points.sel(channel="path_error"))) <= 100 * tolerance
    return found


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_shocks_of_every_kind_add_up(member):
    certified = 0
    for seed in range(1, 9):
        world = worlds.world(seed)
        solution = ep.solve(world, MEMBERS[member], worlds.shock(seed + 100, world))
        if solution.ok:
            check(solution, tolerance=1e-6)
            certified += 1
    assert certified >= 4


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_random_shocks_add_up_or_are_refused_with_the_size_of_the_gap(seed):
    world = worlds.world(seed)
    solution = ep.solve(world, shock=worlds.shock(seed, world))
    if not solution.ok:
        return
    refused = "only to"
    try:
        check(solution, tolerance=1e-6)
    except NotSolvedError as error:
        refused = str(error)
    assert "only to" in refused or "cannot be followed" in refused


def sealed(world, members):
    """Cells between `members` and the rest."""
    inside = np.isin(np.arange(len(world.regions)), members)
    return (inside[:, None] != inside[None, :])[:, :, None] & worlds.abroad(world)


@pytest.mark.parametrize("seed", [0, 2, 3])
@pytest.mark.parametrize("shape", ["all", "one", "two blocs", "no exports"])
def test_full_bans_add_up(seed, shape):
    world = worlds.world(seed, missing=False)
    bans = {"all": worlds.abroad(world), "one": sealed(world, [0]),
            "two blocs": sealed(world, [0, 1])}  # fmt: skip
    bans["no exports"] = bans["one"] & (np.arange(len(world.regions)) == 0)[:, None, None]
    found = check(ep.solve(world, shock=ep.Shock(ban=bans[shape])).raise_if_failed())
    assert (found.log_points.sel(channel="variety").values[0] < 0) == (shape != "no exports")


@pytest.mark.parametrize("closure", ["share_of_income", "zero", "frozen"])
def test_every_closure_adds_up(tiny_world, closure):
    frozen = np.arange(len(tiny_world.regions)) == 1 if closure == "frozen" else None
    tariff = tiny_world.tariff + 0.3 * worlds.abroad(tiny_world)
    shock = ep.Shock(tariff=tariff, frozen=frozen)
    solution = ep.solve(tiny_world, shock=shock, closure=closure).raise_if_failed()
    found = check(solution)
    moved = np.abs(found.log_points.sel(channel="transfer").values)
    assert (moved > 1e-6).any()


def test_no_shock_no_change(tiny_world):
    found = check(ep.solve(tiny_world))
    assert np.max(np.abs(found.log_points)) < 1e-10
    assert np.max(np.abs(found.own_price_and_income)) < 1e-8


def test_a_transfer_where_it_moves_no_price():
    """Without home bias both spend alike: a transfer is worth what it is, and moves no price."""
    found = channels(twins(0.5), ep.Shock(transfer=[20.0, -20.0]))
    assert found["transfer"] == pytest.approx(np.log(1.2), abs=1e-9)
    assert np.max(np.abs(found.drop("transfer"))) < 1e-9


def test_autarky_of_twins_is_lost_variety():
    """Prices stay as they were between twins: the loss is ``ln(pi_jj) / theta``, all of it."""
    found = channels(twins(0.7), ep.Shock(ban=worlds.abroad(twins())))
    assert found["variety"] == pytest.approx(np.log(0.7) / THETA, abs=1e-9)
    assert np.max(np.abs(found.drop("variety"))) < 1e-9


def test_half_of_the_varieties_lost_with_inputs():
    """With inputs the loss is ``ln(1 - access pi) / (theta beta)``: gross trade, not final use."""
    world = twins(0.7, inputs=0.5)
    access = np.where(worlds.abroad(world), 0.5, 1.0)
    found = channels(world, ep.Shock(access=access))
    assert found["variety"] == pytest.approx(np.log(0.85) / THETA / 0.5, abs=1e-9)


def test_resource_costs_of_twins():
    world = twins(0.7)
    found = channels(world, ep.Shock(trade_cost=np.where(worlds.abroad(world), 2.0, 1.0)))
    assert found["trade_cost"] == pytest.approx(np.log(0.7 + 0.3 * 2**-THETA) / THETA, abs=1e-9)
    assert np.max(np.abs(found.drop("trade_cost"))) < 1e-9


def test_own_productivity_without_trade_counts_with_domar_weights():
    world = twins(1.0, sectors=3, inputs=0.4)
    hats = np.array([[0.3, 1.5, 4.0], [1.0, 1.0, 1.0]])
    found = channels(world, ep.Shock(productivity=hats))
    book = world.accounts()
    expected = np.log(hats[0]) @ (book.output[0] / book.income[0])
    assert found["productivity"] == pytest.approx(expected, abs=1e-9)
    assert np.max(np.abs(found.drop("productivity"))) < 1e-9


def test_foreign_productivity_comes_through_prices():
    found = channels(twins(0.7), ep.Shock(productivity=[[1.0], [2.0]]))
    assert found["productivity"] == 0.0
    assert found["import_price"] > 0
    assert found[TERMS].sum() == pytest.approx(found.drop("path_error").sum(), abs=1e-12)


def test_a_small_tariff_is_a_triangle_and_the_terms_of_trade():
    """Without tariffs before, revenue moves by half of rate times fall in quantity (Harberger)."""
    world = worlds.world(4, taxes=False, missing=False, deficits=0.0)
    rate = 0.002
    tariff = np.zeros(world.tariff.shape)
    tariff[1:, 0] = rate
    solution = ep.solve(world, shock=ep.Shock(tariff=tariff))
    found = decompose(solution, tolerance=1e-9).log_points.isel(region=0).to_series() / 100
    before, state = world.trade_flows()[1:, 0], solution.certified()
    fall = before * np.log(np.where(before > 0, state.trade[1:, 0] / np.where(before, before, 1), 1)
                           / state.cost[1:])  # fmt: skip
    triangle = rate / 2 * fall.sum() / world.accounts().income[0]
    assert triangle < 0
    assert found["tariff_revenue"] == pytest.approx(triangle, rel=0.02)
    change = ln_welfare(solution)[0]
    assert found[TERMS].sum() == pytest.approx(change - triangle, rel=0.02)


def test_terms_of_trade_add_to_zero_over_the_world():
    """One's gain is another's loss, in money at the prices of each point."""
    world = worlds.world(4, missing=False)
    hats = np.where(worlds.abroad(world), 1 + 1e-4, 1.0)
    solution = ep.solve(world, shock=ep.Shock(trade_cost=hats))
    found = decompose(solution, tolerance=1e-9)
    money = found.log_points.sel(channel=TERMS).sum("channel").values * world.accounts().income
    assert abs(money.sum()) < 1e-3 * np.abs(money).sum()


def test_inputs_and_final_goods_split_the_imports():
    """Without inputs nothing comes through them; with inputs both do."""
    shock = ep.Shock(productivity=[[1.0], [0.5]])
    none, some = (channels(twins(0.7, inputs=x), shock) for x in (0.0, 0.5))
    assert abs(none["input_cost"]) < 1e-12
    assert some["input_cost"] == pytest.approx(some["import_price"], abs=1e-9)


def test_purchases_by_use():
    """What only producers import is an imported input, whatever the mix of all users."""
    given = worlds.arrays(5, missing=False)
    by_use = np.repeat(given["trade_share"][..., None], 2, axis=3)
    home = np.eye(len(given["regions"]))[:, :, None]
    by_use[..., 1] = home
    world = ep.World.from_arrays(**{**given, "trade_share": by_use})
    solution = ep.solve(world, shock=ep.Shock(ban=sealed(world, [0]))).raise_if_failed()
    found = check(solution)
    assert np.max(np.abs(found.log_points.sel(channel="import_price"))) == 0.0
    assert np.max(np.abs(found.log_points.sel(channel="input_cost"))) > 0.01


def test_names_of_channels(tiny_world):
    found = decompose(ep.solve(tiny_world))
    assert list(found.channel.values) == [*CHANNELS, "path_error"]
    assert list(found.region.values) == list(tiny_world.regions)
    assert all(found.title.values)


def test_per_cent_of_parts_add_up():
    parts = np.array([[0.5, -0.2, 0.0], [1e-9, -1e-9, 0.0], [-3.0, -1.0, 0.5]])
    expected = 100 * np.expm1(parts.sum(axis=1))
    assert np.allclose(percent_of(parts).sum(axis=1), expected, rtol=1e-14, atol=1e-20)


@pytest.mark.parametrize("cluster", CLUSTERS.values())
def test_the_rule_integrates_and_differentiates(cluster):
    at = rule(24, cluster)
    parts = 1 - at.left
    known = np.concatenate([[0.0], parts, [1.0]])
    assert at.weights @ np.cos(parts) == pytest.approx(np.sin(1), abs=1e-12)
    slopes = (at.slope @ np.sin(known), at.open_slope @ np.sin(known[:-1]))
    for slope in slopes:
        assert at.weights @ np.abs(slope - np.cos(parts)) < 1e-9
    assert at.end @ np.sin(known[:-1]) == pytest.approx(np.sin(1), abs=1e-9)


def test_an_uncertified_point_of_the_path_is_named(tiny_world):
    def broken(world, economy, shocks, closure):
        good = list(one_by_one(world, economy, shocks, closure))
        failed = replace(good[1], verdict=Verdict.NOT_CONVERGED, state=None)
        return [good[0], failed, *good[2:]]

    solution = ep.solve(tiny_world, shock=ep.Shock(productivity=0.5 * np.ones((5, 4))))
    with pytest.raises(NotSolvedError, match=r"33\.0009 % of the shock.*not converged"):
        decompose(solution, solver=broken)


def test_too_few_nodes_are_refused_with_the_size_of_the_gap(tiny_world):
    hats = np.exp(np.random.default_rng(1).normal(0, 2, (5, 4)))
    solution = ep.solve(tiny_world, shock=ep.Shock(productivity=hats)).raise_if_failed()
    with pytest.raises(NotSolvedError, match=r"8 equilibria on the path.*Raise max_nodes"):
        decompose(solution, max_nodes=8)


@pytest.mark.parametrize("options", [{"tolerance": 0.0}, {"tolerance": 1.0}, {"max_nodes": 4}])
def test_options_outside_their_range(tiny_world, options):
    with pytest.raises(ValueRangeError, match="must"):
        decompose(ep.solve(tiny_world), **options)


def test_a_solution_without_certificate_has_no_channels():
    world = twins(0.5)
    solution = ep.solve(world, shock=ep.Shock(ban=np.ones((2, 2, 1), dtype=bool)))
    with pytest.raises(NotSolvedError, match="no supplier"):
        decompose(solution)
