"""What a scenario does to an oil market, month by month: restrictions with first and last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np

from entrepot.channels.compiled import Assumption, Case
from entrepot.channels.draft import Draft
from entrepot.channels.oil.base import base_of
from entrepot.channels.oil.bundled import base_years, load_agreement, load_market
from entrepot.channels.oil.from_trade import CRUDE, from_trade
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.measures import APPLY, restrict
from entrepot.channels.oil.month import solve_month
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.restrictions import Restriction
from entrepot.channels.oil.sheet import Sheet
from entrepot.channels.oil.timing import Timed, calendar_problems, months_from
from entrepot.channels.trade import APPLY as TRADE
from entrepot.channels.trade import apply_trade, kind_of
from entrepot.core.errors import ScenarioError
from entrepot.scenario.book import Scenario
from entrepot.world.world import World

MIDDLE: Final = 15
"""Day of a month on which a measure must be in force to count in it."""
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

    `year` is the base year of the market, by whose trade members of a group are weighed and whose
    rule of producers fills in what a measure leaves out; the latest up to the first month if left
    out.

    A measure counts in a month if it is in force on the 15th; numbers that change with time
    (contracts that run out, fleets that grow) are those of that day.

    Raises
    ------
    ScenarioError : all problems of all months at once

    """
    if wrong := calendar_problems(first, months, ()):
        raise ScenarioError.collect(f"Scenario '{scenario.name}', months", wrong)
    known = base_years()
    year = year or max((y for y in known if y <= int(first[:4])), default=known[0])
    coefficients, places, usual = base_of(market), Places.of(market, year), load_agreement(year)
    base = solve_month(market, base=coefficients)
    rows: list[list[tuple[str, Restriction]]] = []
    drafts: list[Draft] = []
    rules: list[Agreement | None] = []
    for label in months_from(first, months):
        day = date.fromisoformat(f"{label}-{MIDDLE}")
        draft = Draft(bare_world(), scenario.vocabulary, day, case, overrides or {}, "dated")
        sheet = Sheet(draft, market, base, places, usual)
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
        for draft in drafts[1:]:
            drafts[0].assumptions.update(draft.assumptions)
        problems = drafts[0].unknown_overrides()
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
