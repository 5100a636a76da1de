"""Newton's method where the derivative can be factored, damped by the natural level function.

As `entrepot.numerics.newton` (Deuflhard 2011, algorithm NLEQ-ERR), in NumPy: a step counts if the
next simplified correction is shorter.  Factors are kept from step to step, and from one problem to
the next, as long as GMRES with them takes few products (Saad and Schultz 1986).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from entrepot.numerics.newton import LARGEST, SAFE, norm

Array = np.ndarray
CLOSER = 0.25
"""A residual this much smaller is progress whatever the next correction."""
ROUNDING = 1e-13
"""A correction shorter than this part of the unknowns changes nothing any more."""


class Local(NamedTuple):
    """Equations at a point.

    Attributes
    ----------
    gaps : (n,) residuals; size : largest residual of any block, infinite if not a number
    product : derivative times a vector
    factor : makes the division by the derivative, precise (True) or, in less time, coarse
    about : what else is known of the point

    """

    gaps: Array
    size: float
    product: Callable[[Array], Array]
    factor: Callable[[bool], Callable[[Array], Array]]
    about: Any = None


Equations = Callable[[Array], Local]


@dataclass(frozen=True, slots=True)
class Newton:
    """Options.

    Attributes
    ----------
    tolerance : largest residual of any block, at most
    max_steps : Newton steps, at most
    shortest : a step damped by more than this is given up
    krylov : products with old factors, at most; then new ones are made
    forcing : relative accuracy of the linear solves

    """

    tolerance: float = 1e-10
    max_steps: int = 30
    shortest: float = 1e-3
    krylov: int = 12
    forcing: float = 1e-3


@dataclass(slots=True)
class Kept:
    """Factors that outlive a step, with counts of factors made and of products."""

    divide: Callable[[Array], Array] | None = None
    made: int = 0
    products: int = 0


class Found(NamedTuple):
    """Where Newton's method ended: the point, the equations there, steps, whether it converged."""

    z: Array
    local: Local
    steps: int
    converged: bool


def _gmres(
    product: Callable[[Array], Array], divide: Callable[[Array], Array], right: Array,
    options: Newton,
) -> tuple[Array, float, int]:  # fmt: skip
    """Solve from the right-preconditioned Krylov space; also what is left, relative, and size.

    Factors out of the range of numbers leave everything.
    """
    size = norm(right)
    if size == 0.0:
        return np.zeros_like(right), 0.0, 0
    basis, ahead = [right / size], []
    matrix = np.zeros((options.krylov + 1, options.krylov))
    goal = np.zeros(options.krylov + 1)
    goal[0] = size
    for k in range(options.krylov):
        ahead.append(divide(basis[k]))
        new = product(ahead[k])
        if not norm(new) < LARGEST:
            return np.full_like(right, np.inf), np.inf, k + 1
        for _ in range(2):
            for n, old in enumerate(basis):
                part = float(old @ new)
                matrix[n, k] += part
                new = new - part * old
        matrix[k + 1, k] = more = norm(new)
        square = matrix[: k + 2, : k + 1]
        weights = np.linalg.lstsq(square, goal[: k + 2], rcond=None)[0]
        left = norm(square @ weights - goal[: k + 2]) / size
        if left <= options.forcing or more == 0.0:
            break
        basis.append(new / more)
    found: Array = np.asarray(ahead).T @ weights
    return found, left, k + 1


def correction(local: Local, right: Array, kept: Kept, options: Newton) -> Array:
    """``derivative^-1 right`` with old factors, else with new coarse ones, else with precise ones.

    The first that need few products are kept.
    """
    best, least = np.full_like(right, np.inf), np.inf
    for precise in (None, False, True):
        if precise is None and kept.divide is None:
            continue
        with np.errstate(all="ignore"):  # what is out of range is seen by its length
            if precise is not None:
                kept.divide, kept.made = local.factor(precise), kept.made + 1
            assert kept.divide is not None
            found, left, size = _gmres(local.product, kept.divide, right, options)
        kept.products += size
        if left < least:
            best, least = found, left
        if left <= options.forcing:
            break
    return best


def newton(
    equations: Equations, z: Array, options: Newton, kept: Kept, deadline: float = float("inf")
) -> Found:
    """Solve ``equations(z).gaps = 0`` from `z`; no step is begun after `deadline`."""
    local, steps, part = equations(z), 0, 1.0
    while local.size > options.tolerance and np.isfinite(local.size):
        if steps >= options.max_steps or time.perf_counter() > deadline:
            break
        steps += 1
        step = correction(local, -local.gaps, kept, options)
        trial = _shortened(equations, local, (z, step, part), kept, options)
        if trial is None:
            break
        z, local, part = trial
        if norm(step) <= ROUNDING * norm(z):
            break
    return Found(z, local, steps, local.size <= options.tolerance)


def _shortened(
    equations: Equations, local: Local, start: tuple[Array, Array, float], kept: Kept,
    options: Newton,
) -> tuple[Array, Local, float] | None:  # fmt: skip
    """Shorten a step until the simplified correction after it is shorter; None if none is."""
    z, step, part = start
    size = norm(step)
    while size < LARGEST and part > options.shortest:
        there = equations(z + part * step)
        if not np.isfinite(there.size):
            part /= 4
            continue
        if there.size <= max(options.tolerance, CLOSER * local.size):
            return z + part * step, there, min(1.0, 2 * part)
        after = correction(local, -there.gaps, kept, options)
        left, curved = norm(after), norm(after - (1 - part) * step)
        if left <= (1 - part / 4) * size:
            allowed = size * part / max(curved, SAFE * size)
            return z + part * step, there, min(1.0, max(2 * part, allowed))
        part = min(part / 2, max(0.5 * size * part**2 / max(curved, 1e-300), part / 10))
    return None
