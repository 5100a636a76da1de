"""Purchases by use: a table is used as it is, and pooling it gives the pooled world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.world.benchmark import identity_gaps
from entrepot.world.uses import by_use
from entrepot.world.world import World

REGIONS, SECTORS, CATEGORIES = ("AAA", "BBB", "CCC", "DDD"), ("food", "tools", "care"), 2
N, S = len(REGIONS), len(SECTORS)


def table(seed: int, zeros: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.uniform(0.5, 5.0, (N * S, N * S))
    y = rng.uniform(10.0, 40.0, (N * S, N * CATEGORIES))
    z[rng.random(z.shape) < zeros] = 0
    y[rng.random(y.shape) < zeros] = 0
    return z, y


def rates(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "tariff": rng.uniform(0, 0.3, (N, N, S)),
        "export_tax": rng.uniform(0, 0.1, (N, N, S)),
    }


def make(z: np.ndarray, y: np.ndarray, **options: Any) -> World:
    return World.from_iot(z, y, regions=REGIONS, sectors=SECTORS, **options)


def producer_flows(world: World) -> np.ndarray:
    """(origin, dest, sector, use) at basic prices."""
    bought = by_use(world)
    tax = (1 + world.tariff) * (1 + world.export_tax)
    return bought.trade_share * bought.expenditure[None] / tax[..., None]


def worst_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in gaps.values())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), taxed=st.booleans())
def test_every_flow_of_a_clean_table_is_in_the_world(seed: int, taxed: bool) -> None:
    z, y = table(seed)
    world = make(z, y, **(rates(seed) if taxed else {}))
    flows = producer_flows(world)
    inter = z.reshape(N, S, N, S).transpose(0, 2, 1, 3)
    final = y.reshape(N, S, N, CATEGORIES).sum(axis=3).transpose(0, 2, 1)
    np.testing.assert_allclose(flows[..., :-1], inter, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(flows[..., -1], final, rtol=1e-9, atol=1e-12)
    assert worst_gap(world) <= 1e-12


@pytest.mark.parametrize("uses", ["each", "two"])
def test_the_pooled_share_is_the_mean_over_uses(uses: str) -> None:
    world = make(*table(3), uses=uses, **rates(3))
    bought = by_use(world)
    money = (bought.trade_share * bought.expenditure[None]).sum(axis=3)
    np.testing.assert_allclose(world.trade_share * world.expenditure[None], money, rtol=1e-12)
