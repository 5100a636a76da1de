"""A producers' agreement of a scenario as the rule of a path."""

from __future__ import annotations

from entrepot.channels.oil.parts import Agreement
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
    value, usual = sheet.draft.value, sheet.usual
    low, high = usual.low, usual.high
    if measure.low is not None:
        low = value(measure.low, entry, "low", "price below which quotas fall, USD a barrel")
    if measure.high is not None:
        high = value(measure.high, entry, "high", "price above which quotas rise, USD a barrel")
    if low > high:
        sheet.problem(entry, "", f"the band from {low:.4g} to {high:.4g} USD is empty; the "
                      "base year fills in the end that is left out. Give both.")  # fmt: skip
        return
    given = "step" in measure.model_fields_set
    step = value(measure.step, entry, "step", "part by which quotas move in a month", given=given)
    sheet.agreement = Agreement(_members(sheet, entry, measure), low, high, step)


def _members(sheet: Sheet, entry: Entry, measure: ProducersAgreement) -> tuple[str, ...]:
    """Members' streams that have a quota at the base; the others have none to move."""
    bound = sheet.usual.streams
    if measure.members is None:
        return bound
    parts = sheet.places.streams(sheet.economies(measure.members, entry, "members"))
    names = sheet.whole(entry, parts, "members")
    if free := [n for n in names if n not in bound]:
        sheet.note(entry, f"{', '.join(free)} has no quota in the base year and takes no part.")
    if not set(names) & set(bound):
        sheet.problem(entry, "members", "none of them has a quota in the base year. Streams with "
                      f"one are {', '.join(bound) or 'none'}.")  # fmt: skip
    return tuple(n for n in names if n in bound)
