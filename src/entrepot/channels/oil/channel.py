"""The channel of oil: measures on crude, and those of trade that meet it, settle a month's market.

What comes out is kept as ``Compiled.details["oil"]``.  It sets no cost of trade by itself: prices
and volumes of crude depend on demand, which is the equilibrium's, so `entrepot.study.oil_coupling`
brings the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.channel import Channel
from entrepot.channels.draft import Draft
from entrepot.channels.numbers import Number
from entrepot.channels.oil.base import Base
from entrepot.channels.oil.bundled import base_years
from entrepot.channels.oil.compared import compared_flows, compared_prices, compared_producers
from entrepot.channels.oil.from_trade import CRUDE, from_trade
from entrepot.channels.oil.gains import gains
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.measures import restrict
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parameters import numbers
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.restrictions import Restriction
from entrepot.channels.oil.settle import settle
from entrepot.channels.oil.sheet import Sheet
from entrepot.channels.oil.start import Start, start_of, still_of
from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.scenario.book import Entry
from entrepot.scenario.oil_measures import NoInvestment, OilMarketRun

STARVED: Final = Number("years_without_wells", 10.0, 3.0, 20.0, "years",
                        "years without new wells in the long run", "assumed")  # fmt: skip
RULE: Final = (
    "oil: producers with quotas lean against the price by the rule of the base year; a measure of "
    "the kind 'producers_agreement' changes that, with 'step: 0' they stay where they are."
)


@dataclass(frozen=True, slots=True, eq=False)
class OilSettled:
    """The oil market of a compiled scenario; J refiners.

    Attributes
    ----------
    year : base year
    market, base, places : the market without storage and habits, its coefficients, the economies
        behind it
    entries : measures with a part in it
    restrictions : all that is in force, those that stood in the base month too
    agreement : rule of producers
    years : without new wells
    before, after : the base month, and the settled one at the base's demand

    """

    year: int
    market: OilMarket
    base: Base
    places: Places
    entries: tuple[Entry, ...]
    restrictions: tuple[Restriction, ...]
    agreement: Agreement | None
    years: float
    before: MonthOutcome
    after: MonthOutcome

    def months(self, market: OilMarket, more: Sequence[Restriction]) -> tuple[MonthOutcome, ...]:
        """Return the month that counts, of `market` under the measures and `more`."""
        given = (*self.restrictions, *more)
        base = self.base if market is self.market else None
        done = settle(market, given, agreement=self.agreement, years=self.years, base=base)
        return (done,)


def finish(draft: Draft, given: tuple[Entry, ...]) -> None:
    """Settle the market of crude under all measures together."""
    known = len(draft.problems)
    if CRUDE not in draft.world.sectors:
        draft.problems.append(
            f"the world '{draft.world.name}' has no sector '{CRUDE}', which "
            f"{', '.join(e.name for e in given)} is about. Choose a world that has."
        )
        return
    year = _year(draft, given)
    try:
        chosen = _parameters(draft)
        start = start_of(year, chosen)
        sheet = Sheet(draft, start.market, start.month, start.places, start.usual)
        restrict(sheet, given)
        from_trade(sheet, start.base)
        years = _without_wells(draft, given)
        if len(draft.problems) == known:
            held = max(draft.years(e) for e in given)
            _settle(sheet, given, year, years, still_of(year, chosen, held))
    except (ValueRangeError, NotSolvedError) as error:
        draft.problems += error.problems or [str(error)]


def _settle(sheet: Sheet, given: tuple[Entry, ...], year: int, years: float, calm: Start) -> None:
    """Solve the month to which the market settles, and keep it."""
    draft, rule = sheet.draft, sheet.agreement
    if not sheet.rulers:
        rule = sheet.usual
        draft.note(RULE)
    restrictions = (*sheet.market.standing, *(r for _, r in sheet.done))
    settled = OilSettled(
        year=year,
        market=calm.market,
        base=calm.base,
        places=sheet.places,
        entries=given,
        restrictions=restrictions,
        agreement=rule,
        years=years,
        before=calm.month,
        after=settle(calm.market, restrictions, agreement=rule, years=years, base=calm.base),
    )
    draft.detail("oil", settled, given)
    _report(draft, settled)


def _year(draft: Draft, given: Iterable[Entry]) -> int:
    """Base year: what the scenario asks for, else the latest up to the world's year."""
    asked = [e for e in given if isinstance(e.measure, OilMarketRun) and e.measure.base]
    years = sorted({int(getattr(e.measure, "base", 0)) for e in asked})
    if len(years) > 1:
        draft.problems.append(
            f"{' and '.join(e.name for e in asked)} ask for the base years "
            f"{', '.join(map(str, years))}. A market has one base year: keep one of them."
        )
    own = draft.world.year or base_years()[-1]
    found = max((y for y in base_years() if y <= own), default=base_years()[0])
    year = years[0] if years and years[0] in base_years() else found
    if year != draft.world.year:
        draft.note(f"oil: the market is that of {year}, the world that of "
                   f"{draft.world.year or 'no year'}; changes go over as hats.")  # fmt: skip
    return year


def _parameters(draft: Draft) -> dict[str, float]:
    """Numbers of the market in this run, each listed as an assumption."""
    return {name: draft.number("oil", one) for name, one in numbers().items()}


def _without_wells(draft: Draft, given: Iterable[Entry]) -> float:
    """Years without new wells: those that channels count, or the number for the long run."""
    starved = [e for e in given if isinstance(e.measure, NoInvestment)]
    if not starved:
        return 0.0
    held = max(draft.years(e) for e in starved)
    return held if np.isfinite(held) else draft.number("oil", STARVED)


def _report(draft: Draft, settled: OilSettled) -> None:
    """Keep the tables of the settled month."""
    before, after = settled.before, settled.after
    draft.table("oil_flows", "Crude oil: flows by pair and carrier, thousand barrels a day",
                compared_flows(before, after), FLOWS_NOTE)  # fmt: skip
    draft.table("oil_prices", "Crude oil: prices and discounts, USD a barrel",
                compared_prices(before, after), PRICES_NOTE)  # fmt: skip
    draft.table("oil_producers", "Crude oil: output, exports and revenue",
                compared_producers(before, after), PRODUCERS_NOTE)  # fmt: skip
    draft.table("oil_gains", "Crude oil: who gains, mn USD a month",
                gains(settled.base, before, after), GAINS_NOTE)  # fmt: skip


BASE_DEMAND: Final = (
    " At the demand of the base month; where a run goes on to the equilibrium, its own tables hold "
    "the demand on which both agree."
)
FLOWS_NOTE: Final = (
    "before: base month. after: settled month. delivered: price at the refinery after, with "
    "freight, risk, premium of a price cap and rents of quotas." + BASE_DEMAND
)
PRICES_NOTE: Final = "fob: price at the seller's border. discount: Brent less fob." + BASE_DEMAND
PRODUCERS_NOTE: Final = (
    "output and exports: thousand barrels a day. revenue: mn USD a month, of exports at the border."
    + BASE_DEMAND
)
GAINS_NOTE: Final = "Surplus of each party in a month, and its change." + BASE_DEMAND

CHANNEL: Final = Channel("oil", finish)
