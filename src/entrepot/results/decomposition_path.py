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
from typing import Any, NamedTuple

import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.economy import Economy
from entrepot.model.shock import BoundShock
from entrepot.solving.feasible import usual_standing
from entrepot.solving.solution import Solution
from entrepot.solving.solve import SolveOptions, solve
from entrepot.solving.state import State
from entrepot.world.world import World

Array = np.ndarray
Solver = Callable[[World, Economy, Sequence[BoundShock], str], Iterable[Solution]]
"""Solves several shocks to one world under one closure, in their order."""

NODE_TOLERANCE = 1e-12
"""Residual asked of the equilibria on the path: differentiation enlarges their errors."""

CLUSTERS = {"open": 1.0, "closing": 6.0, "parting": 2.0}
"""How close the nodes come to the end, ``1 - p = (1 - u)^CLUSTER``: by whether cells close there.

Where cells close, others take over at once if they were small, and prices of what is made with a
lost input grow like a power of ``1 - p``; in u all that is smooth.  Where blocs part, ever less
trade tells what the money of one is worth in that of the other, so nodes keep a distance.
"""


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
    left, weights : (n,) 1 - p at the nodes, which may be far below rounding in p, and weights
    slope : (n, n + 2) derivative at the nodes from values at 0, the nodes and 1
    open_slope : (n, n + 1) the same from values at 0 and the nodes
    end : (n + 1,) value at 1 from values at 0 and the nodes

    """

    left: Array
    weights: Array
    slope: Array
    open_slope: Array
    end: Array


def _barycentric(known: Array) -> tuple[Array, Array]:
    """Weights of interpolation through `known` (m,), and the matrix (m, m) that differentiates."""
    apart = known[:, None] - known[None, :]
    np.fill_diagonal(apart, 0.25)
    weights = 1 / np.prod(4 * apart, axis=1)
    slope = weights[None, :] / weights[:, None] / apart
    np.fill_diagonal(slope, 0.0)
    np.fill_diagonal(slope, -slope.sum(axis=1))
    return weights, slope


def rule(n: int, cluster: float = 1.0) -> Rule:
    """Return the rule with `n` nodes: Gauss-Legendre in u, where ``1 - p = (1 - u)^cluster``."""
    x, w = np.polynomial.legendre.leggauss(n)
    u = np.concatenate([[0.0], (x + 1) / 2, [1.0]])
    _, closed = _barycentric(u)
    weights, opened = _barycentric(u[:-1])
    left = 1 - u[1:-1]
    speed = cluster * left ** (cluster - 1)
    end = weights / (1 - u[:-1])
    return Rule(
        left**cluster,
        w / 2 * speed,
        closed[1:-1] / speed[:, None],
        opened[1:] / speed[:, None],
        end / end.sum(),
    )


class Path(NamedTuple):
    """What the path follows.

    Attributes
    ----------
    solution : where it ends
    start, stop : (N,) net transfer received at its ends; `stop` in the money of the path
    kept : (N, N, S) share of varieties at its end, 0 in every cell without trade left

    """

    solution: Solution
    start: Array
    stop: Array
    kept: Array


def path_to(solution: Solution) -> Path:
    """Return the path that ends in a certified solution."""
    state, problem, world = solution.certified(), solution.problem, solution.world
    still_open = problem.standing.open_cells.reshape(*world.trade_share.shape, -1).any(axis=-1)
    shut = (world.trade_share > 0) & ~still_open
    kept = np.where(shut, 0.0, problem.shock.kept())
    return Path(solution, world.trade_balance, state.transfer, kept)


def rule_for(path: Path, n: int) -> Rule:
    """Return the rule with `n` nodes that suits a path."""
    solution = path.solution
    before = usual_standing(solution.world).blocs
    if not (path.kept == 0).any():
        return rule(n, CLUSTERS["open"])
    parted = (solution.problem.standing.blocs != before).any()
    return rule(n, CLUSTERS["parting" if parted else "closing"])


def partial_shock(path: Path, left: float) -> BoundShock:
    """Return the shock but for a part `left` of it, to be solved with closure "fixed"."""
    whole, world, part = path.solution.problem.shock, path.solution.world, 1 - left
    given = set(whole.changed) - {"access", "ban", "frozen"} | {"transfer"}
    fields: dict[str, Any] = {"transfer": part * (path.stop - path.start)}
    for name in given & {"tariff", "export_tax"}:
        before = getattr(world, name)
        fields[name] = before + part * (getattr(whole, name) - before)
    for name in given & {"trade_cost", "productivity"}:
        fields[name] = getattr(whole, name) ** part
    if (path.kept != 1).any():
        given.add("access")
        fields["access"] = np.where(path.kept > 0, path.kept**part, left)
    fields |= {name: np.zeros_like(getattr(whole, name)) for name in ("ban", "frozen")}
    return replace(whole, **fields, changed=tuple(sorted(given)))


class Node(NamedTuple):
    """What the decomposition needs of an equilibrium on the path.

    Attributes
    ----------
    left : how much of the shock is not yet in force
    cost, price, trade, output, final, factor_income, tariff_revenue, export_tax_revenue, transfer,
    income : as in `State`

    """

    left: float
    cost: Array
    price: Array
    trade: Array
    output: Array
    final: Array
    factor_income: Array
    tariff_revenue: Array
    export_tax_revenue: Array
    transfer: Array
    income: Array

    @classmethod
    def of(cls, left: float, state: State) -> Node:
        """Take it from a state; the rest of the state is not kept."""
        return cls(left, *(getattr(state, name) for name in cls._fields[1:]))


def follow(path: Path, at: Rule, solver: Solver) -> list[Node]:
    """Solve the equilibria at the nodes of a rule.

    Raises
    ------
    NotSolvedError : one of them has no certified result; all that have none are named

    """
    found, nodes, problems = path.solution, [], []
    shocks = [partial_shock(path, left) for left in at.left.tolist()]
    solved = solver(found.world, found.economy, shocks, "fixed")
    for left, solution in zip(at.left.tolist(), solved, strict=True):
        if solution.ok:
            nodes.append(Node.of(left, solution.certified()))
        else:
            problems.append(f"{100 * (1 - left):.6g} % of the shock: {solution.message()}")
    if problems:
        raise NotSolvedError.collect(
            "The path from the benchmark to the solution cannot be followed, so there is no "
            "decomposition. Decompose a smaller shock, or pass a solver with other options. "
            "Not certified",
            problems,
        )
    return nodes


def bloc_units(path: Path, nodes: Sequence[Node]) -> Array:
    """(n, N) log of what the benchmark's money of each region's bloc is worth at `nodes`.

    Blocs are those of the solution, in which factor income of each bloc is at its benchmark value;
    on the path only that of the world is.
    """
    blocs = path.solution.problem.standing.blocs
    before = np.bincount(blocs, path.solution.world.value_added)
    worth = [np.bincount(blocs, n.factor_income) / before for n in nodes]
    return np.log(np.stack(worth))[:, blocs]


def rescaled(path: Path, nodes: Sequence[Node], at: Rule) -> Path:
    """Return the path whose transfers end in the money that the path ends in (see `bloc_units`).

    The last digits follow as the nodes are refined.
    """
    units = bloc_units(path, nodes)
    scale = np.exp(at.end @ np.concatenate([np.zeros((1, units.shape[1])), units]))
    return path._replace(stop=path.solution.certified().transfer * scale)
