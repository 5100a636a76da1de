"""A path on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.report.console import print_notes
from entrepot.report.path import (
    ADAPTATION,
    TOGETHER,
    Line,
    answer,
    money_text,
    span_text,
    subjects,
    takers,
    title_of,
    together_lines,
    welfare_lines,
)
from entrepot.study.path import CENTRAL, YearPath

NOTES = 4


def _shown(path: YearPath) -> list[str]:
    """Return the target that loses most, and the senders."""
    senders = [TOGETHER] if len(takers(path)) > 1 else list(takers(path))
    return list(dict.fromkeys([*subjects(path, 1), *senders]))


def print_path(path: YearPath, console: Console) -> None:
    """Print the answer, a table by year, and what has no result."""
    console.print(path.scenario.title, style="bold", highlight=False, markup=False)
    text = (
        f"world {path.world.name}, {path.years[0]} to {path.years[-1]}, on {path.days[0]:%d %B} of "
        "each year; changes against the base year, welfare in per cent where nothing else is said"
    )
    console.print(text, highlight=False, markup=False)
    console.print()
    for said in answer(path):
        console.print(said, highlight=False, markup=False)
    console.print()
    for who in _shown(path):
        console.print(_table(path, who))
        console.print()
    if any(f.cut.any() for who in _shown(path) for f in welfare_lines(path, who)):
        console.print("* an end of this range has no certified result", highlight=False)
    for reason in path.failed[:NOTES]:
        console.print(f"no result: {reason.split(':')[0]}", highlight=False, markup=False)
    if len(path.failed) > NOTES:
        rest = len(path.failed) - NOTES
        console.print(f"and {rest} more without a result, with reasons in the report",
                      highlight=False)  # fmt: skip
    print_notes(path.notes, NOTES, console)


def _table(path: YearPath, who: str) -> Table:
    unit = ", bn USD a year" if who == TOGETHER else ""
    table = Table(title=escape(f"Welfare, {title_of(path.world, who)}{unit}"),
                  title_justify="left", box=None, pad_edge=False)  # fmt: skip
    lines = together_lines(path) if who == TOGETHER else welfare_lines(path, who)
    for head in ("year", "measures", "months"):
        table.add_column(head, justify="right")
    for found in lines:
        table.add_column(ADAPTATION[found.adaptation], justify="right")
    for k, year in enumerate(path.years):
        months = float(path.months.sel(adaptation=path.adaptations[0], case=CENTRAL, year=year))
        count = int((path.measures["year"] == year).sum())
        table.add_row(str(year), str(count), f"{months:.0f}" if count else "",
                      *(_span(who, found, k) for found in lines))  # fmt: skip
    return table


def _span(who: str, found: Line, k: int) -> str:
    """Per cent of one economy; of the senders together, whose share is tiny, bn USD."""
    if who != TOGETHER:
        return span_text(found, k)
    central, spread = money_text(found, k)
    return f"{central} ({spread})" if spread else central
