"""The ladder of strategies: accelerated fixed point, refitted steps, parts, Newton, continuation.

Written once for every model: ``args_at(part)`` gives the arguments when only a part (0 to 1) of
the change is applied.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from entrepot.numerics.anderson import Anderson, anderson
from entrepot.numerics.newton import NewtonKrylov, System, newton_krylov
from entrepot.numerics.outcome import Outcome, Status, Step

Array = Any
Map = Callable[[Array, Any], Step]
FIRST_PART, SMALLEST_PART, MOST_PARTS, EASY = 0.25, 1e-3, 80, 5
"""The next part is twice as long after one that took `EASY` steps at most."""
FIRST_CHUNK = 60
MOST_REFITS, REFIT_AFTER, PROGRESS, PATIENCE, ASTRAY = 12, 12, 0.5, 1, 3.0
NEARBY_STEPS, NEARBY_SHORTEST = 10, 0.05
"""Newton's method between neighbouring parts; one that needs shorter steps is too long a part."""
LOOSE, PART_CHUNK, PART_REFITS, LONGER, MOST_FAILURES = 1e-3, 16, 4, 1.6, 3
"""Residual at which a part on the way counts as solved, evaluations between its refits, refits at
most, how much longer the next part is, and failures after which parts are given up."""
DIVERGED, CLOSE = 1.0, 0.1
"""An iterate with a larger relative gap than this is a worse start than the old one: for more of
the same, and for Newton's method."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the ladder ended with.

    Attributes
    ----------
    y : the iterate
    status : how it ended
    residual : undamped residuals by block
    method : the rung that ended the climb
    evaluations : by rung, in the order tried
    seconds : wall time
    part : part of the change up to which a solution was found (1: all of it)
    reached : the solution for that part, or None if none was found
    late : whether the climb was stopped by its time limit

    """

    y: np.ndarray
    status: Status
    residual: np.ndarray
    method: str
    evaluations: dict[str, int]
    seconds: float
    part: float = 1.0
    late: bool = False
    reached: np.ndarray | None = None


def _status(outcome: Outcome, tolerance: float) -> Status:
    if not bool(outcome.finite):
        return Status.NOT_FINITE
    done = float(np.max(np.asarray(outcome.residual))) <= tolerance
    return Status.CONVERGED if done else Status.NOT_CONVERGED


@dataclass(slots=True)
class _Climber:
    """What every rung needs, and the count of evaluations by rung."""

    fn: Map
    fixed: Anderson
    newton: NewtonKrylov
    deadline: float
    refresh: Callable[[Any, Array], Any] | None
    system: System | None = None
    first: int | None = None
    evaluations: dict[str, int] = field(default_factory=dict)
    method: str = ""

    def count(self, method: str, outcome: Outcome) -> Outcome:
        self.method = method
        self.evaluations[method] = self.evaluations.get(method, 0) + int(outcome.evaluations)
        return outcome

    def done(self, outcome: Outcome) -> bool:
        return _status(outcome, self.fixed.tolerance) is Status.CONVERGED

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.deadline

    def stage(self, y: Array, args: Any, name: str = "") -> Outcome:
        """Accelerated fixed point, refitted steps, Newton-Krylov, at given arguments."""
        best = self.accelerated(y, args, name)
        return best if self.done(best) or self.late else self.newton_after(best, y, args, name)

    def accelerated(self, y: Array, args: Any, name: str = "") -> Outcome:
        """Accelerated fixed point, then with refitted steps."""
        best = self.count(name or "accelerated", anderson(self.fn, y, args, self.fixed, self.first))
        return best if self.done(best) else self._refitted(best, y, args, name or "refitted")

    def newton_after(self, best: Outcome, y: Array, args: Any, name: str = "") -> Outcome:
        """Newton-Krylov from the best iterate, or from `y` where that is far off."""
        start = best.y if _size(best) <= CLOSE else y
        return self.newton_from(start, args, name or "newton_krylov", self.newton)

    def newton_from(self, start: Array, args: Any, name: str, options: NewtonKrylov) -> Outcome:
        """Newton's method, with steps that fit where it starts."""
        if self.refresh is not None:
            args = self.refresh(args, start)
        found = newton_krylov(self.fn, start, args, options, self.deadline, self.system,
                              self.refresh)  # fmt: skip
        return self.count(name, found)

    def part(self, guess: Array, args: Any) -> Outcome:
        """Solve for a part of the change, from a guess that continues the parts before it."""
        if self.system is None:
            return self.stage(guess, args, "continuation")
        near = replace(self.newton, max_steps=NEARBY_STEPS, shortest=NEARBY_SHORTEST)
        return self.newton_from(guess, args, "continuation", near)

    def accelerated_part(self, at: Array, args: Any, whole: bool) -> tuple[Outcome, bool]:
        """Solve a part with refitted steps, loosely unless it is the whole; and whether it is."""
        assert self.refresh is not None
        least = float("inf")
        for _ in range(MOST_REFITS if whole else PART_REFITS):
            args = self.refresh(args, at)
            found = self.count("parts", anderson(self.fn, at, args, self.fixed, PART_CHUNK))
            size, at = _size(found), np.asarray(found.y)
            if self.done(found) or (size <= LOOSE and not whole):
                return found, True
            if size > ASTRAY * least or size == float("inf") or self.late:
                break
            least = min(least, size)
        return found, False

    def _refitted(self, first: Outcome, y: Array, args: Any, name: str) -> Outcome:
        """Go on with arguments refitted to the iterate, as long as that helps."""
        if self.refresh is None:
            return first
        best, idle = first, 0
        at = _start(first, y)
        for _ in range(MOST_REFITS):
            args = self.refresh(args, at)
            found = self.count(name, anderson(self.fn, at, args, self.fixed, REFIT_AFTER))
            idle = 0 if _size(found) < PROGRESS * _size(best) else idle + 1
            best = found if _size(found) < _size(best) else best
            at = found.y if _size(found) <= ASTRAY * _size(best) else best.y
            if self.done(best) or idle > PATIENCE or self.late:
                break
        return best


