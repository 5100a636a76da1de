"""The rungs for large shocks at low elasticities, in logs over the whole range of prices.

1. Are there prices at all (`entrepot.solving.producible`)?
2. Newton's method from where the accelerated rungs got to.
3. The path in elasticities: the whole shock at elasticities of at least 1, which then fall as
   ``1 / e(t) = (1 - t) / max(e, 1) + t / e``.  At low elasticities log prices grow in proportion to
   1 / e, so that a line through two solutions points at the third.  Where the shock has no solution
   even at 1, net transfers are raised from nothing to those of the closure first.

A nominal transfer may be more than its debtor can pay at any prices.  Then the path ends, sometimes
after turning back, where the debtor has nothing left to spend: it is named.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from entrepot.model.economy import Elasticities
from entrepot.model.family_terms import Family
from entrepot.model.family_wide import evaluate
from entrepot.model.family_wide_terms import Result, in_logs
from entrepot.numerics.direct import Equations, Found, Kept, Local, Newton, newton
from entrepot.numerics.follow import Followed, follow
from entrepot.numerics.ladder import CLOSE, Attempt
from entrepot.numerics.outcome import Status
from entrepot.solving.bind import Problem
from entrepot.solving.coefficients import family_coefficients
from entrepot.solving.diagnose import percent
from entrepot.solving.producible import LOOKED, sentences, unproducible
from entrepot.solving.refusals import BROKE, Refusal, Stage, left, out_of_range, unfinished
from entrepot.solving.slopes import divide, factored, product
from entrepot.solving.solution import Verdict

Array = np.ndarray
MOST = 30_000_000
"""Entries (S N)^2 U of the largest block that is laid out in memory."""
NEAR_STEPS, SHORTEST = 12, 0.05
"""Newton steps from where the accelerated rungs ended, and the most that one is damped."""
POLISH, POLISHING = 1e-3, 3
"""Of the tolerance, what a solution is brought to if these steps can do it: identities are in units
of value added, of which a country may spend hundreds."""
LEAST = 0.005
"""The lowest elasticity on the way to 0."""


class Outcome(NamedTuple):
    """How the climb ended; a refusal says why without a solution."""

    attempt: Attempt
    refusal: Refusal | None = None


def covers(problem: Problem) -> bool:
    """Whether the equations in logs have the options of the problem, and fit into memory."""
    n, s, u = problem.standing.used.shape
    values = problem.elasticities
    plain = not (values.elastic_labour or values.entry_costs)
    return problem.general and plain and (n * s) ** 2 * u <= MOST


def no_prices(problem: Problem, passes: int = LOOKED) -> Refusal | None:
    """Refuse goods that no price can bring about, where `passes` are enough to prove it."""
    proof = unproducible(problem, passes)
    if proof is None:
        return None
    return Refusal(Verdict.IMPOSSIBLE, tuple(sentences(problem, proof)))


def at(problem: Problem, part: float, paid: float) -> Problem:
    """The problem with elasticities a `part` of the way down, and a share `paid` of transfers."""
    values, share = problem.elasticities, problem.balance_share
    if part < 1.0:
        values = eased(values, part)
    return replace(
        problem,
        elasticities=values,
        shock=problem.given.in_force(values.theta),
        balance=paid * problem.balance,
        balance_share=None if share is None else paid * share,
    )


def eased(values: Elasticities, part: float) -> Elasticities:
    """Elasticities a `part` of the way down from at least 1; 0 is reached in the end only."""
    ends = {name: getattr(values, name) for name in ("theta", "epsilon", "mu", "sigma")}
    return values._replace(**{
        name: 1 / ((1 - part) / np.maximum(end, 1.0) + part / np.maximum(end, LEAST))
        for name, end in ends.items()
    })  # fmt: skip


def one_down(problem: Problem) -> float:
    """Part of the way by which the inverse of the lowest elasticity grows from 1 to 2."""
    values = problem.elasticities
    lowest = min(float(e.min()) for e in (values.theta, values.epsilon, values.mu, values.sigma))
    return float(np.clip(lowest / (1 - min(lowest, 0.9)), LEAST, 0.5))


def _low(problem: Problem, part: float) -> str:
    """The lowest elasticities a `part` of the way down, where they are still on the way."""
    now, goal = at(problem, part, 1.0).elasticities, problem.elasticities
    said = [f"{name} {float(np.min(getattr(now, name))):.3g}"
            for name in ("theta", "epsilon", "mu", "sigma")
            if float(np.min(getattr(goal, name))) < 1]  # fmt: skip
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _paid(_: Problem, part: float) -> str:
    return f"{percent(part)} % of all net transfers paid and all elasticities at 1 or more"


ELASTICITIES = Stage(lambda problem, part: at(problem, part, 1.0), _low)
TRANSFERS = Stage(lambda problem, part: at(problem, 0.0, part), _paid)


def equations(coefficients: Family) -> Equations:
    """Equations in logs, for Newton's method."""
    m = in_logs(coefficients)

    def local(z: Array) -> Local:
        found = evaluate(z, m)
        size = float(np.max(found.blocks))
        if not (np.isfinite(size) and np.isfinite(found.gaps).all()):
            size = float("inf")

        def factor(precise: bool) -> Callable[[Array], Array]:
            by = factored(found.shares, m, precise)
            return lambda right: divide(right, by)

        return Local(found.gaps, size, lambda v: product(v, found.shares, m), factor, found)

    return local


