"""Pictures of months of the oil market."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from entrepot.report.oil import OilLine, OilReport, late_text, mean_of
from entrepot.report.oilnames import (
    carrier_title,
    producer_title,
    refiner_title,
    timed_title,
)
from entrepot.report.oilnumbers import (
    Array,
    Of,
    brent_of,
    by_grade,
    by_producer,
    discount_of,
    exports_of,
    has_of,
    netback_of,
    producers_of,
    revenue_of,
    used_of,
)
from entrepot.report.pathchart import RIGHT, Panel, path_chart
from entrepot.report.pathlines import Curve, Look
from entrepot.report.svg import PALETTE, Bar, Piece, bar_chart
from entrepot.report.timeaxis import Mark, month_span
from entrepot.study.oil_run import OilRun

WITH: Final = Look("with the measures", "#1f5582")
WITHOUT: Final = Look("without", "#c0562f", "6 4")
OTHERS: Final = "#b9c1c9"
MOST: Final = 7
"""Areas of a picture that have a colour of their own."""
MOST_MARKS: Final = 12
LETTER = 6.0
"""Width of a letter of a name beside a panel, about."""
BARS: Final = 12
BAND: Final = "band: range over all cases"


def pictures(report: OilReport) -> dict[str, str]:
    """SVG texts by file name."""
    out = {"months": months_chart(report), "grades": grades_chart(report)}
    for p in report.subjects[:2]:
        out[f"flows_{p}"] = flows_chart(report, p)
    out |= {"fleets": fleets_chart(report), "water": water_chart(report)}
    out["producers"] = producers_chart(report)
    if report.run.timed:
        out["gains"] = gains_chart(report)
    return out


def _days(run: OilRun) -> list[date]:
    return [date(int(m[:4]), int(m[5:]), 15) for m in run.months]


def _marks(run: OilRun) -> list[Mark]:
    """Measures in force in these months as bars of time; without a scenario, restrictions."""
    if run.scenario is None:
        found = [Mark(timed_title(t), _day(t.first or run.months[0]),
                      _day(t.last, 1) if t.last else None) for t in run.timed]  # fmt: skip
    else:
        first, after = _day(run.months[0]), _day(run.months[-1], 1)
        measures = [(e.measure.title or e.name, e.measure) for e in run.scenario.entries]
        found = [Mark(title, m.start or first, m.until) for title, m in measures
                 if (m.start or first) < after and (m.until or first) >= first]  # fmt: skip
    return sorted(set(found), key=lambda m: (m.start, m.name))[:MOST_MARKS]


def _day(month: str, later: int = 0) -> date:
    """First day of a month, or of one `later`."""
    at = 12 * int(month[:4]) + int(month[5:]) - 1 + later
    return date(at // 12, at % 12 + 1, 1)


def _chart(
    run: OilRun, title: str, panels: Sequence[Panel], looks: Sequence[Look], note: str = "",
    marks: bool = False,
) -> str:  # fmt: skip
    shown = _marks(run) if marks else []
    named = [look.name for look in looks] if any(p.named for p in panels) else []
    right = 40 + LETTER * max(map(len, named)) if named else RIGHT
    return path_chart(title, _days(run), panels, shown, looks, month_span(run.months), run.months,
                      note, right, not named)  # fmt: skip


def _curve(kind: int, line: OilLine) -> Curve:
    return Curve(kind, line.low, line.central, line.high, np.zeros(len(line.central), dtype=bool))


def _plain(kind: int, values: Array) -> Curve:
    return Curve(kind, values, values, values, np.zeros(len(values), dtype=bool))


def _stack(parts: Sequence[Array]) -> tuple[Curve, ...]:
    """Areas on top of each other, the first at the bottom."""
    tops = np.cumsum(np.stack(parts), axis=0)
    return tuple(
        Curve(k, tops[k] - part, part, tops[k], np.zeros(len(part), dtype=bool))
        for k, part in enumerate(parts)
    )


def months_chart(report: OilReport) -> str:
    """Brent, and of who is looked at most: exports, discount, netback, revenue."""
    run = report.run
    asked: list[tuple[str, str, Of, bool]] = [("Brent", "USD a barrel", brent_of, False)]
    for p in report.subjects[: 1 if run.timed else 2]:
        who = producer_title(run.market, p)
        asked += [
            (f"Exports of crude, {who}", "thousand barrels a day", exports_of(p), False),
            (f"Netback at the border, {who}", "USD a barrel", netback_of(p), False),
            (f"Discount to Brent, {who}", "USD a barrel", discount_of(p), True),
            (f"Revenue of exports, {who}", "bn USD a month", revenue_of(p), False),
        ]
    looks = [WITH, WITHOUT] if run.timed else [Look("no measure", WITH.colour)]
    panels = []
    for title, unit, of, zero in asked:
        curves = [_curve(0, report.line(of))]
        if run.timed:
            curves.append(_plain(1, report.line(of, without=True).central))
        panels.append(Panel(title, unit, tuple(curves), zero))
    note = BAND if len(run.cases) > 1 else ""
    return _chart(run, f"{run.title}: month by month", panels, looks, note, marks=True)


def grades_chart(report: OilReport) -> str:
    """Price by grade, and its distance from Brent."""
    run = report.run
    prices, brent = by_grade(report.paths[0]), brent_of(report.paths[0])
    looks = [Look(g, PALETTE[k]) for k, g in enumerate(run.market.grades)]
    looks.append(Look("Brent", "#25303b", "2 3"))
    price = [_plain(k, prices[:, k]) for k in range(prices.shape[1])]
    gap = [_plain(k, brent - prices[:, k]) for k in range(prices.shape[1])]
    panels = [
        Panel("Price at the border by grade, mean of exports", "USD a barrel",
              (*price, _plain(len(price), brent)), zero=False, named=True),
        Panel("Discount to Brent by grade", "USD a barrel", tuple(gap), named=True),
    ]  # fmt: skip
    return _chart(run, "Prices by grade", panels, looks)


def flows_chart(report: OilReport, producer: str) -> str:
    """To whom a producer's crude goes, and by which carriers."""
    run, path = report.run, report.paths[0]
    to, by = (x[:, path.mine(producer)].sum(axis=1) for x in (path.to, path.by))
    buyers, sold = _largest(to, [refiner_title(r) for r in run.market.refiner_names])
    ways, went = _largest(by, [carrier_title(run.market, c.name) for c in run.market.carriers])
    looks = [*_looks(buyers), *_looks(ways, shift=len(buyers))]
    first = _stack(sold)
    second = tuple(_moved(c, len(buyers)) for c in _stack(went))
    panels = [
        Panel("By buyer", "thousand barrels a day", first, areas=True, named=True),
        Panel("By fleet and pipe", "thousand barrels a day", second, areas=True, named=True),
    ]
    who = producer_title(run.market, producer)
    return _chart(run, f"Where the crude of {who} goes", panels, looks)


