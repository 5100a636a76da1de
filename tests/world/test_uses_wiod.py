"""The WIOD as it is: every flow between users is in the world, and its identities hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from entrepot.world.benchmark import identity_gaps
from entrepot.world.iot_table import clean_table
from entrepot.world.readers import read_wiod
from entrepot.world.readers.wiod import CATEGORIES
from entrepot.world.uses import by_use, use_gaps


@pytest.mark.parametrize("name", ["wiod_2008/wiod_2008.npz", "wiod_2011/wiot_2011.npz"])
def test_the_real_wiod_is_used_as_it_is(name: str, raw_root: Path) -> None:
    world = read_wiod(raw_root / name, uses="each")
    assert world.use_share is not None
    assert world.use_share.shape == (41, 41, 35, 36)
    shares = world.shares
    gaps = identity_gaps(shares, world.expenditure, world.value_added, world.trade_balance)
    assert max(float(np.abs(g).max()) for g in (gaps | use_gaps(world)).values()) <= 1e-12
    raw = np.load(raw_root / name)
    stocks = [len(CATEGORIES) - 1]
    table = clean_table(raw["inter"], raw["final"], world.regions, world.sectors,
                        output=raw["output"], inventories=stocks)  # fmt: skip
    bought = by_use(world)
    flows = bought.trade_share * bought.expenditure[None]
    least = 1e-9 * table.output.max()
    inter, final = table.inter.transpose(0, 2, 1, 3), table.final.transpose(0, 2, 1)
    np.testing.assert_allclose(flows[..., :-1], inter, rtol=1e-9, atol=least)
    np.testing.assert_allclose(flows[..., -1], final, rtol=1e-9, atol=least)
    simple = read_wiod(raw_root / name, uses="pooled")
    assert simple.use_share is None
    np.testing.assert_allclose(world.pooled().trade_share, simple.trade_share, atol=1e-13)
    spread = np.abs(world.use_share - simple.trade_share[..., None]).max(axis=3)
    assert np.median(spread[simple.trade_share > 0.01]) > 0.01