def first_payment(problem: Problem, without: Result) -> float:
    """Share of net transfers that every debtor can begin with, at its income without any."""
    owed = np.maximum(-problem.balance, 1e-300)
    return float(np.clip(np.exp(np.min(without.income - np.log(owed))) / 2, 1e-12, 0.25))


@dataclass(slots=True)
class _Climber:
    """What the rungs share: the problem, where it begins, factors, and Newton steps by rung."""

    problem: Problem
    before: Attempt
    newton: Newton
    began: float
    deadline: float
    evaluations: dict[str, int]
    kept: Kept = field(default_factory=Kept)
    method: str = ""

    def count(self, method: str, steps: int) -> None:
        self.method = method
        self.evaluations[method] = self.evaluations.get(method, 0) + steps

    def near(self) -> Found | None:
        """Newton's method from where the accelerated rungs got to, or from the benchmark."""
        close, y = float(np.max(self.before.residual)) <= CLOSE, np.asarray(self.before.y)
        options = replace(self.newton, max_steps=NEAR_STEPS, shortest=SHORTEST)
        start = y if close else np.zeros_like(y)
        found = newton(equations(family_coefficients(self.problem)), start, options, self.kept,
                       self.deadline)  # fmt: skip
        self.count("newton", found.steps)
        return found if found.converged else None

    def follow(self, name: str, part_of: Callable[[float], Problem], start: Found,
               first: float) -> Followed:  # fmt: skip
        """Follow the solutions of `part_of` from that at 0, to 1 or until a debtor is broke."""

        def ended(found: Found) -> bool:
            return bool((left(found.local.about) < BROKE).any())

        way = follow(lambda part: equations(family_coefficients(part_of(part))), start,
                     self.newton, self.kept, self.deadline, first, ended)  # fmt: skip
        self.count(name, way.steps)
        return way

    def easy(self, paid: float) -> Found:
        """Solution at elasticities of at least 1, or where the search for it ended."""
        problem = at(self.problem, 0.0, paid)
        zero = np.zeros_like(self.before.y)
        found = newton(equations(family_coefficients(problem)), zero, self.newton, self.kept,
                       self.deadline)  # fmt: skip
        self.count("elasticities", found.steps)
        return found

    def polished(self, found: Found) -> Found:
        """The solution to more digits, where they can be had."""
        options = replace(self.newton, tolerance=POLISH * self.newton.tolerance,
                          max_steps=POLISHING)  # fmt: skip
        better = newton(equations(family_coefficients(self.problem)), found.z, options, self.kept,
                        self.deadline)  # fmt: skip
        self.count(self.method, better.steps)
        return better if better.local.size < found.local.size else found

    def ended(self, found: Found | None, part: float = 0.0) -> Attempt:
        """What the climb ended with; what it began with where it found nothing."""
        done = found is not None
        y = self.before.y if found is None else found.z
        residual = self.before.residual if found is None else found.local.about.blocks
        status, now = Status.CONVERGED if done else Status.NOT_CONVERGED, time.perf_counter()
        return replace(self.before, y=y, residual=residual, method=self.method, status=status,
                       part=1.0 if done else part, evaluations=self.evaluations,
                       seconds=now - self.began,
                       late=not done and now > self.deadline)  # fmt: skip


def climb_far(problem: Problem, before: Attempt, tolerance: float, seconds: float) -> Outcome:
    """Climb on from where the accelerated rungs ended, for `seconds` with those of `before`."""
    began = time.perf_counter() - before.seconds
    climber = _Climber(problem, before, Newton(tolerance), began, began + seconds,
                       dict(before.evaluations), method=before.method)  # fmt: skip
    refusal = no_prices(problem)
    if refusal is not None:
        return Outcome(climber.ended(None), refusal)
    found = climber.near()
    if found is not None:
        return _told(problem, climber, found)
    start = climber.easy(1.0)
    if not start.converged:
        start = climber.easy(0.0)
        if not start.converged:
            return Outcome(climber.ended(None))
        first = first_payment(problem, start.local.about)
        paid = climber.follow("transfers", lambda s: at(problem, 0.0, s), start, first)
        if not paid.done:
            return Outcome(climber.ended(None), unfinished(problem, paid, TRANSFERS))
        start = paid.last.found
    way = climber.follow("elasticities", lambda t: at(problem, t, 1.0), start, one_down(problem))
    if way.done:
        return _told(problem, climber, way.last.found)
    return Outcome(climber.ended(None, way.peak.part), unfinished(problem, way, ELASTICITIES))


def _told(problem: Problem, climber: _Climber, found: Found) -> Outcome:
    """A solution, or which of its numbers are out of range."""
    found = climber.polished(found)
    return Outcome(climber.ended(found), out_of_range(problem, found.local.about))
