"""The path from the benchmark to a solution: equilibria of a growing part of the shock.

With a part p of the shock in force, 0 at the benchmark and 1 at the solution,

- tariffs and export taxes are ``t + p (t' - t)``,
- resource costs and productivity are ``d^p`` and ``A^p``,
- the share of varieties that may be bought is ``a^p``, and ``1 - p`` where nothing is left of it
  (banned cells, and cells that the bans elsewhere close),
- the net transfer received is ``(1 - p) D + p T'``, from the benchmark's to the solution's,
  whatever closure led to it.

Each equilibrium is solved by itself and certified.  The nodes are those of Gauss and Legendre, all
inside (0, 1); derivatives along the path are those of the polynomial through the nodes and the
ends (Berrut and Trefethen 2004, *SIAM Review* 46:3), so that the error falls geometrically with
their number where the path is analytic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.solving.certificate import State
from entrepot.solving.feasible import usual_standing
from entrepot.solving.solution import Solution
from entrepot.solving.solve import SolveOptions, solve
from entrepot.world.world import World

Array = np.ndarray
Solver = Callable[[World, Economy, Sequence[BoundShock], str], Iterable[Solution]]
"""Solves several shocks to one world under one closure, in their order."""

NODE_TOLERANCE = 1e-10
"""Residual asked of the equilibria on the path: differentiation enlarges their errors."""


def one_by_one(
    world: World, economy: Economy, shocks: Sequence[BoundShock], closure: str
) -> Iterable[Solution]:
    """Solve `shocks` one after the other (a `Solver`)."""
    options = SolveOptions(tolerance=NODE_TOLERANCE)
    return (solve(world, economy, shock, closure, options) for shock in shocks)


class Rule(NamedTuple):
    """Nodes on (0, 1) with what integrates and differentiates on them.

    Attributes
    ----------
    nodes, weights : (n,) of Gauss and Legendre
    known : (m,) points with known values: 0, the nodes and, if `closed`, 1
    slope : (n, m) derivative at the nodes from values at the known points
    end : (m,) value at 1 from values at the known points

    """

    nodes: Array
    weights: Array
    known: Array
    slope: Array
    end: Array


def rule(n: int, *, closed: bool) -> Rule:
    """Return the rule with `n` nodes; `closed` if values at 1 can be had."""
    x, w = np.polynomial.legendre.leggauss(n)
    nodes, weights = (x + 1) / 2, w / 2
    known = np.concatenate([[0.0], nodes, [1.0] if closed else []])
    apart = known[:, None] - known[None, :]
    np.fill_diagonal(apart, 0.25)
    bary = 1 / np.prod(4 * apart, axis=1)
    slope = bary[None, :] / bary[:, None] / apart
    np.fill_diagonal(slope, 0.0)
    np.fill_diagonal(slope, -slope.sum(axis=1))
    end = np.zeros(len(known))
    if closed:
        end[-1] = 1.0
    else:
        end = bary / (1 - known)
        end /= end.sum()
    return Rule(nodes, weights, known, slope[1 : n + 1], end)


class Path(NamedTuple):
    """What the path follows.

    Attributes
    ----------
    solution : where it ends
    start, stop : (N,) net transfer received at its ends; `stop` in the numeraire of the path
    kept : (N, N, S) share of varieties at its end, 0 in every cell without trade left
    closed : whether the state of the solution is the limit of the path: not so where the shock
        separates blocs, because each bloc of the solution has a numeraire of its own

    """

    solution: Solution
    start: Array
    stop: Array
    kept: Array
    closed: bool


def path_to(solution: Solution) -> Path:
    """Return the path that ends in a certified solution."""
    state, problem, world = solution.certified(), solution.problem, solution.world
    shut = (world.trade_share > 0) & ~problem.standing.open_cells
    kept = np.where(shut, 0.0, solution.shock.kept())
    closed = bool((problem.standing.blocs == usual_standing(world).blocs).all())
    return Path(solution, world.trade_balance, state.transfer, kept, closed)


def partial_shock(path: Path, part: float) -> BoundShock:
    """Return a `part` of the shock, to be solved with closure "fixed"."""
    whole, world = path.solution.shock, path.solution.world
    before = {"tariff": world.tariff, "export_tax": world.export_tax}
    rates = {k: v + part * (getattr(whole, k) - v) for k, v in before.items()}
    given = {*whole.changed, "transfer"} | ({"access"} if (path.kept != 1).any() else set())
    return replace(
        whole,
        **rates,
        trade_cost=whole.trade_cost**part,
        productivity=whole.productivity**part,
        access=np.where(path.kept > 0, path.kept**part, 1 - part),
        ban=np.zeros_like(whole.ban),
        transfer=part * (path.stop - path.start),
        frozen=np.zeros_like(whole.frozen),
        changed=tuple(sorted(given - {"ban", "frozen"})),
    )


class Node(NamedTuple):
    """An equilibrium on the path.

    Attributes
    ----------
    part : how much of the shock is in force
    shock : that part
    state : levels and hats

    """

    part: float
    shock: BoundShock
    state: State


def follow(path: Path, parts: Array, solver: Solver) -> list[Node]:
    """Solve the equilibria at `parts` of the shock.

    Raises
    ------
    NotSolvedError : one of them has no certified result; all that have none are named

    """
    shocks = [partial_shock(path, float(p)) for p in parts]
    found = path.solution
    solutions = list(solver(found.world, found.economy, shocks, "fixed"))
    problems = [
        f"{100 * p:.6g} % of the shock: {s.message()}"
        for p, s in zip(parts, solutions, strict=True)
        if not s.ok
    ]
    if problems:
        raise NotSolvedError.collect(
            "The path from the benchmark to the solution cannot be followed, so there is no "
            "decomposition. Decompose a smaller shock, or pass a solver with other options. "
            "Not certified",
            problems,
        )
    return [
        Node(float(p), shock, s.certified())
        for p, shock, s in zip(parts, shocks, solutions, strict=True)
    ]


def rescaled(path: Path, nodes: Sequence[Node], at: Rule) -> Path:
    """Return the path whose transfers end in the units of money that the path ends in.

    Where a shock separates blocs, factor income of each is at its benchmark value in the solution,
    while on the path only that of the world is.  The last digits follow as the nodes are refined.
    """
    if path.closed:
        return path
    blocs = path.solution.problem.standing.blocs
    before = np.bincount(blocs, path.solution.world.value_added)
    rows = [np.zeros_like(before)]
    rows += [np.log(np.bincount(blocs, n.state.factor_income) / before) for n in nodes]
    scale = np.exp(at.end @ np.stack(rows))
    return path._replace(stop=path.solution.certified().transfer * scale[blocs])
