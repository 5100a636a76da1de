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
PARTS = (0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.999, 1.0)


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

    """

    y: np.ndarray
    status: Status
    residual: np.ndarray
    method: str
    evaluations: dict[str, int]
    seconds: float


def _status(outcome: Outcome, tolerance: float) -> Status:
    if not bool(outcome.finite):
        return Status.NOT_FINITE
    done = float(np.max(np.asarray(outcome.residual))) <= tolerance
    return Status.CONVERGED if done else Status.NOT_CONVERGED


def _pair(fn: Map, y: Array, args: Any, fixed: Anderson, newton: NewtonKrylov) -> Outcome:
    """Accelerated fixed point, then Newton-Krylov from where it got to (or from y)."""
    outcome = anderson(fn, y, args, fixed)
    if _status(outcome, fixed.tolerance) is Status.CONVERGED:
        return outcome
    start = outcome.y if bool(outcome.finite) else y
    return newton_krylov(fn, start, args, newton)


def _continue(
    fn: Map, y0: Array, args_at: Callable[[float], Any], fixed: Anderson, newton: NewtonKrylov
) -> Outcome:
    """Apply the change in growing parts, each solved from the one before."""
    y = y0
    for part in PARTS:
        outcome = _pair(fn, y, args_at(part), fixed, newton)
        if not bool(outcome.finite):
            break
        y = outcome.y
    return outcome


def climb(
    fn: Map,
    y0: Array,
    args_at: Callable[[float], Any],
    fixed: Anderson,
    newton: NewtonKrylov,
) -> Attempt:
    """Try the rungs in turn until one converges; return the last outcome in any case."""
    began = time.perf_counter()
    args = args_at(1.0)
    evaluations: dict[str, int] = {}
    outcome = anderson(fn, y0, args, fixed)
    method = "accelerated"
    evaluations[method] = int(outcome.evaluations)
    status = _status(outcome, fixed.tolerance)
    if status is not Status.CONVERGED:
        start = outcome.y if bool(outcome.finite) else y0
        outcome = newton_krylov(fn, start, args, newton)
        method = "newton_krylov"
        evaluations[method] = int(outcome.evaluations)
        status = _status(outcome, fixed.tolerance)
    if status is not Status.CONVERGED:
        outcome = _continue(fn, y0, args_at, fixed, newton)
        method = "continuation"
        evaluations[method] = int(outcome.evaluations)
        status = _status(outcome, fixed.tolerance)
    return Attempt(
        np.asarray(outcome.y),
        status,
        np.asarray(outcome.residual),
        method,
        evaluations,
        time.perf_counter() - began,
    )
