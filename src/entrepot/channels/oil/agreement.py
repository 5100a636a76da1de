"""A producers' agreement of a scenario as the rule of a path."""

from __future__ import annotations

import numpy as np

from entrepot.channels.oil.parameters import numbers
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.restrictions import ServiceBan
from entrepot.channels.oil.sheet import Sheet
from entrepot.scenario.book import Entry
from entrepot.scenario.oil_measures import ProducersAgreement


def agreement(sheet: Sheet, entry: Entry, measure: ProducersAgreement) -> None:
    """Set the rule; there can be one only."""
    sheet.rulers.append(entry)
    if len(sheet.rulers) > 1:
        first = sheet.rulers[0]
        sheet.problem(entry, "", f"'{first.name}' ({first.where}) is a producers' agreement too. "
                      "Keep one, or give them different dates.")  # fmt: skip
        return
    value, brent, band = sheet.draft.value, sheet.base.brent, numbers()["band"].central
    low, high = brent * (1.0 - band), brent * (1.0 + band)
    if measure.low is not None:
        low = value(measure.low, entry, "low", "price below which quotas fall, USD a barrel")
    if measure.high is not None:
        high = value(measure.high, entry, "high", "price above which quotas rise, USD a barrel")
    if low > high:
        sheet.problem(entry, "", f"the band from {low:.4g} to {high:.4g} USD is empty; Brent of "
                      f"the base month is {brent:.4g}. Give both ends.")  # fmt: skip
        return
    given = "step" in measure.model_fields_set
    step = value(measure.step, entry, "step", "part by which quotas move in a month", given=given)
    sheet.agreement = Agreement(_members(sheet, entry, measure), low, high, step)


def _members(sheet: Sheet, entry: Entry, measure: ProducersAgreement) -> tuple[str, ...]:
    """Streams with a quota at the base and without standing sanctions; others have none to move."""
    apart = {s for r in sheet.market.standing if isinstance(r, ServiceBan) for s in r.streams}
    bound = {s.name for s in sheet.market.streams if np.isfinite(s.quota)} - apart
    if measure.members is None:
        return tuple(s.name for s in sheet.market.streams if s.name in bound)
    parts = sheet.places.streams(sheet.economies(measure.members, entry, "members"))
    names = sheet.whole(entry, parts, "members")
    if free := [n for n in names if n not in bound]:
        sheet.note(entry, f"{', '.join(free)} has no quota in the base year and takes no part.")
    if not set(names) & bound:
        sheet.problem(entry, "members", "none of them has a quota in the base year. Streams with "
                      f"one are {', '.join(sorted(bound)) or 'none'}.")  # fmt: skip
    return tuple(n for n in names if n in bound)
