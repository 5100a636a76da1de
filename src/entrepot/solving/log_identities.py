"""Identities in logs, from the definitions, at prices of any size.

The certificate works on levels; where prices lie beyond the range of numbers the same identities
are checked here, as relative gaps.  Nothing is shared with what was solved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.solving.bind import Problem
from entrepot.world.uses import by_use

Array = np.ndarray
FREE = -np.inf
"""The log of a price of nothing."""
TOLERANCE = 1e-8


class LogUnknowns(NamedTuple):
    """Ln P and ln X'/X (N, S, U), ln of the factor price index (N,) and by sector (N, S)."""

    ln_price: Array
    ln_spending: Array
    ln_wage: Array
    ln_factor: Array


def ln(a: Array) -> Array:
    """Log, minus infinity of 0."""
    with np.errstate(divide="ignore"):
        out: Array = np.log(a)
    return out


def total(terms: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Ln of the sum of exponentials; minus infinity where there is nothing."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        top = np.max(terms, axis=axis, keepdims=True)
        top = np.where(np.isfinite(top), top, 0.0)
        out: Array = np.squeeze(top, axis) + np.log(np.exp(terms - top).sum(axis=axis))
    return out


def index(ln_price: Array, share: Array, power: Array) -> Array:
    """Ln of a CES index over the last axis from its definition; 0 where nothing is in it.

    `power` (..., 1) is one minus the elasticity; 0 is Cobb-Douglas.  With a free part the index is
    its limit: what the others cost where the power is positive, else `FREE`.
    """
    there = share > 0
    value = np.where(there, ln_price, 0.0)
    some = np.where(power == 0, 1.0, power)
    many = total(np.where(there, ln(share) + some * value, -np.inf)) / some[..., 0]
    one = (share * value).sum(axis=-1)
    return np.where(there.any(axis=-1), np.where(power[..., 0] == 0, one, many), 0.0)


class Prices(NamedTuple):
    """What follows from prices by the definitions, in logs.

    Attributes
    ----------
    cost : (N, S) of the nest; bundle : (N, S) of its inputs
    share : (N, N, S, U) trade shares at the prices that follow
    price : (N, S, U) prices that follow

    """

    cost: Array
    bundle: Array
    share: Array
    price: Array


def prices_from(problem: Problem, ln_price: Array, ln_factor: Array) -> Prices:
    """Prices that follow from prices (N, S, U) and factor prices (N, S); both may be `FREE`."""
    with np.errstate(invalid="ignore"):
        return _prices_from(problem, ln_price, ln_factor)


def _prices_from(problem: Problem, ln_price: Array, ln_factor: Array) -> Prices:
    world, values, shock = problem.world, problem.elasticities, problem.shock
    uses = by_use(world)
    paid = ln_price[:, :, uses.of_sector].transpose(0, 2, 1)
    bundle = index(paid, mixes(problem).transpose(0, 2, 1), (1 - values.mu)[:, None])
    beta = cost_share(problem)
    both = np.stack([np.broadcast_to(ln_factor, beta.shape), bundle], axis=-1)
    split = np.stack([beta, 1 - beta], axis=-1)
    cost = index(both, split, (1 - values.epsilon)[:, None])
    dearer = ln(shock.trade_cost * (1 + shock.tariff) / (1 + world.tariff))
    dearer = dearer + ln((1 + shock.export_tax) / (1 + world.export_tax))
    made, theta = cost - ln(shock.productivity), problem.theta[:, None]
    sells = kept(problem)
    weight = ln(sells) - theta * (made[:, None] + dearer)[..., None]
    weight = np.where(sells > 0, weight, -np.inf)
    whole = np.where((sells > 0).any(axis=0), total(weight, 0), 0.0)
    return Prices(cost, bundle, weight - whole, -whole / theta)


def kept(problem: Problem) -> Array:
    """(N, N, S, U) benchmark shares of the varieties that are left."""
    left: Array = by_use(problem.world).trade_share * problem.shock.kept()[..., None]
    return left * problem.standing.open_cells


def mixes(problem: Problem) -> Array:
    """(N, S, S) shares of inputs among the inputs of a sector."""
    rest = 1 - problem.world.value_added_share[:, None, :]
    mix: Array = problem.world.input_share / np.where(rest > 0, rest, 1.0)
    return mix


def cost_share(problem: Problem) -> Array:
    """(N, S) share of factors in cost; 0 where nothing is made."""
    profit = problem.elasticities.profit_share
    share: Array = (problem.world.value_added_share - profit) / (1 - profit)
    return np.maximum(share, 0.0)


def _income(problem: Problem, earned: Array, taken: list[tuple[Array, Array]]) -> Array:
    """Ln final expenditure (N,) from ln incomes and signed ln payments (..., N) to each region."""
    payments = [(earned[None], np.ones((1, len(earned))))]
    payments += [(a.reshape(-1, a.shape[-1]), s.reshape(-1, s.shape[-1])) for a, s in taken]
    logs = np.concatenate([a for a, _ in payments])
    signs = np.concatenate([s for _, s in payments])
    owed = ln(np.abs(problem.balance))
    top = np.maximum(logs.max(axis=0), owed)
    before = (signs * np.exp(logs - top)).sum(axis=0)
    keeps = np.ones_like(before)
    if problem.balance_share is not None:
        level = before * np.exp(top - top.max())
        for bloc in np.unique(problem.standing.blocs):
            here = problem.standing.blocs == bloc
            share = problem.balance_share[here]
            keeps[here] += share - (share * level[here]).sum() / level[here].sum()
    return top + ln(before * keeps + np.sign(problem.balance) * np.exp(owed - top))


def largest_gap(problem: Problem, at: LogUnknowns) -> tuple[str, float]:
    """Name and size of the largest relative gap of prices, goods, factors and numeraire."""
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = _gaps(problem, at)
    sizes = {k: float(np.max(np.abs(v), initial=0.0)) for k, v in gaps.items()}
    sizes = {k: v if np.isfinite(v) else np.inf for k, v in sizes.items()}
    name = max(sizes, key=lambda k: sizes[k])
    return name, sizes[name]


def _gaps(problem: Problem, at: LogUnknowns) -> dict[str, Array]:
    values, used = problem.elasticities, problem.standing.used
    now = prices_from(problem, at.ln_price, at.ln_factor)
    spent = np.where(used, ln(by_use(problem.world).expenditure) + at.ln_spending, -np.inf)
    earned = at.ln_wage + ln(problem.factor_income)
    output, income = _receipts(problem, now, spent, earned)
    own = output + ln(1 - values.profit_share)
    blocs = problem.standing.blocs
    bloc = [total(earned[blocs == b]) - ln(problem.factor_income[blocs == b].sum())
            for b in np.unique(blocs)]  # fmt: skip
    return {
        "prices": np.where(used, now.price - at.ln_price, 0.0),
        "goods": np.where(used, _demand(problem, at, now, own, income) - spent, 0.0),
        **_factor_gaps(problem, at, now, own, earned),
        "numeraire": np.array(bloc),
    }


def _receipts(
    problem: Problem, now: Prices, spent: Array, earned: Array
) -> tuple[Array, Array]:  # fmt: skip
    """Ln sales of producers (N, S) and ln final expenditure (N,)."""
    shock = problem.shock
    at_border = now.share + spent - ln(1 + shock.tariff)[..., None]
    sold = at_border - ln(1 + shock.export_tax)[..., None]
    output = total(sold, (1, 3))
    tariff, export = (np.broadcast_to(rate[..., None], sold.shape)
                      for rate in (shock.tariff, shock.export_tax))  # fmt: skip
    taken = [((a + ln(np.abs(rate))).transpose(order), np.sign(rate).transpose(order))
             for a, rate, order in ((at_border, tariff, (0, 2, 3, 1)),
                                    (sold, export, (1, 2, 3, 0)))]  # fmt: skip
    profit = (ln(problem.elasticities.profit_share) + output).T
    return output, _income(problem, earned, [*taken, (profit, np.ones_like(profit))])


def _demand(problem: Problem, at: LogUnknowns, now: Prices, own: Array, income: Array) -> Array:
    """(N, S, U) ln demand of sectors that pay `own` (N, S) and of final demand."""
    world, values, uses = problem.world, problem.elasticities, by_use(problem.world)
    on_inputs = own + ln(1 - cost_share(problem)) + (1 - values.epsilon) * (now.bundle - now.cost)
    paid_for = at.ln_price[:, :, uses.of_sector]
    wanted = ln(mixes(problem)) + (1 - values.mu) * (paid_for - now.bundle[:, None, :])
    wanted = wanted + on_inputs[:, None, :]
    last = at.ln_price[:, :, uses.final]
    final = index(last, world.final_share, (1 - values.sigma)[:, None])
    consumed = ln(world.final_share) + income[:, None]
    consumed = consumed + (1 - values.sigma)[:, None] * (last - final[:, None])
    demand = []
    for use in range(uses.expenditure.shape[2]):
        terms = wanted[:, :, uses.of_sector == use]
        if use == uses.final:
            terms = np.concatenate([terms, consumed[:, :, None]], axis=2)
        demand.append(total(terms))
    return np.stack(demand, axis=2)


def _factor_gaps(
    problem: Problem, at: LogUnknowns, now: Prices, own: Array, earned: Array
) -> dict[str, Array]:
    """Pay of countries, pay of the factors of each sector, and the factor price index."""
    world, values, beta = problem.world, problem.elasticities, cost_share(problem)
    paid = own + ln(beta) + (1 - values.epsilon) * (at.ln_factor - now.cost)
    sells, tied = problem.standing.open_cells.any(axis=(1, 3)), np.isfinite(values.kappa)
    there = sells & (beta > 0) & tied[:, None]
    before = (world.value_added_share - values.profit_share) * world.accounts().output
    mobility = np.where(tied, values.kappa, 0.0)[:, None] + 1
    supply = ln(before / before.sum(axis=1, keepdims=True))
    supply = supply + mobility * (at.ln_factor - at.ln_wage[:, None])
    supply = np.where(there, supply, -np.inf)
    return {
        "factors": total(paid) - earned,
        "sectors": np.where(there, paid - earned[:, None] - supply, 0.0),
        "index": np.where(there.any(axis=1), total(supply), 0.0),
    }
