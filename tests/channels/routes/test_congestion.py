"""Crowded networks: closed forms, uniqueness, derivatives, limits, and what has no way left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from test_criticality import trade
from test_routes_ways import NU, network, random_network

import entrepot.channels.routes as routes
from entrepot.channels.routes.congestion import congested
from entrepot.channels.routes.congestion_delay import Bpr, Elastic, Queue
from entrepot.channels.routes.traffic import traffic, traffic_response
from entrepot.core.errors import NotSolvedError, ValueRangeError


def test_two_ways_share_by_the_closed_form() -> None:
    """Shares solve s / (1 - s) = (t1(s X) / t2((1 - s) X))^-nu, one equation."""
    net = network([("canal", "a", "b"), ("cape", "a", "b")], two_way=False,
                  capacity=[1.0, 4.0])  # fmt: skip
    cost, load = np.array([0.3, 0.5]), 3.0
    trips = np.array([[0.0, load], [0.0, 0.0]])
    delay = Queue(net.capacity, 0.7, 3.0)
    got = congested(net, cost, NU, trips, delay).raise_if_failed()

    def gap(s: float) -> float:
        t = np.exp(cost) * delay.time(load * np.array([s, 1 - s]))
        return float(np.log(s / (1 - s)) + NU * np.log(t[0] / t[1]))

    share = brentq(gap, 1e-9, 1 - 1e-9, xtol=1e-14)
    np.testing.assert_allclose(got.traffic, load * np.array([share, 1 - share]), rtol=1e-9)
    over = got.over()
    assert list(over["link"]) == ["canal"]
    assert over.loc[0, "load"] == pytest.approx(load * share)
    assert over.loc[0, "dearer"] == pytest.approx(delay.time(got.traffic)[0] - 1)
    assert got.lost.sum() == 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["queue", "bpr", "elastic"]))
def test_cost_and_traffic_agree(seed: int, kind: str) -> None:
    net, cost = random_network(seed)
    trips = trade(seed, len(net.nodes))
    capacity = np.random.default_rng(seed).uniform(0.5, 10.0, len(cost))
    capacity[::5] = np.inf
    delay: Bpr | Elastic | Queue = {
        "queue": Queue(capacity, 1.5, 6.0),
        "bpr": Bpr(np.ones(len(cost)), capacity),
        "elastic": Elastic(np.ones(len(cost)), capacity, 0.05),
    }[kind]
    got = congested(net, cost + 0.5, NU, trips, delay).raise_if_failed()
    np.testing.assert_allclose(
        got.ways.cost[net.open], (got.empty + np.log(got.factor))[net.open], atol=1e-9
    )
    assert got.imbalance < 1e-9
    np.testing.assert_allclose(got.traffic, traffic(got.ways, got.trips), rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_more_traffic_is_never_cheaper_in_sum(seed: int) -> None:
    """The sum of trade times cost rises with the volume, and falls with capacity."""
    net, cost = random_network(seed)
    trips = trade(seed, len(net.nodes)) + 0.1
    np.fill_diagonal(trips, 0.0)
    capacity = np.full(len(cost), 3.0)
    mean = [
        float((trips * congested(net, cost, NU, s * trips, Queue(c * capacity)).ways.log_tau).sum())
        for s, c in ((0.5, 1), (1, 1), (2, 1), (2, 2))
    ]
    assert mean[0] <= mean[1] <= mean[2]
    assert mean[3] == pytest.approx(mean[1], rel=1e-9)


def test_ample_capacity_is_the_algebra_of_all_ways() -> None:
    net, cost = random_network(7)
    trips = trade(7, len(net.nodes))
    got = congested(net, cost, NU, trips)
    np.testing.assert_array_equal(got.ways.log_b, routes.all_ways(net, cost, NU).log_b)
    assert got.over().empty
    assert got.passed
    huge = congested(net, cost, NU, trips, Queue(np.full(len(cost), 1e9)))
    np.testing.assert_allclose(huge.traffic, got.traffic, rtol=1e-9)


def test_response_of_traffic_is_its_derivative_and_symmetric() -> None:
    net, cost = random_network(2)
    trips = trade(2, len(net.nodes))
    np.fill_diagonal(trips, 0.0)
    ways = routes.all_ways(net, cost, NU)
    some = np.arange(0, len(cost), 2)
    response = traffic_response(ways, trips, traffic(ways, trips), some)
    step = 1e-6
    for column, link in enumerate(some):
        change = step * (np.arange(len(cost)) == link)
        up, down = (
            traffic(routes.all_ways(net, cost + s * change, NU), trips)[some] for s in (1, -1)
        )
        slope = (up - down) / (2 * step)
        np.testing.assert_allclose(response[:, column], slope, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(response, response.T, atol=1e-9)
    assert np.linalg.eigvalsh(response).max() <= 1e-9


def test_what_has_no_way_is_reported_not_solved() -> None:
    net = network([("x", "a", "b"), ("y", "c", "d")], capacity=1.0)
    trips = np.zeros((4, 4))
    trips[0, 1], trips[0, 3], trips[2, 3] = 2.0, 7.0, 0.5
    got = congested(net, np.full(4, 0.4), NU, trips).raise_if_failed()
    assert got.lost[0, 3] == got.lost.sum() == 7.0
    assert "1 over capacity" in repr(got)
    # a there-and-back way passes x twice, so a little more than 2 travels on it
    assert got.over().loc[0, "traffic"] == pytest.approx(2.0, rel=0.01)


def test_a_closed_link_carries_nothing() -> None:
    net = network([("x", "a", "b"), ("y", "a", "b")], capacity=1.0)
    shut = net.but(open=~net.select(["x"]))
    trips = np.array([[0.0, 2.0], [0.0, 0.0]])
    got = congested(shut, np.full(4, 0.4), NU, trips).raise_if_failed()
    assert not got.traffic[net.select(["x"])].any()
    np.testing.assert_array_equal(got.factor[net.select(["x"])], 1.0)


def test_cheaper_than_free_is_not_solved() -> None:
    """With a constant elasticity an almost empty link would cost less than nothing."""
    net = network([("x", "a", "b")], two_way=False)
    trips = np.array([[0.0, 1.0], [0.0, 0.0]])
    delay = Elastic(np.ones(1), np.array([1e6]), 0.5)
    got = congested(net, np.array([0.1]), NU, trips, delay)
    assert not got.passed
    with pytest.raises(NotSolvedError, match="do not agree"):
        got.raise_if_failed()


def test_a_steep_delay_on_overloaded_links_is_solved() -> None:
    """Steps that overshoot are held at the cost of the empty link."""
    net, cost = random_network(5)
    trips = 50.0 * trade(5, len(net.nodes))
    got = congested(net, cost, NU, trips, Queue(np.full(len(cost), 0.5), 3.0, 8.0))
    assert got.raise_if_failed().traffic.max() > 5.0
    assert (got.ways.cost >= got.empty - 1e-12).all()


def test_an_endless_cost_closes_a_link() -> None:
    net = network([("x", "a", "b"), ("y", "a", "b")], two_way=False, capacity=1.0)
    trips = np.array([[0.0, 2.0], [0.0, 0.0]])
    got = congested(net, np.array([np.inf, 0.4]), NU, trips).raise_if_failed()
    np.testing.assert_allclose(got.traffic, [0.0, 2.0])


def test_bad_input_is_refused() -> None:
    net = network([("x", "a", "b")])
    with pytest.raises(ValueRangeError, match="one capacity per link"):
        congested(net, np.full(2, 0.5), NU, np.zeros((2, 2)), Queue(np.ones(3)))
    with pytest.raises(ValueRangeError, match=r"sharpness is 0\.5"):
        Queue(np.ones(2), 1.0, 0.5)


def test_slope_of_the_queue_belongs_to_it() -> None:
    flow = np.array([0.0, 0.2, 0.9, 1.0, 1.4, 30.0])
    delay, step = Queue(np.ones(6), 0.8, 5.0), 1e-7
    rise = (delay.time(flow + step) - delay.time(np.maximum(flow - step, 0))) / (
        step + np.minimum(step, flow)
    )
    np.testing.assert_allclose(delay.slope(flow), rise, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(delay.time(flow)[[0, 3]], [1.0, 2 ** (0.8 / 5)])
    assert delay.time(flow)[-1] == pytest.approx(30**0.8, rel=1e-6)
