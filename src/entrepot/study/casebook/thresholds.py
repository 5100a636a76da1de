"""What would have to be true: the value of a lever at which a quantity reaches its mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from entrepot.core.errors import NotSolvedError
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.numbers import NUMBERS, name_of
from entrepot.study.casebook.schema import Condition, Lever
from entrepot.study.casebook.solves import Bench
from entrepot.study.casebook.variant import Variant
from entrepot.study.casebook.verdict import Target

GRID = 5
PRECISION = 2e-4
COARSE = 1e-2
"""Precision where every step is months of the oil market."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Outcome of one search.

    Attributes
    ----------
    quantity, lever, match : what was searched for
    outcome : "crossing" for every set of elasticities, "some" for part of them, "always" met
        from one end of the lever to the other, "never", or "no result" where a solve of the
        search was not certified (`words` says which, and why)
    side : whether the lever must be "at least" or "at most" the value
    values : page value of the lever by set of elasticities, where there is a crossing
    amount : the values with their unit, as words
    words : the condition as half a sentence
    tried : page values of the two ends of the lever

    """

    quantity: str
    lever: str
    match: Literal["claim", "record"]
    outcome: Literal["crossing", "some", "always", "never", "no result"]
    side: Literal["at least", "at most", ""]
    values: dict[str, float]
    amount: str
    words: str
    tried: tuple[float, float]

    @property
    def reached(self) -> bool:
        """Whether some value of the lever meets the mark, and another does not."""
        return self.outcome in ("crossing", "some")


@dataclass(frozen=True, slots=True)
class Found:
    """One crossing: where, and whether the mark is met above it (`upward`) or below."""

    value: float
    upward: bool


def search(
    excess: Callable[[float], float], start: float, end: float, precision: float = PRECISION
) -> Found | Literal["always", "never"]:
    """First point between `start` and `end` where `excess` changes sign; it is met below zero.

    A coarse grid finds the interval, Brent's method the point to a five-thousandth of the
    lever's range, or to `precision` of it.  Zero itself counts as met.
    """
    # Imported here: it costs a quarter of a second of every start.
    from scipy.optimize import brentq

    grid = [start + (end - start) * k / (GRID - 1) for k in range(GRID)]
    values = [excess(x) for x in grid]
    for k in range(GRID - 1):
        if (values[k] <= 0) != (values[k + 1] <= 0):
            span = abs(end - start)
            root = brentq(excess, grid[k], grid[k + 1], xtol=precision * span)
            met_later = values[k + 1] <= 0
            return Found(float(root), met_later == (end > start))
    return "always" if values[0] <= 0 else "never"


def mark(target: Target, now: float) -> tuple[float, float]:
    """The end of `target` that matters, and the sign that makes `excess` negative inside it."""
    if isfinite(target.at_most) and (not isfinite(target.at_least) or now > target.at_most):
        return target.at_most, 1.0
    return target.at_least, -1.0


def find_threshold(
    bench: Bench,
    item: Condition,
    target: Target,
    value: Callable[[Sheet], float],
    thetas: tuple[str, ...] | None = None,
    runs: tuple[str, ...] | None = None,
) -> Threshold:
    """Search `item` for each set of elasticities, behaviour central, in the case's world.

    Where it needs months of the oil market, with the central set alone, and less exactly.

    Parameters
    ----------
    bench : solves the runs
    item : quantity, lever and what to match
    target : values that the quantity has to reach
    value : the quantity from a sheet
    thetas : sets of elasticities (default: all that the world has)
    runs : those that `value` needs (default: all)

    """
    lever = bench.case.levers[item.lever]
    found: dict[str, Found | str] = {}
    horizon = bench.case.horizons[0]
    if thetas is None and needs_oil(bench, runs):
        thetas = ("central",)
    for theta in thetas or tuple(bench.economies(bench.case.world, horizon)):
        variant = Variant(bench.case.world, theta, "central", horizon)
        try:
            found[theta] = _crossing(bench, lever, variant, target, value, runs)
        except NotSolvedError as error:
            return _no_result(item, lever, theta, str(error))
    return _threshold(item, lever, found, _assumed(bench, lever))


def needs_oil(bench: Bench, runs: tuple[str, ...] | None) -> bool:
    """Whether any of `runs` (default: of all) is solved in the oil market."""
    return any(bench.case.runs[run].oil for run in runs or tuple(bench.case.runs))


def _crossing(
    bench: Bench,
    lever: Lever,
    variant: Variant,
    target: Target,
    value: Callable[[Sheet], float],
    runs: tuple[str, ...] | None,
) -> Found | Literal["always", "never"]:
    """The search in one variant; `NotSolvedError` where a run that it needs has failed."""
    goal, sign = mark(target, value(bench.sheet(variant, runs=runs)))

    def excess(x: float) -> float:
        overrides = {run: dict.fromkeys(names, x) for run, names in lever.overrides.items()}
        try:
            return sign * (value(bench.sheet(variant, overrides, runs)) - goal)
        except NotSolvedError as error:
            at = f"at {_number(x * lever.scale)}{_unit(lever)}"
            raise NotSolvedError(f"{at}: {error}") from error

    return search(excess, lever.start, lever.end, COARSE if needs_oil(bench, runs) else PRECISION)


def _no_result(item: Condition, lever: Lever, theta: str, why: str) -> Threshold:
    """A search that met a solve without a certified result: its place, and the reason."""
    tried = (lever.start * lever.scale, lever.end * lever.scale)
    words = f"{lever.title}, elasticities {theta}: {why.rstrip('.')}"
    return Threshold(item.quantity, item.lever, item.match, "no result", "", {}, "", words, tried)


def _assumed(bench: Bench, lever: Lever) -> str:
    """What the runs assume for the lever, if it moves one number that has a range."""
    names = {
        name_of(name) if run == NUMBERS else name
        for run, group in lever.overrides.items()
        for name in group
    }
    ends = [(a.low, a.high) for a in bench.assumptions() if a.name in names and a.low < a.high]
    if len(names) != 1 or not ends:
        return ""
    low, high = sorted(x * lever.scale + 0.0 for x in ends[0])
    return f" ({low:,g} to {high:,g} is assumed in the runs)"


def _threshold(
    item: Condition, lever: Lever, found: dict[str, Found | str], assumed: str
) -> Threshold:
    crossings = {t: f for t, f in found.items() if isinstance(f, Found)}
    values = {t: f.value * lever.scale for t, f in crossings.items()}
    tried = (lever.start * lever.scale, lever.end * lever.scale)
    if not crossings:
        never = set(found.values()) != {"always"}
        verb = "no value" if never else "every value"
        words = (
            f"{verb} of {lever.title} from {_number(tried[0])} to {_number(tried[1])}{_unit(lever)}"
        )
        return Threshold(item.quantity, item.lever, item.match, "never" if never else "always",
                         "", {}, "", words, tried)  # fmt: skip
    upward = next(iter(crossings.values())).upward == (lever.scale > 0)
    side: Literal["at least", "at most"] = "at least" if upward else "at most"
    low, high = min(values.values()), max(values.values())
    amount = _number(low) if _number(low) == _number(high) else f"{_number(low)} to {_number(high)}"
    amount += _unit(lever)
    if len(crossings) < len(found):
        amount += f" (with {len(crossings)} of {len(found)} sets of elasticities, {_else(found)})"
    amount += assumed
    words = f"{lever.title} is {side} {amount}"
    outcome: Literal["crossing", "some"] = "crossing" if len(crossings) == len(found) else "some"
    return Threshold(
        item.quantity, item.lever, item.match, outcome, side, values, amount, words, tried
    )


def _else(found: dict[str, Found | str]) -> str:
    """Where the mark is met with the sets of elasticities that have no crossing."""
    words = {"always": "at every value", "never": "at none"}
    return "else " + " or ".join(words[w] for w in sorted({f for f in found.values()
                                                           if isinstance(f, str)}))  # fmt: skip


def _number(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.1f}"


def _unit(lever: Lever) -> str:
    return f" {lever.unit}" if lever.unit else ""
