"""The long-run family as equations: Caliendo and Parro (2015) with exact bans and export taxes.

Everything is a change against the benchmark, in logs.  Inside, arrays are ``(S, N)`` and
``(S, N, N)``, laid out so that each sum runs along the last, contiguous axis.

Unknowns, stacked in one vector of length 2 S N + N:

=========  =======  ===========================================================================
p          (S, N)   ln P_js - ln w_j, log price index change of sector s in country j in units
                    of its own factor price
x          (S, N)   X'_js / (X_js w_j), expenditure change in units of the own factor price
ln w       (N,)     log change of the factor price of country i
=========  =======  ===========================================================================

In units of the own factor price a country's prices and spending hardly move with that price:
fewer iterations are needed, and factor prices may fall by many orders of magnitude.

Many counterfactuals of one world can be solved side by side: then each unknown has a last axis of
D columns, one per counterfactual, and so has every coefficient that differs between them.

Equations (docs/model.md at epsilon = mu = sigma = 1, kappa -> infinity; Caliendo and Parro 2015,
equations 10 to 14, with export taxes added):

- ``ln c_is = beta_is ln w_i + sum_r gamma_irs ln P_ir - ln A_is``
- ``P_js = (sum_i K_ijs c_is^-theta)^(-1/theta)`` with ``K = pi * kept * (cost)^-theta``
- ``X_js = alpha_js I_j + sum_k gamma_jsk Y_jk``, ``Y_is = sum_j pi'_ijs X_js / ((1+t')(1+e'))``
- ``sum_s beta_is Y_is = w_i VA_i`` for every country
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from entrepot.numerics.outcome import Step

Array = Any
LARGEST_WAGE_STEP = 1.0
SWEEPS = 2  # passes of one step
BLOCKS = 4  # of residuals: prices, expenditure, factor markets, numeraire
SMALLEST = 1e-30
"""Spending changes are at least this: an iterate may overshoot below zero, a solution may not."""


class Own(NamedTuple):
    """Trade shares of those sectors in which a column differs from the others.

    Attributes
    ----------
    sector, column : (Q,) where each of them belongs
    k : (Q, dest, origin); k_producer, k_export : (Q, origin, dest), as in `LongRun`

    """

    sector: Array
    column: Array
    k: Array
    k_producer: Array
    k_export: Array | None


class LongRun(NamedTuple):
    """Coefficients of the equations, all float64 (a pytree).

    Side by side, those from `theta` to `damping` that enter cell by cell may have a last axis of
    D columns.

    Attributes
    ----------
    k : (S, dest, origin) K_ijs, share times kept varieties times cost^-theta
    k_producer : (S, origin, dest) K / ((1+t')(1+e')), what reaches producers
    k_export : (S, origin, dest) K e' / ((1+t')(1+e')), what the origin's treasury takes; None
        without export taxes
    theta : (S,)
    beta, ln_productivity : (S, N)
    gamma : (N, S, S) cost share of input r in sector s, (region, input, sector)
    gamma_use : (N, S, S) the same as (region, sector, input)
    alpha : (S, N)
    value_added : (N,) benchmark factor income
    balance : (N,) net transfer received in units of world factor income
    balance_share : (N,) net transfer as a share of domestic income (closure
        share_of_income), else None
    bloc : (N, N) 1.0 where two countries are linked by trade, directly or not
    expenditure : (S, N) benchmark expenditure; 0 where the sector is not used any more
    damping : (N,) step length of the factor-price update
    price_chain, goods_chain : (N, S, S) what a gap in prices, or in goods, grows to along the
        region's own chains, (region, sector, sector of the gap); None: gaps are taken as they are
    k_tariff : (S, dest, origin) K t' / (1+t'), what the destination's treasury takes; only in the
        whole family, here it is what the others leave
    own : sectors with other shares in single columns; only side by side

    """

    k: Array
    k_producer: Array
    k_export: Array
    theta: Array
    beta: Array
    ln_productivity: Array
    gamma: Array
    gamma_use: Array
    alpha: Array
    value_added: Array
    balance: Array
    balance_share: Array
    bloc: Array
    expenditure: Array
    damping: Array
    price_chain: Array = None
    goods_chain: Array = None
    k_tariff: Array = None
    own: Own | None = None


def split(y: Array, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Unstack ``y`` (2 S N + N, D) into p (S, N, D), x (S, N, D), ln w (N, D)."""
    s, n, cells, d = *shape[:2], shape[0] * shape[1], y.shape[1]
    return y[:cells].reshape(s, n, d), y[cells : 2 * cells].reshape(s, n, d), y[2 * cells :]


