"""The report of months of the oil market: one HTML file that opens without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from html import escape
from typing import Final

from entrepot.channels.oil import numbers
from entrepot.report.oil import OilReport, about_text, answer, late_text, sureness
from entrepot.report.oilbars import producers_table
from entrepot.report.oilnames import timed_title
from entrepot.report.page import EXTRA, link, table
from entrepot.report.style import STYLE
from entrepot.report.words import measure_text
from entrepot.scenario.table import measure_rows
from entrepot.study.oil_cases import GROUPS
from entrepot.study.oil_run import OilRun

CAPTIONS: Final[Mapping[str, str]] = {
    "months": "Dashed: the same months without the measures, from the same base year.",
    "pairs": "Blue: more; red: less. By sea, by pipe and over land.",
    "grades": "Means over exports of each grade.",
    "flows": "By sea, by pipe and over land; what is refined at home is left out.",
    "fleets": "A cargo takes its vessel for the days there and back; floating storage takes "
    "vessels too.",
    "water": "On the way: half of the days of a voyage there and back, times the flow.",
    "producers": "Behind the name: netback, mean price at the border, USD a barrel. Whiskers: "
    "range over all cases.",
    "gains": "Producers: price less cost. Refiners: what the slate is worth less what they pay. "
    "Fleets and pipes: rent of what is scarce. A buyer's discount for danger is a cost to nobody.",
}
LEFT_OUT: Final = (
    "Refined products, and gas.",
    "Expectations beyond last month's price; contracts; hedges.",
    "Sellers with market power other than quotas.",
    "The world around the base year stays as it was, but for what the scenario says.",
)


def oil_page(report: OilReport, charts: Mapping[str, str]) -> str:
    """HTML text of the report with the pictures `charts`."""
    run = report.run
    lines = "".join(f"<p>{escape(text)}</p>" for text in answer(report))
    figures = "".join(_figure(name, svg) for name, svg in charts.items())
    notes = "".join(f"<li>{escape(n)}</li>" for n in run.notes)
    missing = "".join(f"<li>{escape(text)}</li>" for text in LEFT_OUT)
    span = f"{run.months[0]} to {run.months[-1]}"
    style = STYLE + EXTRA + ".wide{overflow-x:auto}.wide td{white-space:nowrap}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(run.title)}, {span}</title><style>{style}</style></head>\n"
        f"<body><main><h1>{escape(run.title)}</h1><p>{escape(about_text(run)).capitalize()}.</p>"
        f'<div class="answer">{lines}</div>'
        f"<h2>What was asked</h2>{_asked(run)}"
        f"<h2>Pictures</h2>{figures}"
        f"<h2>Producers</h2>{_producers(report)}"
        f"{_gains(report)}<h2>How sure</h2>{_sure(run)}"
        f"<h2>What this rests on</h2><dl><dt>Market</dt><dd>{escape(run.market.name)}: "
        f"{len(run.market.streams)} streams, {len(run.market.refiners)} refining regions</dd>"
        f"</dl><ul>{notes}</ul>"
        f"<h2>What is not modelled</h2><ul>{missing}</ul></main></body></html>\n"
    )


def _figure(name: str, svg: str) -> str:
    caption = CAPTIONS.get(name.split("_")[0], "")
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _asked(run: OilRun) -> str:
    items, text = [], "<p>No measure.</p>"
    if run.scenario is not None:
        text = f"<p>{escape(run.scenario.description)}</p>"
        for row in sorted(measure_rows(run.scenario), key=lambda r: r["from"]):
            act = link(row["act"], row["url"]) or "no legal act is given"
            items.append(f'<li>{escape(measure_text(row))}.<br><span class="small">{act}</span>')
    rows = [[(timed_title(t), False), (t.first or "from the beginning", False),
             (t.last or "to the end", False)] for t in run.timed]  # fmt: skip
    inner = table(("restriction", "first month", "last month"), rows)
    more = f"<details><summary>As restrictions of the oil market</summary>{inner}</details>"
    return f"{text}<ul>{''.join(items)}</ul>{more if rows else ''}"


def _producers(report: OilReport) -> str:
    run = report.run
    shown = {"exports": ",.0f", "exports_without": ",.0f", "netback": ".1f",
             "netback_without": ".1f", "revenue": ".2f", "revenue_low": ".2f",
             "revenue_high": ".2f", "revenue_without": ".2f"}  # fmt: skip
    rows = [
        [
            (r["title"], False),
            *(
                (f"{r[name]:{form}}" if r[name] == r[name] else "none", True)
                for name, form in shown.items()
            ),
        ]
        for _, r in producers_table(report).iterrows()
    ]
    head = ("", "exports, kb/d", "without", "netback, USD a barrel", "without",
            "revenue, bn USD a month", "low", "high", "without")  # fmt: skip
    return (f'<p class="small">Means of {late_text(run)}.</p><div class="wide">'
            f"{table(head, rows)}</div>")  # fmt: skip


def _gains(report: OilReport) -> str:
    if not report.run.timed:
        return ""
    rows = [[(str(r["title"]), False), (f"{r['bn_usd']:+,.2f}", True)]
            for _, r in report.gains.iterrows() if abs(r["bn_usd"]) >= 0.005]  # fmt: skip
    total = report.gains["bn_usd"].sum()
    return (
        "<h2>Who gains</h2><p>All parties together: "
        f"{total:+,.2f} bn USD over {len(report.run.months)} months.</p><details><summary>Every "
        f"party</summary>{table(('', 'bn USD'), rows)}</details>"
    )


def _sure(run: OilRun) -> str:
    cases = ", ".join(c.name for c in run.cases)
    failed = "".join(f"<li>{escape(f)}</li>" for f in run.failed)
    gaps = [[(f.name, False), (f"{max(getattr(run.certificate, f.name), 0.0):.1e}", True)]
            for f in fields(run.certificate)]  # fmt: skip
    given = [[(a.name, False), (f"{a.value:g}", True),
              (f"{a.low:g} to {a.high:g}" if a.low != a.high else "none", True),
              (a.source, False), (a.note, False)] for a in run.assumptions]  # fmt: skip
    rows = [[(n.name, False), (f"{n.central:g}", True), (f"{n.low:g} to {n.high:g}", True),
             (n.unit, False), (n.what, False), (n.source, False)]
            for n in numbers().values()]  # fmt: skip
    groups = "; ".join(f"{g}: {', '.join(names)}" for g, names in GROUPS.items())
    return (
        f"<p>{escape(sureness(run))} Cases: {escape(cases)}.</p>"
        + (f"<p>Without a result:</p><ul>{failed}</ul>" if failed else "")
        + (f"<h3>Numbers of the scenario</h3>"
           f"{table(('assumption', 'value', 'range', 'source', 'meaning'), given)}"
           if given else "")
        + "<details><summary>Numbers of the oil market</summary>"
        f"<p>Those that move to an end of their range together: {escape(groups)}.</p>"
        f"{table(('name', 'value', 'range', 'unit', 'meaning', 'source'), rows)}</details>"
        "<details><summary>Certificate: largest violation of each condition in any month of any "
        "case; volume in kb/d, the others as parts of the price</summary>"
        f"{table(('condition', 'gap'), gaps)}</details>"
    )  # fmt: skip
