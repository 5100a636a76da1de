"""A price cap: services take a stream only if its seller gets the cap or less.

The rule, for a capped stream with price f at its border, cap f*, and a wedge t >= 0 on every
barrel that capped services carry (kept by whoever buys at the cap and sells at the market):

    t = 0 and f <= f*            the cap does not bind, or
    t > 0 and f = f*             capped services ration the stream at the cap, or
    f > f* and no such barrel    everything goes without those services.

t is the premium that buyers with services would pay for a barrel at the cap.  It is not the
solution of a convex programme, because t depends on a price; for a given t the month is convex,
and f falls with t, so t is found by a safeguarded secant method, stream by stream at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.prices import Given, Problem, problem
from entrepot.channels.oil.solver import Solved, solve

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
CLOSE = 1e-3
"""USD a barrel within which a price counts as the cap."""
NOTHING = 1e-3
"""kb/d below which capped services carry nothing."""
MOST_TRIES = 40


@dataclass(frozen=True, slots=True, eq=False)
class Capped:
    """A month whose price caps hold.

    Attributes
    ----------
    month : limits; lanes that a cap shut are closed
    given : with the wedge that was found
    problem, solved : the month at that wedge, and its solution
    tries : months solved
    shut : (V,) streams that services under a cap do not carry at all, for their price is above it
    settled : whether the rule holds for every stream

    """

    month: Limits
    given: Given
    problem: Problem
    solved: Solved
    tries: int
    shut: Flags
    settled: bool


def solve_capped(
    market: OilMarket, base: Base, month: Limits, given: Given, shut: Flags, fob: Array
) -> Capped:
    """Solve the month at the wedges of the rule above; begin with `shut` and prices `fob` (V,)."""
    capped = np.isfinite(month.cap)
    out = capped & shut
    start = fob
    search = _Search.start(np.where(capped, given.wedge, 0.0))
    reopened = np.zeros_like(capped)
    for tries in range(1, MOST_TRIES + 1):
        now, here = replace(given, wedge=np.where(out, 0.0, search.wedge)), _closed(month, out)
        made = problem(market, base, here, now)
        first = start if len(start) == made.size else np.append(fob, np.zeros(made.size - len(fob)))
        found = solve(made, first)
        if not found.ok:
            break
        start = found.point.z
        gap = np.where(capped, fob_of(made, found) - month.cap, 0.0)
        idle = capped & ~out & (gap > CLOSE) & (services_used(here, made, found) < NOTHING)
        back = out & (gap < -CLOSE) & ~reopened
        wrong = capped & ~out & np.where(search.wedge > 0, np.abs(gap) > CLOSE, gap > CLOSE)
        if not (idle | back | wrong).any():
            return Capped(here, now, made, found, tries, out, True)
        out, reopened = (out | idle) & ~back, reopened | back
        search = search.step(gap, wrong & ~idle)
    return Capped(here, now, made, found, tries, out, False)


@dataclass(frozen=True, slots=True)
class _Search:
    """A safeguarded secant search for the wedge of every stream at once: all (V,)."""

    wedge: Array
    low: Array
    high: Array
    slope: Array
    last: tuple[Array, Array] | None

    @classmethod
    def start(cls, wedge: Array) -> _Search:
        """Begin at a wedge; at first the seller bears all of it."""
        far = np.full_like(wedge, np.inf)
        return cls(wedge, np.zeros_like(wedge), far, np.full_like(wedge, -1.0), None)

    def step(self, gap: Array, move: Flags) -> _Search:
        """Next wedge where `move`, after a price that missed the cap by `gap`."""
        low = np.where(gap > 0, self.wedge, self.low)
        high = np.where(gap < 0, self.wedge, self.high)
        slope = self.slope
        if self.last is not None:
            slope = _secant(slope, self.wedge - self.last[0], gap - self.last[1])
        wedge = np.where(move, _next(self.wedge, gap, slope, low, high), self.wedge)
        return _Search(wedge, low, high, slope, (self.wedge, gap))


def fob_of(made: Problem, found: Solved) -> Array:
    """Price of each stream at its border: (V,), USD a barrel."""
    return found.point.z[made.part["fob"]]


def services_used(month: Limits, made: Problem, found: Solved) -> Array:
    """Barrels of each stream that capped services carry: (V,), kb/d."""
    lanes = made.tree.lanes
    out = np.zeros(len(month.cap))
    np.add.at(out, month.stream[lanes], found.point.bought.flow * month.capped[lanes])
    return out


def _closed(month: Limits, shut: Flags) -> Limits:
    here = month.capped & shut[month.stream]
    why = dict(month.why) | {int(k): "price cap" for k in np.flatnonzero(here)}
    return replace(month, open=month.open & ~here, why=why)


def _secant(slope: Array, step: Array, change: Array) -> Array:
    """Slope of price on wedge, kept where the price takes up between 5 % and all of it."""
    seen = np.divide(change, step, out=slope.copy(), where=np.abs(step) > 1e-9)
    return np.clip(seen, -1.5, -0.05)


def _next(wedge: Array, gap: Array, slope: Array, low: Array, high: Array) -> Array:
    """Secant step, or the middle where it leaves the interval known to hold the wedge."""
    step = np.maximum(wedge - gap / slope, 0.0)
    outside = (step < low) | (step > high) | ((step <= low) & (gap > 0))
    middle = np.where(np.isfinite(high), 0.5 * (low + high), 2.0 * wedge + np.abs(gap))
    return np.where(outside, middle, step)
