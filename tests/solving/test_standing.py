"""What stands after bans: the short way agrees with the long one."""

from __future__ import annotations

import numpy as np
import pytest
import worlds

import entrepot as ep
from entrepot.solving import feasible
from entrepot.solving.feasible import Standing, standing, usual_standing


def assert_equal(a: Standing, b: Standing) -> None:
    for name in ("open_cells", "used", "blocs", "cut_off"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert a.missing == b.missing
    assert a.notes == b.notes


def bans(world: ep.World, rng: np.random.Generator) -> np.ndarray:
    """Forbid single cells, rows of a good, countries, blocs: from next to nothing to nearly all."""
    n, _, s = world.trade_share.shape
    ban = rng.random(world.trade_share.shape) < rng.choice([0.0, 0.02, 0.3, 0.8])
    for _ in range(rng.integers(0, 3)):
        ban[rng.integers(n), :, rng.integers(s)] = True
    if rng.random() < 0.3:
        lone = rng.integers(n)
        ban[lone], ban[:, lone] = True, True
    if rng.random() < 0.2:
        bloc = rng.random(n) < 0.5
        ban |= (bloc[:, None] != bloc)[..., None]
    if rng.random() < 0.2:
        ban[rng.integers(n)] = True
    ban[np.arange(n), np.arange(n)] &= rng.random((n, s)) < 0.1
    return ~ban


@pytest.mark.parametrize("seed", range(8))
def test_short_and_long_way_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    world = worlds.world(5 + seed % 3)
    long_way = feasible._worked_out
    taken: list[int] = []
    monkeypatch.setattr(feasible, "_worked_out", lambda *a: taken.append(1) or long_way(*a))
    usual_standing(world)
    taken.clear()
    for _ in range(60):
        allowed = bans(world, rng)
        balance = world.trade_balance * rng.choice([0.0, 1.0, -1.0])
        assert_equal(standing(world, allowed, balance), long_way(world, allowed, balance))
    assert 0 < len(taken) < 60  # both ways were gone


def test_a_country_by_itself_is_cut_off_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    world = worlds.world(4)
    usual_standing(world)
    allowed = np.ones(world.trade_share.shape, dtype=bool)
    allowed[0, 1:], allowed[1:, 0] = False, False
    expected = feasible._worked_out(world, allowed, world.trade_balance)
    monkeypatch.delattr(feasible, "_worked_out")
    found = standing(world, allowed, world.trade_balance)
    assert_equal(found, expected)
    assert found.cut_off.tolist() == [True, *[False] * (len(world.regions) - 1)]
    assert found.several_blocs
