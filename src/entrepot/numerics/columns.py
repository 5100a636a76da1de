"""Anderson acceleration of many fixed points side by side: one column each.

The same method as `entrepot.numerics.anderson`, with a last axis of D columns.  What the columns
share is read once for all of them, which pays where reading takes longer than reckoning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from entrepot.numerics.anderson import UNMEASURED, Anderson, combine, remember
from entrepot.numerics.outcome import Outcome, Step

Array = Any


class _State(NamedTuple):
    y: Array  # (D, n)
    step: Step  # y (D, n), residual (blocks, D)
    best: Array  # (D,)
    d_f: Array  # (D, memory, n) differences of f = G(y) - y
    d_g: Array  # (D, memory, n) differences of G(y)
    gram: Array  # (D, memory, memory) inner products of d_f
    valid: Array  # (D, memory) which rows are in use
    count: Array  # (D,) evaluations
    turn: Array  # evaluations of the column that took most


@partial(jax.jit, static_argnames=("fn", "options"))
def anderson_columns(
    fn: Callable[[Array, Any], Step],
    y0: Array,
    args: Any,
    options: Anderson,
    limit: Array | int | None = None,
) -> Outcome:
    """Solve ``y = fn(y, args).y`` in every column by Anderson acceleration.

    A column that has converged stays as it is while the others go on.

    Parameters
    ----------
    fn : map from ``(y (n, D), args)`` to a `Step` with residuals (blocks, D); hashable
    y0 : (n, D) first iterates
    args : anything the map needs, as a pytree of arrays
    limit : evaluations at most, instead of that of the options; need not be compiled in

    Returns
    -------
    Outcome with a last axis of D columns

    """
    most = options.max_evaluations if limit is None else limit
    memory, (n, columns) = options.memory, y0.shape
    combined = jax.vmap(partial(combine, weight=options.regularisation))
    remembered = jax.vmap(remember, in_axes=(0, 0, 0, 0, None, 0, 0, None))

    def going(state: _State) -> Array:
        size = jnp.max(state.step.residual, axis=0)
        return (size > options.tolerance) & jnp.isfinite(size) & (state.turn < most)

    def body(state: _State) -> _State:
        on, f = going(state), state.step.y - state.y
        fresh = jnp.max(state.step.residual, axis=0) > options.restart_growth * state.best
        valid = state.valid & ~fresh[:, None]
        mixed = combined(state.d_f, state.d_g, state.gram, valid, f, state.step.y)
        y = jnp.where(on[:, None], mixed, state.y)
        found = fn(y.T, args)
        step = Step(jnp.where(on[:, None], found.y.T, state.step.y),
                    jnp.where(on, found.residual, state.step.residual))  # fmt: skip
        slot = state.turn % memory
        memories = remembered(state.d_f, state.d_g, state.gram, valid, slot,
                              step.y - y - f, step.y - state.step.y, state.turn > 0)  # fmt: skip
        best = jnp.minimum(state.best, jnp.max(step.residual, axis=0))
        return _State(y, step, best, *memories, state.count + on, state.turn + 1)

    unknown = Step(y0.T, jnp.full((options.blocks, columns), UNMEASURED))
    empty, gram = jnp.zeros((columns, memory, n)), jnp.zeros((columns, memory, memory))
    start = _State(y0.T, unknown, jnp.full(columns, UNMEASURED), empty, empty, gram,
                   jnp.zeros((columns, memory), dtype=bool), jnp.zeros(columns, dtype=int),
                   jnp.zeros((), dtype=int))  # fmt: skip
    end = jax.lax.while_loop(lambda state: jnp.any(going(state)), body, start)
    finite = jnp.all(jnp.isfinite(end.step.residual), axis=0)
    return Outcome(end.y.T, end.step.residual, end.count, finite)
