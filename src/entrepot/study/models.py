"""One shock under every preset and between the bounds; which assumption moves the answer.

The presets are solved for the same world, shock and closure as a run.  The way from the long run to
the shortest preset with a certified result is taken one parameter at a time, in every order: the
mean of what a parameter adds is its Shapley share, and the shares add up to the whole way.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from entrepot.core.errors import NotSolvedError, ValueRangeError
from entrepot.core.progress import Report, report_nothing
from entrepot.model.economy import Economy
from entrepot.model.preset_file import PRESET_NAMES
from entrepot.model.presets import SYMBOLS, Preset, Source, preset
from entrepot.solving import Solution, SolveOptions, Verdict, solve
from entrepot.study.attribution_shapley import Team, all_orders
from entrepot.study.bounds import HomeBounds, home_bounds
from entrepot.study.oil_answer import refuse_oil
from entrepot.study.run import Run

Array = np.ndarray
SMALLEST = 0.005
"""Changes below this many per cent read 0.00 and count as none."""
CORNERS = 2 ** len(SYMBOLS)
CERTIFIED = str(Verdict.CERTIFIED)


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """A run's shock under every preset, between two bounds that need no elasticity of substitution.

    Attributes
    ----------
    run : the run that was compared
    presets : from the shortest time to the longest
    verdict : per preset "certified", or how its solve ended
    reason : per preset without a certified result, why
    welfare : (preset, region) exact change of real final expenditure, per cent; NaN where the
        preset has no certified result
    final : (preset, region) lower bound without any substitution, at the trade elasticities of the
        preset, per cent; NaN if there are no bounds
    bounds : bounds at the trade elasticities of the shortest preset; None with `unbounded` why
    spread : (region) largest less smallest `welfare` of the certified presets, percentage points
    way : names of the long run and of the preset at the other end of `shares`; empty if there are
        none
    shares : (region, parameter) Shapley shares of the change of `welfare` along `way`, percentage
        points; NaN if there are none
    notes : what was tried and left, with the reason
    solves, seconds : how many solves, and wall time by stage

    """

    run: Run
    presets: tuple[Preset, ...]
    verdict: Mapping[str, str]
    reason: Mapping[str, str]
    welfare: xr.DataArray
    final: xr.DataArray
    bounds: HomeBounds | None
    unbounded: str
    spread: xr.DataArray
    way: tuple[str, ...]
    shares: xr.DataArray
    notes: tuple[str, ...]
    solves: int
    seconds: Mapping[str, float]

    @property
    def certified(self) -> tuple[str, ...]:
        """Names of the presets with a certified result, shortest time first."""
        return tuple(p.name for p in self.presets if self.verdict[p.name] == CERTIFIED)

    def below(self) -> xr.DataArray:
        """(preset, region) whether the loss exceeds what any shortage at home could cost.

        Such an economy loses by its terms of trade: what it buys became dearer, or what it sells
        cheaper.
        """
        return self.welfare < self.final - SMALLEST


class Answer(NamedTuple):
    """What is kept of a solve: verdict, message, and (N,) change of welfare in per cent or NaN."""

    verdict: str
    message: str
    welfare: Array


@dataclass(slots=True)
class Bench:
    """Solves the run's shock under several economies, each once."""

    run: Run
    options: SolveOptions
    solved: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take over what the run has solved."""
        self.solved[self.run.economy.hash(self.run.world)] = _outcome(self.run.solution)

    def outcome(self, economy: Economy) -> Answer:
        """The run's shock under `economy`."""
        run, key = self.run, economy.hash(self.run.world)
        if key not in self.solved:
            shock, closure = run.solution.shock, run.options["closure"]
            self.solved[key] = _outcome(solve(run.world, economy, shock, closure, self.options))
        return self.solved[key]


def _outcome(solution: Solution) -> Answer:
    """What is kept of a solve; NaN without a certificate."""
    if not solution.ok:
        nothing = np.full(len(solution.world.regions), np.nan)
        return Answer(str(solution.verdict), solution.message(), nothing)
    values = 100 * (solution.results().welfare.values - 1)
    return Answer(CERTIFIED, solution.message(), values)