def _moved(curve: Curve, by: int) -> Curve:
    return Curve(curve.kind + by, curve.low, curve.central, curve.high, curve.cut)


def _looks(names: Sequence[str], shift: int = 0) -> list[Look]:
    colours = [*PALETTE[shift % 2 :], *PALETTE]
    return [Look(n, OTHERS if n.startswith("others") else colours[k]) for k, n in enumerate(names)]


def _largest(values: Array, titles: Sequence[str]) -> tuple[list[str], list[Array]]:
    """Columns of (month, ...) that are largest anywhere, and the others together."""
    order = [int(k) for k in np.argsort(-values.max(axis=0), kind="stable")]
    order = [k for k in order if values[:, k].max() > 1.0]
    if not order:
        return ["nothing"], [np.zeros(len(values))]
    names, columns = [titles[k] for k in order[:MOST]], [values[:, k] for k in order[:MOST]]
    if rest := order[MOST:]:
        names.append(f"others ({len(rest)})")
        columns.append(values[:, rest].sum(axis=1))
    return names, columns


def fleets_chart(report: OilReport) -> str:
    """Use of each fleet against what it has."""
    run = report.run
    looks = [WITH, WITHOUT, Look("capacity", "#25303b", "2 3")]
    panels = []
    for k, name in enumerate(report.paths[0].fleets):
        before = report.line(used_of(k), without=True).central
        curves = [_curve(0, report.line(used_of(k))), _plain(1, before),
                  _plain(2, report.line(has_of(k)).central)]  # fmt: skip
        title = carrier_title(run.market, name).capitalize()
        panels.append(Panel(title, "million barrels of vessels", tuple(curves)))
    return _chart(run, "Tankers in use", panels, looks, BAND if len(run.cases) > 1 else "")


def water_chart(report: OilReport) -> str:
    """Crude on the way and in floating storage, by producer."""
    run = report.run
    titles = [producer_title(run.market, p) for p in producers_of(run.market)]
    path = report.paths[0]
    panels: list[Panel] = []
    looks: list[Look] = []
    for title, mb in (("On the way", path.moving), ("In floating storage", path.stored)):
        names, parts = _largest(by_producer(path, mb), titles)
        curves = tuple(_moved(c, len(looks)) for c in _stack(parts))
        looks += _looks(names, shift=len(panels))
        panels.append(Panel(title, "million barrels", curves, areas=True, named=True))
    return _chart(run, "Crude on the water", panels, looks)


def producers_chart(report: OilReport) -> str:
    """Revenue by producer, with the measures and without."""
    run = report.run
    table = producers_table(report).head(BARS)
    bars = []
    for _, r in table.iterrows():
        lines = [(Piece(0.0, float(r["revenue"]), WITH.colour,
                        f"{r['title']}: {r['revenue']:.2f} bn USD a month"),)]  # fmt: skip
        whisker = None
        if run.timed:
            said = f"{r['title']}, without: {r['revenue_without']:.2f} bn USD a month"
            lines.insert(0, (Piece(0.0, float(r["revenue_without"]), WITHOUT.colour, said, True),))
        if len(run.cases) > 1:
            whisker = (float(r["revenue_low"]), float(r["revenue_high"]))
        bars.append(Bar(f"{r['title']}, {r['netback']:.0f} USD", tuple(lines), whisker))
    legend = [("with the measures", WITH.colour), ("without", WITHOUT.colour)]
    unit = f"bn USD a month, mean of {late_text(run)}; behind the name: netback, USD a barrel"
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
    table = report.gains[report.gains["bn_usd"].abs() >= 0.005]
    half = BARS // 2 + 2
    shown = pd.concat([table.head(half), table.tail(max(0, min(half, len(table) - half)))])
    bars = [
        Bar(str(r["title"]), ((Piece(0.0, float(r["bn_usd"]),
            WITH.colour if r["bn_usd"] > 0 else WITHOUT.colour,
            f"{r['title']}: {r['bn_usd']:+.2f} bn USD"),),))
        for _, r in shown.iterrows()
    ]  # fmt: skip
    count = len(report.run.months)
    return bar_chart("Who gains, who loses", bars, f"change of surplus over {count} months, bn USD")
