"""The record of the oil market on a terminal, as JSON and as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrepot.core.files import atomic_folder, list_files, write_json
from entrepot.report.console import plain_rows
from entrepot.report.oilrecord import episode_rows, record_page, record_pictures, scores_rows
from entrepot.results.save import MANIFEST
from entrepot.study.oil_record import NOTES, OilRecord, episode_of
from entrepot.study.oil_record_scores import VOLUME


def print_record(found: OilRecord, console: Console) -> None:
    """Print the years of every episode, the scores, and what they leave out."""
    console.print("Base year > year, kb/d where nothing else is said; errors of changes in points.",
                  highlight=False, markup=False)  # fmt: skip
    console.print()
    for episode, part in found.table.groupby("episode", sort=False):
        console.print(_episode(str(episode), episode_rows(part)))
        console.print()
    scores = Table(title="Scores", title_justify="left", box=None, pad_edge=False)
    scores.add_column("")
    for episode in found.scores["episode"]:
        scores.add_column(str(episode), justify="right")
    for row in scores_rows(found.scores):
        scores.add_row(*(escape(text) for text in row))
    console.print(scores)
    console.print()
    console.print(NOTES, highlight=False, markup=False)
    console.print(_ranges(found), highlight=False, markup=False)


def _ranges(found: OilRecord) -> str:
    """Return over what the ranges are."""
    if not found.draws:
        return "Central case only, no ranges."
    lost = sum(found.failed.values())
    said = f"Ranges are over {found.draws} draws of all parameters for each episode"
    return said + (f", of which {lost} were not solved." if lost else ".")


def _episode(episode: str, rows: list[list[str]]) -> Table:
    title = f"{episode}: {episode_of(episode).title}"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for k, head in enumerate(("", "year", "recorded", "modelled", "range", "error")):
        table.add_column(head, justify="left" if k == 0 else "right")
    for what, unit, year, recorded, modelled, spread, error, _ in rows:
        name = what if unit == VOLUME else f"{what}, {unit}"
        scored = "" if error == "not scored" else error
        table.add_row(escape(name), year, recorded, modelled, spread, scored)
    return table


def record_json(found: OilRecord) -> dict[str, Any]:
    """The comparison and its scores as plain data."""
    return {
        "table": plain_rows(found.table.astype(object)),
        "scores": plain_rows(found.scores),
        "draws": found.draws,
        "failed": dict(found.failed),
        "note": NOTES,
    }


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
        write_json(temporary / MANIFEST, manifest)
    return folder
