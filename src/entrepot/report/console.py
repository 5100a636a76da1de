"""The summary on a terminal, and its JSON twin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.channels import ChannelTable
from entrepot.report.summary import NEGLIGIBLE, Summary
from entrepot.report.words import (
    LONG_RUN,
    answer,
    bounds,
    elasticities_text,
    horizon_text,
    measure_text,
    money,
    percent,
)

SHOWN = 5
NOTES = 3
ASSUMED = "ASSUMED"
INFINITE = "infinite"


def _welfare_table(frame: pd.DataFrame, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for column in ("welfare", "range", "bn USD"):
        table.add_column(column, justify="right")
    for _, row in frame.head(SHOWN).iterrows():
        spread = bounds(row["low"], row["high"])
        spread = spread if spread == "no range" else f"({spread})"
        table.add_row(escape(row["name"]), percent(row["percent"]), spread,
                      money(row["bn_usd"], signed=True))  # fmt: skip
    return table


def _moves(summary: Summary, target: str) -> Table:
    """Sectors in which the target's exports move most, in bn USD."""
    frame = summary.exports[(summary.exports["target"] == target)]
    total = frame[frame["sector"] == "all"]
    rest = frame[frame["sector"] != "all"]
    order = (rest["after"] - rest["before"]).abs().sort_values(ascending=False).index
    title = f"Exports of {escape(target)}, bn USD a year"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for column in ("before", "after", "change"):
        table.add_column(column, justify="right")
    for _, row in pd.concat([total, rest.loc[order[: SHOWN - 1]]]).iterrows():
        change = percent(row["percent"]) if row["before"] > 0 else ""
        table.add_row(escape(row["sector"]), money(row["before"]), money(row["after"]), change)
    return table


def _partners(summary: Summary, target: str) -> str:
    frame = summary.partners
    frame = frame[(frame["target"] == target) & (frame["direction"] == "exports")]
    up = frame.sort_values("change", ascending=False)
    up = up[up["change"] > 0.005].head(4)
    down = frame.sort_values("change")
    down = down[down["change"] < -0.005].head(4)
    texts = [", ".join(f"{r['partner']} {money(r['change'], signed=True)}" for _, r in f.iterrows())
             for f in (down, up)]  # fmt: skip
    name = str(summary.welfare.set_index("code")["name"][target])
    return (
        f"Where the exports of {name} went (bn USD): less to {texts[0] or 'nobody'}; more to "
        + (texts[1] or "nobody")
    )


def _winners(summary: Summary) -> str:
    sector = summary.market["sector"].iloc[0]
    frame = summary.market[(summary.market["sector"] == sector)]
    frame = frame[~frame["exporter"].isin(summary.targets)].sort_values("change", ascending=False)
    names = [f"{r['exporter']} {money(r['change'], signed=True)}"
             for _, r in frame.head(4).iterrows() if r["change"] > 0]  # fmt: skip
    return f"Who sells more {sector} abroad (bn USD): {', '.join(names) or 'nobody'}"


def print_summary(summary: Summary, console: Console) -> None:
    """Print the answer so that it can be read in half a minute."""
    console.print(summary.title, style="bold", highlight=False, markup=False)
    base = f"world {summary.world}, {summary.day}, balances {summary.closure}"
    text = f"{base}; {horizon_text(summary)}, changes against the base year"
    console.print(text, highlight=False, markup=False)
    if summary.horizon != LONG_RUN:
        console.print(elasticities_text(summary), highlight=False, markup=False)
    for row in summary.measures[:3]:
        console.print(f"- {measure_text(row)}", highlight=False, markup=False)
    if len(summary.measures) > 3:
        console.print(f"- and {len(summary.measures) - 3} more measures", highlight=False)
    if not summary.measures:
        console.print("- no measure is in force on this day", highlight=False)
    console.print()
    for line in answer(summary):
        console.print(line, highlight=False, markup=False)
    console.print()
    for frame, word in ((summary.losers, "loses"), (summary.gainers, "gains")):
        if len(frame):
            console.print(_welfare_table(frame, f"Who {word}"))
        else:
            console.print(f"Nobody {word} as much as {NEGLIGIBLE} %.", highlight=False)
        console.print()
    for target in summary.hit[:1]:
        console.print(_moves(summary, target))
        console.print(_partners(summary, target), highlight=False, markup=False)
    if len(summary.market):
        console.print(_winners(summary), highlight=False, markup=False)
    for found in summary.channels.values():
        text = f"In the report: {found.title} ({len(found.frame)} rows)."
        console.print(text, highlight=False, markup=False)
    assumed = sum(a.source.startswith("assumed") for a in summary.assumptions)
    if summary.assumptions:
        text = (
            f"Numbers given in the scenario: {len(summary.assumptions)}, of them assumed: {assumed}"
        )
        console.print(f"{text} (listed in the report).", highlight=False)
    for reason in summary.failed:
        console.print(f"no result: {reason}", highlight=False, markup=False)
    print_notes(summary.notes, NOTES, console)


def print_notes(notes: Sequence[str], most: int, console: Console) -> None:
    """Print the first notes, those with an assumption in capitals before the others."""
    loud = sorted(notes, key=lambda note: ASSUMED not in note)
    for note in loud[:most]:
        console.print(f"note: {note}", highlight=False, markup=False)
    if len(notes) > most:
        console.print(f"and {len(notes) - most} more notes in the report", highlight=False)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain data."""
    rows = frame.to_dict(orient="records")
    return [{str(k): _plain(v) for k, v in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """`value` as JSON knows it: missing is null, and infinity a word."""
    if isinstance(value, float) and math.isinf(value):
        return INFINITE
    return None if value != value else value


def channels_json(tables: Mapping[str, ChannelTable]) -> dict[str, Any]:
    """Every table of the channels as title, note and rows."""
    return {
        name: {"title": found.title, "note": found.note, "rows": plain_rows(found.frame)}
        for name, found in tables.items()
    }


def to_json(summary: Summary) -> dict[str, Any]:
    """Return the same numbers as plain data."""
    out: dict[str, Any] = {}
    for name in summary.__dataclass_fields__:
        value = getattr(summary, name)
        if isinstance(value, pd.DataFrame):
            value = plain_rows(value)
        out[name] = value
    out["channels"] = channels_json(summary.channels)
    out["assumptions"] = [asdict(a) for a in summary.assumptions]
    out["answer"] = answer(summary)
    return out
