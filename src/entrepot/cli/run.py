"""``entrepot run``: solve, print, write."""

from __future__ import annotations

import time
from pathlib import Path

from entrepot.cli.horizon import find_models
from entrepot.cli.pick import find_day, find_scenario, find_world
from entrepot.cli.progress import progress_bar
from entrepot.cli.session import use_compilation_cache
from entrepot.cli.terminal import Terminal, print_json
from entrepot.core.files import check_writable
from entrepot.model.presets import Preset
from entrepot.report import print_models, print_summary, run_json, summarise, write_run
from entrepot.results.save import MANIFEST
from entrepot.solving import SolveOptions
from entrepot.study import run_scenario
from entrepot.study.models import compare_models

OUTPUT = "entrepot-out"


def run_command(
    scenario: str,
    world: str | None,
    pick: str | None,
    date: str | None,
    closure: str | None,
    ranges: bool,
    openness: float,
    horizon: Preset,
    models: str,
    max_seconds: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve `scenario`, print its summary and write its folder."""
    began = time.perf_counter()
    compared = find_models(models)
    found, day = find_scenario(scenario, pick), find_day(date)
    folder = out or Path(OUTPUT) / found.name
    check_writable(folder, MANIFEST)
    benchmark = find_world(world, found, day)
    use_compilation_cache()
    with progress_bar("solving", quiet=as_json) as report:
        run = run_scenario(found, benchmark, date=day, closure=closure, ranges=ranges,
                           openness=openness, horizon=horizon,
                           options=SolveOptions(max_seconds=max_seconds),
                           report=report)  # fmt: skip
        found_models = compare_models(run, report=report) if compared else None
    summary = summarise(run)
    write_run(run, folder, summary, found_models)
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**run_json(summary, found_models), "folder": str(folder), "seconds": seconds})
        return
    print_summary(summary, Terminal())
    if found_models:
        print_models(found_models, Terminal())
    print(f"\nReport: {folder / 'report.html'}  (tables and manifest beside it; {seconds:.1f} s)")
