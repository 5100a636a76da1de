"""Anderson acceleration of a fixed-point map (Anderson 1965; Walker and Ni 2011).

The residual that stops the loop is the map's own undamped one, never the length of a step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from entrepot.numerics.outcome import Outcome, Step

Array = Any
UNMEASURED = 1e300


@dataclass(frozen=True, slots=True)
class Anderson:
    """Options of the accelerated fixed point.

    Attributes
    ----------
    tolerance : largest undamped residual of any block, at most
    max_evaluations : evaluations of the map, at most
    memory : how many differences of iterates are kept
    regularisation : Tikhonov weight relative to the largest diagonal entry of the Gram matrix
    blocks : how many blocks of residuals the map reports
    restart_growth : memory is dropped when the residual exceeds its best by this factor

    """

    tolerance: float = 1e-10
    max_evaluations: int = 400
    memory: int = 5
    regularisation: float = 1e-14
    blocks: int = 1
    restart_growth: float = 1e3


class _State(NamedTuple):
    y: Array
    step: Step
    best: Array
    d_f: Array  # (memory, n) differences of f = G(y) - y
    d_g: Array  # (memory, n) differences of G(y)
    gram: Array  # (memory, memory) inner products of d_f
    valid: Array  # (memory,) which rows are in use
    count: Array


def _solve_positive(matrix: Array, right: Array) -> Array:
    """Solve a small positive definite system by elimination, unrolled over its size.

    LAPACK would do it too, but JAX then imports SciPy's linear algebra, half a second in a start
    that may take three; and for five unknowns this compiles to faster code.
    """
    size = right.shape[0]
    whole = jnp.concatenate([matrix, right[:, None]], axis=1)
    for k in range(size):
        row = whole[k] / whole[k, k]
        whole = whole - whole[:, k : k + 1] * row
        whole = whole.at[k].set(row)
    return whole[:, -1]


def combine(d_f: Array, d_g: Array, gram: Array, valid: Array, f: Array, g: Array,
            weight: float) -> Array:  # fmt: skip
    """Next iterate from the memory: g minus the combination that best explains f."""
    diagonal = jnp.diag(gram)
    scale = jnp.maximum(jnp.max(jnp.where(valid, diagonal, 0.0)), 1e-300)
    gram = jnp.where(valid[:, None] & valid[None, :], gram, 0.0)
    gram = gram + jnp.diag(jnp.where(valid, weight * scale, scale))
    right = jnp.where(valid, d_f @ f, 0.0)
    gamma = _solve_positive(gram, right)
    return g - gamma @ d_g


def remember(d_f: Array, d_g: Array, gram: Array, valid: Array, slot: Array, change: Array,
             moved: Array, used: Array) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """Put the newest differences, of f and of G(y), into the memory at `slot`."""
    d_f = d_f.at[slot].set(change)
    products = d_f @ change
    gram = gram.at[slot].set(products).at[:, slot].set(products)
    return d_f, d_g.at[slot].set(moved), gram, valid.at[slot].set(used)


@partial(jax.jit, static_argnames=("fn", "options"))
def anderson(
    fn: Callable[[Array, Any], Step],
    y0: Array,
    args: Any,
    options: Anderson,
    limit: Array | int | None = None,
) -> Outcome:
    """Solve ``y = fn(y, args).y`` by Anderson acceleration.

    Parameters
    ----------
    fn : map from ``(y, args)`` to a `Step`; hashable, compiled once per shape
    y0 : (n,) first iterate
    args : anything the map needs, as a pytree of arrays
    limit : evaluations at most, instead of that of the options; need not be compiled in

    """
    most = options.max_evaluations if limit is None else limit
    memory, n = options.memory, y0.shape[0]

    def worst(step: Step) -> Array:
        return jnp.max(step.residual)

    def proceed(state: _State) -> Array:
        size = worst(state.step)
        going = (size > options.tolerance) & (state.count < most)
        return going & jnp.isfinite(size)

    def body(state: _State) -> _State:
        f = state.step.y - state.y
        fresh = worst(state.step) > options.restart_growth * state.best
        state = state._replace(valid=state.valid & ~fresh)
        y = combine(state.d_f, state.d_g, state.gram, state.valid, f, state.step.y,
                    options.regularisation)  # fmt: skip
        step = fn(y, args)
        slot = state.count % memory
        memories = remember(state.d_f, state.d_g, state.gram, state.valid, slot,
                            step.y - y - f, step.y - state.step.y, state.count > 0)  # fmt: skip
        best = jnp.minimum(state.best, worst(step))
        return _State(y, step, best, *memories, state.count + 1)

    # The loop itself evaluates y0: its body, and so the map, is compiled only once.
    unknown = Step(y0, jnp.full(options.blocks, UNMEASURED))
    empty, gram = jnp.zeros((memory, n)), jnp.zeros((memory, memory))
    unused = jnp.zeros(memory, dtype=bool)
    zero = jnp.zeros((), dtype=int)
    start = _State(y0, unknown, jnp.asarray(UNMEASURED), empty, empty, gram, unused, zero)
    end = jax.lax.while_loop(proceed, body, start)
    return Outcome(end.y, end.step.residual, end.count, jnp.all(jnp.isfinite(end.step.residual)))
