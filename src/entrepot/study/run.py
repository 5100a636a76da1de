"""One scenario on one world, with ranges: the run behind ``entrepot run`` and every case."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date as Date
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from entrepot.channels import Compiled
from entrepot.core.errors import LabelError, NotSolvedError
from entrepot.core.progress import Report, report_nothing
from entrepot.model.economy import Economy
from entrepot.model.presets import Preset, preset
from entrepot.results import Results
from entrepot.results.links import new_link_note
from entrepot.scenario.book import Scenario
from entrepot.solving import Solution, SolveOptions, Verdict
from entrepot.study.oil_answer import answer, with_oil_tables
from entrepot.study.variants import LONG_RUN, Variant, is_long_run, variants
from entrepot.world.links import with_latent_links
from entrepot.world.links_about import openness_of
from entrepot.world.world import World

if TYPE_CHECKING:
    from entrepot.study.oil_coupling import Coupled

PER_VARIANT = ("welfare", "real_wage", "price_index", "factor_price")
SENDERS, TARGETS = ("senders", "members"), ("targets", "partners")
BESIDE_SECONDS = 20.0
"""Most seconds for each solve beside the central one; assumed, a solve takes about 0.1 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A certified scenario with its ranges.

    Attributes
    ----------
    scenario, compiled : what was asked, and its shock in the central case
    horizon : preset, or time between two, that gave the elasticities
    economy, solution, results : central case
    senders, targets : economies that take measures and those they are aimed at
    day : date used
    variants : dims (variant, region): `welfare`, `real_wage`, `price_index`, `factor_price`
        (hats) and `export_revenue` (mn USD); coordinates ``elasticities`` and ``behaviour`` say
        which end of the ranges each variant uses; the first variant is the central one
    failed : variants that gave no certified result, each with its reason
    oil : the oil market that agrees with the central case, where the scenario has measures on
        crude (`entrepot.study.oil_coupling`); else None
    timings : seconds by stage
    options : what the run was asked to do, defaults filled in: `closure` with `closure_from` and
        `date` with `date_from` ("given", "scenario" or "default"), `ranges`, `openness` (0: no
        new links), `months` since the shock, and every field of `SolveOptions`

    """

    scenario: Scenario
    compiled: Compiled
    horizon: Preset
    economy: Economy
    solution: Solution
    results: Results
    senders: tuple[str, ...]
    targets: tuple[str, ...]
    day: Date | None
    variants: xr.Dataset
    failed: tuple[str, ...]
    oil: Coupled | None = None
    timings: dict[str, float] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What compiling noted, trade over new links, and what the horizon rests on."""
        return (*self.compiled.notes, *new_link_note(self.solution), *self.horizon.notes)

    @property
    def world(self) -> World:
        """The benchmark."""
        return self.solution.world

    def flows(self) -> tuple[np.ndarray, np.ndarray]:
        """Trade (origin, dest, sector) before and after, mn USD at world prices."""
        return self.world.trade_flows(), self.solution.certified().trade


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


def _row(results: Results) -> dict[str, np.ndarray]:
    row = {name: getattr(results, name).values for name in PER_VARIANT}
    row["export_revenue"] = results.exports["counterfactual"].sum("sector").values
    return row


def _dataset(
    world: World, rows: list[dict[str, np.ndarray]], solved: Sequence[Variant]
) -> xr.Dataset:
    names = (*PER_VARIANT, "export_revenue")
    data = {n: (("variant", "region"), np.stack([row[n] for row in rows])) for n in names}
    coords = {
        "variant": [v.label for v in solved],
        "region": list(world.regions),
        "elasticities": ("variant", [v.elasticities for v in solved]),
        "behaviour": ("variant", [v.behaviour for v in solved]),
    }
    return xr.Dataset(data, coords=coords)


def _options(
    compiled: Compiled,
    day: Date | None,
    closure: str | None,
    ranges: bool,
    world: World,
    horizon: Preset,
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
        "months": horizon.months,
        **asdict(options),
    }


