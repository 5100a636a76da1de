"""The family in logs over the whole range of prices, in NumPy, with the shares that follow.

Where elasticities are 0.02 and nothing can be done without an input, prices move by factors of
e^1000 and more.  Here every term of the equations of `entrepot.model.family` (docs/model.md) is a
log and every sum a log of a sum of exponentials, whose derivatives are shares.  Nothing is
compiled.

Unknowns as in `entrepot.model.family`: ln p, ln x, ln W and, with finite kappa, u.  Elastic supply
of factors and entry have no equations here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.model.family_wide_terms import (
    NONE,
    SOME,
    Logs,
    Point,
    Result,
    Shares,
    added,
    bundle,
    ln,
    point,
    stacked,
)

Array = np.ndarray
LARGEST_EXPONENT = 700.0


def evaluate(z: Array, m: Logs) -> Result:
    """Residuals of every equation and the shares, at unknowns `z`."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _evaluate(z, m)


def _evaluate(z: Array, m: Logs) -> Result:
    at, family = point(z, m), m.family
    n = _prices(at, m)
    trade = _trade(at, n, m)
    earned = at.w + m.value_added
    income = _income(trade, earned, m)
    cost = trade.output
    if family.profit_share is not None:
        cost = cost + np.log1p(-family.profit_share)
    demand = _demand(n, cost, income.ln, m)
    pay = _pay(at, n, cost, earned, m)
    goods = np.where(m.used, demand.total - trade.spent, 0.0)
    gaps = Point(trade.prices - at.p, np.where(m.used, goods, -at.x), pay.country + pay.level,
                 np.where(m.tied, pay.sector, -at.u))  # fmt: skip
    blocks = [gaps.p, _relative(goods), np.append(pay.owed, pay.sector), _relative(pay.level)]
    shares = Shares(
        origin=trade.origin, sale=trade.sale, factor=n.split[..., 0], mix=n.mix,
        by_user=demand.shares[:, :, :-1], by_final=demand.shares[:, :, -1], final=n.final_share,
        earned=income.earned, profit=income.profit, tariff=income.tariff, export=income.export,
        carried=income.carried, tied=pay.tied, pay=pay.shares, level=pay.levels,
    )  # fmt: skip
    sizes = np.array([float(np.abs(block).max()) for block in blocks])
    return Result(at, stacked(gaps, m), sizes, shares, income.ln, income.before, n.final)


def _relative(gap: Array) -> Array:
    """Relative gaps from their logs."""
    out: Array = np.expm1(np.minimum(gap, LARGEST_EXPONENT))
    return out


class _Prices(NamedTuple):
    """Ln prices relative to ln W, and the shares behind them.

    Attributes
    ----------
    each : (user, N, S) of what users pay for inputs; inputs : (S, N) of their bundle
    cost : (S, N) of the nest; split : (S, N, 2) shares of factors and inputs in it
    mix : (user, N, S) shares in the bundle
    bought : (S, N) of what final demand pays; final : (N,) of it; final_share : (N, S)

    """

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


class _Trade(NamedTuple):
    """What trade makes of costs and spending, in logs.

    Attributes
    ----------
    prices : (U, S, N) price indices that follow, relative to ln W; spent : (U, S, N)
    output : (S, N) sales of producers
    tariff, export : taxes paid in each cell, as their coefficients; None without
    origin, sale : as in `Shares`

    """

    prices: Array
    spent: Array
    output: Array
    tariff: Array | None
    export: Array | None
    origin: Array
    sale: Array


def _trade(at: Point, n: _Prices, m: Logs) -> _Trade:
    base = m.family.base
    ln_power = -base.theta[:, None] * (n.cost + at.w - base.ln_productivity)
    terms = m.k + ln_power[None, :, None, :]
    total = added(terms)
    total = np.where(total > SOME, total, 0.0)
    spent = np.where(m.used, m.expenditure + at.x + at.w, NONE)
    flow = spent - total
    sales = m.k_producer + flow[:, :, None, :]
    top = sales.max(axis=(0, 3))
    parts = np.exp(sales - top[None, :, :, None])
    sold = parts.sum(axis=(0, 3))
    makes = top > SOME
    tariff = None if m.k_tariff is None else (
        m.k_tariff + ln_power[None, :, None, :] + flow[..., None])  # fmt: skip
    export = None if m.k_export is None else (
        m.k_export + ln_power[None, ..., None] + flow[:, :, None, :])  # fmt: skip
    return _Trade(
        prices=-total / base.theta[:, None] - at.w,
        spent=spent,
        output=np.where(makes, top + np.log(sold) + ln_power, NONE),
        tariff=tariff,
        export=export,
        origin=np.exp(terms - total[..., None]),
        sale=np.where(makes, 1.0, 0.0)[..., None] * parts / sold[..., None],
    )


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


