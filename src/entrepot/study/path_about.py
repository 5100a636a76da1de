"""What a path tells beside its numbers: measures by year, channels, parties, assumptions, notes."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from entrepot.channels import Assumption, ChannelTable
from entrepot.scenario.book import Scenario
from entrepot.study.path_points import Plan, Point
from entrepot.study.run import parties


def measure_rows_by_year(points: list[Point]) -> pd.DataFrame:
    """Measures in force, by year, with what each weighs in the age of the economy."""
    rows = []
    for point in points:
        weight = point.ages.weights()
        rows += [
            {"year": point.day.year, "measure": e.name, "title": e.measure.title or e.name,
             "months": point.ages.months[e.name], "stake": point.ages.stake.get(e.name, 0.0),
             "weight": weight[e.name]}
            for e in point.active
        ]  # fmt: skip
    columns = ["year", "measure", "title", "months", "stake", "weight"]
    return pd.DataFrame(rows, columns=columns)


def channel_tables(points: list[Point]) -> dict[str, ChannelTable]:
    """Return the tables of the channels, those of all years under each other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    about: dict[str, ChannelTable] = {}
    for point in points:
        for name, table in point.tables.items():
            frame = table.frame.copy()
            frame.insert(0, "year", point.day.year)
            frame.insert(0, "adaptation", point.adaptation)
            parts.setdefault(name, []).append(frame)
            about[name] = table
    return {
        name: replace(about[name], frame=pd.concat(frames, ignore_index=True))
        for name, frames in parts.items()
    }


def named(plan: Plan, fields: tuple[str, ...]) -> tuple[str, ...]:
    """Economies that measures name in one of `fields`, in any year."""
    named = {r for day in plan.days if plan.scenario.active(day)
             for r in parties(plan.scenario, plan.world, fields, day)}  # fmt: skip
    return tuple(r for r in plan.world.regions if r in named)


def assumptions_of(points: list[Point]) -> tuple[Assumption, ...]:
    """Every given number of the central case, each once."""
    found: dict[str, Assumption] = {}
    for point in points:
        for item in point.assumptions:
            found.setdefault(item.name, item)
    return tuple(found.values())


def notes_of(scenario: Scenario, plan: Plan, points: list[Point]) -> tuple[str, ...]:
    """Remarks of the path, then those of compiling that are not about one day alone."""
    world, used = plan.world, {e.name for p in points for e in p.active}
    base = f"the year {world.year}" if world.year else f"the world '{world.name}'"
    notes = [f"Every year is compared with {base}: the baseline does not grow."]
    undated = ", ".join(e.name for e in scenario.entries if not e.measure.start)
    if undated:
        notes.append(f"Without a first day, and counted from 1 January {plan.days[0].year}: "
                     f"{undated}.")  # fmt: skip
    never = ", ".join(e.name for e in plan.scenario.entries if e.name not in used)
    if never:
        notes.append(f"In force on none of the days of the path: {never}.")
    if (plan.closure or scenario.closure) and any(not p.active for p in points):
        notes.append("The rule for external balances acts in years with a measure in force.")
    for point in points:
        notes += [n for n in point.notes if not _of_one_day(n, point)]
    return tuple(dict.fromkeys(notes))


def _of_one_day(note: str, point: Point) -> bool:
    """Whether a note of compiling says what is in force on the day, which `measures` tells."""
    return f" in force on {point.day}" in note
