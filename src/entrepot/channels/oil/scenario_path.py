"""A scenario in the oil market month by month, from its own dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from entrepot.channels.compiled import Case
from entrepot.channels.oil.bundled import base_years, load_agreement, load_market
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.path import OilPath, run_path
from entrepot.channels.oil.plan import OilPlan, plan_of
from entrepot.channels.oil.timing import calendar_problems
from entrepot.core.errors import ScenarioError
from entrepot.scenario.book import Entry, Scenario
from entrepot.scenario.oil_measures import OilMarketRun

BEFORE, AFTER, LONGEST = 3, 12, 120
"""Months shown before the first measure and after the last change; most months by default."""


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioPath:
    """A scenario solved month by month.

    Attributes
    ----------
    scenario : name
    year : base year of the market
    market, plan, path : what was solved

    """

    scenario: str
    year: int
    market: OilMarket
    plan: OilPlan
    path: OilPath


def path_of_scenario(
    scenario: Scenario,
    first: str | None = None,
    months: int | None = None,
    *,
    year: int | None = None,
    case: Case = "central",
    overrides: Mapping[str, float] | None = None,
    folder: Path | None = None,
    parameters: Mapping[str, float] | None = None,
    agreement: bool = True,
) -> ScenarioPath:
    """Solve the months of a scenario.

    Parameters
    ----------
    scenario : with measures of oil
    first, months : months to solve; left out: from three before the first measure to twelve after
        the last change of any
    year : base year; left out: the one that the scenario asks for, else the latest before its
        first measure
    case : "low", "central" or "high" end of every range in the file
    overrides : values for single assumptions by name
    folder : where finished months are kept; a path that was stopped goes on from there
    parameters : of the market, as in `load_market`
    agreement : whether producers follow the rule of the base year where the scenario has none

    Raises
    ------
    ScenarioError : it cannot be put into this market; all problems at once, with the places
    ValueRangeError, NotSolvedError : as in `run_path`

    """
    first, months = span_of(scenario, first, months)
    year = base_year_of(scenario, first) if year is None else year
    market = load_market(year, **(parameters or {}))
    plan = plan_of(scenario, market, first, months, year=year, case=case, overrides=overrides)
    rule = plan.agreement
    if rule is None and agreement:
        rule = load_agreement(year, **(parameters or {}))
    path = run_path(market, first, months, plan.timed, agreement=rule, folder=folder)
    return ScenarioPath(scenario.name, year, market, plan, path)


def span_of(scenario: Scenario, first: str | None, months: int | None) -> tuple[str, int]:
    """Months of a path, first and how many; where none are given, those around its dates.

    Raises
    ------
    ScenarioError : there are none to be had, or they are no months

    """
    days = sorted(d for e in scenario.entries for d in dates_of(e.measure))
    if not days and (first is None or months is None):
        raise ScenarioError(
            f"Scenario '{scenario.name}' ({scenario.where}) has no dates, so that a path needs its "
            "first month and how many. Give both."
        )
    if first is None:
        first = _label(_index(days[0]) - BEFORE)
    wrong = calendar_problems(first, 1 if months is None else months, ())
    if wrong:
        raise ScenarioError.collect(f"Scenario '{scenario.name}', months", wrong)
    if months is None:
        year, month = (int(x) for x in first.split("-"))
        months = _index(days[-1]) + AFTER - (12 * year + month - 1)
        months = min(max(months, 1), LONGEST)
    return first, months


def _index(day: date) -> int:
    return 12 * day.year + day.month - 1


def _label(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def dates_of(model: BaseModel) -> Iterable[date]:
    """Every date in a measure."""
    for name in type(model).model_fields:
        yield from _dates(getattr(model, name))


def _dates(value: Any) -> Iterable[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, BaseModel):
        yield from dates_of(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _dates(item)


def base_year_of(scenario: Scenario, first: str) -> int:
    """Year that the scenario asks for, else the latest from before its first measure.

    It does not lie after the first month either; with no such year it is the earliest.
    """
    asked = asked_base(scenario.entries)
    if asked is not None:
        return asked
    shown = int(first[:4])
    measure = min((e.measure.start.year for e in scenario.entries if e.measure.start),
                  default=shown + 1)  # fmt: skip
    known = base_years()
    return max((y for y in known if y < measure and y <= shown), default=known[0])


def asked_base(entries: Iterable[Entry]) -> int | None:
    """Base year that measures name, or None.

    Raises
    ------
    ScenarioError : they name more than one

    """
    asked = [(e, e.measure.base) for e in entries
             if isinstance(e.measure, OilMarketRun) and e.measure.base is not None]  # fmt: skip
    years = sorted({year for _, year in asked})
    if len(years) > 1:
        raise ScenarioError(
            f"{' and '.join(e.name for e, _ in asked)} ask for the base years "
            f"{', '.join(f'{y:g}' for y in years)}. A market has one base year: keep one of them."
        )
    return int(years[0]) if years else None
