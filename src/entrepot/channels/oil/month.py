"""`solve_month`: the market of one month under restrictions, with a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base, base_of, shut_at_base
from entrepot.channels.oil.cap import Capped, solve_capped
from entrepot.channels.oil.certificate import certify
from entrepot.channels.oil.infeasible import no_ways, shortfalls, starved
from entrepot.channels.oil.limits import Limits, limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.outcome import MonthOutcome, outcome_of
from entrepot.channels.oil.prices import Given
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.errors import NotSolvedError, ValueRangeError

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NEAR = 1e-3
"""kb/d, mb, USD a barrel or part of a habit below which what two months take over is the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What a month takes over from the one before.

    Attributes
    ----------
    stock : (V,) floating storage, mb
    expected : (V,) price that owners of stored crude expect, USD a barrel
    worth : (V,) the same over that of Brent, as learnt so far (`Storing.learnt`)
    most : (V,) output that the ramp allows, kb/d
    wedge, shut : (V,) where the search for the wedge of a price cap begins, USD a barrel, and
        whether services were shut out by it
    fob : (V,) prices where the search for prices begins, USD a barrel
    habit : (V, J) log of what habits make of the base month's weights

    """

    stock: Array
    expected: Array
    worth: Array
    most: Array
    wedge: Array
    shut: Flags
    fob: Array
    habit: Array = field(default_factory=lambda: np.zeros((1, 1)))

    @classmethod
    def at_base(cls, market: OilMarket) -> Before:
        """State before the base month: stocks as they are, prices of the base, no ramp."""
        return cls(
            stock=market.column("stock"),
            expected=market.column("fob"),
            worth=market.column("fob") / market.brent,
            most=np.full(len(market.streams), np.inf),
            wedge=market.column("wedge"),
            shut=shut_at_base(market, limits(market, market.standing)),
            fob=market.column("fob"),
            habit=np.zeros(market.flow.shape),
        )

    def leads_to(
        self, found: MonthOutcome, market: OilMarket, restrictions: Sequence[Restriction]
    ) -> bool:
        """Whether a month was solved from this: no kb/d, mb, USD or habit is 0.001 apart."""
        here, keeps = self.limit(limits(market, restrictions)), market.column("storage") > 0
        pairs = (
            (here.ceiling, found.month.ceiling),
            (here.capacity, found.month.capacity),
            (here.habit, found.month.habit),
            (self.stock, found.stock_before),
            (self.expected[keeps], found.expected[keeps]),
        )
        return all(np.allclose(a, b, rtol=0.0, atol=NEAR) for a, b in pairs)

    def limit(self, month: Limits) -> Limits:
        """Put ramp and habits on the limits of a month."""
        month.ceiling = np.minimum(month.ceiling, self.most)
        month.habit = month.habit + self.habit
        return month


def solve_month(
    market: OilMarket,
    restrictions: Sequence[Restriction] | None = None,
    before: Before | None = None,
    *,
    base: Base | None = None,
    label: str = "month",
) -> MonthOutcome:
    """Find prices and flows at which nobody wants to do anything else.

    Parameters
    ----------
    market : the market
    restrictions : all that is in force; left out: what stood in the base month
    before : what the month takes over; left out: the base month's own
    base : coefficients of `market`, if they are at hand (`base_of`)
    label : what to call the month in messages

    Raises
    ------
    ValueRangeError : a restriction cannot be, or a refiner is left without any way to crude
    NotSolvedError : no market can be (the message names the constraint), or the solver or the
        certificate failed

    """
    given = market.standing if restrictions is None else tuple(restrictions)
    base = base or base_of(market)
    before = before or Before.at_base(market)
    month = before.limit(limits(market, given))
    if cut := no_ways(market, base, month, before.stock):
        raise ValueRangeError.collect(f"oil market, {label}", cut)
    if (market.column("least") > 0).any() and (short := shortfalls(market, month, before.stock)):
        raise NotSolvedError.collect(f"oil market, {label}", short)
    start = Given(before.wedge, before.stock, before.expected)
    found = solve_capped(market, base, month, start, before.shut, before.fob)
    if not found.settled:
        why = starved(market, base, month, before.stock) or [_reason(found)]
        raise NotSolvedError.collect(f"oil market, {label}", why)
    out = outcome_of(market, base, found, label)
    certificate = certify(base, out)
    if not certificate.ok:
        why = starved(market, base, month, before.stock) or [certificate.message()]
        raise NotSolvedError.collect(f"oil market, {label}", why)
    return out


def _reason(found: Capped) -> str:
    if found.solved.ok:
        return (
            f"no wedge was found at which every price cap holds, in {found.tries} tries. Give one "
            "cap to all streams of a producer, or fewer caps."
        )
    return (
        f"{found.solved.left:.3g} kb/d were left over after {found.solved.steps} Newton steps. "
        "Check units (kb/d, USD a barrel, mb) and elasticities."
    )
