"""The problem in prices: gradient, second derivative and responses against finite differences."""

from dataclasses import replace

import numpy as np
import pytest

from entrepot.channels.oil import Before, Refiner, base_of, certify, load_market, solve_month
from entrepot.channels.oil.limits import limits
from entrepot.channels.oil.prices import Given, at, bend, problem, response
from entrepot.channels.oil.restrictions import (
    Ban,
    Designation,
    ImportQuota,
    PriceCap,
    ServiceBan,
)
from entrepot.channels.oil.solver import solve


def made_of(market, restrictions, stock=0.0):
    before = Before.at_base(market)
    stocks = np.minimum(stock, market.column("storage"))
    given = Given(before.wedge, stocks, before.expected * 1.1)
    return problem(market, base_of(market), limits(market, restrictions), given)


@pytest.fixture
def limited(two):
    refiners = [Refiner("X", 0.3, slate_limit=(("heavy", 900.0),)), Refiner("Y", 0.3, 1100.0)]
    return made_of(two(refiners=refiners), [ImportQuota(("Y",), 700.0, ("B",))], stock=20.0)


def test_gradient_and_second_derivative_are_those_of_the_function(limited):
    rng = np.random.default_rng(3)
    for _ in range(5):
        z = np.append(rng.uniform(40, 90, 2), rng.uniform(0.0, 2.0, limited.size - 2))
        point, h = at(limited, z), 1e-4
        second = bend(limited, point)
        assert np.linalg.eigvalsh(second).min() > -1e-6 * np.abs(second).max()
        for k in range(limited.size):
            step = np.eye(limited.size)[k] * h
            up, down = at(limited, z + step), at(limited, z - step)
            slope = (up.value - down.value) / (2 * h)
            assert slope == pytest.approx(point.gradient[k], rel=1e-5, abs=1e-3)
            column = (up.gradient - down.gradient) / (2 * h)
            np.testing.assert_allclose(column, second[:, k], rtol=1e-4, atol=1e-3)


def test_responses_of_prices_to_costs_are_those_of_solving_again(market):
    made = made_of(market, [ServiceBan(("B",), ("mainstream",))])
    start = np.append(market.column("fob"), np.zeros(made.size - 2))
    found = solve(made, start)
    assert found.ok
    lanes = made.tree.lanes
    cost = np.stack([lanes == 5, lanes == 0], axis=1).astype(float)
    slope = response(made, found.point, cost)
    for k in range(2):
        up, down = (
            solve(replace(made, freight=made.freight + s * 1e-3 * cost[:, k]), start).point.z
            for s in (1, -1)
        )
        np.testing.assert_allclose((up - down) / 2e-3, slope[:, k], rtol=1e-4, atol=1e-6)


def test_two_capped_streams_that_share_few_tankers_are_settled():
    market = load_market(2017)
    streams = ("IRN-MEDIUM", "VEN-MEREY")
    given = [
        Ban(streams, ("EU-EAST", "TUR", "IND", "JPN", "AUS"), ("mainstream", "shadow")),
        PriceCap(streams, ("mainstream",), 42.67),
    ]
    out = solve_month(market, given)
    v = [market.stream_names.index(s) for s in streams]
    assert certify(base_of(market), out).ok
    assert (out.fob[v] <= 42.68).all() or out.shut[v].any()


@pytest.mark.parametrize("seed", range(6))
def test_hard_months_of_the_world_are_certified(seed):
    """Bans, a cap from 40 % to 105 % of the price, and few vessels left of either fleet."""
    rng = np.random.default_rng(seed)
    market = load_market((2011, 2017, 2021)[seed % 3])
    target = ("RUS-URALS", "IRN-MEDIUM", "SAU-LIGHT")[int(rng.integers(3))]
    fob = market.column("fob")[market.stream_names.index(target)]
    buyers = tuple(r for r in market.refiner_names[:12] if rng.random() < 0.5) or ("USA",)
    given = [
        *market.standing,
        Ban((target,), buyers, ("mainstream", "shadow")),
        PriceCap((target,), ("mainstream",), float(fob * rng.uniform(0.4, 1.05))),
        Designation("shadow", float(rng.uniform(0.0, 100.0))),
        Designation("mainstream", float(rng.uniform(0.0, 1000.0))),
    ]
    out = solve_month(market, given)
    assert certify(base_of(market), out).ok
    assert out.left <= 1e-3


def test_steps_cut_off_at_the_bounds_are_a_way_out(market, monkeypatch):
    from entrepot.channels.oil import solver

    given = [ServiceBan(("B",), ("mainstream",)), Designation("shadow", 10.0)]
    usual = solve_month(market, given)
    monkeypatch.setattr(solver, "_newton", lambda *_: None)
    other = solve_month(market, given)
    np.testing.assert_allclose(other.fob, usual.fob, rtol=1e-6)
    np.testing.assert_allclose(other.rents.carrier, usual.rents.carrier, atol=1e-6)
