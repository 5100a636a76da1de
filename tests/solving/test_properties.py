"""What must hold in any world: identity, homogeneity, relabelling, accounting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.closure import Closure

HATS = ("welfare", "real_wage", "real_income", "price_index", "factor_price", "terms_of_trade")
BIG = {"kinds": ("trade_cost", "tariff", "export_tax")}


def hats(solution):
    results = solution.results()
    return {name: getattr(results, name).values for name in HATS}


def rebuilt(world, **changes):
    """Make the same world again from its own arrays, with changes; the identities must hold."""
    names = ("regions", "sectors", "trade_share", "input_share", "value_added_share",
             "final_share", "value_added", "trade_balance", "tariff", "export_tax",
             "theta")  # fmt: skip
    return ep.World.from_arrays(**{**{k: getattr(world, k) for k in names}, **changes})


@pytest.fixture(scope="module")
def shock(tiny_world):
    return worlds.shock(1, tiny_world, **BIG)


@pytest.fixture(scope="module")
def solved(tiny_world, shock):
    return ep.solve(tiny_world, shock=shock).raise_if_failed()


@pytest.mark.parametrize("closure", ["fixed", "share_of_income", "frozen"])
@pytest.mark.parametrize("theta", [None, 0.5, 60.0])
def test_no_shock_changes_nothing(tiny_world, closure, theta):
    economy = ep.Economy.long_run(theta=theta)
    solution = ep.solve(tiny_world, economy, closure=closure)
    for name, values in hats(solution).items():
        np.testing.assert_allclose(values, 1, atol=1e-10, err_msg=name)
    flows = solution.results().trade_flows
    np.testing.assert_allclose(flows.counterfactual, flows.baseline, rtol=1e-9, atol=1e-6)


def test_explicit_unit_shock_is_no_shock(tiny_world):
    n, s = 5, 4
    trivial = ep.Shock(
        trade_cost=np.ones((n, n, s)),
        tariff=tiny_world.tariff,
        export_tax=tiny_world.export_tax,
        access=np.ones((n, n, s)),
        ban=np.zeros((n, n, s), dtype=bool),
        productivity=np.ones((n, s)),
        transfer=np.zeros(n),
        frozen=np.zeros(n, dtype=bool),
    )
    for values in hats(ep.solve(tiny_world, shock=trivial)).values():
        np.testing.assert_allclose(values, 1, atol=1e-10)


def test_a_ban_where_nothing_is_traded_changes_nothing(tiny_world):
    idle = tiny_world.trade_share == 0
    assert idle.any()
    for values in hats(ep.solve(tiny_world, shock=ep.Shock(ban=idle))).values():
        np.testing.assert_allclose(values, 1, atol=1e-10)


def test_money_has_no_unit(tiny_world, shock, solved):
    """Homogeneity: in thousands instead of millions every hat is the same."""
    thousands = rebuilt(
        tiny_world,
        value_added=tiny_world.value_added * 1000,
        trade_balance=tiny_world.trade_balance * 1000,
    )
    other = ep.solve(thousands, shock=shock)
    for name, values in hats(other).items():
        np.testing.assert_allclose(values, hats(solved)[name], rtol=1e-8, err_msg=name)
    np.testing.assert_allclose(other.state.income, 1000 * solved.state.income, rtol=1e-8)


def test_relabelling_regions_and_sectors(tiny_world, shock, solved):
    rng = np.random.default_rng(0)
    p, q = rng.permutation(5), rng.permutation(4)
    trade = np.ix_(p, p, q)
    moved = rebuilt(
        tiny_world,
        regions=[tiny_world.regions[i] for i in p],
        sectors=[tiny_world.sectors[k] for k in q],
        trade_share=tiny_world.trade_share[trade],
        input_share=tiny_world.input_share[np.ix_(p, q, q)],
        value_added_share=tiny_world.value_added_share[np.ix_(p, q)],
        final_share=tiny_world.final_share[np.ix_(p, q)],
        value_added=tiny_world.value_added[p],
        trade_balance=tiny_world.trade_balance[p],
        tariff=tiny_world.tariff[trade],
        export_tax=tiny_world.export_tax[trade],
        theta=tiny_world.theta[q],
    )
    same = ep.Shock(
        trade_cost=shock.trade_cost[trade],
        tariff=shock.tariff[trade],
        export_tax=shock.export_tax[trade],
    )
    other = ep.solve(moved, shock=same).results().to_frame()
    before = solved.results().to_frame()
    np.testing.assert_allclose(other.loc[before.index], before, rtol=1e-8)


def test_labelled_arrays_in_any_order(tiny_world, shock, solved):
    import xarray as xr

    dims = ("origin", "dest", "sector")
    coords = {d: list(tiny_world.labels[d]) for d in dims}
    mixed = {
        name: xr.DataArray(getattr(shock, name), dims=dims, coords=coords)
        .isel(origin=slice(None, None, -1), sector=[2, 0, 3, 1])
        .transpose("sector", "dest", "origin")
        for name in ("trade_cost", "tariff", "export_tax")
    }
    other = ep.solve(tiny_world, shock=ep.Shock(**mixed))
    np.testing.assert_array_equal(hats(other)["welfare"], hats(solved)["welfare"])


def test_the_same_call_gives_the_same_bits(tiny_world, shock, solved):
    again = ep.solve(tiny_world, shock=shock)
    for name, values in hats(again).items():
        np.testing.assert_array_equal(values, hats(solved)[name])


def test_nothing_is_written_back(tiny_world, shock):
    before, costs = tiny_world.hash, shock.trade_cost.copy()
    ep.solve(tiny_world, shock=shock)
    assert tiny_world.hash == before
    np.testing.assert_array_equal(shock.trade_cost, costs)
    for name in ("trade_share", "value_added", "tariff", "theta", "expenditure"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(tiny_world, name)[...] = 0


@pytest.mark.parametrize("closure", [c.value for c in Closure])
def test_accounting_of_every_closure(tiny_world, shock, closure):
    frozen = np.array([False, True, False, False, True])
    named = replace(shock, frozen=frozen if closure == "frozen" else None)
    solution = ep.solve(tiny_world, shock=named, closure=closure).raise_if_failed()
    state, size = solution.state, tiny_world.value_added.sum()
    abroad = worlds.abroad(tiny_world)
    flows = solution.results().trade_flows.counterfactual.values * abroad
    deficit = flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))
    np.testing.assert_allclose(deficit, state.transfer, atol=1e-8 * size)
    assert state.factor_income.sum() == pytest.approx(size, rel=1e-9)
    assert abs(state.transfer.sum()) < 1e-8 * size
    if closure == "zero":
        np.testing.assert_allclose(deficit, 0, atol=1e-8 * size)
    if closure == "fixed":
        np.testing.assert_allclose(deficit, tiny_world.trade_balance, atol=1e-8 * size)
    if closure == "frozen":
        np.testing.assert_allclose(deficit[frozen], 0, atol=1e-8 * size)
        still = ~frozen & (tiny_world.trade_balance != 0)
        ratio = deficit[still] / tiny_world.trade_balance[still]
        assert (ratio <= 1 + 1e-7).all()
        assert (ratio >= -1e-7).all()
    if closure == "share_of_income":
        share = state.transfer / (state.income - state.transfer)
        book = tiny_world.accounts()
        before = tiny_world.trade_balance / (book.income - tiny_world.trade_balance)
        move = share - before
        np.testing.assert_allclose(move, move.mean(), atol=1e-8)


def test_welfare_is_real_expenditure(tiny_world, solved):
    results = solved.results()
    state, before = solved.state, tiny_world.accounts().income
    weights = tiny_world.final_share
    index = np.prod(np.where(weights > 0, state.price, 1) ** weights, axis=1)
    np.testing.assert_allclose(results.welfare, state.income / before / index, rtol=1e-12)
    np.testing.assert_allclose(results.real_wage, state.factor_price / index, rtol=1e-12)


def test_results_of_threads_agree(tiny_world):
    from concurrent.futures import ThreadPoolExecutor

    shocks = [worlds.shock(k, tiny_world, **BIG) for k in range(4)]
    alone = [ep.solve(tiny_world, shock=x).results().welfare.values for x in shocks]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(
            lambda x: ep.solve(tiny_world, shock=x).results().welfare.values, shocks
        )
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_setting_of_jax_does_not_matter(tiny_world, shock, solved):
    import jax

    for double in (False, True):
        with jax.enable_x64(double):
            other = ep.solve(tiny_world, shock=shock)
        np.testing.assert_array_equal(hats(other)["welfare"], hats(solved)["welfare"])
    assert jax.numpy.ones(1).dtype == np.float32, "the caller's own setting is left alone"


def test_single_precision_input_is_computed_in_double(tiny_world, shock, solved):
    rough = ep.Shock(
        trade_cost=shock.trade_cost.astype(np.float32),
        tariff=shock.tariff.astype(np.float32),
        export_tax=shock.export_tax.astype(np.float32),
    )
    other = ep.solve(tiny_world, shock=rough).raise_if_failed()
    assert other.state.income.dtype == np.float64
    np.testing.assert_allclose(hats(other)["welfare"], hats(solved)["welfare"], rtol=1e-5)


def test_lists_and_objects_are_numbers_too(tiny_world, shock, solved):
    other = ep.solve(
        tiny_world,
        shock=ep.Shock(
            trade_cost=shock.trade_cost.tolist(),
            tariff=shock.tariff.astype(object),
            export_tax=shock.export_tax,
        ),
    )
    np.testing.assert_array_equal(hats(other)["welfare"], hats(solved)["welfare"])
