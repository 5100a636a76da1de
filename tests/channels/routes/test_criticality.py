"""Updates of low rank equal solving afresh; first-order costs equal derivatives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_routes_ways import NU, network, random_network

import entrepot.channels.routes as routes
from entrepot.channels.routes.criticality import COLUMNS, close, criticality
from entrepot.channels.routes.traffic import traffic, traffic_by_chain
from entrepot.core.errors import InputError, ValueRangeError


def trade(seed: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.0, 5.0, (n, n)) * (rng.random((n, n)) < 0.7)


def afresh(net: routes.Network, cost: np.ndarray, shut: np.ndarray) -> routes.Ways:
    return routes.all_ways(net, np.where(shut, np.inf, cost), NU)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_the_update_equals_solving_afresh(seed: int, many: int) -> None:
    net, cost = random_network(seed)
    ways = routes.all_ways(net, cost, NU)
    shut = np.zeros(len(net.links), dtype=bool)
    shut[np.random.default_rng(seed).choice(len(shut), many, replace=False)] = True
    done, after = close(ways, shut), afresh(net, cost, shut)
    np.testing.assert_array_equal(np.isinf(done.rise), np.isinf(after.log_tau))
    kept = np.isfinite(done.rise)
    np.testing.assert_allclose(done.rise[kept], (after.log_tau - ways.log_tau)[kept], atol=1e-8)
    assert done.rise.min() >= -1e-12


def test_updates_are_in_use() -> None:
    """Most closures of a well-knit network need no new inverse."""
    net, cost = random_network(4, n=9)
    ways = routes.all_ways(net, cost * 0.5 + 0.3, NU)
    done = [close(ways, np.arange(len(net.links)) == k) for k in range(len(net.links))]
    assert sum(not d.recomputed for d in done) > len(done) / 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_first_order_cost_is_the_derivative(seed: int) -> None:
    net, cost = random_network(seed)
    trips = trade(seed, len(net.nodes))
    ways, step = routes.all_ways(net, cost, NU), 1e-5
    table = criticality(ways, trips).set_index("link")
    np.fill_diagonal(trips, 0.0)
    for link in net.links[:4]:
        moved = step * net.select([link])
        total = [
            (
                trips * np.where(trips > 0, routes.all_ways(net, cost + s * moved, NU).log_tau, 0)
            ).sum()
            for s in (1, -1)
        ]
        slope = (total[0] - total[1]) / (2 * step) / trips.sum()
        assert table.loc[link, "share"] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_a_bridge_cuts_trade_off() -> None:
    net = network([("bridge", "a", "b"), ("rail", "b", "c"), ("road", "b", "c")])
    ways = routes.all_ways(net, np.full(6, 0.4), NU)
    trips = np.zeros((3, 3))
    trips[0, 2], trips[1, 2] = 3.0, 5.0
    table = criticality(ways, trips)
    assert tuple(table.columns) == COLUMNS
    assert list(table["link"]) == ["bridge", "rail", "road"]
    bridge, rail, _ = (row for _, row in table.iterrows())
    assert (bridge["cut"], bridge["pairs_cut"]) == (3.0, 1)
    assert rail["cut"] == 0.0
    # without the bridge, b and c are joined as before but for ways over a and back
    a = np.exp(-NU * 0.4)
    assert bridge["rise"] == pytest.approx(5.0 * -np.log(1 - a**2 / (1 - 4 * a**2)) / NU, rel=0.02)
    both = np.log(2.0) / NU * 8.0  # half of the ways between b and c are gone
    assert rail["rise"] == pytest.approx(both, rel=0.02)
    assert rail["percent"] == pytest.approx(100 * np.expm1(rail["rise"] / 8.0))


def test_a_way_that_is_left_but_bad_is_not_cut_off() -> None:
    """The way round keeps exp(-40 nu) of the weight: far below rounding, but it is a way."""
    net = network([("short", "a", "b"), ("far", "a", "c"), ("farther", "c", "b")])
    ways = routes.all_ways(net, np.repeat([0.5, 20.0, 20.5], 2), NU)
    trips = np.zeros((3, 3))
    trips[0, 1] = 1.0
    table = criticality(ways, trips, ["short"])
    assert table.loc[0, "cut"] == 0.0
    to_and_fro = -np.log(1 - np.exp(-NU)) / NU  # b_ab = a / (1 - a^2) with the short link
    assert table.loc[0, "rise"] == pytest.approx(40.0 + to_and_fro, rel=1e-12)


def test_groups_and_what_is_closed_already() -> None:
    net = network(
        [("one", "a", "b"), ("two", "b", "c"), ("round", "a", "c")],
        corridors=["line", "line", ""],
    )
    cost = np.full(6, 0.5)
    ways = routes.all_ways(net, cost, NU)
    trips = trade(1, 3) + 0.1
    table = criticality(ways, trips, ["line", "round"]).set_index("link")
    np.fill_diagonal(trips, 0.0)
    assert table.loc["line", "pairs_cut"] == 4
    none = criticality(ways, trips, {"nothing": np.zeros(6, dtype=bool)})
    assert none.loc[0, "rise"] == none.loc[0, "traffic"] == 0.0
    shut = net.but(open=~net.select(["round"]))
    again = criticality(routes.all_ways(shut, cost, NU), trips, ["round"])
    assert again.loc[0, "rise"] == again.loc[0, "traffic"] == 0.0
    with pytest.raises(InputError, match="Did you mean 'line'"):
        criticality(ways, trips, ["lin"])


def test_traffic_is_the_sum_of_use_over_pairs() -> None:
    net, cost = random_network(11)
    ways = routes.all_ways(net, cost, NU)
    trips = trade(3, len(net.nodes))
    np.fill_diagonal(trips, 0.0)
    told = sum(
        trips[i, j] * ways.use(a, b)
        for i, a in enumerate(net.nodes)
        for j, b in enumerate(net.nodes)
    )
    np.testing.assert_allclose(traffic(ways, trips), told, rtol=1e-12)
    np.testing.assert_allclose(traffic_by_chain(ways, trips), told, rtol=1e-10)


def test_traffic_of_very_dear_ways() -> None:
    """ln b of -800 is beyond float64, so that b and 1 / b are 0 and infinite."""
    net = network([("x", "a", "b"), ("y", "b", "c")], two_way=False)
    ways = routes.all_ways(net, np.array([60.0, 40.0]), NU)
    trips = np.zeros((3, 3))
    trips[0, 2], trips[0, 1] = 2.0, 1.0
    np.testing.assert_allclose(traffic(ways, trips), [3.0, 2.0])
    np.testing.assert_allclose(traffic_by_chain(ways, trips), [3.0, 2.0])
    table = criticality(ways, trips)
    assert list(table["cut"]) == [3.0, 2.0]


def test_bad_trips_are_refused_by_name() -> None:
    net = network([("x", "a", "b")])
    ways = routes.all_ways(net, np.full(2, 0.5), NU)
    with pytest.raises(ValueRangeError, match="the network has 2 places"):
        criticality(ways, np.ones((3, 3)))
    with pytest.raises(ValueRangeError, match="trips from a to b are -1"):
        criticality(ways, np.array([[0.0, -1.0], [0.0, 0.0]]))
    with pytest.raises(ValueRangeError, match="nothing that has a way"):
        criticality(ways, np.eye(2))
    assert isinstance(criticality(ways, np.ones((2, 2))), pd.DataFrame)
