"""Ways round a ban: closed forms, limits, conservation, and what cannot be used."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels.reexports import (
    Ways,
    baseline_ways,
    evasion_cost,
    hub_shares,
    reexported_share,
    use_of_legs,
    weight_through_hubs,
)
from entrepot.core.errors import ValueRangeError

NU = 8.0


def one_hub(share: float) -> Ways:
    """One cell and one hub with a baseline share."""
    return Ways(np.array([1 - share]), np.array([[share]]), np.array([[1.0]]))


def random_ways(seed: int, *, cells: int = 6, hubs: int = 4, several: bool = False) -> Ways:
    rng = np.random.default_rng(seed)
    first, last = rng.uniform(size=(2, cells, hubs)) * (rng.uniform(size=(2, cells, hubs)) > 0.2)
    between = None
    if several:
        between = rng.uniform(0, 0.9 / hubs, (cells, hubs, hubs))
        between[:, np.arange(hubs), np.arange(hubs)] = 0.0
    return Ways(rng.uniform(0.5, 3, cells), first, last, between)


def test_one_hub_has_a_closed_form() -> None:
    ways = one_hub(0.02)
    cost = evasion_cost(ways, ways, NU, np.array([1.4]))
    assert cost == pytest.approx([1.4 * 0.02 ** (-1 / NU)], rel=1e-14)


def test_two_hubs_are_the_power_mean_of_their_ways() -> None:
    ways = Ways(np.array([0.9]), np.array([[0.07, 0.03]]), np.ones((1, 2)))
    cost = evasion_cost(ways, ways, NU, np.array([1.3, 1.1]))
    assert cost == pytest.approx([(0.07 * 1.3**-NU + 0.03 * 1.1**-NU) ** (-1 / NU)], rel=1e-14)


def test_goods_that_all_went_through_the_hub_pay_only_its_mark_up() -> None:
    ways = Ways(np.zeros(1), np.ones((1, 1)), np.ones((1, 1)))
    assert evasion_cost(ways, ways, NU, np.array([1.25])) == pytest.approx([1.25], rel=1e-15)


def test_no_hub_and_an_infinite_mark_up_are_the_ban() -> None:
    ways = random_ways(1)
    shut = ways.narrowed(np.zeros_like(ways.first), ways.last)
    assert np.isinf(evasion_cost(ways, shut, NU)).all()
    assert np.isinf(evasion_cost(ways, ways, NU, np.full(4, np.inf))).all()
    none = Ways(ways.direct, np.zeros((6, 0)), np.zeros((6, 0)))
    assert np.isinf(evasion_cost(none, none, NU)).all()
    costs = [evasion_cost(ways, ways, NU, np.full(4, m)) for m in (1.0, 10.0, 1e6)]
    assert all((a < b).all() for a, b in pairwise(costs))
    assert costs[-1] == pytest.approx(1e6 * costs[0], rel=1e-12)


def test_ways_through_several_hubs_are_the_sum_of_all_paths() -> None:
    ways = random_ways(5, several=True)
    passage = np.random.default_rng(2).uniform(1, 2, (6, 4))
    passed = passage**-NU
    assert ways.between is not None
    onward = ways.between * passed[:, None, :]
    at, total = ways.first * passed, np.zeros(6)
    for _ in range(400):
        total += (at * ways.last).sum(axis=1)
        at = np.einsum("ch,chl->cl", at, onward)
    assert weight_through_hubs(ways, NU, passage) == pytest.approx(total, rel=1e-13)


def test_a_chain_of_two_hubs_pays_both_mark_ups() -> None:
    between = np.zeros((1, 2, 2))
    between[0, 0, 1] = 0.1
    ways = Ways(np.array([0.9]), np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), between)
    cost = evasion_cost(ways, ways, NU, np.array([1.3, 1.2]))
    assert cost == pytest.approx([1.3 * 1.2 * 0.1 ** (-1 / NU)], rel=1e-13)
    use = use_of_legs(ways, NU, np.array([1.3, 1.2]))
    assert use.through == pytest.approx(np.ones((1, 2)))
    assert use.between is not None
    assert use.between[0] == pytest.approx(np.array([[0.0, 1.0], [0.0, 0.0]]))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), several=st.booleans())
def test_what_enters_a_hub_leaves_it(seed: int, several: bool) -> None:
    ways = random_ways(seed, several=several)
    passage = np.random.default_rng(seed + 1).uniform(1, 3, (6, 4))
    use = use_of_legs(ways, NU, passage)
    between = np.zeros((6, 4, 4)) if use.between is None else use.between
    assert use.first + between.sum(axis=1) == pytest.approx(use.through, abs=1e-14)
    assert use.last + between.sum(axis=2) == pytest.approx(use.through, abs=1e-14)
    some = weight_through_hubs(ways, NU, passage) > 0
    assert use.first.sum(axis=1) == pytest.approx(some.astype(float), abs=1e-13)
    assert use.last.sum(axis=1) == pytest.approx(some.astype(float), abs=1e-13)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), several=st.booleans())
def test_what_passes_a_hub_is_the_elasticity_of_the_cost(seed: int, several: bool) -> None:
    """Allen and Arkolakis (2022): traffic is the derivative of the expected cost."""
    ways = random_ways(seed, several=several)
    passage = np.random.default_rng(seed + 1).uniform(1.1, 2, 4)
    step = 1e-6
    for h in range(4):
        up, down = passage.copy(), passage.copy()
        up[h], down[h] = passage[h] * np.exp(step), passage[h] * np.exp(-step)
        high, low = evasion_cost(ways, ways, NU, up), evasion_cost(ways, ways, NU, down)
        found = np.isfinite(high)
        slope = (np.log(high[found]) - np.log(low[found])) / (2 * step)
        assert slope == pytest.approx(use_of_legs(ways, NU, passage).through[found, h], abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), nu=st.floats(1.5, 60))
def test_evading_never_costs_less_than_before_and_more_hubs_never_cost_more(
    seed: int, nu: float
) -> None:
    ways = random_ways(seed)
    fewer = ways.narrowed(np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4))
    passage = np.random.default_rng(seed + 1).uniform(1, 3, 4)
    all_, some = (evasion_cost(ways, now, nu, passage) for now in (ways, fewer))
    assert (all_ >= 1 - 1e-12).all()
    assert (all_ <= some * (1 + 1e-12)).all()


def test_baseline_shares_are_the_proportions_of_reexports() -> None:
    trade = np.random.default_rng(3).uniform(1, 9, (4, 4, 2))
    cells, hubs = np.array([[0, 1, 0], [0, 1, 1]]), np.array([2, 3])
    rho = np.full((4, 2), 0.2)
    shares = hub_shares(baseline_ways(trade, cells, hubs, rho), NU)
    imports = trade.sum(axis=0) - trade[np.arange(4), np.arange(4)]
    for c in range(2):
        way = [trade[0, h, c] / imports[h, c] * 0.2 * trade[h, 1, c] for h in hubs]
        assert shares[c] == pytest.approx(np.array(way) / (trade[0, 1, c] + sum(way)), rel=1e-13)


def test_two_hubs_in_a_row_are_part_of_the_second_ones_imports() -> None:
    trade = np.random.default_rng(3).uniform(1, 9, (4, 4, 1))
    cells, hubs = np.array([[0, 1, 0]]), np.array([2, 3])
    ways = baseline_ways(trade, cells, hubs, np.full((4, 1), 0.2), several=True)
    imports = trade.sum(axis=0) - trade[np.arange(4), np.arange(4)]
    assert ways.between is not None
    assert ways.between[0, 0, 1] == pytest.approx(0.2 * trade[2, 3, 0] / imports[3, 0])
    assert ways.between[0, 0, 0] == 0.0


def test_an_end_of_the_way_is_no_hub() -> None:
    trade = np.random.default_rng(3).uniform(1, 9, (4, 4, 1))
    ways = baseline_ways(trade, np.array([[0, 1, 0]]), np.arange(4), np.full((4, 1), 0.2))
    assert (ways.first[0, :2] == 0).all()
    assert (ways.last[0, :2] == 0).all()


def test_reexports_that_were_netted_count_on_top_of_the_usual_share() -> None:
    trade = np.ones((3, 3, 1))
    share = reexported_share(trade, 0.1, np.array([[0.0], [1.0], [9.0]]))
    assert share[:, 0] == pytest.approx([0.1, 0.6, 1.0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first": np.full((1, 1), -0.1)}, "first has a weight that is negative"),
        ({"last": np.full((1, 1), np.nan)}, "last has a weight"),
        ({"last": np.ones((2, 1))}, r"last has the shape \(2, 1\)"),
        ({"between": np.ones((1, 2, 2))}, r"between has the shape"),
    ],
)
def test_bad_weights_are_named(change: dict[str, np.ndarray], words: str) -> None:
    given = {"direct": np.ones(1), "first": np.ones((1, 1)), "last": np.ones((1, 1))}
    with pytest.raises(ValueRangeError, match=words):
        Ways(**{**given, **change})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueRangeError, match="2 problems") as caught:
        Ways(np.array([-1.0]), np.array([[np.inf]]), np.ones((1, 1)))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("nu", [0.0, -1.0, np.inf, np.nan])
def test_an_elasticity_is_a_number_above_zero(nu: float) -> None:
    with pytest.raises(ValueRangeError, match="elasticity between ways"):
        weight_through_hubs(one_hub(0.1), nu)


def test_a_negative_mark_up_and_endless_circles_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="mark-up is not negative"):
        weight_through_hubs(one_hub(0.1), NU, np.array([0.9]))
    between = np.array([[[0.0, 1.0], [1.0, 0.0]]])
    circle = Ways(np.ones(1), np.ones((1, 2)), np.ones((1, 2)), between)
    with pytest.raises(ValueRangeError, match="circles"):
        weight_through_hubs(circle, NU)


def test_a_share_of_reexports_is_a_share() -> None:
    with pytest.raises(ValueRangeError, match="between 0 and 1"):
        reexported_share(np.ones((2, 2, 1)), 1.5)
