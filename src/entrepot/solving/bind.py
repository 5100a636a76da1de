"""Bind world, economy and shock into the coefficients of the equations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from entrepot.model.closure import Closure, offset
from entrepot.model.longrun import LongRun
from entrepot.model.shock import BoundShock
from entrepot.solving.feasible import Standing, standing
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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

    @property
    def export_taxed(self) -> bool:
        """Whether any export tax is levied, before or after the shock."""
        return "export_tax" in self.shock.changed or bool(self.world.export_tax.any())


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
    usual = frame(world).standing
    balance = _target_balance(world, shock, closure, usual.cut_off, usual.blocs)
    left = usual
    notes: list[str] = []
    if {"access", "ban", "transfer"} & set(shock.changed):
        left = standing(world, shock.kept(), balance)
    if left.cut_off.any() or left.several_blocs:
        balance = _target_balance(world, shock, closure, left.cut_off, left.blocs)
        left = standing(world, shock.kept(), balance)
        notes += _balance_notes(world, left, closure)
    share = None
    if closure is Closure.SHARE_OF_INCOME:
        book = world.accounts()
        share = world.trade_balance / (book.income - world.trade_balance)
        share = np.where(left.cut_off, 0.0, share)
    notes = [*left.notes, *notes]
    return Problem(world, theta, shock, closure, left, balance, share, tuple(notes))


def _balance_notes(world: World, left: Standing, closure: Closure) -> list[str]:
    notes = []
    if left.cut_off.any() and closure is not Closure.ZERO:
        names = ", ".join(world.regions[i] for i in np.flatnonzero(left.cut_off))
        notes.append(f"Without foreign trade no balance can be financed: set to zero for {names}; "
                     "the other side of it shrinks in proportion.")  # fmt: skip
        lent = np.flatnonzero(left.cut_off & (world.trade_balance < 0))
        if lent.size:
            names = ", ".join(world.regions[i] for i in lent)
            notes.append(f"What {names} lent abroad in the benchmark is now spent at home and "
                         "counts in welfare; real income before transfers does not "
                         "count it.")  # fmt: skip
    _, sizes = np.unique(left.blocs, return_counts=True)
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
    for bloc in range(left.blocs.max() + 1):
        here = left.blocs == bloc
        gap = float(problem.balance[here].sum())
        if abs(gap) > 1e-9 * float(world.value_added[here].sum()):
            names = [world.regions[i] for i in np.flatnonzero(here)][:5]
            reasons.append(f"a net transfer of {gap:.6g} mn USD to {', '.join(names)} cannot be "
                           "carried, because no trade with its counterpart is left")  # fmt: skip
    return reasons


class Frame(NamedTuple):
    """What every shock to one world shares; computed once per world.

    Attributes
    ----------
    standing : what stands when nothing is forbidden
    share : (S, dest, origin) trade shares
    pressure : (N, S) weights of theta in the own-price elasticity of each country's sales
    beta, alpha, expenditure : (S, N); gamma, gamma_use : (N, S, S), for the equations

    """

    standing: Standing
    share: Array
    pressure: Array
    beta: Array
    alpha: Array
    expenditure: Array
    gamma: Array
    gamma_use: Array


@lru_cache(maxsize=8)
def frame(world: World) -> Frame:
    """Return the `Frame` of `world`."""
    flows = world.trade_flows()
    weight = flows * (1 - world.trade_share) * world.value_added_share[:, None, :]
    return Frame(
        standing=standing(world, np.ones(world.trade_share.shape), world.trade_balance),
        share=np.ascontiguousarray(world.trade_share.transpose(2, 1, 0)),
        pressure=weight.sum(axis=1) / world.value_added[:, None],
        beta=np.ascontiguousarray(world.value_added_share.T),
        alpha=np.ascontiguousarray(world.final_share.T),
        expenditure=np.ascontiguousarray(world.expenditure.T),
        gamma=world.input_share,
        gamma_use=np.ascontiguousarray(world.input_share.transpose(0, 2, 1)),
    )


def cost_change(world: World, shock: BoundShock, theta: Array, part: float) -> Array:
    """(N, N, S) ``(cost of the shock)^-theta``; exactly 1 where a cell does not change."""
    tariff, export_tax = _rates(world, shock, part)
    moved = {
        "tariff": (1 + tariff, 1 + world.tariff),
        "export_tax": (1 + export_tax, 1 + world.export_tax),
        "trade_cost": (shock.trade_cost**part, np.ones_like(world.tariff)),
    }
    change: Array = np.ones(())
    for name in shock.changed:
        if name in moved:
            after, before = moved[name]
            at = np.nonzero(after != before)
            change = change if change.ndim else np.ones(world.trade_share.shape)
            change[at] *= np.exp(-theta[at[2]] * np.log(after[at] / before[at]))
    return change


def _rates(world: World, shock: BoundShock, part: float) -> tuple[Array, Array]:
    """Tariff and export-tax rates (N, N, S) with a `part` of the shock applied."""
    if part == 1.0:
        return shock.tariff, shock.export_tax
    tariff = world.tariff + part * (shock.tariff - world.tariff)
    return tariff, world.export_tax + part * (shock.export_tax - world.export_tax)


def _kept(problem: Problem, part: float) -> Array:
    """(N, N, S) share of varieties kept, or a scalar 1 when nothing is forbidden."""
    shock, world = problem.shock, problem.world
    if problem.standing is frame(world).standing and not {"access", "ban"} & set(shock.changed):
        return np.ones(())
    kept = np.where(problem.standing.open_cells, shock.kept(), 0.0)
    return np.where(kept > 0, kept**part, 1 - part)


def coefficients(problem: Problem, part: float = 1.0) -> LongRun:
    """Coefficients of the equations with a `part` (0 to 1] of the shock applied."""
    world, shock, theta, base = problem.world, problem.shock, problem.theta, frame(problem.world)
    whole, left = part == 1.0, problem.standing
    tariff, export_tax = _rates(world, shock, part)
    change = cost_change(world, shock, theta, part) * _kept(problem, part)
    k = world.trade_share * change if change.ndim else world.trade_share
    producer = before_tariff = k / (1 + tariff)
    taxed = problem.export_taxed
    if taxed:
        producer = before_tariff / (1 + export_tax)
    start = 0.0 if problem.closure is Closure.SHARE_OF_INCOME else world.trade_balance
    blocs = left.blocs if whole else np.zeros_like(left.blocs)
    expenditure = base.expenditure
    if whole and left is not base.standing:
        expenditure = np.where(left.used.T, expenditure, 0.0)
    return LongRun(
        k=np.ascontiguousarray(k.transpose(2, 1, 0)) if change.ndim else base.share,
        k_tariff=np.ascontiguousarray((k - before_tariff).transpose(2, 1, 0)),
        k_producer=np.ascontiguousarray(producer.transpose(2, 0, 1)),
        k_export=np.ascontiguousarray((producer * export_tax).transpose(2, 0, 1))
        if taxed
        else None,
        theta=theta,
        beta=base.beta,
        ln_productivity=part * np.log(shock.productivity).T,
        gamma=base.gamma,
        gamma_use=base.gamma_use,
        alpha=base.alpha,
        value_added=world.value_added,
        balance=start + part * (problem.balance - start),
        balance_share=problem.balance_share,
        bloc=(blocs[:, None] == blocs[None, :]).astype(float),
        expenditure=expenditure,
        damping=1 / (1 + base.pressure @ theta),
    )
