"""The whole family as equations: nested CES, factors of any mobility, purchases by use.

Unknowns, all in logs, in which the equations are close to linear also where elasticities are low
and prices move by factors of e^20 (units as in `entrepot.model.longrun`); the last two only with
finite kappa or elastic supply:

=========  =========  =========================================================================
p          (U, S, N)  ln P_jsu - ln W_j, price index of sector s in country j for use u
ln x       (U, S, N)  of X'_jsu / (X_jsu W_j)
ln W       (N,)       log change of the factor price index of country i
u          (S, N)     ln w_is - ln W_i, price of the factor in sector s
ln L       (N,)       log change of employment, where the supply of factors is elastic
=========  =========  =========================================================================

Equations (docs/model.md), beside those of the long run:

- unit cost ``c_is A_is = [beta_is w_is^(1-eps) + (1-beta_is) M_is^(1-eps)]^(1/(1-eps))`` with
  ``M_is = [sum_r g_irs P_ir^(1-mu)]^(1/(1-mu))``
- final price ``P_i = [sum_s alpha_is P_is^(1-sigma)]^(1/(1-sigma))``
- factor income of sector s ``VA_i W_i lambda_is (w_is / W_i)^(kappa+1)`` with
  ``W_i^(kappa+1) = sum_s lambda_is w_is^(kappa+1)`` (Roy-Frechet; kappa = 0: specific factors)

Options (see `Economy`): profits are a share of sales and part of income; employment answers the
real price of factors (`employment`) and raises productivity; entry takes a share of every sale in
a country and pays its factors, and more spending there draws in more varieties.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from entrepot.model.family_nests import Nests, final_demand, input_demand, nests
from entrepot.model.family_terms import Family, Guide, Labour, Unknowns, split
from entrepot.model.longrun import (
    SMALLEST,
    LongRun,
    domestic_income,
    length,
    over_sectors,
)
from entrepot.numerics.outcome import Step

Array = Any
LONG_STEP = 2.0
TINY = 1e-300


def _from_origins(k: Array, power: Array) -> Array:
    """``sum_i k_usji power_si`` (U, S, N); without the use axis where there is one use: faster."""
    if k.shape[0] == 1:
        return jnp.einsum("sji,si->sj", k[0], power)[None]
    return jnp.einsum("usji,si->usj", k, power)


def _to_dests(k: Array, z: Array) -> Array:
    """``sum_uj k_usij z_usj`` (S, N)."""
    if k.shape[0] == 1:
        return jnp.einsum("sij,sj->si", k[0], z[0])
    return jnp.einsum("usij,usj->si", k, z)


class Markets(NamedTuple):
    """One pass through the markets at given prices and spending.

    Attributes
    ----------
    p : (U, S, N) price indices that follow, relative to W
    power : (S, N) c^-theta; z : (U, S, N) spending over the sums behind the price indices
    output : (S, N) sales of producers; cost : (S, N) their cost, sales without profits
    paid : (S, N) payments of sectors to factors; entry : (N,) payments for entry to factors
    revenue : (N,) tariffs and export taxes
    factor_income, income : (N,) factor income, and final expenditure

    """

    p: Array
    power: Array
    z: Array
    output: Array
    cost: Array
    paid: Array
    entry: Array
    revenue: Array
    factor_income: Array
    income: Array


def markets(a: Unknowns, nest: Nests, m: Family) -> Markets:
    """Trade, payments and incomes at the unknowns and at the costs of `nest`."""
    base, wage = m.base, jnp.exp(a.ln_w)
    ln_productivity = base.ln_productivity
    if m.labour is not None:
        ln_productivity = ln_productivity + m.labour.scale * a.ln_l
    power = jnp.exp(-base.theta[:, None] * (nest.cost + a.ln_w - ln_productivity))
    total = _from_origins(base.k, power)
    total = jnp.where(total > 0, total, 1.0)
    x = jnp.maximum(a.x, SMALLEST)
    z = base.expenditure * x * wage / total
    output = power * _to_dests(base.k_producer, z)
    taken = jnp.einsum("usj,usj->j", z, _from_origins(base.k_tariff, power))
    revenue = taken
    if base.k_export is not None:
        revenue += over_sectors(power * _to_dests(base.k_export, z))
    new_p = -jnp.log(total) / base.theta[:, None] - a.ln_w
    entry = jnp.zeros_like(wage)
    if m.entry is not None:
        new_p = new_p - m.entry.power * jnp.log(x)
        sales = jnp.einsum("usj->j", base.expenditure * x * wage) - taken
        entry = m.entry.share * sales
    cost = output if m.profit_share is None else (1 - m.profit_share) * output
    paid = cost * base.beta * jnp.exp(m.eps[:, None] * (a.u - nest.cost))
    factor_income = wage * base.value_added * jnp.exp(a.ln_l)
    earned = factor_income
    if m.profit_share is not None:
        earned = earned + over_sectors(m.profit_share * output)
    income = domestic_income(earned, revenue, base)
    return Markets(new_p, power, z, output, cost, paid, entry, revenue, factor_income, income)


def employment(a: Unknowns, nest: Nests, market: Markets, labour: Labour) -> Array:
    """(N,) ln of the supply of factors at their real price after tax.

    ``L = (W / (P (1 - tau)))^elasticity``, where tau is what tax revenue takes the place of:
    its part `rebate` of the change of revenue over factor income (Ignatenko and others 2025).
    """
    less = market.revenue / market.factor_income - labour.revenue_share
    return -labour.elasticity * (nest.final + jnp.log1p(-labour.rebate * less))


def _shortened(move: Array) -> Array:
    """Long steps shortened smoothly, so that derivatives of the map stay those of a step."""
    return move / jnp.sqrt(1 + jnp.square(move / LONG_STEP))


class Steps(NamedTuple):
    """Newton steps: blocks (S, N) of ln P, ln X and, with finite kappa, ln w; ln W (N,)."""

    blocks: list[Array]
    wage: Array


def newton_steps(residuals: list[Array], wage: Array, guide: Guide) -> Steps:
    """Newton steps from the residuals (S, N) of the blocks and those of ln W (N,).

    The world's mean residual is answered by the world as a whole, what differs from it by each
    country at its own W: a price that rises everywhere loses nobody a market.  What that leaves of
    the gaps of ln W is answered by all W together, and each country follows its own.
    """
    size, gap = len(residuals[0]), jnp.concatenate(residuals)
    mean = (guide.weight * gap).sum(axis=1)
    own = jnp.einsum("ijk,ik->ij", guide.country, (gap - mean[:, None]).T)
    wages = guide.wage @ (wage + (guide.factors * own).sum(axis=1))
    moves = (own + guide.follow * wages[:, None] + guide.world @ mean).T
    return Steps([moves[n * size : (n + 1) * size] for n in range(len(residuals))], wages)


class Gaps(NamedTuple):
    """Undamped residuals at an iterate, in logs.

    Attributes
    ----------
    price, goods : (U, S, N) price indices, and demand over spending
    country : (N,) payments to factors over factor income
    sector : (S, N) the same by sector; zeros with one factor price
    index : (N,) factor price index against its definition
    labour : (N,) supply of factors against employment; zeros where it is fixed

    """

    price: Array
    goods: Array
    country: Array
    sector: Array
    index: Array
    labour: Array


def gaps(a: Unknowns, m: Family) -> Gaps:
    """Residuals of every equation at the unknowns."""
    base, wage, nothing = m.base, jnp.exp(a.ln_w), jnp.zeros_like(a.ln_w)
    used = base.expenditure > 0
    nest = nests(a.p, a.u, m)
    market = markets(a, nest, m)
    demand = final_demand(market.income, a.p, nest, m) + input_demand(market.cost, a.p, nest, m)
    ratio = demand / jnp.where(used, base.expenditure * jnp.maximum(a.x, SMALLEST) * wage, 1)
    country = jnp.log((over_sectors(market.paid) + market.entry) / market.factor_income)
    goods = jnp.log(jnp.where(used, jnp.maximum(ratio, TINY), 1.0))
    labour = nothing if m.labour is None else employment(a, nest, market, m.labour) - a.ln_l
    if m.kappa is None:
        return Gaps(market.p - a.p, goods, country, jnp.zeros_like(a.u), nothing, labour)
    sector = _factor_gap(market.paid, a.u, market.factor_income, m)
    return Gaps(market.p - a.p, goods, country, sector, _index(a.u, m), labour)


def wage_gap(gap: Gaps, m: Family) -> Array:
    """(N,) gap that ln W closes: its index, or the factor market where one price rules."""
    if m.kappa is None:
        return gap.country
    some = over_sectors(jnp.where(m.factor_share > 0, 1.0, 0.0)) > 0
    return jnp.where(some, gap.index, gap.country)


def family_step(y: Array, m: Family, shift: Gaps | None = None) -> Step:
    """A Newton step in each country, and one of the factor prices of all countries.

    Residuals are those at `y`, undamped, as norms: price indices, expenditure, factor markets,
    numeraire.  A `shift` is added to the gaps of the equations, to ask what it would do.
    """
    base = m.base
    p, x, ln_w, u, ln_l = split(y, m)
    used = base.expenditure > 0
    gap = gaps(Unknowns(p, x, ln_w, u, ln_l), m)
    if shift is not None:
        gap = Gaps(*map(jnp.add, gap, shift))
    scale = bloc_income(ln_w + ln_l, base)
    factors = jnp.concatenate([gap.country, gap.sector.reshape(-1), gap.index, gap.labour])
    residual = [length(gap.price), length(jnp.expm1(gap.goods)), length(factors), length(scale - 1)]
    means = [(gap.price * m.weight).sum(axis=0), (gap.goods * m.weight).sum(axis=0)]
    blocks = means if m.kappa is None else [*means, gap.sector]
    steps = newton_steps(blocks, wage_gap(gap, m), m.guide)
    moves = [_shortened(step) for step in steps.blocks]
    new_p = p + gap.price + (moves[0] - means[0])
    ln_x = y[p.size : 2 * p.size].reshape(p.shape)
    new_x = jnp.where(used, ln_x + gap.goods + (moves[1] - means[1]), 0.0)
    new_w = ln_w + _shortened(steps.wage)
    ln_l = ln_l + gap.labour
    new_w = new_w - jnp.log(bloc_income(new_w + ln_l, base))
    parts = [new_p.reshape(-1), new_x.reshape(-1), new_w]
    if m.kappa is not None:
        level = 0.0 if shift is None else shift.index
        parts.append(_normalised(u + moves[2], m, level).reshape(-1))
    if m.labour is not None:
        parts.append(ln_l)
    return Step(jnp.concatenate(parts), jnp.stack(residual))


def bloc_income(ln_income: Array, base: LongRun) -> Array:
    """(N,) factor income of the bloc over its benchmark value: 1 in the numeraire."""
    return (base.bloc @ (jnp.exp(ln_income) * base.value_added)) / (base.bloc @ base.value_added)


def _normalised(u: Array, m: Family, level: Array) -> Array:
    """Relative factor prices (S, N) with ln index `-level`; 0 where no factor is tied."""
    return jnp.where(m.factor_share > 0, u - _index(u, m) - level, 0.0)


def _factor_gap(paid: Array, u: Array, factor_income: Array, m: Family) -> Array:
    """(S, N) ln of demand for the factors of a sector over their supply."""
    there = m.factor_share > 0
    supply = factor_income * jnp.where(there, m.factor_share, 1.0) * jnp.exp((m.kappa + 1) * u)
    return jnp.log(jnp.where(there, jnp.maximum(paid / supply, TINY), 1.0))


def _index(u: Array, m: Family) -> Array:
    """(N,) ln of the factor price index of relative factor prices u (S, N); 0 by definition."""
    weight = over_sectors(m.factor_share * jnp.exp((m.kappa + 1) * u))
    return jnp.log(jnp.where(weight > 0, weight, 1.0)) / (m.kappa + 1)
