"""The lifeline that holds a besieged economy's consumption at a floor, solved for.

Welfare of the receiver rises with the transfer A that givers pay it, on top of what the scenario
does.  The least A at which the hat of welfare reaches the floor is found by the secant rule on
certified equilibria, for every end of the ranges of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Date
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.core.labels import check_known
from entrepot.core.progress import Report, report_nothing
from entrepot.model.presets import Preset, preset
from entrepot.scenario.book import Scenario
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.study.oil_answer import refuse_oil
from entrepot.study.variants import LONG_RUN, Variant, variants
from entrepot.world.world import World

TOLERANCE: Final = 1e-7
"""Largest distance of the hat of welfare from the floor."""
MOST: Final = 30
"""Most equilibria of one search."""
OVERSHOOT: Final = 1.05
"""Step beyond the secant while no amount above the floor is known."""
EDGE: Final = 0.02
"""Least distance of a step from the ends of the bracket, as a share of its width."""
COLUMNS: Final = ("elasticities", "behaviour", "without", "amount", "share", "welfare")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lifeline:
    """What it takes to hold an economy at a floor.

    Attributes
    ----------
    receiver, givers : who gets it, and who pays, in proportion to value added
    floor : hat of welfare that is to be held
    table : one row for each variant, the central one first: ``elasticities`` and ``behaviour``,
        ``without`` (hat of welfare without a lifeline), ``amount`` (mn USD a year, 0 where the
        floor holds without), ``share`` (of the receiver's value added) and ``welfare`` with it
    solution : certified equilibrium with the central lifeline
    failed : variants without a certified answer, each with its reason

    """

    receiver: str
    givers: tuple[str, ...]
    floor: float
    table: pd.DataFrame
    solution: Solution
    failed: tuple[str, ...]

    @property
    def amount(self) -> float:
        """Central amount, mn USD a year."""
        return float(self.table["amount"].iloc[0])

    @property
    def range(self) -> tuple[float, float]:
        """Smallest and largest amount over the variants, mn USD a year."""
        return float(self.table["amount"].min()), float(self.table["amount"].max())

    def __repr__(self) -> str:
        """Who, how much, and the range."""
        low, high = self.range
        return (
            f"<Lifeline of {self.receiver}: {self.amount:,.0f} mn USD a year ({low:,.0f} to "
            f"{high:,.0f}) hold {100 * self.floor:g} % of consumption>"
        )


class Point(NamedTuple):
    """An amount, and how far welfare lies above the floor with it."""

    amount: float
    gap: float


class _Found(NamedTuple):
    """Welfare without a lifeline, the least amount, welfare with it, and the solution."""

    without: float
    amount: float
    welfare: float
    solution: Solution


class _Search(NamedTuple):
    """Welfare of the receiver against the amount, in one variant.

    Attributes
    ----------
    variant, world, closure, options : what is solved
    push : (region,) transfer of one dollar of the lifeline
    j : position of the receiver

    """

    variant: Variant
    world: World
    push: np.ndarray
    j: int
    closure: str
    options: SolveOptions

    def at(self, amount: float) -> tuple[float, Solution]:
        """Hat of welfare with `amount`, and the certified solution."""
        shock = self.variant.shock
        if amount:
            transfer = shock.transfer + amount * self.push
            changed = tuple(dict.fromkeys((*shock.changed, "transfer")))
            shock = replace(shock, transfer=transfer - transfer.mean(), changed=changed)
        found = solve(self.world, self.variant.economy, shock, self.closure, self.options)
        try:
            found.raise_if_failed()
        except NotSolvedError as error:
            raise NotSolvedError(f"with a lifeline of {amount:,.0f} mn USD: {error}") from error
        return float(found.results().welfare.values[self.j]), found

    def least(self, floor: float, most: float) -> _Found:
        """Least amount up to `most` that brings welfare to `floor`."""
        without, solution = self.at(0.0)
        if without >= floor - TOLERANCE:
            return _Found(without, 0.0, without, solution)
        low, high = Point(0.0, without - floor), None
        amount = (floor - without) * float(self.world.accounts().income[self.j])
        for _ in range(MOST):
            if amount > most:
                raise NotSolvedError(
                    f"more than {most:,.0f} mn USD a year, the value added of the givers, would be "
                    f"needed to hold {100 * floor:g} % of consumption. Lower the floor, or name "
                    "more givers."
                )
            welfare, solution = self.at(amount)
            here = Point(amount, welfare - floor)
            if abs(here.gap) <= TOLERANCE:
                return _Found(without, amount, welfare, solution)
            slope = (here.gap - low.gap) / (here.amount - low.amount)
            low, high = (here, high) if here.gap < 0 else (low, here)
            amount = _next(low, high, slope)
        raise NotSolvedError(
            f"{MOST} equilibria did not bring welfare to the floor. Choose another floor."
        )


def _next(low: Point, high: Point | None, slope: float) -> float:
    """Secant from the point below the floor, kept inside the bracket where there is one."""
    if high is None:
        return low.amount - OVERSHOOT * low.gap / slope
    width = high.amount - low.amount
    cut = low.amount - low.gap * width / (high.gap - low.gap)
    edge = EDGE * width if width > TOLERANCE * high.amount else 0.0
    return float(np.clip(cut, low.amount + edge, high.amount - edge))


def lifeline(
    scenario: Scenario,
    world: World,
    receiver: str,
    givers: Sequence[str],
    *,
    floor: float = 0.95,
    date: Date | None = None,
    closure: str | None = None,
    ranges: bool = True,
    horizon: Preset | None = None,
    options: SolveOptions | None = None,
    report: Report = report_nothing,
) -> Lifeline:
    """Least transfer from `givers` that holds the welfare of `receiver` at `floor`.

    Parameters
    ----------
    scenario, world, date, closure, horizon, options : as of `run_scenario`
    receiver : economy under the scenario
    givers : economies that pay, in proportion to their value added
    floor : hat of welfare to hold (0.95: consumption falls by 5 %)
    ranges : whether to search at the ends of the ranges too
    report : called with (what, done, total) as searches finish

    Raises
    ------
    LabelError : no such economy
    ValueRangeError : a floor that is not above 0, no giver, or the receiver among the givers
    NotSolvedError : the central search has no certified answer (other variants are listed)

    """
    _check(world, receiver, givers, floor)
    every = variants(world, scenario, date, horizon or preset(LONG_RUN))
    plan = list(every if ranges else islice(every, 1))
    refuse_oil(plan[0].compiled, "the search for a lifeline")
    chosen = closure or plan[0].compiled.closure or "fixed"
    push, most = _push(world, receiver, givers)
    j = world.regions.index(receiver)
    found: list[tuple[Variant, _Found]] = []
    failed = []
    for done, variant in enumerate(plan, start=1):
        search = _Search(variant, world, push, j, chosen, options or SolveOptions())
        try:
            found.append((variant, search.least(floor, most)))
        except NotSolvedError as error:
            if done == 1:
                raise
            failed.append(f"{variant.label}: {error}")
        report(variant.label, done, len(plan))
    table = _table(found, float(world.value_added[j]))
    solution = found[0][1].solution
    return Lifeline(receiver, tuple(givers), floor, table, solution, tuple(failed))


def _check(world: World, receiver: str, givers: Sequence[str], floor: float) -> None:
    check_known((receiver, *givers), world.regions, "region", f"world '{world.name}'")
    problems = []
    if not (np.isfinite(floor) and floor > 0):
        problems.append(f"floor is {floor!r}. It is a hat above 0, as 0.95.")
    if not givers or receiver in givers:
        named = ", ".join(givers) or "none"
        problems.append(f"givers are {named}. Name at least one other than {receiver}.")
    if problems:
        raise ValueRangeError.collect("No lifeline can be searched for", problems)


def _table(found: Sequence[tuple[Variant, _Found]], value_added: float) -> pd.DataFrame:
    rows = [
        (v.elasticities, v.behaviour, f.without, f.amount, f.amount / value_added, f.welfare)
        for v, f in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _push(world: World, receiver: str, givers: Sequence[str]) -> tuple[np.ndarray, float]:
    """(region,) transfer of one dollar from the givers, and their value added."""
    gives = np.isin(np.array(world.regions), list(givers))
    total = float(world.value_added[gives].sum())
    push = -np.where(gives, world.value_added, 0.0) / total
    push[world.regions.index(receiver)] = 1.0
    return push, total
