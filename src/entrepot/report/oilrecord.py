"""Modelled beside recorded years of the oil market: pictures and a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Final

import numpy as np
import pandas as pd

from entrepot.report.page import EXTRA, table
from entrepot.report.pathchart import Panel, path_chart
from entrepot.report.pathlines import Curve, Look
from entrepot.report.style import STYLE
from entrepot.report.svg import Bar, Piece, bar_chart
from entrepot.study.oil_record import NOTES, OilRecord, episode_of, record

RECORDED: Final = Look("recorded", "#25303b", "6 4")
MODELLED: Final = Look("modelled", "#1f5582")
BASE: Final = "#b9c1c9"
BUYERS: Final = {"EU": "EU and UK", "CHN": "China", "IND": "India",
                 "TUR": "Turkey", "JPN": "Japan", "KOR": "South Korea"}  # fmt: skip
TITLES: Final = {"exports": "Exports", "discount": "Discount to Brent", "brent": "Brent"}
TITLE: Final = "The oil market held against the record"


def record_pictures(found: OilRecord) -> dict[str, str]:
    """SVG texts by file name: each episode by year, and its buyers in the last year."""
    out = {}
    for name, part in found.table.groupby("episode", sort=False):
        out[f"years_{name}"] = years_chart(str(name), part)
        out[f"buyers_{name}"] = buyers_chart(str(name), part)
    return out


def years_chart(episode: str, part: pd.DataFrame) -> str:
    """Exports, discount and Brent by year, from the base year on."""
    about = episode_of(episode)
    years = [about.base, *sorted(int(y) for y in part["year"].unique())]
    panels = []
    for series, rows in part[part["buyer"] == "all"].groupby("series", sort=False):
        title = what_text(str(series), "all")
        curves = _curves(rows, years)
        panels.append(Panel(title, str(rows["unit"].iloc[0]), curves, zero=series == "discount"))
    days = [date(y, 7, 1) for y in years]
    return path_chart(f"{about.title}: by year", days, panels, [], (MODELLED, RECORDED),
                      note="first year: base; band: range over draws of parameters")  # fmt: skip


def _curves(rows: pd.DataFrame, years: list[int]) -> tuple[Curve, Curve]:
    """Modelled with its range, and recorded; NaN where a year has none."""
    one = rows.drop_duplicates("year").set_index("year").reindex(years)
    first = rows.iloc[0]
    one.loc[years[0], ["modelled", "low", "high"]] = first["base_modelled"]
    one.loc[years[0], "recorded"] = first["base_recorded"]
    columns = {c: one[c].to_numpy(dtype=float) for c in ("low", "modelled", "high", "recorded")}
    known = np.zeros(len(years), dtype=bool)
    return (
        Curve(0, columns["low"], columns["modelled"], columns["high"], known),
        Curve(1, columns["recorded"], columns["recorded"], columns["recorded"], known),
    )


def buyers_chart(episode: str, part: pd.DataFrame) -> str:
    """Flows to each buyer in the last year with most of them, beside those of the base year."""
    flows = part[part["series"] == "flow"]
    known = flows.groupby("year")["buyer"].count()
    last = int(max(known[known == known.max()].index))
    base = episode_of(episode).base
    bars = []
    for _, r in flows[flows["year"] == last].iterrows():
        name = BUYERS.get(str(r["buyer"]), str(r["buyer"]))
        lines = tuple(
            (Piece(0.0, float(r[column]), colour, f"{name}, {said}: {r[column]:,.0f} kb/d"),)
            for column, colour, said in (
                ("base_recorded", BASE, f"{base} recorded"),
                ("modelled", MODELLED.colour, f"{last} modelled"),
                ("recorded", RECORDED.colour, f"{last} recorded"),
            )
        )
        bars.append(Bar(name, lines, (float(r["low"]), float(r["high"]))))
    legend = [(f"{base}, recorded", BASE), (f"{last}, modelled, with range", MODELLED.colour),
              (f"{last}, recorded", RECORDED.colour)]  # fmt: skip
    title = f"{episode_of(episode).title}: to whom in {last}"
    return bar_chart(title, bars, "thousand barrels a day", legend)


def record_page(found: OilRecord, charts: Mapping[str, str]) -> str:
    """HTML text with the scores, the pictures, every row and the sources of the record."""
    figures = "".join(f"<figure>{svg}</figure>" for svg in charts.values())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{TITLE}</title><style>{STYLE}{EXTRA}"
        ".wide{overflow-x:auto}.wide td{white-space:nowrap}</style></head>\n"
        f"<body><main><h1>{TITLE}</h1>"
        f"<p>Every episode is replayed from the year before it; nothing that happened after enters "
        f"but the measures. {escape(NOTES)} Ranges are over {found.draws} draws of all parameters."
        f"</p>{_scores(found.scores)}{figures}<h2>Year by year</h2>{_rows(found.table)}"
        f"<h2>Sources of the record</h2>{_sources()}</main></body></html>\n"
    )


def what_text(series: str, buyer: str) -> str:
    """Name of a series, or of a buyer's flow."""
    if buyer != "all":
        return f"To {BUYERS.get(buyer, buyer)}"
    return TITLES.get(series, series[:1].upper() + series[1:])


