"""The report of a path: one HTML file that opens without a network."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np

from entrepot.report.page import EXTRA, link, table
from entrepot.report.path import (
    ADAPTATION,
    TOGETHER,
    Line,
    answer,
    export_lines,
    headline,
    money_text,
    others,
    range_text,
    subjects,
    takers,
    title_of,
    together_lines,
    welfare_lines,
)
from entrepot.report.pathchannels import channels_section
from entrepot.report.pathchart import Panel, path_chart
from entrepot.report.pathlines import Curve
from entrepot.report.style import STYLE
from entrepot.report.timeaxis import Mark
from entrepot.report.words import measure_text, percent
from entrepot.scenario.table import measure_rows
from entrepot.study.path import CENTRAL, YearPath

CUT_TEXT: Final = "* an end of this range has no certified result; the range may be wider."
MOST_MARKS: Final = 12
LEFT_OUT: Final = (
    "Nothing is carried over from year to year: no capital is built up or lost, no debt, no stock.",
    "The baseline does not grow: every year is the world of the base year with the measures of "
    "that year.",
    "The elasticities have one time since the shock; measures of different age are put together "
    "by a rule (see above), and a new large measure makes the whole economy young again.",
    "Nobody foresees a measure before its first day, and nothing is left of it after its last.",
)


def _curve(kind: int, found: Line) -> Curve:
    return Curve(kind, found.low, found.central, found.high, found.cut)


def _kinds(path: YearPath) -> dict[str, int]:
    """Adaptation -> its place in the legend, the same colour whether or not both are there."""
    return {a: list(ADAPTATION).index(a) for a in path.adaptations}


def picture(path: YearPath) -> str:
    """SVG: measures in time, then welfare of targets and senders, and a target's exports."""
    kinds, panels = _kinds(path), []
    for who in subjects(path, 2):
        curves = tuple(_curve(kinds[f.adaptation], f) for f in welfare_lines(path, who))
        panels.append(Panel(f"Welfare, {title_of(path.world, who)}", "change, per cent", curves))
    for who in subjects(path, 1):
        curves = tuple(_curve(kinds[f.adaptation], f) for f in export_lines(path, who))
        title = f"Export revenue, {title_of(path.world, who)}"
        panels.append(Panel(title, "bn USD a year", curves, zero=False))
    senders = takers(path)
    if senders:
        who = TOGETHER if len(senders) > 1 else senders[0]
        curves = tuple(_curve(kinds[f.adaptation], f) for f in welfare_lines(path, who))
        panels.append(Panel(f"Welfare, {title_of(path.world, who)}", "change, per cent", curves))
    return path_chart(f"{path.scenario.title}: the path", path.days, panels, _marks(path))


def _marks(path: YearPath) -> list[Mark]:
    """Measures in force on the path, the first to begin first; of many, those of largest stake."""
    largest = path.measures.groupby("measure")["stake"].max().sort_values(ascending=False)
    names = set(largest.index[:MOST_MARKS])
    first = path.days[0].replace(month=1, day=1)
    marks = [Mark(e.measure.title or e.name, e.measure.start or first, e.measure.until)
             for e in path.scenario.entries if e.name in names]  # fmt: skip
    return sorted(marks, key=lambda m: (m.start, m.name))


def _by_year(path: YearPath) -> str:
    """Return the headline by year, with adaptation above and without below."""
    shown = [*headline(path), *others(path)]
    parts = []
    for adaptation in path.adaptations:
        body = "".join(_row(path, who, adaptation) for who in shown)
        head = "".join(f'<th class="n">{year}</th>' for year in path.years)
        parts.append(f"<h3>Welfare {ADAPTATION[adaptation]}, per cent</h3>"
                     f'<div class="wide"><table><thead><tr><th></th>{head}</tr></thead>'
                     f"<tbody>{body}</tbody></table></div>")  # fmt: skip
    cut = any(f.cut.any() for who in shown for f in welfare_lines(path, who))
    return "".join(parts) + (f'<p class="small">{CUT_TEXT}</p>' if cut else "")


def _row(path: YearPath, who: str, adaptation: str) -> str:
    """One economy by year: the central case, and the range below it."""
    together = who == TOGETHER
    lines = together_lines(path) if together else welfare_lines(path, who)
    (found,) = (f for f in lines if f.adaptation == adaptation)
    cells = []
    for k in range(len(path.years)):
        text, spread = money_text(found, k) if together else _percent_text(found, k)
        spread = spread.replace(" to ", "<br>to\u00a0")
        cells.append(f'<td class="n">{text}<br><span class="small">{spread}</span></td>')
    title = f"{title_of(path.world, who)}{', bn USD' if together else ''}"
    return f"<tr><td>{escape(title)}</td>{''.join(cells)}</tr>"


