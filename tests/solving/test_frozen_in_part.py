"""Access to foreign finance that is lost in part: between "fixed" and the full freeze."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep


def solved(world, share, at=0, **fields):
    frozen = np.zeros(len(world.regions))
    frozen[at] = share
    shock = ep.Shock(frozen=frozen, **fields)
    return ep.solve(world, shock=shock, closure="frozen").raise_if_failed()


@pytest.mark.parametrize("seed", range(6))
def test_random_worlds_are_certified_and_keep_their_share(seed):
    rng = np.random.default_rng(seed)
    world = worlds.world(seed, missing=False)
    share = np.where(rng.uniform(size=5) > 0.4, rng.uniform(size=5), 0.0)
    found = ep.solve(world, shock=ep.Shock(frozen=share), closure="frozen").raise_if_failed()
    transfer, before = found.state.transfer, world.trade_balance
    assert found.certificate.worst[1] <= 1e-8
    assert abs(transfer.sum()) <= 1e-9 * world.value_added.sum()
    assert (np.abs(transfer) <= (1 - share) * np.abs(before) + 1e-6).all()
    assert (transfer * before >= -1e-6).all(), "nobody's balance changes its sign"


def test_one_frozen_region_keeps_exactly_the_rest(tiny_world):
    for share in (0.0, 0.3, 1.0):
        transfer = solved(tiny_world, share).state.transfer
        assert transfer[0] == pytest.approx((1 - share) * tiny_world.trade_balance[0], rel=1e-9)


def test_the_ends_are_fixed_and_the_full_freeze(tiny_world):
    none = ep.solve(tiny_world, shock=ep.Shock(), closure="fixed").results().welfare.values
    np.testing.assert_allclose(solved(tiny_world, 0.0).results().welfare.values, none, atol=1e-10)
    true = ep.Shock(frozen=np.arange(5) == 0)
    full = ep.solve(tiny_world, shock=true, closure="frozen").results().welfare.values
    np.testing.assert_array_equal(solved(tiny_world, 1.0).results().welfare.values, full)


def test_welfare_of_the_frozen_is_monotone_in_the_share(tiny_world):
    """A borrower loses, a lender gains what it no longer gives: more of it with every step."""
    at = int(np.argmax(tiny_world.trade_balance))
    steps = [solved(tiny_world, f, at).results().welfare.values[at] for f in np.linspace(0, 1, 5)]
    assert (np.diff(steps) < 0).all()


def test_other_closures_refuse_a_part_too(tiny_world):
    shock = ep.Shock(frozen=np.array([0.2, 0, 0, 0, 0]))
    with pytest.raises(ep.ValueRangeError, match=r"freezes AAA out of foreign finance"):
        ep.solve(tiny_world, shock=shock)


def test_gradients_hold_beside_a_partial_freeze(tiny_world):
    """The adjoint against central differences, with half of a balance lost."""
    slope = solved(tiny_world, 0.5).gradient("welfare:BBB", wrt=["transfer"])["transfer"].values
    step = 1.0
    push = np.array([-step, step, 0, 0, 0])
    ends = [solved(tiny_world, 0.5, transfer=sign * push).results().welfare.values[1]
            for sign in (1, -1)]  # fmt: skip
    expected = (ends[0] - ends[1]) / 2
    assert (slope * push).sum() == pytest.approx(expected, rel=1e-5)


def test_the_parts_of_a_decomposition_add_up(tiny_world):
    """Also by channel, along a path that the partial freeze is part of."""
    found = ep.decompose(solved(tiny_world, 0.5))
    total = found.log_points.sum("channel").values
    exact = 100 * np.log(solved(tiny_world, 0.5).results().welfare.values)
    np.testing.assert_allclose(total, exact, atol=1e-6)
