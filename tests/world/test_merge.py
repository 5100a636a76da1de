"""Merging economies and sectors: totals, revenue, identities, exact cases, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st

import entrepot as ep
from entrepot.core.errors import LabelError
from entrepot.world import aggregate
from entrepot.world.benchmark import identity_gaps
from entrepot.world.bundle import load_world
from entrepot.world.world import FIELD_DIMS, World

REGIONS = ("AAA", "BBB", "CCC", "DDD", "EEE")
SECTORS = ("s1", "s2", "s3", "s4")


def random_world(seed: int = 1, *, taxes: bool = True) -> World:
    rng = np.random.default_rng(seed)
    n, s = len(REGIONS), len(SECTORS)
    share = rng.uniform(0.01, 0.3, (n, n, s)) * (rng.uniform(size=(n, n, s)) > 0.3)
    share[np.arange(n), np.arange(n)] = 1.0
    cost = rng.uniform(0.1, 1.0, (n, s, s)) * (rng.uniform(size=(n, s, s)) > 0.2) + 1e-3
    va = rng.uniform(0.3, 0.8, (n, s))
    final = rng.uniform(0.1, 1.0, (n, s))
    tariff = rng.uniform(0, 0.4, (n, n, s)) * taxes
    tariff[np.arange(n), np.arange(n)] = 0
    export_tax = rng.uniform(-0.05, 0.1, (n, n, s)) * taxes
    export_tax[np.arange(n), np.arange(n)] = 0
    value_added = rng.uniform(100.0, 1000.0, n)
    flags = {
        name: rng.integers(1, 5, [n if d in ("region", "origin", "dest") else s for d in dims])
        for name, dims in FIELD_DIMS.items()
    }
    return World.from_arrays(
        regions=REGIONS,
        sectors=SECTORS,
        trade_share=share / share.sum(axis=0),
        input_share=cost / cost.sum(axis=1, keepdims=True) * (1 - va)[:, None],
        value_added_share=va,
        final_share=final / final.sum(axis=1, keepdims=True),
        value_added=value_added,
        trade_balance=np.array([5.0, -5.0, 3.0, 0.0, -3.0]),
        tariff=tariff,
        export_tax=export_tax,
        theta=rng.uniform(1, 10, s),
        theta_range=np.array([np.full(s, 0.5), rng.uniform(10, 20, s)]),
        balance="adjust",
        name="random",
        provenance={k: v.astype(np.uint8) for k, v in flags.items()},
    )


def worst_gap(world: World) -> float:
    gaps = identity_gaps(world.shares, world.expenditure, world.value_added, world.trade_balance)
    return max(float(np.abs(g).max()) for g in gaps.values())


BIG = {"PAIR": ["BBB", "DDD"]}
SMALL = {"goods": ["s1", "s3"]}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_totals_revenue_and_identities_survive(seed: int) -> None:
    fine = random_world(seed)
    coarse = aggregate(fine, BIG, SMALL)
    assert coarse.regions == ("AAA", "PAIR", "CCC", "EEE")
    assert coarse.sectors == ("goods", "s2", "s4")
    assert worst_gap(coarse) <= 1e-10
    before, after = fine.accounts(), coarse.accounts()
    pair, rest = [1, 3], [0, 2, 4]
    for name in ("value_added", "tariff_revenue", "export_tax_revenue", "income"):
        old, new = getattr(before, name), getattr(after, name)
        assert new[1] == pytest.approx(old[pair].sum(), rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(new[[0, 2, 3]], old[rest], rtol=1e-9, atol=1e-9)
    for name in ("expenditure", "output"):
        old, new = getattr(before, name), getattr(after, name)
        assert new[1, 0] == pytest.approx(old[np.ix_(pair, [0, 2])].sum(), rel=1e-9)
        assert new[3, 2] == pytest.approx(old[4, 3], rel=1e-9)
    old, new = fine.trade_flows(), coarse.trade_flows()
    assert new[1, 0, 0] == pytest.approx(old[np.ix_(pair, [0], [0, 2])].sum(), rel=1e-9)
    assert new[1, 1, 1] == pytest.approx(old[np.ix_(pair, pair, [1])].sum(), rel=1e-9)
    assert coarse.trade_balance[1] == pytest.approx(fine.trade_balance[pair].sum())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_partition_of_any_world_keeps_every_identity(seed: int) -> None:
    """Zeros, idle sectors, giants and dwarfs, import subsidies, export taxes, deficits."""
    fine = worlds.world(seed)
    rng = np.random.default_rng(seed)
    big: dict[str, list[str]] = {}
    small: dict[str, list[str]] = {}
    for label in fine.regions:
        big.setdefault(f"G{rng.integers(3)}", []).append(label)
    for label in fine.sectors:
        small.setdefault(f"k{rng.integers(2)}", []).append(label)
    coarse = fine.aggregate(big, small, keep_rest=False)
    assert worst_gap(coarse) <= 1e-10
    before, after = fine.accounts(), coarse.accounts()
    for name in ("value_added", "tariff_revenue", "export_tax_revenue", "income", "output"):
        old, new = getattr(before, name), getattr(after, name)
        assert new.sum() == pytest.approx(old.sum(), rel=1e-9, abs=1e-9)
    assert coarse.trade_flows().sum() == pytest.approx(fine.trade_flows().sum(), rel=1e-9)


def test_the_identity_map_changes_nothing() -> None:
    fine = random_world()
    for same in (
        aggregate(fine),
        aggregate(fine, {r: [r] for r in REGIONS}, {s: [s] for s in SECTORS}),
        fine.aggregate({"AAA": ["AAA"]}, keep_rest=True),
    ):
        assert same.hash == fine.hash
        assert same.meta == fine.meta


def test_a_new_name_changes_no_number() -> None:
    fine = random_world()
    named = aggregate(fine, {"ZZZ": ["CCC"]})
    assert named.regions == ("AAA", "BBB", "ZZZ", "DDD", "EEE")
    for name in FIELD_DIMS:
        old, new = getattr(fine, name), getattr(named, name)
        np.testing.assert_allclose(new, old, rtol=1e-12, atol=1e-15)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_two_steps_equal_one(seed: int) -> None:
    fine = random_world(seed)
    once = aggregate(fine, {"X": ["AAA", "CCC", "DDD"]}, {"g": ["s1", "s2", "s4"]})
    for first, second in (
        ({"regions": {"X": ["AAA", "CCC"]}, "sectors": {"g": ["s1", "s4"]}},
         {"regions": {"X": ["X", "DDD"]}, "sectors": {"g": ["g", "s2"]}}),
        ({"regions": {"X": ["AAA", "CCC", "DDD"]}}, {"sectors": {"g": ["s1", "s2", "s4"]}}),
        ({"sectors": {"g": ["s1", "s2", "s4"]}}, {"regions": {"X": ["AAA", "CCC", "DDD"]}}),
    ):  # fmt: skip
        twice = aggregate(aggregate(fine, **first), **second)
        assert twice.labels == once.labels
        for name in FIELD_DIMS:
            np.testing.assert_allclose(
                getattr(twice, name), getattr(once, name), rtol=1e-9, atol=1e-12, err_msg=name
            )
        for name, flags in once.provenance.items():
            np.testing.assert_array_equal(twice.provenance[name], flags)
        np.testing.assert_allclose(twice.theta_range, once.theta_range)


def split_in_two(world: World) -> World:
    """The first economy cut into two identical halves without a border between them."""
    weight = np.ones(6)
    weight[0] = weight[1] = 0.5
    old = np.array([0, 0, 1, 2, 3, 4])
    balance = world.trade_balance[old] * weight
    return World.from_arrays(
        regions=("AA1", "AA2", *REGIONS[1:]),
        sectors=SECTORS,
        trade_share=world.trade_share[np.ix_(old, old)] * weight[:, None, None],
        input_share=world.input_share[old],
        value_added_share=world.value_added_share[old],
        final_share=world.final_share[old],
        value_added=world.value_added[old] * weight,
        trade_balance=balance - balance.mean(),
        tariff=world.tariff[np.ix_(old, old)],
        export_tax=world.export_tax[np.ix_(old, old)],
        theta=world.theta,
    )


def test_identical_halves_merge_into_the_whole_before_and_after_a_shock() -> None:
    whole = random_world(3)
    halves = split_in_two(whole)
    merged = aggregate(halves, {"AAA": ["AA1", "AA2"]})
    for name in FIELD_DIMS:
        np.testing.assert_allclose(
            getattr(merged, name), getattr(whole, name), rtol=1e-8, atol=1e-10, err_msg=name
        )
    cost = np.ones((5, 5, 4))
    cost[0, 1:] = cost[1:, 0] = 1.3
    old = np.array([0, 0, 1, 2, 3, 4])
    coarse = ep.solve(merged, None, ep.Shock(trade_cost=cost)).results().welfare
    fine = ep.solve(halves, None, ep.Shock(trade_cost=cost[np.ix_(old, old)])).results().welfare
    np.testing.assert_allclose(fine.values, coarse.values[old], rtol=1e-7)


def test_identical_sectors_merge_into_one_before_and_after_a_shock() -> None:
    whole = random_world(4)
    old, half = np.array([0, 0, 1, 2, 3]), np.array([0.5, 0.5, 1, 1, 1])
    assert whole.theta is not None
    halves = World.from_arrays(
        regions=REGIONS,
        sectors=("s1a", "s1b", *SECTORS[1:]),
        trade_share=whole.trade_share[..., old],
        input_share=(whole.input_share[:, old] * half[:, None])[..., old],
        value_added_share=whole.value_added_share[:, old],
        final_share=whole.final_share[:, old] * half,
        value_added=whole.value_added,
        trade_balance=whole.trade_balance,
        tariff=whole.tariff[..., old],
        export_tax=whole.export_tax[..., old],
        theta=whole.theta[old],
    )
    merged = aggregate(halves, sectors={"s1": ["s1a", "s1b"]})
    for name in FIELD_DIMS:
        np.testing.assert_allclose(
            getattr(merged, name), getattr(whole, name), rtol=1e-8, atol=1e-10, err_msg=name
        )
    cost = np.ones((5, 5, 4))
    cost[1, 2:] = 1.4
    coarse = ep.solve(merged, None, ep.Shock(trade_cost=cost)).results().welfare
    fine = ep.solve(halves, None, ep.Shock(trade_cost=cost[..., old])).results().welfare
    np.testing.assert_allclose(fine.values, coarse.values, rtol=1e-7)


def test_rates_and_elasticities_are_weighted_as_documented() -> None:
    fine = random_world(5)
    coarse = aggregate(fine, BIG, SMALL)
    flows = fine.trade_flows()
    revenue = (flows * fine.tariff)[np.ix_([1, 3], [0], [0, 2])].sum()
    assert coarse.tariff[1, 0, 0] == pytest.approx(
        revenue / flows[np.ix_([1, 3], [0], [0, 2])].sum()
    )
    abroad = np.einsum("ijs->s", flows) - np.einsum("iis->s", flows)
    assert fine.theta is not None
    assert coarse.theta is not None
    assert coarse.theta[0] == pytest.approx(np.average(fine.theta[[0, 2]], weights=abroad[[0, 2]]))
    inside = (flows * fine.tariff)[[1, 3], [3, 1]].sum()
    note = coarse.meta["aggregation"]
    assert note["tariff_revenue_inside_groups"] == pytest.approx(inside)
    assert (coarse.trade_flows() * coarse.tariff)[1, 1].sum() == pytest.approx(inside)


def test_rates_where_nothing_is_traded_lie_between_those_of_the_members() -> None:
    fine = random_world(6)
    coarse = aggregate(fine, BIG)
    for i, j, k in np.argwhere(coarse.trade_share == 0):
        origins = [1, 3] if i == 1 else [(0, 0, 2, 4)[i]]
        dests = [1, 3] if j == 1 else [(0, 0, 2, 4)[j]]
        cells = fine.tariff[np.ix_(origins, dests, [k])]
        assert cells.min() - 1e-12 <= coarse.tariff[i, j, k] <= cells.max() + 1e-12


def test_the_least_sure_cell_marks_the_merged_one() -> None:
    fine = random_world(7)
    coarse = aggregate(fine, BIG, SMALL)
    expected = fine.provenance["trade_share"][np.ix_([1, 3], [0], [0, 2])].max()
    assert coarse.provenance["trade_share"][1, 0, 0] == expected
    assert coarse.provenance["value_added"][1] == fine.provenance["value_added"][[1, 3]].max()
    assert coarse.provenance["theta"].shape == (3,)


def test_sectors_and_cells_without_money_stay_without() -> None:
    fine = random_world(8)
    share, cost = fine.trade_share.copy(), fine.input_share.copy()
    va, final = fine.value_added_share.copy(), fine.final_share.copy()
    share[..., 3] = cost[:, 3] = cost[..., 3] = va[:, 3] = final[:, 3] = 0
    scale = va + cost.sum(axis=1)
    scale[:, 3] = 1
    unused = World.from_arrays(
        regions=REGIONS, sectors=SECTORS, trade_share=share, input_share=cost / scale[:, None],
        value_added_share=va / scale, final_share=final / final.sum(axis=1, keepdims=True),
        value_added=fine.value_added, balance="adjust", tariff=np.full((5, 5, 4), 0.1),
    )  # fmt: skip
    coarse = aggregate(unused, BIG, {"s4": ["s4"]})
    np.testing.assert_allclose(coarse.tariff, 0.1)
    assert not coarse.trade_share[..., 3].any()
    assert not coarse.expenditure[:, 3].any()
    whole = aggregate(unused, {"World": "rest"}, {"all": "rest"})
    assert whole.regions == ("World",)
    np.testing.assert_allclose(whole.trade_share, 1.0)
    assert whole.value_added[0] == pytest.approx(unused.value_added.sum())


@pytest.mark.parametrize(
    ("regions", "keep", "message"),
    [
        ({"X": ["AAA", "bbb"]}, True, r"'bbb' in group 'X' is not a region.*Did you mean 'BBB'"),
        ({"X": ["AAA"], "Y": ["AAA"]}, True, r"'AAA' is named twice, in 'X' and in 'Y'"),
        ({"X": []}, True, r"Group 'X' is empty"),
        ({"X": "AAA"}, True, r"give a list, \['AAA'\], or 'rest'"),
        ({"X": "rest", "Y": "rest"}, True, r"Only one group can take the rest"),
        ({"X": ["AAA", "BBB"]}, False, r"No group takes 'CCC', 'DDD', 'EEE'"),
        ({"DDD": ["AAA", "BBB"]}, True, r"name 'DDD' is used for a group"),
        ({"X": list(REGIONS), "ROW": "rest"}, True, r"every region is named"),
        ({"X": ["AAA", "bbb"], "Y": []}, True, r"2 problems"),
    ],
)
def test_bad_groups_are_refused(regions: dict[str, list[str]], keep: bool, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        aggregate(random_world(), regions, keep_rest=keep)


def test_rest_gathers_everybody_else_and_comes_last() -> None:
    coarse = aggregate(random_world(), {"ROW": "rest", "PAIR": ["BBB", "AAA"]})
    assert coarse.regions == ("PAIR", "ROW")
    assert coarse.meta["aggregation"]["of"]["name"] == "random"
    assert coarse.meta["aggregation"]["regions"]["ROW"] == ["CCC", "DDD", "EEE"]


def test_the_bundled_world_merges_and_solves() -> None:
    world = load_world("2017")
    europe = ["DEU", "FRA", "ITA", "ESP", "NLD", "BEL"]
    small = aggregate(
        world,
        {"EUR": europe, "IRN": ["IRN"], "CHN": ["CHN", "HKG"], "USA": ["USA"], "ROW": "rest"},
        {"energy": ["crude", "gas", "refined"], "rest": "rest"},
    )
    assert worst_gap(small) <= 1e-10
    assert small.value_added.sum() == pytest.approx(world.value_added.sum(), rel=1e-12)
    assert small.year == 2017
    solution = ep.solve(small)
    assert solution.ok
