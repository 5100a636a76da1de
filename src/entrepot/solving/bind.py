"""Bind world, economy and shock into the coefficients of the equations."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from entrepot.model.closure import Closure, offset
from entrepot.model.longrun import LongRun
from entrepot.model.shock import BoundShock
from entrepot.solving.feasible import Standing, standing
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Problem:
    """A bound problem.

    Attributes
    ----------
    world, theta, shock : what was bound; theta (S,)
    closure : external closure
    standing : what the permissions leave
    balance : (N,) net transfer in units of world factor income, transfers of the shock included
    balance_share : (N,) share of domestic income, or None
    notes : conclusions that a reader must know

    """

    world: World
    theta: Array
    shock: BoundShock
    closure: Closure
    standing: Standing
    balance: Array
    balance_share: Array | None
    notes: tuple[str, ...]


def _frozen(shock: BoundShock, closure: Closure, cut_off: Array) -> Array:
    named = shock.frozen if closure is Closure.FROZEN else np.zeros_like(shock.frozen)
    return named | cut_off


def _target_balance(world: World, shock: BoundShock, closure: Closure, cut_off: Array,
                    blocs: Array) -> Array:  # fmt: skip
    """(N,) fixed part of the net transfer under `closure`."""
    if closure in (Closure.ZERO, Closure.SHARE_OF_INCOME):
        return shock.transfer.copy()
    return offset(world.trade_balance, _frozen(shock, closure, cut_off), blocs) + shock.transfer


def bind(world: World, theta: Array, shock: BoundShock, closure: Closure) -> Problem:
    """Work out what is left standing and which balances the closure asks for."""
    nobody = np.zeros(len(world.regions), dtype=bool)
    one_bloc = np.zeros(len(world.regions), dtype=int)
    balance = _target_balance(world, shock, closure, nobody, one_bloc)
    left = standing(world, shock.kept(), balance)
    notes = list(left.notes)
    if left.cut_off.any() or len(np.unique(left.blocs)) > 1:
        balance = _target_balance(world, shock, closure, left.cut_off, left.blocs)
        left = replace(left, notes=())
        again = standing(world, shock.kept(), balance)
        left, notes = again, list(again.notes)
        notes += _balance_notes(world, left, closure)
    share = None
    if closure is Closure.SHARE_OF_INCOME:
        book = world.accounts()
        share = world.trade_balance / (book.income - world.trade_balance)
        share = np.where(left.cut_off, 0.0, share)
    return Problem(world, theta, shock, closure, left, balance, share, tuple(notes))


def _balance_notes(world: World, left: Standing, closure: Closure) -> list[str]:
    notes = []
    if left.cut_off.any() and closure is not Closure.ZERO:
        names = ", ".join(world.regions[i] for i in np.flatnonzero(left.cut_off))
        notes.append(f"Without foreign trade no balance can be financed: set to zero for {names}; "
                     "the other side of it shrinks in proportion.")  # fmt: skip
    numbers, sizes = np.unique(left.blocs, return_counts=True)
    if (sizes > 1).sum() > 1 and closure is not Closure.ZERO:
        notes.append("The shock leaves several blocs without trade between them: balances are "
                     "held within each bloc, and prices of different blocs share no numeraire "
                     "(each bloc's factor income stays at its benchmark value).")  # fmt: skip
    return notes


def impossible(problem: Problem) -> list[str]:
    """Return reasons why no equilibrium can exist, by name; an empty list if none is known."""
    world, left = problem.world, problem.standing
    reasons = [
        f"no supplier of {world.sector_titles[s]} ({world.sectors[s]}) is left for "
        f"{world.regions[j]}"
        for j, s in left.missing
    ]
    for bloc in np.unique(left.blocs):
        here = left.blocs == bloc
        gap = float(problem.balance[here].sum())
        if abs(gap) > 1e-9 * float(world.value_added[here].sum()):
            names = [world.regions[i] for i in np.flatnonzero(here)][:5]
            reasons.append(f"a net transfer of {gap:.6g} mn USD to {', '.join(names)} cannot be "
                           "carried, because no trade with its counterpart is left")  # fmt: skip
    return reasons


def damping(world: World, theta: Array) -> Array:
    """(N,) step of the factor-price update: one over 1 + its own-price elasticity of sales."""
    flows = world.trade_flows()
    weight = flows * (1 - world.trade_share) * world.value_added_share[:, None, :]
    elasticity = np.einsum("s,ijs->i", theta, weight) / world.value_added
    step: Array = 1 / (1 + elasticity)
    return step


def coefficients(problem: Problem, part: float = 1.0) -> LongRun:
    """Coefficients of the equations with a `part` (0 to 1] of the shock applied."""
    world, shock, theta = problem.world, problem.shock, problem.theta
    open_cells = problem.standing.open_cells
    tariff = world.tariff + part * (shock.tariff - world.tariff)
    export_tax = world.export_tax + part * (shock.export_tax - world.export_tax)
    kept = np.where(open_cells, shock.kept(), 0.0)
    kept = 1 + part * (kept - 1)
    cost = shock.trade_cost**part * ((1 + tariff) / (1 + world.tariff))
    cost = cost * ((1 + export_tax) / (1 + world.export_tax))
    k = (world.trade_share * kept * cost**-theta).transpose(2, 0, 1)
    t, e = tariff.transpose(2, 0, 1), export_tax.transpose(2, 0, 1)
    producer = k / ((1 + t) * (1 + e))
    blocs = problem.standing.blocs if part == 1.0 else np.zeros_like(problem.standing.blocs)
    used = problem.standing.used if part == 1.0 else world.expenditure > 0
    start = problem.world.trade_balance if problem.closure is not Closure.SHARE_OF_INCOME else 0.0
    return LongRun(
        k=np.ascontiguousarray(k.transpose(0, 2, 1)),
        k_tariff=np.ascontiguousarray((k * t / (1 + t)).transpose(0, 2, 1)),
        k_producer=np.ascontiguousarray(producer),
        k_export=np.ascontiguousarray(producer * e) if export_tax.any() else None,
        theta=theta,
        beta=np.ascontiguousarray(world.value_added_share.T),
        ln_productivity=part * np.log(shock.productivity).T,
        gamma=world.input_share,
        gamma_use=np.ascontiguousarray(world.input_share.transpose(0, 2, 1)),
        alpha=np.ascontiguousarray(world.final_share.T),
        value_added=world.value_added,
        balance=start + part * (problem.balance - start),
        balance_share=problem.balance_share,
        bloc=(blocs[:, None] == blocs[None, :]).astype(float),
        expenditure=np.where(used, world.expenditure, 0.0).T.copy(),
        damping=damping(world, theta),
    )