def _percent_text(found: Line, k: int) -> tuple[str, str]:
    """Central value in per cent of the year at `k` without its unit, and its range."""
    central, known = found.central[k], np.isfinite(found.central[k])
    text = percent(float(central)).removesuffix(" %") if known else "no result"
    return text, range_text(found, k).replace(" %", "")


def _ages(path: YearPath) -> str:
    """Return the times since the shocks, and what each measure weighs in them."""
    rows = []
    for year in path.years:
        months = [
            (_months(float(path.months.sel(adaptation=a, case=CENTRAL, year=year))), True)
            for a in path.adaptations
        ]
        here = path.measures[path.measures["year"] == year]
        said = "; ".join(
            f"{row['title']} ({row['months']:.0f} months, {100 * row['weight']:.0f} %)"
            for _, row in here.sort_values("weight", ascending=False).iterrows()
        )
        rows.append([(str(year), False), *months, (said or "none", False)])
    head = ("", *(f"months {ADAPTATION[a]}" for a in path.adaptations),
            "measures in force (age, weight)")  # fmt: skip
    return (
        "<p>Elasticities belong to one time since the shock. It is the mean of the logarithms of "
        "the ages of the measures in force, weighted with the trade that each touches times the "
        "size of its change; the rule is assumed, and the ages of the newest and of the oldest "
        "measure are ends of the range. Without adaptation each measure keeps the age of its "
        "first year, and channels have had no time.</p>" + table(head, rows)
    )


def _months(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "no measure"


def _asked(path: YearPath) -> str:
    used = set(path.measures["measure"])
    items = []
    for row in measure_rows(path.scenario):
        act = link(row["act"], row["url"]) or "no legal act is given"
        idle = "" if row["measure"] in used else " In force on no day of the path."
        items.append(f"<li>{escape(measure_text(row))}.{idle}<br>"
                     f'<span class="small">{act}</span></li>')  # fmt: skip
    return f"<p>{escape(path.scenario.description)}</p><ul>{''.join(items)}</ul>"


def _sure(path: YearPath) -> str:
    cases = [str(c) for c in path.data["case"].values]
    failed = "".join(f"<li>{escape(f)}</li>" for f in path.failed)
    rows = [[(a.name, False), (f"{a.value:g}", True),
             (f"{a.low:g} to {a.high:g}" if a.low != a.high else "none", True),
             (a.source, False), (a.note, False)] for a in path.assumptions]  # fmt: skip
    head = ("assumption", "value", "range", "source", "meaning")
    return (
        f"<p>Ranges are over {len(cases)} cases: {escape(', '.join(cases))}. Elasticities low and "
        "high move all of them together. Largest gap of any identity in any certified solve: "
        f"{path.worst:.0e}.</p>"
        + (f"<p>Without a certified result:</p><ul>{failed}</ul>" if failed else "")
        + ("<details><summary>Assumptions of the scenario</summary>" + table(head, rows)
           + "</details>" if rows else "")
    )  # fmt: skip


def path_page(path: YearPath, svg: str) -> str:
    """HTML text of the report with the picture `svg`."""
    scenario, world = path.scenario, path.world
    lines = "".join(f"<p>{escape(text)}</p>" for text in answer(path))
    notes = "".join(f"<li>{escape(n)}</li>" for n in path.notes)
    missing = "".join(f"<li>{escape(text)}</li>" for text in LEFT_OUT)
    span = f"{path.years[0]} to {path.years[-1]}" if len(path.years) > 1 else str(path.years[0])
    style = STYLE + EXTRA + ".wide{overflow-x:auto}.wide td{white-space:nowrap}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(scenario.title)}, {span}</title><style>{style}</style></head>\n"
        f"<body><main><h1>{escape(scenario.title)}, {span}</h1>"
        f'<div class="answer">{lines}</div><figure>{svg}</figure>'
        f"<h2>Who loses, who gains, year by year</h2>{_by_year(path)}"
        f"<h2>What was asked</h2>{_asked(path)}"
        f"<h2>How much time has passed</h2>{_ages(path)}"
        f"{channels_section(path)}<h2>How sure</h2>{_sure(path)}"
        f"<h2>What this rests on</h2><dl><dt>World</dt><dd>{escape(world.name)} "
        f"({len(world.regions)} economies, {len(world.sectors)} sectors), "
        f"<code>{world.hash}</code></dd><dt>Scenario</dt><dd>{escape(scenario.name)}, "
        f"<code>{scenario.hash}</code></dd><dt>Day of the year</dt>"
        f"<dd>{escape(str(path.options['day']))}</dd></dl><ul>{notes}</ul>"
        f"<h2>What is not modelled</h2><ul>{missing}</ul></main></body></html>\n"
    )
