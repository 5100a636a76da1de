"""Random markets under extreme restrictions: a month is certified, or its failure has a name."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_oil_random import market as random_market

from entrepot.channels.oil import base_of, certify, solve_month
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityGain,
    CapacityLoss,
    DemandShift,
    Designation,
    Detour,
    ImportQuota,
    NoInvestment,
    PriceCap,
    ProductionCut,
    RefiningCapacity,
    Relief,
    Restriction,
    RiskDiscount,
    ServiceBan,
    VesselGain,
)
from entrepot.core.errors import NotSolvedError, ValueRangeError

MAIN, FLEETS = ("mainstream",), ("mainstream", "shadow")
PARTS = (0.0, 1e-6, 0.5, 0.99, 0.999999, 1.0)
NAMED = (
    "can get no crude at all", "can get no more than", "cannot hold: short by",
    "no wedge was found",
)  # fmt: skip


def some(labels):
    return st.lists(st.sampled_from(labels), unique=True).map(tuple)


@st.composite
def extreme(draw, made):
    streams, refiners = some(made.stream_names), some(made.refiner_names)
    part, low = st.sampled_from(PARTS), float(made.cost()[0].max())
    cap = st.sampled_from((0.3, 0.6, 0.9, 1.0, 2.0)).map(
        lambda x: max(low, x * float(made.column("fob").min()))
    )
    mb = st.sampled_from((0.0, 1.0, 10.0, 100.0, 1e6))
    hat = st.sampled_from((0.01, 0.3, 3.0, 20.0))
    kinds = (
        st.builds(Ban, streams, refiners, some(FLEETS), share=part),
        st.builds(ServiceBan, streams, some(FLEETS)),
        st.builds(PriceCap, streams, st.sampled_from((MAIN, FLEETS)), cap),
        st.builds(Designation, st.sampled_from(FLEETS), mb),
        st.builds(VesselGain, st.just("shadow"), mb),
        st.builds(RiskDiscount, streams, refiners, st.sampled_from((0.01, 10.0, 300.0))),
        st.builds(ImportQuota, refiners, mb, streams, st.booleans()),
        st.builds(CapacityLoss, streams, part),
        st.builds(CapacityGain, streams, st.sampled_from((0.0, 0.5, 3.0))),
        st.builds(ProductionCut, streams, part),
        st.builds(DemandShift, refiners, hat),
        st.builds(RefiningCapacity, refiners, hat),
        st.builds(Detour, streams, refiners, st.just(()), st.sampled_from((1.0, 1000.0)),
                  st.sampled_from((0.0, 50.0))),
    )  # fmt: skip
    return draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 4), st.data())
def test_every_month_is_certified_or_its_failure_named(seed, streams, refiners, data):
    made = random_market(seed, streams, refiners)
    given = data.draw(extreme(made))
    try:
        out, failure = solve_month(made, given), ""
    except (ValueRangeError, NotSolvedError) as error:
        out, failure = None, str(error)
    if out is None:
        assert any(text in failure for text in NAMED), failure
        return
    assert certify(base_of(made), out).ok
    assert (out.flow >= 0).all()
    assert (out.output <= out.month.ceiling + 0.05).all()
    np.testing.assert_allclose(out.runs, out.pairs.sum(axis=0), atol=1e-6)


def test_every_kind_is_in_the_test(market):
    """But those that act in a path only, or lift what stood."""
    tried = {Ban, ServiceBan, PriceCap, Designation, VesselGain, RiskDiscount, ImportQuota,
             CapacityLoss, CapacityGain, ProductionCut, DemandShift, RefiningCapacity,
             Detour}  # fmt: skip
    assert set(get_args(Restriction)) - tried == {NoInvestment, Relief}


def test_starved_refiners_and_what_stands_against_them(market):
    both = [CapacityLoss(("A", "B"), 0.999), ImportQuota(("Y",), 1.0)]
    with pytest.raises(NotSolvedError) as caught:
        solve_month(market, [*both, PriceCap(("B",), MAIN, 12.0)])
    text = str(caught.value)
    assert "X can get no more than" in text
    assert "of the 1800 kb/d that it wants at base prices" in text
    assert "capacity or quota of B (kb/d)" in text


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([Designation("mainstream", 1e4), Designation("shadow", 1e4)],
         "no capacity of mainstream, no capacity of shadow"),
        ([CapacityLoss((), 1.0)], "no output of A, no output of B"),
        ([ServiceBan((), FLEETS)], "closed by service ban"),
        ([Ban(refiners=("X",), carriers=MAIN), Designation("shadow", 1e4)],
         "closed by ban on all streams, no capacity of shadow"),
    ],
)  # fmt: skip
def test_what_cuts_a_refiner_off(market, given, why):
    with pytest.raises(ValueRangeError, match=why):
        solve_month(market, given)
