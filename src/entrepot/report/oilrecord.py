"""Modelled beside recorded years of the oil market: pictures, a page, text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.core.files import atomic_folder, list_files
from entrepot.report.console import plain_rows
from entrepot.report.page import EXTRA, table
from entrepot.report.pathchart import Panel, path_chart
from entrepot.report.pathlines import Curve, Look
from entrepot.report.style import STYLE
from entrepot.report.svg import Bar, Piece, bar_chart
from entrepot.results.save import MANIFEST
from entrepot.study.oil_record import NOTES, OilRecord, episode_of, record

RECORDED: Final = Look("recorded", "#25303b", "6 4")
MODELLED: Final = Look("modelled", "#1f5582")
BASE: Final = "#b9c1c9"
BUYERS: Final = {"EU": "European Union and United Kingdom", "CHN": "China", "IND": "India",
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
        title = TITLES.get(str(series), str(series).capitalize())
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
    """Flows to each buyer in the last year: recorded in the base year, recorded, modelled."""
    flows = part[part["series"] == "flow"]
    last = int(flows["year"].max())
    base = episode_of(episode).base
    bars = []
    for _, r in flows[flows["year"] == last].iterrows():
        name = BUYERS.get(str(r["buyer"]), str(r["buyer"]))
        lines = tuple(
            (Piece(0.0, float(r[column]), colour, f"{name}, {said}: {r[column]:,.0f} kb/d"),)
            for column, colour, said in (
                ("base_recorded", BASE, f"{base} recorded"),
                ("recorded", RECORDED.colour, f"{last} recorded"),
                ("modelled", MODELLED.colour, f"{last} modelled"),
            )
        )
        bars.append(Bar(name, lines, (float(r["low"]), float(r["high"]))))
    legend = [(f"{base}, recorded", BASE), (f"{last}, recorded", RECORDED.colour),
              (f"{last}, modelled, with its range", MODELLED.colour)]  # fmt: skip
    title = f"{episode_of(episode).title}: to whom in {last}"
    return bar_chart(title, bars, "thousand barrels a day", legend)


def record_json(found: OilRecord) -> dict[str, Any]:
    """The comparison and its scores as plain data."""
    return {
        "table": plain_rows(found.table.astype(object)),
        "scores": plain_rows(found.scores),
        "draws": found.draws,
        "failed": dict(found.failed),
        "note": NOTES,
    }


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
        f"but the measures. {escape(NOTES)} Ranges are over {found.draws} draws of parameters."
        f"</p>{_scores(found.scores)}{figures}<h2>Year by year</h2>{_rows(found.table)}"
        f"<h2>Sources of the record</h2>{_sources()}</main></body></html>\n"
    )


def _scores(scores: pd.DataFrame) -> str:
    heads = {"error": "mean error, points", "no_change": "of no change, points", "skill": "skill",
             "direction": "right direction", "rank_of_buyers": "rank of buyers",
             "rank_of_changes": "rank of changes", "inside": "inside the range",
             "discount_error": "error of discount, points of Brent"}  # fmt: skip
    rows = [
        [(episode_of(str(r["episode"])).title, False), (f"{r['volumes']:.0f}", True),
         *((f"{r[name]:.2f}" if np.isfinite(r[name]) else "none", True) for name in heads)]
        for _, r in scores.iterrows()
    ]  # fmt: skip
    return f'<div class="wide">{table(("", "volumes", *heads.values()), rows)}</div>'


def _rows(frame: pd.DataFrame) -> str:
    rows = []
    for _, r in frame.iterrows():
        numbers = ("base_recorded", "recorded", "base_modelled", "modelled", "low", "high")
        who = "" if r["buyer"] == "all" else BUYERS.get(str(r["buyer"]), str(r["buyer"]))
        said = {True: "right", False: "wrong"}.get(r["direction"], "small change")
        rows.append([(str(r["episode"]), False), (str(r["series"]), False), (who, False),
                     (str(r["year"]), True), *((f"{r[n]:,.1f}", True) for n in numbers),
                     (f"{r['error']:+.1f}" if r["scored"] else "", True),
                     (said if r["scored"] else "not scored", False),
                     (str(r["unit"]), False)])  # fmt: skip
    head = ("episode", "series", "buyer", "year", "base, recorded", "recorded", "base, modelled",
            "modelled", "low", "high", "error, points", "direction", "unit")  # fmt: skip
    return f'<div class="wide">{table(head, rows)}</div>'


def _sources() -> str:
    grouped = record().groupby("source", sort=False)
    items = [
        f"<li>{escape(str(source))}: {escape(', '.join(sorted(set(rows['episode']))))}, "
        f"{escape(', '.join(dict.fromkeys(rows['series'])))}</li>"
        for source, rows in grouped
    ]
    return f"<ul>{''.join(items)}</ul>"


def write_record(found: OilRecord, folder: str | Path) -> Path:
    """Write ``manifest.json``, ``record.html``, tables and pictures under `folder`.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    charts = record_pictures(found)
    with atomic_folder(folder, MANIFEST) as temporary:
        for name, frame in {"record": found.table, "scores": found.scores}.items():
            frame.to_csv(temporary / f"{name}.csv", index=False)
            frame.to_parquet(temporary / f"{name}.parquet", index=False)
        for name, svg in charts.items():
            (temporary / f"{name}.svg").write_text(svg, encoding="utf-8")
        (temporary / "record.html").write_text(record_page(found, charts), encoding="utf-8")
        manifest = {"program": "entrepot", "draws": found.draws, "failed": dict(found.failed),
                    "files": list_files(temporary, MANIFEST)}  # fmt: skip
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return folder
