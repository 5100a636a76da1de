"""The state of a counterfactual, rebuilt from prices, expenditure and factor prices.

Plain NumPy in the public order of dimensions: costs, shares, flows, revenue and income follow from
the definitions, by code that did not solve them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from entrepot.model.closure import Closure
from entrepot.model.economy import Elasticities
from entrepot.model.shock import PRICED
from entrepot.solving.bind import Problem, before_tariff
from entrepot.solving.feasible import shut
from entrepot.solving.nests import Nests, final_index, nests
from entrepot.world.uses import by_use

Array = np.ndarray
LARGEST_EXPONENT = 700.0
SAFE = 600.0
"""Logs that together are no larger can be raised one by one and multiplied."""
FEW = 1 / 16
"""Below this share of changed cells they are picked out, above it all are worked out."""


class Unknowns(NamedTuple):
    """The solver's unknowns in the public order of dimensions.

    Attributes
    ----------
    ln_price, spending : (N, S, U) ln P and X'/X
    ln_wage : (N,) ln of the factor price index
    ln_factor : (N, S) ln of the factor price in each sector
    ln_labour : (N,) ln of employment

    """

    ln_price: Array
    spending: Array
    ln_wage: Array
    ln_factor: Array
    ln_labour: Array


@dataclass(frozen=True, slots=True)
class State:
    """Levels and hats of a counterfactual in the public order of dimensions.

    Attributes
    ----------
    cost : (N, S) hat of unit cost
    price : (N, S) hat of the sector price index that final demand pays
    price_by_use : (N, S, U) hat of the sector price index of each use (U = 1 when pooled)
    factor_price : (N,) hat of the factor price index
    sector_factor_price : (N, S) hat of the factor price in each sector
    price_index : (N,) hat of the final price index
    trade_share : (N, N, S) pi', all uses together; trade : (N, N, S) mn USD at world prices
        (before the tariff)
    expenditure, output : (N, S) mn USD; expenditure_by_use : (N, S, U)
    final : (N, S) final expenditure, mn USD; factor_cost : (N, S) payments to factors, mn USD
    employment : (N,) hat; profits : (N,) mn USD
    factor_income, tariff_revenue, export_tax_revenue, transfer, income : (N,) mn USD
    nests : cost shares after the shock
    price_gap : largest log distance of the solver's price indices from their definition
    share_gap : largest distance of a sum of trade shares of one use from 1
    banned : largest trade share of one use in a cell that is banned or cannot be served; both are
        0 with one use, whose shares are `trade_share`

    """

    cost: Array
    price: Array
    price_by_use: Array
    factor_price: Array
    sector_factor_price: Array
    price_index: Array
    trade_share: Array
    trade: Array
    expenditure: Array
    expenditure_by_use: Array
    output: Array
    final: Array
    factor_cost: Array
    employment: Array
    profits: Array
    factor_income: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    transfer: Array
    income: Array
    nests: Nests
    price_gap: float
    share_gap: float
    banned: float


def _shares(problem: Problem, ln_cost: Array, at: Unknowns) -> tuple[Array, Array]:
    """Trade shares by use (N, N, S, U) and ln P (N, S, U) as they follow from costs."""
    ln_price, values = at.ln_price, problem.elasticities
    world, shock, theta = problem.world, problem.shock, problem.theta
    weight = by_use(world).trade_share.copy()
    weight.reshape(-1)[shut(world, problem.standing)] = 0.0
    if "access" in shock.changed:
        weight *= shock.access[..., None]
    dearer, wanted = theta * ln_cost, theta[:, None] * ln_price
    moved = _moved(problem)
    if sum(map(_largest, (dearer, wanted, moved))) < SAFE:
        weight *= np.exp(-dearer)[:, None, :, None]
        if moved.size > 1:
            weight *= np.exp(moved, out=moved)[..., None]
        scale = np.exp(wanted)
    else:
        exponent = wanted[None] - dearer[:, None, :, None] + moved[..., None]
        weight *= np.exp(np.minimum(exponent, LARGEST_EXPONENT))
        scale = np.ones_like(wanted)
    total = weight.sum(axis=0) * scale
    total[total <= 0] = 1.0
    weight *= scale / total
    ln_defined = ln_price - np.log(total) / theta[:, None]
    if values.entry_costs:
        buyers = np.log(at.spending) - at.ln_wage[:, None, None]
        ln_defined -= _variety_power(values)[:, :, None] * buyers
    return weight, ln_defined


def _largest(array: Array) -> float:
    return float(max(array.max(), -array.min()))


def _moved(problem: Problem) -> Array:
    """(N, N, S) log of what taxes and trade costs make of a weight; (1, 1, 1) if none changed."""
    world, shock, values = problem.world, problem.shock, problem.elasticities
    if not PRICED & set(shock.changed):
        return np.zeros((1, 1, 1))
    theta, moved = problem.theta, np.zeros(world.trade_share.shape)
    for name in ("tariff", "export_tax"):
        if name in shock.changed:
            after, before = getattr(shock, name), getattr(world, name)
            cells = _cells(after != before)
            move = np.log1p(after[cells])
            move -= np.log1p(before[cells])
            move *= theta[cells[2]]
            if name == "tariff" and values.entry_costs:
                move *= 1 + _variety_power(values)[cells[1:]]
            moved[cells] -= move
    if "trade_cost" in shock.changed:
        moved -= theta * np.log(shock.trade_cost)
    return moved


def _cells(changed: Array) -> tuple[Any, ...]:
    """Index of the `changed` cells (N, N, S); of all where picking them would take longer."""
    few = np.count_nonzero(changed) < FEW * changed.size
    return np.nonzero(changed) if few else (slice(None),) * 3


def _variety_power(values: Elasticities) -> Array:
    """(N, S) phi - 1, written again: ``phi = 1 + nu (1 + 1/shape) / (1 - nu)`` (Chaney 2008)."""
    nu = values.entry_cost_share[:, None]
    power: Array = nu / (1 - nu) * (1 + 1 / values.entry_shape)
    return power


def rebuild(problem: Problem, at: Unknowns) -> State:
    """Everything that follows from the solver's unknowns."""
    world, shock = problem.world, problem.shock
    at = Unknowns(*map(np.ascontiguousarray, at))  # else whole arrays inherit another order
    nest = nests(problem, at.ln_price, at.ln_factor, at.ln_labour)
    share, ln_price = _shares(problem, nest.ln_cost, at)
    uses, used = by_use(world), problem.standing.used
    expenditure = np.where(used, uses.expenditure * at.spending, 0.0)
    spent = expenditure.sum(axis=2)
    pooled = used.shape[2] == 1
    trade = share[..., 0] * spent if pooled else (share * expenditure).sum(axis=3)
    trade_share = share[..., 0] if pooled else trade / np.where(spent > 0, spent, 1.0)
    trade *= _before_tariff(problem)
    net = trade / (1 + shock.export_tax) if problem.export_taxed else trade
    values = problem.elasticities
    if values.entry_costs:
        net = net * (1 - values.entry_cost_share[:, None])
    output = np.matmul(np.ones(len(net)), net)  # over dests; as a product, which is faster
    profits = (values.profit_share * output).sum(axis=1)
    factor_income = problem.factor_income * np.exp(at.ln_wage + at.ln_labour)
    tariffs = np.einsum("ijs,ijs->j", trade, shock.tariff)
    export_taxes = np.zeros(len(trade))
    if problem.export_taxed:
        export_taxes = np.einsum("ijs,ijs->i", net, shock.export_tax)
    earned = factor_income + profits + tariffs + export_taxes
    transfer = closure_transfer(problem, earned)
    price = np.exp(ln_price)
    return State(
        cost=np.exp(nest.ln_cost),
        price=price[:, :, uses.final],
        price_by_use=price,
        factor_price=np.exp(at.ln_wage),
        sector_factor_price=np.exp(at.ln_factor),
        price_index=np.exp(final_index(problem, ln_price)[0]),
        trade_share=trade_share,
        trade=trade,
        expenditure=spent,
        expenditure_by_use=expenditure,
        output=output,
        final=nest.final_share * (earned + transfer)[:, None],
        factor_cost=nest.factor_share * (1 - values.profit_share) * output,
        employment=np.exp(at.ln_labour),
        profits=profits,
        factor_income=factor_income,
        tariff_revenue=tariffs,
        export_tax_revenue=export_taxes,
        transfer=transfer,
        income=earned + transfer,
        nests=nest,
        price_gap=_largest(ln_price - at.ln_price),
        share_gap=0.0 if pooled else _largest(np.where(used, share.sum(axis=0) - 1, 0.0)),
        banned=0.0 if pooled else in_banned_cells(problem, share, shut(world, problem.standing)),
    )


