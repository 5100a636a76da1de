"""The family in logs over the whole range of prices, in NumPy, with the shares that follow.

Where elasticities are 0.02 and nothing can be done without an input, prices move by factors of
e^1000 and more.  Here every term of the equations of `entrepot.model.family` is a log and every
sum a log of a sum of exponentials, whose derivatives are shares.  Nothing is compiled.

Unknowns as in `entrepot.model.family_logs`: ln p, ln x, ln W and, with finite kappa, u.  Elastic
supply of factors and entry have no equations here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.model.family_terms import Family

Array = np.ndarray
NONE = -1e30
"""The log of nothing."""
SOME = NONE / 2
FAR = 300.0
"""A nest whose terms differ from their mean by more than e^300 is added up from its largest."""


def ln(a: Array) -> Array:
    """Log of what is positive, `NONE` elsewhere."""
    there = np.asarray(a) > 0
    out: Array = np.where(there, np.log(np.where(there, a, 1.0)), NONE)
    return out


def added(a: Array, axis: int = -1) -> Array:
    """Log of the sum of exponentials; about `NONE` where there is nothing to add."""
    top = a.max(axis=axis, keepdims=True)
    out: Array = np.squeeze(top, axis) + np.log(np.exp(a - top).sum(axis=axis))
    return out


def bundle(p: Array, share: Array, power: Array) -> tuple[Array, Array]:
    """Ln of a CES price index over the last axis, and the cost shares (..., n) at these prices.

    Relative to the mean of log prices the sum of the terms is at least 1, so that nothing cancels.

    Parameters
    ----------
    p, share : (..., n) log prices, and shares that add to 1, or to 0 where nothing is bought
    power : (..., 1) one minus the elasticity; 0 is the Cobb-Douglas limit

    """
    there = share > 0
    price = np.where(there, p, 0.0)
    mean = np.sum(price * share, axis=-1, keepdims=True)
    away = np.where(there, power * (price - mean), 0.0)
    far = np.abs(away).max(axis=-1, keepdims=True) > FAR
    grown = np.sum(share * np.expm1(np.where(far, 0.0, away)), axis=-1, keepdims=True)
    safe = np.where(power == 0, 1.0, power)
    index = mean + np.where(power == 0, 0.0, np.log1p(grown)) / safe
    if far.any():
        terms = np.where(there, ln(share) + away, NONE)
        index = np.where(far, mean + added(terms)[..., None] / safe, index)
    after = share * np.exp(np.where(there, power * (price - index), 0.0))
    return index[..., 0], after


class Logs(NamedTuple):
    """Coefficients in logs, and the family they come from.

    Attributes
    ----------
    family : the coefficients
    k : (U, S, dest, origin); k_producer : (U, S, origin, dest)
    k_tariff, k_export : the same, signs taken off; None without tariffs or export taxes
    expenditure : (U, S, N); beta, rest, alpha, factor_share : (S, N)
    rate : (N, S, S) share of inputs in their bundle
    value_added : (N,); owed : (N,) of the balance, signs taken off
    use : (S,) use that each sector buys in; last : that of final demand
    tied : (S, N) bool, factors that are tied to their sector; mobility : (N,) kappa + 1

    """

    family: Family
    k: Array
    k_producer: Array
    k_tariff: Array | None
    k_export: Array | None
    expenditure: Array
    beta: Array
    rest: Array
    alpha: Array
    factor_share: Array
    rate: Array
    value_added: Array
    owed: Array
    use: Array
    last: int
    tied: Array
    mobility: Array


def has_logs(m: Family) -> bool:
    """Whether these equations cover the options of `m`."""
    return m.labour is None and m.entry is None


def in_logs(m: Family) -> Logs:
    """Take the logs of the coefficients."""
    base, none = m.base, m.kappa is None
    taxed = base.k_export is not None and bool(np.any(base.k_export))
    return Logs(
        family=m,
        k=ln(base.k),
        k_producer=ln(base.k_producer),
        k_tariff=ln(np.abs(base.k_tariff)) if np.any(base.k_tariff) else None,
        k_export=ln(np.abs(base.k_export)) if taxed else None,
        expenditure=ln(base.expenditure),
        beta=ln(base.beta),
        rest=ln(1 - base.beta),
        alpha=ln(base.alpha),
        factor_share=ln(m.factor_share),
        rate=ln(m.mix),
        value_added=np.log(base.value_added),
        owed=ln(np.abs(base.balance)),
        use=np.argmax(m.member, axis=0),
        last=int(np.argmax(m.final_use)),
        tied=np.zeros_like(m.factor_share, dtype=bool) if none else m.factor_share > 0,
        mobility=np.ones(len(base.value_added)) if none else m.kappa + 1,
    )


class Point(NamedTuple):
    """The unknowns: ln p and ln x (U, S, N), ln W (N,), u (S, N)."""

    p: Array
    x: Array
    w: Array
    u: Array


def point(z: Array, m: Logs) -> Point:
    """Unstack the unknowns."""
    shape, cells = m.expenditure.shape, m.expenditure.size
    p, x = z[:cells].reshape(shape), z[cells : 2 * cells].reshape(shape)
    w, u = z[2 * cells : 2 * cells + shape[-1]], z[2 * cells + shape[-1] :]
    return Point(p, x, w, u.reshape(shape[1:]) if u.size else np.zeros(shape[1:]))


def stacked(at: Point, m: Logs) -> Array:
    """Inverse of `point`."""
    parts = [at.p.reshape(-1), at.x.reshape(-1), at.w]
    return np.concatenate(parts if m.family.kappa is None else [*parts, at.u.reshape(-1)])


class Shares(NamedTuple):
    """Shares at a point, each the derivative of the log of a sum.

    Attributes
    ----------
    origin : (U, S, dest, origin) of what a use buys; sale : (U, S, origin, dest) of what is sold
    factor : (S, N) of factors in cost; mix : (user, N, S) of inputs in their bundle
    by_user : (U, S, user, N), by_final : (U, S, N) of the demand for a good
    final : (N, S) of goods in final expenditure
    earned : (N,), profit : (S, N), tariff : (U, S, dest, origin), export : (U, S, origin, dest) of
        income before transfers; the last two None without such taxes
    carried : (N, N) change of ln income by that of ln income before transfers
    tied : (S, N) of tied sectors in the factor price index; pay : (S, N) of sectors in factor pay
    level : (N, N) of countries in the income of the bloc

    """

    origin: Array
    sale: Array
    factor: Array
    mix: Array
    by_user: Array
    by_final: Array
    final: Array
    earned: Array
    profit: Array
    tariff: Array | None
    export: Array | None
    carried: Array
    tied: Array
    pay: Array
    level: Array


class Result(NamedTuple):
    """Residuals at a point, in logs, and what else is asked about it.

    Attributes
    ----------
    gaps : residuals of the equations, in the order of the unknowns
    blocks : (4,) largest gap of prices, spending, factor markets and numeraire
    shares : derivatives of the sums
    income, before, earned : (N,) ln final expenditure, ln income before transfers, ln factor income
    final : (N,) ln price of final expenditure, relative to ln W

    """

    gaps: Array
    blocks: Array
    shares: Shares
    income: Array
    before: Array
    earned: Array
    final: Array


class _Income(NamedTuple):
    """Ln final expenditure and income before transfers (N,), and shares as in `Shares`."""

    ln: Array
    before: Array
    earned: Array
    profit: Array
    tariff: Array | None
    export: Array | None
    carried: Array


def _by_payee(taxes: Array, coefficients: Array) -> tuple[Array, Array]:
    """Logs and signs of taxes (N, U S N) by who takes them."""
    count = taxes.shape[2]
    return (taxes.transpose(2, 0, 1, 3).reshape(count, -1),
            np.sign(coefficients).transpose(2, 0, 1, 3).reshape(count, -1))  # fmt: skip


def _income(
    tariff: Array | None, export: Array | None, output: Array, earned: Array, m: Logs
) -> _Income:
    """Final expenditure; no number where nothing is left to spend."""
    base = m.family.base
    profit = np.full_like(output, NONE)
    if m.family.profit_share is not None:
        profit = ln(m.family.profit_share) + output
    pairs = [(a, np.ones_like(a)) for a in (earned[:, None], profit.T)]
    pairs += [] if tariff is None else [_by_payee(tariff, base.k_tariff)]
    pairs += [] if export is None else [_by_payee(export, base.k_export)]
    top = np.max([m.owed, *[a.max(axis=1) for a, _ in pairs]], axis=0)
    before = sum((sign * np.exp(a - top[:, None])).sum(axis=1) for a, sign in pairs)
    keeps, carried = np.ones_like(earned), np.eye(len(earned))
    if base.balance_share is not None:
        level = np.maximum(before, 0.0) * np.exp(top - top.max())
        weight = base.bloc * level / np.maximum(base.bloc @ level, 1e-300)[:, None]
        excess = weight @ base.balance_share
        keeps = 1 + base.balance_share - excess
        carried = carried - weight * (base.balance_share - excess[:, None]) / keeps[:, None]
    after = before * keeps + np.sign(base.balance) * np.exp(m.owed - top)
    good = (after > 0) & (before > 0)
    left = np.where(good, after, np.nan)
    scale = top + np.log(np.where(good, before, np.nan))
    return _Income(
        ln=top + np.log(left),
        before=scale,
        earned=np.exp(earned - scale),
        profit=np.exp(profit - scale),
        tariff=None if tariff is None
        else np.sign(base.k_tariff) * np.exp(tariff - scale[:, None]),
        export=None if export is None
        else np.sign(base.k_export) * np.exp(export - scale[:, None]),
        carried=carried * (before * keeps / left)[:, None],
    )  # fmt: skip


class _Prices(NamedTuple):
    """Ln prices relative to ln W and the shares behind them; `each` (user, N, S) of inputs."""

    each: Array
    inputs: Array
    mix: Array
    cost: Array
    split: Array
    bought: Array
    final: Array
    final_share: Array


def _prices(at: Point, m: Logs) -> _Prices:
    family, base = m.family, m.family.base
    each = at.p[m.use].transpose(0, 2, 1)
    inputs, mix = bundle(each, family.mix.transpose(2, 0, 1), family.mu[:, None, None])
    both = np.stack([base.beta, 1 - base.beta], axis=-1)
    cost, split = bundle(np.stack([at.u, inputs], axis=-1), both, family.eps[:, None, None])
    bought = at.p[m.last]
    final, share = bundle(bought.T, base.alpha.T, family.sigma[:, None])
    return _Prices(each, inputs, mix, cost, split, bought, final, share)


def evaluate(z: Array, m: Logs) -> Result:
    """Residuals of every equation and the shares, at unknowns `z`."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _evaluate(z, m)


