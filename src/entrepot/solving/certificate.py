"""The certificate: identities of a solution, recomputed by code that did not solve it.

It works from the solver's prices, expenditure and factor prices in plain NumPy and in the public
order of dimensions, and rebuilds costs, shares, flows, revenue and income from the definitions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from entrepot.model.closure import Closure
from entrepot.model.economy import Elasticities
from entrepot.solving.bind import Problem
from entrepot.solving.nests import Nests, nests
from entrepot.world.uses import by_use

Array = np.ndarray
TOLERANCE = 1e-8
LARGEST_EXPONENT = 700.0
FEW = 1 / 16
"""Below this share of changed cells they are picked out, above it all are worked out."""


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
    banned : largest trade share of one use in a cell that is banned or cannot be served

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
    negative: float

    @property
    def worst(self) -> tuple[str, float]:
        """Name and size of the largest gap."""
        gaps = asdict(self)
        gaps = {k: (v if np.isfinite(v) else np.inf) for k, v in gaps.items()}
        name = max(gaps, key=lambda k: gaps[k])
        return name, float(gaps[name])

    @property
    def ok(self) -> bool:
        """Whether every gap is at most 1e-8."""
        return self.worst[1] <= TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        """Plain data for manifests."""
        return {**asdict(self), "ok": self.ok, "tolerance": TOLERANCE}


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


def _shares(problem: Problem, ln_cost: Array, at: Unknowns) -> tuple[Array, Array]:
    """Trade shares by use (N, N, S, U) and ln P (N, S, U) as they follow from costs."""
    ln_price, values = at.ln_price, problem.elasticities
    world, shock, theta = problem.world, problem.shock, problem.theta
    weight = np.where(problem.standing.open_cells, by_use(world).trade_share, 0.0)
    if "ban" in shock.changed:
        weight[shock.ban] = 0.0
    if "access" in shock.changed:
        weight *= shock.access[..., None]
    exponent = ln_price[None] - ln_cost[:, None, :, None]
    exponent *= theta[:, None]
    for name in ("tariff", "export_tax"):
        if name in shock.changed:
            after, before = getattr(shock, name), getattr(world, name)
            cells = _cells(after != before)
            move = theta[cells[2]] * np.log((1 + after[cells]) / (1 + before[cells]))
            if name == "tariff" and values.entry_costs:
                move *= 1 + _variety_power(values)[cells[1:]]
            exponent[cells] -= move[..., None]
    if "trade_cost" in shock.changed:
        exponent -= (theta * np.log(shock.trade_cost))[..., None]
    np.minimum(exponent, LARGEST_EXPONENT, out=exponent)
    weight *= np.exp(exponent, out=exponent)
    total = weight.sum(axis=0)
    total[total <= 0] = 1.0
    weight /= total
    ln_defined = ln_price - np.log(total) / theta[:, None]
    if values.entry_costs:
        buyers = np.log(at.spending) - at.ln_wage[:, None, None]
        ln_defined -= _variety_power(values)[:, :, None] * buyers
    return weight, ln_defined


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
    bought = np.einsum("ijsu,jsu->ijs", share, expenditure)
    trade = bought / (1 + shock.tariff)
    net = trade / (1 + shock.export_tax) if problem.export_taxed else trade
    values = problem.elasticities
    if values.entry_costs:
        net = net * (1 - values.entry_cost_share[:, None])
    output = np.einsum("ijs->is", net)
    profits = (values.profit_share * output).sum(axis=1)
    factor_income = problem.factor_income * np.exp(at.ln_wage + at.ln_labour)
    tariffs = np.einsum("ijs,ijs->j", trade, shock.tariff)
    export_taxes = np.einsum("ijs,ijs->i", net, shock.export_tax)
    earned = factor_income + profits + tariffs + export_taxes
    transfer = closure_transfer(problem, earned)
    price = np.exp(ln_price)
    index = nests(problem, ln_price, at.ln_factor, at.ln_labour).ln_index
    return State(
        cost=np.exp(nest.ln_cost),
        price=price[:, :, uses.final],
        price_by_use=price,
        factor_price=np.exp(at.ln_wage),
        sector_factor_price=np.exp(at.ln_factor),
        price_index=np.exp(index),
        trade_share=bought / np.where(spent > 0, spent, 1.0),
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
        price_gap=float(np.max(np.abs(ln_price - at.ln_price))),
        share_gap=float(np.max(np.abs(np.where(used, share.sum(axis=0) - 1, 0.0)))),
        banned=_in_banned_cells(problem, share, problem.standing.open_cells),
    )


def closure_transfer(problem: Problem, base: Array) -> Array:
    """(N,) net transfer that the closure asks for at incomes `base` (N,) before the transfer.

    Written again from the definitions (`entrepot.model.closure`), so that a balance that was
    bound wrongly shows as a gap in the external balance.
    """
    world, left, closure = problem.world, problem.standing, problem.closure
    owed = problem.benchmark_balance
    own = np.where(left.cut_off, 0.0, owed)
    if closure is Closure.FROZEN:
        own = np.where(problem.shock.frozen, 0.0, own)
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


def _in_banned_cells(problem: Problem, share: Array, open_cells: Array) -> float:
    """Return the largest trade share in a cell that is banned or cannot be served."""
    shock = problem.shock
    worst = float(np.max(np.where(open_cells, 0.0, share)))
    for name, banned in (("ban", shock.ban), ("access", shock.access == 0)):
        if name in shock.changed:
            worst = max(worst, float(np.max(share[banned], initial=0.0)))
    return worst


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
        demand[:, :, use] = np.einsum("irs,is->ir", nest.input_share[:, :, buys],
                                      cost[:, buys])  # fmt: skip
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


def certify(problem: Problem, state: State) -> Certificate:
    """Check every identity of `state` against its definition."""
    world = problem.world
    size = float(world.value_added.sum())
    still = np.asarray(problem.standing.open_cells.any(axis=3))
    sums = np.where(state.expenditure > 0, state.trade_share.sum(axis=0) - 1, 0.0)
    goods = state.expenditure_by_use - _demand(problem, state)
    factors = _factor_gaps(problem, state)
    cost, entry = _cost(problem, state), _entry(problem, state)
    paid = (state.nests.factor_share * cost).sum(axis=1) + entry.sum(axis=0)
    bought, sold = np.einsum("ijs->j", state.trade), np.einsum("ijs->i", state.trade)
    services = entry.sum(axis=0) - entry.sum(axis=1)
    external = bought - sold - services - state.transfer
    spent = state.expenditure.sum(axis=1)
    intermediate = np.einsum("irs,is->i", state.nests.input_share, cost)
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
        bans=float(np.max([state.banned, _in_banned_cells(problem, state.trade_share, still)])),
        negative=max(0.0, -min(*lowest, float(state.trade_share.min()))),
    )
