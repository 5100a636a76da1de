"""Every solve of a case: its runs over worlds, elasticities and behaviour, each solved once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from entrepot.channels import CASES, Assumption, Case, ChannelTable, Compiled, compile_shock
from entrepot.core.errors import CaseError, NotSolvedError
from entrepot.core.hashing import hash_json
from entrepot.model.economy import Economy
from entrepot.model.presets import Preset, at, preset
from entrepot.results import Results
from entrepot.scenario.book import Scenario
from entrepot.solving import Solution, SolveOptions
from entrepot.study.casebook.draws import drawn_economy, drawn_numbers
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.numbers import (
    NUMBERS,
    assumptions_of,
    name_of,
    settings,
    values_at,
)
from entrepot.study.casebook.oil_runs import OilBench, OilResult, assumed, moves
from entrepot.study.casebook.recent import Recent
from entrepot.study.casebook.scenarios import scenario_of
from entrepot.study.casebook.schema import Case as CaseFile
from entrepot.study.casebook.variant import (
    DRAW,
    SolveRecord,
    Variant,
    economy_sets,
    end_of,
    one_at_a_time,
)
from entrepot.study.oil_answer import answer, oil_mark
from entrepot.study.path_ages import dated, months_since
from entrepot.study.variants import LONG_RUN
from entrepot.world.bundle import load_world
from entrepot.world.world import World

KEPT = 12
OUTSIDE = "is in force on the 15th of none of these months"
MONTHS = 12.0


@dataclass(slots=True)
class Bench:
    """Solves the runs of one case; what was solved last is not solved again.

    Attributes
    ----------
    case : the case file
    options : numerical options
    folder : where months of oil are kept while the case runs: runs that begin alike share them
    log : one record a solve, searches for thresholds included
    failed : what gave no certified result, with its reason
    said : notes of solves

    """

    case: CaseFile
    options: SolveOptions | None = None
    folder: Path | None = None
    log: list[SolveRecord] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    said: dict[str, None] = field(default_factory=dict)
    _worlds: dict[str, World] = field(default_factory=dict)
    _logged: set[str] = field(default_factory=set)
    _numbers: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    _told: dict[str, tuple[tuple[Assumption, ...], tuple[str, ...]]] = field(default_factory=dict)
    _solved: Recent[Solution] = field(default_factory=lambda: Recent(KEPT))
    _compiled: Recent[Compiled] = field(default_factory=lambda: Recent(KEPT))
    _oil: OilBench = field(default_factory=OilBench)

    def __post_init__(self) -> None:
        """Keep what one variant needs: all runs of a case with many of them."""
        most = max(KEPT, len(self.case.runs))
        self._solved, self._compiled = Recent(most), Recent(most)
        self._oil = OilBench(self.folder)

    def world(self, name: str) -> World:
        """The bundled world `name`, loaded once."""
        if name not in self._worlds:
            self._worlds[name] = load_world(name)
        return self._worlds[name]

    def compiled(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None = None
    ) -> Compiled:
        """The shock of `run`, compiled once for each set of numbers."""
        spec, numbers = self.case.runs[run], self._numbers_of(run, variant, overrides)
        years, world = self._years(run, variant.horizon), self.world_of(run, variant)
        behaviour: Case = "central" if variant.draw is not None else end_of(variant.behaviour)
        key = hash_json([run, world.name, behaviour, numbers, years])
        return self._compiled.get(
            key,
            lambda: compile_shock(
                world, self._scenario(run), spec.day, case=behaviour, overrides=numbers, years=years
            ),
        )

    def world_of(self, run: str, variant: Variant) -> World:
        """The world of `run`: its own if it names one; labels are those of the variant's."""
        world = self.world(self.case.runs[run].world or variant.world)
        main = self.world(variant.world)
        if (world.regions, world.sectors) != (main.regions, main.sectors):
            raise CaseError(
                f"Run '{run}' is of the world '{world.name}', whose economies or sectors are not "
                f"those of '{main.name}'. Choose worlds with the same labels."
            )
        return world

    def _scenario(self, run: str) -> Scenario:
        found, begin = scenario_of(self.case, run), self.case.runs[run].begin
        return dated(found, begin) if begin else found

    def _years(self, run: str, horizon: str) -> float | Literal["dated"] | None:
        """Years that channels count: those the run gives, else those of the horizon."""
        given = self.case.runs[run].years
        if self.case.runs[run].begin:
            return "dated"
        if given is not None or horizon == LONG_RUN:
            return given
        return preset(horizon).months / MONTHS

    def _preset(self, run: str, horizon: str) -> Preset:
        """Elasticities by time: from `begin` to `date` if the run gives them."""
        spec = self.case.runs[run]
        if spec.begin is None or spec.day is None:
            return preset(horizon)
        return at(min(months_since(spec.begin, spec.day), preset(LONG_RUN).months))

    def numbers(
        self, variant: Variant, moved: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Numbers of the case itself in `variant`, with those that a search has `moved`."""
        if not self.case.numbers:
            return {}
        drawn = self._drawn(NUMBERS, variant)
        found = values_at(
            self.case, end_of(variant.behaviour) if variant.draw is None else "central"
        )
        return {n: drawn.get(name_of(n), x) for n, x in found.items()} | dict(moved or {})

    def _numbers_of(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None
    ) -> dict[str, float]:
        """Numbers of `run` that are not at an end of their ranges: drawn, set, or moved."""
        set_here = settings(self.case, run, self.numbers(variant))
        return {**self._drawn(run, variant), **set_here, **(overrides or {})}

    def _drawn(self, run: str, variant: Variant) -> dict[str, float]:
        """Numbers of the scenario of `run` in a draw; none at the ends of the ranges."""
        if variant.draw is None:
            return {}
        key = f"{variant.world} {variant.draw}"
        if key not in self._numbers:
            middle = Variant(variant.world, "central", "central", variant.horizon)
            given = {r: self.given(r, middle) for r in self.case.runs}
            given[NUMBERS] = assumptions_of(self.case)
            self._numbers[key] = drawn_numbers(given, self.case.id, variant.draw)
        return self._numbers[key][run]

    def economy(self, run: str, variant: Variant) -> Economy:
        """Elasticities of `run` in `variant`."""
        world, time = self.world_of(run, variant), self._preset(run, variant.horizon)
        if variant.draw is not None:
            return drawn_economy(world, time, self.case.id, variant.draw)
        return economy_sets(world, time)[variant.theta]

    def economies(self, world: str, horizon: str) -> dict[str, Economy]:
        """Central, low and high set of elasticities; central alone if the world has one."""
        return economy_sets(self.world(world), preset(horizon))

    def solution(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None = None
    ) -> Solution:
        """The solution of `run` in `variant`, certified or not; each shock is solved once.

        Crude is settled by the oil market where the scenario has measures on it; `NotSolvedError`
        if that and the equilibrium do not agree.
        """
        world, economy = self.world_of(run, variant), self.economy(run, variant)
        compiled = self.compiled(run, variant, overrides)
        closure = self.case.runs[run].closure or compiled.closure or "fixed"
        bound = compiled.bind(world)
        key = hash_json(
            [world.hash, economy.hash(world), bound.hash(), oil_mark(compiled), closure]
        )
        solution = self._solved.get(
            key,
            lambda: answer(world, economy, compiled, bound, closure, self.options).solution,
        )
        if key not in self._logged:
            self._logged.add(key)
            self._note(run, variant, solution)
        return solution

    def oil(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None = None
    ) -> OilResult:
        """The months of a run of the oil market; `NotSolvedError` if one has no equilibrium."""
        spec = self.case.runs[run].oil
        assert spec is not None  # the caller asks for runs of the oil market alone
        numbers = self._numbers_of(run, variant, overrides)
        drawn = variant.draw is not None
        behaviour: Case = "central" if drawn else end_of(variant.behaviour)
        theta = "central" if drawn else variant.theta
        found = self._oil.result(self._scenario(run), spec, theta, behaviour, numbers)
        key = hash_json([run, theta, behaviour, numbers])
        if key not in self._logged:
            self._logged.add(key)
            method = f"{spec.months} months of oil"
            self.log.append(SolveRecord(run, variant, "certified", found.gap_name, found.gap,
                                        method, found.seconds, key, oil=True))  # fmt: skip
        return found

    def require(self, run: str, variant: Variant) -> None:
        """Raise `NotSolvedError` if `run` has no certified result in `variant`."""
        if self.case.runs[run].oil:
            self.oil(run, variant)
        else:
            self.solution(run, variant).raise_if_failed()

    def given(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None = None
    ) -> tuple[Assumption, ...]:
        """Numbers that `run` rests on in `variant`."""
        spec = self.case.runs[run].oil
        if spec is None:
            return self.compiled(run, variant, overrides).assumptions
        return assumed(self._scenario(run), spec, overrides or {})

    def tables(self, run: str) -> dict[str, ChannelTable]:
        """What channels report of `run` in the central variant."""
        if self.case.runs[run].oil:
            return self.oil(run, self.central).tables()
        return dict(self.compiled(run, self.central).tables)

    def _note(self, run: str, variant: Variant, solution: Solution) -> None:
        self.said |= dict.fromkeys(solution.notes)
        name, gap = solution.certificate.worst if solution.certificate else ("none", float("nan"))
        self.log.append(
            SolveRecord(run, variant, str(solution.verdict), name, gap, solution.method,
                        solution.seconds, solution.shock.hash())
        )  # fmt: skip

    def sheet(
        self,
        variant: Variant,
        overrides: Mapping[str, Mapping[str, float]] | None = None,
        runs: Iterable[str] | None = None,
    ) -> Sheet:
        """Certified results of `runs` (default: all); those that failed are left out and noted."""
        numbers = self.numbers(variant, (overrides or {}).get(NUMBERS))
        results: dict[str, Results] = {}
        compiled: dict[str, Compiled] = {}
        oil: dict[str, OilResult] = {}
        for run in self.case.runs if runs is None else runs:
            moved = self._moved(run, overrides or {}, numbers)
            if self.case.runs[run].oil:
                if one_at_a_time(variant):
                    self._add_oil(oil, run, variant, moved)
                continue
            try:
                solution = self.solution(run, variant, moved)
            except NotSolvedError as error:
                self.failed.append(f"{run}, {variant}: {error}")
                continue
            if variant == self.central and not moved:
                self._said(run)
            if solution.ok:
                results[run] = solution.results()
                compiled[run] = self.compiled(run, variant, moved)
            else:
                self.failed.append(f"{run}, {variant}: {solution.message()}")
        world = self.world(variant.world)
        return Sheet(world, results, {**self.case.record_values(), NUMBERS: numbers}, compiled, oil)

    def _add_oil(
        self, oil: dict[str, OilResult], run: str, variant: Variant, moved: Mapping[str, float]
    ) -> None:
        """Solve a run of the oil market; one without an equilibrium is left out and noted."""
        try:
            oil[run] = self.oil(run, variant, moved)
        except NotSolvedError as error:
            self.failed.append(f"{run}, {variant}: {error}")
            return
        if variant == self.central and not moved:
            self._said(run)

    def _moved(
        self, run: str, overrides: Mapping[str, Mapping[str, float]], numbers: Mapping[str, float]
    ) -> dict[str, float]:
        """What a search moves in `run`: its own numbers, and those set by numbers of the case."""
        set_here = settings(self.case, run, numbers) if NUMBERS in overrides else {}
        return {**set_here, **overrides.get(run, {})}

    @property
    def central(self) -> Variant:
        """The case's own world at its first horizon, everything else central."""
        return Variant(self.case.world, "central", "central", self.case.horizons[0])

    def variants(self, *, ranges: bool) -> list[Variant]:
        """Central variant first, then elasticities and behaviour, other times and worlds, draws."""
        if not ranges:
            return [self.central]
        order: tuple[Case, ...] = ("central", *(c for c in CASES if c != "central"))
        found: list[Variant] = []
        for horizon in self.case.horizons:
            for world in (self.case.world, *self.case.other_worlds):
                thetas = [t for t in order if t in self.economies(world, horizon)]
                cases = [c for c in order if c == "central" or self._differs(world, c, horizon)]
                grid = [Variant(world, t, c, horizon) for c in cases for t in thetas]
                monthly = all(run.oil for run in self.case.runs.values())
                found += [v for v in grid if one_at_a_time(v) or not monthly]
        names = [f"{DRAW}{k}" for k in range(1, self.case.draws + 1)]
        return found + [Variant(self.case.world, n, n, self.case.horizons[0]) for n in names]

    def _differs(self, world: str, behaviour: Case, horizon: str) -> bool:
        """Whether any run has another shock at this end of its ranges."""
        here = Variant(world, "central", behaviour, horizon)
        middle = Variant(world, "central", "central", horizon)
        if any(number.bounds[0] < number.bounds[1] for number in self.case.numbers.values()):
            return True
        monthly = {run: spec.oil for run, spec in self.case.runs.items() if spec.oil}
        if any(moves(self._scenario(run), spec, behaviour) for run, spec in monthly.items()):
            return True
        return any(
            self.compiled(run, here).bind(self.world_of(run, here)).hash()
            != self.compiled(run, middle).bind(self.world_of(run, here)).hash()
            for run in self.case.runs
            if run not in monthly
        )

    def _said(self, run: str) -> tuple[tuple[Assumption, ...], tuple[str, ...]]:
        """Numbers and notes of compiling `run` in the central variant, which is done once."""
        if run not in self._told:
            solved = self.case.runs[run].oil is not None
            found = self.oil(run, self.central) if solved else self.compiled(run, self.central)
            self._told[run] = found.assumptions, found.notes
        return self._told[run]

    def assumptions(self) -> tuple[Assumption, ...]:
        """Numbers that the scenarios give in the central variant, each once."""
        found = {item.name: item for item in assumptions_of(self.case)}
        for run in self.case.runs:
            for item in self._said(run)[0]:
                found.setdefault(item.name, item)
        return tuple(found.values())

    def notes(self) -> tuple[str, ...]:
        """What compiling the central variant and solving any noted, each once.

        That a measure of the case itself does nothing before a search moves it is no news, nor that
        one lies outside of the months that a run was given.
        """
        found = dict[str, None]()
        for run in self.case.runs:
            found |= dict.fromkeys(self._said(run)[1])
        found |= self.said
        idle = tuple(f"measure '{m}' changes no cell" for m in self.case.own.get("measures", {}))
        return tuple(n for n in found if not n.startswith(idle) and OUTSIDE not in n)
