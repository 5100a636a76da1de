"""Tables and JSON on standard output."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.core.files import atomic_file


class Terminal(Console):
    """A console that leaves a broken pipe to `guarded` (its own answer is exit status 1)."""

    def on_broken_pipe(self) -> None:
        """Raise what the operating system said."""
        raise BrokenPipeError


def to_text(content: Any) -> str:
    """JSON of plain data."""
    return json.dumps(content, indent=2, ensure_ascii=False, default=str, allow_nan=False)


def print_json(content: Any) -> None:
    """Print plain data as JSON."""
    print(to_text(content))


def published(content: Any, as_json: bool, out: Path | None) -> bool:
    """Write `content` as JSON to `out` if given; print it if asked for, and say whether it was."""
    if out is not None:
        with atomic_file(out) as temporary:
            temporary.write_text(to_text(content) + "\n", encoding="utf-8")
    if as_json:
        print_json(content)
    return as_json


def print_text(text: str, hang: int = 0) -> None:
    """Print one paragraph as wide as the terminal, later lines moved in by `hang`."""
    width = max(40, Terminal().width)
    print(fill(text, width, subsequent_indent=" " * hang, break_on_hyphens=False,
               break_long_words=False))  # fmt: skip


def print_table(rows: list[dict[str, Any]], title: str) -> None:
    """Print rows with the same keys as a table; the first column, the name, is never broken."""
    table = Table(box=None, pad_edge=False)
    for k, key in enumerate(rows[0] if rows else ()):
        right = all(isinstance(row[key], int | float | None) or _figure(row[key]) for row in rows)
        side: Literal["left", "right"] = "right" if right else "left"
        table.add_column(escape(key), justify=side, overflow="fold", no_wrap=k == 0)
    for row in rows:
        table.add_row(*(escape(cell(v)) for v in row.values()))
    console = Terminal()
    console.print(title, markup=False, highlight=False, style="italic")
    console.print(table if rows else "  none")


def _figure(text: str) -> bool:
    """Whether a text is a number, or left out."""
    return not text.strip("+-.,0123456789")


def cell(value: Any) -> str:
    """Text of one table cell."""
    if isinstance(value, float):
        if value != value:
            return ""
        return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:,.4g}"
    return "" if value is None else str(value)
