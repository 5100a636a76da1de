"""What the channels say about a path: small tables by year, large ones of the last year."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Final

import pandas as pd
from pandas.api.types import is_numeric_dtype

from entrepot.channels import ChannelTable
from entrepot.report.page import table
from entrepot.report.path import ADAPTATION
from entrepot.report.words import number
from entrepot.study.path import YearPath

ROWS: Final = 40
"""Most rows of a large table on the page."""
SMALL: Final = 12
"""Most rows a year of a table that is shown by year."""
SAME: Final = 1e-6
"""Change over the years, relative to the size, below which a column is not shown by year."""
KEYS: Final = ["adaptation", "year"]


def channels_section(path: YearPath) -> str:
    """HTML of every table that a channel reports."""
    parts = []
    for name, found in path.tables.items():
        note = f'<p class="small">{escape(found.note)}</p>' if found.note else ""
        parts.append(f"<h3>{escape(found.title)}</h3>{_body(path, name, found)}{note}")
    return f"<h2>What the channels say</h2>{''.join(parts)}" if parts else ""


def _body(path: YearPath, name: str, found: ChannelTable) -> str:
    """One table of a channel, by year if it is small; an empty one says so."""
    if not (found.frame["adaptation"] == path.adaptations[0]).any():
        return "<p>No row in any year.</p>"
    return (_by_year(path, found.frame) if _is_small(found.frame) else "") + _last(
        path, name, found
    )


def _is_small(frame: pd.DataFrame) -> bool:
    """Whether a year has few rows, each named once by the first column."""
    label = frame.columns[len(KEYS)]
    once = not frame.duplicated([*KEYS, label]).any()
    return bool(once and frame.groupby(KEYS).size().max() <= SMALL)


def _by_year(path: YearPath, frame: pd.DataFrame) -> str:
    """One table for each column of numbers that moves over the years, and each adaptation."""
    label, *columns = frame.columns[len(KEYS) :]
    parts = []
    for column in columns:
        if not is_numeric_dtype(frame[column]) or not _moves(frame[column], frame[label]):
            continue
        for adaptation in path.adaptations:
            own = frame[frame["adaptation"] == adaptation]
            wide = own.pivot_table(index=label, columns="year", values=column, sort=False)
            rows = [[(str(row), False), *((_cell(v), True) for v in values)]
                    for row, values in zip(wide.index, wide.to_numpy(), strict=True)]  # fmt: skip
            head = (f"{str(column).replace('_', ' ')}, {ADAPTATION[adaptation]}",
                    *(str(year) for year in wide.columns))  # fmt: skip
            parts.append(_wide(head, rows))
    return "".join(parts)


def _moves(values: pd.Series, label: pd.Series) -> bool:
    by_row = values.astype(float).groupby(label)
    size = max(float(values.abs().max()), SAME)
    return bool(((by_row.max() - by_row.min()) > SAME * size).any())


def _last(path: YearPath, name: str, found: ChannelTable) -> str:
    """Rows of the last year in which the table stands, with adaptation if it was solved."""
    frame = found.frame[found.frame["adaptation"] == path.adaptations[0]]
    last = frame[frame["year"] == frame["year"].max()]
    shown = last.drop(columns=KEYS).head(ROWS)
    rows = [
        [(_cell(v), isinstance(v, float)) for v in row] for row in shown.itertuples(index=False)
    ]
    head = [str(c).replace("_", " ") for c in shown.columns]
    return (
        f"<details><summary>{int(frame['year'].max())}, {ADAPTATION[path.adaptations[0]]}"
        f'</summary>{_wide(head, rows)}<p class="small">All years and rows are in '
        f"{escape(name)}.csv.</p></details>"
    )


def _wide(head: Iterable[str], rows: list[list[tuple[str, bool]]]) -> str:
    return f'<div class="wide">{table(head, rows)}</div>'


def _cell(value: Any) -> str:
    if value != value:
        return ""
    return number(value) if isinstance(value, float) else str(value)
