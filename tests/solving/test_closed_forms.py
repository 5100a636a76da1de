"""Counterfactuals whose answer can be written down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep

BIG = {"kinds": ("trade_cost", "tariff", "export_tax")}


def at_home(world) -> np.ndarray:
    """(region, sector) share of purchases at home."""
    return np.einsum("jjs->js", world.trade_share)


def prices_in_autarky(world, j: int, theta) -> np.ndarray:
    """(sector,) price over factor price: P = pi_jj^(-1/theta) c, c = w^beta prod P^gamma."""
    home = at_home(world)[j]
    used = world.expenditure[j] > 0
    origin = np.where(used, -np.log(np.where(used, home, 1)) / theta, 0.0)
    return np.linalg.solve(np.eye(len(theta)) - world.input_share[j].T, origin)


def real_wage_in_autarky(world, theta) -> np.ndarray:
    """Real wages without trade (Costinot and Rodriguez-Clare 2014, equation 28)."""
    n = len(world.regions)
    logs = [-world.final_share[j] @ prices_in_autarky(world, j, theta) for j in range(n)]
    return np.exp(logs)


@pytest.fixture(scope="module")
def home_world():
    """Everybody can make everything at home; taxes, deficits and zeros remain."""
    return worlds.world(6, missing=False)


@pytest.fixture(scope="module")
def one_sector():
    return worlds.world(3, s=1, inputs=0.0, taxes=False, deficits=0.0, missing=False, spread=1.0)


def everything_banned(world):
    return ep.Shock(ban=worlds.abroad(world))


@pytest.mark.parametrize("theta", [0.5, 5.0, 60.0])
def test_autarky_with_one_sector(one_sector, theta):
    """Arkolakis, Costinot and Rodriguez-Clare (2012): welfare = pi_jj^(1/theta)."""
    economy = ep.Economy.long_run(theta=theta)
    results = ep.solve(one_sector, economy, everything_banned(one_sector)).results()
    np.testing.assert_allclose(results.welfare, at_home(one_sector)[:, 0] ** (1 / theta), rtol=1e-8)


def test_one_sector_formula_for_any_shock(one_sector):
    """ACR: welfare depends on the change of the home share alone, whatever the cost shock."""
    n = len(one_sector.regions)
    cost = np.where(np.eye(n, dtype=bool)[:, :, None], 1.0, 1.7)
    solution = ep.solve(one_sector, shock=ep.Shock(trade_cost=cost))
    home = np.einsum("jjs->j", solution.state.trade_share) / at_home(one_sector)[:, 0]
    np.testing.assert_allclose(
        solution.results().welfare, home ** (-1 / one_sector.theta[0]), rtol=1e-8
    )


@pytest.mark.parametrize("theta", [1.0, 5.0, 30.0])
def test_autarky_with_inputs(home_world, theta):
    economy = ep.Economy.long_run(theta=theta)
    solution = ep.solve(home_world, economy, everything_banned(home_world))
    expected = real_wage_in_autarky(home_world, np.full(4, theta))
    np.testing.assert_allclose(solution.results().real_wage, expected, rtol=1e-8)
    assert solution.problem.standing.cut_off.all()
    np.testing.assert_allclose(solution.state.transfer, 0, atol=1e-6)
    flows = solution.results().trade_flows.counterfactual.values
    assert (flows[worlds.abroad(home_world)] == 0).all()


@pytest.mark.parametrize("j", range(5))
def test_one_country_without_trade(home_world, j):
    ban = np.zeros((5, 5, 4), dtype=bool)
    ban[j] = ban[:, j] = True
    ban[j, j] = False
    solution = ep.solve(home_world, shock=ep.Shock(ban=ban)).raise_if_failed()
    expected = real_wage_in_autarky(home_world, home_world.theta)[j]
    assert solution.results().real_wage.values[j] == pytest.approx(expected, rel=1e-8)
    assert home_world.regions[j] in " ".join(solution.notes)
    assert solution.state.transfer[j] == 0


def test_two_sealed_blocs_do_not_feel_each_other(home_world):
    ban = np.zeros((5, 5, 4), dtype=bool)
    ban[:2, 2:] = ban[2:, :2] = True
    plain = ep.solve(home_world, shock=ep.Shock(ban=ban)).raise_if_failed()
    assert any("blocs" in note for note in plain.notes)
    better = np.ones((5, 4))
    better[3] = 1.8
    other = ep.solve(home_world, shock=ep.Shock(ban=ban, productivity=better)).raise_if_failed()
    one, two = plain.results().welfare.values, other.results().welfare.values
    np.testing.assert_allclose(one[:2], two[:2], rtol=1e-8)
    assert two[3] > 1.3 * one[3]
    assert (plain.state.trade_share[ban] == 0).all()


def test_a_ban_is_the_limit_of_rising_costs(home_world):
    cells = np.zeros((5, 5, 4), dtype=bool)
    cells[1, 2:] = True
    banned = ep.solve(home_world, shock=ep.Shock(ban=cells)).results().welfare.values
    gaps = []
    for cost in (1e1, 1e3, 1e5, 1e8):
        shock = ep.Shock(trade_cost=np.where(cells, cost, 1.0))
        welfare = ep.solve(home_world, shock=shock).results().welfare.values
        gaps.append(float(np.abs(welfare - banned).max()))
    assert (np.diff(gaps) <= 1e-14).all()  # the last ones are nothing but rounding
    assert gaps[0] > 1e-6
    assert gaps[-1] < 1e-8


def test_access_runs_from_ban_to_no_change(home_world):
    cells = np.zeros((5, 5, 4), dtype=bool)
    cells[4, :2] = True

    def welfare(**shock):
        return ep.solve(home_world, shock=ep.Shock(**shock)).results().welfare.values

    def part(access):
        return welfare(access=np.where(cells, access, 1.0))

    np.testing.assert_allclose(part(1.0), 1, atol=1e-10)
    np.testing.assert_allclose(part(0.0), welfare(ban=cells), rtol=1e-9)
    np.testing.assert_allclose(part(1e-12), welfare(ban=cells), rtol=1e-6)
    theta = home_world.theta
    as_cost = np.where(cells, 0.3 ** (-1 / theta), 1.0)
    np.testing.assert_allclose(part(0.3), welfare(trade_cost=as_cost), rtol=1e-8)


def test_productivity_is_a_cheaper_good_wherever_it_goes(tiny_world):
    rng = np.random.default_rng(2)
    gain = np.exp(rng.normal(0, 0.5, (5, 4)))
    better = ep.solve(tiny_world, shock=ep.Shock(productivity=gain)).results()
    cost = np.broadcast_to(1 / gain[:, None, :], (5, 5, 4))
    cheaper = ep.solve(tiny_world, shock=ep.Shock(trade_cost=cost)).results()
    np.testing.assert_allclose(better.welfare, cheaper.welfare, rtol=1e-8)
    np.testing.assert_allclose(
        better.trade_flows.counterfactual, cheaper.trade_flows.counterfactual, rtol=1e-7, atol=1e-6
    )


def test_twice_the_productivity_everywhere(tiny_world):
    """Without a change of relative prices the gain is the input-output multiplier of ln 2."""
    twice = np.full((5, 4), 2.0)
    results = ep.solve(tiny_world, shock=ep.Shock(productivity=twice)).results()
    assert (results.welfare.values > 2).all()
    uniform = ep.World.from_arrays(
        regions=tiny_world.regions, sectors=tiny_world.sectors,
        trade_share=np.broadcast_to(np.eye(5)[:, :, None] * 0.6 + 0.08, (5, 5, 4)),
        input_share=np.full((5, 4, 4), 0.1), value_added_share=np.full((5, 4), 0.6),
        final_share=np.full((5, 4), 0.25), value_added=np.full(5, 100.0), theta=4.0,
        export_tax=np.where(worlds.abroad(tiny_world), 0.1, 0.0), balance="adjust",
    )  # fmt: skip
    results = ep.solve(uniform, shock=ep.Shock(productivity=twice)).results()
    np.testing.assert_allclose(results.welfare, 2 ** (1 / 0.6), rtol=1e-9)
    np.testing.assert_allclose(results.factor_price, 1, rtol=1e-9)


def test_tariff_revenue_is_rate_times_flow(tiny_world):
    shock = worlds.shock(3, tiny_world, **BIG)
    solution = ep.solve(tiny_world, shock=shock)
    results, state = solution.results(), solution.state
    flows = results.trade_flows.counterfactual.values
    revenue = (shock.tariff * flows).sum(axis=(0, 2))
    np.testing.assert_allclose(results.tariff_revenue.counterfactual, revenue, rtol=1e-9)
    before = (tiny_world.tariff * results.trade_flows.baseline.values).sum(axis=(0, 2))
    np.testing.assert_allclose(results.tariff_revenue.baseline, before, rtol=1e-9)
    taxed = (shock.export_tax / (1 + shock.export_tax) * flows).sum(axis=(1, 2))
    np.testing.assert_allclose(state.export_tax_revenue, taxed, rtol=1e-9)
    total = state.factor_income + revenue + taxed + state.transfer
    np.testing.assert_allclose(state.income, total, rtol=1e-9)


@pytest.mark.parametrize("j", [0, 3])
def test_lerner_symmetry(tiny_world, j):
    """A uniform import tariff is a uniform export tax when trade is balanced (Lerner 1936)."""
    foreign = worlds.abroad(tiny_world)
    tariff, tax = tiny_world.tariff.copy(), tiny_world.export_tax.copy()
    tariff[:, j] = np.where(foreign[:, j], 1.25 * (1 + tariff[:, j]) - 1, 0)
    tax[j] = np.where(foreign[j], 1.25 * (1 + tax[j]) - 1, 0)
    results = [
        ep.solve(tiny_world, shock=shock, closure="zero").results()
        for shock in (ep.Shock(tariff=tariff), ep.Shock(export_tax=tax))
    ]
    np.testing.assert_allclose(results[0].welfare, results[1].welfare, rtol=1e-8)
    assert not np.allclose(results[0].welfare, 1)


@pytest.mark.parametrize("closure", ["fixed", "share_of_income", "zero", "frozen"])
def test_transfers_move_spending(tiny_world, closure):
    transfer = np.array([-3000.0, 1000.0, 200.0, 1800.0, 0.0])
    without = ep.solve(tiny_world, shock=ep.Shock(), closure=closure).raise_if_failed()
    given = ep.solve(tiny_world, shock=ep.Shock(transfer=transfer), closure=closure)
    moved = given.raise_if_failed().state.transfer - without.state.transfer
    if closure != "share_of_income":
        np.testing.assert_allclose(moved, transfer, atol=1e-6)
    assert abs(moved.sum()) < 1e-6
    welfare = given.results().welfare.values / without.results().welfare.values
    assert welfare[0] < 1 < welfare[3]


def test_the_optimal_tariff_of_a_large_economy_is_positive(home_world):
    """A little tariff on untaxed imports gains for the one that sets it, by terms of trade."""
    world = worlds.world(2, taxes=False, deficits=0.0, missing=False, spread=0.5)
    tariff = np.where(worlds.abroad(world), world.tariff, 0.0)
    tariff[:, 0] = np.where(worlds.abroad(world)[:, 0], 0.05, 0.0)
    results = ep.solve(world, shock=ep.Shock(tariff=tariff)).results()
    assert results.welfare.values[0] > 1
    assert results.terms_of_trade.values[0] > 1


@pytest.mark.parametrize("theta", [0.5, 1.0, 3.0, 12.0, 60.0])
@pytest.mark.parametrize("closure", ["fixed", "zero"])
def test_any_elasticity_converges(tiny_world, theta, closure):
    shock = worlds.shock(5, tiny_world, **BIG)
    solution = ep.solve(tiny_world, ep.Economy.long_run(theta=theta), shock, closure=closure)
    assert solution.ok, solution.message()


def test_small_shocks_converge_to_the_first_order_formula():
    """Without taxes d ln W_j = -sum_i M_ij d ln d_ij / I_j + terms of trade; the gap is O(h^2)."""
    world = worlds.world(2, taxes=False, deficits=0.0, missing=False, spread=0.5)
    rng = np.random.default_rng(0)
    direction = np.where(worlds.abroad(world), rng.uniform(-1, 1, (5, 5, 4)), 0.0)
    flows = world.trade_flows()
    gaps = []
    for h in (1e-2, 1e-3, 1e-4):
        solution = ep.solve(world, shock=ep.Shock(trade_cost=np.exp(h * direction)))
        results = solution.results()
        own = -np.einsum("ijs,ijs->j", flows, direction) * h / world.accounts().income
        terms = results.first_order_welfare().values - 1
        gaps.append(np.abs(np.log(results.welfare.values) - own - terms).max())
    assert gaps[1] < gaps[0] / 50
    assert gaps[2] < gaps[1] / 50


def test_frozen_needs_its_closure(tiny_world):
    """Frozen regions under another closure would be ignored in silence: they are refused."""
    frozen = np.array([True, False, False, False, False])
    for closure in ("fixed", "zero", "share_of_income"):
        with pytest.raises(ep.ValueRangeError, match="Pass closure='frozen'"):
            ep.solve(tiny_world, shock=ep.Shock(frozen=frozen), closure=closure)
    named = ep.solve(tiny_world, closure="frozen")
    assert "names no region" in named.notes[0]
    np.testing.assert_allclose(named.state.transfer, tiny_world.trade_balance)
    under = ep.solve(tiny_world, shock=ep.Shock(frozen=frozen), closure="frozen")
    assert under.state.transfer[0] == 0
    assert replace(ep.Shock(), frozen=frozen).frozen is frozen


@pytest.mark.parametrize("closure", ["zero", "share_of_income"])
@pytest.mark.parametrize("access", [1e-3, 1e-12])
def test_almost_no_trade_when_imports_are_indispensable(tiny_world, access, closure):
    """A region that cannot make a good sees its factor price fall by many orders, and is solved."""
    part = np.where(worlds.abroad(tiny_world), access, 1.0)
    solution = ep.solve(tiny_world, shock=ep.Shock(access=part), closure=closure)
    assert solution.ok, solution.message()


@pytest.mark.parametrize("cost", [30.0, 1e3])
def test_almost_no_trade_by_cost(tiny_world, cost):
    part = np.where(worlds.abroad(tiny_world), cost, 1.0)
    solution = ep.solve(tiny_world, shock=ep.Shock(trade_cost=part), closure="zero")
    assert solution.ok, solution.message()


@pytest.mark.parametrize("cost", [1e3, 1e12])
@pytest.mark.parametrize("closure", ["zero", "share_of_income"])
def test_almost_no_trade_is_autarky(home_world, cost, closure):
    part = np.where(worlds.abroad(home_world), cost, 1.0)
    solution = ep.solve(home_world, shock=ep.Shock(trade_cost=part), closure=closure)
    assert solution.ok, solution.message()
    if closure == "zero":
        expected = real_wage_in_autarky(home_world, home_world.theta)
        np.testing.assert_allclose(solution.results().real_wage, expected, rtol=1e-5)
