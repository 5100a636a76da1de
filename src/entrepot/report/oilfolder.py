"""Months of the oil market as a folder: manifest, tables, pictures, report, finished months."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from entrepot.core.files import atomic_folder, list_files, write_json
from entrepot.report.oil import OilReport, oil_json
from entrepot.report.oilcharts import pictures
from entrepot.report.oilnames import timed_title
from entrepot.report.oilpage import oil_page
from entrepot.report.pathfolder import copy_kept
from entrepot.results.save import MANIFEST

LARGEST: Final = "flows"
"""Table that comes as Parquet only."""


def oil_manifest(report: OilReport) -> dict[str, Any]:
    """Everything needed to know what was done."""
    run, scenario = report.run, report.run.scenario
    return {
        "program": "entrepot",
        "version": version("entrepot"),
        "libraries": {name: version(name) for name in ("clarabel", "numpy", "pandas", "scipy")},
        "scenario": None if scenario is None else {
            "name": scenario.name, "title": scenario.title, "hash": scenario.hash,
            "content": scenario.content(),
        },
        "market": run.market.name,
        "months": list(run.months),
        "restrictions": [{"what": timed_title(t), "kind": type(t.restriction).__name__,
                          "first": t.first, "last": t.last} for t in run.timed],
        "cases": [c.name for c in run.cases],
        "failed": list(run.failed),
        "notes": list(run.notes),
        "assumptions": [asdict(a) for a in run.assumptions],
        "certificate": asdict(run.certificate),
        "resumed": run.resumed,
    }  # fmt: skip


def write_oil(report: OilReport, folder: str | Path) -> Path:
    """Write ``manifest.json``, ``report.html``, tables and pictures under `folder`.

    Months that were kept in it stay.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    charts = pictures(report)
    with atomic_folder(folder, MANIFEST) as temporary:
        for name, frame in report.frames.items():
            frame.to_parquet(temporary / f"{name}.parquet", index=False)
            if name != LARGEST:
                frame.to_csv(temporary / f"{name}.csv", index=False)
        for name, svg in charts.items():
            (temporary / f"{name}.svg").write_text(svg, encoding="utf-8")
        copy_kept(folder, temporary)
        (temporary / "report.html").write_text(oil_page(report, charts), encoding="utf-8")
        write_json(temporary / "summary.json", oil_json(report))
        manifest = {**oil_manifest(report), "files": list_files(temporary, MANIFEST)}
        write_json(temporary / MANIFEST, manifest)
    return folder
