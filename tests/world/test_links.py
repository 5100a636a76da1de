"""Latent links: off by default, consistent, monotone, stored, refused where they make no sense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import worlds
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.core.errors import LabelError, ValueRangeError
from entrepot.world.benchmark import identity_gaps
from entrepot.world.bundle import load_bundle, load_world, save_bundle
from entrepot.world.links import with_latent_links
from entrepot.world.links_about import latent_cells
from entrepot.world.links_distance import known_distance
from entrepot.world.uses import use_gaps
from entrepot.world.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return load_world("2017")


@pytest.fixture(scope="module")
def opened(world: World) -> World:
    return with_latent_links(world)


def distances(n: int, seed: int = 3) -> np.ndarray:
    """Great circles between random points, km."""
    rng = np.random.default_rng(seed)
    point = rng.normal(size=(n, 3))
    point /= np.linalg.norm(point, axis=1)[:, None]
    return 6371 * np.arccos(np.clip(point @ point.T, -1, 1)) + 50


def largest_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in gaps.values())


def test_no_openness_is_the_same_world(world: World) -> None:
    assert with_latent_links(world, 0) is world
    assert not latent_cells(world).any()


def test_benchmark_keeps_output_expenditure_and_value_added(world: World, opened: World) -> None:
    assert largest_gap(opened) < 1e-12
    np.testing.assert_array_equal(opened.value_added, world.value_added)
    before, after = world.accounts(), opened.accounts()
    scale = world.value_added[:, None]
    assert np.abs((after.output - before.output) / scale).max() < 1e-9
    assert np.abs((after.expenditure - before.expenditure) / scale).max() < 1e-9
    assert opened.meta["links"]["largest_balance_move"] < 1e-3
    sums = opened.trade_share.sum(axis=0)
    assert np.abs(sums[world.expenditure > 0] - 1).max() < 1e-14


def test_cells_are_those_that_were_zero_and_could_trade(world: World, opened: World) -> None:
    cells = latent_cells(opened)
    assert (world.trade_share[cells] == 0).all()
    assert (opened.trade_share[cells] > 0).all()
    np.testing.assert_array_equal(opened.trade_share > 0, (world.trade_share > 0) | cells)
    assert (opened.provenance["trade_share"][cells] == 4).all()
    o, d, s = np.nonzero(cells)
    assert (o != d).all()
    assert (world.accounts().output[o, s] > 0).all()
    assert (world.expenditure[d, s] > 0).all()
    assert opened.meta["links"]["number"] == cells.sum()


def test_sectors_without_zeros_stay(world: World, opened: World) -> None:
    still = ~latent_cells(opened).any(axis=(0, 1))
    assert still.any()
    move = opened.trade_share[:, :, still] - world.trade_share[:, :, still]
    assert np.abs(move).max() < 1e-15


def test_latent_trade_grows_with_openness_and_vanishes_with_it(world: World) -> None:
    levels = (1e-6, 0.01, 0.1, 1.0)
    made = [with_latent_links(world, x) for x in levels]
    parts = [w.meta["links"]["trade_share"] for w in made]
    assert sorted(parts) == parts
    assert parts[0] == pytest.approx(parts[1] / 1e4, rel=0.1)
    assert np.abs(made[0].trade_share - world.trade_share).max() < 1e-5


def test_bundles_keep_the_cells(opened: World, tmp_path: Path) -> None:
    back = load_bundle(save_bundle(opened, tmp_path / "links.npz"))
    np.testing.assert_array_equal(latent_cells(back), latent_cells(opened))
    assert back.meta["links"] == opened.meta["links"]


def test_nothing_is_opened_twice(opened: World) -> None:
    with pytest.raises(ValueRangeError, match="already"):
        with_latent_links(opened)
    assert with_latent_links(opened, 0.0) is opened


@pytest.mark.parametrize("openness", [-0.1, 1.5, float("nan"), True, "much"])
def test_openness_outside_its_range(world: World, openness: object) -> None:
    with pytest.raises(ValueRangeError, match="openness"):
        with_latent_links(world, openness)  # type: ignore[arg-type]  # refused on purpose


def test_unknown_economies_need_distances() -> None:
    small = worlds.world(1)
    with pytest.raises(LabelError, match="distance="):
        with_latent_links(small)
    wrong = np.zeros((5, 5))
    with pytest.raises(ValueRangeError, match="km"):
        with_latent_links(small, distance=wrong)


def test_distance_is_matched_by_label() -> None:
    small = worlds.world(1)
    km = distances(5)
    labelled = xr.DataArray(
        km, dims=("origin", "dest"), coords={d: list(small.regions) for d in ("origin", "dest")}
    )
    turned = labelled.isel(origin=[3, 1, 0, 2, 4], dest=[4, 3, 2, 1, 0])
    bare = with_latent_links(small, distance=km)
    assert bare.hash == with_latent_links(small, distance=turned).hash != small.hash


def test_closed_pairs_stay_closed(world: World) -> None:
    default = latent_cells(with_latent_links(world))
    usa, irn = world.regions.index("USA"), world.regions.index("IRN")
    crude = world.sectors.index("crude")
    assert not default[irn, usa].any()
    free = latent_cells(with_latent_links(world, closed=np.zeros((82, 82), dtype=bool)))
    assert free[irn, usa, crude]


@settings(max_examples=60, deadline=None)
@given(worlds.random_worlds(), st.integers(0, 999), st.sampled_from((0.0, 0.5, 0.9)))
def test_random_worlds_stay_consistent(small: World, seed: int, shut: float) -> None:
    n = len(small.regions)
    closed = np.random.default_rng(seed).uniform(size=(n, n)) < shut
    made = with_latent_links(small, 0.3, distance=distances(n, seed), closed=closed)
    assert not latent_cells(made)[closed].any()
    assert largest_gap(made) < 1e-8
    cells = latent_cells(made)
    assert (made.trade_share[cells] > 0).all()
    assert (small.trade_share[cells] == 0).all()
    np.testing.assert_allclose(made.value_added, small.value_added, rtol=1e-3)
    np.testing.assert_allclose(
        made.trade_balance.sum() / made.value_added.sum(), 0, atol=1e-12
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 3])
def test_autarkies(n: int) -> None:
    """Nothing to learn from: distances of the literature; one economy has nobody to trade with."""
    small = World.from_arrays(
        regions=worlds.REGIONS[:n],
        sectors=("a", "b"),
        trade_share=np.eye(n)[:, :, None] * np.ones((1, 1, 2)),
        input_share=np.zeros((n, 2, 2)),
        value_added_share=np.ones((n, 2)),
        final_share=np.full((n, 2), 0.5),
        value_added=np.ones(n),
    )
    made = with_latent_links(small, 0.2, distance=np.full((n, n), 500.0))
    assert latent_cells(made).sum() == 2 * n * (n - 1)
    assert (made is small) == (n == 1)
    assert largest_gap(made) < 1e-12
    if n > 1:
        sectors = made.meta["links"]["elasticity"]["sectors"]
        assert (sectors["a"]["own"], sectors["a"]["used"]) == (None, 1.1)
    none = with_latent_links(
        small, 0.2, distance=np.full((n, n), 500.0), closed=np.ones((n, n), dtype=bool)
    )
    assert none is small


def test_a_given_elasticity_is_used(world: World) -> None:
    made = with_latent_links(world, 0.1, elasticity=2.5)
    said = made.meta["links"]["elasticity"]["sectors"]["gas"]
    assert (said["used"], said["used_error"]) == (2.5, None)
    assert said["own"] == pytest.approx(2.24, abs=0.01)
    gas, norway = world.sectors.index("gas"), world.regions.index("NOR")
    far = known_distance(world.regions)[norway]
    usual = with_latent_links(world, 0.1)
    both = latent_cells(made)[norway, :, gas] & (far > 0)
    ratio = np.log(made.trade_share[norway, both, gas] / usual.trade_share[norway, both, gas])
    assert np.corrcoef(ratio, np.log(far[both]))[0, 1] < -0.4
    with pytest.raises(ValueRangeError, match="distance by this power"):
        with_latent_links(world, 0.1, elasticity=-1.0)


@pytest.mark.parametrize("taxed", [True, False])
def test_worlds_with_uses(taxed: bool) -> None:
    """A link is absent if no use buys there; every use that buys at all then gets it."""
    rng = np.random.default_rng(4)
    regions, sectors = ("AAA", "BBB", "CCC", "DDD"), ("food", "tools", "care")
    z, y = rng.uniform(1, 5, (12, 12)), rng.uniform(10, 40, (12, 4))
    for row, column in ((0, 1), (4, 2), (8, 0)):
        z[row, 3 * column : 3 * column + 3] = y[row, column] = 0.0
    z[1, 3] = 0.0  # one use only: no absent link
    rates = {"tariff": rng.uniform(0, 0.3, (4, 4, 3))} if taxed else {}
    small = World.from_iot(z, y, regions=regions, sectors=sectors, **rates)
    made = with_latent_links(small, 0.5, distance=distances(4))
    cells = latent_cells(made)
    assert sorted(map(tuple, np.argwhere(cells).tolist())) == [(0, 1, 0), (1, 2, 1), (2, 0, 2)]
    assert made.uses == small.uses
    assert made.use_share is not None
    assert small.use_share is not None
    assert (made.use_share[cells] > 0).all()
    assert (made.use_share[0, 1, 1, 0] == 0) == (small.use_share[0, 1, 1, 0] == 0)
    np.testing.assert_array_equal(made.value_added, small.value_added)
    np.testing.assert_allclose(made.use_expenditure, small.use_expenditure, rtol=1e-9)
    assert max(np.abs(g).max() for g in use_gaps(made).values()) < 1e-8


def test_merging_first_is_asked_for(opened: World) -> None:
    merged = opened.aggregate(regions={"NOR": ["NOR", "SWE"]})
    with pytest.raises(ValueRangeError, match="Merge first"):
        latent_cells(merged)
    renamed = replace(opened, regions=opened.regions[::-1])
    with pytest.raises(ValueRangeError, match="Merge first"):
        latent_cells(renamed)
