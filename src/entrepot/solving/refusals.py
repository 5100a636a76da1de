"""Why a shock at low elasticities has no result, by name, from solutions that were found beside it.

A transfer that cannot be paid: where the path of solutions ends, and who has nothing left there.
Prices out of range: whose, and how far.  Both only if identities hold that share no code with what
was solved (`entrepot.solving.log_identities`); neither is a proof that there is no other solution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from entrepot.model.family_wide_terms import Result
from entrepot.numerics.follow import Followed
from entrepot.solving.bind import Problem
from entrepot.solving.diagnose import money
from entrepot.solving.log_identities import TOLERANCE, LogUnknowns, kept, largest_gap
from entrepot.solving.solution import Verdict

Array = np.ndarray
BROKE = 5e-3
"""Less than this of its income left after transfers, and a debtor is at its end."""
RANGE = 600.0
"""Logs beyond this are not told as numbers."""
COLLAPSED = -60.0
"""Log of real final expenditure below which a region is named."""


class Refusal(NamedTuple):
    """Why there is no result: the verdict and the reasons by name."""

    verdict: Verdict
    reasons: tuple[str, ...]


def public(found: Result) -> LogUnknowns:
    """Put the point of a result into the public order, in the numeraire of the world."""
    p, x, w, u = found.at
    return LogUnknowns((p + w).transpose(2, 1, 0), (x + w).transpose(2, 1, 0), w, (u + w).T)


def checked(problem: Problem, found: Result) -> bool:
    """Whether all identities hold in logs at a solution."""
    return largest_gap(problem, public(found))[1] <= TOLERANCE


def left(found: Result) -> Array:
    """(N,) share of income before transfers that is left after them, 1 at most."""
    share: Array = np.exp(np.minimum(found.income - found.before, 0.0))
    return share


class Stage(NamedTuple):
    """A path: the problem at a part of it, and what that part is called."""

    at: Callable[[Problem, float], Problem]
    called: Callable[[Problem, float], str]


def unfinished(problem: Problem, way: Followed, stage: Stage) -> Refusal:
    """Refuse where the path of solutions ends, by the debtors who have nothing left at its end."""
    last, peak = way.last, way.peak
    found: Result = last.found.local.about
    rest = np.maximum(left(found), 1e-300)
    broke = np.flatnonzero(rest < BROKE)
    reached = f"solutions were found as far as {stage.called(problem, peak.part)}"
    turned = f"{reached}, where they turn back" if way.turned else reached
    sure = all(checked(stage.at(problem, p.part), p.found.local.about) for p in (last, peak))
    if not broke.size or not sure:
        return Refusal(Verdict.NOT_CONVERGED, (turned,))
    start = f"{turned}; at their end, " if way.turned else "already "
    reasons = [
        f"{problem.world.regions[i]} is to pay a net transfer of "
        f"{money(math.exp(found.before[i]) * (1 - rest[i]))}{_owed(problem, int(i))}: {start}with "
        f"{stage.called(problem, last.part)} it earns {money(math.exp(found.before[i]))} and has "
        f"{told(math.log(rest[i]))} of that left to spend (identities checked)"
        for i in broke
    ]
    return Refusal(Verdict.NOT_PAYABLE, tuple(reasons))


def _owed(problem: Problem, i: int) -> str:
    """Where the net transfer of region i comes from, if nobody asked for it."""
    lender = problem.benchmark_balance[i] < 0 and problem.shock.transfer[i] == 0
    return " (its surplus of the benchmark, kept by the closure)" if lender else ""


def told(logarithm: float) -> str:
    """A share whose log is given."""
    if abs(logarithm) < 7:
        return f"{100 * math.exp(logarithm):.2g} %"
    return f"1e{logarithm / math.log(10):.0f}"


LOST = 0.01
"""A smaller loss of suppliers or productivity explains no collapse."""


class Extreme(NamedTuple):
    """The largest price, factor price or spending in logs: of what, of whom, and how large."""

    kind: str
    region: int
    sector: int
    size: float


def extreme(problem: Problem, at: LogUnknowns) -> Extreme:
    """The unknown of a solution that is furthest from its benchmark."""
    used, sells = problem.standing.used, problem.standing.open_cells.any(axis=(1, 3))
    earn = sells & (problem.world.value_added_share > 0)
    of_factors = np.where(earn, at.ln_factor, at.ln_wage[:, None])
    kinds = {"price": np.where(used, at.ln_price, 0.0), "factors": of_factors[..., None],
             "spending": np.where(used, at.ln_spending, 0.0)}  # fmt: skip
    kind = max(kinds, key=lambda k: float(np.abs(kinds[k]).max()))
    i, s, u = np.unravel_index(int(np.abs(kinds[kind]).argmax()), kinds[kind].shape)
    return Extreme(kind, int(i), int(s), float(kinds[kind][i, s, u]))


SAID = {
    "price": "the price of {where} is {size} of the benchmark's",
    "factors": "the price of the factors of {where} is {size} of the benchmark's{tied}",
    "spending": "spending on {where} is {size} of the benchmark's",
}
"""What is said of an `Extreme`, by its kind."""


def out_of_range(problem: Problem, found: Result) -> Refusal | None:
    """Refuse a solution whose prices are beyond what numbers can tell, by name."""
    at = public(found)
    worst = extreme(problem, at)
    if abs(worst.size) <= RANGE:
        return None
    name, gap = largest_gap(problem, at)
    if gap > TOLERANCE:
        reason = f"identity '{name}' is off by {gap:.1e} in logs"
        return Refusal(Verdict.NOT_CERTIFIED, (reason,))
    world = problem.world
    real = found.income - np.log(world.accounts().income) - found.final - at.ln_wage
    reasons = [
        f"real final expenditure of {world.regions[j]} falls to {told(float(real[j]))} of the "
        f"benchmark{_lost(problem, j)}"
        for j in np.argsort(real) if real[j] < COLLAPSED
    ]  # fmt: skip
    where = (f"{world.sector_titles[worst.sector]} ({world.sectors[worst.sector]}) in "
             f"{world.regions[worst.region]}")  # fmt: skip
    tied = ": they cannot move" if problem.elasticities.kappa[worst.region] == 0 else ""
    said = SAID[worst.kind].format(where=where, size=told(worst.size), tied=tied)
    return Refusal(Verdict.OUT_OF_RANGE, (*reasons, said))


def _lost(problem: Problem, j: int) -> str:
    """What region j lost most of: suppliers, else productivity; nothing if it lost neither."""
    world, still = problem.world, kept(problem)[:, j].sum(axis=0)
    lost = np.where(problem.standing.used[j], 1 - still, 0.0).max(axis=1)
    s = int(lost.argmax())
    if lost[s] > LOST:
        return (f": {100 * lost[s]:.4g} % of its {world.sector_titles[s]} ({world.sectors[s]}) is "
                "closed and at these elasticities hardly anything can take its place")  # fmt: skip
    left = problem.shock.productivity[j]
    s = int(left.argmin())
    if left[s] < 1 - LOST:
        return (f": its {world.sector_titles[s]} ({world.sectors[s]}) makes "
                f"{told(math.log(left[s]))} of the benchmark's with the same inputs")  # fmt: skip
    return ""
