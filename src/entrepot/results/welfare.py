"""Formulas beside the exact change of real expenditure, under their own names."""

from __future__ import annotations

import numpy as np

from entrepot.core.errors import InputError
from entrepot.model.shock import BoundShock
from entrepot.solving.bind import Problem
from entrepot.solving.state import State
from entrepot.world.world import World

Array = np.ndarray


def first_order_welfare(world: World, state: State, shock: BoundShock) -> tuple[Array, Array]:
    """Terms-of-trade and volume-of-trade parts (N,) of Caliendo and Parro (2015), equation 15.

    ``sum_is (E_nis dc_ns - M_nis dc_is) / I_n`` and ``sum_is t_nis M_nis (dM_nis - dc_is) / I_n``
    with benchmark weights, initial tariffs, and one-step relative changes ``d x = x' / x - 1`` of
    the solved equilibrium: this is how their Table 2 is computed.  It is not the exact change of
    welfare in that equilibrium, which `Results.welfare` gives.  Resource costs, bans and
    productivity are not in the formula beyond what they do to costs of others and to tariffs.

    Raises
    ------
    InputError : export taxes are levied before or after; the formula does not know them

    """
    if world.export_tax.any() or shock.export_tax.any():
        raise InputError(
            "The first-order formula of Caliendo and Parro (2015) has no export taxes, and this "
            "solution has some. Use Results.welfare, which is exact."
        )
    before, after = world.trade_flows(), state.trade
    foreign = before * ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    income = world.accounts().income
    cost = state.cost - 1
    sold = np.einsum("ijs,is->i", foreign, cost)
    bought = np.einsum("ijs,is->j", foreign, cost)
    change = np.divide(after, before, out=np.ones_like(before), where=before > 0) - 1
    volume = np.einsum("ijs,ijs->j", world.tariff * foreign, change - cost[:, None, :])
    return (sold - bought) / income, volume / income


def terms_of_trade(world: World, state: State, shock: BoundShock) -> Array:
    """(N,) hat of export prices over import prices, Laspeyres with benchmark trade weights.

    Prices are those at the exporter's border: unit cost and export tax.  A trade that the shock
    forbids keeps its benchmark weight.  1 for a region that does not export or does not import in
    the benchmark.
    """
    foreign = world.trade_flows() * ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    exports, imports = foreign.sum(axis=(1, 2)), foreign.sum(axis=(0, 2))
    taxed = foreign * (1 + shock.export_tax) / (1 + world.export_tax)
    sold = np.einsum("ijs,is->i", taxed, state.cost)
    bought = np.einsum("ijs,is->j", taxed, state.cost)
    both = (exports > 0) & (imports > 0)
    one = np.ones_like(exports)
    up = np.divide(sold, exports, out=one.copy(), where=both)
    down = np.divide(bought, imports, out=one.copy(), where=both)
    return up / down


def leisure_welfare(problem: Problem, state: State, *, published: bool) -> Array:
    """(N,) hat of final expenditure less the cost of effort, both in units of final goods.

    Preferences without income effects on the supply of factors (Greenwood, Hercowitz and Huffman
    1988): effort costs ``v W L / P`` with ``v = k / (1 + k)``, k the elasticity of supply.  Of the
    benchmark, the tax that tariff revenue takes the place of stays unpaid effort:
    ``(I'/P' - v F' / P') / (I - v (1 - tau) F)`` with F factor income and
    ``tau = rebate (R'/F' - R/F)``.  The published formula of Ignatenko and others (2025) also
    takes the factor ``1 - tau`` in the counterfactual, where nobody pays that tax any more.
    """
    values, book = problem.elasticities, problem.world.accounts()
    before = problem.tax_revenue / problem.factor_income
    now = (state.tariff_revenue + state.export_tax_revenue) / state.factor_income
    after_tax = 1 - values.rebate * (now - before)
    effort = values.labour_supply / (1 + values.labour_supply)
    left = after_tax if published else 1.0
    above = (state.income - effort * left * state.factor_income) / state.price_index
    hat: Array = above / (book.income - effort * after_tax * problem.factor_income)
    return hat
