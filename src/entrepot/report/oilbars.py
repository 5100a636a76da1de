"""Bars of the oil market: revenue of producers, and who gains."""

from __future__ import annotations

from typing import Final

import pandas as pd

from entrepot.report.oil import WORTH_TELLING, OilReport, late_text, mean_of
from entrepot.report.oilnames import producer_title
from entrepot.report.oilnumbers import exports_of, netback_of, producers_of, revenue_of
from entrepot.report.svg import Bar, Piece, bar_chart

MORE, LESS = "#1f5582", "#c0562f"
BARS: Final = 12
ENDS: Final = 8
"""Parties shown at each end."""


def producers_chart(report: OilReport) -> str:
    """Revenue by producer, with the measures and without."""
    run = report.run
    table = producers_table(report).head(BARS)
    bars = []
    for _, r in table.iterrows():
        lines = [(Piece(0.0, float(r["revenue"]), MORE,
                        f"{r['title']}: {r['revenue']:.2f} bn USD a month"),)]  # fmt: skip
        whisker = None
        price = f"{r['netback']:.0f} USD" if r["netback"] == r["netback"] else "none sold"
        if run.timed:
            said = f"{r['title']}, without: {r['revenue_without']:.2f} bn USD a month"
            lines.insert(0, (Piece(0.0, float(r["revenue_without"]), LESS, said, True),))
        if len(run.cases) > 1:
            whisker = (float(r["revenue_low"]), float(r["revenue_high"]))
        bars.append(Bar(f"{r['title']}, {price}", tuple(lines), whisker))
    legend = [("with the measures", MORE), ("without", LESS)]
    unit = f"bn USD a month, mean of {late_text(run)}"
    return bar_chart("Revenue of exports by producer", bars, unit, legend if run.timed else [])


def producers_table(report: OilReport) -> pd.DataFrame:
    """Means over the late months by producer, those who sell most first."""
    run, rows = report.run, []
    for p in producers_of(run.market):
        low, central, high = mean_of(run, report.line(revenue_of(p)))
        rows.append({
            "producer": p, "title": producer_title(run.market, p),
            "exports": mean_of(run, report.line(exports_of(p)))[1],
            "exports_without": mean_of(run, report.line(exports_of(p), without=True))[1],
            "netback": mean_of(run, report.line(netback_of(p)))[1],
            "netback_without": mean_of(run, report.line(netback_of(p), without=True))[1],
            "revenue": central, "revenue_low": low, "revenue_high": high,
            "revenue_without": mean_of(run, report.line(revenue_of(p), without=True))[1],
        })  # fmt: skip
    table = pd.DataFrame(rows)
    first = table[["revenue", "revenue_without"]].max(axis=1)
    return table.assign(first=first).sort_values("first", ascending=False).drop(columns="first")


def gains_chart(report: OilReport) -> str:
    """Who gains and who loses over all months."""
    table = report.gains[report.gains["bn_usd"].abs() >= WORTH_TELLING]
    shown = pd.concat([table.head(ENDS), table.tail(max(0, min(ENDS, len(table) - ENDS)))])
    bars = [
        Bar(str(r["title"]), ((Piece(0.0, float(r["bn_usd"]),
            MORE if r["bn_usd"] > 0 else LESS,
            f"{r['title']}: {r['bn_usd']:+.2f} bn USD"),),))
        for _, r in shown.iterrows()
    ]  # fmt: skip
    count = len(report.run.months)
    return bar_chart("Who gains, who loses", bars, f"change of surplus over {count} months, bn USD")
