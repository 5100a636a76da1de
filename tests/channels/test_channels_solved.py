"""A compiled scenario in equilibrium: partial bans are exact, full bans are their limit."""

from itertools import pairwise

import numpy as np
import pytest

from entrepot.channels import compile_shock
from entrepot.model.economy import Economy
from entrepot.solving import solve

THETA = np.array([3.0, 8.0, 5.0, 1.5])


@pytest.fixture(scope="module")
def state(world, scenario):
    def run(compliance):
        body = {
            "kind": "embargo",
            "senders": ["USA", "DEU"],
            "targets": ["IRN"],
            "compliance": compliance,
        }
        compiled = compile_shock(world, scenario(body))
        solution = solve(world, Economy.long_run(theta=THETA), compiled.shock)
        assert solution.verdict.value == "certified", solution.reasons
        return compiled.shock.bind(world).kept(), solution.state

    return run


def test_a_partial_ban_removes_a_share_of_varieties_from_the_price_index(world, state):
    access, after = state(0.6)
    cost = np.asarray(after.cost)[:, None, :]
    terms = world.trade_share * access * cost**-THETA
    price = terms.sum(axis=0) ** (-1 / THETA)
    assert np.asarray(after.price) == pytest.approx(price, rel=1e-8)
    assert np.asarray(after.trade_share) == pytest.approx(terms / terms.sum(axis=0), rel=1e-7)
    assert access.min() == pytest.approx(0.4)


def test_full_compliance_is_a_ban_and_the_limit_of_partial_ones(world, state):
    access, ban = state(1.0)
    assert (np.asarray(ban.trade_share)[access == 0] == 0).all()
    _, nearly = state(1 - 1e-9)
    assert np.asarray(nearly.price_index) == pytest.approx(np.asarray(ban.price_index), rel=1e-6)
    assert np.asarray(nearly.income) == pytest.approx(np.asarray(ban.income), rel=1e-6)


def test_the_target_loses_more_the_more_is_stopped(world, state):
    iran = world.regions.index("IRN")
    real = [
        float(s.income[iran] / s.price_index[iran]) for _, s in map(state, (0.0, 0.3, 0.7, 1.0))
    ]
    assert all(a > b for a, b in pairwise(real))
