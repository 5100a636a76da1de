"""The certificate: identities of a solution, recomputed by code that did not solve it.

It works on the `State` that `entrepot.solving.state` rebuilds from the solver's unknowns.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from entrepot.solving.bind import Problem
from entrepot.solving.feasible import shut
from entrepot.solving.state import State, in_banned_cells
from entrepot.world.uses import by_use, for_any_use

Array = np.ndarray
TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class Certificate:
    """Largest gap of each identity: money in units of world income, shares and prices as such.

    Attributes
    ----------
    prices : solver's price indices against their definition (relative)
    goods : expenditure against final and intermediate demand
    factors : factor income against payments by sectors
    external : imports minus exports at world prices against the net transfer
    income : final expenditure against its definition
    numeraire : world factor income against its benchmark value
    shares : sums of trade shares minus one
    walras : sum of the excess demands of all goods and factors
    own : largest gap of goods and factor markets in units of the region's own value added
    sectors : largest relative gap of the factors of one sector (`_sector_gap`)
    world_balance : sum of all net transfers
    bans : trade in banned cells
    closed : largest benchmark share in a cell that was shut without need (`_shut_without_need`)
    negative : most negative level in units of its region's value added (0 if none)

    """

    prices: float
    goods: float
    factors: float
    external: float
    income: float
    numeraire: float
    shares: float
    walras: float
    own: float
    sectors: float
    world_balance: float
    bans: float
    closed: float
    negative: float

    @property
    def worst(self) -> tuple[str, float]:
        """Name and size of the largest gap."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        gaps = {k: (v if np.isfinite(v) else np.inf) for k, v in found.items()}
        name = max(gaps, key=lambda k: gaps[k])
        return name, float(gaps[name])

    @property
    def ok(self) -> bool:
        """Whether every gap is at most 1e-8."""
        return self.worst[1] <= TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        """Plain data for manifests."""
        return {**asdict(self), "ok": self.ok, "tolerance": TOLERANCE}


def _own_gap(problem: Problem, goods: Array, factors: Array) -> float:
    """Largest gap in units of the region's own value added, so that small ones count too."""
    own = problem.world.value_added
    goods, factors = goods.reshape(len(own), -1), factors.reshape(len(own), -1)
    return float(max(np.max(np.abs(gap) / own[:, None]) for gap in (goods, factors)))


def _cost(problem: Problem, state: State) -> Array:
    """(N, S) cost of producers: their sales without profits."""
    if not problem.elasticities.profits:
        return state.output
    cost: Array = (1 - problem.elasticities.profit_share) * state.output
    return cost


def _entry(problem: Problem, state: State) -> Array:
    """(N, N) payments for entry by sellers in i to factors of j."""
    if not problem.elasticities.entry_costs:
        return np.zeros((len(state.trade), len(state.trade)))
    paid: Array = state.trade.sum(axis=2) * problem.elasticities.entry_cost_share
    return paid


def _demand(problem: Problem, state: State) -> Array:
    """(N, S, U) demand by use: inputs at the cost shares after the shock, and final demand."""
    uses, nest, cost = by_use(problem.world), state.nests, _cost(problem, state)
    demand = np.zeros_like(uses.expenditure)
    for use in range(uses.expenditure.shape[2]):
        buys = uses.of_sector == use
        demand[:, :, use] = np.matmul(nest.input_share[:, :, buys], cost[:, buys, None])[..., 0]
    demand[:, :, uses.final] += nest.final_share * state.income[:, None]
    return demand


def _factor_gaps(problem: Problem, state: State) -> Array:
    """Payments to factors minus factor income: (N,) with one factor price, else (N, S) by sector.

    With finite kappa a sector's factors earn ``VA W lambda (w / W)^(kappa + 1)`` and the factor
    price index W is that of its definition (both are part of the gap).
    """
    values = problem.elasticities
    paid = state.nests.factor_share * _cost(problem, state)
    total = paid.sum(axis=1) + _entry(problem, state).sum(axis=0) - state.factor_income
    if values.elastic_labour:
        total = np.column_stack([total, _labour_gap(problem, state)])
    if values.mobile:
        return total
    stuck = np.isfinite(values.kappa)
    supply = _factor_supply(problem, state)
    own = paid - state.factor_income[:, None] * supply
    index = state.factor_income * (supply.sum(axis=1) - 1)
    by_sector = np.where(stuck[:, None], own, 0.0)
    return np.column_stack([by_sector, total, np.where(stuck, index, 0.0)])


def _factor_supply(problem: Problem, state: State) -> Array:
    """(N, S) share of factor income that each sector's factors earn at their prices."""
    world, values = problem.world, problem.elasticities
    benchmark = (world.value_added_share - values.profit_share) * world.accounts().output
    sells = problem.standing.open_cells.any(axis=(1, 3))
    power = np.where(np.isfinite(values.kappa), values.kappa, 0.0)[:, None] + 1
    relative = state.sector_factor_price / state.factor_price[:, None]
    supply: Array = benchmark / benchmark.sum(axis=1)[:, None] * sells * relative**power
    return supply


