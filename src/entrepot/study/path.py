"""A scenario year by year: measures come into force and end, economies and channels adjust.

Every year is an equilibrium by itself: the scenario as it is on one day of the year, against the
world of the base year, with the elasticities of the time since the shocks (`path_ages`) and with
channels that have had the years since their measures to adjust.  Nothing is carried over from one
year to the next, and the baseline does not grow.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date as Date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.channels import Assumption, ChannelTable
from entrepot.core.errors import NotSolvedError
from entrepot.core.progress import Report, report_nothing
from entrepot.scenario.book import Scenario
from entrepot.solving import SolveOptions
from entrepot.study.path_about import (
    assumptions_of,
    channel_tables,
    measure_rows_by_year,
    named,
    notes_of,
)
from entrepot.study.path_ages import dated
from entrepot.study.path_points import CASES, OFF, ON, Plan, Point, check_years, day_of
from entrepot.study.path_store import FIELDS, HATS, Solved, Store
from entrepot.study.run import BESIDE_SECONDS, SENDERS, TARGETS
from entrepot.world.world import World

DAY = "07-01"
"""Day of the year on which a year's measures are in force: the middle; assumed."""
CENTRAL = "central"
DIMS = ("adaptation", "case", "year", "region")


@dataclass(frozen=True, slots=True, eq=False)
class YearPath:
    """A scenario over years, with and without adaptation.

    Attributes
    ----------
    scenario, world : what was asked, and the benchmark of every year
    years, days : the years, and the day of each on which measures are in force
    data : dims (adaptation, case, year, region): `welfare`, `real_income`, `real_wage`,
        `price_index`, `terms_of_trade`, `factor_price` (hats against the base year), and
        `export_revenue`, `import_value` (mn USD); NaN without a certified result.  Adaptation is
        "on" or "off"; case "central" comes first, the others are ends of ranges
    months : (adaptation, case, year) months since the shocks that gave the elasticities; infinity
        in a year without a measure in force
    verdict : (adaptation, case, year) "certified", or how the solve ended
    exports : (adaptation, year, region, sector) of the central case, mn USD at world prices
    measures : one row for each year and measure in force: `year`, `measure`, `title`, `months`,
        `stake` (mn USD, see `path_stakes`), `weight` in the age of the economy
    tables : what channels report in the central case, by name, with columns `adaptation` and
        `year` in front
    senders, targets : economies that take measures, and those they are aimed at, in any year
    failed : points without a certified result, each with its reason
    worst : largest gap of any identity in any certified solve
    assumptions, notes : given numbers, and remarks
    solved, reused : solves made in this run, and results taken from an earlier one
    seconds : wall time
    options : what the run was asked to do

    """

    scenario: Scenario
    world: World
    years: tuple[int, ...]
    days: tuple[Date, ...]
    data: xr.Dataset
    months: xr.DataArray
    verdict: xr.DataArray
    exports: xr.DataArray
    measures: pd.DataFrame
    tables: Mapping[str, ChannelTable]
    senders: tuple[str, ...]
    targets: tuple[str, ...]
    failed: tuple[str, ...]
    worst: float
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    solved: int
    reused: int
    seconds: float
    options: dict[str, Any]

    @property
    def adaptations(self) -> tuple[str, ...]:
        """Which of "on" and "off" were solved."""
        return tuple(str(a) for a in self.data["adaptation"].values)

    @property
    def whole(self) -> bool:
        """Whether the central case of every year has a certified result."""
        return bool((self.verdict.sel(case=CENTRAL) == "certified").all())

    def span(self, name: str, region: str, adaptation: str = ON) -> pd.DataFrame:
        """Columns low, central and high of `name` by year, over the cases with a result."""
        values = self.data[name].sel(adaptation=adaptation, region=region)
        frame = pd.DataFrame({
            "low": values.min("case").values,
            "central": values.sel(case=CENTRAL).values,
            "high": values.max("case").values,
        }, index=pd.Index(self.years, name="year"))  # fmt: skip
        return frame.where(frame["central"].notna())


