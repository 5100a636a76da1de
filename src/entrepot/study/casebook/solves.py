"""Every solve of a case: its runs over worlds, elasticities and behaviour, each solved once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from entrepot.channels import CASES, Assumption, Case, Compiled, compile_shock
from entrepot.core.hashing import hash_json
from entrepot.results import Results
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.study.casebook.functions import Sheet
from entrepot.study.casebook.scenarios import scenario_of
from entrepot.study.casebook.schema import Case as CaseFile
from entrepot.study.variants import economies
from entrepot.world.bundle import load_world
from entrepot.world.world import World

KEPT = 12


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice of world, trade elasticities and behaviour."""

    world: str
    theta: Case
    behaviour: Case

    def __str__(self) -> str:
        """As words."""
        return f"world {self.world}, elasticities {self.theta}, behaviour {self.behaviour}"


@dataclass(frozen=True, slots=True)
class SolveRecord:
    """How one solve ended: the run, its variant, verdict, largest identity gap, hashes."""

    run: str
    variant: Variant
    verdict: str
    gap_name: str
    gap: float
    method: str
    seconds: float
    shock: str


T = TypeVar("T")


class Recent(Generic[T]):
    """The last few things made, by key: a solution of a large world takes some 10 MB."""

    def __init__(self, most: int) -> None:
        """Keep at most `most`."""
        self.most = most
        self.kept: dict[str, T] = {}

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What is kept under `key`, else what `make` gives; the oldest one goes."""
        found = self.kept.pop(key) if key in self.kept else make()
        self.kept[key] = found
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return found


@dataclass(slots=True)
class Bench:
    """Solves the runs of one case; what was solved last is not solved again.

    Attributes
    ----------
    case : the case file
    options : numerical options
    log : one record a solve, searches for thresholds included
    failed : what gave no certified result, with its reason
    said : notes of solves

    """

    case: CaseFile
    options: SolveOptions | None = None
    log: list[SolveRecord] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    said: dict[str, None] = field(default_factory=dict)
    _worlds: dict[str, World] = field(default_factory=dict)
    _logged: set[str] = field(default_factory=set)
    _solved: Recent[Solution] = field(default_factory=lambda: Recent(KEPT))
    _compiled: Recent[Compiled] = field(default_factory=lambda: Recent(KEPT))

    def world(self, name: str) -> World:
        """The bundled world `name`, loaded once."""
        if name not in self._worlds:
            self._worlds[name] = load_world(name)
        return self._worlds[name]

    def compiled(
        self, run: str, world: str, behaviour: Case, overrides: Mapping[str, float]
    ) -> Compiled:
        """The shock of `run`, compiled once for each set of numbers."""
        key = hash_json([run, world, behaviour, dict(overrides)])
        day = self.case.runs[run].day
        return self._compiled.get(
            key,
            lambda: compile_shock(
                self.world(world), scenario_of(self.case, run), day,
                case=behaviour, overrides=overrides,
            ),
        )  # fmt: skip

    def solution(
        self, run: str, variant: Variant, overrides: Mapping[str, float] | None = None
    ) -> Solution:
        """The solution of `run` in `variant`, certified or not; each shock is solved once."""
        world = self.world(variant.world)
        economy = economies(world)[variant.theta]
        compiled = self.compiled(run, variant.world, variant.behaviour, overrides or {})
        closure = self.case.runs[run].closure or compiled.closure or "fixed"
        bound = compiled.bind(world)
        key = hash_json([world.hash, economy.hash(world), bound.hash(), closure])
        solution = self._solved.get(
            key, lambda: solve(world, economy, bound, closure, self.options)
        )
        if key not in self._logged:
            self._logged.add(key)
            self._note(run, variant, solution)
        return solution

    def _note(self, run: str, variant: Variant, solution: Solution) -> None:
        self.said |= dict.fromkeys(solution.notes)
        name, gap = solution.certificate.worst if solution.certificate else ("none", float("nan"))
        self.log.append(
            SolveRecord(run, variant, str(solution.verdict), name, gap, solution.method,
                        solution.seconds, solution.shock.hash())
        )  # fmt: skip

    def sheet(
        self, variant: Variant, overrides: Mapping[str, Mapping[str, float]] | None = None
    ) -> Sheet:
        """Certified results of all runs in `variant`; runs that failed are left out and noted."""
        results: dict[str, Results] = {}
        for run in self.case.runs:
            solution = self.solution(run, variant, (overrides or {}).get(run))
            if solution.ok:
                results[run] = solution.results()
            else:
                self.failed.append(f"{run}, {variant}: {solution.message()}")
        return Sheet(self.world(variant.world), results, self.case.record_values())

    def variants(self, *, ranges: bool) -> list[Variant]:
        """Central variant first, then elasticities and behaviour, then the other worlds."""
        main = Variant(self.case.world, "central", "central")
        if not ranges:
            return [main]
        order: tuple[Case, ...] = ("central", *(c for c in CASES if c != "central"))
        found: list[Variant] = []
        for world in (self.case.world, *self.case.other_worlds):
            thetas = [t for t in order if t in economies(self.world(world))]
            cases = [c for c in order if c == "central" or self._differs(world, c)]
            found += [Variant(world, t, c) for c in cases for t in thetas]
        return found

    def _differs(self, world: str, behaviour: Case) -> bool:
        """Whether any run has another shock at this end of its ranges."""
        return any(
            self.compiled(run, world, behaviour, {}).bind(self.world(world)).hash()
            != self.compiled(run, world, "central", {}).bind(self.world(world)).hash()
            for run in self.case.runs
        )

    def assumptions(self) -> tuple[Assumption, ...]:
        """Numbers that the scenarios give in the central variant, each once."""
        found: dict[str, Assumption] = {}
        for run in self.case.runs:
            for item in self.compiled(run, self.case.world, "central", {}).assumptions:
                found.setdefault(item.name, item)
        return tuple(found.values())

    def notes(self) -> tuple[str, ...]:
        """What compiling the central variant and solving any noted, each once.

        That a measure of the case itself does nothing before a search moves it is no news.
        """
        found = dict[str, None]()
        for run in self.case.runs:
            found |= dict.fromkeys(self.compiled(run, self.case.world, "central", {}).notes)
        found |= self.said
        idle = tuple(f"measure '{m}' changes no cell" for m in self.case.own.get("measures", {}))
        return tuple(note for note in found if not note.startswith(idle))
