"""User equilibria: the paradox of Braess, published flows, and conditions on random networks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels.routes.congestion_certificate import certify, distances
from entrepot.channels.routes.congestion_delay import Bpr, Delay, Elastic
from entrepot.channels.routes.congestion_equilibrium import Equilibrium, user_equilibrium
from entrepot.channels.routes.congestion_graph import Roads, cheapest
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.data.tntp import read_tntp

Read = Callable[[str], tuple[Roads, Bpr, np.ndarray]]

# "Transportation Networks for Research", SiouxFalls_flow.tntp: best known flows, to 10 digits, in
# the order of the network file; its average excess cost is 3.9e-15.
SIOUX_FALLS = [
    4494.657646, 8119.079948, 4519.079948, 5967.336396, 8094.657646,
    14006.37102, 10022.31962, 14030.56092, 18006.37102, 5200.0,
    18030.56092, 8798.267714, 15780.78206, 5991.758698, 8806.498667,
    12492.92536, 12101.52912, 15794.01061, 12525.57861, 12040.91827,
    6882.664913, 8388.713063, 15796.741, 6836.705975, 21744.07608,
    21814.07609, 17726.62503, 23125.79729, 11047.09388, 8100.0,
    5300.0, 17604.22353, 8365.285654, 9776.119533, 9973.707416,
    8404.934624, 12287.60527, 12378.64204, 11121.35796, 9814.069063,
    9036.334134, 8400.43683, 23192.28336, 9079.820317, 19083.28976,
    18409.93503, 8406.714405, 11073.00932, 11695.00292, 15278.32524,
    8100.0, 11683.83828, 9953.021432, 15854.62146, 15333.40666,
    18976.79612, 19116.72428, 9941.856798, 8688.36704, 18992.48838,
    8710.636921, 6302.022874, 7000.0, 6239.985018, 8619.539698,
    10309.4108, 18386.47276, 7000.0, 8607.38793, 9661.824231,
    8394.900178, 9626.2102, 7902.983927, 11112.39473, 10259.52472,
    7861.833244,
]  # fmt: skip
# The same collection, Anaheim_flow.tntp: tail, head, flow, cost of links whose flow is split.
ANAHEIM = [
    (9, 379, 1187.0329436508764, 1.0003502412611545),
    (9, 395, 1050.4670563491454, 1.0002148057823903),
    (52, 401, 2771.5587485227734, 1.010409085472723),
    (53, 406, 1892.6874961027133, 1.0823689396893252),
    (61, 136, 3020.3022480553773, 0.33396749700765166),
    (73, 141, 5436.4999999999927, 0.34958573618522315),
    (93, 195, 684.24481274330174, 0.33333741136483036),
    (120, 400, 3562.0312664272133, 1.6501703080343431),
    (132, 314, 1008.2777030859652, 0.50738400354376889),
    (147, 146, 3221.2490257771933, 0.76790833187562524),
    (168, 409, 2133.5874961027585, 0.64805158902579008),
    (193, 271, 2664.1999999999971, 0.85994698390282964),
]


@pytest.fixture
def tntp(goldens: Path) -> Read:
    def read(stem: str) -> tuple[Roads, Bpr, np.ndarray]:
        found = sorted((goldens / "transport_networks").glob(f"*/{stem}_*s.tntp"))
        (trips,) = found
        net = trips.with_name(f"{stem}_net.tntp")
        t = read_tntp(net, trips)
        return (
            Roads(t.nodes, t.tail, t.head, t.no_through),
            Bpr(t.free, t.capacity, t.b, t.power),
            t.trips,
        )

    return read


def braess(middle: bool) -> Equilibrium:
    """Braess (1968): two ways of a steep and a flat road, and a road that joins their middles."""
    tail, head = np.array([0, 0, 2, 3, 2]), np.array([2, 3, 1, 1, 3])
    steep = np.array([1.0, 0.0, 0.0, 1.0, 0.0])
    free = np.array([1e-8, 50.0, 50.0, 1e-8, 10.0])
    b = np.where(steep > 0, 10.0, 1.0) / free
    keep = slice(None) if middle else slice(4)
    demand = np.array([[0.0, 6.0], [0.0, 0.0]])
    links = Roads(4, tail[keep], head[keep])
    return user_equilibrium(links, Bpr(free[keep], np.ones(5)[keep], b[keep], 1.0), demand)


def test_a_new_road_slows_everybody() -> None:
    without, paradox = braess(middle=False), braess(middle=True)
    assert without.cost[0, 1] == pytest.approx(83.0, abs=1e-7)
    assert paradox.cost[0, 1] == pytest.approx(92.0, abs=1e-7)
    np.testing.assert_allclose(without.flow, [3, 3, 3, 3], atol=1e-9)
    np.testing.assert_allclose(paradox.flow, [4, 2, 2, 4, 2], atol=1e-9)
    assert without.raise_if_failed().certificate.passed
    assert paradox.raise_if_failed().certificate.passed


def test_braess_from_the_file(tntp: Read) -> None:
    links, delay, trips = tntp("Braess")
    e = user_equilibrium(links, delay, trips)
    assert e.cost[0, 1] == pytest.approx(92.0, abs=1e-7)
    middle = (links.tail == 2) & (links.head == 3)
    kept = ~middle
    closed = user_equilibrium(
        Roads(links.nodes, links.tail[kept], links.head[kept]),
        Bpr(delay.free[kept], delay.capacity[kept], np.asarray(delay.b)[kept], 1.0),
        trips,
    )
    assert closed.cost[0, 1] == pytest.approx(83.0, abs=1e-7)


def test_sioux_falls(tntp: Read) -> None:
    """Objective of the collection's README: 42.31335287107440, in units of 100,000."""
    e = user_equilibrium(*tntp("SiouxFalls"), tolerance=1e-13).raise_if_failed()
    assert e.objective / 1e5 == pytest.approx(42.31335287107440, rel=1e-14)
    np.testing.assert_allclose(e.flow, SIOUX_FALLS, rtol=1e-8)


