"""What months of the oil market say: whose crude, at what discount, to whom, who gains."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels.oil import base_of, gains, tables
from entrepot.report.console import plain_rows
from entrepot.report.oilnames import party_title, producer_title, refiner_title
from entrepot.report.oilnumbers import (
    Array,
    Of,
    PathNumbers,
    brent_of,
    discount_of,
    exports_of,
    netback_of,
    producers_of,
    revenue_of,
)
from entrepot.study.oil_run import OilRun

YEAR: Final = 12
TABLES: Final = ("flows", "prices", "producers", "buyers", "on_water")
WORTH_TELLING: Final = 0.005
DEEP: Final = 0.4
"""Discount, part of Brent, above which the answer says who has the rent."""
"""bn USD over all months from which on a gain is told."""


@dataclass(frozen=True, slots=True, eq=False)
class OilLine:
    """A number by month: central case, and its range over all cases; each (month,).

    NaN where there is none, such as the price of what is not sold.
    """

    low: Array
    central: Array
    high: Array


@dataclass(frozen=True, slots=True, eq=False)
class OilReport:
    """Everything that the console, the page and the folder tell.

    Attributes
    ----------
    run : the months
    paths, without : their numbers by case, with the measures and without
    subjects : producers that are looked at closely
    frames : tables by name, each with a column ``month``; those of `TABLES` also with ``measures``
        (yes or no)
    gains : gain of every party over all months: kind, party, title, bn_usd; largest first

    """

    run: OilRun
    paths: tuple[PathNumbers, ...]
    without: tuple[PathNumbers, ...]
    subjects: tuple[str, ...] = ()
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    gains: pd.DataFrame = field(default_factory=pd.DataFrame)

    def line(self, of: Of, *, without: bool = False) -> OilLine:
        """Number `of` by month, with its range; `without` the measures."""
        chosen = self.without if without else self.paths
        return _line(np.stack([of(path) for path in chosen]))

    def change(self, of: Of) -> OilLine:
        """Difference that the measures make to a number; the range is that of differences."""
        pairs = zip(self.paths, self.without, strict=True)
        return _line(np.stack([of(one) - of(two) for one, two in pairs]))


def _line(rows: Array) -> OilLine:
    return OilLine(np.fmin.reduce(rows), rows[0], np.fmax.reduce(rows))


def oil_report(run: OilRun) -> OilReport:
    """Collect the tables of a run."""
    numbers = {id(p): PathNumbers.of(p) for p in (*run.paths, *run.without)}
    paths, without = (tuple(numbers[id(p)] for p in chosen) for chosen in (run.paths, run.without))
    bare = OilReport(run, paths, without)
    looked = subjects(bare)
    frames = {name: _months(run, name) for name in TABLES}
    frames["gains"] = _gains(run)
    frames["ranges"] = _ranges(bare, looked)
    return OilReport(run, paths, without, looked, frames, _gained(run, frames["gains"]))


def _months(run: OilRun, name: str) -> pd.DataFrame:
    """Table `name` of every month, with the measures and without."""
    rows = []
    for said, path in (("yes", run.paths[0]), ("no", run.without[0])):
        for label, month in zip(run.months, path.outcomes, strict=True):
            frame: pd.DataFrame = getattr(tables, name)(month)
            frame.insert(0, "month", label)
            frame.insert(1, "measures", said)
            rows.append(frame)
    return pd.concat(rows, ignore_index=True)


def _gains(run: OilRun) -> pd.DataFrame:
    """Surplus of every party by month: month, kind, party, before, after, gain (mn USD)."""
    base, frames = base_of(run.market), []
    pairs = zip(run.paths[0].outcomes, run.without[0].outcomes, strict=True)
    for label, (after, before) in zip(run.months, pairs, strict=True):
        found = gains.gains(base, before, after)
        found.insert(0, "month", label)
        frames.append(found)
    return pd.concat(frames, ignore_index=True)


def _gained(run: OilRun, months: pd.DataFrame) -> pd.DataFrame:
    out = months.groupby(["kind", "party"], sort=False)[["gain"]].sum().reset_index()
    pairs = zip(out["kind"], out["party"], strict=True)
    out["title"] = [party_title(run.market, str(k), str(p)) for k, p in pairs]
    out["bn_usd"] = out.pop("gain") / 1000.0
    return out.sort_values("bn_usd", ascending=False, kind="stable").reset_index(drop=True)


def _ranges(report: OilReport, producers: tuple[str, ...]) -> pd.DataFrame:
    """Headline numbers with ranges: month, number, unit, measures, low, central, high."""
    asked: list[tuple[str, str, Of]] = [("Brent", "USD a barrel", brent_of)]
    for p in producers:
        asked += [
            (f"exports of {p}", "kb/d", exports_of(p)),
            (f"revenue of {p}", "bn USD a month", revenue_of(p)),
            (f"netback of {p}", "USD a barrel", netback_of(p)),
            (f"discount of {p} to Brent", "USD a barrel", discount_of(p)),
        ]
    rows: list[tuple[object, ...]] = []
    for name, unit, of in asked:
        found = {"yes": report.line(of), "no": report.line(of, without=True),
                 "change": report.change(of)}  # fmt: skip
        for measures, line in found.items():
            columns = zip(report.run.months, line.low, line.central, line.high, strict=True)
            rows += [(m, name, unit, measures, *values) for m, *values in columns]
    head = ["month", "number", "unit", "measures", "low", "central", "high"]
    return pd.DataFrame(rows, columns=head)


def subjects(report: OilReport) -> tuple[str, ...]:
    """Producers whose crude the measures name, who lose most revenue first; else who sells most."""
    run, market = report.run, report.run.market
    named = {x for t in run.timed for x in getattr(t.restriction, "streams", ())}
    hit = [s.producer for s in market.streams if named & {s.name, s.producer}]
    if not hit or len(set(hit)) > len(market.streams) / 2:
        sold = {p: mean_of(run, report.line(exports_of(p)))[1] for p in producers_of(market)}
        return tuple(sorted(sold, key=lambda p: -sold[p])[:2])
    lost = {p: mean_of(run, report.change(revenue_of(p)))[1] for p in dict.fromkeys(hit)}
    return tuple(sorted(lost, key=lambda p: lost[p]))


def late(run: OilRun) -> slice:
    """Months to take means over: the last twelve, or those since the first measure if fewer."""
    held = [k for k, m in enumerate(run.months) if any(t.holds(m) for t in run.timed)]
    return slice(max(len(run.months) - YEAR, held[0] if held else 0), None)


def late_text(run: OilRun) -> str:
    """Months of `late` in words."""
    chosen = run.months[late(run)]
    return chosen[0] if len(chosen) == 1 else f"{chosen[0]} to {chosen[-1]}"


def about_text(run: OilRun) -> str:
    """What the numbers are, in one line."""
    span = run.months[0] if len(run.months) == 1 else f"{run.months[0]} to {run.months[-1]}"
    brackets = "; ranges in brackets" if len(run.cases) > 1 else ""
    return (
        f"{run.market.name}, {span}; numbers are means of {late_text(run)} where nothing else is "
        f"said{brackets}"
    )


def mean_of(run: OilRun, line: OilLine) -> tuple[float, float, float]:
    """Low, central and high of a line, each a mean over the late months that have one."""
    low, central, high = (_mean(x[late(run)]) for x in (line.low, line.central, line.high))
    return low, central, high


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def spread(run: OilRun, line: OilLine, digits: int = 1, signed: bool = False) -> str:
    """Mean of a line over the late months with its range, as text."""
    low, central, high = (round(v, digits) + 0.0 for v in mean_of(run, line))
    form = f"{{:{'+' if signed else ''},.{digits}f}}"
    said = form.format(central) if np.isfinite(central) else "none"
    if len(run.cases) > 1 and np.isfinite(low) and low != high:
        said += f" ({form.format(low)} to {form.format(high)})"
    return said


def moved(report: OilReport, producer: str) -> pd.Series:
    """Change of a producer's exports by refiner, mean over the late months, kb/d; most first."""
    at = late(report.run)
    after, before = (
        path.to[at][:, path.mine(producer)].sum(axis=1).mean(axis=0)
        for path in (report.paths[0], report.without[0])
    )
    change = pd.Series(after - before, index=list(report.run.market.refiner_names))
    return change.sort_values(ascending=False, kind="stable")


