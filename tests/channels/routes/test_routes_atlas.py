"""The bundled network: what it holds, how it hangs together, and that its numbers have sources."""

from __future__ import annotations

from datetime import date
from math import isfinite

import numpy as np
import pandas as pd
import pytest
import searoute
import yaml
from searoute.searoute import setup_M

from entrepot.channels.routes import atlas, build, link_sources, rates
from entrepot.channels.routes.atlas import CARGOES, is_open
from entrepot.channels.routes.places import data_text, load_places
from entrepot.channels.routes.settle import settle
from entrepot.channels.routes.transport import (
    Links,
    Setting,
    flow,
    flow_before,
    link_rates,
    network_open,
    typical_rate,
)
from entrepot.channels.routes.ways import shortest, spectral_radius
from entrepot.world.bundle import load_world

DAY = date(2017, 7, 1)
LAND = yaml.safe_load(data_text("land.yaml"))


def test_all_cargoes_share_places_and_links() -> None:
    nets = [atlas(DAY, cargo) for cargo in CARGOES]
    for net in nets[1:]:
        assert net.nodes == nets[0].nodes
        assert net.links == nets[0].links
        np.testing.assert_array_equal(net.tail, nets[0].tail)


def test_pipelines_carry_crude_alone() -> None:
    for cargo in CARGOES:
        net = atlas(DAY, cargo)
        pipes = np.array([mode == "pipeline" for mode in net.mode])
        assert net.open[pipes].all() == (cargo == "tanker")


def test_everybody_reaches_everybody_by_land_or_sea() -> None:
    net = atlas(DAY, "container")
    days = np.where(net.open, net.days + net.border_days, np.inf)
    at = [net.node_at(p) for parts in load_places().centres.values() for p in parts["any"]]
    assert np.isfinite(shortest(net, days)[np.ix_(at, at)]).all()


@pytest.mark.parametrize(
    ("passage", "one", "two"),
    [
        ("suez", "Jeddah", "Alexandria"),
        ("hormuz", "Dammam", "Fujairah"),
        ("bosporus", "Odesa", "Piraeus"),
        ("kerch", "Rostov", "Novorossiysk"),
        ("gibraltar", "Lisbon", "Marseille"),
        ("panama", "Kingston", "Callao"),
    ],
)
def test_a_closed_passage_is_gone_round_or_not_at_all(passage: str, one: str, two: str) -> None:
    """Ships alone: from one side of a passage to the other there is a longer way, or none."""
    net = atlas(DAY, "container")
    sea = np.array([mode == "sea" for mode in net.mode])
    shut = net.select([passage])
    km = shortest(net, np.where(net.open & sea, net.km, np.inf))
    without = shortest(net, np.where(net.open & sea & ~shut, net.km, np.inf))
    i, j = net.node_at(one), net.node_at(two)
    assert isfinite(km[i, j])
    assert without[i, j] > km[i, j] + 1000.0
    if passage in ("hormuz", "bosporus", "kerch"):
        assert np.isinf(without[i, j])


def test_known_distances_at_sea() -> None:
    """Within 15 % of what distance tables of ports give: legs end at gates and lanes."""
    net = atlas(DAY, "container")
    sea = np.array([mode == "sea" for mode in net.mode]) & ~net.select(["northern-sea-route"])
    km = shortest(net, np.where(net.open & sea, net.km, np.inf))
    for one, two, known in (
        ("Shanghai", "Rotterdam", 19_500.0),
        ("Rotterdam", "New York", 6_200.0),
        ("Los Angeles", "Shanghai", 10_600.0),
        ("Mumbai", "Bandar Abbas", 2_000.0),
    ):
        assert km[net.node_at(one), net.node_at(two)] == pytest.approx(known, rel=0.15)


def test_days_of_the_corridor_are_near_those_reported() -> None:
    """Mumbai - Moscow: 22 to 25 days through Iran and about 40 by Suez are reported."""
    net = atlas(date(2021, 7, 1), "container")
    days = np.where(net.open, net.days + net.border_days, np.inf)
    i, j = net.node_at("Mumbai"), net.node_at("Moscow")
    assert 20 < shortest(net, days)[i, j] < 30
    rail = net.select(["Moscow - Saint Petersburg"])
    sea = np.array([mode == "sea" for mode in net.mode]) & ~net.select(["northern-sea-route"])
    assert 30 < shortest(net, np.where(sea | rail, days, np.inf))[i, j] < 44


def test_dates_open_and_close_links() -> None:
    assert not is_open("kars", date(2017, 10, 29))
    assert is_open("kars", date(2017, 10, 30))
    assert is_open("salwa", date(2017, 6, 4))
    assert not is_open("salwa", DAY)
    assert is_open("salwa", date(2021, 2, 1))
    assert is_open("lachin", DAY)
    assert not is_open("lachin", date(2023, 1, 1))
    for name in ("zangezur", "armenia-turkey", "armenia-azerbaijan", "development-road"):
        assert not is_open(name, date(2024, 1, 1)), name


def test_every_number_of_a_named_link_has_a_range_and_a_source() -> None:
    for name, row in LAND["named"].items():
        assert row["source"], name
        for key in ("border", "capacity"):
            x = row[key]
            assert 0 <= x["low"] <= x["central"] <= x["high"], (name, key)
            assert x["source"].strip(), (name, key)
    assert set(LAND["named"]) <= set(link_sources())
    for name, number in rates.numbers().items():
        assert number.low <= number.central <= number.high, name
        assert number.source, name
        assert number.stronger in ("low", "high"), name