SCORES: Final[Mapping[str, str]] = {
    "volumes": "volumes compared", "error": "mean error, points",
    "no_change": "error of 'nothing changes', points", "skill": "skill, 1 is perfect",
    "direction": "share with the right direction", "rank_of_buyers": "rank correlation of buyers",
    "rank_of_changes": "rank correlation of changes", "inside": "share inside the range",
    "discount_error": "error of the discount, points of Brent",
}  # fmt: skip
"""Columns of the scores in words."""


def scores_rows(scores: pd.DataFrame) -> list[list[str]]:
    """One row for each score: its name, and its value by episode."""
    return [
        [words, *(_score(name, float(v)) for v in scores[name])] for name, words in SCORES.items()
    ]


def _score(name: str, value: float) -> str:
    if not np.isfinite(value):
        return "no record"
    return f"{value:.0f}" if name == "volumes" else f"{value:.2f}"


def _scores(scores: pd.DataFrame) -> str:
    head = ("", *(episode_of(str(e)).title for e in scores["episode"]))
    rows = [[(row[0], False), *((v, True) for v in row[1:])] for row in scores_rows(scores)]
    return f'<div class="wide">{table(head, rows)}</div>'


def episode_rows(part: pd.DataFrame) -> list[list[str]]:
    """Every number of an episode as text: what, unit, year, recorded, modelled, range, error."""
    return [
        [
            what_text(str(r["series"]), str(r["buyer"])), str(r["unit"]), str(r["year"]),
            f"{r['base_recorded']:,.0f} > {r['recorded']:,.0f}",
            f"{r['base_modelled']:,.0f} > {r['modelled']:,.0f}",
            f"{r['low']:,.0f} to {r['high']:,.0f}",
            f"{r['error']:+.1f}" if r["scored"] else "not scored",
            {True: "right", False: "wrong"}.get(r["direction"], "small") if r["scored"] else "",
        ]
        for _, r in part.iterrows()
    ]  # fmt: skip


def _rows(frame: pd.DataFrame) -> str:
    head = ("", "unit", "year", "recorded, base > year", "modelled, base > year", "range",
            "error, points", "direction")  # fmt: skip
    parts = []
    for episode, part in frame.groupby("episode", sort=False):
        rows = [[(text, 1 < k < 7) for k, text in enumerate(row)] for row in episode_rows(part)]
        parts.append(f"<details><summary>{escape(episode_of(str(episode)).title)}</summary>"
                     f'<div class="wide">{table(head, rows)}</div></details>')  # fmt: skip
    return "".join(parts)


def _sources() -> str:
    grouped = record().groupby("source", sort=False)
    items = [
        f"<li>{escape(str(source))}: {escape(', '.join(sorted(set(rows['episode']))))}, "
        f"{escape(', '.join(dict.fromkeys(rows['series'])))}</li>"
        for source, rows in grouped
    ]
    return f"<ul>{''.join(items)}</ul>"
