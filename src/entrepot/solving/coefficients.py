"""Coefficients of the equations: those of the benchmark with the cells that a shock touches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from entrepot.model.closure import Closure
from entrepot.model.economy import Elasticities
from entrepot.model.family_terms import Entry, Family, Labour
from entrepot.model.longrun import LongRun
from entrepot.model.shock import PRICED, BoundShock
from entrepot.numerics import aligned
from entrepot.solving.bind import Problem, before_tariff, taxes_exports
from entrepot.solving.feasible import Standing, shut, usual_standing
from entrepot.solving.frame import frame
from entrepot.world.uses import by_use, for_any_use
from entrepot.world.world import World

Array = np.ndarray
Cells = tuple[Any, ...]
EVERY: Cells = (slice(None),) * 3
DENSE = 1 / 16
"""From this share of touched cells on, all cells are worked out: faster than picking them."""
LAID = ((2, 1, 0), (2, 0, 1), (2, 0, 1))
"""Order of (origin, dest, sector) in k, k_producer and k_export: what is summed comes last."""


def changed_cells(problem: Problem) -> Array:
    """(N, N, S) bool, cells that a shock touches."""
    world, shock = problem.world, problem.shock
    usual = {"tariff": world.tariff, "export_tax": world.export_tax, "trade_cost": 1.0,
             "access": 1.0, "ban": False}  # fmt: skip
    moved = np.zeros(world.trade_share.shape, dtype=bool)
    for name in shock.changed:
        if name in usual:
            moved |= getattr(shock, name) != usual[name]
    if problem.standing is not usual_standing(world):
        closed = (by_use(world).trade_share > 0) & ~problem.standing.open_cells
        moved |= for_any_use(closed)
    return moved


def _part_of(before: Array, after: Array, part: float) -> Array:
    return after if part == 1.0 else before + part * (after - before)


def _kept(problem: Problem, at: Cells, part: float) -> Array:
    """Share of varieties (..., U) that stay available in the cells `at`."""
    shock, open_cells = problem.shock, problem.standing.open_cells[at]
    if not {"ban", "access"} & set(shock.changed) and part == 1.0:
        return open_cells
    kept = np.where(shock.ban[at], 0.0, shock.access[at])
    kept = np.where(open_cells, kept[..., None], 0.0)
    return kept if part == 1.0 else np.where(kept > 0, kept**part, 1 - part)


def _cell_values(problem: Problem, at: Cells, part: float) -> list[Array]:
    """K, what of it reaches producers, and export taxes if there are any, of the cells `at`.

    With a `part` of the shock; (..., U) each.  `at` are the indices of C cells, or `EVERY`; the
    dots stand for (C,) or (N, N, S).
    """
    world, shock = problem.world, problem.shock
    after_tariff = 1 + _part_of(world.tariff[at], shock.tariff[at], part)
    wedge = after_tariff * before_tariff(world)[at]
    if problem.elasticities.entry_costs:
        wedge = wedge ** (1 + entry_power(problem.elasticities)[at[1:]])
    export_tax = _part_of(world.export_tax[at], shock.export_tax[at], part)
    if "export_tax" in shock.changed:
        wedge *= (1 + export_tax) / (1 + world.export_tax[at])
    if "trade_cost" in shock.changed:
        wedge *= shock.trade_cost[at] ** part
    cheaper = np.power(wedge, -problem.theta[at[2]], out=wedge)[..., None]
    k = by_use(world).trade_share[at] * cheaper
    k *= _kept(problem, at, part)
    producer = k / after_tariff[..., None]
    if not problem.export_taxed:
        return [k, producer]
    producer /= (1 + export_tax)[..., None]
    return [k, producer, producer * export_tax[..., None]]


def _trade(problem: Problem, part: float) -> tuple[Array, ...]:
    """``k``, ``k_producer`` and ``k_export`` with a `part` of the shock applied.

    Without export taxes ``k_export`` stays the benchmark's.
    """
    if part == 1.0 and not PRICED & set(problem.shock.changed):
        return _permitted(problem.world, problem.shock, problem.standing)
    base = frame(problem.world)
    arrays = (base.k, base.k_producer, base.k_export)
    moved = changed_cells(problem)
    touched = np.count_nonzero(moved)
    if not touched:
        return arrays
    dense = touched > DENSE * moved.size
    at = EVERY if dense else np.unravel_index(np.flatnonzero(moved), moved.shape)
    laid = zip(_cell_values(problem, at, part), arrays, LAID, strict=False)
    made = [_all(value, order) if dense else _some(value, array, order, at)
            for value, array, order in laid]  # fmt: skip
    return (*made, base.k_export)[:3]


@lru_cache(maxsize=4)
def _permitted(world: World, shock: BoundShock, left: Standing) -> tuple[Array, ...]:
    """`_trade` of a shock that changes no price, which no parameter enters.

    Draws of parameters share these arrays.
    """
    base = frame(world)
    arrays = (base.k, base.k_producer, base.k_export)
    uses = left.open_cells.shape[3]
    part: Any = np.flatnonzero(shock.ban) if "ban" in shock.changed else []
    if "access" in shock.changed:
        part = np.flatnonzero(shock.ban | (shock.access != 1))
    cells = np.union1d(part, shut(world, left) // uses).astype(np.intp)
    if not len(cells):
        return arrays
    at = np.unravel_index(cells, shock.ban.shape)
    kept = np.where(shock.ban[at], 0.0, shock.access[at])
    kept = (kept[:, None] * left.open_cells[at]).T
    laid = list(zip(arrays, LAID, strict=True))[: 3 if taxes_exports(world) else 2]
    return (*(_part_left(*one, at, kept) for one in laid), base.k_export)[:3]


def _all(value: Array, order: tuple[int, ...]) -> Array:
    """Lay out the values (N, N, S, U) of every cell with the use first and the rest in `order`."""
    return aligned(value.transpose(3, *order))


def _part_left(array: Array, order: tuple[int, ...], at: Cells, kept: Array) -> Array:
    """Multiply the cells `at` of `array`, which is laid out in `order`, by `kept` (U, C)."""
    out = aligned(array)
    out[(slice(None), *(at[n] for n in order))] *= kept
    return out


def _some(value: Array, array: Array, order: tuple[int, ...], at: Cells) -> Array:
    """Replace the cells `at` of `array`, which is laid out in `order`, by the values (C, U)."""
    out = aligned(array)
    out[(slice(None), *(at[n] for n in order))] = value.T
    return out


def _first_balance(problem: Problem) -> Array:
    """(N,) fixed net transfers from which a shock is applied in parts.

    Those of the benchmark, unless the closure asks for smaller ones: then these at once, since
    half of a shock may leave nothing to pay half of a balance with that the whole does not ask for.
    """
    before, after = problem.benchmark_balance, problem.balance
    if problem.closure is Closure.SHARE_OF_INCOME:
        return np.zeros_like(after)
    return after if np.abs(after).sum() < np.abs(before).sum() else before


def coefficients(problem: Problem, part: float = 1.0) -> LongRun | Family:
    """Coefficients of the equations with a `part` (0 to 1] of the shock applied.

    Those of the long run where they are enough (pooled, Cobb-Douglas, one factor price), else of
    the whole family.
    """
    world, base, left = problem.world, frame(problem.world), problem.standing
    k, k_producer, k_export = _trade(problem, part)
    whole = part == 1.0
    start = _first_balance(problem)
    blocs = left.blocs if whole else np.zeros_like(left.blocs)
    expenditure = base.expenditure
    if whole and left is not usual_standing(world):
        expenditure = np.where(left.used.transpose(2, 1, 0), expenditure, 0.0)
    shared = LongRun(
        k=k,
        k_producer=k_producer,
        k_export=k_export if problem.export_taxed else None,
        theta=problem.theta,
        beta=base.beta,
        ln_productivity=part * np.log(problem.shock.productivity).T,
        gamma=base.gamma,
        gamma_use=base.gamma_use,
        alpha=base.alpha,
        value_added=problem.factor_income,
        balance=start + part * (problem.balance - start),
        balance_share=problem.balance_share,
        bloc=(blocs[:, None] == blocs[None, :]).astype(float),
        expenditure=expenditure,
        damping=1 / (1 + base.pressure @ problem.theta),
        price_chain=None if problem.general else base.price_chain,
        goods_chain=None if problem.general else base.goods_chain,
    )
    return _family(problem, shared, whole) if problem.general else _pooled(shared)


def family_coefficients(problem: Problem, part: float = 1.0) -> Family:
    """Coefficients of the whole family, also where those of the long run would be enough."""
    found = coefficients(problem, part)
    if isinstance(found, Family):
        return found
    k_export = None if found.k_export is None else found.k_export[None]
    widened = found._replace(k=found.k[None], k_export=k_export,
                             k_producer=found.k_producer[None],
                             expenditure=found.expenditure[None])  # fmt: skip
    return _family(problem, widened, part == 1.0)


def entry_power(values: Elasticities) -> Array:
    """(N, S) phi - 1 of sales in region j, from the share of entry costs and the Pareto shape.

    ``phi_js - 1 = nu_j (1 + shape_s) / ((1 - nu_j) shape_s)`` (Chaney 2008; Ignatenko and others
    2025): part of the tariff falls on the fixed costs of entry, and so on the number of varieties.
    """
    share, shape = values.entry_cost_share[:, None], values.entry_shape
    power: Array = share * (1 + shape) / ((1 - share) * shape)
    return power


def _entry(problem: Problem) -> Entry:
    values = problem.elasticities
    power = entry_power(values).T
    uses = problem.standing.used.shape[2]
    return Entry(values.entry_cost_share, np.broadcast_to(power, (uses, *power.shape)))


def _labour(problem: Problem) -> Labour:
    values, usual = problem.elasticities, problem.tax_revenue / problem.factor_income
    return Labour(values.labour_supply, values.rebate, usual, values.scale[:, None])


def _weights(expenditure: Array) -> Array:
    """(U, S, N) share of each use in the spending on a sector."""
    total = expenditure.sum(axis=0)
    return expenditure / np.where(total > 0, total, 1.0)


def _pooled(shared: LongRun) -> LongRun:
    """Drop the use axis, which has one entry."""
    parts = {name: getattr(shared, name) for name in ("k", "k_producer", "k_export",
                                                      "expenditure")}  # fmt: skip
    return shared._replace(**{k: v[0] for k, v in parts.items() if v is not None})


def _family(problem: Problem, shared: LongRun, whole: bool) -> Family:
    """Coefficients of the nests and of imperfectly mobile factors."""
    world, values, base = problem.world, problem.elasticities, frame(problem.world)
    uses, profit = by_use(world), values.profit_share[:, None]
    pairs, kind = np.unique(
        np.stack([uses.of_sector, 1 - values.mu], axis=1), axis=0, return_inverse=True
    )
    count = len(shared.expenditure)
    rest = 1 - world.value_added_share[:, None, :]
    sells = problem.standing.open_cells.any(axis=(1, 3)).T if whole else True
    stuck = np.isfinite(values.kappa)
    earned = (base.beta - profit) * world.accounts().output.T
    factor_share = np.where(sells & stuck, earned / earned.sum(axis=0), 0.0)
    kappa = None if values.mobile else np.where(stuck, values.kappa, 0.0)
    keeps = 1 - values.entry_cost_share
    before_tariff = (
        shared.k_producer if shared.k_export is None else (shared.k_producer + shared.k_export)
    )
    shared = shared._replace(
        k_tariff=shared.k - before_tariff.swapaxes(2, 3),
        beta=(base.beta - profit) / (1 - profit),
        k_producer=shared.k_producer * keeps,
        k_export=None if shared.k_export is None else shared.k_export * keeps,
    )
    return Family(
        base=shared,
        eps=1 - values.epsilon,
        mu=1 - values.mu,
        sigma=1 - values.sigma,
        mix=np.where(rest > 0, world.input_share / np.where(rest > 0, rest, 1.0), 0.0),
        kind=kind.reshape(-1),
        kind_use=pairs[:, 0].astype(int),
        kind_mu=pairs[:, 1],
        member=(np.arange(count)[:, None] == uses.of_sector).astype(float),
        final_use=(np.arange(count) == uses.final).astype(float),
        factor_share=factor_share,
        kappa=kappa,
        weight=_weights(shared.expenditure),
        profit_share=profit if values.profits else None,
        labour=_labour(problem) if values.elastic_labour else None,
        entry=_entry(problem) if values.entry_costs else None,
    )
