"""Derivatives of the equations in logs: products with them, and division by them.

The derivative of each log of a sum is a share (`Shares`), so both are exact.  For division prices
and spending are put in terms of unit costs and output; two blocks of S N unknowns are left, which
are eliminated one after the other:

- dc (S N), unit costs relative to the factor price of the country
- dv (S N), the factor price of the sector where factors are tied to it, else its output

with ln income and ln W of every country as a border.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.model.family_wide_terms import Logs, Point, Shares, point, stacked
from entrepot.numerics.blocks import Bordered, Eliminated, eliminate, solve

Array = np.ndarray


def product(v: Array, a: Shares, m: Logs) -> Array:
    """Derivative of the equations at the shares `a`, times `v`."""
    d, family, base = point(v, m), m.family, m.family.base
    eps, mu, theta = family.eps[:, None], family.mu, base.theta
    inputs = np.einsum("kjr,krj->kj", a.mix, d.p[m.use])
    cost = a.factor * d.u + (1 - a.factor) * inputs
    absolute = cost + d.w
    price = np.einsum("usji,si->usj", a.origin, absolute)
    spent = np.where(m.used, d.x + d.w, 0.0)
    flow = spent + theta[:, None] * price
    output = np.einsum("usij,usj->si", a.sale, flow) - theta[:, None] * absolute
    before = a.earned * d.w + (a.profit * output).sum(axis=0)
    if a.tariff is not None:
        before = before + np.einsum("usji,usj->j", a.tariff, flow)
        before = before - np.einsum("usji,s,si->j", a.tariff, theta, absolute)
    if a.export is not None:
        before = before + np.einsum("usij,usj->i", a.export, flow)
        before = before - np.einsum("usij,s,si->i", a.export, theta, absolute)
    last = d.p[m.last]
    real = a.carried @ before + family.sigma * (last - np.einsum("js,sj->j", a.final, last))
    own = output + eps * (inputs - cost) - mu[:, None] * inputs
    demand = np.einsum("uskj,kj->usj", a.by_user, own) + a.by_final * real
    demand = demand + np.einsum("uskj,k->usj", a.by_user, mu) * d.p
    goods = np.where(m.used, demand - spent, -d.x)
    paid = output + eps * (d.u - cost)
    some = m.tied.any(axis=0)
    country = np.where(some, (a.tied * d.u).sum(axis=0), (a.pay * paid).sum(axis=0) - d.w)
    sector = np.where(m.tied, paid - d.w - m.mobility * d.u, -d.u)
    return stacked(Point(price - d.w - d.p, goods, country + a.level @ d.w, sector), m)


class _Demand(NamedTuple):
    """Derivatives of the demand of each country for its goods, by what happens in it.

    Attributes
    ----------
    output, cost : (U, S, user, N) by output and unit cost of its sectors
    price : (N, U, S, U, S) by its prices; income : (U, S, N) by its income

    """

    output: Array
    cost: Array
    price: Array
    income: Array


def _demand(a: Shares, m: Logs) -> _Demand:
    eps, mu, sigma = m.family.eps, m.family.mu, m.family.sigma
    uses, size, _, count = a.by_user.shape
    price = np.zeros((count, uses, size, uses, size))
    for k in range(size):
        within = (eps[k] - mu[k]) * a.by_user[:, :, k].transpose(2, 0, 1)
        price[:, :, :, m.use[k]] += within[..., None] * a.mix[k][:, None, None]
    _on_diagonal(price, np.einsum("k,uskj->jus", mu, a.by_user))
    bought = np.eye(size) - a.final[:, None]
    price[:, m.last, :, m.last] += (sigma * a.by_final[m.last]).T[:, :, None] * bought
    return _Demand(a.by_user, -eps[:, None] * a.by_user, price, a.by_final)


def _on_diagonal(blocks: Array, values: Array) -> None:
    """Add `values` (N, U, S), or (S,), to the diagonals of `blocks` (N, U, S, U, S) in place."""
    u, s = np.indices(blocks.shape[1:3])
    blocks[:, u, s, u, s] += values


class _Rows(NamedTuple):
    """Derivatives of sums over all that is bought: sales (S N rows) or tax revenue (N rows).

    Attributes
    ----------
    cost, output : (rows, S N) by unit costs and output; wage, income : (rows, N)

    """

    cost: Array
    output: Array
    wage: Array
    income: Array


def _through(weight: Array, origin: Array) -> Array:
    """(rows, S, N) by unit costs, from weights (U, S, rows, dest) of the prices."""
    found: Array = sum(np.matmul(w, o) for w, o in zip(weight, origin, strict=True))
    return np.ascontiguousarray(found.transpose(1, 0, 2))


def _sales(a: Shares, d: _Demand, price: Array, theta: Array) -> _Rows:
    """Derivatives of ln sales."""
    uses, size, count, _ = a.sale.shape
    cells = size * count
    weight = np.einsum("usij,jusvr->vrsij", a.sale, price).reshape(uses, size, cells, count)
    through = _through(weight, a.origin)
    own = np.einsum("usij,jus->sij", a.sale, d.price.sum(axis=(3, 4))).reshape(cells, count)
    wage, at = through.sum(axis=1) - own, np.arange(cells)
    wage[at, at % count] -= np.repeat(theta, count)
    cost = through.reshape(cells, cells)
    cost += np.einsum("usij,uskj->sikj", a.sale, d.cost).reshape(cells, cells)
    cost[at, at] -= np.repeat(theta, count)
    output = np.einsum("usij,uskj->sikj", a.sale, d.output).reshape(cells, cells)
    income = np.einsum("usij,usj->sij", a.sale, d.income).reshape(cells, count)
    return _Rows(cost, output, wage, income)


def _revenue_weights(a: Shares) -> tuple[Array, Array]:
    """(N, U, S, N) weights of spending and (N, S, N) of unit costs in the revenue of countries."""
    uses, size, count, _ = a.origin.shape
    spent, costs, here = np.zeros((count, uses, size, count)), np.zeros((count, size, count)), (
        np.arange(count))  # fmt: skip
    if a.tariff is not None:
        spent[here, :, :, here] += a.tariff.sum(axis=3).transpose(2, 0, 1)
        costs += a.tariff.sum(axis=0).transpose(1, 0, 2)
    if a.export is not None:
        spent += a.export.transpose(2, 0, 1, 3)
        costs[here, :, here] += a.export.sum(axis=(0, 3)).T
    return spent, costs


def _revenue(a: Shares, d: _Demand, price: Array, theta: Array) -> tuple[_Rows, Array]:
    """Derivatives of revenue over income before transfers, and the weights of spending in it."""
    spent, costs = _revenue_weights(a)
    count = len(spent)
    through = _through(np.einsum("iusj,jusvr->vrij", spent, price), a.origin)
    through -= theta[:, None] * costs
    own = np.einsum("iusj,jus->ij", spent, d.price.sum(axis=(3, 4)))
    cost = through + np.einsum("iusj,uskj->ikj", spent, d.cost)
    output = np.einsum("iusj,uskj->ikj", spent, d.output)
    rows = _Rows(cost.reshape(count, -1), output.reshape(count, -1), through.sum(axis=1) - own,
                 np.einsum("iusj,usj->ij", spent, d.income))  # fmt: skip
    return rows, spent


class _Output(NamedTuple):
    """Output as it follows: ``dy = v dv + c dc + w dW - gap of the sector``, all (S, N).

    Where factors are tied to sectors their pay says what is sold; elsewhere dv is output.
    """

    v: Array
    c: Array
    w: Array


def _output(m: Logs) -> _Output:
    eps, tied = m.family.eps[:, None], m.tied
    return _Output(np.where(tied, m.mobility - eps, 1.0), np.where(tied, eps, 0.0),
                   np.where(tied, 1.0, 0.0))  # fmt: skip


def _columns(values: Array) -> Array:
    """(S N, N) with value (s, i) of `values` (S, N) in column i."""
    size, count = values.shape
    out = np.zeros((size * count, count))
    at = np.arange(values.size)
    out[at, at % count] = values.reshape(-1)
    return out


class Parts(NamedTuple):
    """What the derivative of the equations at a point is put together from.

    Attributes
    ----------
    a, m : shares and coefficients
    demand, output : derivatives of demand, and of output by v
    inputs : (N, S, S) of users by prices of inputs
    left : (S N, S N) one minus the derivative of sales by output
    spent, made : (N, U, S, N) and (N, S N) of income by spending and output

    """

    a: Shares
    m: Logs
    demand: _Demand
    output: _Output
    inputs: Array
    left: Array
    spent: Array
    made: Array


class Division(NamedTuple):
    """The derivative of the equations at a point, with its blocks eliminated."""

    parts: Parts
    eliminated: Eliminated


def factored(a: Shares, m: Logs, precise: bool = True) -> Division:
    """Eliminate the derivative of the equations at the shares `a`; in half the time if coarse."""
    cells, theta = a.factor.size, m.family.base.theta
    d, y = _demand(a, m), _output(m)
    price = d.price.copy()
    _on_diagonal(price, theta)
    sales, (taxes, spent) = _sales(a, d, price, theta), _revenue(a, d, price, theta)
    inputs = (1 - a.factor).T[:, None, :] * a.mix.transpose(1, 2, 0)
    left = np.eye(cells) - sales.output
    made = a.carried @ (taxes.output + _columns(a.profit).T)
    parts = Parts(a, m, d, y, inputs, left, spent, made)
    blocks = _blocks(parts, sales, taxes)
    return Division(parts, eliminate(blocks, np.float64 if precise else np.float32))


def _blocks(by: Parts, sales: _Rows, taxes: _Rows) -> Bordered:
    """The derivative in terms of dc and dv, with ln income and ln W as a border.

    Rows: unit costs, sales of sectors, then income and factor markets of countries.
    """
    a, m, y = by.a, by.m, by.output
    size, count = a.factor.shape
    bought = np.einsum("jrs,srji->sjri", by.inputs, a.origin[m.use]).reshape(size * count, -1)
    by_wage = _columns(by.inputs.sum(axis=1).T) - bought.reshape(-1, size, count).sum(axis=1)
    some = m.tied.any(axis=0)
    pay, per_wage = np.where(some, 0.0, a.pay), _columns(y.w)
    wage = a.carried @ (np.diag(a.earned) + taxes.wage) + by.made @ per_wage
    v, c = y.v.reshape(-1), y.c.reshape(-1)
    by_cost = _columns(m.family.eps[:, None] * pay).T
    corner = np.block([
        [np.eye(count) - a.carried @ taxes.income, -wage],
        [np.zeros((count, count)), a.level - np.diag(np.where(some, 0.0, 1.0))],
    ])  # fmt: skip
    return Bordered(
        aa=np.eye(size * count) - bought,
        link=-(a.factor * m.tied).reshape(-1),
        aw=np.concatenate([np.zeros_like(by_wage), by_wage], axis=1),
        ba=by.left * c - sales.cost,
        bb=by.left * v,
        bw=np.concatenate([-sales.income, by.left @ per_wage - sales.wage], axis=1),
        wa=np.concatenate([-(by.made * c + a.carried @ taxes.cost), -by_cost]),
        wb=np.concatenate([-by.made * v, _columns(pay + np.where(some, a.tied, 0.0)).T]),
        ww=corner,
    )


def divide(right: Array, division: Division) -> Array:
    """Solve ``derivative @ x = right``."""
    by, eliminated = division
    a, m, y = by.a, by.m, by.output
    f = point(-right, m)
    count = len(f.w)
    x, idle = np.where(m.used, f.x, 0.0), np.where(m.tied, 0.0, f.u)
    gap = np.where(m.tied, f.u, 0.0)
    some = m.tied.any(axis=0)
    pay = np.where(some, 0.0, a.pay)
    wanted = x + np.einsum("jusvr,vrj->usj", by.demand.price, f.p)
    dearer = np.einsum("jrs,srj->sj", by.inputs, f.p[m.use]) + a.factor * idle
    sold = np.einsum("usij,usj->si", a.sale, wanted).reshape(-1) + by.left @ gap.reshape(-1)
    earned = a.carried @ np.einsum("iusj,usj->i", by.spent, wanted) - by.made @ gap.reshape(-1)
    ends = np.concatenate([earned, -f.w - (pay * m.family.eps[:, None] * idle).sum(axis=0)])
    c, v, ends = solve(eliminated, dearer.reshape(-1), sold, ends)
    income, wage = ends[:count], ends[count:]
    c, v = c.reshape(gap.shape), v.reshape(gap.shape)
    output = y.v * v + y.c * c + y.w * wage - gap
    p = np.einsum("usji,si->usj", a.origin, c + wage) - wage + f.p
    change = x + by.demand.income * income + np.einsum("jusvr,vrj->usj", by.demand.price, p)
    change = change + np.einsum("uskj,kj->usj", by.demand.output, output)
    change = change + np.einsum("uskj,kj->usj", by.demand.cost, c)
    moved = np.where(m.used, change - wage, f.x)
    return stacked(Point(p, moved, wage, np.where(m.tied, v, idle)), m)
