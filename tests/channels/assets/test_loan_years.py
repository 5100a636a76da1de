"""Loans on plain numbers: present values, grace, tranches, and a debtor that stops paying."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.channels.assets import LoanTerms, loan_schedule
from entrepot.channels.assets.loan import due_year, mean_over, year_of
from entrepot.core.errors import ValueRangeError


def test_an_annuity_by_hand():
    schedule = loan_schedule(LoanTerms(1000.0, 0.1, 2))
    annuity = 1000 * 0.1 / (1 - 1.1**-2)
    np.testing.assert_allclose(schedule.due, [0, annuity, annuity])
    np.testing.assert_allclose(schedule.debt, [1000, 1100 - annuity, 0], atol=1e-9)
    nets = [schedule.net(k) for k in (-1, 0, 1, 3)]
    assert nets == pytest.approx([0, 1000, -annuity, 0])


def test_without_interest_the_instalments_are_equal_parts():
    np.testing.assert_allclose(loan_schedule(LoanTerms(900.0, 0.0, 3)).due, [0, 300, 300, 300])


def test_the_limit_of_no_interest():
    near, none = (loan_schedule(LoanTerms(900.0, r, 7)).due for r in (1e-10, 0.0))
    np.testing.assert_allclose(near, none, rtol=1e-8)


@given(
    st.floats(0, 1e5), st.floats(0, 1), st.integers(1, 40), st.integers(1, 6), st.integers(0, 39)
)
def test_instalments_are_worth_the_principal_and_pay_the_debt_off(amount, rate, n, tranches, g):
    grace = min(g, n - 1)
    schedule = loan_schedule(LoanTerms(amount, rate, n, tranches, grace))
    worth = (1 + rate) ** -np.arange(len(schedule.due))
    assert schedule.disbursed.sum() == pytest.approx(amount, rel=1e-9)
    assert (worth * schedule.due).sum() == pytest.approx(
        (worth * schedule.disbursed).sum(), rel=1e-9, abs=1e-9
    )
    size = max(amount, 1) * (1 + rate) ** len(schedule.due)
    assert abs(schedule.debt[-1]) <= 1e-12 * size


def test_grace_is_interest_only():
    due = loan_schedule(LoanTerms(1000.0, 0.05, 5, grace=2)).due
    np.testing.assert_allclose(due[1:3], 50)
    assert (due[3:] > 300).all()


def test_tranches_come_one_a_year():
    schedule = loan_schedule(LoanTerms(900.0, 0.0, 2, tranches=3))
    np.testing.assert_allclose(schedule.disbursed, [300, 300, 300, 0, 0])
    np.testing.assert_allclose(schedule.due, [0, 150, 300, 300, 150])


def test_a_default_leaves_the_debt_growing():
    terms = LoanTerms(1000.0, 0.1, 4, default_year=2)
    schedule, whole = loan_schedule(terms), loan_schedule(LoanTerms(1000.0, 0.1, 4))
    assert schedule.paid[1] == whole.paid[1]
    assert (schedule.paid[2:] == 0).all()
    assert schedule.net(2) == 0
    assert schedule.debt[-1] == pytest.approx(schedule.debt[1] * 1.1**3)
    assert schedule.owed(6, 0.1) == pytest.approx(schedule.debt[-1] * 1.1**2)
    assert schedule.owed(-1, 0.1) == 0


def test_half_a_haircut_is_half_paid():
    schedule = loan_schedule(LoanTerms(1000.0, 0.1, 4, default_year=1, haircut=0.5))
    np.testing.assert_allclose(schedule.paid, schedule.due / 2)


def test_every_wrong_term_is_named():
    with pytest.raises(ValueRangeError) as caught:
        LoanTerms(-1.0, 2.0, 0, 0, -1, None, 3.0)
    assert len(caught.value.problems) == 6
    with pytest.raises(ValueRangeError, match=r"grace is 4. It lies in \[0, maturity\)"):
        LoanTerms(1.0, 0.0, 4, grace=4)


def test_years_turn_on_the_anniversary():
    start = date(2016, 2, 29)
    assert year_of(start, date(2017, 2, 28)) == 0
    assert year_of(start, date(2017, 3, 1)) == 1
    assert year_of(start, date(2015, 3, 1)) == -1
    assert due_year(date(2018, 9, 14), date(2019, 9, 14)) == 1
    assert due_year(date(2018, 9, 14), date(2019, 9, 15)) == 2


def test_mean_over_a_calendar_year():
    assert mean_over(2017, lambda day: 10.0) == 10
    half = mean_over(2017, lambda day: 365.0 if day >= date(2017, 12, 31) else 0.0)
    assert half == pytest.approx(1)
