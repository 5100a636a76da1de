"""Which instrument, or which measure, changed welfare by how much: Shapley values on exact solves.

The worth of a set of instruments (or measures) is the exact change of log welfare when only they
are in force.  The empty set is the benchmark.  Two kinds of players:

- instruments: the fields of the shock, `INSTRUMENTS`; a partial and a full ban are one instrument;
- measures of a scenario, in force on its day.

An external balance that is not kept "fixed" is a player of its own, ``closure`` (a region frozen
out of foreign finance is part of it): sets without it are solved with balances fixed.

A set that has no equilibrium has no worth, and there is no fair way to leave it out: it is refused
with all such sets named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import xarray as xr

from entrepot.channels import compile_shock
from entrepot.core.errors import NotSolvedError, ScenarioError, ValueRangeError
from entrepot.core.options import check_kind, check_whole
from entrepot.model.closure import Closure
from entrepot.model.shock import BoundShock, Shock
from entrepot.results.decomposition import ln_welfare, percent_of
from entrepot.results.decomposition_path import Solver, one_by_one
from entrepot.solving import Solution
from entrepot.study.attribution_shapley import Shapley, Team, all_orders, drawn_orders
from entrepot.study.oil_answer import refuse_oil
from entrepot.study.run import Run

Array = np.ndarray
INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "trade_cost": ("trade_cost",),
    "tariff": ("tariff",),
    "export_tax": ("export_tax",),
    "access": ("access", "ban"),
    "evasion": ("evasion_cost",),
    "productivity": ("productivity",),
    "transfer": ("transfer",),
}
CLOSURE = "closure"
COUNTED = 7
"""Most players of which every order is counted (128 solves)."""


class Game(NamedTuple):
    """What is attributed, to whom.

    Attributes
    ----------
    kind : "instrument" or "measure"
    players : their names
    shock_of : the shock when a set of players is in force
    whole : the solution with all of them; sets without the player ``closure`` are solved with
        balances fixed

    """

    kind: str
    players: tuple[str, ...]
    shock_of: Callable[[Team], BoundShock]
    whole: Solution

    def closure_of(self, team: Team, shock: BoundShock) -> str:
        """External balance when `team` is in force and makes `shock`."""
        if shock.frozen.any():
            return str(Closure.FROZEN)
        return self.whole.closure if CLOSURE in self.named(team) else "fixed"

    def named(self, team: Team) -> tuple[str, ...]:
        """Names of the players of `team`."""
        return tuple(self.players[k] for k in sorted(team))


def by_instrument(
    solution: Solution, *, orders: int = 32, seed: int = 0, solver: Solver = one_by_one
) -> xr.Dataset:
    """Split the exact change of welfare of a solution by instrument of its shock.

    Parameters
    ----------
    solution : a certified solution
    orders, seed : orders drawn, an even number, and the seed, with more than 7 players; with fewer
        every order is counted
    solver : solves several shocks together

    Returns
    -------
    Dataset over (region, instrument) as of `by_measure`

    Raises
    ------
    NotSolvedError : some instruments alone have no certified equilibrium; all such sets are named

    """
    check_kind(solution, "solution", Solution, "solve something first: ep.solve(world, shock=...).")
    solution.raise_if_failed()
    world, whole = solution.world, solution.shock
    usual = Shock().bind(world)
    moved = {
        name: fields
        for name, fields in INSTRUMENTS.items()
        if any((getattr(whole, f) != getattr(usual, f)).any() for f in fields)
    }
    players = (*moved, *([CLOSURE] if solution.closure != "fixed" else []))
    fields_of = {**moved, CLOSURE: ("frozen",)}

    def shock_of(team: Team) -> BoundShock:
        kept = {field for k in team for field in fields_of[players[k]]}
        back = {f: getattr(usual, f) for f in whole.changed if f not in kept}
        return replace(whole, **back, changed=tuple(f for f in whole.changed if f in kept))

    return attribute(Game("instrument", players, shock_of, solution), orders, seed, solver)


def by_measure(
    run: Run, *, orders: int = 32, seed: int = 0, solver: Solver = one_by_one
) -> xr.Dataset:
    """Split the exact change of welfare of a run by measure of its scenario.

    Every set of measures is compiled and solved with the run's world, economy, day and case.

    Parameters
    ----------
    run : a run of a scenario
    orders, seed, solver : as of `by_instrument`

    Returns
    -------
    Dataset over (region, measure) with ``log_points`` (100 times the change of log welfare) and
    ``percent``, both adding up over the measures to the exact change, and ``error``, the standard
    error of the log points (0 where every order was counted).  Attributes: ``solves`` and
    ``orders`` (0: all)

    Raises
    ------
    NotSolvedError : some measures alone cannot be compiled or have no certified equilibrium; all
        such sets are named

    """
    refuse_oil(run.compiled, "the split by measure")
    scenario = run.scenario
    entries = {entry.name: entry for entry in scenario.active(run.day)}
    frozen_by_measures = run.options["closure_from"] == "scenario" and not scenario.closure
    own = run.solution.closure != "fixed" and not frozen_by_measures
    players = (*entries, *([CLOSURE] if own else []))

    def shock_of(team: Team) -> BoundShock:
        names = [players[k] for k in sorted(team)]
        part = replace(
            scenario,
            entries=tuple(entries[n] for n in names if n in entries),
            frozen=scenario.frozen if CLOSURE in names else (),
        )
        compiled = compile_shock(
            run.world, part, run.day, case=run.compiled.case, years=run.compiled.years
        )
        return compiled.bind(run.world)

    return attribute(Game("measure", players, shock_of, run.solution), orders, seed, solver)


def attribute(game: Game, orders: int, seed: int, solver: Solver) -> xr.Dataset:
    """Shapley values of a game as a dataset (see `by_measure`)."""
    check_whole(orders, "orders", 0)
    check_whole(seed, "seed", 0)
    if orders < 4 or orders % 2:
        raise ValueRangeError(f"orders must be an even number of at least 4; found {orders}.")
    n = len(game.players)

    def worths(teams: Sequence[Team]) -> Mapping[Team, Array]:
        return _worths(game, teams, solver)

    found = all_orders(n, worths) if n <= COUNTED else drawn_orders(n, worths, orders, seed)
    return _dataset(game, found)


def _worths(game: Game, teams: Sequence[Team], solver: Solver) -> dict[Team, Array]:
    """Change of log welfare (N,) for each of `teams`; that of none is 0, that of all is known."""
    world, everybody = game.whole.world, frozenset(range(len(game.players)))
    worth = {everybody: ln_welfare(game.whole)}
    worth[frozenset()] = np.zeros(len(world.regions))
    problems: list[str] = []
    shocks = _shocks(game, [t for t in teams if t not in worth], problems)
    asked = {t: game.closure_of(t, shock) for t, shock in shocks.items()}
    for closure in dict.fromkeys(asked.values()):
        group = [t for t in shocks if asked[t] == closure]
        solved = solver(world, game.whole.economy, [shocks[t] for t in group], closure)
        for team, solution in zip(group, solved, strict=True):
            if solution.ok:
                worth[team] = ln_welfare(solution)
            else:
                problems.append(f"{' + '.join(game.named(team))}: {solution.message()}")
    if problems:
        raise NotSolvedError.collect(
            f"Welfare cannot be split by {game.kind}, because not every set of them has a "
            "certified equilibrium by itself. Put those that need each other into one measure, "
            "or leave a supplier open. Without a result",
            problems,
        )
    return worth


def _shocks(game: Game, teams: Iterable[Team], problems: list[str]) -> dict[Team, BoundShock]:
    shocks = {}
    for team in teams:
        try:
            shocks[team] = game.shock_of(team)
        except ScenarioError as error:
            problems.append(f"{' + '.join(game.named(team))}: {error}")
    return shocks


def _dataset(game: Game, found: Shapley) -> xr.Dataset:
    dims = ("region", game.kind)
    log, error = found.share.T, found.error.T
    return xr.Dataset(
        {
            "log_points": (dims, 100 * log, {"units": "100 times the change of log welfare"}),
            "percent": (dims, percent_of(log), {"units": "percent of benchmark welfare"}),
            "error": (dims, 100 * error, {"units": "standard error in log points"}),
        },
        coords={"region": list(game.whole.world.regions), game.kind: list(game.players)},
        attrs={
            "title": f"Welfare by {game.kind}",
            "solves": max(found.teams - 2, 0),
            "orders": found.orders,
        },
    )