def compare_models(
    run: Run,
    *,
    max_seconds: float | None = None,
    source: Source = None,
    report: Report = report_nothing,
) -> Models:
    """Solve the shock of `run` under every preset, bound it, and say what moves the answer.

    Parameters
    ----------
    run : a run in any economy; its world, shock and closure are used
    max_seconds : most seconds for each solve, above 0 (default: those of the run, 60); a preset
        that takes longer has the verdict "not converged", and so has a step of the way to it
    source : other values of the presets (see `entrepot.model.presets`)
    report : called with (what, done, total) as solves finish

    """
    began = time.perf_counter()
    refuse_oil(run.compiled, "the comparison of models")
    options = SolveOptions(
        tolerance=run.options["tolerance"],
        max_evaluations=run.options["max_evaluations"],
        max_seconds=run.options["max_seconds"] if max_seconds is None else max_seconds,
    )
    bench = Bench(run, options)
    presets = tuple(preset(name, source) for name in PRESET_NAMES)
    total = len(presets) + CORNERS + 1
    outcomes = _outcomes(bench, presets, report, total)
    solved = time.perf_counter()
    found, why = _bounds(run, presets)
    report("bounds", len(presets) + 1, total)
    nothing = np.full(len(run.world.regions), np.nan)
    final = [100 * (b.final.values - 1) for b in found] or [nothing] * len(presets)
    bounded = time.perf_counter()
    way, shares, notes = _shares(bench, presets, outcomes, report, total)
    ended = time.perf_counter()
    welfare = _by_preset(run, presets, [outcomes[p.name].welfare for p in presets])
    return Models(
        run=run,
        presets=presets,
        verdict={name: o.verdict for name, o in outcomes.items()},
        reason={name: o.message for name, o in outcomes.items() if o.verdict != CERTIFIED},
        welfare=welfare,
        final=_by_preset(run, presets, final),
        bounds=found[0] if found else None,
        unbounded=why,
        spread=_spread(welfare),
        way=way,
        shares=shares,
        notes=notes,
        solves=len(bench.solved),
        seconds={"presets": solved - began, "bounds": bounded - solved, "shares": ended - bounded},
    )


def _outcomes(
    bench: Bench, presets: Sequence[Preset], report: Report, total: int
) -> dict[str, Answer]:
    """Solve the presets, the easiest first: the long run, then ever shorter times."""
    found = {}
    for done, one in enumerate(reversed(presets), start=1):
        found[one.name] = bench.outcome(Economy.from_preset(one))
        report(one.name.replace("_", " "), done, total)
    return {p.name: found[p.name] for p in presets}


def _by_preset(run: Run, presets: Sequence[Preset], rows: Sequence[Array]) -> xr.DataArray:
    coords = {"preset": [p.name for p in presets], "region": list(run.world.regions)}
    return xr.DataArray(np.stack(rows), coords, ("preset", "region"), attrs={"units": "per cent"})


def _spread(welfare: xr.DataArray) -> xr.DataArray:
    """(region) largest less smallest of the certified presets; NaN if there is none."""
    kept = welfare.dropna("preset")
    if not kept.sizes["preset"]:
        return welfare.isel(preset=0, drop=True)
    found: xr.DataArray = kept.max("preset") - kept.min("preset")
    return found.assign_attrs(units="percentage points")


def _bounds(run: Run, presets: Sequence[Preset]) -> tuple[list[HomeBounds], str]:
    """Bounds at the trade elasticities of each preset, or none and the reason."""
    world, shock = run.world, run.solution.shock
    thetas = [Economy.from_preset(p).theta_for(world) for p in presets]
    try:
        return [home_bounds(world, shock, theta=theta) for theta in thetas], ""
    except (ValueRangeError, NotSolvedError) as error:
        return [], str(error)


def _between(long_run: Preset, other: Preset, team: Team) -> Economy:
    """The long run, with the parameters of `team` at their values in `other`."""
    names = [name for k, name in enumerate(SYMBOLS) if k in team]
    moved = {name: other.parameters[name] for name in names}
    return Economy.from_preset(replace(long_run, parameters={**long_run.parameters, **moved}))


def _corners(
    bench: Bench, long_run: Preset, other: Preset, teams: Sequence[Team], report: Report, total: int
) -> dict[Team, Array]:
    """Welfare of every corner between two presets; the hardest are solved first."""
    found = {}
    for done, team in enumerate(sorted(teams, key=len, reverse=True), start=1):
        outcome = bench.outcome(_between(long_run, other, team))
        report("one assumption at a time", total - len(teams) + done, total)
        if outcome.verdict != CERTIFIED:
            moved = ", ".join(name for k, name in enumerate(SYMBOLS) if k in team)
            raise NotSolvedError(
                f"What moves the answer to the {other.name.replace('_', ' ')} cannot be said: with "
                f"only {moved} at its values there is no result: {outcome.message}"
            )
        found[team] = outcome.welfare
    return found


def _shares(
    bench: Bench,
    presets: Sequence[Preset],
    outcomes: Mapping[str, Answer],
    report: Report,
    total: int,
) -> tuple[tuple[str, ...], xr.DataArray, tuple[str, ...]]:
    """Shapley shares to the shortest preset of which every corner has a certified result."""
    *shorter, long_run = presets
    notes: list[str] = []
    regions, names = list(bench.run.world.regions), list(SYMBOLS)
    coords, dims = {"region": regions, "parameter": names}, ("region", "parameter")
    solved = [p for p in shorter if outcomes[p.name].verdict == CERTIFIED]
    for other in solved if outcomes[long_run.name].verdict == CERTIFIED else []:

        def worths(teams: Sequence[Team], other: Preset = other) -> dict[Team, Array]:
            return _corners(bench, long_run, other, teams, report, total)

        try:
            share = all_orders(len(SYMBOLS), worths).share.T
        except NotSolvedError as error:
            notes.append(str(error))
            continue
        units = {"units": "percentage points"}
        ends = (long_run.name, other.name)
        return ends, xr.DataArray(share, coords, dims, attrs=units), tuple(notes)
    nothing = np.full((len(regions), len(names)), np.nan)
    return (), xr.DataArray(nothing, coords, dims), tuple(notes)
