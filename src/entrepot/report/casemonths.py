"""Pictures of a case's months in the oil market: crude of those its measures are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from entrepot.report.pathchart import Panel, path_chart
from entrepot.report.pathlines import Curve, Look
from entrepot.report.svg import PALETTE
from entrepot.report.timeaxis import month_span
from entrepot.study.casebook import CasePage
from entrepot.study.casebook.oil_calendar import BASE

PANELS = (("exports", "thousand barrels a day"), ("discount", "USD a barrel below Brent"),
          ("stored", "million barrels on tankers"))  # fmt: skip
DASHES = ("", "6 4", "2 3")
LEAST = 0.5
"""A panel whose lines nowhere reach this is left out."""
NOTE = "band: range over variants"


def months_pictures(page: CasePage) -> list[str]:
    """SVG of each producer that the case asks about, with the runs as lines."""
    runs = {name: frames for name, frames in page.months.items() if frames}
    columns = dict.fromkeys(str(c) for frames in runs.values() for c in frames[0].columns)
    known = [c.removesuffix(" exports") for c in columns if c.endswith(" exports")]
    asked = _asked(page)
    shown = [who for who in known if any(a == who or a.startswith(f"{who}-") for a in asked)]
    return [svg for who in shown if (svg := _picture(runs, who))]


def _asked(page: CasePage) -> set[str]:
    """Labels in the expressions of the case."""
    found = [q.expression("model") for q in page.case.quantities.values()]
    calls = [call for expression in found if expression for call in expression.calls()]
    return {label for call in calls for labels in call.arguments[1:] for label in labels}


def _picture(runs: Mapping[str, Sequence[pd.DataFrame]], who: str) -> str:
    """Exports, discount and storage of a producer, by month."""
    months = sorted({m for frames in runs.values() for m in frames[0]["month"]} - {BASE})
    looks = [Look(name, PALETTE[k % len(PALETTE)], DASHES[k % len(DASHES)])
             for k, name in enumerate(runs)]  # fmt: skip
    panels = []
    for what, unit in PANELS:
        column = f"{who} {what}"
        curves = [_curve(k, frames, column, months) for k, frames in enumerate(runs.values())
                  if column in frames[0]]  # fmt: skip
        curves = [c for c in curves if np.isfinite(c.central).any()]
        if curves and max(float(np.nanmax(c.high)) for c in curves) > LEAST:
            panels.append(Panel(f"{who}: {what}", unit, tuple(curves), what != "discount"))
    if not panels:
        return ""
    days = [date(int(m[:4]), int(m[5:]), 15) for m in months]
    return path_chart(f"Crude of {who} by month", days, panels, [], looks, month_span(months),
                      months, NOTE)  # fmt: skip


def _curve(kind: int, frames: Sequence[pd.DataFrame], column: str, months: list[str]) -> Curve:
    """A run's line: the central variant, and the range over all; nothing outside its months."""
    rows = np.stack([
        f.set_index("month")[column].reindex(months).to_numpy(dtype=np.float64) for f in frames
    ])  # fmt: skip
    return Curve(kind, np.fmin.reduce(rows), rows[0], np.fmax.reduce(rows),
                 np.zeros(len(months), dtype=bool))  # fmt: skip