def _sector_gap(problem: Problem, state: State) -> float:
    """Largest relative gap of the factors of one sector, so that small sectors count too.

    Where factors are tied to sectors it is their pay against their supply, where one price rules
    in the country that price against the sector's.
    """
    gap = state.sector_factor_price / state.factor_price[:, None] - 1
    if not problem.elasticities.mobile:
        supply = state.factor_income[:, None] * _factor_supply(problem, state)
        paid = state.nests.factor_share * _cost(problem, state)
        own = np.where(supply > 0, paid / np.where(supply > 0, supply, 1.0) - 1, 0.0)
        gap = np.where(np.isfinite(problem.elasticities.kappa)[:, None], own, gap)
    return float(np.max(np.abs(gap)))


def _labour_gap(problem: Problem, state: State) -> Array:
    """(N,) factor income times the distance of employment from its supply."""
    values, before = problem.elasticities, problem.tax_revenue / problem.factor_income
    now = (state.tariff_revenue + state.export_tax_revenue) / state.factor_income
    after_tax = 1 - values.rebate * (now - before)
    supply = (state.factor_price / (state.price_index * after_tax)) ** values.labour_supply
    gap: Array = state.factor_income * (supply / state.employment - 1)
    return gap


def _shut_without_need(problem: Problem, state: State) -> float:
    """Largest benchmark share in a cell without trade that nothing stands in the way of.

    The shock allows it, its seller sells to others, its buyer buys from others, and both regions
    still trade abroad.
    """
    left, share = problem.standing, by_use(problem.world).trade_share
    i, j, s, use = np.unravel_index(shut(problem.world, left), share.shape)
    needless = (problem.shock.access[i, j, s] > 0) & ~problem.shock.ban[i, j, s]
    needless &= ~(left.cut_off[i] | left.cut_off[j])
    needless &= (state.output[i, s] > 0) & (state.expenditure_by_use[j, s, use] > 0)
    return float(np.max(share[i, j, s, use][needless], initial=0.0))


def _in_banned_cells(problem: Problem, state: State) -> float:
    """Largest share, all uses together, in a cell that is banned or that no use may buy from."""
    world, left = problem.world, problem.standing
    if left.open_cells.shape[3] == 1:
        closed = shut(world, left)
    else:
        closed = np.flatnonzero((world.trade_share > 0) > for_any_use(left.open_cells))
    return in_banned_cells(problem, state.trade_share[..., None], closed)


def certify(problem: Problem, state: State) -> Certificate:
    """Check every identity of `state` against its definition."""
    world = problem.world
    size = float(world.value_added.sum())
    sums = np.where(state.expenditure > 0, state.trade_share.sum(axis=0) - 1, 0.0)
    goods = state.expenditure_by_use - _demand(problem, state)
    factors = _factor_gaps(problem, state)
    cost, entry = _cost(problem, state), _entry(problem, state)
    paid = (state.nests.factor_share * cost).sum(axis=1) + entry.sum(axis=0)
    by_pair = state.trade @ np.ones(state.trade.shape[2])  # over sectors; faster than a sum
    bought, sold = by_pair.sum(axis=0), by_pair.sum(axis=1)
    services = entry.sum(axis=0) - entry.sum(axis=1)
    external = bought - sold - services - state.transfer
    spent = state.expenditure.sum(axis=1)
    intermediate = np.matmul(state.nests.input_share, cost[:, :, None]).sum(axis=(1, 2))
    income = spent - intermediate - state.income
    earned = state.factor_income - problem.factor_income
    numeraire = np.bincount(problem.standing.blocs, earned) / size
    levels = (state.expenditure, state.output, state.income[:, None])
    lowest = [float(np.min(a / world.value_added[:, None])) for a in levels]
    return Certificate(
        prices=state.price_gap,
        goods=float(np.max(np.abs(goods)) / size),
        factors=float(np.max(np.abs(factors)) / size),
        external=float(np.max(np.abs(external)) / size),
        income=float(np.max(np.abs(income)) / size),
        numeraire=float(np.max(np.abs(numeraire))),
        shares=float(np.maximum(state.share_gap, np.max(np.abs(sums)))),
        walras=float(abs((paid - state.factor_income).sum() - goods.sum()) / size),
        own=_own_gap(problem, goods, factors),
        sectors=_sector_gap(problem, state),
        world_balance=float(abs(state.transfer.sum()) / size),
        bans=float(np.max([state.banned, _in_banned_cells(problem, state)])),
        closed=_shut_without_need(problem, state),
        negative=max(0.0, -min(*lowest, float(state.trade_share.min()))),
    )
