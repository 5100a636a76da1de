"""Purchases by use: a table is used as it is, and pooling it gives the pooled world."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.core.errors import BundleError, IdentityError, LabelError, ValueRangeError
from entrepot.world.benchmark import identity_gaps
from entrepot.world.bundle import load_bundle, save_bundle
from entrepot.world.iot import from_iot
from entrepot.world.readers import from_pymrio, to_kite, to_pymrio
from entrepot.world.show import identity_report
from entrepot.world.uses import by_use, use_gaps
from entrepot.world.world import World

REGIONS, SECTORS, CATEGORIES = ("AAA", "BBB", "CCC", "DDD"), ("food", "tools", "care"), 2
N, S = len(REGIONS), len(SECTORS)
EACH, TWO = (*SECTORS, "final"), ("intermediate", "final")
FIELDS = ("input_share", "value_added_share", "final_share", "value_added", "trade_balance",
          "tariff", "export_tax")  # fmt: skip


def table(seed: int, zeros: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.uniform(0.5, 5.0, (N * S, N * S))
    y = rng.uniform(10.0, 40.0, (N * S, N * CATEGORIES))
    z[rng.random(z.shape) < zeros] = 0
    y[rng.random(y.shape) < zeros] = 0
    home = np.arange(N)
    y.reshape(N, S, N, CATEGORIES)[home, :, home, 0] = 80.0
    return z, y


def rates(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "tariff": rng.uniform(0, 0.3, (N, N, S)),
        "export_tax": rng.uniform(0, 0.1, (N, N, S)),
    }


def make(z: np.ndarray, y: np.ndarray, **options: Any) -> World:
    return World.from_iot(z, y, regions=REGIONS, sectors=SECTORS, **options)


def again(world: World, share: Any, **changes: Any) -> World:
    """The arrays of `world` with other trade shares."""
    arrays = {name: getattr(world, name) for name in FIELDS}
    return World.from_arrays(
        regions=REGIONS, sectors=SECTORS, trade_share=share, **{**arrays, **changes}
    )


def producer_flows(world: World) -> np.ndarray:
    """(origin, dest, sector, use) at basic prices."""
    bought = by_use(world)
    tax = (1 + world.tariff) * (1 + world.export_tax)
    return bought.trade_share * bought.expenditure[None] / tax[..., None]


def worst_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in (gaps | use_gaps(world)).values())


def flows_of(z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Z and Y as (origin, dest, sector, user) and (origin, dest, sector)."""
    inter = z.reshape(N, S, N, S).transpose(0, 2, 1, 3)
    return inter, y.reshape(N, S, N, CATEGORIES).sum(axis=3).transpose(0, 2, 1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), taxed=st.booleans())
def test_every_flow_of_a_clean_table_is_in_the_world(seed: int, taxed: bool) -> None:
    z, y = table(seed)
    tax = rates(seed) if taxed else {}
    inter, final = flows_of(z, y)
    each, two = make(z, y, **tax), make(z, y, uses="two", **tax)
    assert (each.uses, two.uses) == (EACH, TWO)
    flows = producer_flows(each)
    np.testing.assert_allclose(flows[..., :-1], inter, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(flows[..., -1], final, rtol=1e-9, atol=1e-12)
    flows = producer_flows(two)
    np.testing.assert_allclose(flows[..., 0], inter.sum(axis=3), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(flows[..., 1], final, rtol=1e-9, atol=1e-12)
    for world in (each, two):
        assert worst_gap(world) <= 1e-12
        np.testing.assert_allclose(world.accounts().output.ravel(), (z.sum(1) + y.sum(1)))


def test_both_doors_take_the_table_as_it_is() -> None:
    z, y = table(1)
    one = from_iot(z, y, regions=REGIONS, sectors=SECTORS)
    two = World.from_iot(z, y, regions=REGIONS, sectors=SECTORS)
    assert one.uses == two.uses == (*SECTORS, "final")
    assert one.hash == two.hash


def test_without_taxes_the_pooled_world_is_that_of_the_pooled_table() -> None:
    z, y = table(1)
    simple = from_iot(z, y, regions=REGIONS, sectors=SECTORS, uses="pooled")
    assert simple.uses == ()
    assert simple.use_share is None
    for uses in ("each", "two"):
        world = make(z, y, uses=uses).pooled()
        assert world.labels == simple.labels
        for name in ("trade_share", "expenditure", *FIELDS):
            np.testing.assert_allclose(
                getattr(world, name), getattr(simple, name), rtol=1e-11, atol=1e-13, err_msg=name
            )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), each=st.booleans())
