"""The certificate: identities of a solution, recomputed by code that did not solve it.

It works from the solver's prices, expenditure and factor prices in plain NumPy and in the public
order of dimensions, and rebuilds costs, shares, flows, revenue and income from the definitions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from entrepot.model.closure import Closure
from entrepot.solving.bind import Problem

Array = np.ndarray
TOLERANCE = 1e-8
LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True)
class State:
    """Levels and hats of a counterfactual in the public order of dimensions.

    Attributes
    ----------
    cost : (N, S) hat of unit cost; price : (N, S) hat of the sector price index
    factor_price : (N,) hat; price_index : (N,) hat of the final price index
    trade_share : (N, N, S) pi'; trade : (N, N, S) mn USD at world prices (before the tariff)
    expenditure, output : (N, S) mn USD
    factor_income, tariff_revenue, export_tax_revenue, transfer, income : (N,) mn USD
    price_gap : largest log distance of the solver's price indices from their definition

    """

    cost: Array
    price: Array
    factor_price: Array
    price_index: Array
    trade_share: Array
    trade: Array
    expenditure: Array
    output: Array
    factor_income: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    transfer: Array
    income: Array
    price_gap: float


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


def rebuild(problem: Problem, ln_price: Array, spending: Array, ln_wage: Array) -> State:
    """Everything that follows from the solver's ln P (N, S), X'/X (N, S) and ln w (N,)."""
    world, shock, theta = problem.world, problem.shock, problem.theta
    inputs = np.einsum("irs,ir->is", world.input_share, ln_price)
    ln_cost = world.value_added_share * ln_wage[:, None] + inputs - np.log(shock.productivity)
    weight = np.where(problem.standing.open_cells, world.trade_share, 0.0)
    if "ban" in shock.changed:
        weight[shock.ban] = 0.0
    if "access" in shock.changed:
        weight *= shock.access
    exponent = -theta * (ln_cost[:, None, :] - ln_price[None])
    taxed = {"tariff": 1 + world.tariff, "export_tax": 1 + world.export_tax}
    for name, before in taxed.items():
        if name in shock.changed:
            after = 1 + getattr(shock, name)
            at = np.nonzero(after != before)
            exponent[at] -= theta[at[2]] * (np.log(after[at]) - np.log(before[at]))
    if "trade_cost" in shock.changed:
        exponent -= theta * np.log(shock.trade_cost)
    weight *= np.exp(np.minimum(exponent, LARGEST_EXPONENT))
    total = weight.sum(axis=0)
    total[total <= 0] = 1.0
    share = weight / total
    ln_defined = ln_price - np.log(total) / theta
    price_gap = float(np.max(np.abs(ln_defined - ln_price)))
    expenditure = np.where(problem.standing.used, world.expenditure * spending, 0.0)
    trade = share * expenditure / (1 + shock.tariff)
    net = trade / (1 + shock.export_tax) if problem.export_taxed else trade
    output = np.einsum("ijs->is", net)
    factor_income = world.value_added * np.exp(ln_wage)
    tariffs = np.einsum("ijs,ijs->j", trade, shock.tariff)
    export_taxes = np.einsum("ijs,ijs->i", net, shock.export_tax)
    transfer = closure_transfer(problem, factor_income + tariffs + export_taxes)
    return State(
        cost=np.exp(ln_cost),
        price=np.exp(ln_defined),
        factor_price=np.exp(ln_wage),
        price_index=np.exp(np.einsum("js,js->j", world.final_share, ln_defined)),
        trade_share=share,
        trade=trade,
        expenditure=expenditure,
        output=output,
        factor_income=factor_income,
        tariff_revenue=tariffs,
        export_tax_revenue=export_taxes,
        transfer=transfer,
        income=factor_income + tariffs + export_taxes + transfer,
        price_gap=price_gap,
    )


def closure_transfer(problem: Problem, base: Array) -> Array:
    """(N,) net transfer that the closure asks for at incomes `base` (N,) before the transfer.

    Written again from the definitions (`entrepot.model.closure`), so that a balance that was
    bound wrongly shows as a gap in the external balance.
    """
    world, left, closure = problem.world, problem.standing, problem.closure
    own = np.where(left.cut_off, 0.0, world.trade_balance)
    if closure is Closure.FROZEN:
        own = np.where(problem.shock.frozen, 0.0, own)
    if closure is Closure.ZERO:
        own = np.zeros_like(own)
    if closure is Closure.SHARE_OF_INCOME:
        own = own / (world.accounts().income - world.trade_balance) * base
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


def _in_banned_cells(problem: Problem, state: State) -> float:
    """Return the largest trade share in a cell that is banned or cannot be served."""
    shock, closed = problem.shock, ~problem.standing.open_cells
    for name, banned in (("ban", shock.ban), ("access", shock.access == 0)):
        if name in shock.changed:
            closed = closed | banned
    return float(np.max(state.trade_share[closed], initial=0.0))


def _own_gap(problem: Problem, goods: Array, factors: Array) -> float:
    """Largest gap in units of the region's own value added, so that small ones count too."""
    own = problem.world.value_added
    return float(max(np.max(np.abs(goods) / own[:, None]), np.max(np.abs(factors) / own)))


def certify(problem: Problem, state: State) -> Certificate:
    """Check every identity of `state` against its definition."""
    world = problem.world
    size = float(world.value_added.sum())
    used = problem.standing.used
    sums = np.where(used, state.trade_share.sum(axis=0) - 1, 0.0)
    demand = world.final_share * state.income[:, None]
    demand = demand + np.einsum("irs,is->ir", world.input_share, state.output)
    goods = state.expenditure - demand
    paid = np.einsum("is,is->i", world.value_added_share, state.output)
    bought, sold = np.einsum("ijs->j", state.trade), np.einsum("ijs->i", state.trade)
    external = bought - sold - state.transfer
    spent = state.expenditure.sum(axis=1)
    intermediate = np.einsum("irs,is->i", world.input_share, state.output)
    income = spent - intermediate - state.income
    numeraire = np.bincount(problem.standing.blocs, state.factor_income - world.value_added) / size
    levels = (state.expenditure, state.output, state.income[:, None])
    lowest = [float(np.min(a / world.value_added[:, None])) for a in levels]
    return Certificate(
        prices=state.price_gap,
        goods=float(np.max(np.abs(goods)) / size),
        factors=float(np.max(np.abs(paid - state.factor_income)) / size),
        external=float(np.max(np.abs(external)) / size),
        income=float(np.max(np.abs(income)) / size),
        numeraire=float(np.max(np.abs(numeraire))),
        shares=float(np.max(np.abs(sums))),
        walras=float(abs((paid - state.factor_income).sum() - goods.sum()) / size),
        own=_own_gap(problem, goods, paid - state.factor_income),
        world_balance=float(abs(state.transfer.sum()) / size),
        bans=_in_banned_cells(problem, state),
        negative=max(0.0, -min(*lowest, float(state.trade_share.min()))),
    )
