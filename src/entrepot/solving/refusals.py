"""Why a shock at low elasticities has no result, by name, from solutions that were found beside it.

A transfer that cannot be paid: where the path of solutions ends, and who has nothing left there.
Prices out of range: whose, and how far.  Both only if identities hold that share no code with what
was solved (`entrepot.solving.log_identities`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from entrepot.model.family_wide import Result
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


def public(problem: Problem, z: Array) -> LogUnknowns:
    """Put the unknowns in logs into the public order, in the numeraire of the world."""
    n, s, u = problem.standing.used.shape
    cells = n * s * u
    p, x = (z[k * cells : (k + 1) * cells].reshape(u, s, n).transpose(2, 1, 0) for k in (0, 1))
    w, rest = z[2 * cells : 2 * cells + n], z[2 * cells + n :]
    wage = w[:, None, None]
    by_sector = rest.reshape(s, n).T if rest.size else np.zeros((n, s))
    return LogUnknowns(p + wage, x + wage, w, by_sector + w[:, None])


def checked(problem: Problem, z: Array) -> bool:
    """Whether all identities hold in logs at the solution `z`."""
    return largest_gap(problem, public(problem, z))[1] <= TOLERANCE


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
    broke = np.flatnonzero((problem.balance < 0) & (rest < BROKE))
    reached = f"solutions were found as far as {stage.called(problem, peak.part)}"
    turned = f"{reached}, where they turn back; at their end, " if way.turned else "already "
    sure = all(checked(stage.at(problem, p.part), p.found.z) for p in (last, peak))
    if not broke.size or not sure:
        return Refusal(
            Verdict.NOT_CONVERGED, (reached + (", where they turn back" if way.turned else ""),)
        )
    reasons = [
        f"{problem.world.regions[i]} is to pay a net transfer of "
        f"{money(float(-problem.balance[i]))}: {turned}with {stage.called(problem, last.part)} it "
        f"earns {money(_level(found.before[i]))} and has {_told(math.log(rest[i]))} of that left "
        "to spend (identities checked)"
        for i in broke
    ]
    return Refusal(Verdict.NOT_PAYABLE, tuple(reasons))


def _level(logarithm: float) -> float:
    return math.exp(max(-RANGE, min(logarithm, RANGE)))


def _told(logarithm: float) -> str:
    """A share whose log is given."""
    if logarithm > -7:
        return f"{100 * math.exp(logarithm):.2g} %"
    return f"1e{logarithm / math.log(10):.0f}"


def in_range(problem: Problem, z: Array) -> tuple[str, int, int] | None:
    """None if all prices can be told as numbers, else what is not: its kind, region and sector."""
    at, used = public(problem, z), problem.standing.used
    sells = problem.standing.open_cells.any(axis=(1, 3))
    earn = sells & (problem.world.value_added_share > 0)
    of_factors = np.where(earn, at.ln_factor, at.ln_wage[:, None])
    kinds = {"price": np.where(used, at.ln_price, 0.0), "factor": of_factors[..., None],
             "spending": np.where(used, at.ln_spending, 0.0)}  # fmt: skip
    kind = max(kinds, key=lambda k: float(np.abs(kinds[k]).max()))
    i, r, _ = np.unravel_index(int(np.abs(kinds[kind]).argmax()), kinds[kind].shape)
    return None if np.abs(kinds[kind]).max() <= RANGE else (kind, int(i), int(r))


def out_of_range(problem: Problem, z: Array, found: Result) -> Refusal | None:
    """Refuse a solution whose prices are beyond what numbers can tell, by name."""
    worst = in_range(problem, z)
    if worst is None:
        return None
    name, gap = largest_gap(problem, public(problem, z))
    if gap > TOLERANCE:
        reason = f"identity '{name}' is off by {gap:.1e} in logs"
        return Refusal(Verdict.NOT_CERTIFIED, (reason,))
    world, (kind, i, s) = problem.world, worst
    real = found.income - np.log(world.accounts().income) - found.final
    real = real - public(problem, z).ln_wage
    reasons = [
        f"real final expenditure of {world.regions[j]} falls to {_told(float(real[j]))} of the "
        f"benchmark: {_lost(problem, j)}"
        for j in np.argsort(real) if real[j] < COLLAPSED
    ]  # fmt: skip
    at = public(problem, z)
    where = f"{world.sector_titles[s]} ({world.sectors[s]}) in {world.regions[i]}"
    told = {
        "price": lambda: (
            f"the price of {where} is {_told(float(np.max(at.ln_price[i, s])))} of the benchmark's"
        ),
        "factor": lambda: (
            f"the price of the factors of {where} is "
            f"{_told(float(at.ln_factor[i, s]))} of the benchmark's: they cannot move and hardly "
            "anything can be done with them"
        ),
        "spending": lambda: f"spending on {where} is next to nothing",
    }
    return Refusal(Verdict.OUT_OF_RANGE, (*reasons, told[kind]()))


def _lost(problem: Problem, j: int) -> str:
    """What region j lost most of."""
    world, left = problem.world, kept(problem)[:, j].sum(axis=0)
    lost = np.where(problem.standing.used[j], 1 - left, 0.0).max(axis=1)
    s = int(lost.argmax())
    return (f"{100 * lost[s]:.4g} % of its {world.sector_titles[s]} ({world.sectors[s]}) is closed "
            "and at these elasticities hardly anything can take its place")  # fmt: skip
