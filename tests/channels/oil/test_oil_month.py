"""A month of the oil market: pencil cases, restrictions, monotone answers, reasons."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from entrepot.channels.oil import Certificate, Lane, Refiner, solve_month
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityGain,
    CapacityLoss,
    DemandShift,
    Designation,
    Detour,
    ImportQuota,
    PriceCap,
    ProductionCut,
    RiskDiscount,
    ServiceBan,
)
from entrepot.core.errors import NotSolvedError, ValueRangeError

MAIN, SHADOW = ("mainstream",), ("shadow",)


def test_base_month_is_the_base(market):
    out = solve_month(market)
    np.testing.assert_allclose(out.pairs, market.flow, atol=0.01)
    np.testing.assert_allclose(out.fob, [80.0, 75.0], atol=1e-3)
    assert out.brent == pytest.approx(80.0, abs=1e-3)
    np.testing.assert_allclose(out.wedge, 0.0)
    np.testing.assert_allclose(out.rents.carrier, 0.0, atol=1e-6)


def test_one_grade_with_perfect_substitution_is_one_price(two):
    """Supply is fixed, so both delivered prices solve sum_j D_j (P / P0_j)^-e = supply."""
    market = two(grades=("light",), within=2000.0, across=2000.0)
    out = solve_month(market, [CapacityLoss(("A",), 0.3)])
    base = {"X": (81.0 * 600 + 77.0 * 1200) / 1800, "Y": (82.0 * 400 + 76.5 * 800) / 1200}

    def left(rise):
        use = 1800 * (1 + rise / base["X"]) ** -0.3 + 1200 * (1 + rise / base["Y"]) ** -0.3
        return use - 2700.0

    rise = brentq(left, 0.0, 200.0)
    np.testing.assert_allclose(out.fob - [80.0, 75.0], rise, atol=0.15)
    np.testing.assert_allclose(out.price - [base["X"], base["Y"]], rise, atol=0.15)


def test_streams_of_one_grade_split_as_a_logit(two):
    """log(x_A / x_B) moves by -(change of the price gap) / (P0 / sigma)."""
    market = two(grades=("light",), within=10.0)
    out = solve_month(market, [RiskDiscount(("B",), ("X",), 5.0), CapacityGain(("A",), 0.5)])
    price = (81.0 * 600 + 77.0 * 1200) / 1800
    gap = (out.fob[0] - 80.0) - (out.fob[1] + 5.0 - 75.0)
    ratio = math.log(out.pairs[0, 0] / out.pairs[1, 0] / (600 / 1200))
    assert ratio == pytest.approx(-gap / (price / 10.0), abs=1e-4)


def test_demand_answers_with_its_elasticity(market):
    out = solve_month(market, [CapacityLoss(("A", "B"), 0.1)])
    base = solve_month(market)
    np.testing.assert_allclose(out.runs / base.runs, (out.price / base.price) ** -0.3, rtol=1e-5)
    np.testing.assert_allclose(out.runs.sum(), 2700.0, atol=0.01)


def test_where_cost_binds_output_falls_along_it(market):
    out = solve_month(market, [DemandShift(("X", "Y"), 0.5)])
    slope = np.array([40.0, 40.0]) * out.output / np.array([1000.0, 2000.0])
    free = out.output < np.array([1000.0, 2000.0]) - 1
    assert free.any()
    np.testing.assert_allclose(out.fob[free], (np.array([20.0, 10.0]) + slope)[free], atol=0.01)


def test_cap_holds_and_a_tighter_one_gives_less(market):
    caps = (74.0, 70.0, 66.0, 62.0)
    found = [solve_month(market, [PriceCap(("B",), MAIN, usd)]) for usd in caps]
    for usd, out in zip(caps, found, strict=True):
        assert out.fob[1] == pytest.approx(usd, abs=0.01)
        assert out.output[1] == pytest.approx(2000.0, abs=0.01)  # its cost is below the cap
    wedges = [out.wedge[1] for out in found]
    shadow = [out.flow[[5, 7]].sum() for out in found]
    assert np.all(np.diff(wedges) > 0)
    assert np.all(np.diff(shadow) >= -0.01)
    assert found[0].flow[[5, 7]].sum() > 0


def test_cap_above_the_price_does_nothing(market):
    out, base = solve_month(market, [PriceCap(("B",), MAIN, 90.0)]), solve_month(market)
    np.testing.assert_allclose(out.flow, base.flow, atol=0.01)
    assert out.wedge[1] == 0.0


def test_with_a_large_shadow_fleet_a_low_cap_moves_everything_there(two):
    base = two()
    market = two(carriers=[base.carriers[0], replace(base.carriers[1], capacity=500.0)])
    out = solve_month(market, [PriceCap(("B",), MAIN, 60.0)])
    assert out.flow[[4, 6]].sum() == pytest.approx(0.0, abs=1e-3)
    assert 60.0 < out.fob[1] < 75.0  # the shadow fleet's dearer freight is all that is lost
    assert not out.month.open[[4, 6]].any()


def test_service_ban_and_listed_tankers_bind(market):
    out = solve_month(market, [ServiceBan(("B",), MAIN)])
    fewer = solve_month(market, [ServiceBan(("B",), MAIN), Designation("shadow", 10.0)])
    assert out.flow[[4, 6]].sum() == 0.0
    assert 0 < out.rents.carrier[1] < fewer.rents.carrier[1]
    used = (out.flow * out.month.days)[[1, 3, 5, 7]].sum() / 1000.0 + out.stock.sum()
    assert used == pytest.approx(40.0, abs=1e-3)
    assert fewer.fob[1] < out.fob[1] < 75.0
    assert fewer.brent > out.brent > 80.0


def test_ban_waiver_and_quota_hold_to_the_barrel(market):
    part = solve_month(market, [Ban(("B",), ("X",), waivers={"X": 500.0})])
    assert part.pairs[1, 0] == pytest.approx(500.0, abs=0.01)
    half = solve_month(market, [Ban(("BBB",), ("X",), share=0.5)])
    assert half.pairs[1, 0] == pytest.approx(600.0, abs=0.01)
    quota = solve_month(market, [ImportQuota(("X",), 900.0, ("B",))])
    assert quota.pairs[1, 0] == pytest.approx(900.0, abs=0.01)
    assert quota.rents.volume[0] > 0
    by_sea = solve_month(market, [Ban(("B",), ("X",), MAIN)])
    assert by_sea.flow[4] == 0.0
    assert by_sea.flow[5] > 0.0


def test_what_cannot_be_sold_goes_to_floating_storage(market):
    out = solve_month(market, [Ban(("B",), ("X",), waivers={"X": 300.0})])
    assert out.stock[1] > 1.0
    assert out.stock[1] == pytest.approx(out.into[1] * 30.4 / 1000.0)
    assert out.output[1] + out.out_of[1] - out.into[1] == pytest.approx(out.pairs[1].sum())
    full = [replace(s, stock=s.storage) for s in market.streams]
    sold = solve_month(market.with_streams(full))
    assert sold.stock[1] < 50.0  # at the base price a barrel is worth more sold


def test_risk_discount_lowers_the_price_and_turns_trade_away(market):
    out, base = solve_month(market, [RiskDiscount(("B",), ("X",), 8.0)]), solve_month(market)
    assert out.fob[1] < base.fob[1]
    assert out.pairs[1, 0] < base.pairs[1, 0]
    assert out.pairs[1, 1] > base.pairs[1, 1]


def test_detour_takes_vessels_and_cut_takes_oil(market):
    far = solve_month(market, [Detour(("B",), ("X",), (), days=30.0, usd=1.2)])
    assert far.on_water.sum() > solve_month(market).on_water.sum()
    assert far.pairs[1, 0] < market.flow[1, 0]
    cut = solve_month(market, [ProductionCut(("B",), 0.8)])
    assert cut.output[1] == pytest.approx(1600.0, abs=0.01)


def test_a_loss_takes_spare_capacity_first_and_a_gain_lifts_the_quota(market):
    held = [market.streams[0], replace(market.streams[1], capacity=2200.0, quota=2000.0)]
    spare = market.with_streams(held)
    assert solve_month(spare, [CapacityLoss(("B",), 0.05)]).output[1] == pytest.approx(2000.0)
    assert solve_month(spare, [CapacityLoss(("B",), 0.20)]).output[1] == pytest.approx(1760.0)
    assert solve_month(spare, [CapacityGain(("B",), 0.10)]).output[1] == pytest.approx(2200.0)


def test_refinery_limits_hold(two):
    refiners = [Refiner("X", 0.3, slate_limit=(("heavy", 1000.0),)), Refiner("Y", 0.3, 1100.0)]
    out = solve_month(two(refiners=refiners))
    assert out.pairs[1, 0] == pytest.approx(1000.0, abs=0.01)
    assert out.runs[1] == pytest.approx(1100.0, abs=0.01)
    assert out.rents.grade[1, 0] > 0
    assert out.rents.refinery[1] > 0


def test_reasons_are_named(market):
    stuck = [replace(market.streams[0]), replace(market.streams[1], least=1500.0, storage=0.0)]
    bans = [Ban(("B",), ("X",)), ImportQuota(("Y",), 400.0, ("B",))]
    with pytest.raises(NotSolvedError, match=r"least output of B .* cannot hold: short by 1100"):
        solve_month(market.with_streams(stuck), bans)
    with pytest.raises(ValueRangeError, match=r"X can get no crude at all.*ban on all streams"):
        solve_month(market, [Ban((), ("X",))])


def test_bad_markets_name_every_problem(two, market):
    bad = [
        replace(market.streams[0], capacity=-5.0, grade="lihgt"),
        replace(market.streams[1], cost=(50.0, 10.0), stock=60.0),
    ]
    with pytest.raises(ValueRangeError) as caught:
        two(streams=bad)
    text = str(caught.value)
    for part in ("capacity is -5.0", "Did you mean 'light'", "rising from 0 up", "above its stor"):
        assert part in text
    with pytest.raises(ValueRangeError, match=r"refiner 'Y' has no port and no pipeline"):
        two(lanes=[x for x in market.lanes if x.refiner == "X"], flow=[[600, 0], [1200, 0]])
    with pytest.raises(ValueRangeError, match=r"A sold 400 kb/d to Y .* no lane joins them"):
        two(lanes=[x for x in market.lanes if (x.stream, x.refiner) != ("A", "Y")])
    with pytest.raises(ValueRangeError, match=r"is there twice"):
        two(lanes=[*market.lanes, Lane("A", "X", "shadow", 2.0, 20.0)])


def test_bad_restrictions_name_every_problem(market):
    given = [
        Ban(("C",), ("X",)),
        PriceCap(("B",), MAIN, 5.0),
        Designation("shaddow", -3.0),
        ImportQuota(("Y",), math.nan),
        CapacityLoss(("A",), 1.5),
        Ban(("A",), ("X",), waivers={"Y": 5.0}),
        Ban("A"),
    ]
    with pytest.raises(ValueRangeError) as caught:
        solve_month(market, given)
    text = str(caught.value)
    for part in (
        "'C' is none of the streams", "below what the first barrel of B costs (10)",
        "Did you mean 'shadow'", "vessels is -3.0", "kbd is nan",
        "share is 1.5; it must be 0 or more, and at most 1",
        "whom the ban does not bind", "write ('A',)",
    ):  # fmt: skip
        assert part in text


def test_a_condition_without_a_number_is_not_certified():
    fine = Certificate(*[0.0] * 8)
    broken = replace(fine, storage=np.nan)
    assert fine.ok
    assert not broken.ok
    assert broken.worst[0] == "storage"
    assert not Certificate.over([fine, broken]).ok
    assert Certificate.over([fine, replace(fine, lanes=1e-4)]).worst == ("lanes", 1e-4)
