"""The algebra of all ways: closed forms, brute force, identities, limits, monotonicity."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot.channels.routes as routes
from entrepot.channels.routes.ways import adjacency, shortest, spectral_radius
from entrepot.core.errors import InputError, ValueRangeError


def network(rows: list[tuple[str, str, str]], **columns: object) -> routes.Network:
    places = sorted({p for _, a, b in rows for p in (a, b)})
    nodes = pd.DataFrame(
        {"name": places, "lon": np.arange(len(places)) * 1.0, "lat": np.zeros(len(places))}
    )
    links = pd.DataFrame(rows, columns=["name", "tail", "head"]).assign(**columns)
    return routes.Network.from_tables(nodes, links)


def random_network(seed: int, n: int = 6) -> tuple[routes.Network, np.ndarray]:
    rng = np.random.default_rng(seed)
    names = [f"p{k}" for k in range(n)]
    pairs = [(a, b) for a in names for b in names if a != b]
    ring = {(names[k], names[(k + 1) % n]) for k in range(n)}
    rows = [(f"{a}{b}", a, b) for a, b in pairs if (a, b) in ring or rng.random() < 0.4]
    net = network(rows, two_way=False)
    return net, rng.uniform(0.25, 1.0, len(net.links))


NU = 8.0


def test_one_link() -> None:
    net = network([("x", "a", "b")], two_way=False)
    ways = routes.all_ways(net, np.array([0.3]), NU)
    np.testing.assert_allclose(ways.tau[0, 1], np.exp(0.3))
    assert list(ways.no_way()) == [("b", "a")]
    np.testing.assert_allclose(ways.use("a", "b"), [1.0])
    np.testing.assert_array_equal(ways.use("b", "a"), [0.0])


def test_two_ways_side_by_side() -> None:
    net = network([("rail", "a", "b"), ("road", "a", "b")], two_way=False)
    t = np.array([1.2, 1.3])
    ways = routes.all_ways(net, np.log(t), NU)
    total = (t**-NU).sum()
    np.testing.assert_allclose(ways.tau[0, 1], total ** (-1 / NU))
    np.testing.assert_allclose(ways.use("a", "b"), t**-NU / total)


def test_to_and_fro_counts_twice() -> None:
    """On a two-way link all ways from a to b pass it 1 + 2m times: b_ab = a / (1 - a^2)."""
    net = network([("x", "a", "b")])
    a = 2.0**-NU
    ways = routes.all_ways(net, np.full(2, np.log(2.0)), NU)
    np.testing.assert_allclose(np.exp(ways.log_b[0, 1]), a / (1 - a * a))
    np.testing.assert_allclose(ways.use("a", "b"), [1 / (1 - a * a), a * a / (1 - a * a)])


def brute_force(net: routes.Network, cost: np.ndarray, nu: float, longest: int) -> np.ndarray:
    """Sum of products over every way of up to `longest` links, by walking them one by one."""
    n = len(net.nodes)
    out = np.eye(n)
    walks = [(i, i, 0.0) for i in range(n)]
    for _ in range(longest):
        walks = [
            (start, int(net.head[k]), c + cost[k])
            for start, at, c in walks
            for k in np.flatnonzero(net.tail == at)
        ]
        for start, at, c in walks:
            out[start, at] += np.exp(-nu * c)
    return out


def test_against_every_way_walked() -> None:
    net = network([("ab", "a", "b"), ("bc", "b", "c"), ("ac", "a", "c")])
    cost = np.array([0.5, 0.6, 0.7, 0.5, 1.1, 0.9])
    ways = routes.all_ways(net, cost, NU)
    np.testing.assert_allclose(np.exp(ways.log_b), brute_force(net, cost, NU, 12), rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_goods_are_conserved_at_every_place(seed: int) -> None:
    net, cost = random_network(seed)
    ways = routes.all_ways(net, cost, NU)
    use = ways.use("p0", "p3")
    out = np.bincount(net.tail, use, 6) - np.bincount(net.head, use, 6)
    np.testing.assert_allclose(out, [1, 0, 0, -1, 0, 0], atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_use_is_the_slope_of_the_expected_cost(seed: int) -> None:
    """The envelope: d ln tau_ij / d ln t_kl is the use of kl by ij."""
    net, cost = random_network(seed)
    use = routes.all_ways(net, cost, NU).use("p1", "p4")
    step, k = 1e-6, seed % len(cost)
    up, down = (
        routes.all_ways(net, cost + s * np.eye(len(cost))[k], NU).log_tau[1, 4]
        for s in (step, -step)
    )
    np.testing.assert_allclose((up - down) / (2 * step), use[k], rtol=1e-5, atol=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_published_form_of_use(seed: int) -> None:
    net, cost = random_network(seed)
    ways, tau = routes.all_ways(net, cost, NU), routes.all_ways(net, cost, NU).tau
    i, j = 0, 2
    form = (tau[i, j] / (tau[i, net.tail] * np.exp(cost) * tau[net.head, j])) ** NU
    np.testing.assert_allclose(ways.use("p0", "p2"), form, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_large_nu_is_the_shortest_way(seed: int) -> None:
    net, cost = random_network(seed)
    best = shortest(net, cost)
    ways = routes.all_ways(net, cost, 4000.0)
    np.testing.assert_allclose(ways.log_tau, best, atol=5e-3)
    assert (ways.log_tau <= best + 1e-12).all(), "more ways never cost more than the cheapest"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_closing_never_makes_anything_cheaper(seed: int) -> None:
    net, cost = random_network(seed)
    k = seed % len(cost)
    before = routes.all_ways(net, cost, NU).log_tau
    closed = net.but(open=np.arange(len(cost)) != k)
    assert (routes.all_ways(closed, cost, NU).log_tau >= before - 1e-12).all()
    dearer = cost + 0.2 * (np.arange(len(cost)) == k)
    assert (routes.all_ways(net, dearer, NU).log_tau >= before - 1e-12).all()


def test_closing_is_the_limit_of_a_dear_link() -> None:
    net, cost = random_network(3)
    cost[2] = 80.0
    dear = routes.all_ways(net, cost, NU).log_tau
    cost[2] = np.inf
    np.testing.assert_allclose(routes.all_ways(net, cost, NU).log_tau, dear, rtol=1e-12)


def test_scaled_columns_agree_with_the_inverse() -> None:
    """Costs that leave the range of numbers as t^-nu give what smaller ones give, scaled."""
    net, cost = random_network(11)
    far = routes.all_ways(net, cost * 100.0, 30.0)
    near = routes.all_ways(net, cost * 10.0, 300.0)
    assert far.log_b.min() < np.log(1e-300)
    np.testing.assert_allclose(far.log_tau, near.log_tau * 10.0, rtol=1e-10)


def test_radius_of_one_is_refused_with_a_nu_that_works() -> None:
    net = network([("ab", "a", "b"), ("bc", "b", "c"), ("ca", "c", "a")])
    cost = np.full(6, 0.1)
    with pytest.raises(ValueRangeError, match=r"spectral radius .* must be below 1.* Raise nu to"):
        routes.all_ways(net, cost, 5.0)
    assert spectral_radius(net, cost, 5.0) == pytest.approx(2 * np.exp(-0.5))
    assert spectral_radius(net, cost, 8.0) < 1
    routes.all_ways(net, cost, 8.0)


def test_a_free_circle_has_no_remedy_in_nu() -> None:
    net = network([("ab", "a", "b")])
    with pytest.raises(ValueRangeError, match="circle at no cost"):
        routes.all_ways(net, np.zeros(2), 5.0)


def test_radius_agrees_with_the_sign_of_the_inverse() -> None:
    for seed in range(40):
        net, cost = random_network(seed)
        for nu in (0.5, 1.5, 3.0):
            if spectral_radius(net, cost, nu) < 1:
                routes.all_ways(net, cost, nu)
            else:
                with pytest.raises(ValueRangeError, match="spectral radius"):
                    routes.all_ways(net, cost, nu)


@pytest.mark.parametrize("nu", [0.0, -1.0, np.nan, np.inf])
def test_impossible_nu(nu: float) -> None:
    net = network([("ab", "a", "b")])
    with pytest.raises(ValueRangeError, match="nu is"):
        routes.all_ways(net, np.ones(2), nu)


@pytest.mark.parametrize("bad", [-0.1, np.nan])
def test_impossible_cost(bad: float) -> None:
    net = network([("ab", "a", "b")])
    with pytest.raises(ValueRangeError, match="first ab with"):
        routes.all_ways(net, np.array([bad, 1.0]), 2.0)


def test_unknown_place() -> None:
    ways = routes.all_ways(network([("ab", "Baku", "Aktau")]), np.ones(2), NU)
    with pytest.raises(InputError, match="Did you mean 'Baku'"):
        ways.use("baku", "Aktau")


def test_links_side_by_side_add_up() -> None:
    net = network([("rail", "a", "b"), ("road", "a", "b")])
    np.testing.assert_allclose(adjacency(net, np.full(4, 0.2)), [[0, 0.4], [0.4, 0]])


def test_rate_of_a_link_is_freight_and_time_over_value() -> None:
    net = network([("ab", "a", "b")], usd=20.0, toll=5.0, days=3.0, border_days=1.0)
    np.testing.assert_allclose(routes.ad_valorem(net, value=1000.0, per_day=0.01), 0.065)
    with pytest.raises(ValueRangeError, match=r"value is 0.*\n.*per_day is -1"):
        routes.ad_valorem(net, value=0.0, per_day=-1.0)
