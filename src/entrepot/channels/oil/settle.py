"""A settled month: measures have been there long enough for stocks and quotas to stand still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from entrepot.channels.oil.base import Base, base_of
from entrepot.channels.oil.habits import Habits
from entrepot.channels.oil.limits import picked
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import solve_month
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.restrictions import CapacityLoss, NoInvestment, Restriction

NEAR = 1e-6
"""Part of quotas to which those of an agreement are found."""
CUT, LEAST = 0.85, 0.3
"""Factor by which the search for lower quotas goes down, and below which it stops."""


def still(market: OilMarket, years: float = np.inf) -> OilMarket:
    """The market some years after a change: nobody stores, and habits have followed.

    Nobody stores for a price that stays as it is.  `years` after a lasting change of prices the
    answer of log shares is ``W - (W - 1) rho^years`` times that of the first month, with
    ``W = 1 / (1 - memory)`` and rho the persistence (`entrepot.channels.oil.habits`); elasticities
    are those of that time, and no habit is left to form.
    """
    habits, rho = Habits.of(market.habit), market.habit
    whole = 1.0 / (1.0 - habits.memory)
    answer = (whole - (whole - 1.0) * rho**years if rho > 0 else 1.0) / habits.year
    return replace(
        market,
        streams=tuple(replace(s, storage=0.0, stock=0.0) for s in market.streams),
        across=market.across * answer,
        within=market.within * answer,
        habit=0.0,
    )


def settle(
    market: OilMarket,
    restrictions: Sequence[Restriction],
    *,
    agreement: Agreement | None = None,
    years: float = 10.0,
    base: Base | None = None,
) -> MonthOutcome:
    """Solve the month to which the market settles.

    Parameters
    ----------
    market : in which nothing moves by itself, see `still`
    restrictions : all that is in force, those that stood in the base month too
    agreement : producers move their quotas until Brent is in the band, or none can move
    years : without new wells, where a restriction asks for that
    base : coefficients of `market`, if they are at hand

    Raises
    ------
    ValueRangeError, NotSolvedError : as in `solve_month`

    """
    from scipy.optimize import brentq  # see `entrepot.channels.oil.solver`

    given = [r for one in restrictions for r in _aged(market, one, years)]
    base = base or base_of(market)
    free = solve_month(market, given, base=base, label="settled month")
    if agreement is None or agreement.step == 0:
        return free
    if agreement.low <= free.brent <= agreement.high:
        return free
    goal = agreement.high if free.brent > agreement.high else agreement.low
    members = picked(market, agreement.streams)

    @cache
    def solved(factor: float) -> MonthOutcome:
        return solve_month(_quotas(market, members, factor), given, base=base,
                           label="settled month")  # fmt: skip

    if free.brent > agreement.high:
        end = _farthest(market, members)
        if (last := solved(end)).brent >= goal:
            return last
    else:
        end = CUT
        while (last := solved(end)).brent < goal:
            if end < LEAST:
                return last
            end *= CUT
    found = brentq(lambda x: solved(float(x)).brent - goal, 1.0, end, xtol=NEAR, rtol=NEAR)
    return solved(float(found))


def _aged(market: OilMarket, one: Restriction, years: float) -> list[Restriction]:
    """Years without wells as a loss of capacity; anything else as it is."""
    if not isinstance(one, NoInvestment):
        return [one]
    which = picked(market, one.streams)
    return [
        CapacityLoss((s.name,), 1.0 - (1.0 - min(s.decline, 1.0)) ** years)
        for s, hit in zip(market.streams, which, strict=True)
        if hit
    ]


def _quotas(market: OilMarket, members: np.ndarray, factor: float) -> OilMarket:
    return market.with_streams([
        replace(s, quota=min(s.quota * factor, max(s.capacity, s.quota))) if hit else s
        for s, hit in zip(market.streams, members, strict=True)
    ])  # fmt: skip


def _farthest(market: OilMarket, members: np.ndarray) -> float:
    """Factor on quotas at which the last member produces at capacity."""
    room = [s.capacity / s.quota for s, hit in zip(market.streams, members, strict=True)
            if hit and 0 < s.quota < np.inf]  # fmt: skip
    return max([1.0, *room])
