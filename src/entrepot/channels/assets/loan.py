"""The years of a loan: disbursement, service, debt, and a debtor that stops paying.

A loan is paid out in equal tranches, one at the beginning of each of its first years.  A tranche P
pays interest r P for g years of grace, then in n - g equal instalments, the first one a year after
it was paid out or after the grace,

    a = P r / (1 - (1 + r)^-(n - g)),      a = P / (n - g) for r = 0,

so that at the rate r the instalments are worth exactly P.  An instalment counts in the year that
begins on the day it is due.  What is not paid is added to the debt, B_t = (1 + r) B_(t-1) - paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from entrepot.core.errors import ValueRangeError


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What was agreed, and what is kept of it.

    Attributes
    ----------
    principal : mn USD, all tranches
    interest : r, a year
    maturity : n, years from a tranche to its last instalment
    tranches : number of equal tranches, one a year
    grace : g, years with interest only
    default_year : instalments due in this year of the loan or later are not paid; None: all are
    haircut : share of those instalments that is not paid

    """

    principal: float
    interest: float
    maturity: int
    tranches: int = 1
    grace: int = 0
    default_year: int | None = None
    haircut: float = 1.0

    def __post_init__(self) -> None:
        """Check every number."""
        problems = [
            f"{name} is {value:g}. It lies in {domain}."
            for name, value, fits, domain in (
                ("principal", self.principal, 0 <= self.principal < np.inf, "[0, inf)"),
                ("interest", self.interest, 0 <= self.interest <= 1, "[0, 1]"),
                ("maturity", self.maturity, self.maturity >= 1, "[1, inf), years"),
                ("tranches", self.tranches, self.tranches >= 1, "[1, inf), years"),
                ("grace", self.grace, 0 <= self.grace < self.maturity, "[0, maturity)"),
                ("haircut", self.haircut, 0 <= self.haircut <= 1, "[0, 1]"),
            )
            if not fits
        ]
        if problems:
            raise ValueRangeError.collect("The loan cannot be computed", problems)


@dataclass(frozen=True, slots=True, eq=False)
class LoanSchedule:
    """What happens in each year of a loan, mn USD.

    Attributes
    ----------
    disbursed : (year,) paid out by the lender
    due : (year,) instalments due
    paid : (year,) instalments paid
    debt : (year,) what is owed after the payments of the year

    """

    disbursed: np.ndarray
    due: np.ndarray
    paid: np.ndarray
    debt: np.ndarray

    def net(self, year: int) -> float:
        """Net transfer to the borrower in `year` of the loan; 0 before it and after it."""
        if not 0 <= year < len(self.due):
            return 0.0
        return float(self.disbursed[year] - self.paid[year])

    def owed(self, year: int, interest: float) -> float:
        """Debt at the end of `year`; what is left after the last one grows with `interest`."""
        if year < 0:
            return 0.0
        last = len(self.debt) - 1
        return float(self.debt[min(year, last)] * (1 + interest) ** max(year - last, 0))


def loan_schedule(terms: LoanTerms) -> LoanSchedule:
    """Return the years of a loan, from the first tranche to the last instalment."""
    years = np.arange(terms.tranches + terms.maturity)
    tranche = terms.principal / terms.tranches
    disbursed = np.where(years < terms.tranches, tranche, 0.0)
    pays = terms.maturity - terms.grace
    rate = terms.interest
    part = rate / -np.expm1(-pays * np.log1p(rate)) if rate else 1.0 / pays
    age = np.arange(1, terms.maturity + 1)
    one = tranche * np.where(age <= terms.grace, rate, part)
    due = np.zeros(len(years))
    for k in range(terms.tranches):
        due[k + 1 : k + 1 + terms.maturity] += one
    late = years >= (len(years) if terms.default_year is None else terms.default_year)
    paid = np.where(late, (1 - terms.haircut) * due, due)
    debt, owed = np.zeros(len(years)), 0.0
    for k in range(len(years)):
        owed = owed * (1 + rate) - paid[k] + disbursed[k]
        debt[k] = owed
    scale = 1e-12 * max(terms.principal, 1.0)
    return LoanSchedule(disbursed, due, paid, np.where(np.abs(debt) < scale, 0.0, debt))


def year_of(start: date, day: date) -> int:
    """Number of whole years from `start` to `day`; negative before it."""
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def due_year(start: date, day: date) -> int:
    """First year of a loan of `start` whose instalment is due on `day` or later."""
    return year_of(start, day - timedelta(days=1)) + 1


def mean_over(year: int, rate: Callable[[date], float]) -> float:
    """Mean of a yearly rate over the days of a calendar year."""
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return float(np.mean([rate(first + timedelta(days=k)) for k in range(days)]))
