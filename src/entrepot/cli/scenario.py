"""``entrepot validate`` and ``entrepot scenario``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from entrepot.channels import Compiled, compile_shock
from entrepot.cli.pick import find_day, find_scenario, find_world, read_book
from entrepot.cli.terminal import print_json, print_table, print_text, published
from entrepot.core.files import atomic_file
from entrepot.scenario import library

SHOWN = 40


def validate_command(file: Path, world: str | None, as_json: bool, out: Path | None) -> None:
    """Check the file and that each of its scenarios fits the world."""
    book = read_book(file)
    names = list(book) or list(book.entries)
    rows: list[dict[str, Any]] = []
    for name in names:
        scenario = book[name]
        benchmark = find_world(world, scenario)
        compiled = compile_shock(benchmark, scenario)
        rows.append({"scenario": name, "measures": len(scenario.entries), "world": benchmark.name,
                     "cells": len(compiled.cells), "hash": scenario.hash,
                     "notes": list(compiled.notes)})  # fmt: skip
    if not published({"file": str(file), "valid": True, "scenarios": rows}, as_json, out):
        print_table([{k: v for k, v in r.items() if k != "notes"} for r in rows],
                    f"{file} is valid")  # fmt: skip
        for row in rows:
            place = f"note on {row['scenario']}" if len(rows) > 1 else "note"
            for note in row["notes"]:
                print_text(f"{place}: {note}", 6)


def list_command(as_json: bool, out: Path | None) -> None:
    """Print one row per scenario of the library."""
    rows: list[dict[str, Any]] = [
        {"name": name, "title": s.title, "date": str(s.default_day() or ""),
         "measures": len(s.entries), "claim": s.claim or ""}
        for name, s in library().items()
    ]  # fmt: skip
    if not published(rows, as_json, out):
        keep = ("name", "date", "title")
        print_table([{k: row[k] for k in keep} for row in rows], "Scenarios in the library")
        print("\nRun one: entrepot run NAME. Its cells: entrepot scenario show NAME.")


def _rows(compiled: Compiled) -> list[dict[str, Any]]:
    cells = compiled.cells.sort_values("trade", ascending=False, na_position="last")
    return [{str(k): v for k, v in row.items()} for row in cells.to_dict(orient="records")]


def show_command(scenario: str, world: str | None, pick: str | None, date: str | None,
                 out: Path | None, as_json: bool) -> None:  # fmt: skip
    """Print the cells before and after, the assumptions and the notes."""
    found, day = find_scenario(scenario, pick), find_day(date)
    compiled = compile_shock(find_world(world, found, day), found, day)
    if out is not None:
        with atomic_file(out) as temporary:
            compiled.cells.to_csv(temporary, index=False)
    rows = _rows(compiled)
    if as_json:
        clean = [{k: None if v != v else v for k, v in row.items()} for row in rows]
        assumed = compiled.assumption_table().to_dict(orient="records")
        print_json({"scenario": found.name, "hash": found.hash, "date": compiled.day,
                    "cells": clean, "assumptions": assumed,
                    "notes": compiled.notes})  # fmt: skip
        return
    print(found.title)
    print_text(found.description)
    print()
    keep = ("instrument", "origin", "dest", "sector", "before", "after", "trade")
    acts = dict.fromkeys((row["measure"], row["act"]) for row in rows)
    place = {measure: k for k, (measure, _) in enumerate(acts, start=1)}
    head = f"Largest {min(SHOWN, len(rows))} of {len(rows)} cells (trade in mn USD)"
    shown = [{**{k: row[k] for k in keep}, "by": f"({place[row['measure']]})"}
             for row in rows[:SHOWN]]  # fmt: skip
    print_table(shown, head)
    print()
    for measure, act in acts:
        print_text(f"({place[measure]}) {measure}: {act or 'no legal act is given'}", 4)
    if compiled.assumptions:
        table = compiled.assumption_table()[["name", "value", "low", "high", "source"]]
        print_table(table.to_dict(orient="records"), "\nAssumptions")  # type: ignore[arg-type]  # keys are text
    for note in compiled.notes:
        print_text(f"note: {note}", 6)
    if len(rows) > SHOWN:
        print(f"All {len(rows)} cells: --out cells.csv or --json")