def stack(p: Array, x: Array, ln_w: Array) -> Array:
    """Inverse of `split`."""
    d = ln_w.shape[1]
    return jnp.concatenate([p.reshape(-1, d), x.reshape(-1, d), ln_w])


def over_sectors(array: Array) -> Array:
    """Sum over sectors (S, ...); as a product, which compiles to faster code than a sum."""
    return jnp.tensordot(jnp.ones(array.shape[0]), array, 1)


def length(array: Array) -> Array:
    """8-norm of all entries: never below the largest absolute one, and at most 3 times it.

    (3 times for 6,000 entries.)  Products compile to faster code than a search for the largest.
    """
    return lengths(array.reshape(-1, 1))[0]


def lengths(array: Array) -> Array:
    """(D,) `length` of each column of an array (..., D)."""
    fourth = jnp.square(jnp.square(array.reshape(-1, array.shape[-1])))
    return jnp.einsum("nd,nd->d", fourth, fourth) ** 0.125


def unit_cost(ln_p: Array, ln_w: Array, m: LongRun) -> Array:
    """(S, N, D) ln c_is (Caliendo and Parro 2015, equation 10)."""
    inputs = jnp.einsum("isr,rid->sid", m.gamma_use, ln_p)
    return m.beta * ln_w + inputs - m.ln_productivity


def domestic_income(factor_income: Array, revenue: Array, m: LongRun) -> Array:
    """(N,) final expenditure I_j: factor income, tax revenue and the net transfer of the closure.

    ``D'_j = D_j + delta_j B_j - B_j (sum_bloc delta B) / (sum_bloc B)`` with B income before the
    transfer: a fixed part, and a constant share of income made to add up to zero in each bloc.
    """
    base = factor_income + revenue
    if m.balance_share is None:
        return base + m.balance
    excess = (m.bloc @ (m.balance_share * base)) / (m.bloc @ base)
    return base + m.balance + (m.balance_share - excess) * base


def _from_origins(m: LongRun, power: Array) -> Array:
    """``sum_i K_ijs c_is^-theta`` (S, N, D)."""
    total = jnp.einsum("sji,sid->sjd", m.k, power)
    return total if m.own is None else _with_own(total, "qji,qi->qj", m.own.k, power, m.own)


def _to_dests(m: LongRun, name: str, z: Array) -> Array:
    """``sum_j k_ijs z_js`` (S, N, D) of the coefficients `name`, k_producer or k_export."""
    paid = jnp.einsum("sij,sjd->sid", getattr(m, name), z)
    return paid if m.own is None else _with_own(paid, "qij,qj->qi", getattr(m.own, name), z, m.own)


def _before_tariff(m: LongRun, power: Array) -> Array:
    """What is left of price sums (S, N, D) without tariffs: for producers and export taxes."""
    left = jnp.einsum("sij,sid->sjd", _untaxed(m), power)
    return left if m.own is None else _with_own(left, "qij,qi->qj", _untaxed(m.own), power, m.own)


def _untaxed(m: LongRun | Own) -> Array:
    """(..., origin, dest) K / (1+t')."""
    return m.k_producer if m.k_export is None else m.k_producer + m.k_export


def _with_own(sums: Array, product: str, k: Array, factor: Array, own: Own) -> Array:
    """Replace `sums` by the `product` with own shares `k` where a column has them."""
    made = jnp.einsum(product, k, factor[own.sector, :, own.column])
    return sums.at[own.sector, :, own.column].set(made)


class Shift(NamedTuple):
    """What is added, in logs, to the definition of price indices, to demand, to pay of factors.

    Attributes
    ----------
    price, goods : (S, N, D); country : (N, D)

    """

    price: Array
    goods: Array
    country: Array


NONE = Shift(0.0, 0.0, 0.0)


def _prices(ln_p: Array, ln_w: Array, m: LongRun, shift: Array) -> tuple[Array, Array, Array]:
    """One pass through costs and price indices: new ln P, c^-theta, and the sums behind P."""
    power = jnp.exp(-m.theta * unit_cost(ln_p, ln_w, m))
    total = _from_origins(m, power)
    total = jnp.where(total > 0, total, 1.0)
    return shift - jnp.log(total) / m.theta, power, total


