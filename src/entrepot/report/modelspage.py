"""The section of the report, and the picture, that compare presets and bounds."""

from __future__ import annotations

from html import escape

from entrepot.report.models import (
    models_answer,
    moved_by,
    scarcity_text,
    shown,
    shown_rows,
    when,
)
from entrepot.report.page import table
from entrepot.report.plain import PLAIN
from entrepot.report.strips import Strip, strip_chart
from entrepot.report.words import number, percent
from entrepot.study.models import Models

TITLE = "How much the answer depends on what can be replaced"
PICTURE = "Welfare by time since the shock, between two bounds"
NOTE = (
    "Nothing replaced: every recipe, every factor and every supplier stays as it was; what is "
    "missing is missing. It is a lower bound of welfare at unchanged terms of trade, with the "
    "trade elasticities of the shortest time. Sales not replaced: what may no longer be sold is "
    "not made, nor what its suppliers and theirs would have delivered; per cent of value added. "
    "All rerouted: what is forbidden is bought and sold elsewhere at the old prices."
)


def figure(value: float) -> str:
    """A change in per cent, or that there is none."""
    return percent(value) if value == value else "none"


def strips(models: Models) -> str:
    """SVG with one strip per economy worth showing."""
    rows = []
    for row in shown_rows(models):
        bar = tuple(float(row[c]) if row[c] == row[c] else None for c in ("final", "rerouted"))
        dots = tuple(
            (k, float(row[p.name]), f"{when(p.name)}: {percent(row[p.name])}")
            for k, p in enumerate(models.presets)
            if p.name in models.certified
        )
        words = scarcity_text(models, row["code"])
        rows.append(Strip(row["name"], row["role"], (bar[0], bar[1]), dots, words))
    legend = [
        (when(n) if v == "certified" else f"{when(n)}: {v}", v == "certified")
        for n, v in models.verdict.items()
    ]
    return strip_chart(PICTURE, rows, legend)


def _numbers(models: Models) -> str:
    rows = []
    for row in shown_rows(models):
        times = [
            (figure(row[n]) if v == "certified" else v, True) for n, v in models.verdict.items()
        ]
        low = [(figure(row[name]), True) for name in ("final", "upstream")]
        rows.append(
            [(row["name"], False), *low, *times,
             (figure(row["rerouted"]), True), (f"{row['spread']:.2f}", True),
             (row["moved_most_by"].replace(" %", "\u00a0%"), False)]
        )  # fmt: skip
    names = [when(p.name) for p in models.presets]
    head = ("", "nothing replaced", "sales not replaced", *names, "all rerouted", "spread, points",
            "moved most by")  # fmt: skip
    return table(head, rows)


def _moves(models: Models) -> str:
    """Shares of every parameter for every economy shown."""
    if not models.way:
        return ""
    rows = []
    for code in shown(models):
        parts = {name: (points, part) for name, points, part in moved_by(models, code)}
        cells = [
            (f"{parts[n][0]:+.2f} ({parts[n][1]:.0f} %)" if n in parts else "hardly", True)
            for n in PLAIN
        ]
        rows.append([(code, False), *cells])
    start, end = (when(name) for name in models.way)
    about = "".join(f"<li>{escape(w.name)}: {escape(w.question)}</li>" for w in PLAIN.values())
    return (
        f"<details><summary>What moves the answer from the {escape(start)} to the {escape(end)}, "
        "percentage points of welfare</summary>"
        + table(("", *(words.name for words in PLAIN.values())), rows)
        + f'<ul class="small">{about}</ul><p class="small">Each number is the mean of what the '
        "parameter adds over every order in which the parameters can be changed (Shapley); a row "
        "adds up to the whole difference.</p></details>"
    )


def _presets(models: Models) -> str:
    """Value and range of every parameter at every time."""
    rows = [
        [(f"{PLAIN[name].name} ({models.presets[0].parameters[name].symbol})", False),
         *((f"{number(p.parameters[name].value)} ({number(p.parameters[name].low)} to "
            f"{number(p.parameters[name].high)})", True) for p in models.presets)]
        for name in PLAIN
    ]  # fmt: skip
    head = ("value (range)", *(when(p.name) for p in models.presets))
    reasons = "".join(
        f"<p>No result for the {escape(when(n))}: {escape(text)}</p>"
        for n, text in models.reason.items()
    )
    title = "<summary>Elasticities of every time</summary>"
    return f"<details>{title}{table(head, rows)}</details>{reasons}"


def models_section(models: Models) -> str:
    """HTML of the comparison, to stand in the report."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in models_answer(models))
    return (
        f'<h2>{TITLE}</h2><div class="answer">{lines}</div><figure>{strips(models)}</figure>'
        f'{_numbers(models)}<p class="small">Change of welfare, per cent. {escape(NOTE)}</p>'
        f"{_moves(models)}{_presets(models)}"
    )
