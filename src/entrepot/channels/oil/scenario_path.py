"""A scenario in the oil market month by month: what its measures do, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import BaseModel

from entrepot.channels.compiled import Assumption, Case
from entrepot.channels.draft import Draft
from entrepot.channels.oil.base import base_of
from entrepot.channels.oil.bundled import base_years, load_agreement, load_market
from entrepot.channels.oil.from_trade import CRUDE, from_trade
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.measures import APPLY, restrict
from entrepot.channels.oil.month import solve_month
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.path import OilPath, run_path
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.restrictions import Restriction
from entrepot.channels.oil.sheet import Sheet
from entrepot.channels.oil.timing import Timed, calendar_problems, months_from
from entrepot.channels.trade import APPLY as TRADE
from entrepot.channels.trade import apply_trade, kind_of
from entrepot.core.errors import ScenarioError
from entrepot.scenario.book import Entry, Scenario
from entrepot.scenario.oil_measures import OilMarketRun
from entrepot.world.world import World

MIDDLE: Final = 15
"""Day of a month on which a measure must be in force to count in it."""
BEFORE, AFTER, LONGEST = 3, 12, 120
"""Months shown before the first measure and after the last change; most months by default."""

QUIET: Final = ("oil_market", "producers_agreement")
"""Kinds that restrict nothing by themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class OilPlan:
    """What a scenario does to an oil market over months.

    Attributes
    ----------
    first, months : of the path
    timed : restrictions with their first and last month
    agreement : rule of producers, or None
    measures : name of the measure behind each of `timed`
    assumptions : every given number with its range
    notes : what the reader should know

    """

    first: str
    months: int
    timed: tuple[Timed, ...]
    agreement: Agreement | None
    measures: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]


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
    year = year or base_year_of(scenario, first)
    market = load_market(year, **(parameters or {}))
    plan = plan_of(scenario, market, first, months, year=year, case=case, overrides=overrides)
    rule = plan.agreement
    if rule is None and agreement:
        rule = load_agreement(year, **(parameters or {}))
    path = run_path(market, first, months, plan.timed, agreement=rule, folder=folder)
    return ScenarioPath(scenario.name, year, market, plan, path)


def plan_of(
    scenario: Scenario,
    market: OilMarket,
    first: str,
    months: int,
    *,
    year: int | None = None,
    case: Case = "central",
    overrides: Mapping[str, float] | None = None,
) -> OilPlan:
    """Turn a scenario into restrictions with months.

    `year` is the base year of the market, by whose trade members of a group are weighed; that of
    the first month if left out.

    A measure counts in a month if it is in force on the 15th; numbers that change with time
    (contracts that run out, fleets that grow) are those of that day.

    Raises
    ------
    ScenarioError : all problems of all months at once

    """
    if wrong := calendar_problems(first, months, ()):
        raise ScenarioError.collect(f"Scenario '{scenario.name}', months", wrong)
    coefficients, places = base_of(market), Places.of(market, year or int(first[:4]))
    base = solve_month(market, base=coefficients)
    rows: list[list[tuple[str, Restriction]]] = []
    drafts: list[Draft] = []
    rules: list[Agreement | None] = []
    for label in months_from(first, months):
        day = date.fromisoformat(f"{label}-{MIDDLE}")
        draft = Draft(bare_world(), scenario.vocabulary, day, case, overrides or {}, "dated")
        sheet = Sheet(draft, market, base, places)
        active = scenario.active(day)
        apply_trade(draft, active)
        restrict(sheet, active)
        from_trade(sheet, coefficients)
        drafts.append(draft)
        rules.append(sheet.agreement)
        rows.append([(entry.name, r) for entry, r in sheet.done])
    _raise(scenario, drafts, rules)
    spans = _spans(months_from(first, months), rows)
    return OilPlan(
        first=first,
        months=months,
        timed=tuple(t for _, t in spans),
        agreement=rules[-1],
        measures=tuple(name for name, _ in spans),
        assumptions=tuple({a.name: a for d in drafts for a in d.assumptions.values()}.values()),
        notes=tuple(dict.fromkeys(n for d in drafts for n in d.notes)) + _idle(scenario, rows),
    )


