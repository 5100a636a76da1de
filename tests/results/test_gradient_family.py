"""Derivatives over the whole family, by every instrument and elasticity, against solved steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import worlds

import entrepot as ep

TIGHT = ep.SolveOptions(tolerance=1e-12)
SIZE = 1e-3
LOW = {"epsilon": 0.4, "mu": 0.2, "sigma": 0.8, "kappa": 0.7}
ONE = {"epsilon": 1.0, "mu": 1.0, "sigma": 1.0, "kappa": 0.7}
MIXED = {
    "epsilon": np.array([0.4, 1.0, 1.3, 0.4]),
    "mu": np.array([0.2, 0.2, 1.0, 2.0]),
    "sigma": np.array([0.8, 1.0, 0.8, 1.5, 0.2]),
    "kappa": np.array([0.0, 0.7, 3.0, 0.7, np.inf]),
}
CASES = {
    "low, by use": (22, {"uses": 2}, LOW),
    "all one": (23, {}, ONE),
    "mixed": (26, {}, MIXED),
}
OUTCOMES = ("welfare:AAA", "export_revenue:BBB", "price:CCC:tools", "welfare:AAA,DDD")
BY = {"tariff": "shock", "export_tax": "shock", "trade_cost": "shock", "productivity": "shock",
      "transfer": "shock", "theta": "economy", "epsilon": "economy", "mu": "economy",
      "sigma": "economy", "kappa": "economy"}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def case(request):
    seed, options, given = CASES[request.param]
    world = worlds.world(seed, **options)
    drawn = worlds.shock(seed, world, ("tariff", "export_tax", "trade_cost", "productivity"))
    shock = ep.Shock(
        tariff=drawn.tariff / 3,
        export_tax=drawn.export_tax / 3,
        trade_cost=drawn.trade_cost**0.2,
        productivity=drawn.productivity**0.2,
        transfer=np.zeros(5),
    )
    values = {"theta": world.theta, "kappa": np.inf}
    values |= {name: given.get(name, 1.0) for name in ("epsilon", "mu", "sigma")}
    economy = ep.Economy(**{**values, **given})
    solution = ep.solve(world, economy, shock, options=TIGHT).raise_if_failed()
    return world, economy, shock, solution


def direction(name, solution):
    """Different weights for every cell, so that no cell can stand in for another one."""
    world, rng = solution.world, np.random.default_rng(len(name))
    shape = solution.gradient("welfare:AAA", wrt=name)[name].shape
    if name == "transfer":
        return world.value_added.min() * np.array([1.0, -1.0, 0.5, 0.0, -0.5])
    weights = rng.uniform(0.2, 1, shape) * rng.choice((-1, 1), shape)
    if name == "kappa":
        value = solution.problem.elasticities.kappa
        weights = np.where(value > 0, weights, 0.0)
        weights[np.isinf(value)] = 0.0
    return weights


def along(case, name, way):
    """Outcome -> derivative along `way`, out of four solves."""
    world, economy, shock, solution = case
    found = []
    for step in (1, -1, 2, -2):
        if BY[name] == "shock":
            moved = {name: getattr(shock, name) + step * SIZE * way}
            other = ep.solve(world, economy, replace(shock, **moved), options=TIGHT)
        else:
            value = getattr(solution.problem.elasticities, name)
            there = replace(economy, **{name: value + step * SIZE * way})
            other = ep.solve(world, there, shock, options=TIGHT)
        other.raise_if_failed()
        found.append([ep.Outcome.of(text, world).value(other) for text in OUTCOMES])
    up, down, far_up, far_down = np.array(found)
    return dict(zip(OUTCOMES, (8 * (up - down) - (far_up - far_down)) / (12 * SIZE), strict=True))


@pytest.mark.parametrize("name", BY)
def test_every_derivative_against_solved_steps(case, name):
    solution = case[-1]
    if name == "kappa" and solution.problem.elasticities.mobile:
        with pytest.raises(ep.InputError, match="no derivative by kappa"):
            solution.gradient("welfare:AAA", wrt="kappa")
        return
    way = direction(name, solution)
    slow = along(case, name, way)
    for text in OUTCOMES:
        found = solution.gradient(text, wrt=name)
        fast = float((found[name].values * way).sum())
        assert fast == pytest.approx(slow[text], rel=1e-6, abs=1e-9 * abs(found.attrs["value"]))


def test_the_value_is_that_of_the_certified_levels(case):
    world, *_, solution = case
    for text in OUTCOMES:
        value = solution.gradient(text, wrt="transfer").attrs["value"]
        assert value == pytest.approx(ep.Outcome.of(text, world).value(solution), rel=1e-9)


def test_one_sector_with_the_mu_of_others_has_its_own_derivative():
    """Sectors with the same mu share work in the solver; their derivatives must not be pooled."""
    world = worlds.world(21)
    solution = ep.solve(world, ep.Economy(**LOW), worlds.shock(21, world, ("tariff",)))
    found = solution.gradient("welfare:AAA", wrt="mu").mu.values
    assert (np.abs(found) > 0).sum() >= 3  # one sector is bought by nobody
    for sector in range(4):
        ends = []
        for step in (1e-3, -1e-3):
            mu = np.full(4, LOW["mu"])
            mu[sector] += step
            moved = ep.solve(world, ep.Economy(**{**LOW, "mu": mu}), solution.shock, options=TIGHT)
            ends.append(float(moved.results().welfare.sel(region="AAA")))
        slow = (ends[0] - ends[1]) / 2e-3
        assert found[sector] == pytest.approx(slow, rel=1e-4, abs=1e-10)


def test_a_weight_per_income_and_groups(case):
    world, *_, solution = case
    both = ep.Outcome.of("welfare:AAA,DDD", world)
    income = dict(zip(world.regions, world.accounts().income, strict=True))
    total = income["AAA"] + income["DDD"]
    assert both.regions == pytest.approx({"AAA": income["AAA"] / total,
                                          "DDD": income["DDD"] / total})  # fmt: skip
    sum_of = sum(ep.Outcome.of(f"export_revenue:{r}", world).value(solution) for r in world.regions)
    together = ep.Outcome.of("export_revenue:all", world).value(solution)
    assert together == pytest.approx(sum_of, rel=1e-12)


def test_groups_of_the_scenarios():
    world = ep.load_world("2017")
    union = ep.Outcome.of("welfare:EU27", world)
    assert len(union.regions) > 20
    assert "GBR" not in union.regions
    assert sum(union.regions.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("welfare:EU27", "no member of EU27"),
        ("welfare:aaa,XXX", "2 problems"),
        ("welfare:AAA:crude", "has no sector"),
        ("price:AAA,BBB:crude", "one sector in one region"),
    ],
)
def test_bad_outcomes(tiny_world, text, message):
    with pytest.raises(ep.InputError, match=message):
        ep.Outcome.of(text, tiny_world)
