"""The equations of the family as many as its unknowns: what Newton's method works on."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from entrepot.model.family import bloc_income, gaps, newton_steps, wage_gap
from entrepot.model.family_terms import Family, split
from entrepot.numerics.newton import System

Array = Any


def equations(z: Array, m: Family) -> Array:
    """Residuals of all equations, one for each unknown.

    The income of a bloc is added to the gap of each of its countries (its factor price index, or
    its factor market with one factor price): by Walras' law both are then zero, and the equations
    are as many as the unknowns.
    """
    at = split(z, m)
    gap, used = gaps(at, m), m.base.expenditure > 0
    level = jnp.log(bloc_income(at.ln_w + at.ln_l, m.base))
    goods = jnp.where(used, gap.goods, -z[used.size : 2 * used.size].reshape(used.shape))
    parts = [gap.price.reshape(-1), goods.reshape(-1)]
    parts.append(wage_gap(gap, m) + level)
    if m.kappa is not None:
        parts.append(jnp.where(m.factor_share > 0, gap.sector, -at.u).reshape(-1))
    if m.labour is not None:
        parts.append(gap.labour)
    return jnp.concatenate(parts)


def answer(gap: Array, m: Family) -> Array:
    """Answer residuals by the steps of each country and of the world, undamped."""
    shape = m.base.expenditure.shape
    cells, n, size = m.base.expenditure.size, shape[-1], len(m.base.theta)
    price, goods = gap[:cells].reshape(shape), gap[cells : 2 * cells].reshape(shape)
    rest = gap[2 * cells + n :]
    means = [(price * m.weight).sum(axis=0), (goods * m.weight).sum(axis=0)]
    sector = [] if m.kappa is None else [rest[: size * n].reshape(size, n)]
    moves, wages = newton_steps([*means, *sector], gap[2 * cells : 2 * cells + n], m.guide)
    parts = [price + (moves[0] - means[0]), goods + (moves[1] - means[1])]
    flat = [*(part.reshape(-1) for part in parts), wages]
    flat += [moves[2].reshape(-1)] if sector else []
    return jnp.concatenate([*flat, rest[size * n if sector else 0 :]])


EQUATIONS = System(equations, answer)