def test_anaheim(tntp: Read) -> None:
    links, delay, trips = tntp("Anaheim")
    e = user_equilibrium(links, delay, trips, tolerance=1e-13).raise_if_failed()
    for tail, head, flow, cost in ANAHEIM:
        (at,) = np.flatnonzero((links.tail == tail - 1) & (links.head == head - 1))
        assert e.flow[at] == pytest.approx(flow, rel=1e-6)
        assert e.time[at] == pytest.approx(cost, rel=1e-9)
    assert e.objective == pytest.approx(1286032.1710960236, rel=1e-13)  # own, at a gap of 1e-15
    inside = e.by_origin[:, links.no_through[links.tail]]
    own = links.tail[links.no_through[links.tail]] == np.arange(len(trips))[:, None]
    assert not inside[~own].any(), "trips pass zones that are closed to through traffic"


def system(seed: int) -> tuple[Roads, Bpr, np.ndarray]:
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(3, 9))
    zones = int(rng.integers(2, nodes + 1))
    extra = rng.integers(0, nodes, (3 * nodes, 2))
    ends = [(k, (k + 1) % nodes) for k in range(nodes)] + [(a, b) for a, b in extra if a != b]
    tail, head = np.array(ends).T
    demand = rng.uniform(0.1, 10.0, (zones, zones))
    delay = Bpr(rng.uniform(0.0, 5.0, len(tail)), 10 ** rng.uniform(0.0, 2.0, len(tail)),
                rng.uniform(0.0, 1.0), rng.choice([1.0, 2.5, 4.0]))  # fmt: skip
    return Roads(nodes, tail, head), delay, demand


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_nobody_has_a_quicker_way(seed: int) -> None:
    links, delay, demand = system(seed)
    e = user_equilibrium(links, delay, demand).raise_if_failed()
    assert e.certificate.gap <= 1e-10
    np.fill_diagonal(demand, 0.0)
    np.testing.assert_allclose((demand * e.cost).sum(), e.total_time, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_names_of_nodes_and_units_change_nothing(seed: int) -> None:
    links, delay, demand = system(seed)
    zones, m = len(demand), len(links)
    e = user_equilibrium(links, delay, demand)
    order = np.r_[np.random.default_rng(seed).permutation(zones), np.arange(zones, links.nodes)]
    name = np.argsort(order)
    shuffled = np.random.default_rng(seed + 1).permutation(m)
    scaled = Bpr(60 * delay.free[shuffled], 7 * delay.capacity[shuffled],
                 np.asarray(delay.b)[shuffled], np.asarray(delay.power)[shuffled])  # fmt: skip
    other = user_equilibrium(
        Roads(links.nodes, name[links.tail[shuffled]], name[links.head[shuffled]]),
        scaled, 7 * demand[np.ix_(order[:zones], order[:zones])],
    )  # fmt: skip
    np.testing.assert_allclose(other.cost[np.ix_(name[:zones], name[:zones])], 60 * e.cost,
                               rtol=1e-5, atol=1e-6)  # fmt: skip
    assert other.objective == pytest.approx(420 * e.objective, rel=1e-8)


def test_costs_without_congestion_are_those_of_the_cheapest_ways() -> None:
    links, delay, demand = system(3)
    free = Bpr(delay.free, np.full(len(links), np.inf))
    e = user_equilibrium(links, free, demand)
    assert e.rounds == 2
    zones = np.arange(len(demand))
    np.testing.assert_allclose(e.cost, distances(links, delay.free, zones)[:, : len(demand)])


def test_an_own_delay_will_do() -> None:
    """Two parallel roads with a queue: t = 1 + x and t = 2 + x^2 / 3 share 3 trips."""

    class Queue:
        def time(self, flow: np.ndarray) -> np.ndarray:
            return np.array([1.0 + flow[0], 2.0 + flow[1] ** 2 / 3])

        def slope(self, flow: np.ndarray) -> np.ndarray:
            return np.array([1.0, 2 * flow[1] / 3])

        def area(self, flow: np.ndarray) -> np.ndarray:
            return np.array([flow[0] + flow[0] ** 2 / 2, 2 * flow[1] + flow[1] ** 3 / 9])

    links = Roads(2, np.array([0, 0]), np.array([1, 1]))
    e = user_equilibrium(links, Queue(), np.array([[5.0, 3.0], [0.0, 0.0]]))
    second = (-1 + np.sqrt(1 + 4 / 3 * 2)) * 3 / 2  # 2 + y^2 / 3 = 4 - y
    np.testing.assert_allclose(e.flow, [3 - second, second], rtol=1e-10)
    assert e.cost[0, 0] == 0.0


@pytest.mark.parametrize("kind", ["bpr", "elastic"])
def test_slope_and_area_belong_to_the_cost(kind: str) -> None:
    rng = np.random.default_rng(1)
    free, capacity, flow = rng.uniform(0.5, 2.0, (3, 6))
    delay: Delay = (
        Bpr(free, capacity, 0.3, np.array([0.5, 1, 2, 4, 1.5, 3]))
        if kind == "bpr"
        else Elastic(free, capacity, np.array([0, 0.1, 0.5, 1, 2, 3]))
    )
    step = 1e-6
    rise = (delay.time(flow + step) - delay.time(flow - step)) / (2 * step)
    np.testing.assert_allclose(delay.slope(flow), rise, rtol=1e-7, atol=1e-9)
    grown = (delay.area(flow + step) - delay.area(flow - step)) / (2 * step)
    np.testing.assert_allclose(delay.time(flow), grown, rtol=1e-7)
    np.testing.assert_allclose(delay.area(np.zeros(6)), 0.0, atol=1e-25)


def test_two_ways_to_find_cheapest_ways_agree() -> None:
    for seed in range(20):
        links, delay, _ = system(seed)
        closed = np.arange(links.nodes) < 2
        links = Roads(links.nodes, links.tail, links.head, closed)
        origins = np.arange(links.nodes)
        mine = distances(links, delay.free, origins)[:, : links.nodes]
        other = cheapest(links, delay.free, origins).distance
        apart = ~np.eye(links.nodes, dtype=bool)
        np.testing.assert_allclose(mine[apart], other[apart])


def test_the_certificate_sees_what_is_wrong() -> None:
    links, delay, demand = system(5)
    e = user_equilibrium(links, delay, demand)
    np.fill_diagonal(demand, 0.0)
    lost = np.array(e.by_origin)
    lost[0, np.argmax(lost[0])] *= 0.999
    assert certify(links, delay, demand, lost, 1e-10).conservation > 1e-5
    negative = np.array(e.by_origin)
    negative[0, 0] = -1.0
    assert not certify(links, delay, demand, negative, 1e-10).passed
    rash = user_equilibrium(links, delay, demand, max_rounds=1)
    assert rash.certificate.gap > 1e-4
    assert rash.certificate.excess > 1e-4
    assert rash.certificate.conservation < 1e-12
    with pytest.raises(NotSolvedError, match="Raise max_rounds"):
        rash.raise_if_failed()


def test_bad_input_is_refused_by_name() -> None:
    links = Roads(3, np.array([0, 1]), np.array([1, 0]))
    delay = Bpr(np.ones(2), np.ones(2))
    demand = np.zeros((3, 3))
    with pytest.raises(ValueRangeError, match="no zone sends anything"):
        user_equilibrium(links, delay, demand)
    demand[0, 2] = 1.0
    with pytest.raises(ValueRangeError, match="no way leads from zone 0 to 2"):
        user_equilibrium(links, delay, demand)
    demand[0, 2] = -1.0
    with pytest.raises(ValueRangeError, match="-1 from zone 0 to zone 2"):
        user_equilibrium(links, delay, demand)
    with pytest.raises(ValueRangeError, match=r"square matrix of at most 3 zones") as found:
        user_equilibrium(links, Bpr(np.ones(3), 1.0), np.ones((4, 4)))
    assert len(found.value.problems) == 2
    with pytest.raises(ValueRangeError, match="capacity is 0 at link 1"):
        Bpr(np.ones(2), np.array([1.0, 0.0]))
    with pytest.raises(ValueRangeError, match="do not have one entry per link"):
        Bpr(np.ones(2), np.ones(3))
    with pytest.raises(ValueRangeError, match="there are nodes 0 to 1"):
        Roads(2, np.array([0]), np.array([2]))
    with pytest.raises(ValueRangeError, match="to itself"):
        Roads(2, np.array([1]), np.array([1]))
    with pytest.raises(ValueRangeError, match="whole numbers"):
        Roads(2, np.array([0.5]), np.array([1.0]))
    with pytest.raises(ValueRangeError, match="one bool per node"):
        Roads(2, np.array([0]), np.array([1]), np.zeros(3, dtype=bool))