def run_path(
    scenario: Scenario,
    world: World,
    years: Iterable[int] = range(2018, 2029),
    *,
    adaptation: bool = True,
    day: str = DAY,
    closure: str | None = None,
    ranges: bool = True,
    options: SolveOptions | None = None,
    keep: Path | None = None,
    report: Report = report_nothing,
) -> YearPath:
    """Solve `scenario` on `world` for each of `years`, with adaptation and without.

    Parameters
    ----------
    scenario : out of a `ScenarioBook` or the library.  A measure without a first day counts from
        1 January of the first year
    world : the benchmark of every year
    years : whole numbers, rising
    adaptation : whether to solve the path with adaptation beside the one without
    day : day of each year on which measures are in force, "MM-DD"
    closure : external balance in years with a measure in force (default: the scenario's, else
        "fixed")
    ranges : whether to solve the ends of the ranges: elasticities, behaviour, and the age of the
        newest and of the oldest measure in place of the mean
    options : numerical options; solves beside the central case take at most `BESIDE_SECONDS` each
    keep : folder in which certified results are kept, and found again by a later run
    report : called with (what, done, total) as points finish

    Raises
    ------
    InputError : the years or the day cannot be used
    ScenarioError : the scenario does not fit the world
    NotSolvedError : no year has a certified central result

    """
    began = time.perf_counter()
    wanted = check_years(years)
    days = tuple(day_of(year, day) for year in wanted)
    options = options or SolveOptions()
    store = Store(keep, options)
    placed = dated(scenario, Date(wanted[0], 1, 1))
    plan = Plan(placed, world, days, (ON, OFF) if adaptation else (OFF,),
                CASES if ranges else CASES[:1], closure)  # fmt: skip
    found: list[tuple[Point, Solved]] = []
    short = min(options.max_seconds, BESIDE_SECONDS)
    for done, (point, economy, compiled, shock) in enumerate(plan.tasks(), start=1):
        seconds = options.max_seconds if point.case == CENTRAL else short
        solved = store.solve(world, economy, compiled, shock, point.closure, seconds)
        found.append((point, solved))
        report(point.label, done, plan.size)
    asked = {"day": day, "ranges": ranges, "adaptation": adaptation, "closure": closure,
             **asdict(options)}  # fmt: skip
    return _gather(scenario, plan, found, store, time.perf_counter() - began, asked)


def _gather(
    scenario: Scenario,
    plan: Plan,
    found: list[tuple[Point, Solved]],
    store: Store,
    seconds: float,
    options: dict[str, Any],
) -> YearPath:
    """Put the results of all points together."""
    world, days = plan.world, plan.days
    failed = tuple(f"{p.label}: {r.message}" for p, r in found if not r.ok)
    results = [r for p, r in found if p.case == CENTRAL]
    points = [p for p, _ in found if p.case == CENTRAL]
    if not any(r.ok for r in results):
        raise NotSolvedError(
            f"No year of the path has a certified result: {results[0].message}", failed
        )
    years = tuple(day.year for day in days)
    coords: dict[str, Any] = {"adaptation": list(plan.sides), "case": [c.name for c in plan.cases],
                              "year": list(years), "region": list(world.regions)}  # fmt: skip
    at = {(p.adaptation, p.case, p.day.year): (p, r) for p, r in found}
    return YearPath(
        scenario=scenario,
        world=world,
        years=years,
        days=days,
        data=_dataset(at, coords),
        months=_plain(at, coords, lambda p, _: p.months, float),
        verdict=_plain(at, coords, lambda _, r: r.verdict, object),
        exports=_exports(at, coords, world),
        measures=measure_rows_by_year([p for p in points if p.adaptation == plan.sides[0]]),
        tables=channel_tables(points),
        senders=named(plan, SENDERS),
        targets=named(plan, TARGETS),
        failed=failed,
        worst=max((r.gap for _, r in found if r.ok), default=float("nan")),
        assumptions=assumptions_of(points),
        notes=notes_of(scenario, plan, points),
        solved=store.made,
        reused=store.found,
        seconds=seconds,
        options=options,
    )


def _plain(at: Mapping[Any, Any], coords: dict[str, Any], read: Any, kind: type) -> xr.DataArray:
    """(adaptation, case, year) array of `read(point, result)`."""
    dims = DIMS[:3]
    shape = tuple(len(coords[d]) for d in dims)
    out: np.ndarray = np.full(shape, "" if kind is object else np.nan, dtype=kind)
    for k, a in enumerate(coords["adaptation"]):
        for m, c in enumerate(coords["case"]):
            for n, y in enumerate(coords["year"]):
                out[k, m, n] = read(*at[a, c, y])
    return xr.DataArray(out, {d: coords[d] for d in dims}, dims)


def _dataset(at: Mapping[Any, Any], coords: dict[str, Any]) -> xr.Dataset:
    shape = tuple(len(coords[d]) for d in DIMS)
    arrays = {name: np.full(shape, np.nan) for name in FIELDS}
    for k, a in enumerate(coords["adaptation"]):
        for m, c in enumerate(coords["case"]):
            for n, y in enumerate(coords["year"]):
                for name, row in at[a, c, y][1].fields.items():
                    arrays[name][k, m, n] = row
    units = {name: {"units": "hat" if name in HATS else "mn USD"} for name in FIELDS}
    return xr.Dataset({n: (DIMS, v, units[n]) for n, v in arrays.items()}, coords)


def _exports(at: Mapping[Any, Any], coords: dict[str, Any], world: World) -> xr.DataArray:
    dims = ("adaptation", "year", "region", "sector")
    own = {**{d: coords[d] for d in dims[:3]}, "sector": list(world.sectors)}
    out = np.full(tuple(len(own[d]) for d in dims), np.nan)
    for k, a in enumerate(own["adaptation"]):
        for n, y in enumerate(own["year"]):
            exports = at[a, CENTRAL, y][1].exports
            if exports is not None:
                out[k, n] = exports
    return xr.DataArray(out, own, dims, attrs={"units": "mn USD"})