def answer(report: OilReport) -> list[str]:
    """Return the answer in a few lines; numbers are means over the late months."""
    run = report.run
    if not run.timed:
        return [*_quiet(report), sureness(run)]
    change = spread(run, report.change(brent_of), 2, signed=True)
    return [
        *(_subject(report, p) for p in report.subjects[:2]),
        *(said for p in report.subjects[:2] for said in _deep(report, p)),
        *(_turned(report, p) for p in report.subjects[:1]),
        f"Brent: {spread(run, report.line(brent_of))} USD a barrel; by the measures {change}.",
        _winners(report),
        sureness(run),
    ]


def _quiet(report: OilReport) -> list[str]:
    run = report.run
    return [
        f"No measure. Brent: {spread(run, report.line(brent_of))} USD a barrel.",
        *(
            f"{producer_title(run.market, p)}: exports "
            f"{spread(run, report.line(exports_of(p)), 0)} kb/d, revenue "
            f"{spread(run, report.line(revenue_of(p)))} bn USD a month."
            for p in report.subjects[:2]
        ),
    ]


def _subject(report: OilReport, p: str) -> str:
    run, discount = report.run, report.line(discount_of(p))
    before = [mean_of(run, report.line(of(p), without=True))[1] for of in (exports_of, discount_of)]
    sold = "no barrel is sold abroad"
    if np.isfinite(discount.central[late(run)]).any():
        sold = f"sold at {spread(run, discount)} USD a barrel below Brent"
        sold += f", without {before[1]:.1f}" if np.isfinite(before[1]) else ""
    return (
        f"{producer_title(run.market, p)}: exports "
        f"{spread(run, report.line(exports_of(p)), 0)} kb/d, without the measures "
        f"{before[0]:,.0f}; revenue "
        f"{spread(run, report.change(revenue_of(p)), 2, signed=True)} bn USD a month; {sold}."
    )


