"""Coefficients and unknowns of the family (see `entrepot.model.family`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from entrepot.model.longrun import LongRun

Array = Any


class Labour(NamedTuple):
    """Coefficients of an elastic supply of factors.

    Attributes
    ----------
    elasticity : (N,) of supply to the real price after tax
    rebate : (N,) share of the change of tax revenue that lowers the tax on factor income
    revenue_share : (N,) benchmark tax revenue over factor income
    scale : (S, 1) elasticity of productivity to employment

    """

    elasticity: Array
    rebate: Array
    revenue_share: Array
    scale: Array


class Entry(NamedTuple):
    """Coefficients of entry costs.

    Attributes
    ----------
    share : (N,) nu_j, share of every sale in j that pays for entry with factors of j
    power : (U, S, N) phi - 1, minus the elasticity of the price index to spending

    """

    share: Array
    power: Array


class Guide(NamedTuple):
    """Newton steps per unit of residual, B = 2 blocks (ln P, ln X), or 3 with ln w.

    Attributes
    ----------
    country : (N, B S, B S) for what differs from the world's mean, at given W
    world, weight : (B S, B S) for the world's mean; (B S, N) weights of that mean
    factors : (N, B S) change of a country's gap of ln W by its own unknowns
    wage : (N, N) steps of ln W by the gaps that are left
    follow : (N, B S) how a country's unknowns follow its W

    """

    country: Array
    world: Array
    weight: Array
    factors: Array
    wage: Array
    follow: Array


class Family(NamedTuple):
    """Coefficients of the family: those of the long run, with a use axis, and the nests.

    Attributes
    ----------
    base : as in `LongRun`; the ``k`` arrays are (U, S, N, N) and ``expenditure`` is (U, S, N)
    eps, mu : (S,) one minus the elasticities epsilon and mu of the using sector
    sigma : (N,) one minus the elasticity of final demand
    mix : (N, S, S) share g_irs of input r among the inputs of s
    kind : (S,) which of the G kinds of users (same use, same mu) each sector is
    kind_use : (G,) the use that each kind buys in; kind_mu : (G,) its mu
    member : (U, S) 1.0 where sector s buys in use u
    final_use : (U,) 1.0 at the use of final demand
    factor_share : (S, N) lambda_is, share of sector s in benchmark factor income; 0 for sectors
        that sell nothing and in countries with one factor price
    kappa : (N,), or None when one factor price rules in every country
    weight : (U, S, N) share of each use in the spending on a sector
    profit_share : (S, 1) share of sales that is profit, or None
    labour, entry : options, or None; labour adds ln L (N,) to the unknowns
    guide : `Guide` of the steps, which does not touch the solution; None where no step is taken

    """

    base: LongRun
    eps: Array
    mu: Array
    sigma: Array
    mix: Array
    kind: Array
    kind_use: Array
    kind_mu: Array
    member: Array
    final_use: Array
    factor_share: Array
    kappa: Array
    weight: Array
    profit_share: Array = None
    labour: Labour | None = None
    entry: Entry | None = None
    guide: Any = None


class Unknowns(NamedTuple):
    """The unknowns as arrays.

    Attributes
    ----------
    p, x : (U, S, N); ln_w : (N,)
    u : (S, N), zeros where one factor price rules in every country
    ln_l : (N,) ln of employment, zeros where it is fixed

    """

    p: Array
    x: Array
    ln_w: Array
    u: Array
    ln_l: Array


def split(y: Array, m: Family) -> Unknowns:
    """Unstack ``y``, in which x stands as its log."""
    shape = m.base.expenditure.shape
    cells, n = m.base.expenditure.size, shape[-1]
    p, x = y[:cells].reshape(shape), jnp.exp(y[cells : 2 * cells].reshape(shape))
    ln_w, rest = y[2 * cells : 2 * cells + n], y[2 * cells + n :]
    u, ln_l = jnp.zeros(shape[1:]), jnp.zeros(n)
    if m.kappa is not None:
        u, rest = rest[: u.size].reshape(u.shape), rest[u.size :]
    return Unknowns(p, x, ln_w, u, ln_l if m.labour is None else rest)
