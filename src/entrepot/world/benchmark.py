"""The accounting of a benchmark economy, from its shares (docs/model.md, all hats one).

Shapes: trade arrays ``(N, N, S)`` (origin, dest, sector), two-index arrays ``(N, S)``, input
shares ``(N, S, S)`` (region, input, sector).  Money is in millions of USD.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Shares:
    """Primitives of an economy as plain arrays.

    Attributes
    ----------
    trade : (N, N, S) share pi_ijs of origin i in dest j's expenditure on s, at user prices
    inputs : (N, S, S) cost share gamma_jrs of input r in sector s of j
    value_added : (N, S) value-added share beta_js
    final : (N, S) final expenditure share alpha_js
    tariff, export_tax : (N, N, S) rates t_ijs and e_ijs

    """

    trade: Array
    inputs: Array
    value_added: Array
    final: Array
    tariff: Array
    export_tax: Array

    def producer_share(self) -> Array:
        """(N, N, S) part of a dollar spent in j on s that reaches producers in i."""
        return self.trade / ((1 + self.tariff) * (1 + self.export_tax))

    def tariff_share(self) -> Array:
        """(N, S) part of a dollar spent in j on s that is tariff revenue of j."""
        return np.einsum("ijs->js", self.trade * (self.tariff / (1 + self.tariff)))

    def export_tax_share(self) -> Array:
        """(N, N, S) part of a dollar spent in j on s that is export-tax revenue of i."""
        return self.producer_share() * self.export_tax


@dataclass(frozen=True, slots=True)
class Accounts:
    """Money values of a benchmark.

    Attributes
    ----------
    expenditure, output : (N, S) X_js at user prices and Y_is at producer prices
    value_added : (N,) factor income
    tariff_revenue, export_tax_revenue : (N,)
    income : (N,) final expenditure I_j, all revenue and the net transfer included

    """

    expenditure: Array
    output: Array
    value_added: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    income: Array


def accounts(shares: Shares, expenditure: Array, trade_balance: Array) -> Accounts:
    """Money values that follow from `expenditure` (N, S) and `trade_balance` (N,)."""
    output = np.einsum("ijs,js->is", shares.producer_share(), expenditure)
    factor_income = np.einsum("is,is->i", shares.value_added, output)
    tariff_revenue = np.einsum("js,js->j", shares.tariff_share(), expenditure)
    export_tax = np.einsum("ijs,js->i", shares.export_tax_share(), expenditure)
    income = factor_income + tariff_revenue + export_tax + trade_balance
    return Accounts(expenditure, output, factor_income, tariff_revenue, export_tax, income)


def identity_gaps(
    shares: Shares, expenditure: Array, value_added: Array, trade_balance: Array
) -> dict[str, Array]:
    """Residual of every accounting identity, in units of world factor income.

    ``demand`` (N, S): X_js - alpha_js I_j - sum_k gamma_jsk Y_jk; ``factor_income`` (N,):
    sum_s beta_is Y_is - VA_i; ``trade_balance`` (N,): imports - exports - D_j at world prices;
    ``world_balance`` (1,): sum of D; the four ``*_shares``: sums of shares minus one.
    """
    world = float(np.sum(value_added))
    book = accounts(shares, expenditure, trade_balance)
    income = value_added + book.tariff_revenue + book.export_tax_revenue + trade_balance
    demand = shares.final * income[:, None] + np.einsum("irs,is->ir", shares.inputs, book.output)
    world_price = shares.trade / (1 + shares.tariff) * expenditure[None]
    external = np.einsum("ijs->j", world_price) - np.einsum("ijs->i", world_price)
    used, made = expenditure != 0, book.output != 0
    costs = shares.value_added + np.einsum("irs->is", shares.inputs)
    return {
        "demand": (expenditure - demand) / world,
        "factor_income": (book.value_added - value_added) / world,
        "trade_balance": (external - trade_balance) / world,
        "world_balance": np.array([np.sum(trade_balance) / world]),
        "trade_shares": np.where(used, np.einsum("ijs->js", shares.trade) - 1, 0.0),
        "cost_shares": np.where(made, costs - 1, 0.0),
        "final_shares": np.einsum("js->j", shares.final) - 1,
    }