def _evaluate(z: Array, m: Logs) -> Result:
    at, family, base = point(z, m), m.family, m.family.base
    n = _prices(at, m)
    eps, mu = family.eps[:, None], family.mu[:, None, None]
    ln_power = -base.theta[:, None] * (n.cost + at.w - base.ln_productivity)
    terms = m.k + ln_power[None, :, None, :]
    total = added(terms)
    total = np.where(total > SOME, total, 0.0)
    origin = np.exp(terms - total[..., None])
    used = m.expenditure > SOME
    spent = np.where(used, m.expenditure + at.x + at.w, NONE)
    flow = spent - total
    terms = m.k_producer + flow[:, :, None, :]
    top = terms.max(axis=(0, 3))
    parts = np.exp(terms - top[None, :, :, None])
    sold = top + np.log(parts.sum(axis=(0, 3)))
    makes = sold > SOME
    sale = np.where(makes, 1.0, 0.0)[..., None] * parts / parts.sum(axis=(0, 3))[..., None]
    output = np.where(makes, sold + ln_power, NONE)
    earned = at.w + m.value_added
    tariff = None if m.k_tariff is None else (
        m.k_tariff + ln_power[None, :, None, :] + flow[..., None])  # fmt: skip
    export = None if m.k_export is None else (
        m.k_export + ln_power[None, ..., None] + flow[:, :, None, :])  # fmt: skip
    income = _income(tariff, export, output, earned, m)
    own = output if family.profit_share is None else output + np.log1p(-family.profit_share)
    wanted = m.rate.transpose(2, 0, 1) + mu * (n.each - n.inputs[..., None])
    wanted = wanted + (own + m.rest + eps * (n.inputs - n.cost))[..., None]
    wanted = wanted.transpose(2, 0, 1)[None] + ln(family.member)[:, None, :, None]
    last = m.alpha + family.sigma * (n.bought - n.final) + income.ln
    last = last[None] + ln(family.final_use)[:, None, None]
    terms = np.concatenate([wanted, last[:, :, None]], axis=2)
    demand = added(terms, 2)
    by = np.exp(terms - np.where(demand > SOME, demand, 0.0)[:, :, None])
    paid = own + m.beta + eps * (at.u - n.cost)
    supply = m.factor_share + m.mobility * at.u
    index, pay = added(supply.T), added(paid.T)
    bloc = ln(base.bloc) + earned
    level = added(bloc)
    scale = level - added(ln(base.bloc) + m.value_added)
    some = m.tied.any(axis=0)
    prices = -total / base.theta[:, None] - at.w - at.p
    goods = np.where(used, demand - spent, 0.0)
    sector = np.where(m.tied, paid - earned - supply, 0.0)
    country = np.where(some, index / m.mobility, pay - earned)
    gaps = stacked(Point(prices, np.where(used, goods, -at.x), country + scale,
                         np.where(m.tied, sector, -at.u)), m)  # fmt: skip
    both = np.concatenate([pay - earned, np.where(some, index, 0.0), sector.reshape(-1)])
    blocks = [largest(prices), largest(np.expm1(np.minimum(goods, 700.0))), largest(both),
              largest(np.expm1(scale))]  # fmt: skip
    shares = Shares(
        origin=origin, sale=sale, factor=n.split[..., 0], mix=n.mix, by_user=by[:, :, :-1],
        by_final=by[:, :, -1], final=n.final_share, earned=income.earned, profit=income.profit,
        tariff=income.tariff, export=income.export, carried=income.carried,
        tied=np.where(m.tied, np.exp(supply - index), 0.0), pay=np.exp(paid - pay),
        level=np.exp(bloc - level[:, None]),
    )  # fmt: skip
    return Result(gaps, np.array(blocks), shares, income.ln, income.before, earned, n.final)


def largest(a: Array) -> float:
    """Largest absolute entry."""
    return float(np.abs(a).max())
