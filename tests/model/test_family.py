"""The nested-CES family: limits, published numbers, agreement of its members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import small
import worlds

import entrepot as ep
from entrepot.model.economy import Economy
from entrepot.world.uses import by_use


def one_region(share: float) -> ep.World:
    """Return a closed economy that spends `share` on energy; both goods need factors only."""
    return ep.World.from_arrays(
        regions=["DEU"],
        sectors=["energy", "rest"],
        trade_share=np.ones((1, 1, 2)),
        input_share=np.zeros((1, 2, 2)),
        value_added_share=np.ones((1, 2)),
        final_share=[[share, 1 - share]],
        value_added=[1000.0],
        theta=4.0,
    )


@pytest.mark.parametrize(
    ("share", "left", "sigma", "percent"),
    [
        (0.04, 0.9, 0.04, -1.5686),
        (0.04, 0.9, 0.1, -0.6791),
        (0.04, 0.9, 1.0, -0.4206),
        (0.01, 0.7, 0.1, -2.3426),
        (0.01, 0.7, 0.2, -0.7759),
        (0.01, 0.7, 1.0, -0.356),
    ],
)
def test_two_input_numbers_of_bachmann_and_others(
    share: float, left: float, sigma: float, percent: float
) -> None:
    """Energy falls to `left`, nothing moves between sectors; production is CES with `sigma`."""
    shock = ep.Shock(productivity=np.array([[left, 1.0]]))
    solution = ep.solve(one_region(share), Economy(sigma=sigma, kappa=0), shock)
    welfare = float(solution.results().welfare.sel(region="DEU"))
    assert 100 * (welfare - 1) == pytest.approx(percent, abs=6e-5)


def test_the_leontief_limit_loses_as_much_as_its_scarcest_input() -> None:
    """-10 % is the limit; at exactly 0 the other factor would cost nothing (same study)."""
    shock = ep.Shock(productivity=np.array([[0.9, 1.0]]))
    lost = []
    for sigma in (0.04, 0.02, 0.01, 0.005):
        solution = ep.solve(one_region(0.04), Economy(sigma=sigma, kappa=0), shock)
        lost.append(1 - float(solution.results().welfare[0]))
        power = (sigma - 1) / sigma
        assert lost[-1] == pytest.approx(1 - (0.04 * 0.9**power + 0.96) ** (1 / power), rel=1e-6)
    assert lost == sorted(lost)
    assert 0.085 < lost[-1] < 0.1


def shocked(seed: int, **options: Any) -> tuple[ep.World, ep.Shock]:
    world = worlds.world(seed, **options)
    rng = np.random.default_rng(seed)
    shape = world.trade_share.shape
    return world, ep.Shock(
        trade_cost=np.exp(0.2 * rng.normal(size=shape)),
        tariff=world.tariff + 0.1 * rng.uniform(size=shape),
        productivity=np.exp(0.1 * rng.normal(size=shape[1:])),
    )


@pytest.mark.parametrize("seed", range(4))
def test_one_is_the_limit(seed: int) -> None:
    world, shock = shocked(seed)
    exact = ep.solve(world, Economy(), shock).results().welfare
    for away in (1e-6, -1e-6):
        near = Economy(epsilon=1 + away, mu=1 - away, sigma=1 + away)
        found = ep.solve(world, near, shock).results().welfare
        assert float(abs(found / exact - 1).max()) < 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_the_family_at_one_is_the_long_run(seed: int) -> None:
    """Uses that all buy in one mix take the equations of the family, not those of the long run."""
    world, shock = shocked(seed)
    share = np.repeat(world.trade_share[..., None], 2, axis=3)
    full = ep.World.from_arrays(
        regions=world.regions, sectors=world.sectors, trade_share=share,
        input_share=world.input_share, value_added_share=world.value_added_share,
        final_share=world.final_share, value_added=world.value_added,
        trade_balance=world.trade_balance, tariff=world.tariff, export_tax=world.export_tax,
        theta=world.theta)  # fmt: skip
    options = ep.SolveOptions(tolerance=1e-12)
    one = ep.solve(world, Economy(), shock, options=options)
    two = ep.solve(full, Economy(), shock, options=options)
    assert not one.problem.general
    assert two.problem.general
    for name in ("welfare", "real_wage", "price_index", "sector_price"):
        gap = getattr(one.results(), name) / getattr(two.results(), name) - 1
        assert float(abs(gap).max()) < 1e-10


def test_mobile_factors_are_the_limit_of_kappa() -> None:
    world, shock = shocked(3)
    mobile = ep.solve(world, Economy(epsilon=0.5), shock).results().welfare
    near = ep.solve(world, Economy(epsilon=0.5, kappa=1e5), shock).results().welfare
    assert float(abs(near / mobile - 1).max()) < 1e-5


def test_sector_factor_prices_differ_only_where_factors_are_stuck() -> None:
    world, shock = shocked(3)
    kappa = np.full(len(world.regions), np.inf)
    kappa[1] = 0.5
    state = ep.solve(world, Economy(kappa=kappa), shock).certified()
    spread = np.ptp(state.sector_factor_price, axis=1)
    assert spread[1] > 1e-3
    assert np.delete(spread, 1) == pytest.approx(0)


@pytest.mark.parametrize("elasticity", [0.02, 0.1, 3.0])
def test_elasticities_from_tiny_to_large(elasticity: float) -> None:
    world, shock = shocked(6)
    economy = Economy(epsilon=elasticity, mu=elasticity, sigma=elasticity, kappa=1.0)
    assert ep.solve(world, economy, shock).ok


def test_uses_of_another_mix_give_another_answer() -> None:
    world, shock = shocked(4, uses=2)
    full = ep.solve(world, Economy(), shock)
    pooled = ep.solve(world.pooled(), Economy(), shock)
    assert by_use(world).trade_share.shape[3] == 2
    gap = full.results().welfare / pooled.results().welfare - 1
    assert float(abs(gap).max()) > 1e-5


def test_less_substitution_makes_a_lost_supplier_dearer() -> None:
    world = small.make_world()
    ban = np.zeros(world.trade_share.shape, dtype=bool)
    target, crude = world.regions.index("IRN"), world.sectors.index("crude")
    ban[target, :, crude] = True
    ban[target, target, crude] = False
    lost = [
        1 - float(ep.solve(world, e, ep.Shock(ban=ban)).results().welfare.sel(region="IRN"))
        for e in (Economy(), Economy.medium_run(), Economy.short_run())
    ]
    assert lost[0] < lost[1] < lost[2]
