"""The network on a page of its own: two maps and what closing each link would cost."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from entrepot.channels.routes import RoutesOutcome
from entrepot.core.errors import OutputError
from entrepot.core.files import atomic_file
from entrepot.report.lanes import load_lanes
from entrepot.report.linkmap_draw import short, title_of
from entrepot.report.page import table
from entrepot.report.routemaps import BILLION, costs_of, route_maps
from entrepot.report.style import STYLE

KINDS = (".svg", ".html")
EXTRA = (
    "th.n{text-align:right}figure{margin:1.2rem 0;background:#fff}main{max-width:76rem}"
    "svg{max-width:100%}"
)
NOTE = (
    "What closing one link more would cost the trade of the benchmark at its own volumes: extra "
    "cost of transport where a way is left, and trade to which none is. Both directions together."
)


def write_route_map(outcome: RoutesOutcome, path: Path) -> None:
    """Write the map of what closing links would cost (.svg), or a page with both maps (.html).

    Raises
    ------
    OutputError : another ending, or the file cannot be written

    """
    check_ending(path)
    maps = route_maps(outcome)
    text = maps["links_closing"] if path.suffix == ".svg" else page(outcome, maps)
    with atomic_file(path) as temporary:
        Path(temporary).write_text(text, encoding="utf-8")


def check_ending(path: Path) -> None:
    """Refuse a file that is neither a picture nor a page, before anything is computed."""
    if path.suffix not in KINDS:
        raise OutputError(
            f"'{path}' ends in '{path.suffix}'; a map of links is written as .svg (one picture) or "
            ".html (two pictures and a table). Choose one of them."
        )


def page(outcome: RoutesOutcome, maps: dict[str, str]) -> str:
    """HTML text with the maps and the table of links."""
    year = outcome.world.year
    what = f"The network of {escape(outcome.world.name)}" + (f", mid {year}" if year else "")
    measures = ", ".join(escape(change.name) for change in outcome.changes)
    pictures = "".join(f"<figure>{svg}</figure>" for svg in maps.values())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{what}</title><style>{STYLE}{EXTRA}</style></head>\n<body><main><h1>{what}</h1>"
        f"<p>{f'After: {measures}.' if measures else 'As it is.'}</p>{pictures}"
        f"<h2>What closing each link would cost</h2><p>{escape(NOTE)}</p>"
        f"{table(HEAD, _rows(costs_of(outcome)))}"
        f'<p class="small">Outlines: Natural Earth. Sea lanes: {escape(load_lanes().source)}.</p>'
        "</main></body></html>\n"
    )


HEAD = ("link", "traffic, Mt a year", "trade, bn USD", "extra cost, bn USD a year",
        "per cent of all trade", "cut off, bn USD a year")  # fmt: skip


def _rows(costs: pd.DataFrame) -> list[list[tuple[str, bool]]]:
    used = costs[(costs["rise"] + costs["cut"]) > 0]
    return [
        [(title_of(str(r["link"])), False), (short(r["mt"]), True),
         (short(r["trade"] / BILLION), True), (short(r["rise"] / BILLION), True),
         (f"{r['percent']:.3f}", True), (short(r["cut"] / BILLION), True)]
        for _, r in used.iterrows()
    ]  # fmt: skip


def top_costs(outcome: RoutesOutcome, count: int) -> list[dict[str, str]]:
    """The links that are dearest to close, as text for a terminal."""
    return [
        {
            "link": str(r["link"]),
            "Mt": short(r["mt"]),
            "if closed, bn USD": short(r["rise"] / BILLION),
            "cut off, bn USD": short(r["cut"] / BILLION) if r["cut"] else "",
            "% of trade": f"{r['percent']:.3f}",
        }
        for _, r in costs_of(outcome).head(count).iterrows()
    ]
