"""A run as a folder: manifest, tables, pictures and the report, all or nothing.

Pictures of payments and of routes are loaded, with these rooms, where a measure has used them.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.files import atomic_folder, list_files, write_json
from entrepot.report.channels import channels_section
from entrepot.report.console import plain_rows, to_json
from entrepot.report.figures import affected, partners, prices
from entrepot.report.models import models_json, models_table, presets_table, shares_table
from entrepot.report.modelspage import models_section, strips
from entrepot.report.page import report_page
from entrepot.report.summary import Summary, summarise
from entrepot.report.worldmap import world_map
from entrepot.results.links import new_links
from entrepot.results.save import MANIFEST
from entrepot.study import Run
from entrepot.study.models import Models
from entrepot.study.variants import elasticity_table
from entrepot.world.links_about import openness_of

CHARTED = 2


def run_manifest(run: Run) -> dict[str, Any]:
    """Everything needed to know what was done: version, hashes, options, timings, certificate."""
    solution = run.solution
    labels = run.variants["variant"].values.tolist()
    return {
        "program": "entrepot",
        "version": version("entrepot"),
        "libraries": {name: version(name) for name in ("jax", "numpy", "pandas", "xarray")},
        "scenario": {
            "name": run.scenario.name,
            "title": run.scenario.title,
            "hash": run.scenario.hash,
            "date": run.day,
            "content": run.scenario.content(),
        },
        **solution.to_dict(),
        "options": {"model": run.horizon.name, **run.options},
        "elasticities": plain_rows(elasticity_table(run.world, run.horizon)),
        "timings": run.timings,
        "variants": labels,
        "failed": list(run.failed),
        "compile_notes": list(run.notes),
        "assumptions": [asdict(a) for a in run.compiled.assumptions],
    }


def _tables(run: Run, summary: Summary, models: Models | None) -> dict[str, pd.DataFrame]:
    """Return the tables of the folder by file name; the largest come as Parquet only."""
    compared = {
        "models": models_table(models),
        "models_shares": shares_table(models),
        "models_presets": presets_table(models),
    } if models else {}  # fmt: skip
    hats = run.results.to_frame().reset_index()
    variants = run.variants.to_dataframe().reset_index()
    links = {"new_links": new_links(run.solution)} if openness_of(run.world) else {}
    if (routes := run.compiled.details.get("routes")) is not None:
        from entrepot.report.routemaps import costs_of

        links["links_closing"] = costs_of(routes)
    return (
        links
        | compared
        | {
            "regions": hats,
            "welfare": summary.welfare,
            "exports_of_targets": summary.exports,
            "partners_of_targets": summary.partners,
            "market": summary.market,
            "prices": summary.prices,
            "tariff_revenue": summary.revenue,
            "variants": variants,
            "cells": run.compiled.cells,
            "assumptions": run.compiled.assumption_table(),
            "elasticities": summary.elasticities,
            **{f"channel_{name}": found.frame for name, found in summary.channels.items()},
        }
    )


def _flows(run: Run) -> pd.DataFrame:
    """Return trade by origin, dest and sector, as columns, without cells that stay empty."""
    world = run.world
    before, after = run.flows()
    i, j, s = np.nonzero((before != 0) | (after != 0))
    names, sectors = pd.Index(world.regions), pd.Index(world.sectors)
    return pd.DataFrame({
        "origin": pd.Categorical.from_codes(i, names), "dest": pd.Categorical.from_codes(j, names),
        "sector": pd.Categorical.from_codes(s, sectors),
        "baseline": before[i, j, s], "counterfactual": after[i, j, s],
    })  # fmt: skip


def charts(run: Run, summary: Summary) -> dict[str, str]:
    """SVG texts by file name."""
    out = {"affected": affected(summary)}
    for target in summary.hit[:CHARTED]:
        for direction in ("exports", "imports"):
            out[f"{direction}_{target}"] = partners(run, target, direction)
    if len(summary.prices):
        out["prices"] = prices(run, summary)
    if (payments := run.compiled.details.get("payments")) is not None:
        from entrepot.report.rails import rails_chart

        titles = zip(run.world.regions, run.world.region_titles, strict=True)
        out["rails"] = rails_chart(payments, dict(titles))
    if (routes := run.compiled.details.get("routes")) is not None:
        from entrepot.report.routemaps import route_maps

        out |= route_maps(routes)
    return out


def write_run(
    run: Run, folder: str | Path, summary: Summary | None = None, models: Models | None = None
) -> Path:
    """Write ``manifest.json``, ``report.html``, tables and pictures under `folder`.

    `models` is the comparison of presets and bounds; it adds a section, a picture and tables.

    Raises
    ------
    OutputError : the folder cannot be written, or holds files this program did not write

    """
    folder = Path(folder)
    summary = summary or summarise(run)
    pictures = charts(run, summary)
    with atomic_folder(folder, MANIFEST) as temporary:
        for name, frame in _tables(run, summary, models).items():
            frame.to_parquet(temporary / f"{name}.parquet", index=False)
            frame.to_csv(temporary / f"{name}.csv", index=False)
        # No two amounts are the same: a dictionary of them costs three times the time, and space.
        _flows(run).to_parquet(temporary / "trade_flows.parquet", index=False,
                               use_dictionary=["origin", "dest", "sector"])  # fmt: skip
        for name, svg in pictures.items():
            (temporary / f"{name}.svg").write_text(svg, encoding="utf-8")
        (temporary / "map.svg").write_text(world_map(summary), encoding="utf-8")
        if models:
            (temporary / "models.svg").write_text(strips(models), encoding="utf-8")
        more = channels_section(summary.channels) + (models_section(models) if models else "")
        page = report_page(run, summary, pictures, more)
        (temporary / "report.html").write_text(page, encoding="utf-8")
        write_json(temporary / "summary.json", run_json(summary, models))
        manifest = {**run_manifest(run), "files": list_files(temporary, MANIFEST)}
        write_json(temporary / MANIFEST, manifest)
    return folder


def run_json(summary: Summary, models: Models | None = None) -> dict[str, Any]:
    """The numbers of a run as plain data, with ``models`` if presets and bounds were compared."""
    return {**to_json(summary), **({"models": models_json(models)} if models else {})}