def test_places_of_links_exist() -> None:
    places = load_places().places
    ends = [x[:2] for x in LAND["plain"]]
    ends += [x["ends"] for kind in ("named", "pipelines") for x in LAND[kind].values()]
    assert {p for pair in ends for p in pair} <= set(places)


def test_position_in_the_ranges() -> None:
    low, mid, high = (atlas(DAY, "container", borders=b, capacities=b) for b in (-1, 0, 1))
    assert (low.border_days <= mid.border_days).all()
    assert (mid.border_days <= high.border_days).all()
    assert (low.border_days < high.border_days).any()
    bound = np.isfinite(mid.capacity)
    assert (low.capacity[bound] <= high.capacity[bound]).all()


def test_ways_add_up_at_every_end_of_the_ranges() -> None:
    at = rates.numbers()
    dense = rates.goods()["electronics"]
    for name in ("route_elasticity", "day", "freight", "borders"):
        for case in ("low", "high"):
            values = {n: x.central for n, x in at.items()} | {name: getattr(at[name], case)}
            setting = Setting.of(DAY, values)
            net = setting.network(dense.cargo)
            cost = link_rates(net, Links.of(net), dense, setting)
            nu = setting.route_elasticity / typical_rate(dense, setting)
            assert spectral_radius(network_open(net, cost), cost, nu) < 0.97, (name, case)


def test_traffic_is_conserved_between_economies() -> None:
    goods, setting = rates.goods()["metals"], Setting.central(DAY)
    regions = ("DEU", "CHN", "IRN", "UZB")
    one = flow_before(goods, setting, regions)
    volume = np.arange(16.0).reshape(4, 4) * (1 - np.eye(4))
    traffic = one.traffic(volume)
    net = one.ways.network
    out = np.bincount(net.tail, traffic, len(net.nodes)) - np.bincount(
        net.head, traffic, len(net.nodes)
    )
    sent = one.part.T @ volume.sum(axis=1) - one.part.T @ volume.sum(axis=0)
    np.testing.assert_allclose(out, sent, atol=1e-8)
    np.testing.assert_allclose(one.use(0, 1) * 3.0, one.traffic(3.0 * _unit(0, 1)), rtol=1e-12)


def _unit(i: int, j: int) -> np.ndarray:
    out = np.zeros((4, 4))
    out[i, j] = 1.0
    return out


def test_slopes_of_traffic_against_differences() -> None:
    goods, setting = rates.goods()["metals"], Setting.central(DAY)
    regions = ("DEU", "CHN", "IRN", "UZB")
    base = flow_before(goods, setting, regions)
    net = setting.network(goods.cargo)
    volume = np.ones((4, 4)) - np.eye(4)
    links = np.argsort(-base.traffic(volume))[:4]
    slopes = base.slopes(volume, links, 0.0)
    for q, k in enumerate(links):
        step = np.zeros(len(net.links))
        step[k] = 1e-4 * goods.value
        ends = [
            flow(goods, setting, Links.of(net).with_toll(s * step), regions).traffic(volume)[links]
            for s in (1.0, -1.0)
        ]
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-4, slopes[:, q], rtol=2e-3, atol=1e-6)


def test_simulated_traffic_of_straits(raw_root) -> None:  # type: ignore[no-untyped-def]  # fixture
    """Of the same order as a simulation from ships' positions, where both name the strait."""
    outcome = settle(load_world("2017"), Setting.central(DAY), [], 4.0)
    net = outcome.network
    table = pd.read_parquet(raw_root / "maritime" / "choke_cargo.parquet").set_index("choke_name")
    for name, strait in (
        ("hormuz", "Strait of Hormuz"),
        ("gibraltar", "Gibraltar Strait"),
        ("bosporus", "Bosporus Strait"),
        ("malacca", "Malacca Strait"),
        ("suez", "Suez Canal"),
        ("panama", "Panama Canal"),
    ):
        mine = outcome.traffic_before[net.select([name])].sum()
        theirs = table.loc[strait, "cargo_total_weight"] / 1e6
        assert 1 / 3 < mine / theirs < 3, (name, mine, theirs)


def test_lines_cross() -> None:
    line = (20.0, -33.0, 20.0, -80.0)
    assert build.crosses(line, (18.0, -35.0), (22.0, -36.0))
    assert not build.crosses(line, (18.0, -30.0), (22.0, -30.0))
    assert not build.crosses(line, (-179.0, -40.0), (179.0, -40.0)), "across the date line"


def test_a_leg_is_what_searoute_gives_and_no_path_is_no_leg() -> None:
    places = load_places()
    sea = setup_M()
    closed = build.closed_sea(sea, places)
    at = build.points(places)
    legs = pd.read_csv(pd.io.common.StringIO(data_text("sea_legs.csv")), comment="#")
    row = legs[(legs["tail"] == "Mumbai") & (legs["head"] == "Mundra")].iloc[0]
    assert build.leg(searoute, sea, at["Mumbai"], at["Mundra"], closed) == pytest.approx(
        row["km"], abs=0.6
    )
    assert build.leg(searoute, sea, at["Dammam"], at["Mumbai"], closed) is None
    assert build.leg(searoute, sea, at["Rotterdam"], at["Piraeus"], closed) is None
