"""``entrepot oil``: a scenario, or a base year, in the oil market month by month."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from entrepot.channels.oil import base_years
from entrepot.channels.oil.timing import calendar_problems, months_from
from entrepot.cli.pick import find_scenario
from entrepot.cli.progress import progress_bar
from entrepot.cli.terminal import Terminal, print_json
from entrepot.core.errors import InputError
from entrepot.core.files import check_writable
from entrepot.report.oil import oil_json, oil_report
from entrepot.report.oilconsole import print_oil
from entrepot.report.oilfolder import write_oil
from entrepot.report.oilrecordfolder import print_record, record_json, write_record
from entrepot.report.pathfolder import start_folder
from entrepot.results.save import MANIFEST
from entrepot.study.oil_cases import BACKGROUND, oil_cases, run_oil_scenario
from entrepot.study.oil_record import DRAWS, oil_record
from entrepot.study.oil_run import OilRun, Report, run_oil

OUTPUT: Final = Path("entrepot-out") / "oil"
MONTHS: Final = 12
SAME: Final = (
    "Without measures every month is the base month, whatever the parameters: there are no ranges."
)


def oil_command(
    scenario: str | None,
    pick: str | None,
    base: int | None,
    first: str | None,
    months: int | None,
    agreement: bool,
    background: bool,
    ranges: bool,
    record: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Solve the months, print what they say and write their folder."""
    began = time.perf_counter()
    if record:
        alone = (scenario, pick, base, first, months)
        if any(x is not None for x in alone) or agreement or background:
            raise InputError("--record replays episodes of its own. Give nothing else but --out, "
                             "--json and --no-ranges.")  # fmt: skip
        _record(DRAWS if ranges else 0, out, as_json)
        return
    if scenario is None and pick is not None:
        raise InputError("--scenario needs a file. Name one, or leave --scenario out.")
    if base is not None and base not in base_years():
        known = ", ".join(str(y) for y in base_years())
        raise InputError(f"--base {base} is no base year of the oil market. There are {known}.")
    if first is not None or months is not None:
        check_months("2000-01" if first is None else first, 1 if months is None else months)
    found = find_scenario(scenario, pick) if scenario is not None else None
    year = base or (base_years()[-1] if found is None else None)
    folder = out or OUTPUT / (found.name if found is not None else f"base-{year}")
    check_writable(folder, MANIFEST)
    keep = start_folder(folder)
    with progress_bar("solving", quiet=as_json) as report:
        if found is not None:
            run = run_oil_scenario(found, first, months, year=base, agreement=agreement,
                                   background=background, ranges=ranges, folder=keep,
                                   report=report)  # fmt: skip
        else:
            assert year is not None
            run = _quiet(year, first, months, agreement, background, ranges, keep, report)
    told = oil_report(run)
    write_oil(told, folder)
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**oil_json(told), "folder": str(folder), "seconds": seconds})
        return
    print_oil(told, Terminal())
    count = sum(len(p.months) for p in {id(p): p for p in (*run.paths, *run.without)}.values())
    solved = f"{count} month" if count == 1 else f"{count} months"
    reused = f", {run.resumed} taken over from an earlier run" if run.resumed else ""
    print(f"\nReport: {folder / 'report.html'}  (tables and manifest beside it; {solved}"
          f"{reused}, {seconds:.1f} s)")  # fmt: skip


def _quiet(
    year: int, first: str | None, months: int | None, agreement: bool, background: bool,
    ranges: bool, keep: Path, report: Report,
) -> OilRun:  # fmt: skip
    """Months of a base year without any measure."""
    first, months = first or f"{year}-01", MONTHS if months is None else months
    check_months(first, months)
    span = (first, months_from(first, months)[-1]) if background else None
    moves = background or agreement
    cases = oil_cases(year, agreement=agreement, ranges=ranges and moves, background=span)
    return run_oil(cases, first, months, name=f"base-{year}", folder=keep, report=report,
                   title=f"The oil market of {year}, no measure",
                   notes=(BACKGROUND,) if background else () if moves else (SAME,))  # fmt: skip


def check_months(first: str, months: int) -> None:
    """Refuse months that are none.

    Raises
    ------
    InputError : all problems at once

    """
    if wrong := calendar_problems(first, months, ()):
        raise InputError.collect("The months to solve", wrong)


def _record(draws: int, out: Path | None, as_json: bool) -> None:
    """Replay what is on record, print the scores and write their folder."""
    began = time.perf_counter()
    folder = out or OUTPUT / "record"
    check_writable(folder, MANIFEST)
    with progress_bar("replaying", quiet=as_json) as report:
        found = oil_record(draws=draws, report=report)
    write_record(found, folder)
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**record_json(found), "folder": str(folder), "seconds": seconds})
        return
    print_record(found, Terminal())
    print(f"\nReport: {folder / 'record.html'}  (tables and pictures beside it; {seconds:.1f} s)")
