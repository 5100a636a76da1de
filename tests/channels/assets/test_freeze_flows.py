"""Freezes on plain numbers: who loses, who has it, what stays a claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.channels.assets import freeze_flows, holdings
from entrepot.core.errors import ValueRangeError

SHARE = st.floats(0, 1)


def test_numbers_of_a_freeze_by_hand():
    flows = freeze_flows(1000.0, 0.03, drawdown=50.0, spent=0.5, passed_on=0.4)
    assert float(flows.income) == pytest.approx(30)
    assert float(flows.owner) == pytest.approx(-65)
    assert float(flows.beneficiary) == pytest.approx(12)
    assert float(flows.holder) == pytest.approx(53)
    assert float(flows.credited) == 0
    assert float(flows.claim(1000.0, 3)) == 1000


def test_what_is_held_in_trust_is_added_to_the_claim():
    flows = freeze_flows(1000.0, 0.03, trust=True)
    assert float(flows.credited) == pytest.approx(30)
    assert float(flows.claim(1000.0, 2.5)) == pytest.approx(1075)


@given(st.floats(0, 1e6), SHARE, SHARE, SHARE, SHARE)
def test_flows_add_to_zero_and_have_their_signs(stock, rate, spent, passed, drawn):
    flows = freeze_flows(stock, rate, spent=spent, passed_on=passed, drawdown=drawn * stock)
    total = flows.owner + flows.holder + flows.beneficiary
    assert abs(total) <= 1e-9 * max(stock, 1)
    assert flows.owner <= 0 <= flows.beneficiary
    assert flows.holder >= -flows.beneficiary


@given(st.floats(0, 1e5), st.floats(0, 1e5), SHARE)
def test_a_larger_stock_never_costs_the_owner_less(one, two, rate):
    small, large = sorted((one, two))
    owner = freeze_flows(np.array([small, large]), rate).owner
    assert owner[1] <= owner[0]


def test_arrays_broadcast():
    flows = freeze_flows(np.array([100.0, 200.0]), 0.05, drawdown=[1.0, 0.0])
    np.testing.assert_allclose(flows.owner, [-6, -10])


def test_every_wrong_number_is_named():
    with pytest.raises(ValueRangeError) as caught:
        freeze_flows(-1.0, 1.5, drawdown=-2.0, spent=2.0, passed_on=-0.1)
    assert len(caught.value.problems) == 5
    for word in ("stock is -1", "rate_of_return is 1.5", "drawdown is -2", "spent is 2",
                 "passed_on is -0.1"):  # fmt: skip
        assert word in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_stock_is_a_finite_number(bad):
    with pytest.raises(ValueRangeError, match="stock is"):
        freeze_flows(bad, 0.03)


def test_more_cannot_be_drawn_than_there_is():
    with pytest.raises(ValueRangeError, match="nobody draws more than there is"):
        freeze_flows(10.0, 0.03, drawdown=11.0)


def test_nothing_is_passed_on_out_of_a_trust():
    with pytest.raises(ValueRangeError, match="held in trust"):
        freeze_flows(10.0, 0.03, passed_on=0.5, trust=True)


def test_shipped_figures_are_ordered_and_sourced():
    for code, item in holdings().items():
        assert code == item.code
        assert 0 < item.low <= item.central <= item.high < 1e8
        assert len(item.source) > 20
        assert item.what
        assert item.when
    assert holdings()["KAZ"].low == pytest.approx(57_300)
