"""Newton-Krylov with backtracking on ``f(y) = fn(y).y - y``.

The linear systems are solved by GMRES with derivatives of the map (no finite differences); the
map itself is the preconditioner, since near a contraction its Jacobian is close to the identity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy.sparse.linalg import gmres

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


class _State(NamedTuple):
    y: Array
    step: Step
    count: Array
    moved: Array


@partial(jax.jit, static_argnames=("fn", "options"))
def newton_krylov(
    fn: Callable[[Array, Any], Step], y0: Array, args: Any, options: NewtonKrylov
) -> Outcome:
    """Solve ``y = fn(y, args).y``; parameters as in `anderson`."""

    def f(y: Array) -> Array:
        return fn(y, args).y - y

    def worst(step: Step) -> Array:
        return jnp.max(step.residual)

    def proceed(state: _State) -> Array:
        size = worst(state.step)
        going = (size > options.tolerance) & (state.count < options.max_steps) & state.moved
        return going & jnp.isfinite(size)

    def body(state: _State) -> _State:
        value, jvp = jax.linearize(f, state.y)
        direction, _ = gmres(
            lambda v: jvp(v) - options.shift * v,
            -value,
            tol=options.forcing,
            restart=options.krylov,
            maxiter=options.restarts,
            solve_method="incremental",
        )
        norm = jnp.linalg.norm(value)

        def shorter(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            length, _, tries = carry
            length = length / 2
            return length, jnp.linalg.norm(f(state.y + length * direction)), tries + 1

        def too_long(carry: tuple[Array, Array, Array]) -> Array:
            length, size, tries = carry
            bad = ~(size <= (1 - 1e-4 * length) * norm)
            return bad & (tries < options.halvings)

        full = jnp.ones(())
        first = (full, jnp.linalg.norm(f(state.y + direction)), jnp.zeros((), dtype=int))
        length, size, _ = jax.lax.while_loop(too_long, shorter, first)
        better = size < norm
        y = jnp.where(better, state.y + length * direction, state.y)
        return _State(y, fn(y, args), state.count + 1, better)

    start = _State(y0, fn(y0, args), jnp.zeros((), dtype=int), jnp.array(True))
    end = jax.lax.while_loop(proceed, body, start)
    return Outcome(end.y, end.step.residual, end.count, jnp.all(jnp.isfinite(end.step.residual)))
