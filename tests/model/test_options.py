"""Options of the family: profits, elastic supply, scale, entry costs; what each must satisfy."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.model.economy import Economy


def goods_world(seed: int, **arrays: np.ndarray) -> ep.World:
    """Return a random world without inputs, three regions and two sectors."""
    rng = np.random.default_rng(seed)
    share = rng.uniform(0.05, 1, (3, 3, 2)) + 3 * np.eye(3)[:, :, None]
    share /= share.sum(axis=0)
    final = rng.uniform(0.2, 1, (3, 2))
    return ep.World.from_arrays(
        regions=["AAA", "BBB", "CCC"], sectors=["grain", "tools"], trade_share=share,
        input_share=np.zeros((3, 2, 2)), value_added_share=np.ones((3, 2)),
        final_share=final / final.sum(axis=1, keepdims=True),
        value_added=100 * np.exp(rng.normal(size=3)), theta=np.array([3.0, 5.0]),
        balance="adjust", **arrays)  # fmt: skip


def tariffs(world: ep.World, seed: int) -> ep.Shock:
    rng = np.random.default_rng(seed)
    move = rng.uniform(0, 0.4, world.tariff.shape)
    move[np.arange(len(world.regions)), np.arange(len(world.regions))] = 0
    return ep.Shock(tariff=world.tariff + move)


def test_profits_are_a_tax_on_all_sales_that_stays_at_home() -> None:
    """The equivalence through the door of export taxes, which the engine had before."""
    profit = np.array([0.25, 1 / 6])
    world = goods_world(1)
    sold = world.accounts().output
    shock = tariffs(world, 1)
    taxed = ep.World.from_arrays(
        regions=world.regions, sectors=world.sectors, trade_share=world.trade_share,
        input_share=world.input_share, value_added_share=world.value_added_share,
        final_share=world.final_share, value_added=((1 - profit) * sold).sum(axis=1),
        export_tax=np.broadcast_to(profit / (1 - profit), (3, 3, 2)), theta=world.theta,
    )  # fmt: skip
    options = ep.SolveOptions(tolerance=1e-12)
    one = ep.solve(world, Economy(profit_share=profit), shock, options=options).results()
    two = ep.solve(taxed, Economy(), shock, options=options).results()
    np.testing.assert_allclose(one.welfare, two.welfare, rtol=1e-10)
    np.testing.assert_allclose(one.real_wage, two.real_wage, rtol=1e-10)
    np.testing.assert_allclose(one.profits.baseline, (profit * sold).sum(axis=1))
    plain = ep.solve(world, Economy(), shock).results()
    assert float(abs(one.welfare / plain.welfare - 1).max()) > 1e-5


@pytest.mark.parametrize("seed", range(3))
def test_profits_with_inputs_and_every_elasticity_are_certified(seed: int) -> None:
    world = worlds.world(seed)
    profit = 0.5 * np.where(world.value_added_share > 0, world.value_added_share, 1).min(axis=0)
    economy = Economy(profit_share=profit, epsilon=0.5, mu=0.3, sigma=0.8, kappa=1.0)
    shock = worlds.shock(seed, world, ("tariff", "trade_cost"))
    solution = ep.solve(world, economy, shock)
    assert solution.ok
    state = solution.certified()
    np.testing.assert_allclose(state.profits, (profit * state.output).sum(axis=1))


def test_no_supply_response_changes_nothing() -> None:
    world = goods_world(2)
    shock = tariffs(world, 2)
    plain = ep.solve(world, Economy(), shock).results()
    fixed = ep.solve(world, Economy(labour_supply=1e-13, rebate=1.0), shock).results()
    np.testing.assert_allclose(plain.welfare, fixed.welfare, rtol=1e-9)
    assert (plain.employment == 1).all()
    np.testing.assert_allclose(plain.welfare_with_leisure(), plain.welfare)


@pytest.mark.parametrize("rebate", [0.0, 0.6, 1.0])
def test_employment_answers_the_real_price_after_tax(rebate: float) -> None:
    world = goods_world(3, tariff=np.full((3, 3, 2), 0.1) * (1 - np.eye(3))[:, :, None])
    economy = Economy(labour_supply=0.7, rebate=rebate)
    solution = ep.solve(world, economy, tariffs(world, 3), options=ep.SolveOptions(tolerance=1e-12))
    state, book = solution.certified(), world.accounts()
    tax = rebate * (
        state.tariff_revenue / state.factor_income - book.tariff_revenue / book.value_added
    )
    expected = (state.factor_price / state.price_index / (1 - tax)) ** 0.7
    np.testing.assert_allclose(state.employment, expected, rtol=1e-9)
    wages = world.value_added * state.factor_price * state.employment
    np.testing.assert_allclose(state.factor_income, wages)


def test_replacing_a_tax_employs_more_than_a_lump_sum() -> None:
    world = goods_world(4)
    shock = tariffs(world, 4)
    lump, tax = (
        ep.solve(world, Economy(labour_supply=0.5, rebate=r), shock).results().employment
        for r in (0.0, 1.0)
    )
    assert (tax > lump).all()


def test_scale_raises_productivity_with_employment() -> None:
    """A closed economy twice as productive: ln L = k ln(W/P), ln(W/P) = ln 2 + psi ln L."""
    world = ep.World.from_arrays(
        regions=["AAA"], sectors=["goods"], trade_share=np.ones((1, 1, 1)),
        input_share=np.zeros((1, 1, 1)), value_added_share=np.ones((1, 1)),
        final_share=np.ones((1, 1)), value_added=[100.0], theta=4.0)  # fmt: skip
    economy = Economy(labour_supply=0.5, scale=0.2)
    results = ep.solve(world, economy, ep.Shock(productivity=np.full((1, 1), 2.0))).results()
    real = np.log(2) / (1 - 0.2 * 0.5)
    assert float(np.log(results.real_wage[0])) == pytest.approx(real, rel=1e-8)
    assert float(np.log(results.employment[0])) == pytest.approx(0.5 * real, rel=1e-8)


def test_entry_costs_trade_services_and_leave_prices_alone_without_a_shock() -> None:
    world = goods_world(5)
    economy = Economy(entry_cost_share=np.array([0.1, 0.2, 0.0]), entry_shape=6.0)
    still = ep.solve(world, economy)
    np.testing.assert_allclose(still.results().welfare, 1)
    assert still.problem.entry_services.sum() == pytest.approx(0, abs=1e-9)
    state = ep.solve(world, economy, tariffs(world, 5)).certified()
    bought, sold = state.trade.sum(axis=(0, 2)), state.trade.sum(axis=(1, 2))
    paid = state.trade.sum(axis=2) * economy.entry_cost_share
    services = paid.sum(axis=0) - paid.sum(axis=1)
    np.testing.assert_allclose(bought - sold, state.transfer + services, atol=1e-7)


OUTCOMES = ("welfare:AAA", "export_revenue:BBB", "price:CCC:grain")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_derivatives_with_every_option(outcome: str) -> None:
    world = goods_world(6, tariff=np.full((3, 3, 2), 0.1) * (1 - np.eye(3))[:, :, None])
    economy = Economy(
        profit_share=[0.2, 0.1], labour_supply=0.5, rebate=0.7, scale=0.1, sigma=0.8,
        entry_cost_share=[0.1, 0.2, 0.05])  # fmt: skip
    options = ep.SolveOptions(tolerance=1e-12)
    base = tariffs(world, 6)

    def at(step: float) -> float:
        rates = np.array(base.tariff)
        rates[0, 1, 1] += step
        shock = ep.Shock(tariff=rates)
        return ep.solve(world, economy, shock, options=options).gradient(outcome).attrs["value"]

    slope = ep.solve(world, economy, base, options=options).gradient(outcome, wrt="tariff")
    numeric = (at(1e-5) - at(-1e-5)) / 2e-5
    assert float(slope.tariff[0, 1, 1]) == pytest.approx(numeric, rel=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"profit_share": 0.95}, "profit_share is at least the value-added share"),
        ({"entry_cost_share": 0.1}, "entry_cost_share is above 0 in a world with inputs"),
        ({"scale": 0.1}, "employment is fixed"),
        ({"labour_supply": -1}, "labour_supply is -1"),
        ({"rebate": 2}, "rebate is 2"),
        ({"entry_shape": 0.5}, "entry_shape is 0.5"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ep.ValueRangeError, match=message):
        ep.solve(worlds.world(1), Economy(**options))


def test_entry_costs_need_factors_that_move() -> None:
    with pytest.raises(ep.ValueRangeError, match="finite kappa"):
        ep.solve(goods_world(1), Economy(entry_cost_share=0.1, kappa=1.0))


def test_an_optimal_tariff_leaves_no_slope_and_helps() -> None:
    world = goods_world(7)
    found = ep.optimal_tariff(world, Economy(), "AAA")
    results = found.solution.results()
    assert float(results.welfare.sel(region="AAA")) > 1
    assert found.slope < 1e-6
    assert "AAA: median" in repr(found)
    held = ep.optimal_tariff(world, Economy(), "AAA", high=0.1)
    assert (held.tariff == pytest.approx(0.1)).all()
    assert held.slope == 0
    with pytest.raises(ep.NotSolvedError, match="Raise max_iterations"):
        ep.optimal_tariff(world, Economy(), "AAA", max_iterations=1)
    with pytest.raises(ep.LabelError):
        ep.optimal_tariff(world, Economy(), "XXX")
    with pytest.raises(ep.ValueRangeError, match="Bounds"):
        ep.optimal_tariff(world, Economy(), "AAA", low=1, high=0)


def test_channels_are_not_made_up_for_options_without_one() -> None:
    world = goods_world(8)
    solution = ep.solve(world, Economy(profit_share=0.1), tariffs(world, 8))
    with pytest.raises(ep.InputError, match="no channels for profits"):
        solution.results().decomposition()
