"""Mark-ups of hubs, and flows that agree with them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels.reexports import (
    HubCosts,
    Ways,
    crowding,
    hub_facts,
    passage_cost,
    raised,
    settle,
)
from entrepot.channels.reexports.claim import LEVELS, MEANING, level_of
from entrepot.channels.reexports.facts import NUMBERS
from entrepot.core.errors import ValueRangeError


def costs(**change: object) -> HubCosts:
    plain = {"markup": 0.3, "detection": 0.1, "fine": 1.0, "capacity": np.array([100.0]),
             "crowding": 0.15, "steepness": 4.0}  # fmt: skip
    return HubCosts(**{**plain, **change})  # type: ignore[arg-type]  # mixed values for brevity


def test_the_mark_up_adds_fines_and_what_is_seized() -> None:
    assert passage_cost(costs()) == pytest.approx(1.4 / 0.9, rel=1e-15)
    assert passage_cost(costs(), np.array([100.0])) == pytest.approx(1.4 / 0.9 * 1.15, rel=1e-15)
    assert crowding(costs(), np.array([200.0])) == pytest.approx([1 + 0.15 * 16])


def test_a_hub_that_seizes_all_lets_nothing_pass() -> None:
    assert np.isinf(passage_cost(costs(detection=1.0)))


def test_the_cost_rises_with_detection_and_with_the_flow() -> None:
    by_detection = [float(passage_cost(costs(detection=d))[0]) for d in (0, 0.2, 0.5, 0.9)]
    by_flow = [float(passage_cost(costs(), np.array([v]))[0]) for v in (0.0, 50.0, 100.0, 500.0)]
    assert all(a < b for a, b in (*pairwise(by_detection), *pairwise(by_flow)))


def test_raised_detection_is_the_same_in_any_order() -> None:
    assert raised(0.1, 0.5) == pytest.approx(0.55)
    assert raised(raised(0.1, 0.5), 0.2) == pytest.approx(raised(raised(0.1, 0.2), 0.5))
    assert raised(0.4, 0.0) == 0.4
    assert raised(0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"markup": -0.1}, "markup is -0.1; a mark-up is 0 or more"),
        ({"detection": 1.2}, "detection is 1.2; detection is a share"),
        ({"fine": -1.0}, "fine is -1"),
        ({"capacity": np.array([0.0])}, "capacity is 0; a capacity is above 0"),
        ({"crowding": -1.0}, "crowding is -1"),
        ({"steepness": 0.0}, "steepness is 0"),
        ({"markup": np.nan}, "markup is nan"),
    ],
)
def test_bad_numbers_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueRangeError, match=words):
        costs(**change)


def test_one_hub_with_linear_crowding_is_a_quadratic() -> None:
    """v (1 + c v / K) = B r^(theta / nu) / M0 for theta = gamma = 1."""
    share, nu, banned, extra, room = 0.05, 6.0, 1000.0, 2.0, 80.0
    ways = Ways(np.array([1 - share]), np.array([[share]]), np.ones((1, 1)))
    price = HubCosts(0.4, 0.0, 0.0, np.array([room]), extra, 1.0)
    found = settle(ways, ways, nu, price, np.array([banned]), np.ones(1))
    most = banned * share ** (1 / nu) / 1.4
    flow = (-1 + np.sqrt(1 + 4 * extra / room * most)) * room / (2 * extra)
    assert found.converged
    assert found.flow == pytest.approx([flow], rel=1e-10)
    assert found.evaded == pytest.approx([flow], rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), several=st.booleans())
def test_flows_and_mark_ups_agree_in_random_networks(seed: int, several: bool) -> None:
    rng = np.random.default_rng(seed)
    cells, hubs = 12, 5
    between = rng.uniform(0, 0.15, (cells, hubs, hubs)) if several else None
    first, last = rng.uniform(0, 0.3, (2, cells, hubs)) * (rng.uniform(size=(2, cells, hubs)) > 0.2)
    ways = Ways(rng.uniform(0.5, 1, cells), first, last, between)
    banned, theta = np.exp(rng.normal(4, 2, cells)), rng.uniform(2, 12, cells)
    price = HubCosts(rng.uniform(0, 1, (cells, hubs)), rng.uniform(0, 0.5, (cells, hubs)), 1.0,
                     np.exp(rng.normal(0, 3, hubs)), 0.5, 4.0)  # fmt: skip
    found = settle(ways, ways, 12.0, price, banned, theta)
    assert found.converged, found.gap
    assert found.passage == pytest.approx(passage_cost(price, found.flow), rel=1e-9)
    through = (found.evaded[:, None] * found.use.through).sum(axis=0)
    assert found.flow == pytest.approx(through, rel=1e-9)
    assert (found.evaded <= banned).all()
    free = settle(ways, ways, 12.0, HubCosts(price.markup, price.detection, 1.0, np.inf, 0.5, 4.0),
                  banned, theta)  # fmt: skip
    assert found.evaded.sum() <= free.evaded.sum() * (1 + 1e-12)


def test_without_any_way_nothing_flows() -> None:
    ways = Ways(np.ones(2), np.zeros((2, 3)), np.ones((2, 3)))
    price = HubCosts(0.1, 0.0, 0.0, np.ones(3), 0.1, 4.0)
    found = settle(ways, ways, 5.0, price, np.ones(2), np.full(2, 5.0))
    assert found.converged
    assert not found.flow.any()
    assert not found.evaded.any()
    assert np.isinf(found.cost).all()


def test_every_number_of_the_table_is_a_level_with_a_source() -> None:
    facts = hub_facts()
    assert set(facts.hubs) == {"RUS", "IRN", "QAT"}
    named = [(n, x) for n, x in facts.rule.items()]
    named += [(n, x) for hubs in facts.hubs.values() for own in hubs.values()
              for n, x in own.items()]  # fmt: skip
    for name, number in named:
        assert name in MEANING
        assert number.source
        assert level_of(number, name).central == number.central
    assert set(NUMBERS) <= set(facts.rule)
    assert set(LEVELS) <= set(facts.rule)
    for target, hubs in facts.hubs.items():
        assert target not in hubs
        assert set().union(*hubs.values()) <= set(NUMBERS)
