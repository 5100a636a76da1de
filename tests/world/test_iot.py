"""Input-output tables into worlds: nothing is lost, nothing is changed in silence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.core.errors import IdentityError, LabelError, ValueRangeError
from entrepot.world.benchmark import identity_gaps
from entrepot.world.iot import from_iot
from entrepot.world.uses import use_gaps
from entrepot.world.world import World

REGIONS, SECTORS = ("AAA", "BBB", "CCC"), ("food", "tools")


def table(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.uniform(0.5, 5.0, (6, 6))
    y = rng.uniform(10.0, 40.0, (6, 3, 2))
    return z, y.reshape(6, 6)


def make(z: np.ndarray, y: np.ndarray, **options: Any) -> World:
    return from_iot(z, y, regions=REGIONS, sectors=SECTORS, **options)


def worst_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in gaps.values())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_clean_table_keeps_its_money(seed: int) -> None:
    z, y = table(seed)
    world = make(z, y)
    x = z.sum(axis=1) + y.sum(axis=1)
    assert worst_gap(world) <= 1e-12
    book = world.accounts()
    np.testing.assert_allclose(book.output.reshape(-1), x)
    np.testing.assert_allclose(world.value_added, (x - z.sum(axis=0)).reshape(3, 2).sum(axis=1))
    flows = z.reshape(3, 2, 3, 2).sum(axis=3) + y.reshape(3, 2, 3, 2).sum(axis=3)
    np.testing.assert_allclose(world.trade_flows(), flows.transpose(0, 2, 1))
    share = z.reshape(3, 2, 3, 2).sum(axis=0).transpose(1, 0, 2) / x.reshape(3, 1, 2)
    np.testing.assert_allclose(world.input_share, share)
    final = y.reshape(3, 2, 3, 2).sum(axis=(0, 3)).T
    np.testing.assert_allclose(book.income, final.sum(axis=1))
    note = world.meta["iot"]
    assert note["negative_flows_set_to_zero"] == 0
    assert note["largest_output_move"] < 1e-12
    assert note["idle_sectors"] == []


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_taxes_come_on_top_of_the_flows(seed: int) -> None:
    z, y = table(seed)
    rng = np.random.default_rng(seed)
    tariff, export_tax = rng.uniform(0, 0.3, (3, 3, 2)), rng.uniform(0, 0.1, (3, 3, 2))
    world = make(z, y, tariff=tariff, export_tax=export_tax)
    assert worst_gap(world) <= 1e-12
    flows = z.reshape(3, 2, 3, 2).sum(axis=3) + y.reshape(3, 2, 3, 2).sum(axis=3)
    producer = world.trade_flows() / (1 + export_tax)
    np.testing.assert_allclose(producer, flows.transpose(0, 2, 1))
    book = world.accounts()
    np.testing.assert_allclose(
        book.tariff_revenue, np.einsum("ijs->j", producer * (1 + export_tax) * tariff)
    )


def test_output_or_value_added_of_the_source_give_the_same_world() -> None:
    z, y = table()
    x = z.sum(axis=1) + y.sum(axis=1)
    plain = make(z, y)
    for same in (make(z, y, output=x), make(z, y, value_added=x - z.sum(axis=0))):
        np.testing.assert_allclose(same.trade_share, plain.trade_share, rtol=1e-12)
        np.testing.assert_allclose(same.value_added, plain.value_added, rtol=1e-12)


def test_stock_changes_are_removed_and_technology_is_kept() -> None:
    z, y = table()
    stocks = np.random.default_rng(1).uniform(-3, 4, (6, 3, 1))
    with_stocks = np.concatenate([y.reshape(6, 3, 2), stocks], axis=2).reshape(6, 9)
    x = z.sum(axis=1) + with_stocks.sum(axis=1)
    world = make(z, with_stocks, inventories=[2])
    np.testing.assert_allclose(
        world.value_added_share.reshape(-1), 1 - z.sum(axis=0) / x, rtol=1e-12
    )
    final = world.final_share * world.accounts().income[:, None]
    np.testing.assert_allclose(final, y.reshape(3, 2, 3, 2).sum(axis=(0, 3)).T, rtol=1e-12)
    assert worst_gap(world) <= 1e-12
    note = world.meta["iot"]
    assert note["stock_changes"]["added_to_stocks"] == pytest.approx(stocks[stocks > 0].sum())
    assert note["stock_changes"]["taken_from_stocks"] == pytest.approx(stocks[stocks < 0].sum())
    assert "Felbermayr" in note["stock_changes"]["rule"]
    moved = np.array(list(note["value_added_moved"].values()))
    old = (x - z.sum(axis=0)).reshape(3, 2).sum(axis=1)
    np.testing.assert_allclose(world.value_added, old * (1 + moved))
    kept = z.reshape(6, 3, 2).sum(axis=2) + y.reshape(6, 3, 2).sum(axis=2)
    moved_much = np.abs(stocks[..., 0]) > 0.01 * kept
    flags = world.provenance["trade_share"].transpose(0, 2, 1).reshape(6, 3)
    np.testing.assert_array_equal(flags == 4, moved_much)
    assert 0 < moved_much.sum() < moved_much.size


def test_small_negatives_are_cut_and_told_large_ones_refused() -> None:
    z, y = table()
    z[0, 3] = -1e-3
    world = make(z, y)
    assert world.meta["iot"]["negative_flows_set_to_zero"] == 1
    assert world.meta["iot"]["negative_flows_sum"] == pytest.approx(-1e-3)
    assert (world.provenance["trade_share"] == 1).all()
    assert worst_gap(world) <= 1e-12
    z[0, 3] = -20.0
    with pytest.raises(ValueRangeError, match=r"Z is negative in row \(AAA, food\).*inventories="):
        make(z, y)
    z[0, 3], y[2, :2] = 1.0, -30.0
    with pytest.raises(ValueRangeError, match=r"Final demand is negative in row \(BBB, food\)"):
        make(z, y)


def test_a_sector_that_neither_sells_nor_buys_stays_idle() -> None:
    z, y = table()
    z[3], z[:, 3], y[3] = 0, 0, 0
    world = make(z, y, theta=4.0)
    assert world.meta["iot"]["idle_sectors"] == ["(BBB, tools)"]
    assert not world.trade_share[1, :, 1].any()
    assert world.value_added_share[1, 1] == 0
    assert ep.solve(world).ok


def test_value_added_must_be_positive_or_have_a_floor() -> None:
    z, y = table()
    z[0, 1] += 400.0
    with pytest.raises(ValueRangeError, match=r"region AAA, sector tools.*value_added_floor=0.05"):
        make(z, y)
    z, y = table()
    z[:, 1] *= 8
    tall = 1 - z.sum(axis=0) / (z.sum(axis=1) + y.sum(axis=1))
    floor = float(tall[1]) + 0.05
    world = make(z, y, value_added_floor=floor, theta=4.0)
    assert world.value_added_share[0, 1] == pytest.approx(floor)
    assert "(AAA, tools)" in world.meta["iot"]["value_added_raised_to_floor"]
    assert worst_gap(world) <= 1e-10
    assert ep.solve(world).ok


@pytest.mark.parametrize("uses", ["each", "two"])
def test_floors_and_stocks_hold_with_uses_too(uses: str) -> None:
    z, y = table()
    z[:, 1] *= 8
    stocks = np.random.default_rng(1).uniform(-3, 4, (6, 3, 1))
    y = np.concatenate([y.reshape(6, 3, 2), stocks], axis=2).reshape(6, 9)
    options: dict[str, Any] = {"inventories": [2], "value_added_floor": 0.9}
    tariff = np.full((3, 3, 2), 0.1)
    world, simple = (make(z, y, uses=u, tariff=tariff, **options) for u in (uses, "pooled"))
    assert "(AAA, tools)" in world.meta["iot"]["value_added_raised_to_floor"]
    assert world.value_added_share.min() == pytest.approx(0.9)
    assert worst_gap(world) <= 1e-12
    assert max(float(np.abs(g).max()) for g in use_gaps(world).values()) <= 1e-12
    flags = world.provenance["trade_share"]
    np.testing.assert_array_equal(flags, simple.provenance["trade_share"])
    assert (world.meta["iot"]["uses"], simple.meta["iot"]["uses"]) == (uses, "pooled")


def test_it_solves_with_a_real_shock() -> None:
    world = make(*table(), theta=5.0, tariff=np.full((3, 3, 2), 0.1) * (1 - np.eye(3))[..., None])
    cost = np.ones((3, 3, 2))
    cost[0, 1:] = cost[1:, 0] = 1.5
    results = ep.solve(world, None, ep.Shock(trade_cost=cost)).results()
    assert results.welfare.values[0] < 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"z": np.ones((5, 6))}, LabelError, r"Z has shape \(5, 6\); it needs 6 x 6"),
        ({"y": np.ones((6, 7))}, LabelError, r"Y has 7 columns.*multiple of the 3 regions"),
        ({"output": np.ones(4)}, LabelError, r"output has shape \(4,\)"),
        ({"inventories": [2]}, LabelError, r"inventories \[2\] must be positions 0 to 1"),
        ({"nan": True}, ValueRangeError, r"Z holds 1 entries that are NaN.*\(AAA, tools\)"),
        ({"output": np.full(6, 1e4)}, IdentityError, r"its row of Z and Y"),
        ({"tariff": np.full((3, 3, 2), 12.0)}, ValueRangeError, r"per cent"),
        ({"tariff": np.full((3, 3, 2), -1.0)}, ValueRangeError, r"subsidy of 100 %"),
        ({"theta": np.array([1.0, -4.0])}, ValueRangeError, r"theta must be positive"),
        ({"output": np.ones(6), "value_added": np.ones(6)}, ValueRangeError, r"not both"),
        ({"y": [["a"] * 6] * 6}, ValueRangeError, r"Y is not an array of numbers"),
    ],
)
def test_what_cannot_be_used_is_refused(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    z, y = table()
    if change.pop("nan", False):
        z = z.copy()
        z[1, 2] = np.nan
    z, y = change.pop("z", z), change.pop("y", y)
    with pytest.raises(error, match=message):
        make(z, y, **change)


def test_a_buyer_without_sales_and_a_region_without_income_are_named() -> None:
    z, y = table()
    z[3], y[3] = 0, 0
    with pytest.raises(
        ValueRangeError, match=r"\(BBB, tools\) uses inputs of .* but sells nothing"
    ):
        make(z, y)
    z, y = table()
    z *= 40
    with pytest.raises((ValueRangeError, IdentityError)):
        make(z, y)
