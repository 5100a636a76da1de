"""Worlds with uses are solved: equal mixes are the pooled world, different ones are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.world.benchmark import identity_gaps
from entrepot.world.readers import read_wiod
from entrepot.world.uses import by_use, use_gaps
from entrepot.world.world import FIELD_DIMS, World


def spread(world: World, count: int) -> World:
    """`world` with `count` uses that all buy in its own mix."""
    arrays = {k: getattr(world, k) for k in FIELD_DIMS if k not in ("trade_share", "expenditure")}
    share = np.repeat(world.trade_share[..., None], count, axis=3)
    bought = np.concatenate([world.input_share > 0, (world.final_share > 0)[:, :, None]], axis=2)
    if count == 2:
        bought = np.stack([bought[:, :, :-1].any(axis=2), bought[:, :, -1]], axis=2)
    return World.from_arrays(
        regions=world.regions, sectors=world.sectors, trade_share=share * bought[None], **arrays
    )


def shocked(world: World) -> ep.Shock:
    cost = np.ones(world.tariff.shape)
    cost[0, 1:], cost[2, 3] = 1.4, 0.9
    ban = np.zeros(world.tariff.shape, dtype=bool)
    ban[1, 2, 0] = True
    return ep.Shock(trade_cost=cost, ban=ban, tariff=world.tariff * 0.5)


@pytest.mark.parametrize("seed", [1, 2, 6])
@pytest.mark.parametrize("each", [True, False])
def test_uses_that_buy_alike_are_a_pooled_world(seed: int, each: bool) -> None:
    world = worlds.world(seed)
    same = spread(world, len(world.sectors) + 1 if each else 2)
    assert len(same.uses) == (len(world.sectors) + 1 if each else 2)
    np.testing.assert_allclose(same.expenditure, world.expenditure, rtol=1e-9)
    one, two = (
        ep.solve(w, None, shocked(world)).raise_if_failed().results() for w in (world, same)
    )
    for name in ("welfare", "factor_price", "sector_price", "trade_flows", "tariff_revenue"):
        first, second = getattr(one, name), getattr(two, name)
        if hasattr(first, "data_vars"):
            first, second = first["counterfactual"], second["counterfactual"]
        np.testing.assert_allclose(second.values, first.values, rtol=1e-8, atol=1e-7, err_msg=name)


def test_random_worlds_with_uses_are_solved_or_the_reason_is_named() -> None:
    said = []
    for seed in (0, 1, 4, 5, 6, 7, 8, 9):
        world = worlds.world(seed, uses=5 if seed % 2 else 2)
        gaps = identity_gaps(
            world.shares, world.expenditure, world.value_added, world.trade_balance
        )
        assert max(float(np.abs(g).max()) for g in (gaps | use_gaps(world)).values()) <= 1e-12
        said.append(ep.solve(world, None, worlds.shock(seed, world)).message().partition(":")[0])
    assert set(said) <= {"certified", "impossible"}
    assert said.count("certified") >= 6


def test_the_real_wiod_with_every_use_is_certified(raw_root: Path) -> None:
    path = raw_root / "wiod_2011" / "wiot_2011.npz"
    loss = {}
    for uses in ("pooled", "each"):
        world = read_wiod(path, uses=uses, theta=5.0)
        cost = np.ones(world.tariff.shape)
        at = world.regions.index("DEU")
        cost[at], cost[:, at] = 1.4, 1.4
        cost[at, at] = 1.0
        solution = ep.solve(world, None, ep.Shock(trade_cost=cost)).raise_if_failed()
        loss[uses] = solution.results().welfare.values[at] - 1
    assert by_use(world).trade_share.shape == (41, 41, 35, 36)
    assert loss["each"] < loss["pooled"] < 0
    assert abs(loss["each"] / loss["pooled"] - 1) < 0.2