def test_shares_alone_make_a_balanced_world(seed: int, each: bool) -> None:
    rng = np.random.default_rng(seed)
    share = rng.uniform(0, 1, (N, N, S, len(EACH if each else TWO)))
    share[rng.random(share.shape) < 0.3] = 0
    share[np.arange(N), np.arange(N)] += 1
    share /= share.sum(axis=0)
    base = make(*table(seed))
    gift = {"trade_balance": 0.1 * base.trade_balance}
    world = again(base, share, balance="adjust", **gift, **rates(seed))
    assert world.uses == (EACH if each else TWO)
    assert worst_gap(world) <= 1e-12
    np.testing.assert_allclose(world.use_share, share, rtol=1e-14)
    same = again(world, share)
    np.testing.assert_allclose(same.use_expenditure, world.use_expenditure, rtol=1e-10)
    with pytest.raises(IdentityError, match="do not hold"):
        again(world, share, value_added=world.value_added * np.linspace(1, 1.2, N))


def test_uses_are_matched_by_label() -> None:
    world = make(*table(2))
    share, order = np.array(world.use_share), [3, 1, 0, 2]
    said = [EACH[k] for k in order]
    moved = share[..., order]
    labels = {"origin": list(REGIONS), "dest": list(REGIONS), "sector": list(SECTORS)}
    labelled = xr.DataArray(moved, dims=(*labels, "use"), coords={**labels, "use": said})
    for other in (
        again(world, share),
        again(world, moved, uses=said),
        again(world, labelled),
        again(world, labelled.transpose("use", "dest", "sector", "origin"), uses=EACH),
    ):
        assert other.uses == EACH
        np.testing.assert_allclose(other.use_share, share, rtol=1e-12)
        np.testing.assert_allclose(other.trade_share, world.trade_share, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"uses": TWO, "flat": True}, r"trade_share has 3 dimensions, not 4. Leave uses out"),
        ({"cut": 3}, r"uses of trade_share are 3 without labels; they can be 'intermediate'"),
        ({"uses": (*SECTORS, "households")}, r"'households'; they can be .* \(4 labels\)"),
        ({"uses": TWO}, r"has shape \(4, 4, 3, 4\); it needs \(4, 4, 3, 2\)"),
        ({"uses": "each"}, r"Labels of 'use' must be a list"),
        ({"uses": ("food", "food", "care", "final")}, r"must be unique; repeated: 'food'"),
        ({"scale": 0.9}, r"add up to 0.9 instead of 1 at \(dest BBB, sector tools, use final\)"),
        ({"scale": -1.0}, r"trade_share is -.* use final\), .* cannot be negative"),
        ({"scale": 0.0}, r"add up to 0 instead of 1 at \(dest BBB, sector tools, use final\)"),
    ],
)
def test_uses_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    world = make(*table(2, zeros=0.0))
    share = np.array(world.trade_share if change.get("flat") else world.use_share)
    if share.ndim == 4:
        share = share[..., : change.get("cut", 4)]
        share[:, 1, 1, -1] *= change.get("scale", 1.0)
    with pytest.raises((LabelError, ValueRangeError), match=message):
        again(world, share, **({"uses": change["uses"]} if "uses" in change else {}))


def test_words_of_the_doors_are_checked() -> None:
    z, y = table(0)
    with pytest.raises(ValueRangeError, match=r"uses must be 'each'.*'eachh'. Did you mean 'each'"):
        make(z, y, uses="eachh")
    with pytest.raises(LabelError, match=r"a sector has that name. Rename the sector"):
        World.from_iot(z, y, regions=REGIONS, sectors=("food", "tools", "final"))
    two = World.from_iot(z, y, regions=REGIONS, sectors=("food", "tools", "final"), uses="two")
    assert two.uses == TWO
    with pytest.raises(ValueRangeError, match=r"tables have one mix .* Give world.pooled\(\)"):
        to_kite(make(z, y))
    assert to_kite(make(z, y).pooled())


def test_uses_that_buy_nothing_stay_empty() -> None:
    z, y = table(5, zeros=0.0)
    z[[2, 5, 8, 11], 4], y[[1, 4, 7, 10], 2:4] = 0, 0
    z[3], z[:, 3], y[3] = 0, 0, 0
    world = make(z, y, **rates(5))
    assert world.use_share is not None
    assert not world.use_share[:, 1, 2, 1].any()
    assert not world.use_share[:, 1, 1, -1].any()
    assert not world.use_share[1, :, 0].any()
    assert not world.use_share[:, 1, :, 0].any()
    assert world.trade_share[:, 1].sum(axis=0) == pytest.approx(1)
    assert worst_gap(world) <= 1e-12
    assert "(BBB, food)" in world.meta["iot"]["idle_sectors"]


