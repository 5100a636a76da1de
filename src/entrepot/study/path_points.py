"""The points of a path: for every year, adaptation and end of the ranges, what is solved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from entrepot.channels import Assumption, Case, ChannelTable, Compiled, compile_shock
from entrepot.core.errors import InputError
from entrepot.model.economy import Economy
from entrepot.model.presets import Preset, at
from entrepot.model.shock import BoundShock
from entrepot.scenario.book import Entry, Scenario
from entrepot.study.path_ages import Ages, Rule, months_in_force
from entrepot.study.path_stakes import joint_parts, stakes
from entrepot.world.world import World

ON: Final = "on"
OFF: Final = "off"
FIRST_YEAR, LAST_YEAR = 1900, 2200


class PathCase(NamedTuple):
    """An end of the ranges: name, end of the elasticities, end of behaviour, rule of the age."""

    name: str
    elasticities: Case = "central"
    behaviour: Case = "central"
    rule: Rule = "mean"


CASES: Final[tuple[PathCase, ...]] = (
    PathCase("central"),
    PathCase("elasticities low", elasticities="low"),
    PathCase("elasticities high", elasticities="high"),
    PathCase("behaviour low", behaviour="low"),
    PathCase("behaviour high", behaviour="high"),
    PathCase("age of the newest", rule="newest"),
    PathCase("age of the oldest", rule="oldest"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One solve of a path, without the arrays that it takes.

    Attributes
    ----------
    adaptation : "on" or "off"
    case : name of one of `CASES`
    day : day of the year
    active : measures in force
    ages : their ages and stakes
    months : time since the shocks that gives the elasticities
    closure : of the external balances
    assumptions, notes, tables : of compiling; empty beside the central case

    """

    adaptation: str
    case: str
    day: date
    active: tuple[Entry, ...]
    ages: Ages
    months: float
    closure: str
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    tables: Mapping[str, ChannelTable] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """As words."""
        return f"{self.day.year}, adaptation {self.adaptation}, {self.case}"


class Task(NamedTuple):
    """A point with what is solved for it."""

    point: Point
    economy: Economy
    compiled: Compiled
    shock: BoundShock


def check_years(years: Iterable[int]) -> tuple[int, ...]:
    """Return `years` as whole numbers that rise.

    Raises
    ------
    InputError : there are none, or they are no years, or they do not rise

    """
    given: list[Any] = list(years)
    if not given:
        raise InputError("The path has no year. Give at least one, as in range(2018, 2029).")
    problems = [
        f"{y!r} is no year. Allowed are whole numbers from {FIRST_YEAR} to {LAST_YEAR}."
        for y in given
        if isinstance(y, bool)
        or not isinstance(y, int | np.integer)
        or not FIRST_YEAR <= y <= LAST_YEAR
    ]
    if not problems and any(b <= a for a, b in pairwise(given)):
        problems.append(
            f"{', '.join(map(str, given))} do not rise. Give each year once, the earliest first."
        )
    if problems:
        raise InputError.collect("The years of a path cannot be used", problems)
    return tuple(int(y) for y in given)


def day_of(year: int, day: str) -> date:
    """Day `day` ("MM-DD") of `year`; `InputError` if there is none."""
    try:
        return date.fromisoformat(f"{year:04d}-{day}")
    except (ValueError, TypeError):
        raise InputError(
            f"'{day}' is no day of {year}. Write month and day as MM-DD, as in 07-01."
        ) from None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every solve of a path.

    Attributes
    ----------
    scenario : with a first day for every measure (`path_ages.dated`)
    world : the benchmark
    days : one a year
    sides : "on", "off" or both
    cases : ends of the ranges, the central one first
    closure : what the run asks for, or None

    """

    scenario: Scenario
    world: World
    days: tuple[date, ...]
    sides: tuple[str, ...]
    cases: tuple[PathCase, ...]
    closure: str | None

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.days) * len(self.sides) * len(self.cases)

    def tasks(self) -> Iterator[Task]:
        """Points with what is solved, one compilation for all that share it."""
        first, parts = self._first_ages(), dict[frozenset[str], dict[str, float]]()
        for side in self.sides:
            for day in self.days:
                names = frozenset(e.name for e in self.scenario.active(day))
                if names not in parts:
                    parts[names] = joint_parts(self.scenario, self.world, day) if names else {}
                for behaviour in dict.fromkeys(c.behaviour for c in self.cases):
                    yield from self._compiled(side, day, behaviour, first, parts[names])

    def _first_ages(self) -> dict[str, float]:
        """Age of each measure on the first day of the path on which it is in force."""
        out: dict[str, float] = {}
        for day in self.days:
            for name, age in months_in_force(self.scenario.active(day), day).items():
                out.setdefault(name, age)
        return out

    def _compiled(
        self,
        side: str,
        day: date,
        behaviour: Case,
        first: Mapping[str, float],
        parts: Mapping[str, float],
    ) -> Iterator[Task]:
        """Points of one compilation; a year without a measure in force is the benchmark."""
        active = self.scenario.active(day)
        scenario = self.scenario if active else replace(self.scenario, frozen=(), closure=None)
        compiled = compile_shock(self.world, scenario, day, case=behaviour,
                                 years="dated" if side == ON else 0.0)  # fmt: skip
        shock, closure = compiled.bind(self.world), self.closure if active else None
        grown = months_in_force(active, day)
        months = grown if side == ON else {name: first[name] for name in grown}
        ages = Ages(months, stakes(compiled, self.world, parts))
        for case in self.cases:
            if case.behaviour != behaviour:
                continue
            point = Point(side, case.name, day, active, ages, ages.at(case.rule),
                          closure or compiled.closure or "fixed")  # fmt: skip
            if case is self.cases[0]:
                point = replace(point, assumptions=compiled.assumptions, notes=compiled.notes,
                                tables=compiled.tables)  # fmt: skip
            economy = economy_at(point.months, case.elasticities, self.world)
            yield Task(point, economy, compiled, shock)


def economy_at(months: float, end: Case, world: World) -> Economy:
    """Elasticities `months` after the shock, at one end of their ranges and of the world's."""
    found = _preset(months)
    if end == "central":
        return Economy.from_preset(found)
    theta = None if world.theta_range is None else world.theta_range[0 if end == "low" else 1]
    return Economy.from_preset(found.low() if end == "low" else found.high(), theta)


@cache
def _preset(months: float) -> Preset:
    return at(months)
