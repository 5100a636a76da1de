"""Rails on plain arrays: closed forms, properties, and what a user can get wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.channels.payments import (
    Elasticities,
    PaymentsOutcome,
    Rails,
    cost_hat,
    entry_weight,
    power,
    settle,
    shares_after,
)
from entrepot.channels.payments.certificate import Certificate
from entrepot.core.errors import LabelError, ValueRangeError

PLACES = ("AAA", "BBB", "CCC", "DDD")
NAMES = ("dollar", "euro", "local")
ALONE = Elasticities.of(kappa=8.0, kappa_short=4.0, network=0.0, speed=0.5)
ABROAD = ~np.eye(len(PLACES), dtype=bool)


def made(seed: int, zeros: float = 0.0) -> Rails:
    rng = np.random.default_rng(seed)
    n, r = len(PLACES), len(NAMES)
    share = rng.dirichlet(np.ones(r), (n, n))
    share = np.where((rng.uniform(size=share.shape) < zeros) & (share < share.max(-1)[..., None]),
                     0.0, share)  # fmt: skip
    share /= share.sum(axis=-1, keepdims=True)
    return Rails.from_arrays(share, rng.uniform(1, 100, (n, n)), economies=PLACES, rails=NAMES,
                             controllers={"dollar": ["AAA"]})  # fmt: skip


def certified(rails: Rails, **change: Any) -> PaymentsOutcome:
    outcome = settle(rails, **change)
    assert outcome.certificate.ok, outcome.message()
    return outcome


def test_the_cost_of_a_lost_rail_is_its_closed_form() -> None:
    rails = made(1)
    out = certified(rails, access=rails.without(["dollar"], ["BBB"]), elasticities=ALONE)
    share = rails.share[..., 0]
    expected = (1 - share) ** (-1 / 8)
    hit = np.zeros_like(ABROAD)
    hit[1], hit[:, 1] = True, True
    hit &= ABROAD
    assert out.cost_array[hit] == pytest.approx(expected[hit], rel=1e-13)
    assert (out.cost_array[~hit] == 1.0).all()
    rest = rails.share[hit][:, 0, 1:]
    assert out.share_array[hit][:, 0, 1:] == pytest.approx(rest / rest.sum(-1, keepdims=True))
    assert (out.share_array[hit][..., 0] == 0).all()


def test_a_dearer_rail_and_a_rail_that_comes_in_have_closed_forms() -> None:
    rails = made(2)
    cost = np.ones(rails.shape)
    cost[..., 1] = 1.1
    dearer = certified(rails, cost=cost, elasticities=ALONE)
    s = rails.share[..., 1]
    expected = (1 - s + s * 1.1**-8) ** (-1 / 8)
    assert dearer.cost_array[ABROAD] == pytest.approx(expected[ABROAD])
    more = rails.with_rail("bridge", ["BBB"])
    opened = certified(more, entering=more.entering("bridge", 0.2), elasticities=ALONE)
    assert opened.cost_array[ABROAD] == pytest.approx(0.8 ** (1 / 8))
    assert opened.share_array[ABROAD][..., -1] == pytest.approx(0.2)
    assert opened.use_after[-1] == pytest.approx(0.2)


def test_a_cost_common_to_all_rails_passes_through_whatever_the_elasticity() -> None:
    rails = made(3)
    for kappa in (2.0, 8.0, 60.0):
        given = Elasticities.of(kappa=kappa, network=0.4)
        out = certified(rails, cost=np.full(rails.shape, 1.07), elasticities=given)
        assert out.cost_array[ABROAD] == pytest.approx(1.07, rel=1e-12)
        assert out.use_after == pytest.approx(out.use_before)


def test_a_rail_of_infinite_cost_is_a_lost_rail() -> None:
    rails = made(4)
    cost = np.ones(rails.shape)
    cost[..., 0] = np.inf
    a = certified(rails, cost=cost)
    b = certified(rails, access=rails.without(["dollar"]))
    assert np.array_equal(a.cost_array, b.cost_array)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.9), st.sampled_from([0.0, 5.0, np.inf]))
def test_no_change_is_the_identity_and_rows_add_to_one(seed: int, eta: float, years: float) -> None:
    rails = made(seed, zeros=0.3)
    out = certified(rails, elasticities=Elasticities.of(network=eta), years=years)
    assert np.max(np.abs(out.cost_array - 1)) < 1e-12
    assert out.share_array == pytest.approx(rails.share, abs=1e-11)
    assert out.use_after.sum() == pytest.approx(1.0)
    assert out.power().sel(when="after").values == pytest.approx(
        out.power().sel(when="before").values, abs=1e-11
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_less_access_never_costs_less_and_more_rails_never_cost_more(
    seed: int, low: float, high: float
) -> None:
    """Without network effects; with them a rail that others leave may cost those who stay."""
    low, high = sorted((low, high))
    rails = made(seed, zeros=0.2)
    more, less = (
        certified(rails, access=rails.without(["dollar"], ["BBB"], lost=x), elasticities=ALONE)
        for x in (low, high)
    )
    assert (less.cost_array >= more.cost_array * (1 - 1e-14)).all()
    wider = rails.with_rail("bridge")
    opened = certified(
        wider, access=wider.without(["dollar"], ["BBB"], lost=high),
        entering=wider.entering("bridge", 0.3, ["CCC"]), elasticities=ALONE,
    )  # fmt: skip
    assert (opened.cost_array <= less.cost_array * (1 + 1e-14)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.permutations(range(4)), st.permutations(range(3)))
def test_the_order_of_labels_does_not_matter(
    seed: int, places: list[int], order: list[int]
) -> None:
    rails = made(seed)
    mixed = Rails.from_arrays(
        rails.share[np.ix_(places, places, [0], order)][:, :, 0],
        rails.value[np.ix_(places, places, [0])][:, :, 0],
        economies=[PLACES[k] for k in places],
        rails=[NAMES[k] for k in order],
    )
    a, b = (certified(r, access=r.without(["dollar"], ["CCC"])) for r in (rails, mixed))
    there = {"origin": list(PLACES), "dest": list(PLACES)}
    assert b.cost.sel(there).values == pytest.approx(a.cost.values, rel=1e-11)


def test_sectors_are_flows_of_their_own_and_equal_ones_are_the_same() -> None:
    rails = made(5)
    share = np.repeat(rails.share, 3, axis=2)
    value = np.concatenate([rails.value * x for x in (0.2, 0.3, 0.5)], axis=2)
    wide = Rails.from_arrays(share, value, economies=PLACES, rails=NAMES, sectors=["a", "b", "c"])
    one, three = (certified(r, access=r.without(["euro"], ["AAA"])) for r in (rails, wide))
    for k in range(3):
        assert three.cost_array[:, :, k] == pytest.approx(one.cost_array[:, :, 0], rel=1e-12)
    access = wide.without(["euro"], ["AAA"])
    access[:, :, 1] = 1.0
    spared = certified(wide, access=access, elasticities=ALONE)
    assert (spared.cost_array[:, :, 1] == 1.0).all()
    assert (spared.cost_array[0, 1, [0, 2]] > 1.0).all()


def test_adjustment_goes_from_the_short_to_the_long_run() -> None:
    rails = made(6)
    access = rails.without(["dollar"], ["BBB"])
    given = Elasticities(kappa=20.0, kappa_short=5.0, network=0.3, speed=0.7)
    costs = [
        certified(rails, access=access, elasticities=given, years=t).cost_array[1, 2, 0]
        for t in (0.0, 1.0, 4.0, 1e4, np.inf)
    ]
    left = 1 - rails.share[1, 2, 0, 0]
    assert costs[0] == pytest.approx(left ** (-1 / 5))
    assert all(a >= b - 1e-12 for a, b in pairwise(costs))
    assert costs[3] == pytest.approx(costs[4], rel=1e-12)
    gone = 1 - np.exp(-0.7)
    alone = Elasticities(kappa=20.0, kappa_short=5.0, network=0.0, speed=0.7)
    one = certified(rails, access=access, elasticities=alone, years=1.0).cost_array[1, 2, 0]
    assert one == pytest.approx(left ** (-1 / (5 + 15 * gone)))


def test_nobody_has_entered_a_new_rail_on_its_first_day() -> None:
    rails = made(6).with_rail("bridge")
    given = Elasticities(kappa=20.0, kappa_short=5.0, network=0.0, speed=0.7)
    entering = rails.entering("bridge", 0.3)
    first, year, last = (
        certified(rails, entering=entering, elasticities=given, years=t) for t in (0.0, 1.0, np.inf)
    )
    assert (first.cost_array == 1).all()
    assert year.use_after[-1] == pytest.approx(0.3 * (1 - np.exp(-0.7)))
    assert last.use_after[-1] == pytest.approx(0.3)


def test_years_may_differ_by_flow() -> None:
    rails = made(7)
    access = rails.without(["dollar"], ["BBB"])
    years = np.zeros((4, 4))
    years[1] = np.inf
    out = certified(rails, access=access, elasticities=ALONE, years=years)
    s = rails.share[..., 0, 0]
    assert out.cost_array[1, 2, 0] == pytest.approx((1 - s[1, 2]) ** (-1 / 8))
    assert out.cost_array[2, 1, 0] == pytest.approx((1 - s[2, 1]) ** (-1 / 4))


def test_nobody_comes_into_a_rail_that_is_shut() -> None:
    rails = made(5)
    shut = certified(rails, access=rails.without(["local"]), elasticities=ALONE)
    entered = certified(rails, access=rails.without(["local"]), entering=0.3, elasticities=ALONE)
    assert entered.share_array[..., rails.rails.index("local")].max() == 0.0
    assert (entered.cost_array <= shut.cost_array).all()


def test_a_pair_without_a_rail_is_named() -> None:
    rails = made(8)
    out = certified(rails, access=rails.without(NAMES, ["BBB"], ["CCC"]))
    assert out.no_way() == (("BBB", "CCC"), ("CCC", "BBB"))
    assert np.isinf(out.cost_array[1, 2, 0])
    assert "No rail is left from BBB to CCC, CCC to BBB." in out.message()
    table = out.pair_table()
    assert set(map(tuple, table.head(2)[["origin", "dest"]].values)) == set(out.no_way())
    assert out.use_after.sum() < 1


def test_pairs_are_sorted_by_cost_then_by_trade() -> None:
    share = np.full((4, 4, 2), 0.5)
    trade = np.arange(16.0).reshape(4, 4)
    rails = Rails.from_arrays(share, trade, economies=PLACES, rails=["dollar", "euro"])
    table = certified(rails, access=rails.without(["dollar"], ["BBB"])).pair_table()
    cost, value = table["cost"].round(9).to_numpy(), table["value"].to_numpy()
    assert all(a >= b for a, b in pairwise(cost))
    assert all(x >= y for (a, x), (b, y) in pairwise(zip(cost, value, strict=True)) if a == b)


def test_nobody_has_a_rail_left() -> None:
    rails = made(9)
    out = certified(rails, access=rails.without(NAMES))
    assert np.isinf(out.cost_array[ABROAD]).all()
    assert (out.use_after == 0).all()


def test_power_is_what_losing_the_rail_would_cost() -> None:
    assert power(np.array([0.0, 0.75, 1.0]), 2.0) == pytest.approx([1.0, 2.0, np.inf])
    rails = made(10)
    out = certified(rails, access=rails.without(["dollar"], ["BBB"]), elasticities=ALONE)
    over, total = rails.value[..., None] * rails.share, rails.value
    mine = (over[2].sum((0, 1)) + over[:, 2].sum((0, 1))) / (total[2].sum() + total[:, 2].sum())
    found = out.power().sel(when="before", economy="CCC").values
    assert found == pytest.approx((1 - mine) ** (-1 / 8))
    table = out.use_table().set_index("rail")
    assert table.loc["dollar", "controllers"] == "AAA"
    assert table.loc["dollar", "power_after"] < table.loc["dollar", "power_before"]


def test_small_functions() -> None:
    assert entry_weight(0.2) == pytest.approx(0.25)
    weight = np.array([[0.5, 0.25], [0.0, 0.0]])
    assert cost_hat(weight, np.array([2.0, 2.0])) == pytest.approx([0.75**-0.5, np.inf])
    assert shares_after(weight) == pytest.approx(np.array([[2 / 3, 1 / 3], [0, 0]]))


def test_labelled_arrays_are_matched_by_label() -> None:
    rails = made(11)
    there = {"origin": list(PLACES), "dest": list(PLACES), "rail": list(NAMES)}
    share = xr.DataArray(rails.share[:, :, 0], coords=there, dims=("origin", "dest", "rail"))
    value = xr.DataArray(rails.value[:, :, 0], dims=("origin", "dest"),
                         coords={k: there[k] for k in ("origin", "dest")})  # fmt: skip
    share = share + xr.zeros_like(share)
    share.values[np.arange(4), np.arange(4)] = 1 / 3
    back = Rails.from_arrays(share.isel(rail=[2, 0, 1]), value.isel(dest=[3, 2, 1, 0]),
                             economies=PLACES, rails=NAMES)  # fmt: skip
    assert np.array_equal(back.share, rails.share)
    assert np.array_equal(back.value, rails.value)


def wrong_rails(**change: Any) -> str:
    good: dict[str, Any] = {
        "share": np.full((2, 2, 2), 0.5), "value": np.ones((2, 2)), "economies": ["A", "B"],
        "rails": ["x", "y"],
    }  # fmt: skip
    with pytest.raises((LabelError, ValueRangeError)) as caught:
        Rails.from_arrays(**{**good, **change})
    text = str(caught.value)
    assert text.endswith((".", "?"))
    return text


def test_bad_rails_are_refused_with_the_place() -> None:
    share = np.full((2, 2, 2), 0.5)
    share[0, 1] = [0.5, 0.4]
    assert "add to 0.9 in (origin A, dest B, sector all)" in wrong_rails(share=share)
    share[0, 1] = [-0.5, 1.5]
    text = wrong_rails(share=share, value=-np.ones((2, 2)))
    assert "'share' is negative" in text
    assert "'value' is negative" in text
    assert "value' is zero between all economies" in wrong_rails(value=np.eye(2))
    assert "unique" in wrong_rails(rails=["x", "x"])
    assert "shape" in wrong_rails(share=np.ones((2, 2, 3)))
    assert "NaN" in wrong_rails(value=np.full((2, 2), np.nan))
    assert "Did you mean 'x'?" in wrong_rails(controllers={"X": ["A"]})
    assert "'C' is not a" in wrong_rails(controllers={"x": ["C"]})


def test_bad_changes_are_refused_all_at_once() -> None:
    rails = made(12)
    wrong = np.ones(rails.shape)
    wrong[0, 1] = -1.0
    with pytest.raises(ValueRangeError, match="3 problems") as caught:
        settle(rails, access=wrong, cost=wrong, entering=np.ones(rails.shape))
    assert "'access' must be at least 0" in str(caught.value)
    with pytest.raises(ValueRangeError, match="'years' must be at least 0; found -1"):
        settle(rails, years=-1.0)
    with pytest.raises(ValueRangeError, match="'years' is NaN"):
        settle(rails, years=np.nan)
    with pytest.raises(LabelError, match="Did you mean 'dollar'"):
        rails.without(["dolar"])
    with pytest.raises(LabelError, match="Did you mean 'BBB'"):
        rails.without(["dollar"], ["bbb"])
    with pytest.raises(LabelError, match="There is a rail 'euro' already"):
        rails.with_rail("euro")
    with pytest.raises(ValueRangeError, match="'share' must be at least 0 and below 1"):
        rails.entering("euro", 1.0)
    with pytest.raises(ValueRangeError, match="'lost' must be at least 0 and at most 1"):
        rails.without(["euro"], lost=1.5)


def test_bad_elasticities_are_refused_all_at_once() -> None:
    with pytest.raises(ValueRangeError, match="4 problems") as caught:
        Elasticities(kappa=-1.0, kappa_short=0.0, network=-0.1, speed=np.nan)
    for name in ("kappa must", "kappa_short must", "network must", "speed must"):
        assert name in str(caught.value)
    with pytest.raises(ValueRangeError, match="kappa_short 9 is above kappa 8"):
        Elasticities(kappa=8.0, kappa_short=9.0, network=0.0, speed=1.0)
    assert Elasticities.of(kappa=3.0).kappa_short == 3.0


def test_a_residual_without_a_number_is_not_certified():
    assert Certificate(0.0, 0.0, 0.0).ok
    assert not Certificate(0.0, np.nan, 0.0).ok