def test_a_slightly_negative_input_is_part_of_the_accounts() -> None:
    world = make(*table(6, zeros=0.0))
    inputs, value_added = np.array(world.input_share), np.array(world.value_added_share)
    moved = inputs[0, 1, 2] + 0.0008
    inputs[0, 1, 2] = -0.0008
    value_added[0, 2] += moved
    taken = {"input_share": inputs, "value_added_share": value_added, "balance": "adjust"}
    made = again(world, world.use_share, **taken)
    assert made.use_expenditure is not None
    assert made.use_expenditure[0, 1, 2] < 0
    assert worst_gap(made) <= 1e-12
    assert worst_gap(made.aggregate(sectors={"made": ["food", "tools"]})) <= 1e-12
    alone = np.array(world.use_share)
    alone[:, 0, 1] = np.where(
        np.arange(N)[:, None] == 3, [0, 0, 1, 0], alone[:, 0, 1] * [1, 1, 0, 1]
    )
    alone[:3, 0, 1, [0, 1, 3]] /= alone[:3, 0, 1, [0, 1, 3]].sum(axis=0)
    with pytest.raises(
        IdentityError, match=r"less than nothing at \(origin DDD, dest AAA, .* tools"
    ):
        again(world, alone, **taken)


def test_merging_the_world_is_merging_the_table() -> None:
    z, y = table(7)
    groups: dict[str, Any] = {"regions": {"XXX": ["BBB", "DDD"]}, "sectors": {"made": SECTORS[:2]}}
    big = np.array([[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]], dtype=float)
    small = np.array([[1, 1, 0], [0, 0, 1]], dtype=float)
    both = np.kron(big, small)
    merged_y = both @ y @ np.kron(big, np.eye(CATEGORIES)).T
    for uses, labels in (("each", ("made", "care", "final")), ("two", TWO)):
        world = make(z, y, uses=uses).aggregate(**groups)
        assert world.uses == labels
        other = World.from_iot(
            both @ z @ both.T, merged_y, regions=("AAA", "XXX", "CCC"), sectors=("made", "care"),
            uses=uses,
        )  # fmt: skip
        for name in ("use_share", "use_expenditure", "trade_share", "expenditure"):
            np.testing.assert_allclose(
                getattr(world, name), getattr(other, name), rtol=1e-9, atol=1e-12, err_msg=name
            )
        taxed = make(z, y, uses=uses, **rates(7))
        whole = taxed.aggregate(**groups)
        steps = taxed.aggregate(sectors=groups["sectors"]).aggregate(regions=groups["regions"])
        assert worst_gap(whole) <= 1e-12
        np.testing.assert_allclose(steps.use_share, whole.use_share, rtol=1e-9, atol=1e-13)
        assert taxed.aggregate(name="x").hash == taxed.hash


def test_files_labels_and_words(tmp_path: Any) -> None:
    world = make(*table(8))
    read = load_bundle(save_bundle(world, tmp_path / "each.npz"))
    assert (read.hash, read.uses) == (world.hash, EACH)
    np.testing.assert_array_equal(read.use_share, world.use_share)
    for array in (read.use_share, read.use_expenditure, world.use_share, world.use_expenditure):
        assert array is not None
        assert not array.flags.writeable
    assert world.labels["use"] == EACH
    assert "use" not in world.pooled().labels
    assert world.hash != world.pooled().hash
    assert "3 sectors x 4 uses" in repr(world)
    assert (
        identity_report(world).loc[["use_demand", "pooled", "use_shares"], "residual"].max() < 1e-12
    )
    with np.load(tmp_path / "each.npz") as archive:
        arrays = {k: archive[k] for k in archive.files}
    np.savez(tmp_path / "bad.npz", **{**arrays, "use_share": arrays["use_share"][..., ::-1]})
    with pytest.raises(BundleError, match="altered"):
        load_bundle(tmp_path / "bad.npz")


def test_tables_of_a_world_with_uses_make_it_again() -> None:
    tax = rates(9)
    world = make(*table(9), **tax)
    z, y = to_pymrio(world)
    inter, final = flows_of(*table(9))
    np.testing.assert_allclose(
        z.to_numpy(), inter.transpose(0, 2, 1, 3).reshape(z.shape), rtol=1e-9, atol=1e-12
    )
    system = type("System", (), {"Z": z, "Y": y})()
    back = from_pymrio(system, uses="each", **tax)
    np.testing.assert_allclose(back.use_share, world.use_share, rtol=1e-9, atol=1e-12)
    assert final.sum() == pytest.approx(y.to_numpy().sum())


def test_memory_grows_with_flows_not_with_pairs_of_uses() -> None:
    n, s = 20, 15
    rng = np.random.default_rng(0)
    z, y = rng.uniform(0, 1, (n * s, n * s)), rng.uniform(100, 200, (n * s, n))
    names = [f"R{k}" for k in range(n)], [f"s{k}" for k in range(s)]
    tracemalloc.start()
    try:
        world = World.from_iot(z, y, regions=names[0], sectors=names[1])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert world.use_share is not None
    assert worst_gap(world) <= 1e-12
    assert peak < 40 * world.use_share.nbytes