def _check_solved(solution: Solution, horizon: Preset) -> None:
    """Raise without a certificate; if it is a matter of time, say that a longer one may help."""
    if solution.ok or solution.verdict is Verdict.IMPOSSIBLE or is_long_run(horizon):
        solution.raise_if_failed()
        return
    raise NotSolvedError(
        f"No certified result {horizon.months:g} months after the shock ({horizon.name}): "
        f"{solution.message()} A longer time may have one: --horizon or --months, in Python "
        "horizon.",
        solution.reasons,
    )


def _beside(
    world: World, variant: Variant, closure: str, options: SolveOptions, near: Coupled | None
) -> tuple[Solution | None, str]:
    """Certified solution of a variant beside the central one, or None and the reason."""
    try:
        other = answer(world, variant.economy, variant.compiled, variant.shock, closure, options,
                       start=near).solution  # fmt: skip
    except NotSolvedError as error:
        return None, str(error)
    return (other, "") if other.ok else (None, other.message())


def run_scenario(
    scenario: Scenario,
    world: World,
    *,
    date: Date | None = None,
    closure: str | None = None,
    ranges: bool = True,
    openness: float = 0.0,
    horizon: Preset | None = None,
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
    horizon : elasticities by time since the shock (`entrepot.model.presets`; None: the long run)
    options : numerical options; solves beside the central one take at most `BESIDE_SECONDS` each
    report : called with (what, done, total) as solves finish

    Raises
    ------
    NotSolvedError : the central case gave no certified result (variants that fail are listed), or
        its oil market and its equilibrium do not agree
    ScenarioError : the scenario does not fit the world

    """
    began = time.perf_counter()
    world, horizon = with_latent_links(world, openness), horizon or preset(LONG_RUN)
    years = None if is_long_run(horizon) else horizon.months / 12
    every = variants(world, scenario, date, horizon, years)
    plan = list(every if ranges else islice(every, 1))
    central, compiled = plan[0], plan[0].compiled
    options = options or SolveOptions()
    used = _options(compiled, date, closure, ranges, world, horizon, options)
    chosen = used["closure"]
    ready = time.perf_counter()
    found = answer(world, central.economy, compiled, central.shock, chosen, options, report=report)
    solution = found.solution
    _check_solved(solution, horizon)
    results = solution.results()
    solved_at = time.perf_counter()
    rows, solved, failed = [_row(results)], [central], []
    report(central.label, 1, len(plan))
    short = replace(options, max_seconds=min(options.max_seconds, BESIDE_SECONDS))
    for done, variant in enumerate(plan[1:], start=2):
        other, reason = _beside(world, variant, chosen, short, found.oil)
        report(variant.label, done, len(plan))
        if other is None:
            failed.append(f"{variant.label}: {reason}")
            continue
        rows.append(_row(other.results()))
        solved.append(variant)
    ended = time.perf_counter()
    return Run(
        scenario=scenario,
        compiled=with_oil_tables(compiled, found.oil),
        horizon=horizon,
        economy=central.economy,
        solution=solution,
        results=results,
        senders=parties(scenario, world, SENDERS, compiled.day),
        targets=parties(scenario, world, TARGETS, compiled.day),
        day=compiled.day,
        variants=_dataset(world, rows, solved),
        failed=tuple(failed),
        oil=found.oil,
        timings={
            "compile": ready - began,
            "solve": solved_at - ready,
            "ranges": ended - solved_at,
        },
        options=used,
    )


def span(run: Run, name: str, region: str) -> tuple[float, float, float]:
    """Low, central and high value of `name` for `region` over the variants of `run`."""
    if region not in run.world.regions:
        raise LabelError(f"'{region}' is not a region of the world '{run.world.name}'.")
    values = run.variants[name].sel(region=region).values
    return float(values.min()), float(values[0]), float(values.max())
