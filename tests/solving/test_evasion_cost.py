"""Ways round a ban: a banned variety that costs m times as much weighs m^-theta."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep

WORLD = worlds.world(3, zeros=0.0, missing=False)
THETA = [2.0, 4.0, 6.0, 3.0]
ECONOMIES = {"long run": ep.Economy.long_run(THETA), "short run": ep.Economy.short_run(THETA)}


def embargo(access: float) -> np.ndarray:
    """Access of everybody to what AAA sells."""
    out = np.ones(WORLD.trade_share.shape)
    out[0, 1:] = access
    return out


def cost(m: float) -> np.ndarray:
    return np.full(WORLD.trade_share.shape, m)


def welfare(economy: ep.Economy, **fields: object) -> np.ndarray:
    solution = ep.solve(WORLD, economy, ep.Shock(**fields))
    solution.raise_if_failed()
    return np.asarray(solution.results().welfare.values)


@pytest.mark.parametrize("economy", ECONOMIES.values(), ids=ECONOMIES)
@pytest.mark.parametrize("access", [0.0, 0.3])
def test_it_is_access_at_the_weight_of_its_cost(economy: ep.Economy, access: float) -> None:
    theta = economy.elasticities_for(WORLD).theta
    plain = embargo(access)
    same = plain + (1 - plain) * 1.7**-theta
    evaded = welfare(economy, access=plain, evasion_cost=cost(1.7))
    np.testing.assert_allclose(evaded, welfare(economy, access=same), rtol=1e-9)


def test_a_way_at_no_cost_undoes_a_ban_and_no_way_leaves_it() -> None:
    economy, ban = ECONOMIES["long run"], embargo(0.0) == 0
    np.testing.assert_allclose(welfare(economy, ban=ban, evasion_cost=cost(1.0)), 1, atol=1e-9)
    alone = welfare(economy, ban=ban)
    np.testing.assert_array_equal(welfare(economy, ban=ban, evasion_cost=cost(np.inf)), alone)
    assert abs(alone[0] - 1) > 1e-3


def test_the_dearer_the_way_the_less_the_target_keeps() -> None:
    economy = ECONOMIES["long run"]
    lost = [welfare(economy, access=embargo(0.0), evasion_cost=cost(m))[0] for m in (1, 1.3, 2, 9)]
    assert (np.diff(lost) < 0).all()


@pytest.mark.parametrize("economy", ECONOMIES.values(), ids=ECONOMIES)
def test_the_derivative_by_theta_follows_the_ways(economy: ep.Economy) -> None:
    shock = ep.Shock(access=embargo(0.2), evasion_cost=cost(1.5))
    tight = ep.SolveOptions(tolerance=1e-13)
    base = ep.solve(WORLD, economy, shock, options=tight)
    slope = base.gradient("welfare:AAA", wrt="theta")["theta"].values
    ratio, step = economy.theta_ratio or 1.0, 1e-4
    for s in range(4):
        ends = []
        for sign in (1, -1):
            theta = np.array(THETA)
            theta[s] += sign * step / ratio
            moved = ep.solve(WORLD, replaced(economy, theta), shock, options=tight)
            ends.append(float(moved.results().welfare.values[0]))
        assert slope[s] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-9)


def replaced(economy: ep.Economy, theta: np.ndarray) -> ep.Economy:
    """The same economy with other trade elasticities."""
    return ep.Economy.short_run(theta) if economy.theta_ratio != 1 else ep.Economy.long_run(theta)


def test_the_decomposition_adds_up_with_ways_round() -> None:
    shock = ep.Shock(access=embargo(0.0), evasion_cost=cost(1.5))
    solution = ep.solve(WORLD, ECONOMIES["long run"], shock)
    split = solution.results().decomposition()
    total = 100 * np.log(solution.results().welfare.values)
    np.testing.assert_allclose(split["log_points"].sum("channel").values, total, atol=1e-9)


def test_a_way_cheaper_than_the_ban_is_refused() -> None:
    with pytest.raises(ep.ValueRangeError, match="evasion_cost"):
        ep.Shock(evasion_cost=cost(0.9)).bind(WORLD)
