"""The working sheet of a day in the oil market: who is meant by the labels of a measure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from entrepot.channels.draft import DAYS, Draft
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.errors import did_you_mean
from entrepot.scenario.book import Entry
from entrepot.scenario.labels import ALL
from entrepot.scenario.oil_measures import OfSellers, Quota

MOST: Final = 0.9
"""Part of a group from which a measure that cannot be split counts for all of it."""


@dataclass(slots=True)
class Sheet:
    """What measures of a day do to the oil market.

    Attributes
    ----------
    draft : day, numbers, notes and problems
    market, base, places : the market, its base month, and the economies behind it
    usual : rule of producers of the base year
    done : restrictions with the measure that asks for each
    agreement : rule of producers, if a measure asks for one
    rulers : measures that ask for a rule

    """

    draft: Draft
    market: OilMarket
    base: MonthOutcome
    places: Places
    usual: Agreement
    done: list[tuple[Entry, Restriction]] = field(default_factory=list)
    agreement: Agreement | None = None
    rulers: list[Entry] = field(default_factory=list)

    def problem(self, entry: Entry, place: str, text: str) -> None:
        """Note what is wrong with a part of a measure."""
        at = f"{entry.name}.{place}" if place else entry.name
        self.draft.problems.append(f"{entry.where}: {at}: {text}")

    def note(self, entry: Entry, text: str) -> None:
        """Tell the reader something about a measure."""
        self.draft.note(f"{entry.name}: {text}")

    def months(self, entry: Entry) -> float:
        """Months since the measure began, by the run or by its date; infinite in the long run.

        Contracts run out by the calendar, also where nobody else is given time to adapt.
        """
        start, day = entry.measure.start, self.draft.day
        dated = (day - start).days / DAYS if start and day else 0.0
        return 12.0 * max(self.draft.years(entry), dated)

    def progress(self, entry: Entry, months: float) -> float:
        """Part of a change that takes `months` and began with the measure: 0 to 1."""
        held = self.months(entry)
        return 1.0 if months <= 0 or held >= months else held / months

    # who

    def economies(self, labels: Iterable[str], entry: Entry, place: str) -> frozenset[str]:
        """Economies of the market that `labels` mean on this day."""
        out: set[str] = set()
        for label in labels:
            if label == ALL:
                out |= set(self.places.economies)
            elif label in self.draft.words.groups:
                members = self.draft.words.groups[label].at(self.draft.day)
                out |= set(members) & set(self.places.at)
                absent = [m for m in members if m not in self.places.at]
                if absent:
                    self.draft.note(f"oil: {label}: {', '.join(absent)} not by themselves in the "
                                    "oil market, not covered.")  # fmt: skip
            elif label in self.places.at:
                out.add(label)
            else:
                self.problem(entry, place, f"'{label}' is not by itself in the oil market."
                             f"{did_you_mean(label, self.places.at)} Name ROW, of which it is a "
                             "part, or leave it out.")  # fmt: skip
        return frozenset(out)

    def streams(self, entry: Entry, measure: OfSellers | Quota,
                without: Collection[str] = ()) -> dict[str, float]:  # fmt: skip
        """Streams that the measure is about, with the part of each that its targets own."""
        targets = self.economies(measure.targets, entry, "targets")
        if ALL in measure.targets:
            targets -= set(without)
        found = self.places.streams(targets)
        if measure.streams is None:
            if not found:
                self.problem(entry, "targets", "none of them has a stream of crude.")
            return found
        chosen: set[str] = set()
        for k, name in enumerate(measure.streams):
            chosen |= self._named(entry, k, name, found)
        return {name: part for name, part in found.items() if name in chosen}

    def _named(self, entry: Entry, k: int, name: str, found: dict[str, float]) -> set[str]:
        """Streams of the targets that an item of `streams` means: one, or all of a grade."""
        market, theirs = self.market, ", ".join(found) or "none"
        if name in market.grades:
            alike = {s.name for s in market.streams if s.grade == name} & set(found)
            if not alike:
                self.problem(entry, f"streams.{k}", f"the targets have no {name} crude; theirs are "
                             f"{theirs}.")  # fmt: skip
            return alike
        if name not in market.stream_names:
            known = (*market.stream_names, *market.grades)
            self.problem(entry, f"streams.{k}", f"unknown stream or grade '{name}'."
                         f"{did_you_mean(name, known)} Streams of the targets are {theirs}; grades "
                         f"are {', '.join(market.grades)}.")  # fmt: skip
        elif name not in found:
            self.problem(entry, f"streams.{k}", f"'{name}' is no stream of the targets; theirs are "
                         f"{theirs}.")  # fmt: skip
        return {name} & set(found)

    def whole(self, entry: Entry, parts: dict[str, float], place: str) -> tuple[str, ...]:
        """Names whose part is all of them, or nearly; the others are refused."""
        for name, part in parts.items():
            if part >= 1.0:
                continue
            group = {**self.places.sellers, **self.places.buyers}[name]
            if part >= MOST:
                self.note(entry, f"counts for all of {name} ({', '.join(group)}), of which "
                          f"{100 * part:.0f} % is meant.")  # fmt: skip
            else:
                self.problem(entry, place, f"only {100 * part:.0f} % of {name} is meant, which "
                             f"the oil market knows as one ({', '.join(group)}). Name all of them, "
                             "or leave it out.")  # fmt: skip
        return tuple(name for name, part in parts.items() if part >= MOST)

    def part_note(self, entry: Entry, parts: dict[str, float]) -> None:
        """Say which groups a measure meets in part."""
        groups = {**self.places.sellers, **self.places.buyers}
        split = [f"{100 * p:.0f} % of {n}" + (f" ({', '.join(groups[n])})" if n in groups else "")
                 for n, p in parts.items() if p < 1.0]  # fmt: skip
        if split:
            self.note(entry, "meets part of what the oil market knows as one, and counts for that "
                      f"part of its barrels: {', '.join(split)}.")  # fmt: skip
