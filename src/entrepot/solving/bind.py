"""Bind world, economy and shock: what stands, which balances, what is impossible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from entrepot.core.errors import LabelError, ValueRangeError
from entrepot.model.closure import Closure, offset
from entrepot.model.economy import Elasticities
from entrepot.model.shock import BoundShock, Shock
from entrepot.solving.feasible import Standing, standing, usual_standing
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Problem:
    """A bound problem.

    Attributes
    ----------
    world : what was bound
    given : the shock as it was given
    shock : the shock that the equations see, ways round bans counted as access
    elasticities : those of the economy, as arrays over the labels of the world
    closure : external closure
    standing : what the permissions leave
    balance : (N,) net transfer in units of world factor income, transfers of the shock included
    balance_share : (N,) share of domestic income, or None
    notes : conclusions that a reader must know

    """

    world: World
    elasticities: Elasticities
    given: BoundShock
    shock: BoundShock
    closure: Closure
    standing: Standing
    balance: Array
    balance_share: Array | None
    notes: tuple[str, ...]

    @property
    def theta(self) -> Array:
        """(S,) trade elasticities."""
        return self.elasticities.theta

    @property
    def kept_sales(self) -> Array:
        """(N, S) benchmark sales that producers keep, at their prices, net of entry, mn USD."""
        if not self.elasticities.entry_costs:
            return self.world.accounts().output
        return self._net_of_entry.sum(axis=1)

    @property
    def _net_of_entry(self) -> Array:
        """(N, N, S) benchmark sales at producer prices, less what entry takes of each, mn USD."""
        world, share = self.world, self.elasticities.entry_cost_share[:, None]
        kept: Array = world.trade_flows() / (1 + world.export_tax) * (1 - share)
        return kept

    @property
    def tax_revenue(self) -> Array:
        """(N,) benchmark tariffs, and export taxes on what producers keep, mn USD."""
        book = self.world.accounts()
        if not self.elasticities.entry_costs:
            return book.tariff_revenue + book.export_tax_revenue
        taxes = np.einsum("ijs,ijs->i", self._net_of_entry, self.world.export_tax)
        return book.tariff_revenue + taxes

    @property
    def profits(self) -> Array:
        """(N, S) benchmark profits, mn USD."""
        return self.elasticities.profit_share * self.kept_sales

    @property
    def entry_services(self) -> Array:
        """(N,) benchmark sales of entry services to foreign sellers, net of purchases, mn USD."""
        return entry_services(self.world, self.elasticities)

    @property
    def factor_income(self) -> Array:
        """(N,) benchmark factor income: value added without profits, with entry services.

        Entry costs are free of export tax: what the treasury loses by it factors gain.
        """
        plain = self.world.value_added - self.profits.sum(axis=1)
        if not self.elasticities.entry_costs:
            return plain
        book = self.world.accounts()
        untaxed = book.tariff_revenue + book.export_tax_revenue - self.tax_revenue
        return plain + self.entry_services + untaxed

    @property
    def benchmark_balance(self) -> Array:
        """(N,) benchmark net transfer: the goods deficit less what entry services earn."""
        return self.world.trade_balance - self.entry_services

    @property
    def general(self) -> bool:
        """Whether the equations of the whole family are needed, not only those of the long run."""
        return not self.elasticities.plain or self.standing.used.shape[2] > 1

    @property
    def export_taxed(self) -> bool:
        """Whether any export tax is levied, before or after the shock."""
        return "export_tax" in self.shock.changed or taxes_exports(self.world)


@lru_cache(maxsize=8)
def taxes_exports(world: World) -> bool:
    """Whether any export tax is levied in the benchmark."""
    return bool(world.export_tax.any())


@lru_cache(maxsize=8)
def before_tariff(world: World) -> Array:
    """(N, N, S) part of what a buyer pays in the benchmark that is not tariff."""
    part: Array = 1 / (1 + world.tariff)
    return part


@lru_cache(maxsize=4)
def _left(world: World, shock: BoundShock, balance: bytes) -> Standing:
    """What stands; draws of parameters share one shock, so it is worked out once."""
    return standing(world, shock.allowed(), np.frombuffer(balance))


def entry_services(world: World, values: Elasticities) -> Array:
    """(N,) entry services sold to foreign sellers less those bought abroad, mn USD.

    Every sale in j at world prices pays a share nu_j to factors of j (home sales cancel).
    """
    if not values.entry_costs:
        return np.zeros(len(world.regions))
    paid = world.trade_flows().sum(axis=2) * values.entry_cost_share
    services: Array = paid.sum(axis=0) - paid.sum(axis=1)
    return services


def _frozen(shock: BoundShock, closure: Closure, cut_off: Array) -> Array:
    named = shock.frozen if closure is Closure.FROZEN else np.zeros_like(shock.frozen)
    share: Array = np.maximum(named, cut_off)
    return share


def _target_balance(owed: Array, shock: BoundShock, closure: Closure, cut_off: Array,
                    blocs: Array) -> Array:  # fmt: skip
    """(N,) fixed part of the net transfer under `closure`, of benchmark balances `owed`."""
    if closure in (Closure.ZERO, Closure.SHARE_OF_INCOME):
        return shock.transfer.copy()
    return offset(owed, _frozen(shock, closure, cut_off), blocs) + shock.transfer


def bound_to(world: World, shock: Shock | BoundShock | None) -> BoundShock:
    """Return `shock` bound to `world`; raises `LabelError` if it was bound to another one."""
    if not isinstance(shock, BoundShock):
        return (shock or Shock()).bind(world)
    if shock.world != world.hash:
        raise LabelError(
            f"The shock was bound to another world: it has {shock.ban.shape} cells (origin, dest, "
            f"sector) of world {shock.world}, world '{world.name}' ({world.hash}) has "
            f"{world.trade_share.shape}. Bind it to this one."
        )
    return shock


def _check_frozen(world: World, shock: BoundShock, closure: Closure) -> None:
    if closure is Closure.FROZEN or not shock.frozen.any():
        return
    names = ", ".join(r for r, out in zip(world.regions, shock.frozen, strict=True) if out)
    raise ValueRangeError(
        f"The shock freezes {names} out of foreign finance, but the closure is '{closure}', under "
        "which nobody is frozen. Pass closure='frozen', or leave 'frozen' out of the shock."
    )


def bind(world: World, elasticities: Elasticities, shock: BoundShock, closure: Closure) -> Problem:
    """Work out what is left standing and which balances the closure asks for.

    Raises
    ------
    ValueRangeError : the shock freezes regions under a closure that freezes nobody

    """
    _check_frozen(world, shock, closure)
    given, shock = shock, shock.in_force(elasticities.theta)
    usual = usual_standing(world)
    owed = world.trade_balance - entry_services(world, elasticities)
    balance = _target_balance(owed, shock, closure, usual.cut_off, usual.blocs)
    left = usual
    notes: list[str] = []
    if {"access", "ban", "transfer", "frozen"} & set(shock.changed):
        left = _left(world, shock, balance.tobytes())
    if left.cut_off.any() or left.several_blocs:
        balance = _target_balance(owed, shock, closure, left.cut_off, left.blocs)
        left = _left(world, shock, balance.tobytes())
        notes += _balance_notes(world, left, closure)
    share = None
    if closure is Closure.SHARE_OF_INCOME:
        book = world.accounts()
        share = owed / (book.income - owed)
        share = np.where(left.cut_off, 0.0, share)
    if closure is Closure.FROZEN and not shock.frozen.any():
        notes.append("The closure is 'frozen', but the shock names no region without access to "
                     "foreign finance: it is the same as 'fixed'.")  # fmt: skip
    notes = [*left.notes, *notes]
    return Problem(world, elasticities, given, shock, closure, left, balance, share, tuple(notes))


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
