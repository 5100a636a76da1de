"""Newton-Krylov with backtracking on ``f(y) = fn(y).y - y``.

The linear systems are solved by GMRES with derivatives of the map (no finite differences); the
map itself is the preconditioner, since near a contraction its Jacobian is close to the identity.

The loop over steps runs in Python: it can be stopped at a deadline, and the map is compiled in few
places.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrepot.numerics.outcome import Outcome, Step

Array = Any


@dataclass(frozen=True, slots=True)
class NewtonKrylov:
    """Options of the Newton-Krylov method.

    Attributes
    ----------
    tolerance : largest undamped residual of any block, at most
    max_steps : Newton steps, at most
    krylov : size of the Krylov space, restarted `restarts` times
    forcing : relative accuracy of the linear solves
    halvings : step halvings tried, at most
    shift : taken off the diagonal of the Jacobian, which is close to minus the identity; it
        keeps directions that the equations hardly determine from swallowing the step

    """

    tolerance: float = 1e-10
    max_steps: int = 40
    krylov: int = 60
    restarts: int = 4
    forcing: float = 1e-3
    halvings: int = 12
    shift: float = 1e-7


@partial(jax.jit, static_argnames="fn")
def _measure(fn: Callable[[Array, Any], Step], y: Array, args: Any) -> tuple[Array, Array]:
    """Residual by block, and the norm of f, at y."""
    step = fn(y, args)
    return step.residual, jnp.linalg.norm(step.y - y)


@partial(jax.jit, static_argnames="fn")
def _product(fn: Callable[[Array, Any], Step], y: Array, args: Any, v: Array) -> Array:
    """Jacobian of f at y times v."""
    return jax.jvp(lambda z: fn(z, args).y - z, (y,), (v,))[1]


@partial(jax.jit, static_argnames="fn")
def _value(fn: Callable[[Array, Any], Step], y: Array, args: Any) -> Array:
    """f at y."""
    return fn(y, args).y - y


def _direction(
    fn: Callable[[Array, Any], Step], y: Array, args: Any, options: NewtonKrylov
) -> np.ndarray:
    """Newton direction at y, from GMRES."""
    # Imported here because few solves get this far, and the import costs a quarter of a second.
    from scipy.sparse.linalg import LinearOperator, gmres

    def matvec(v: np.ndarray) -> np.ndarray:
        product = np.asarray(_product(fn, y, args, jnp.asarray(v.reshape(-1))))
        return product - options.shift * v.reshape(-1)

    n = y.shape[0]
    operator = LinearOperator((n, n), matvec=matvec, dtype=float)
    direction, _ = gmres(operator, -np.asarray(_value(fn, y, args)), rtol=options.forcing,
                         restart=min(options.krylov, n), maxiter=options.restarts)  # fmt: skip
    found: np.ndarray = direction
    return found


def newton_krylov(
    fn: Callable[[Array, Any], Step],
    y0: Array,
    args: Any,
    options: NewtonKrylov,
    deadline: float = float("inf"),
) -> Outcome:
    """Solve ``y = fn(y, args).y``; parameters as in `anderson`.

    `deadline` is a reading of ``time.perf_counter()`` after which no new step is begun.
    """
    y = jnp.asarray(y0)
    residual, norm = _measure(fn, y, args)
    steps = 0
    while steps < options.max_steps and time.perf_counter() < deadline:
        if float(jnp.max(residual)) <= options.tolerance or not bool(jnp.isfinite(norm)):
            break
        direction = _direction(fn, y, args, options)
        steps += 1
        for halving in range(options.halvings + 1):
            length = 0.5**halving
            there = y + length * direction
            found, size = _measure(fn, there, args)
            if float(size) <= (1 - 1e-4 * length) * float(norm):
                break
        if not float(size) < float(norm):
            break
        y, residual, norm = there, found, size
    return Outcome(y, residual, jnp.asarray(steps), jnp.all(jnp.isfinite(residual)))