def _income(trade: _Trade, earned: Array, m: Logs) -> _Income:
    """Final expenditure; no number where nothing is left to spend."""
    base = m.family.base
    profit = np.full_like(trade.output, NONE)
    if m.family.profit_share is not None:
        profit = ln(m.family.profit_share) + trade.output
    pairs = [(a, np.ones_like(a)) for a in (earned[:, None], profit.T)]
    taxes = ((trade.tariff, base.k_tariff), (trade.export, base.k_export))
    pairs += [_by_payee(paid, k) for paid, k in taxes if paid is not None]
    top = np.max([m.owed, *[a.max(axis=1) for a, _ in pairs]], axis=0)
    before = sum((sign * np.exp(a - top[:, None])).sum(axis=1) for a, sign in pairs)
    keeps, carried = _kept(before, top, m)
    after = before * keeps + np.sign(base.balance) * np.exp(m.owed - top)
    good = (after > 0) & (before > 0)
    left = np.where(good, after, np.nan)
    scale = top + np.log(np.where(good, before, np.nan))
    return _Income(
        ln=top + np.log(left),
        before=scale,
        earned=np.exp(earned - scale),
        profit=np.exp(profit - scale),
        tariff=_signed(trade.tariff, base.k_tariff, scale),
        export=_signed(trade.export, base.k_export, scale),
        carried=carried * (before * keeps / left)[:, None],
    )


def _signed(paid: Array | None, coefficients: Array, scale: Array) -> Array | None:
    """Taxes over the income before transfers of who takes them."""
    if paid is None:
        return None
    share: Array = np.sign(coefficients) * np.exp(paid - scale[:, None])
    return share


def _kept(before: Array, top: Array, m: Logs) -> tuple[Array, Array]:
    """(N,) part of income kept after transfers that are shares of it, and how changes carry over.

    The shares of a bloc are brought to a zero sum in proportion to income.
    """
    base = m.family.base
    keeps, carried = np.ones_like(before), np.eye(len(before))
    if base.balance_share is None:
        return keeps, carried
    level = np.maximum(before, 0.0) * np.exp(top - top.max())
    weight = base.bloc * level / np.maximum(base.bloc @ level, 1e-300)[:, None]
    excess = weight @ base.balance_share
    keeps = 1 + base.balance_share - excess
    moved = weight * (base.balance_share - excess[:, None]) / keeps[:, None]
    return keeps, carried - moved


class _Demand(NamedTuple):
    """Ln demand (U, S, N) and the shares of users, final demand last (U, S, user + 1, N)."""

    total: Array
    shares: Array


def _demand(n: _Prices, cost: Array, income: Array, m: Logs) -> _Demand:
    """Input demand of sectors that pay `cost` (S, N), and final demand out of `income` (N,)."""
    family = m.family
    eps, mu = family.eps[:, None], family.mu[:, None, None]
    wanted = m.rate + mu * (n.each - n.inputs[..., None])
    wanted = wanted + (cost + m.rest + eps * (n.inputs - n.cost))[..., None]
    wanted = wanted.transpose(2, 0, 1)[None] + m.member
    last = m.alpha + family.sigma * (n.bought - n.final) + income
    last = last[None] + m.final_use
    terms = np.concatenate([wanted, last[:, :, None]], axis=2)
    total = added(terms, 2)
    return _Demand(total, np.exp(terms - np.where(total > SOME, total, 0.0)[:, :, None]))


class _Pay(NamedTuple):
    """Gaps of factor markets in logs, and shares as in `Shares`.

    Attributes
    ----------
    country : (N,) of the factor price index where factors are tied to sectors, else of pay
    owed : of pay over factor income (N,), and of the index (N,); sector : (S, N)
    level : (N,) of the numeraire
    tied, shares, levels : `tied`, `pay` and `level` of `Shares`

    """

    country: Array
    owed: Array
    sector: Array
    level: Array
    tied: Array
    shares: Array
    levels: Array


def _pay(at: Point, n: _Prices, cost: Array, earned: Array, m: Logs) -> _Pay:
    paid = cost + m.beta + m.family.eps[:, None] * (at.u - n.cost)
    supply = m.factor_share + m.mobility * at.u
    index, pay = added(supply.T), added(paid.T)
    some = m.tied.any(axis=0)
    of_bloc = ln(m.family.base.bloc)
    bloc = of_bloc + earned
    level = added(bloc)
    gap, off = pay - earned, np.where(some, index, 0.0)
    return _Pay(
        country=np.where(some, off / m.mobility, gap),
        owed=np.append(gap, off),
        sector=np.where(m.tied, paid - earned - supply, 0.0),
        level=level - added(of_bloc + m.value_added),
        tied=np.where(m.tied, np.exp(supply - index), 0.0),
        shares=np.exp(paid - pay),
        levels=np.exp(bloc - level[:, None]),
    )
