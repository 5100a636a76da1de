"""Months of the oil market on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.report.console import print_notes
from entrepot.report.oil import OilReport, about_text, answer
from entrepot.report.oilnames import producer_title
from entrepot.report.oilnumbers import Of, brent_of, discount_of, exports_of, revenue_of
from entrepot.report.words import measure_text
from entrepot.scenario.table import measure_rows
from entrepot.study.oil_run import OilRun

NOTES = 4
MEASURES = 4
ROWS = 13


def print_oil(report: OilReport, console: Console) -> None:
    """Print the answer, a table of months, and what has no result."""
    run = report.run
    console.print(run.title, style="bold", highlight=False, markup=False)
    console.print(about_text(run), highlight=False, markup=False)
    for line in asked(run, MEASURES):
        console.print(f"- {line}", highlight=False, markup=False)
    console.print()
    for said in answer(report):
        console.print(said, highlight=False, markup=False)
    console.print()
    for p in report.subjects[:1]:
        console.print(_table(report, p))
        console.print()
    for reason in run.failed[:NOTES]:
        console.print(f"no result: {reason}", highlight=False, markup=False)
    print_notes(run.notes, NOTES, console)


def asked(run: OilRun, most: int) -> list[str]:
    """Measures in words, at most so many."""
    if run.scenario is None:
        return []
    rows = [measure_text(r) for r in sorted(measure_rows(run.scenario), key=lambda r: r["from"])]
    rest = len(rows) - most
    return rows[:most] + ([f"and {rest} more in the report"] if rest > 0 else [])


def _table(report: OilReport, producer: str) -> Table:
    """Months: Brent, and exports, discount and revenue of one producer, without in brackets."""
    run = report.run
    who = producer_title(run.market, producer)
    said = "; without the measures in brackets" if run.timed else ""
    table = Table(title=escape(f"Month by month, {who}{said}"), title_justify="left", box=None,
                  pad_edge=False)  # fmt: skip
    table.add_column("month")
    columns: Sequence[tuple[str, Of, str]] = (
        ("Brent, USD", brent_of, "{:.1f}"),
        ("exports, kb/d", exports_of(producer), "{:,.0f}"),
        ("discount, USD", discount_of(producer), "{:.1f}"),
        ("revenue, bn USD", revenue_of(producer), "{:.2f}"),
    )
    lines = []
    for head, of, form in columns:
        table.add_column(head, justify="right")
        lines.append((form, report.line(of).central, report.line(of, without=True).central))
    for k in shown(len(run.months)):
        cells = [
            _cell(form, a[k]) + (f" ({_cell(form, b[k])})" if run.timed else "")
            for form, a, b in lines
        ]
        table.add_row(run.months[k], *cells)
    return table


def _cell(form: str, value: float) -> str:
    return form.format(value) if np.isfinite(value) else "none"


def shown(count: int) -> list[int]:
    """Positions of the months that are printed: all, or every second, third ... and the last."""
    step = -(-count // ROWS)
    return sorted({*range(0, count, step), count - 1})
