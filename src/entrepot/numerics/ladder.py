"""The ladder of strategies: accelerated fixed point, Newton-Krylov, continuation.

Written once for every model: ``args_at(part)`` gives the arguments when only a part (0 to 1) of
the change is applied.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.numerics.anderson import Anderson, anderson
from entrepot.numerics.newton import NewtonKrylov, newton_krylov
from entrepot.numerics.outcome import Outcome, Status, Step

Array = Any
Map = Callable[[Array, Any], Step]
FIRST_PART, SMALLEST_PART, MOST_PARTS = 0.25, 1e-3, 40
DIVERGED = 1.0
"""An iterate with a larger relative gap than this is a worse start than the old one."""


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


def _status(outcome: Outcome, tolerance: float) -> Status:
    if not bool(outcome.finite):
        return Status.NOT_FINITE
    done = float(np.max(np.asarray(outcome.residual))) <= tolerance
    return Status.CONVERGED if done else Status.NOT_CONVERGED


def _pair(
    fn: Map, y: Array, args: Any, fixed: Anderson, newton: NewtonKrylov, deadline: float
) -> Outcome:
    """Accelerated fixed point, then Newton-Krylov from where it got to (or from y).

    The evaluations of both are added up.
    """
    first = anderson(fn, y, args, fixed)
    if _status(first, fixed.tolerance) is Status.CONVERGED:
        return first
    second = newton_krylov(fn, _start(first, y), args, newton, deadline)
    return second._replace(evaluations=int(first.evaluations) + int(second.evaluations))


def _start(outcome: Outcome, y: Array) -> Array:
    """Where the next rung starts: where the last one got to, unless that led astray."""
    near = bool(outcome.finite) and float(np.max(np.asarray(outcome.residual))) <= DIVERGED
    return outcome.y if near else y


def _continue(
    fn: Map,
    y0: Array,
    args_at: Callable[[float], Any],
    fixed: Anderson,
    newton: NewtonKrylov,
    deadline: float,
) -> tuple[Outcome, float]:
    """Follow the solution as the change grows; return the last outcome and the part solved.

    The outcome counts the evaluations of all parts, those that failed included.  The first guess
    of each part continues the line through the last two solutions.  A part that fails is tried
    again with a quarter of the step, one that succeeds doubles the next.
    """
    y, done, step, slope, spent = y0, 0.0, FIRST_PART, 0.0 * y0, 0
    for _ in range(MOST_PARTS):
        part = min(done + step, 1.0)
        outcome = _pair(fn, y + (part - done) * slope, args_at(part), fixed, newton, deadline)
        spent += int(outcome.evaluations)
        if _status(outcome, fixed.tolerance) is Status.CONVERGED:
            slope = (outcome.y - y) / (part - done)
            y, done, step = outcome.y, part, 2 * step
        else:
            step /= 4
        if done == 1.0 or step < SMALLEST_PART or time.perf_counter() > deadline:
            break
    return outcome._replace(evaluations=spent), done


def climb(
    fn: Map,
    y0: Array,
    args_at: Callable[[float], Any],
    fixed: Anderson,
    newton: NewtonKrylov,
    max_seconds: float = float("inf"),
) -> Attempt:
    """Try the rungs in turn until one converges; return the last outcome in any case.

    No new step is begun after `max_seconds`.
    """
    began = time.perf_counter()
    deadline = began + max_seconds
    args = args_at(1.0)
    evaluations: dict[str, int] = {}
    part = 1.0
    outcome = anderson(fn, y0, args, fixed)
    method = "accelerated"
    evaluations[method] = int(outcome.evaluations)
    status = _status(outcome, fixed.tolerance)
    if status is not Status.CONVERGED:
        outcome = newton_krylov(fn, _start(outcome, y0), args, newton, deadline)
        method = "newton_krylov"
        evaluations[method] = int(outcome.evaluations)
        status = _status(outcome, fixed.tolerance)
    if status is not Status.CONVERGED and time.perf_counter() < deadline:
        outcome, part = _continue(fn, y0, args_at, fixed, newton, deadline)
        method = "continuation"
        evaluations[method] = int(outcome.evaluations)
        status = _status(outcome, fixed.tolerance)
        if part < 1.0 and status is Status.CONVERGED:  # solved, but not the whole change
            status = Status.NOT_CONVERGED
    return Attempt(
        np.asarray(outcome.y),
        status,
        np.asarray(outcome.residual),
        method,
        evaluations,
        time.perf_counter() - began,
        part,
        status is not Status.CONVERGED and time.perf_counter() >= deadline,
    )
