"""The comparison of presets and bounds on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.report.models import models_answer, moved_text, shown_rows, when
from entrepot.report.plain import PLAIN
from entrepot.report.summary import NEGLIGIBLE
from entrepot.study.models import Models

NAME = 13
"""Width below which names of economies are not broken."""


def short(value: float) -> str:
    """A change in per cent without its unit."""
    if value != value:
        return "none"
    if abs(value) < NEGLIGIBLE:
        return "0.00"
    return f"{value:+.2f}" if abs(value) < 10 else f"{value:+.0f}"


def stacked(text: str) -> str:
    """`text` on two lines, broken after its first word, to save width."""
    return text.replace(" ", "\n", 1)


def print_models(models: Models, console: Console) -> None:
    """Print the comparison: a table, what moves the answer, and what has no result."""
    console.print()
    table = Table(title="Change of welfare by time since the shock, per cent", title_justify="left",
                  box=None, pad_edge=False, padding=(0, 1, 0, 0))  # fmt: skip
    rows = shown_rows(models)
    longest = max((len(row["name"]) for row in rows), default=0)
    table.add_column("", min_width=min(longest, NAME))
    times = (when(p.name).removesuffix(" run") for p in models.presets)
    heads = ["nothing replaced", *times, "all rerouted", "spread"]
    for head in heads:
        table.add_column(stacked(head), justify="right")
    table.add_column(stacked("moved most by"), no_wrap=True)
    for row in rows:
        found = [
            short(row[n]) if v == "certified" else stacked(v) for n, v in models.verdict.items()
        ]
        moved = moved_text(models, row["code"], short=True)
        table.add_row(escape(row["name"]), short(row["final"]), *found, short(row["rerouted"]),
                      f"{row['spread']:.2f}", moved)  # fmt: skip
    console.print(table)
    console.print()
    for line in models_answer(models):
        console.print(line, highlight=False, markup=False)
    if models.way:
        said = "; ".join(f"{w.short}: {w.name}, {w.question}" for w in PLAIN.values())
        console.print(f"In the table, {said}.", highlight=False, markup=False)