def _demand(spent: Array, factor_income: Array, prices: tuple[Array, Array, Array], m: LongRun,
            tariff_share: Array) -> tuple[Array, Array]:  # fmt: skip
    """One pass through goods markets and incomes: new X and output Y, (S, N, D) both."""
    _, power, total = prices
    z = spent / total
    output = power * _to_dests(m, "k_producer", z)
    revenue = over_sectors(spent * tariff_share)
    if m.k_export is not None:
        revenue += over_sectors(power * _to_dests(m, "k_export", z))
    income = domestic_income(factor_income, revenue, m)
    return m.alpha * income + jnp.einsum("irs,sid->rid", m.gamma, output), output


def _along(chain: Array, old: Array, new: Array) -> Array:
    """Go from `old` (S, N, D) to where `new` leads through the region's own chains.

    A step of Newton's method that leaves foreign trade out: inputs are mostly bought at home, so
    few passes are left to do.
    """
    return new if chain is None else old + jnp.einsum("jsr,rjd->sjd", chain, new - old)


def _with_columns(m: LongRun) -> LongRun:
    """Give every coefficient that enters cell by cell a last axis, of length 1 if it has none."""
    dims = {"theta": 1, "beta": 2, "ln_productivity": 2, "alpha": 2, "value_added": 1,
            "balance": 1, "balance_share": 1, "expenditure": 2, "damping": 1}  # fmt: skip
    found = {name: getattr(m, name) for name in dims}
    wide = {name: value if value is None or value.ndim > dims[name] else value[..., None]
            for name, value in found.items()}  # fmt: skip
    return m._replace(**{**wide, "theta": wide["theta"][:, None]})


def longrun_step(y: Array, m: LongRun) -> Step:
    """One step of one counterfactual: `longrun_columns` with a single column."""
    step = longrun_columns(y[:, None], m)
    return Step(step.y[:, 0], step.residual[:, 0])


def longrun_columns(y: Array, m: LongRun, shift: Shift = NONE) -> Step:
    """`SWEEPS` passes through prices, then through demand, then one damped factor-price update.

    The first pass is followed along the regions' own chains, the second smooths what that leaves.
    Residuals (4, D) are those of the first pass, undamped, as norms of relative gaps: price
    indices, expenditure, factor markets, numeraire.

    Parameters
    ----------
    y : (2 S N + N, D) unknowns of D counterfactuals side by side
    m : coefficients, shared or with a last axis of D columns
    shift : of the equations; none unless somebody asks what it would do (derivatives)

    """
    m = _with_columns(m)
    p, x, ln_w = split(y, m.expenditure.shape)
    ln_p, wage = p + ln_w, jnp.exp(ln_w)
    prices = _prices(ln_p, ln_w, m, shift.price)
    price_gap = lengths(prices[0] - ln_p)
    prices = _prices(_along(m.price_chain, ln_p, prices[0]), ln_w, m, shift.price)
    new_p, power, total = prices
    tariff_share = 1.0 - _before_tariff(m, power) / total

    used = m.expenditure > 0
    factor_income = wage * m.value_added
    spent = m.expenditure * jnp.maximum(x, SMALLEST) * wage
    more = jnp.exp(shift.goods)
    demand, output = _demand(spent, factor_income, prices, m, tariff_share)
    demand = more * demand
    goods_gap = lengths(jnp.where(used, demand / jnp.where(used, spent, 1), 1) - 1)
    factor_gap = jnp.log(over_sectors(m.beta * output) / factor_income) + shift.country
    further = _along(m.goods_chain, spent, demand)
    new_x, output = _demand(further, factor_income, prices, m, tariff_share)
    new_x = jnp.where(used, more * new_x / jnp.where(used, m.expenditure * wage, 1), 1)

    latest = jnp.log(over_sectors(m.beta * output) / factor_income) + shift.country
    new_w = ln_w + jnp.clip(m.damping * latest, -LARGEST_WAGE_STEP, LARGEST_WAGE_STEP)
    scale = (m.bloc @ (jnp.exp(new_w) * m.value_added)) / (m.bloc @ m.value_added)
    new_w = new_w - jnp.log(scale)
    gaps = [price_gap, goods_gap, lengths(factor_gap), lengths(scale - 1)]
    return Step(stack(new_p - ln_w, new_x, new_w), jnp.stack(gaps))