@cache
def bare_world() -> World:
    """A stand-in with the oil market's economies, for paths that have no world."""
    year = base_years()[-1]
    names = Places.of(load_market(year), year).economies
    n = len(names)
    share = np.eye(n)[:, :, None]
    return World.from_arrays(
        regions=names,
        sectors=(CRUDE,),
        trade_share=share,
        input_share=np.zeros((n, 1, 1)),
        value_added_share=np.ones((n, 1)),
        final_share=np.ones((n, 1)),
        value_added=np.ones(n),
        name="oil market",
    )


def _spans(
    labels: tuple[str, ...], rows: list[list[tuple[str, Restriction]]]
) -> list[tuple[str, Timed]]:
    """Put equal restrictions of months in a row together."""
    running: list[tuple[str, Restriction, str]] = []
    out: list[tuple[str, Timed]] = []
    last = ""
    for label, row in zip((*labels, ""), (*rows, []), strict=True):
        now = list(row)
        still = []
        for name, r, since in running:
            if (name, r) in now:
                now.remove((name, r))
                still.append((name, r, since))
            else:
                out.append((name, Timed(r, since, last)))
        running = [*still, *((name, r, label) for name, r in now)]
        last = label
    return sorted(out, key=lambda x: (x[0], x[1].first))


def _idle(scenario: Scenario, rows: list[list[tuple[str, Restriction]]]) -> tuple[str, ...]:
    """Measures that do nothing in these months, or nothing in the oil market."""
    acted = {name for row in rows for names, _ in row for name in names.split(", ")}
    out = []
    for entry in scenario.entries:
        if kind_of(entry) not in {**APPLY, **TRADE}:
            out.append(f"measure '{entry.name}' is of the kind '{kind_of(entry)}', which a path of "
                       "the oil market alone leaves out.")  # fmt: skip
        elif entry.name not in acted and kind_of(entry) not in QUIET:
            out.append(f"measure '{entry.name}' is in force on the 15th of none of these months, "
                       "or changes nothing in them.")  # fmt: skip
    return tuple(out)


def _raise(scenario: Scenario, drafts: Sequence[Draft], rules: Sequence[Agreement | None]) -> None:
    problems = _one_rule(rules)
    problems += list(dict.fromkeys(p for d in drafts for p in (*d.problems, *d.conflict_texts())))
    if not problems:
        used = {name for d in drafts for name in d.assumptions}
        problems = [p for p in drafts[0].unknown_overrides()
                    if not any(f"'{name}'" in p for name in used)]  # fmt: skip
    if problems:
        raise ScenarioError.collect(
            f"Scenario '{scenario.name}' ({scenario.where}) does not fit the oil market", problems
        )


def _one_rule(rules: Sequence[Agreement | None]) -> list[str]:
    if all(r == rules[0] for r in rules):
        return []
    return [
        "the producers' agreement is in force in part of the months, or changes, and a path has "
        "one rule. Leave its dates out, or take months of one rule at a time."
    ]


def span_of(scenario: Scenario, first: str | None, months: int | None) -> tuple[str, int]:
    """Months of a path, first and how many; where none are given, those around its dates."""
    days = sorted(d for e in scenario.entries for d in dates_of(e.measure))
    if not days and (first is None or months is None):
        raise ScenarioError(
            f"Scenario '{scenario.name}' ({scenario.where}) has no dates, so that a path needs its "
            "first month and how many. Give both."
        )
    if first is None:
        first = _label(_index(days[0]) - BEFORE)
    if months is None and calendar_problems(first, 1, ()) == []:
        year, month = (int(x) for x in first.split("-"))
        months = _index(days[-1]) + AFTER - (12 * year + month - 1)
        months = min(max(months, 1), LONGEST)
    return first, months if months is not None else 1


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
    """Base year of the first measure that names one."""
    for entry in entries:
        if isinstance(entry.measure, OilMarketRun) and entry.measure.base is not None:
            return int(entry.measure.base)
    return None