def _size(outcome: Outcome) -> float:
    worst = float(np.max(np.asarray(outcome.residual)))
    return worst if bool(outcome.finite) else float("inf")


def _start(outcome: Outcome, y: Array) -> Array:
    """Where the next rung starts: where the last one got to, unless that led astray."""
    return outcome.y if _size(outcome) <= DIVERGED else y


def _in_parts(climber: _Climber, y0: Array, args_at: Callable[[float], Any]) -> Outcome | None:
    """Let the change grow by parts that the accelerated map solves; None if that gets stuck.

    Parts on the way need not be exact: they give a guess on a line for the next.
    """
    y, done, step, slope, failures = y0, 0.0, FIRST_PART, 0.0 * y0, 0
    while done < 1.0 and failures < MOST_FAILURES and not climber.late:
        part = min(done + step, 1.0)
        guess = y + (part - done) * slope
        outcome, solved = climber.accelerated_part(guess, args_at(part), part == 1.0)
        if solved:
            slope = (np.asarray(outcome.y) - y) / (part - done)
            y, done, step = np.asarray(outcome.y), part, LONGER * step
        else:
            step, failures = step / 3, failures + 1
    return outcome if done == 1.0 else None


def _first_rungs(
    climber: _Climber,
    y0: Array,
    args_at: Callable[[float], Any],
    hopeless: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Accelerated fixed point, refitted steps, parts."""
    found = climber.accelerated(y0, args_at(1.0))
    if climber.done(found) or climber.late or climber.refresh is None or hopeless():
        return found
    return _in_parts(climber, y0, args_at) or found


def _continue(
    climber: _Climber, y0: Array, args_at: Callable[[float], Any]
) -> tuple[Outcome, float, Array]:
    """Follow the solution as the change grows.

    Returns the last outcome, the part solved and the solution for it.

    The first guess of each part continues the line through the last two solutions.  A part that
    fails is tried again with a quarter of the step, one that is easily solved doubles the next.
    """
    y, done, step, slope = y0, 0.0, FIRST_PART, 0.0 * y0
    for _ in range(MOST_PARTS):
        part = min(done + step, 1.0)
        args = args_at(part)
        guess = y + (part - done) * slope
        outcome = climber.part(guess, args)
        if climber.done(outcome):
            slope = (outcome.y - y) / (part - done)
            y, done, step = outcome.y, part, step * (2 if int(outcome.evaluations) <= EASY else 1)
        else:
            step /= 4
        if done == 1.0 or step < SMALLEST_PART or climber.late:
            break
    return outcome, done, y


def climb(
    fn: Map,
    y0: Array,
    args_at: Callable[[float], Any],
    fixed: Anderson,
    newton: NewtonKrylov,
    max_seconds: float = float("inf"),
    refresh: Callable[[Any, Array], Any] | None = None,
    system: System | None = None,
) -> Attempt:
    """Try the rungs in turn until one converges; return the last outcome in any case.

    `refresh` fits what guides the steps in the arguments (and nothing that defines the solution)
    to an iterate.  `system` are equations with the same solution for Newton's method.  No new step
    is begun after `max_seconds`.
    """
    began = time.perf_counter()
    first = None if refresh is None else min(FIRST_CHUNK, fixed.max_evaluations)
    climber = _Climber(fn, fixed, newton, began + max_seconds, refresh, system, first)
    outcome = _first_rungs(climber, y0, args_at)
    if not climber.done(outcome) and not climber.late:
        outcome = climber.newton_after(outcome, y0, args_at(1.0))
    part, reached = (1.0 if climber.done(outcome) else 0.0), None
    if part == 0.0 and not climber.late:
        outcome, part, reached = _continue(climber, y0, args_at)
    return _attempt(climber, outcome, began, part, reached)


def accelerate(
    fn: Map,
    y0: Array,
    args_at: Callable[[float], Any],
    fixed: Anderson,
    max_seconds: float = float("inf"),
    refresh: Callable[[Any, Array], Any] | None = None,
    hopeless: Callable[[], bool] = lambda: False,
) -> Attempt:
    """Try the accelerated rungs only; parameters as in `climb`.

    `hopeless` is asked before the parts, which take the longest; they are not tried if it is true.
    """
    began = time.perf_counter()
    first = None if refresh is None else min(FIRST_CHUNK, fixed.max_evaluations)
    climber = _Climber(fn, fixed, NewtonKrylov(), began + max_seconds, refresh, None, first)
    outcome = _first_rungs(climber, y0, args_at, hopeless)
    return _attempt(climber, outcome, began, 1.0 if climber.done(outcome) else 0.0, None)


def _attempt(
    climber: _Climber, outcome: Outcome, began: float, part: float, reached: Array | None
) -> Attempt:
    status = _status(outcome, climber.fixed.tolerance)
    if part < 1.0 and status is Status.CONVERGED:  # solved, but not the whole change
        status = Status.NOT_CONVERGED
    return Attempt(
        np.asarray(outcome.y),
        status,
        np.asarray(outcome.residual),
        climber.method,
        climber.evaluations,
        time.perf_counter() - began,
        part,
        status is not Status.CONVERGED and climber.late,
        np.asarray(reached) if 0 < part < 1 else None,
    )
