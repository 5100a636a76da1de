"""Slow but sure: design 5.1 written down once more in NumPy and handed to `scipy.optimize.root`.

No hat is shared with the program: prices, shares, incomes and balances are written from the
definitions, with plain loops over nothing and dense Jacobians from finite differences.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import root

from entrepot.model import Shock
from entrepot.world.world import World


def balances(world: World, base: np.ndarray, closure: str, bound) -> np.ndarray:
    """Net transfers D' + T' of the closures that need no list of the frozen."""
    if closure == "zero":
        return bound.transfer
    if closure == "fixed":
        return world.trade_balance + bound.transfer
    before = world.accounts().income - world.trade_balance
    share = world.trade_balance / before
    share = share - np.sum(share * base) / np.sum(base)
    return share * base + bound.transfer


def solve(world: World, shock: Shock, closure: str = "fixed", guess=None):
    """Return factor-price hats (N,), price hats (N, S) and expenditure (N, S)."""
    bound = shock.bind(world)
    n, s = world.final_share.shape
    t, e = bound.tariff, bound.export_tax
    wedge = bound.trade_cost * (1 + t) / (1 + world.tariff) * (1 + e) / (1 + world.export_tax)
    allowed = np.where(bound.ban, 0.0, bound.access)
    used = world.expenditure > 0
    size = np.maximum(world.expenditure, 1e-300)

    def unpack(y):
        w = np.exp(y[:n])
        price = np.exp(y[n : n + n * s].reshape(n, s))
        spent = size * np.exp(y[n + n * s :].reshape(n, s)) * used
        return w, price, spent

    def gaps(y):
        w, price, spent = unpack(y)
        cost = np.empty((n, s))
        for i in range(n):
            for k in range(s):
                bundle = np.prod(price[i] ** world.input_share[i, :, k])
                own = world.value_added_share[i, k]
                cost[i, k] = w[i] ** own * bundle / bound.productivity[i, k]
        weight = world.trade_share * allowed * (wedge * cost[:, None, :]) ** -world.theta
        total = weight.sum(axis=0)
        safe = np.where(total > 0, total, 1.0)
        share = weight / safe
        border = share * spent / (1 + t)
        output = (border / (1 + e)).sum(axis=1)
        revenue = (t * border).sum(axis=(0, 2)) + (e * border / (1 + e)).sum(axis=(1, 2))
        factor = w * world.value_added
        base = factor + revenue
        income = base + balances(world, base, closure, bound)
        demand = world.final_share * income[:, None]
        for i in range(n):
            demand[i] += world.input_share[i] @ output[i]
        price_gap = np.where(used, np.log(price) + np.log(safe) / world.theta, np.log(price))
        goods_gap = np.where(used, (spent - demand) / size, y[n + n * s :].reshape(n, s))
        factor_gap = (world.value_added_share * output).sum(axis=1) / factor - 1
        factor_gap[np.argmax(factor)] = factor.sum() / world.value_added.sum() - 1
        return np.concatenate([factor_gap, price_gap.ravel(), goods_gap.ravel()])

    start = np.zeros(n + 2 * n * s) if guess is None else guess
    found = root(gaps, start, method="hybr", options={"xtol": 1e-13, "maxfev": 20000})
    worst = float(np.max(np.abs(gaps(found.x))))
    return (*unpack(found.x), worst)
