"""Results as files: netCDF for arrays, Parquet for tables, one manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entrepot.core.files import atomic_folder, list_files

if TYPE_CHECKING:
    from entrepot.results.results import Results

MANIFEST = "manifest.json"
TABLES = ("trade_flows", "output", "exports", "imports", "income", "tariff_revenue")


def manifest(results: Results, about: Mapping[str, Any]) -> dict[str, Any]:
    """Program version, status, hashes, timings and certificate, and what the caller adds."""
    return {
        "program": "entrepot",
        "version": version("entrepot"),
        **results.solution.to_dict(),
        **about,
    }


def save_results(results: Results, folder: str | Path, about: Mapping[str, Any]) -> Path:
    """Write ``regions``, the tables and ``manifest.json`` under `folder`, all or nothing.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    with atomic_folder(folder, MANIFEST) as temporary:
        regions = results.regions()
        regions.to_netcdf(temporary / "regions.nc", engine="scipy")
        regions.to_dataframe().reset_index().to_parquet(temporary / "regions.parquet", index=False)
        for name in TABLES:
            table = getattr(results, name)
            table.to_netcdf(temporary / f"{name}.nc", engine="scipy")
            frame = table.to_dataframe().reset_index()
            frame = frame[(frame["baseline"] != 0) | (frame["counterfactual"] != 0)]
            frame.to_parquet(temporary / f"{name}.parquet", index=False)
        listed = {**manifest(results, about), "files": list_files(temporary, MANIFEST)}
        text = json.dumps(listed, indent=2, ensure_ascii=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return folder
