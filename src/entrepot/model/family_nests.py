"""The nests of the family: prices of bundles, and what is spent on their parts.

An elasticity of exactly 1 is the Cobb-Douglas limit, taken exactly and smoothly (see `ces`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from entrepot.model.family_terms import Family
from entrepot.model.longrun import over_sectors

Array = Any
NEAR_ONE = 1e-2
"""Below this size of its argument a function with a removable gap is a series of eight terms."""


def _grown(z: Array) -> Array:
    """``(e^z - 1) / z``, 1 at 0."""
    small = jnp.abs(z) < NEAR_ONE
    series = jnp.ones_like(z)
    for n in range(9, 1, -1):
        series = 1 + jnp.where(small, z, 0.0) / n * series
    safe = jnp.where(small, 1.0, z)
    return jnp.where(small, series, jnp.expm1(safe) / safe)


def _shrunk(z: Array) -> Array:
    """``ln(1 + z) / z``, 1 at 0."""
    small = jnp.abs(z) < NEAR_ONE
    near = jnp.where(small, z, 0.0)
    series = jnp.full_like(z, 1 / 9)
    for n in range(8, 0, -1):
        series = 1 / n - near * series
    safe = jnp.where(small, 1.0, z)
    return jnp.where(small, series, jnp.log1p(safe) / safe)


def lifted(p: Array, power: Array) -> Array:
    """``(e^(k p) - 1) / k``: what `ces` takes the mean of; p itself where k is 0."""
    return p * _grown(power * p)


def ces(mean: Array, power: Array) -> Array:
    """``ln(sum_n s_n e^(k p_n)) / k`` from ``mean = sum_n s_n lifted(p_n, k)``.

    At k = 0 it is the mean itself, ``sum_n s_n p_n``: the Cobb-Douglas limit.  Smooth in k, so
    that derivatives by elasticities hold at 1 too.
    """
    return mean * _shrunk(power * mean)


class Nests(NamedTuple):
    """Prices inside the nests, relative to the country's factor price index, in logs.

    Attributes
    ----------
    cost : (S, N) cost of the nest, before productivity
    inputs : (S, N) M, price of the input bundle
    final : (N,) price of final expenditure

    """

    cost: Array
    inputs: Array
    final: Array


def _extreme(prices: tuple[Array, ...], power: Array) -> Array:
    """Lowest of the prices where the power is positive, else the highest; without derivative.

    Relative to it every term of a nest is at least 1, so that none is lost in `ces`, which adds
    1 to a mean of ``e^(k p) - 1``: prices of a nest may all fall by e^20 and more.
    """
    low, high = prices[0], prices[0]
    for price in prices[1:]:
        low, high = jnp.minimum(low, price), jnp.maximum(high, price)
    return jax.lax.stop_gradient(jnp.where(power > 0, low, high))


def _over_goods(p: Array, power: Array) -> Array:
    """`_extreme` over the goods (next to last axis) of `p`, kept as an axis of length 1."""
    ends = (p.min(axis=-2, keepdims=True), p.max(axis=-2, keepdims=True))
    return _extreme(ends, power)


def nests(p: Array, u: Array, m: Family) -> Nests:
    """Price of every nest at sector prices p (U, S, N) and factor prices u (S, N)."""
    mu, eps, beta = m.mu[:, None], m.eps[:, None], m.base.beta
    bought_by = m.kind_mu[:, None, None]
    least = _over_goods(p[m.kind_use], bought_by)
    each = lifted(p[m.kind_use] - least, bought_by)
    if each.shape[0] == 1:
        mean = jnp.einsum("irs,ri->si", m.mix, each[0])
    else:
        mean = jnp.einsum("irs,sri->si", m.mix, each[m.kind])
    inputs = jnp.where(beta < 1, least[m.kind, 0] + ces(mean, mu), 0.0)
    low = _extreme((u, inputs), eps)
    cost = low + ces(beta * lifted(u - low, eps) + (1 - beta) * lifted(inputs - low, eps), eps)
    bought = jnp.einsum("u,usi->si", m.final_use, p)
    cheap = _over_goods(bought, m.sigma)
    final = over_sectors(m.base.alpha * lifted(bought - cheap, m.sigma))
    return Nests(cost, inputs, cheap[0] + ces(final, m.sigma))


def input_demand(output: Array, p: Array, nest: Nests, m: Family) -> Array:
    """(U, S, N) spending of all sectors on each input, ``sum_s gamma'_irs Y_is``."""
    eps, mu = m.eps[:, None], m.mu[:, None]
    user = output * (1 - m.base.beta) * jnp.exp(eps * (nest.inputs - nest.cost) - mu * nest.inputs)
    price = jnp.exp(m.kind_mu[:, None, None] * p[m.kind_use])
    if price.shape[0] == 1:
        spent = jnp.einsum("irs,si->ri", m.mix, user) * price[0]
        return jnp.einsum("u,ri->uri", m.member[:, 0], spent)
    spent = jnp.einsum("irs,si->sri", m.mix, user) * price[m.kind]
    return jnp.einsum("us,sri->uri", m.member, spent)


def final_demand(income: Array, p: Array, nest: Nests, m: Family) -> Array:
    """(U, S, N) final spending at `income` (N,)."""
    bought = jnp.einsum("u,usi->si", m.final_use, p)
    spent = m.base.alpha * jnp.exp(m.sigma * (bought - nest.final)) * income
    return m.final_use[:, None, None] * spent
