"""The whole family as equations: nested CES, factors of any mobility, purchases by use.

Beside the unknowns of `entrepot.model.longrun`, in the same units (prices and spending of a
country in units of its own factor price), stand, with finite kappa or elastic supply:

=========  =========  =========================================================================
p          (U, S, N)  ln P_jsu - ln W_j, price index of sector s in country j for use u
x          (U, S, N)  X'_jsu / (X_jsu W_j)
ln W       (N,)       log change of the factor price index of country i
u          (S, N)     ln w_is - ln W_i, price of the factor in sector s
ln L       (N,)       log change of employment, where the supply of factors is elastic
=========  =========  =========================================================================

Equations (design 5.1), beside those of the long run:

- unit cost ``c_is A_is = [beta_is w_is^(1-eps) + (1-beta_is) M_is^(1-eps)]^(1/(1-eps))`` with
  ``M_is = [sum_r g_irs P_ir^(1-mu)]^(1/(1-mu))``
- final price ``P_i = [sum_s alpha_is P_is^(1-sigma)]^(1/(1-sigma))``
- factor income of sector s ``VA_i W_i lambda_is (w_is / W_i)^(kappa+1)`` with
  ``W_i^(kappa+1) = sum_s lambda_is w_is^(kappa+1)`` (Roy-Frechet; kappa = 0: specific factors)

Options (see `Economy`): profits are a share of sales and part of income; employment answers the
real price of factors (`employment`) and raises productivity; entry takes a share of every sale in
a country and pays its factors, and more spending there draws in more varieties.

An elasticity of exactly 1 is the Cobb-Douglas limit, taken exactly and smoothly (see `ces`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from entrepot.model.longrun import (
    SMALLEST,
    LongRun,
    domestic_income,
    length,
    over_sectors,
)
from entrepot.numerics.outcome import Step

Array = Any
LONG_STEP = 1.0
TINY = 1e-300
NEAR_ONE = 1e-2
"""Below this size of its argument a function with a removable gap is a series of eight terms."""


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
    newton : (N, B S, B S) steps of (p, ln x, u) per unit of their residuals, country by country
    newton_world, newton_weight : (B S, B S) the same for the world's mean; (B S, N) its weights;
        the three guide the steps and do not touch the solution

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
    newton: Array = None
    newton_world: Array = None
    newton_weight: Array = None


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
    """Unstack ``y``."""
    shape = m.base.expenditure.shape
    cells, n = m.base.expenditure.size, shape[-1]
    p, x = y[:cells].reshape(shape), y[cells : 2 * cells].reshape(shape)
    ln_w, rest = y[2 * cells : 2 * cells + n], y[2 * cells + n :]
    u, ln_l = jnp.zeros(shape[1:]), jnp.zeros(n)
    if m.kappa is not None:
        u, rest = rest[: u.size].reshape(u.shape), rest[u.size :]
    return Unknowns(p, x, ln_w, u, ln_l if m.labour is None else rest)


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
    return LONG_STEP * jnp.arcsinh(move / LONG_STEP)


def country_steps(residuals: list[Array], m: Family) -> list[Array]:
    """Newton steps (S, N) of ln P, ln X and ln w from their residuals.

    The world's mean residual is answered by the world as a whole, what differs from it by each
    country: a price that rises everywhere loses nobody a market.
    """
    size, gap = len(m.base.theta), jnp.concatenate(residuals)
    mean = (m.newton_weight * gap).sum(axis=1)
    moves = jnp.einsum("ijk,ik->ij", m.newton, (gap - mean[:, None]).T)
    moves = (moves + m.newton_world @ mean).T
    return [moves[n * size : (n + 1) * size] for n in range(len(residuals))]


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


def family_step(y: Array, m: Family) -> Step:
    """A Newton step in each country, and a damped step of the factor prices of countries.

    Residuals are those at `y`, undamped, as norms: price indices, expenditure, factor markets,
    numeraire.
    """
    base = m.base
    p, x, ln_w, u, ln_l = split(y, m)
    used = base.expenditure > 0
    gap = gaps(Unknowns(p, x, ln_w, u, ln_l), m)
    scale = bloc_income(ln_w + ln_l, base)
    factors = jnp.concatenate([gap.country, gap.sector.reshape(-1), gap.index, gap.labour])
    residual = [length(gap.price), length(jnp.expm1(gap.goods)), length(factors), length(scale - 1)]
    means = [(gap.price * m.weight).sum(axis=0), (gap.goods * m.weight).sum(axis=0)]
    steps = country_steps([*means, gap.sector] if m.kappa is not None else means, m)
    moves = [_shortened(step) for step in steps]
    new_p = p + gap.price + (moves[0] - means[0])
    ln_x = gap.goods + (moves[1] - means[1])
    new_x = jnp.where(used, jnp.maximum(x, SMALLEST) * jnp.exp(ln_x), 1.0)
    new_w = ln_w + _shortened(base.damping * gap.country)
    ln_l = ln_l + gap.labour
    new_w = new_w - jnp.log(bloc_income(new_w + ln_l, base))
    parts = [new_p.reshape(-1), new_x.reshape(-1), new_w]
    if m.kappa is not None:
        parts.append(_normalised(u + moves[2], m).reshape(-1))
    if m.labour is not None:
        parts.append(ln_l)
    return Step(jnp.concatenate(parts), jnp.stack(residual))


def bloc_income(ln_income: Array, base: LongRun) -> Array:
    """(N,) factor income of the bloc over its benchmark value: 1 in the numeraire."""
    return (base.bloc @ (jnp.exp(ln_income) * base.value_added)) / (base.bloc @ base.value_added)


def _normalised(u: Array, m: Family) -> Array:
    """Relative factor prices (S, N) whose index is 1; 0 where no factor is tied to a sector."""
    return jnp.where(m.factor_share > 0, u - _index(u, m), 0.0)


def _factor_gap(paid: Array, u: Array, factor_income: Array, m: Family) -> Array:
    """(S, N) ln of demand for the factors of a sector over their supply."""
    there = m.factor_share > 0
    supply = factor_income * jnp.where(there, m.factor_share, 1.0) * jnp.exp((m.kappa + 1) * u)
    return jnp.log(jnp.where(there, jnp.maximum(paid / supply, TINY), 1.0))


def _index(u: Array, m: Family) -> Array:
    """(N,) ln of the factor price index of relative factor prices u (S, N); 0 by definition."""
    weight = over_sectors(m.factor_share * jnp.exp((m.kappa + 1) * u))
    return jnp.log(jnp.where(weight > 0, weight, 1.0)) / (m.kappa + 1)
