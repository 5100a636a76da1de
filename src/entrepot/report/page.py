"""The report of a run: one HTML file that opens without a network."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import zip_longest

from entrepot.channels import Assumption
from entrepot.report.plain import PLAIN
from entrepot.report.style import STYLE
from entrepot.report.summary import Summary
from entrepot.report.words import (
    LONG_RUN,
    answer,
    bounds,
    horizon_text,
    measure_text,
    money,
    number,
    percent,
    sureness,
)
from entrepot.report.worldmap import world_map
from entrepot.study import Run

EXTRA = """
th.n{text-align:right}
figure{margin:1.2rem 0}figure>svg{max-width:100%;background:#fff}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;font-size:.92rem}dd{margin:0}
.answer{border-left:5px solid #3b5b7a;background:#eef2f6;padding:.7rem 1rem;margin:1rem 0}
.answer p{margin:.3rem 0}details{margin:.6rem 0}
@media(prefers-color-scheme:dark){.answer{background:#1f2832}}
@media(max-width:40rem){figure{overflow-x:auto}figure>svg{min-width:38rem}}
@media print{details>*{display:block}body{font-size:11px}}
"""
LEAST = 0.005
"""Smallest change of an amount that is worth a row, bn USD."""
LONG_RUN_ONLY = "Time: this is the long run; the first months are harsher."
ONE_TIME = "Time: the numbers belong to one time since the shock; the path to it is not followed."
NOT_MODELLED = (
    "Third countries do not decide for themselves; how far they comply is given, with a range.",
    "Refined products and gas as markets of their own; only crude has grades, fleets and storage.",
    "Households within a country, unemployment, exchange rates and money; payments are a cost of "
    "trade.",
    "Battles, killings, troops, and who is right.",
)


def cell(text: str, number: bool = False) -> str:
    """One table cell, escaped."""
    return f'<td class="n">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"


def table(head: Iterable[str], rows: Iterable[Iterable[tuple[str, bool]]]) -> str:
    """A table; each cell is a text and whether it is a number."""
    rows = [list(row) for row in rows]
    numeric = [number for _, number in rows[0]] if rows else []
    top = "".join(
        f'<th class="{"n" if number else "t"}">{escape(h)}</th>'
        for h, number in zip_longest(head, numeric)
    )
    body = "".join(f"<tr>{''.join(cell(t, n) for t, n in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def link(act: str, url: str) -> str:
    """Text `act`, as a link if `url` is a web address; any other address is dropped."""
    if url.startswith(("https://", "http://")):
        return f'<a href="{escape(url, quote=True)}">{escape(act or url)}</a>'
    return escape(act)


def _asked(summary: Summary) -> str:
    items = []
    for row in summary.measures:
        act = link(row["act"], row["url"]) or "no legal act is given"
        items.append(f'<li>{escape(measure_text(row))}.<br><span class="small">{act}</span></li>')
    return f"<p>{escape(summary.description)}</p><ul>{''.join(items)}</ul>"


def _welfare(summary: Summary) -> str:
    parts = []
    for title, frame in (("Who loses", summary.losers), ("Who gains", summary.gainers)):
        rows = [[(r["name"], False), (percent(r["percent"]), True),
                 (bounds(r["low"], r["high"]), True), (money(r["bn_usd"], signed=True), True)]
                for _, r in frame.iterrows()]  # fmt: skip
        text = table(("", "welfare", "range", "bn USD a year"), rows) if rows else "<p>Nobody.</p>"
        parts.append(f"<h3>{title}</h3>{text}")
    return "".join(parts)


def _exports(summary: Summary) -> str:
    parts = []
    for target, frame in summary.exports.groupby("target", sort=False):
        rows = [[(r["sector"], False), (money(r["before"]), True), (money(r["after"]), True),
                 (percent(r["percent"]) if r["before"] > 0 else "new", True)]
                for _, r in frame.iterrows() if max(r["before"], r["after"]) > 0]  # fmt: skip
        head = ("sector", "before, bn USD", "after, bn USD", "change")
        parts.append(f"<details><summary>Exports of {escape(str(target))} by sector</summary>"
                     f"{table(head, rows)}</details>")  # fmt: skip
    return "".join(parts)


def _market(summary: Summary) -> str:
    parts = []
    for sector, frame in summary.market.groupby("sector", sort=False):
        rows = [[(r["exporter"], False), (money(r["before"]), True), (money(r["after"]), True),
                 (money(r["change"], signed=True), True)] for _, r in frame.iterrows()]  # fmt: skip
        head = ("exporter", "before, bn USD", "after, bn USD", "change")
        parts.append(f"<details><summary>Who sells {escape(str(sector))} abroad</summary>"
                     f"{table(head, rows)}</details>")  # fmt: skip
    return "".join(parts)


def _revenue(summary: Summary) -> str:
    rows = [[(r["economy"], False), (money(r["before"]), True), (money(r["after"]), True),
             (money(r["change"], signed=True), True)]
            for _, r in summary.revenue.iterrows() if abs(r["change"]) >= LEAST]  # fmt: skip
    head = ("economy", "before, bn USD", "after, bn USD", "change")
    text = table(head, rows) if rows else "<p>It hardly moves anywhere.</p>"
    return f"<details><summary>Tariff revenue, where it moves most</summary>{text}</details>"


def _assumptions(items: tuple[Assumption, ...]) -> str:
    if not items:
        return "<p>The scenario gives no numbers of its own.</p>"
    rows = [[(a.name, False), (f"{a.value:g}", True),
             (f"{a.low:g} to {a.high:g}" if a.low != a.high else "none", True),
             (a.source, False), (a.note, False)] for a in items]  # fmt: skip
    return table(("assumption", "value", "range", "source", "meaning"), rows)


def _elasticities(run: Run, summary: Summary) -> str:
    """What can replace what, with ranges and sources; then the trade elasticities by sector."""
    given, titles = run.horizon.parameters, run.world.sector_titles
    rows = [[(f"{PLAIN[name].name} ({p.symbol}), {p.unit}", False), (number(p.value), True),
             (f"{number(p.low)} to {number(p.high)}", True), (p.source, False)]
            for name, p in given.items()]  # fmt: skip
    used = run.economy.theta_for(run.world)
    long_run = summary.elasticities[summary.elasticities["parameter"] == "theta"]
    by_sector = [[(title, False), (f"{r['value']:.3g}", True),
                  (f"{r['low']:.3g} to {r['high']:.3g}", True), (f"{u:.3g}", True)]
                 for title, u, (_, r) in zip(titles, used, long_run.iterrows(),
                                             strict=True)]  # fmt: skip
    moved = ", ".join(dict.fromkeys(summary.elasticities.query("varied")["parameter"]))
    return (
        f"<h3>Elasticities of {escape(horizon_text(summary))}</h3>"
        + table(("parameter", "value", "range", "source"), rows)
        + f'<p class="small">The range of the run moves {escape(moved)}.</p>'
        + "<details><summary>Trade elasticities by sector</summary>"
        + table(("sector", "theta of the long run", "range", "theta used"), by_sector)
        + "</details>"
    )


def _sure(run: Run, summary: Summary) -> str:
    gaps = [[(k.replace("_", " "), False), (f"{v:.1e}", True)]
            for k, v in summary.certificate.items()]  # fmt: skip
    failed = "".join(f"<li>{escape(f)}</li>" for f in summary.failed)
    kinds = summary.provenance.columns[1:]
    origin = [[(str(r["target"]), False), *((f"{100 * r[k]:.0f} %", True) for k in kinds)]
              for _, r in summary.provenance.iterrows()]  # fmt: skip
    parts = [
        f"<p>{escape(sureness(summary))}</p>",
        f"<p>Without a certified result:</p><ul>{failed}</ul>" if failed else "",
        "<h3>Assumptions of the scenario</h3>" + _assumptions(summary.assumptions),
        _elasticities(run, summary),
        "<details><summary>Certificate: largest gap of each identity; money in units of world "
        "income, own in units of the economy, the rest as shares"
        f"</summary>{table(('identity', 'gap'), gaps)}</details>",
    ]
    if origin:
        head = ("target", *kinds)
        parts.append("<h3>Where the target's trade data come from, by value</h3>"
                     + table(head, origin))  # fmt: skip
    return "".join(parts)


def _base(run: Run, summary: Summary) -> str:
    world = run.world
    sources = "".join(
        f"<li>{escape(str(s.get('citation') or s.get('title') or key))} "
        f'<span class="small">{escape(str(s.get("licence", "")))}</span></li>'
        for key, s in world.sources.items()
    )
    notes = "".join(f"<li>{escape(n)}</li>" for n in summary.notes)
    about = "".join(f"<li>{escape(str(n))}</li>" for n in world.meta.get("notes", ()))
    return (
        "<dl>"
        f"<dt>World</dt><dd>{escape(world.name)} ({len(world.regions)} economies, "
        f"{len(world.sectors)} sectors), <code>{world.hash}</code></dd>"
        f"<dt>Scenario</dt><dd>{escape(summary.name)}, <code>{run.scenario.hash}</code>, "
        f"{escape(summary.day)}</dd>"
        f"<dt>Model</dt><dd>{escape(_model(summary))}, "
        f"<code>{run.economy.hash(world)}</code></dd>"
        f"<dt>Balances</dt><dd>{escape(summary.closure)}</dd></dl>"
        + (f"<h3>Notes</h3><ul>{notes}</ul>" if notes else "")
        + f"<details><summary>How the world was made</summary><ul>{about}</ul></details>"
        f"<details><summary>Sources of the world</summary><ul>{sources}</ul></details>"
    )


def _model(summary: Summary) -> str:
    if summary.horizon == LONG_RUN:
        return "long run, Caliendo and Parro (2015)"
    return f"{horizon_text(summary)}, nested CES"


def report_page(run: Run, summary: Summary, charts: dict[str, str], more: str = "") -> str:
    """HTML text of the report; `charts` are SVG texts by caption, `more` sections of their own."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in answer(summary))
    caption = "Change of welfare, per cent. Paler: economies inside the rest of the world."
    pictures = "".join(f"<figure>{svg}</figure>" for svg in charts.values())
    first = LONG_RUN_ONLY if summary.horizon == LONG_RUN else ONE_TIME
    missing = "".join(f"<li>{escape(x)}</li>" for x in (first, *NOT_MODELLED))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(summary.title)}</title><style>{STYLE}{EXTRA}</style></head>\n"
        f"<body><main><h1>{escape(summary.title)}</h1>"
        f'<div class="answer">{lines}</div>'
        f"<h2>What was asked</h2>{_asked(summary)}"
        f"<figure>{world_map(summary)}<figcaption>{caption}</figcaption></figure>"
        f"<h2>Who loses, who gains</h2>{_welfare(summary)}"
        f"<h2>Pictures</h2>{pictures}{_exports(summary)}{_market(summary)}{_revenue(summary)}"
        f"{more}<h2>How sure</h2>{_sure(run, summary)}"
        f"<h2>What this rests on</h2>{_base(run, summary)}"
        f"<h2>What is not modelled</h2><ul>{missing}</ul>"
        "</main></body></html>\n"
    )
