"""A path as a folder: manifest, tables, picture, report, and the results it was made from."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from entrepot.core.files import atomic_file, atomic_folder, check_writable, list_files, write_json
from entrepot.report.path import path_json, path_table
from entrepot.report.pathpage import path_page, picture
from entrepot.results.save import MANIFEST
from entrepot.study.path import YearPath

KEPT: Final = "solved"
"""Folder of certified results beside the tables, from which a later run goes on."""


def path_manifest(path: YearPath) -> dict[str, Any]:
    """Everything needed to know what was done."""
    scenario = path.scenario
    return {
        "program": "entrepot",
        "version": version("entrepot"),
        "libraries": {name: version(name) for name in ("jax", "numpy", "pandas", "xarray")},
        "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash,
                     "content": scenario.content()},
        "world": {"name": path.world.name, "hash": path.world.hash},
        "years": list(path.years),
        "days": [day.isoformat() for day in path.days],
        "options": path.options,
        "cases": [str(c) for c in path.data["case"].values],
        "worst_gap": path.worst,
        "failed": list(path.failed),
        "notes": list(path.notes),
        "solved": path.solved,
        "reused": path.reused,
        "seconds": path.seconds,
    }  # fmt: skip


def start_folder(folder: Path) -> Path:
    """Make room under `folder` for results as they are solved; returns their folder.

    A report of an earlier run stays until the new one takes its place (`write_path`).

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    check_writable(folder, MANIFEST)
    manifest = folder / MANIFEST
    if manifest.is_file():
        head = json.loads(manifest.read_text("utf-8"))
        head["files"] = sorted({*head.get("files", []), KEPT})
        with atomic_file(manifest) as temporary:
            write_json(temporary, head)
    else:
        with atomic_folder(folder, MANIFEST) as temporary:
            (temporary / KEPT).mkdir()
            head = {"program": "entrepot", "version": version("entrepot"), "state": "unfinished",
                    "files": list_files(temporary, MANIFEST)}  # fmt: skip
            write_json(temporary / MANIFEST, head)
    return folder / KEPT


def copy_kept(folder: Path, temporary: Path) -> None:
    """Take the results that were kept in `folder` over into its successor."""
    if (folder / KEPT).is_dir():
        (temporary / KEPT).mkdir()
        for file in (folder / KEPT).glob("*.npz"):
            (temporary / KEPT / file.name).write_bytes(file.read_bytes())


def write_path(path: YearPath, folder: str | Path) -> Path:
    """Write ``manifest.json``, ``report.html``, tables and the picture under `folder`.

    Results that were kept in it stay.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    svg = picture(path)
    channels = {name: table.frame for name, table in path.tables.items()}
    exports = path.exports.to_dataframe("exports").reset_index()
    with atomic_folder(folder, MANIFEST) as temporary:
        for name, frame in {"path": path_table(path), "measures": path.measures,
                            "exports": exports, **channels}.items():  # fmt: skip
            plain = _storable(frame)
            plain.to_parquet(temporary / f"{name}.parquet", index=False)
            plain.to_csv(temporary / f"{name}.csv", index=False)
        copy_kept(folder, temporary)
        (temporary / "path.svg").write_text(svg, encoding="utf-8")
        (temporary / "report.html").write_text(path_page(path, svg), encoding="utf-8")
        write_json(temporary / "summary.json", path_json(path))
        manifest = {**path_manifest(path), "files": list_files(temporary, MANIFEST)}
        write_json(temporary / MANIFEST, manifest)
    return folder


def _storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of mixed content as text, which every file format takes."""
    mixed = [c for c in frame.columns if frame[c].dtype == object]
    return frame.assign(**{name: frame[name].astype("string") for name in mixed})
