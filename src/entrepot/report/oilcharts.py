"""Pictures of months of the oil market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from entrepot.channels.oil.background import recorded_brent
from entrepot.report.oil import OilLine, OilReport
from entrepot.report.oilbars import gains_chart, producers_chart
from entrepot.report.oilmatrix import pairs_chart
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
    by_way,
    discount_of,
    exports_by_grade,
    exports_of,
    has_of,
    netback_of,
    producers_of,
    revenue_of,
    used_of,
)
from entrepot.report.pathchart import RIGHT, Panel, path_chart
from entrepot.report.pathlines import Curve, Look
from entrepot.report.svg import PALETTE
from entrepot.report.timeaxis import Mark, month_span
from entrepot.study.oil_run import OilRun

WITH: Final = Look("with the measures", "#1f5582")
WITHOUT: Final = Look("without", "#c0562f", "6 4")
QUIET: Final = Look("no measure", WITH.colour)
RECORDED: Final = Look("recorded", "#25303b", "2 3")
CAPACITY: Final = Look("capacity", "#25303b", "2 3")
OTHERS: Final = "#b9c1c9"
LEAST, LEAST_MB = 1.0, 0.05
"""Smallest area that is shown, and smallest stock, mb."""
MOST: Final = 8
"""Areas of a picture that have a colour of their own."""
MOST_MARKS: Final = 12
LETTER = 6.0
"""Width of a letter of a name beside a panel, about."""
BAND: Final = "band: range over all cases"


def pictures(report: OilReport) -> dict[str, str]:
    """SVG texts by file name."""
    out = {"months": months_chart(report)}
    for p in report.subjects[:2]:
        out[f"flows_{p}"] = flows_chart(report, p)
    out |= {"pairs": pairs_chart(report), "grades": grades_chart(report)}
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
    marks: bool = False, key: int = 0,
) -> str:  # fmt: skip
    """Chart of panels; of `looks` the legend names the first `key`, panels the others."""
    shown = _marks(run) if marks else []
    named = [look.name for look in looks[key:]]
    right = 40 + LETTER * max(map(len, named)) if named else RIGHT
    return path_chart(title, _days(run), panels, shown, looks, month_span(run.months), run.months,
                      note, right, key)  # fmt: skip


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
    looks = [WITH, WITHOUT] if run.timed else [QUIET]
    panels = []
    for title, unit, of, zero in asked:
        curves = [_curve(0, report.line(of))]
        if run.timed:
            curves.append(_plain(1, report.line(of, without=True).central))
        if any(np.isfinite(c.central).any() for c in curves):
            panels.append(Panel(title, unit, tuple(curves), zero))
    if run.cases[0].background:
        curves = [*panels[0].curves, _plain(len(looks), _recorded(run))]
        panels[0] = replace(panels[0], curves=tuple(curves))
        looks.append(RECORDED)
    note = BAND if len(run.cases) > 1 else ""
    title = f"{run.title}: month by month"
    return _chart(run, title, panels, looks, note, marks=True, key=len(looks))


def _recorded(run: OilRun) -> Array:
    """Brent on record: (month,), NaN where there is none."""
    return recorded_brent().reindex(list(run.months)).to_numpy(dtype=np.float64)


def grades_chart(report: OilReport) -> str:
    """Price by grade, and its distance from Brent."""
    run = report.run
    prices, brent = by_grade(report.paths[0]), brent_of(report.paths[0])
    looks = [Look(g, PALETTE[k]) for k, g in enumerate(run.market.grades)]
    looks.append(Look("Brent", "#25303b", "2 3"))
    price = [_plain(k, prices[:, k]) for k in range(prices.shape[1])]
    gap = [_plain(k, brent - prices[:, k]) for k in range(prices.shape[1])]
    sold = _stack(list(exports_by_grade(report.paths[0]).T))
    panels = [
        Panel("Price at the border by grade, mean of exports", "USD a barrel",
              (*price, _plain(len(price), brent)), zero=False, named=True),
        Panel("Discount to Brent by grade", "USD a barrel", tuple(gap), named=True),
        Panel("Exports by grade, all producers", "thousand barrels a day", sold, areas=True,
              named=True),
    ]  # fmt: skip
    return _chart(run, "Grades", panels, looks)


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
    order = [k for k in order if values[:, k].max() > LEAST]
    if not order:
        return ["none"], [np.zeros(len(values))]
    names, columns = [titles[k] for k in order[:MOST]], [values[:, k] for k in order[:MOST]]
    if rest := order[MOST:]:
        names.append(f"others ({len(rest)})")
        columns.append(values[:, rest].sum(axis=1))
    return names, columns


def fleets_chart(report: OilReport) -> str:
    """Use of each fleet against what it has, and what goes by which."""
    run, path = report.run, report.paths[0]
    key = [WITH, WITHOUT, CAPACITY] if run.timed else [QUIET, CAPACITY]
    titles = [carrier_title(run.market, name) for name in path.fleets]
    panels = []
    for k, title in enumerate(titles):
        curves = [_curve(0, report.line(used_of(k))),
                  _plain(len(key) - 1, report.line(has_of(k)).central)]  # fmt: skip
        if run.timed:
            curves.append(_plain(1, report.line(used_of(k), without=True).central))
        panels.append(Panel(f"In use, {title}", "million barrels of vessels", tuple(curves)))
    ways = tuple(_moved(c, len(key)) for c in _stack(list(by_way(path).T)))
    panels.append(Panel("Exports by way, all producers", "thousand barrels a day", ways,
                        areas=True, named=True))  # fmt: skip
    looks = [*key, *_looks([*titles, "pipes"])]
    note = BAND if len(run.cases) > 1 else ""
    return _chart(run, "Tankers", panels, looks, note, key=len(key))


def water_chart(report: OilReport) -> str:
    """Crude on the way and in floating storage, by producer."""
    run = report.run
    titles = [producer_title(run.market, p) for p in producers_of(run.market)]
    path = report.paths[0]
    panels: list[Panel] = []
    looks: list[Look] = []
    note = ""
    for title, mb in (("On the way", path.moving), ("In floating storage", path.stored)):
        if mb.max() < LEAST_MB:
            note = f"{title}: none in any month"
            continue
        names, parts = _largest(by_producer(path, mb), titles)
        curves = tuple(_moved(c, len(looks)) for c in _stack(parts))
        looks += _looks(names, shift=len(panels))
        panels.append(Panel(title, "million barrels", curves, areas=True, named=True))
    return _chart(run, "Crude on the water", panels, looks, note)
