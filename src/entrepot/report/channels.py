"""What the channels of a run report: payments, corridors, assets, hubs, as tables of the page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from entrepot.channels import ChannelTable
from entrepot.report.page import table

TITLE = "Which way it went"
FIRST_ROWS = 15
"""Rows of a table that are shown before the reader asks for more."""


def figure(value: Any) -> str:
    """A cell as text: four digits where they say something, an infinite cost as no way."""
    if not isinstance(value, float):
        return str(value)
    if value == float("inf"):
        return "no way"
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def _rows(frame: pd.DataFrame) -> list[list[tuple[str, bool]]]:
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    return [
        [(figure(value), number) for value, number in zip(row, numeric, strict=True)]
        for row in frame.itertuples(index=False)
    ]


def _table(found: ChannelTable) -> str:
    head = [str(c).replace("_", " ") for c in found.frame.columns]
    rows = _rows(found.frame)
    parts = [f"<h3>{escape(found.title)}</h3>"]
    if found.note:
        parts.append(f'<p class="small">{escape(found.note)}</p>')
    parts.append(table(head, rows[:FIRST_ROWS]) if rows else "<p>Nothing changes.</p>")
    if more := rows[FIRST_ROWS:]:
        parts.append(
            f"<details><summary>{len(more)} more rows</summary>{table(head, more)}</details>"
        )
    return "".join(parts)


def channels_section(tables: Mapping[str, ChannelTable]) -> str:
    """HTML of the section; empty if no channel reports anything."""
    if not tables:
        return ""
    return f"<h2>{TITLE}</h2>" + "".join(_table(found) for found in tables.values())
