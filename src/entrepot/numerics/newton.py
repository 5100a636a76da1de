"""Newton's method for equations ``residual(z, args) = 0``, damped by the natural level function.

A step is accepted when the next simplified Newton correction is shorter than the last correction
(Deuflhard 2011, algorithm NLEQ-ERR): the test does not depend on how equations are scaled, which
matters where one market is answered by elasticities of 0.02 and another by 10.  The linear systems
are solved by GMRES with derivatives of the equations (no finite differences).

The loop over steps runs in Python: it can be stopped at a deadline, and the equations are compiled
in few places.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from entrepot.numerics.outcome import Outcome, Step

Array = Any
Refresh = Callable[[Any, Array], Any]
Correction = Callable[[np.ndarray, float], np.ndarray]
LARGEST = 1e60
SAFE, SOUND = 1e-3, 0.25
"""A correction that shrinks by more than `SAFE` says nothing about the next step length; after a
full step whose next correction is shorter by `SOUND`, that correction is taken too."""


class System(NamedTuple):
    """Equations that suit Newton's method, in the unknowns of the map.

    Attributes
    ----------
    residual : ``(y, args) -> f`` (n,), zero at the solution
    precondition : ``(v, args) -> w`` (n,), about the inverse of the derivative of the residual

    """

    residual: Callable[[Array, Any], Array]
    precondition: Callable[[Array, Any], Array]


@lru_cache(maxsize=32)
def fixed_point(fn: Callable[[Array, Any], Step]) -> System:
    """``fn(y).y - y = 0``, which is its own preconditioner."""
    return System(lambda y, args: fn(y, args).y - y, lambda v, _: v)


@dataclass(frozen=True, slots=True)
class NewtonKrylov:
    """Options of Newton's method.

    Attributes
    ----------
    tolerance : largest undamped residual of any block of the map, at most
    max_steps : Newton steps, at most
    krylov : size of the Krylov space, which is not restarted
    forcing : relative accuracy of the linear solves; `judging` : of those that judge a step
    shortest : a step damped by more than this is given up
    shift : taken off the diagonal of the derivative; it keeps directions that the equations
        hardly determine from swallowing the step

    """

    tolerance: float = 1e-10
    max_steps: int = 25
    krylov: int = 250
    forcing: float = 1e-4
    judging: float = 1e-2
    shortest: float = 1e-3
    shift: float = 1e-9


@partial(jax.jit, static_argnames=("fn", "system"))
def _measure(fn: Any, system: System, z: Array, args: Any) -> tuple[Array, Array]:
    """Residual of the map by block, and the residual of the equations, at z."""
    return fn(z, args).residual, system.residual(z, args)


@partial(jax.jit, static_argnames="system")
def _product(system: System, z: Array, args: Any, v: Array) -> tuple[Array, Array]:
    """Precondition v; the derivative of the residual at z times that, and that itself."""
    w = system.precondition(v, args)
    return jax.jvp(lambda at: system.residual(at, args), (z,), (w,))[1], w


def _corrections(
    system: System, z: Array, args: Any, options: NewtonKrylov, deadline: float
) -> Correction:
    """Corrections ``-J^-1 f`` from GMRES, preconditioned from the right.

    Raises
    ------
    TimeoutError : the deadline has passed

    """
    # Imported here because few solves get this far, and the import costs a quarter of a second.
    from scipy.sparse.linalg import LinearOperator, gmres

    def matvec(v: np.ndarray) -> np.ndarray:
        if time.perf_counter() > deadline:
            raise TimeoutError("The deadline of Newton's method has passed.")
        product, w = _product(system, z, args, v.reshape(-1))
        return np.asarray(product) - options.shift * np.asarray(w)

    def correct(f: np.ndarray, accuracy: float) -> np.ndarray:
        n = len(f)
        operator = LinearOperator((n, n), matvec=matvec, dtype=float)
        with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at the norm
            found, _ = gmres(operator, -f, rtol=accuracy, restart=min(options.krylov, n),
                             maxiter=1)  # fmt: skip
        return np.asarray(_product(system, z, args, found)[1])

    return correct


def norm(v: np.ndarray) -> float:
    """Euclidean norm; infinity where the entries are not numbers to be squared."""
    small = np.max(np.abs(v), initial=0.0) < LARGEST  # false for what is not a number
    return float(np.linalg.norm(v)) if small else float("inf")


class _Trial(NamedTuple):
    """A point along a correction, its residuals, and the length that the next step may have."""

    z: Array
    residual: Array
    f: np.ndarray
    next_length: float


def _search(
    fn: Any, system: System, z: Array, args: Any, first: tuple[np.ndarray, float],
    correct: Correction, options: NewtonKrylov,
) -> _Trial | None:  # fmt: skip
    """Shorten a step until the simplified correction after it is shorter; None if none is.

    `first` is the correction and the length to begin with.
    """
    step, length = first
    size = norm(step)
    while length > options.shortest:
        there = z + length * step
        residual, f = _measure(fn, system, there, args)
        f = np.asarray(f)
        if not norm(f) < LARGEST:
            length /= 2
            continue
        if float(jnp.max(residual)) <= options.tolerance:
            return _Trial(there, residual, f, 1.0)
        after = correct(f, options.judging)
        left, curved = norm(after), norm(after - (1 - length) * step)
        if left <= SOUND * size and length == 1.0:
            residual, f = _measure(fn, system, there + after, args)
            return _Trial(there + after, residual, np.asarray(f), 1.0)
        if left <= (1 - length / 4) * size:
            allowed = size * length / max(curved, SAFE * size)
            return _Trial(there, residual, f, min(1.0, max(2 * length, allowed)))
        length = min(length / 2, max(0.5 * size * length**2 / max(curved, 1e-300), length / 10))
    return None


def newton_krylov(
    fn: Callable[[Array, Any], Step],
    y0: Array,
    args: Any,
    options: NewtonKrylov,
    deadline: float = float("inf"),
    system: System | None = None,
    refresh: Refresh | None = None,
) -> Outcome:
    """Solve ``y = fn(y, args).y``; parameters as in `anderson`.

    Parameters
    ----------
    deadline : a reading of ``time.perf_counter()`` at which the method stops where it is
    system : equations with the same solution; None takes those of the map
    refresh : ``(args, y) -> args`` fits the preconditioner to an iterate

    """
    system = system or fixed_point(fn)
    z = jnp.asarray(y0)
    residual, f = _measure(fn, system, z, args)
    f, steps, length = np.asarray(f), 0, 1.0
    while steps < options.max_steps and time.perf_counter() < deadline:
        if float(jnp.max(residual)) <= options.tolerance or not norm(f) < LARGEST:
            break
        if refresh is not None:
            args = refresh(args, np.asarray(z))
        correct = _corrections(system, z, args, options, deadline)
        steps += 1
        try:
            step = correct(f, options.forcing)
            if not norm(step) < LARGEST:
                break
            found = _search(fn, system, z, args, (step, length), correct, options)
        except TimeoutError:
            break
        if found is None:
            break
        z, residual, f, length = found
    return Outcome(z, residual, jnp.asarray(steps), jnp.all(jnp.isfinite(residual)))
