"""`run_path`: month after month, with stocks, ramps, decline and a producers' agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base, base_of
from entrepot.channels.oil.domains import outside
from entrepot.channels.oil.habits import Habits
from entrepot.channels.oil.limit_checks import problems_of
from entrepot.channels.oil.limits import picked
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import Before, solve_month
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import Agreement, Voyages
from entrepot.channels.oil.path_store import Store
from entrepot.channels.oil.restrictions import NoInvestment, Restriction
from entrepot.channels.oil.timing import Timed, calendar_problems, months_from
from entrepot.channels.oil.voyages import Afloat, Arrival
from entrepot.core.errors import ValueRangeError, did_you_mean

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OilPath:
    """Months in a row.

    Attributes
    ----------
    market : the market of the base month
    months : labels
    outcomes : the month of each
    read : names under which months were found in the folder
    arrivals : the month at the ports of discharge of each; none unless voyages take time

    """

    market: OilMarket
    months: tuple[str, ...]
    outcomes: tuple[MonthOutcome, ...]
    read: tuple[str, ...]
    arrivals: tuple[Arrival, ...] = ()

    @property
    def resumed(self) -> int:
        """How many months were read from the folder."""
        return len(self.read)

    def __getitem__(self, month: str) -> MonthOutcome:
        """Return the outcome of a month."""
        if month not in self.months:
            raise ValueRangeError(
                f"oil path: '{month}' is none of its months, {self.months[0]} to {self.months[-1]}."
                + did_you_mean(month, self.months)
            )
        return self.outcomes[self.months.index(month)]


@dataclass(frozen=True, slots=True)
class _State:
    """What one month hands to the next: state before it, and factors on capacity and quota."""

    before: Before
    capacity: Array
    quota: Array


def run_path(
    market: OilMarket,
    first: str,
    months: int,
    timed: Sequence[Timed] = (),
    *,
    agreement: Agreement | None = None,
    folder: Path | None = None,
    voyages: Voyages | None = None,
) -> OilPath:
    """Solve months in a row; each takes over stocks, output and prices of the one before.

    Owners of stored crude expect last month's Brent, and for their stream's price over Brent what
    they have learnt so far (`Storing.learnt`), at first the base month's.  What stood in the base
    month stands on; to lift it, make the market without it.

    Parameters
    ----------
    market : the market of the base month
    first : first month, ``2018-01``
    months : how many
    timed : restrictions with their months
    agreement : a producers' rule for quotas
    folder : where finished months are kept; a path that was stopped goes on from there
    voyages : barrels arrive when their voyage ends; left out, in the month they are loaded

    Raises
    ------
    ValueRangeError, NotSolvedError : as in `solve_month`; months that are none or out of order

    """
    _check(market, first, months, timed, agreement, voyages)
    base, store = base_of(market), Store.of(market, folder)
    one = np.ones(len(market.streams))
    state = _State(Before.at_base(market), one, one)
    afloat = Afloat.steady(solve_month(market, base=base)) if voyages else None
    out: list[MonthOutcome] = []
    arrivals: list[Arrival] = []
    last: tuple[Sequence[Restriction], MonthOutcome] | None = None
    for label in months_from(first, months):
        now = [*market.standing, *(t.restriction for t in timed if t.holds(label))]
        now += afloat.demand(market) if afloat else ()
        state = _aged(market, state, now)
        here = _market(market, state)
        key = store.key(label, here, now, state.before)
        found = store.read(key, here, now, state.before, base)
        if found is None:
            if last is not None and now == last[0] and state.before.leads_to(last[1], here, now):
                found = replace(last[1], label=label, market=here)
            else:
                found = solve_month(here, now, state.before, base=base, label=label)
            store.write(key, found)
        last = (now, found)
        out.append(found)
        if afloat and voyages:
            arrival, afloat = afloat.after(found, voyages)
            arrivals.append(arrival)
        state = _after(market, state, found, agreement, base)
    return OilPath(market, months_from(first, months), tuple(out), tuple(store.read_months),
                   tuple(arrivals))  # fmt: skip


def _check(
    market: OilMarket,
    first: str,
    months: int,
    timed: Sequence[Timed],
    rule: Agreement | None,
    voyages: Voyages | None,
) -> None:
    found = calendar_problems(first, months, timed)
    found += problems_of(market, [t.restriction for t in timed if isinstance(t, Timed)])
    if rule is not None:
        known = (*market.stream_names, *(s.producer for s in market.streams))
        found += [
            f"agreement: '{name}' is no stream." + did_you_mean(name, known)
            for name in rule.streams
            if name not in known
        ]
        found += [f"agreement: {p}" for p in outside(rule)]
        if rule.low > rule.high:
            found.append(f"agreement: low {rule.low} is above high {rule.high}; exchange them.")
    if voyages is not None:
        found += [f"voyages: {p}" for p in outside(voyages)]
    if found:
        raise ValueRangeError.collect("oil path", found)


def _aged(market: OilMarket, state: _State, now: Sequence[Restriction]) -> _State:
    """Capacity a month older where nothing is invested."""
    starved = np.zeros(len(market.streams), dtype=bool)
    for r in now:
        if isinstance(r, NoInvestment):
            starved |= picked(market, r.streams)
    left = np.where(starved, (1.0 - np.minimum(market.column("decline"), 1.0)) ** (1.0 / 12.0), 1.0)
    return replace(state, capacity=state.capacity * left)


def _market(market: OilMarket, state: _State) -> OilMarket:
    return market.with_streams(
        [
            replace(
                s,
                capacity=s.capacity * float(state.capacity[k]),
                quota=s.quota * float(state.quota[k]),
                least=min(s.least, s.capacity * float(state.capacity[k])),
            )
            for k, s in enumerate(market.streams)
        ]
    )


def _after(
    market: OilMarket, state: _State, found: MonthOutcome, rule: Agreement | None, base: Base
) -> _State:
    worth = market.storing.learnt(state.before.worth, found.fob / found.brent)
    before = Before(
        stock=np.clip(found.stock, 0.0, market.column("storage")),
        expected=worth * found.brent,
        worth=worth,
        most=found.output + market.column("ramp"),
        wedge=found.wedge,
        shut=found.shut,
        fob=found.fob,
        habit=Habits.of(market.habit).after(found.month.habit, found.pairs, base.weight),
    )
    quota = state.quota
    if rule is not None:
        lean = rule.step if found.brent > rule.high else -rule.step if found.brent < rule.low else 0
        quota = np.where(picked(market, rule.streams), quota * (1.0 + lean), quota)
        room = market.column("capacity") * state.capacity
        given = market.column("quota")
        quota = np.minimum(quota, np.where(np.isfinite(given), room / given, np.inf))
    return _State(before, state.capacity, quota)
