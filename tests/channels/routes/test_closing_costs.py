"""What closing links costs the trade of a world: the same as closing them one by one."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import entrepot as ep
from entrepot.channels.routes import rates
from entrepot.channels.routes.criticality_trade import closing_costs, named_links
from entrepot.channels.routes.outcome import Change
from entrepot.channels.routes.settle import RoutesOutcome, settle
from entrepot.channels.routes.transport import Links, Setting, flow
from entrepot.report.routemaps import closed_links, part_of


@pytest.fixture(scope="module")
def outcome() -> RoutesOutcome:
    return settle(ep.load_world("2017"), Setting.central(date(2017, 7, 1)), [], 4.0)


@pytest.mark.parametrize("name", ["hormuz", "trans-siberian-west"])
def test_a_closure_costs_what_closing_it_costs(outcome: RoutesOutcome, name: str) -> None:
    row = closing_costs(outcome, [name]).iloc[0]
    world, setting = outcome.world, Setting.central(date(2017, 7, 1))
    shut = outcome.network.select([name])
    rise = cut = 0.0
    for sector, one in outcome.sectors.items():
        goods, before = rates.goods()[sector], one.before
        value = outcome.value[:, :, world.sectors.index(sector)]
        trips = before.part.T @ value @ before.part
        np.fill_diagonal(trips, 0.0)
        base = Links.of(setting.network(goods.cargo))
        after = flow(goods, setting, replace(base, open=base.open & ~shut), world.regions)
        had, has = np.isfinite(before.ways.log_b), np.isfinite(after.ways.log_b)
        both = had & has
        rise += float(trips[both] @ (after.ways.log_tau[both] - before.ways.log_tau[both]))
        cut += float(trips[had & ~has].sum())
    assert row["rise"] == pytest.approx(rise, rel=1e-6)
    assert row["cut"] == pytest.approx(cut, rel=1e-9, abs=1e-6)
    assert row["mt"] == pytest.approx(outcome.traffic_after[shut].sum())


def test_ways_between_two_places_are_not_named(outcome: RoutesOutcome) -> None:
    names = named_links(outcome.network)
    assert {"suez", "hormuz", "lachin"} <= set(names)
    assert not [n for n in names if " - " in n]


def test_maps_close_in_on_land_and_show_what_is_closed(outcome: RoutesOutcome) -> None:
    net, n = outcome.network, len(outcome.world.regions)
    none = np.zeros(len(net.links))

    def after(name: str, is_open: bool | None) -> RoutesOutcome:
        change = Change(name, net.select([name]), np.ones((n, n), dtype=bool), frozenset(), is_open,
                        1.0, none, none, none * np.nan)  # fmt: skip
        return replace(outcome, changes=(change,))

    lachin, suez = after("lachin", False), after("suez", False)
    np.testing.assert_array_equal(closed_links(lachin), net.select(["lachin"]))
    assert not closed_links(after("lachin", None)).any()
    assert part_of(outcome) is part_of(suez) is None
    west, south, east, north = part_of(lachin) or (0.0, 0.0, 0.0, 0.0)
    assert west < 46.3 < 46.8 < east
    assert south < 39.5 < 39.8 < north
