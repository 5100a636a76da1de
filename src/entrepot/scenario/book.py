"""Scenarios: named sets of measures, by themselves or out of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from entrepot.core.errors import ScenarioError, did_you_mean
from entrepot.core.hashing import hash_json
from entrepot.scenario.canonical import canonical_measure, expand_parties
from entrepot.scenario.labels import Vocabulary
from entrepot.scenario.measures import Measure

Closure = Literal["fixed", "share_of_income", "zero", "frozen"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure with its name and the place where it is written."""

    name: str
    measure: Measure
    where: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """Measures that are applied together; their order never matters.

    Attributes
    ----------
    name, title, description, claim : words about it; `claim` is a case of the casebook
    entries : its measures, sorted by name, those of included scenarios among them
    closure : external balance closure, or None to leave it to the run
    frozen : economies without access to foreign finance
    day : date that a run without a date uses
    vocabulary : labels and groups of its file
    where : file and line

    """

    name: str
    title: str
    description: str
    claim: str | None
    entries: tuple[Entry, ...]
    closure: Closure | None
    frozen: tuple[str, ...]
    day: date | None
    vocabulary: Vocabulary
    where: str

    def default_day(self) -> date | None:
        """Its own date, else the day that its measures imply, else None.

        That is the first day of the measure that begins last; where none has a first day, the
        last day of the measure that ends first.
        """
        starts = [e.measure.start for e in self.entries if e.measure.start]
        ends = [e.measure.until for e in self.entries if e.measure.until]
        return self.day or max(starts, default=None) or min(ends, default=None)

    def active(self, day: date | None = None) -> tuple[Entry, ...]:
        """Measures in force on `day` (default: `default_day`); all of them if none is dated."""
        day = day or self.default_day()
        if day is None:
            return self.entries
        return tuple(e for e in self.entries if e.measure.in_force(day))

    def content(self) -> dict[str, Any]:
        """Canonical economic content: no names, titles, notes, sources or comments.

        Groups stand as their members, lists are sorted, defaults are filled in, measures are in
        a canonical order.  Two scenarios with the same content mean the same shock.
        """
        measures = [canonical_measure(e.measure, self.vocabulary) for e in self.entries]
        day = self.default_day()
        return {
            "measures": sorted(measures, key=hash_json),
            "closure": self.closure,
            "frozen": expand_parties(self.frozen, self.vocabulary),
            "date": day.isoformat() if day else None,
        }

    @property
    def hash(self) -> str:
        """Hash of `content`."""
        return hash_json(self.content())


@dataclass(frozen=True, slots=True)
class ScenarioBook:
    """Everything that one scenario file says.

    Attributes
    ----------
    name : file name
    title, description : words about the file
    entries : measures by name
    scenarios : scenarios by name
    vocabulary : labels and groups

    """

    name: str
    title: str
    description: str
    entries: Mapping[str, Entry]
    scenarios: Mapping[str, Scenario]
    vocabulary: Vocabulary

    def __getitem__(self, name: str) -> Scenario:
        """Return the scenario `name`; a measure's name gives the scenario of it alone."""
        if name in self.scenarios:
            return self.scenarios[name]
        if name in self.entries:
            return self._alone(self.entries[name])
        names = [*self.scenarios, *self.entries]
        hint = did_you_mean(name, names)
        raise ScenarioError(
            f"{self.name} has no scenario or measure '{name}'.{hint} It has {', '.join(names)}."
        )

    def __iter__(self) -> Iterator[str]:
        """Names of the scenarios."""
        return iter(self.scenarios)

    def __len__(self) -> int:
        """Return the number of scenarios."""
        return len(self.scenarios)

    def _alone(self, entry: Entry) -> Scenario:
        title = entry.measure.title or entry.name
        return Scenario(
            entry.name, title, "", None, (entry,), None, (), None, self.vocabulary, entry.where
        )