def _deep(report: OilReport, p: str) -> list[str]:
    """Say that a deep discount is a rent which its buyers need not have all of."""
    run = report.run
    discount, brent = (mean_of(run, report.line(of))[1] for of in (discount_of(p), brent_of))
    if not np.isfinite(discount) or discount <= DEEP * brent:
        return []
    return [
        f"{producer_title(run.market, p)}'s discount is {100 * discount / brent:.0f} % of Brent: "
        "where sales are limited, sellers here compete down to the cost of their last barrel, and "
        "buyers and carriers keep the difference. If they shared it with the seller, the discount "
        "would be smaller and revenue higher; volumes are the safer answer."
    ]


def _turned(report: OilReport, producer: str) -> str:
    change = moved(report, producer)
    come, gone = change[change > 1][:4], change[change < -1].iloc[::-1][:4]
    to, away = ("; ".join(f"{refiner_title(str(r))} {v:+,.0f}" for r, v in part.items())
                for part in (come, gone))  # fmt: skip
    return f"Its buyers, kb/d: more to {to or 'nobody'}. Less to {away or 'nobody'}."


def _winners(report: OilReport) -> str:
    table = report.gains[report.gains["bn_usd"].abs() >= WORTH_TELLING]
    best, worst = table[table["bn_usd"] > 0][:4], table[table["bn_usd"] < 0].iloc[::-1][:4]
    texts = ["; ".join(f"{r['title']} {r['bn_usd']:+,.1f}" for _, r in part.iterrows())
             for part in (best, worst)]  # fmt: skip
    return (
        f"Who gains over the {len(report.run.months)} months, bn USD: {texts[0] or 'nobody'}. "
        f"Who loses: {texts[1] or 'nobody'}."
    )


def sureness(run: OilRun) -> str:
    """How sure the numbers are, in one sentence."""
    cert, count = run.certificate, len(run.cases)
    base = f"Ranges over {count} cases" if count > 1 else "Central case only, no ranges"
    failed = f"; {len(run.failed)} more gave no result" if run.failed else ""
    state = "every month certified" if cert.ok else "NOT every month certified"
    return (
        f"{base}{failed}; {state}: volumes to {max(cert.volume, 0.0):.0e} kb/d, prices to "
        f"{max(cert.worst[1], 0.0):.0e} of the price."
    )


def oil_json(report: OilReport) -> dict[str, Any]:
    """The same numbers as plain data; flows of all pairs are in the folder."""
    run = report.run
    return {
        "name": run.name,
        "title": run.title,
        "market": run.market.name,
        "months": list(run.months),
        "means_over": late_text(run),
        "cases": [c.name for c in run.cases],
        "failed": list(run.failed),
        "notes": list(run.notes),
        "assumptions": [asdict(a) for a in run.assumptions],
        "certificate": asdict(run.certificate),
        "certified": run.certificate.ok,
        "resumed": run.resumed,
        "subjects": list(report.subjects),
        "answer": answer(report),
        "ranges": plain_rows(report.frames["ranges"]),
        "prices": plain_rows(report.frames["prices"]),
        "producers": plain_rows(report.frames["producers"]),
        "gains": plain_rows(report.gains),
    }
