"""The equations of the family with every unknown in logs: what Newton's method works on.

Where elasticities are low and shocks large, prices move by factors of e^20 and more; the equations
are close to linear in logs.  Unknowns as in `entrepot.model.family`, with ln x in the place of x.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from entrepot.model.family import bloc_income, country_steps, gaps
from entrepot.model.family_terms import Family, split
from entrepot.model.longrun import SMALLEST, over_sectors
from entrepot.numerics.newton import System

Array = Any


def to_logs(y: Array, m: Family) -> Array:
    """Unknowns of the equations from those of the map."""
    cells = m.base.expenditure.size
    x = jnp.log(jnp.maximum(y[cells : 2 * cells], SMALLEST))
    return jnp.concatenate([y[:cells], x, y[2 * cells :]])


def from_logs(z: Array, m: Family) -> Array:
    """Inverse of `to_logs`."""
    cells = m.base.expenditure.size
    return jnp.concatenate([z[:cells], jnp.exp(z[cells : 2 * cells]), z[2 * cells :]])


def equations(z: Array, m: Family) -> Array:
    """Residuals of all equations, one for each unknown.

    The income of a bloc is added to the gap of each of its countries (its factor price index, or
    its factor market with one factor price): by Walras' law both are then zero, and the equations
    are as many as the unknowns.
    """
    at = split(from_logs(z, m), m)
    gap, used = gaps(at, m), m.base.expenditure > 0
    level = jnp.log(bloc_income(at.ln_w + at.ln_l, m.base))
    goods = jnp.where(used, gap.goods, -z[used.size : 2 * used.size].reshape(used.shape))
    parts = [gap.price.reshape(-1), goods.reshape(-1)]
    if m.kappa is None:
        parts.append(gap.country + level)
    else:
        tied = m.factor_share > 0
        some = over_sectors(jnp.where(tied, 1.0, 0.0)) > 0
        parts.append(jnp.where(some, gap.index, gap.country) + level)
        parts.append(jnp.where(tied, gap.sector, -at.u).reshape(-1))
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
    moves = country_steps([*means, *sector], m)
    parts = [price + (moves[0] - means[0]), goods + (moves[1] - means[1])]
    flat = [part.reshape(-1) for part in parts]
    flat.append(m.base.damping * gap[2 * cells : 2 * cells + n])
    flat += [moves[2].reshape(-1)] if sector else []
    return jnp.concatenate([*flat, rest[size * n if sector else 0 :]])


IN_LOGS = System(equations, answer, to_logs, from_logs)
