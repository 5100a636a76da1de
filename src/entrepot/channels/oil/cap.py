"""A price cap: services take a stream only if its seller gets the cap or less.

The rule, for a capped stream with price f at its border, cap f*, and a wedge t >= 0 on every
barrel that capped services carry (kept by whoever buys at the cap and sells at the market):

    t = 0 and f <= f*            the cap does not bind, or
    t > 0 and f = f*             capped services ration the stream at the cap, or
    f > f* and no such barrel    everything goes without those services.

t is the premium that buyers with services would pay for a barrel at the cap.  It is not the
solution of a convex programme, because t depends on a price; for a given t the month is convex,
and f falls with t.  So t is found by Newton's method, with the derivatives of all prices to all
wedges from the implicit function theorem, and steps that are halved while prices miss by more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import CLOSE, Base
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.prices import Given, Problem, problem, response
from entrepot.channels.oil.solver import Solved, solve

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NOTHING = 1e-3
"""kb/d below which capped services carry nothing."""
LEAST_SLOPE = 1e-4
"""A price is taken to fall by at least this part of its wedge."""
FARTHEST = 25.0
"""USD a barrel: longest first step of a wedge; it doubles while prices come closer to caps."""
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
    out, reopened = capped & shut, np.zeros_like(capped)
    wedge = np.where(capped, given.wedge, 0.0)
    start, best = fob, _Try(wedge, np.zeros_like(wedge), np.inf, FARTHEST)
    for tries in range(1, MOST_TRIES + 1):
        now, here = replace(given, wedge=np.where(out, 0.0, wedge)), _closed(month, out)
        made = problem(market, base, here, now)
        first = start if len(start) == made.size else np.append(fob, np.zeros(made.size - len(fob)))
        found = solve(made, first)
        if not found.ok:
            break
        start = found.point.z
        gap = np.where(capped, fob_of(made, found) - month.cap, 0.0)
        idle = capped & ~out & (gap > CLOSE) & (services_used(here, made, found) < NOTHING)
        back = out & (gap < -CLOSE) & ~reopened
        miss = np.where(capped & ~out, np.where(wedge > 0, np.abs(gap), np.maximum(gap, 0.0)), 0.0)
        if not (idle | back).any() and miss.max(initial=0.0) <= CLOSE:
            return Capped(here, now, made, found, tries, out, True)
        if (idle | back).any():
            out, reopened = (out | idle) & ~back, reopened | back
            best = _Try(wedge, np.zeros_like(wedge), np.inf, FARTHEST)
            continue
        if miss.sum() < best.miss:
            step = _newton(here, made, found, wedge, gap, capped & ~out)
            step *= min(1.0, best.far / max(float(np.abs(step).max()), CLOSE))
            best = _Try(wedge, step, miss.sum(), 2.0 * best.far)
        else:
            best = replace(best, move=0.5 * best.move, far=max(0.5 * best.far, FARTHEST))
        wedge = np.maximum(best.wedge + best.move, 0.0)
    return Capped(here, now, made, found, tries, out, False)


@dataclass(frozen=True, slots=True)
class _Try:
    """Best wedges so far, the step from there, by how much prices missed, the longest step: USD."""

    wedge: Array
    move: Array
    miss: float
    far: float


def _newton(
    month: Limits, made: Problem, found: Solved, wedge: Array, gap: Array, capped: Flags
) -> Array:
    """Step of the wedges at which every price would meet its cap, or its wedge be 0: (V,), USD."""
    which = np.flatnonzero(capped & ((wedge > 0) | (gap > 0)))
    lanes = made.tree.lanes
    cost = month.capped[lanes, None] * (month.stream[lanes, None] == which)
    moved = response(made, found.point, cost.astype(np.float64))[which]
    moved = moved + np.diag(np.minimum(np.diag(moved), -LEAST_SLOPE) - np.diag(moved))
    step, free = -wedge[which], np.ones(len(which), dtype=bool)
    while free.any():
        rest = gap[which][free] + moved[np.ix_(free, ~free)] @ step[~free]
        step[free] = -np.linalg.solve(moved[np.ix_(free, free)], rest)
        below = free & (wedge[which] + step < 0)
        if not below.any():
            break
        step[below], free = -wedge[which][below], free & ~below
    out = np.zeros_like(wedge)
    out[which] = step
    return out


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
