"""One scenario on one world, with ranges: the run behind ``entrepot run`` and every case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date as Date
from typing import Any

import numpy as np
import xarray as xr

from entrepot.channels import CASES, Case, Compiled, compile_shock
from entrepot.core.errors import LabelError
from entrepot.core.hashing import hash_arrays
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.results import Results
from entrepot.results.links import new_link_note
from entrepot.scenario.book import Scenario
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.world.links import with_latent_links
from entrepot.world.links_about import openness_of
from entrepot.world.world import World

PER_VARIANT = ("welfare", "real_wage", "price_index", "factor_price")
SENDERS, TARGETS = ("senders", "members"), ("targets", "partners")
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A certified scenario with its ranges.

    Attributes
    ----------
    scenario, compiled : what was asked, and its shock in the central case
    economy, solution, results : central case
    senders, targets : economies that take measures and those they are aimed at
    day : date used
    variants : dims (variant, region): `welfare`, `real_wage`, `price_index`, `factor_price`
        (hats) and `export_revenue` (mn USD); coordinates ``theta`` and ``behaviour`` say which
        end of the ranges each variant uses; the first variant is the central one
    failed : variants that gave no certified result, each with its reason
    timings : seconds by stage
    options : what the run was asked to do, defaults filled in: `closure` with `closure_from` and
        `date` with `date_from` ("given", "scenario" or "default"), `ranges`, `openness` (0: no
        new links), and every field of `SolveOptions`

    """

    scenario: Scenario
    compiled: Compiled
    economy: Economy
    solution: Solution
    results: Results
    senders: tuple[str, ...]
    targets: tuple[str, ...]
    day: Date | None
    variants: xr.Dataset
    failed: tuple[str, ...]
    timings: dict[str, float] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What compiling noted, first if no measure is in force; then trade over new links."""
        return (*self.compiled.notes, *new_link_note(self.solution))

    @property
    def world(self) -> World:
        """The benchmark."""
        return self.solution.world

    def flows(self) -> tuple[np.ndarray, np.ndarray]:
        """Trade (origin, dest, sector) before and after, mn USD at world prices."""
        return self.world.trade_flows(), self.solution.certified().trade


def report_nothing(what: str, done: int, total: int) -> None:
    """Take the news of a long piece of work and do nothing."""


def economies(world: World) -> dict[Case, Economy]:
    """Low, central and high set of trade elasticities of `world`; central alone if it has none."""
    central = Economy.long_run()
    if world.theta_range is None:
        return {"central": central}
    low, high = (Economy.long_run(theta=row) for row in world.theta_range)
    return {"central": central, "low": low, "high": high}


def parties(
    scenario: Scenario, world: World, fields: tuple[str, ...], day: Date | None
) -> tuple[str, ...]:
    """Economies of `world` that measures in force on `day` name in one of `fields`."""
    names: set[str] = set()
    groups = scenario.vocabulary.groups
    for entry in scenario.active(day):
        for name in fields:
            for label in getattr(entry.measure, name, None) or ():
                names |= set(groups[label].at(day)) if label in groups else {label}
    return world.regions if "all" in names else tuple(r for r in world.regions if r in names)


def _variants(
    world: World, scenario: Scenario, day: Date | None
) -> Iterator[tuple[str, Case, Case, Economy, Compiled, BoundShock]]:
    """Distinct combinations of elasticities and behaviour, the central one first."""
    seen: set[str] = set()
    order: tuple[Case, ...] = ("central", *(c for c in CASES if c != "central"))
    for behaviour in order:
        compiled = compile_shock(world, scenario, day, case=behaviour)
        bound = compiled.bind(world)
        for theta, economy in economies(world).items():
            key = hash_arrays({"theta": economy.theta_for(world)}, bound.hash())
            if key not in seen:
                seen.add(key)
                label = f"elasticities {theta}, behaviour {behaviour}"
                yield label, theta, behaviour, economy, compiled, bound


def _row(results: Results) -> dict[str, np.ndarray]:
    row = {name: getattr(results, name).values for name in PER_VARIANT}
    row["export_revenue"] = results.exports["counterfactual"].sum("sector").values
    return row


def _dataset(
    world: World, rows: list[dict[str, np.ndarray]], labels: Sequence[tuple[str, str, str]]
) -> xr.Dataset:
    names = (*PER_VARIANT, "export_revenue")
    data = {n: (("variant", "region"), np.stack([row[n] for row in rows])) for n in names}
    coords = {
        "variant": [x[0] for x in labels],
        "region": list(world.regions),
        "theta": ("variant", [x[1] for x in labels]),
        "behaviour": ("variant", [x[2] for x in labels]),
    }
    return xr.Dataset(data, coords=coords)


def _options(
    compiled: Compiled,
    day: Date | None,
    closure: str | None,
    ranges: bool,
    world: World,
    options: SolveOptions,
) -> dict[str, Any]:
    """What a run is asked to do, with where its closure and its date come from."""
    asked = (closure, compiled.closure)
    origin = "given" if closure else "scenario" if compiled.closure else "default"
    return {
        "closure": next((c for c in asked if c), "fixed"),
        "closure_from": origin,
        "date": compiled.day.isoformat() if compiled.day else None,
        "date_from": "given" if day else "scenario" if compiled.day else "default",
        "ranges": ranges,
        "openness": openness_of(world),
        **asdict(options),
    }


def run_scenario(
    scenario: Scenario,
    world: World,
    *,
    date: Date | None = None,
    closure: str | None = None,
    ranges: bool = True,
    openness: float = 0.0,
    options: SolveOptions | None = None,
    report: Report = report_nothing,
) -> Run:
    """Solve `scenario` on `world` with central values, then over the ends of its ranges.

    Parameters
    ----------
    scenario : out of a `ScenarioBook` or the library
    world : the benchmark
    date : day (default: the scenario's)
    closure : external balance (default: the scenario's, else "fixed")
    ranges : whether to solve the variants beside the central one
    openness : give zero flows a latent share (see `with_latent_links`); 0 leaves them at zero
    options : numerical options
    report : called with (what, done, total) as solves finish

    Raises
    ------
    NotSolvedError : the central case gave no certified result (variants that fail are listed)
    ScenarioError : the scenario does not fit the world

    """
    began = time.perf_counter()
    world = with_latent_links(world, openness)
    plan = list(_variants(world, scenario, date))[: None if ranges else 1]
    _, _, _, economy, compiled, shock = plan[0]
    options = options or SolveOptions()
    used = _options(compiled, date, closure, ranges, world, options)
    chosen = used["closure"]
    ready = time.perf_counter()
    solution = solve(world, economy, shock, chosen, options).raise_if_failed()
    results = solution.results()
    solved = time.perf_counter()
    rows, labels, failed = [_row(results)], [plan[0][:3]], []
    report(plan[0][0], 1, len(plan))
    for done, (label, theta, behaviour, other, _, bound) in enumerate(plan[1:], start=2):
        variant = solve(world, other, bound, chosen, options)
        report(label, done, len(plan))
        if not variant.ok:
            failed.append(f"{label}: {variant.message()}")
            continue
        rows.append(_row(variant.results()))
        labels.append((label, theta, behaviour))
    ended = time.perf_counter()
    return Run(
        scenario=scenario,
        compiled=compiled,
        economy=economy,
        solution=solution,
        results=results,
        senders=parties(scenario, world, SENDERS, compiled.day),
        targets=parties(scenario, world, TARGETS, compiled.day),
        day=compiled.day,
        variants=_dataset(world, rows, labels),
        failed=tuple(failed),
        timings={
            "compile": ready - began,
            "solve": solved - ready,
            "ranges": ended - solved,
        },
        options=used,
    )


def span(run: Run, name: str, region: str) -> tuple[float, float, float]:
    """Low, central and high value of `name` for `region` over the variants of `run`."""
    if region not in run.world.regions:
        raise LabelError(f"'{region}' is not a region of the world '{run.world.name}'.")
    values = run.variants[name].sel(region=region).values
    return float(values.min()), float(values[0]), float(values.max())