def _before_tariff(problem: Problem) -> Array:
    """(N, N, S) part of what a buyer pays that is not tariff."""
    if "tariff" not in problem.shock.changed:
        return before_tariff(problem.world)
    left: Array = 1 / (1 + problem.shock.tariff)
    return left


def closure_transfer(problem: Problem, base: Array) -> Array:
    """(N,) net transfer that the closure asks for at incomes `base` (N,) before the transfer.

    Written again from the definitions (`entrepot.model.closure`), so that a balance that was
    bound wrongly shows as a gap in the external balance.
    """
    world, left, closure = problem.world, problem.standing, problem.closure
    owed = problem.benchmark_balance
    own = np.where(left.cut_off, 0.0, owed)
    if closure is Closure.FROZEN:
        own = own - problem.shock.frozen * own
    if closure is Closure.ZERO:
        own = np.zeros_like(own)
    if closure is Closure.SHARE_OF_INCOME:
        own = own / (world.accounts().income - owed) * base
    for bloc in range(int(left.blocs.max()) + 1):
        here = left.blocs == bloc
        if closure is Closure.SHARE_OF_INCOME:
            own[here] -= own[here].sum() * base[here] / base[here].sum()
            continue
        plus, minus = np.maximum(own[here], 0).sum(), -np.minimum(own[here], 0).sum()
        carried = min(plus, minus)
        shrink = np.where(own[here] > 0, carried / (plus or 1), carried / (minus or 1))
        own[here] *= shrink
    return own + problem.shock.transfer


def in_banned_cells(problem: Problem, share: Array, closed: Array) -> float:
    """Largest trade share (N, N, S, U) in a banned cell or at the flat positions `closed`."""
    shock = problem.shock
    found = [share.reshape(-1)[closed]]
    by_cell = share.reshape(-1, share.shape[3])
    if "ban" in shock.changed:
        found.append(by_cell[np.flatnonzero(shock.ban)].reshape(-1))
    if "access" in shock.changed:
        found.append(by_cell[np.flatnonzero(shock.access == 0)].reshape(-1))
    return float(np.max(np.concatenate(found), initial=0.0))
