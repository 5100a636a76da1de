"""``entrepot path``: a scenario year by year."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from entrepot.cli.pick import find_scenario
from entrepot.cli.progress import progress_bar
from entrepot.cli.session import use_compilation_cache
from entrepot.cli.terminal import Terminal, print_json
from entrepot.core.errors import InputError, NotSolvedError
from entrepot.core.files import check_writable
from entrepot.report.path import path_json
from entrepot.report.pathconsole import print_path
from entrepot.report.pathfolder import start_folder, write_path
from entrepot.results.save import MANIFEST
from entrepot.scenario import Scenario
from entrepot.solving import SolveOptions
from entrepot.study.path import run_path
from entrepot.study.path_points import check_years, day_of
from entrepot.world.bundle import list_worlds, load_world
from entrepot.world.world import World

OUTPUT = Path("entrepot-out") / "paths"


def path_command(
    scenario: str,
    first: int,
    last: int,
    world: str | None,
    pick: str | None,
    day: str,
    closure: str | None,
    adaptation: bool,
    ranges: bool,
    max_seconds: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve `scenario` for every year, print the path and write its folder."""
    began = time.perf_counter()
    years = years_between(first, last)
    day_of(first, day)
    options = SolveOptions(max_seconds=max_seconds)
    found = find_scenario(scenario, pick)
    folder = out or OUTPUT / found.name
    check_writable(folder, MANIFEST)
    benchmark = find_base(world, found)
    use_compilation_cache()
    keep = start_folder(folder)
    with progress_bar("solving", quiet=as_json) as report:
        path = run_path(found, benchmark, years, adaptation=adaptation, day=day, closure=closure,
                        ranges=ranges, options=options, keep=keep, report=report)  # fmt: skip
    write_path(path, folder)
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**path_json(path), "folder": str(folder), "seconds": seconds})
    else:
        print_path(path, Terminal())
        reused = f", {path.reused} results of an earlier run" if path.reused else ""
        print(f"\nReport: {folder / 'report.html'}  (tables and manifest beside it; "
              f"{path.solved} solves{reused}, {seconds:.1f} s)")  # fmt: skip
    if not path.whole:
        raise NotSolvedError(
            "Some year has no certified central result; the report in "
            f"'{folder}' names it with its reason. --max-seconds gives a solve more time."
        )


def years_between(first: int, last: int) -> tuple[int, ...]:
    """Years from `first` to `last`, both included.

    Raises
    ------
    InputError : `first` lies after `last`, or one of them is no year

    """
    if first > last:
        raise InputError(f"--from {first} lies after --to {last}. Exchange them.")
    check_years((first,))
    check_years((last,))
    return check_years(range(first, last + 1))


def find_base(name: str | None, scenario: Scenario) -> World:
    """Return the world called `name`, or the latest bundled one from before the first measure.

    A world from after a measure already holds its effect.
    """
    if name is not None:
        return load_world(name)
    years = sorted(int(n) for n in list_worlds() if n.isdigit())
    starts = [e.measure.start for e in scenario.entries if e.measure.start]
    first = min(starts, default=date.max)
    before = [y for y in years if y < first.year]
    return load_world(str(before[-1] if before else years[0]))
