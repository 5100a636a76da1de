"""Who sells crude to whom: a table of coloured cells as SVG."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
import pandas as pd

from entrepot.report.oil import OilReport, late, late_text
from entrepot.report.oilbars import LESS, MORE
from entrepot.report.oilnames import producer_title, refiner_title
from entrepot.report.oilnumbers import Array, by_producer, producers_of
from entrepot.report.svg import INK, MUTED, WIDTH, label

ROWS: Final = 16
COLUMNS: Final = 16
HIGH, TOP, HEAD, FOOT, RIGHT = 24.0, 30.0, 130.0, 26.0, 62.0
LETTER = 6.0
LONG: Final = 24
"""Letters of a column's name that are shown."""
LEAST_TEXT = 5.0
"""kb/d from which on a cell has its number."""


def pairs(report: OilReport) -> pd.DataFrame:
    """Exports by producer and refiner, mean over the late months: change, or level; kb/d."""
    at, market = late(report.run), report.run.market
    after, before = (
        np.stack([by_producer(path, path.to[:, :, j])[at].mean(axis=0)
                  for j in range(len(market.refiners))], axis=1)
        for path in (report.paths[0], report.without[0])
    )  # fmt: skip
    values: Array = after - before if report.run.timed else after
    return pd.DataFrame(values, index=list(producers_of(market)), columns=market.refiner_names)


def pairs_chart(report: OilReport) -> str:
    """SVG of the pairs that change most, or that are largest if there is no measure."""
    table = _largest(pairs(report))
    market, measured = report.run.market, bool(report.run.timed)
    rows = [producer_title(market, str(p)) for p in table.index]
    columns = [refiner_title(str(r)) for r in table.columns]
    left = 10 + LETTER * max(map(len, rows), default=0)
    wide = min(46.0, (WIDTH - left - RIGHT) / max(1, len(columns)))
    most = max(float(table.abs().to_numpy().max(initial=0.0)), 1.0)
    top = TOP + HEAD
    parts = [_column(name, left + wide * (k + 0.5), top - 6) for k, name in enumerate(columns)]
    for i, name in enumerate(rows):
        y = top + HIGH * i
        parts.append(label(left - 8, y + 16, name, "end", 11))
        for k, value in enumerate(table.iloc[i]):
            pair = f"{name} to {columns[k]}"
            parts.append(_cell(left + wide * k, y, wide, float(value), most, pair, measured))
    height = top + HIGH * len(rows) + FOOT
    what = "change of exports by the measures" if measured else "exports"
    note = (
        f"{what}, thousand barrels a day, mean of {late_text(report.run)}; rows sell, columns buy"
    )
    title = "Which pairs trade more, which less" if measured else "Who sells to whom"
    parts.append(label(0, height - 8, note, size=11, colour=MUTED))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="system-ui,sans-serif" '
        f'font-size="12.5" fill="{INK}">{label(0, 18, title, size=15, bold=True)}'
        f"{''.join(parts)}</svg>"
    )


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """Rows and columns with the largest sums of sizes, in their own order."""
    by_row, by_column = table.abs().sum(axis=1), table.abs().sum(axis=0)
    rows = by_row[by_row > 1].nlargest(ROWS).index
    columns = by_column[by_column > 1].nlargest(COLUMNS).index
    return table.loc[[r for r in table.index if r in rows], [c for c in table if c in columns]]


def _column(name: str, x: float, y: float) -> str:
    return (f'<text transform="translate({x + 4:.1f},{y:.1f}) rotate(-60)" font-size="11">'
            f"{escape(name if len(name) <= LONG else name[: LONG - 1] + '…')}</text>")  # fmt: skip


def _cell(
    x: float, y: float, wide: float, value: float, most: float, name: str, measured: bool
) -> str:  # fmt: skip
    strength = min(1.0, abs(value) / most) ** 0.5
    form = f"{value:{'+' if measured else ''},.0f}"
    parts = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide - 1:.1f}" height="{HIGH - 1:.1f}" '
        f'fill="{MORE if value > 0 else LESS}" fill-opacity="{0.03 + 0.85 * strength:.2f}">'
        f"<title>{escape(f'{name}: {form} kb/d')}</title></rect>"
    ]
    if abs(value) >= LEAST_TEXT:
        colour = "#fff" if strength > 0.6 else INK
        parts.append(label(x + wide / 2, y + 16, form, "middle", 10, colour=colour))
    return "".join(parts)
