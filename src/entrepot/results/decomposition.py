"""Exact accounting of a change of welfare, however large the shock.

The equilibrium is followed along a path from the benchmark to the solution
(`entrepot.results.decomposition_path`), and what moves welfare at every point of it
(`entrepot.results.decomposition_channels`) is integrated.  What the integration misses stands in a
column of its own, so that the columns add up to the exact change to the last digit.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import xarray as xr

from entrepot.core.errors import InputError, NotSolvedError, ValueRangeError
from entrepot.core.options import check_kind
from entrepot.results.decomposition_channels import CHANNELS, OWN_SALES, Slopes, at_node
from entrepot.results.decomposition_path import (
    Node,
    Path,
    Rule,
    Solver,
    bloc_units,
    follow,
    one_by_one,
    path_to,
    rescaled,
    rule_for,
)
from entrepot.solving.solution import Solution

Array = np.ndarray
PATH_ERROR = "path_error"
FEWEST_NODES = 4
CHANNEL_TOLERANCE = 100.0
"""How much further than the sum a single channel may still move, in units of the tolerance."""


class Parts(NamedTuple):
    """Integrals over the path, in log points (not yet times 100).

    Attributes
    ----------
    channels : (N, C) in the order of `CHANNELS`
    own : (N,) `OWN_SALES`

    """

    channels: Array
    own: Array


def ln_welfare(solution: Solution) -> Array:
    """(N,) exact change of log welfare, ln(I'/I) - ln P^C."""
    state = solution.certified()
    change: Array = np.log(state.income / solution.world.accounts().income)
    return change - np.log(state.price_index)


def _slopes(path: Path, nodes: list[Node], at: Rule) -> list[Slopes]:
    """Derivatives at the nodes of what has no formula along the path.

    In the money of its bloc (`bloc_units`) the state of the solution is the limit of the path, and
    levels stay sharp where hardly any trade between blocs is left to say what that money is worth.
    """
    book = path.solution.world.accounts()
    units = bloc_units(path, nodes)
    moved = at.open_slope @ np.concatenate([np.zeros_like(units[:1]), units])
    end = Node.of(0.0, path.solution.certified())
    here = [*zip(nodes, units, strict=True), (end, np.zeros(len(book.income)))]
    cost = [np.zeros_like(book.output), *(np.log(n.cost) - u[:, None] for n, u in here)]
    found = [np.einsum("nm,mis->nis", at.slope, np.stack(cost)) + moved[:, :, None]]
    for name in ("tariff_revenue", "export_tax_revenue"):
        levels = [getattr(book, name), *(getattr(n, name) * np.exp(-u) for n, u in here)]
        value = at.slope @ np.stack(levels)
        found.append(value * np.exp(units) + moved * [getattr(n, name) for n in nodes])
    return [Slopes(*row) for row in zip(*found, strict=True)]


def integrate(path: Path, nodes: list[Node], at: Rule) -> Parts:
    """Integrate the channels over the path."""
    found = [at_node(path, n, s) for n, s in zip(nodes, _slopes(path, nodes, at), strict=True)]
    names = (*CHANNELS, OWN_SALES)
    values = np.stack([[f[name] for name in names] for f in found])
    total = np.einsum("n,nci->ic", at.weights, values)
    return Parts(total[:, :-1], total[:, -1])


def decompose(
    solution: Solution,
    *,
    tolerance: float = 1e-8,
    max_nodes: int = 128,
    solver: Solver = one_by_one,
) -> xr.Dataset:
    """Split the exact change of welfare by channel.

    Parameters
    ----------
    solution : a certified solution
    tolerance : largest closing error allowed, in units of log welfare; each single channel has
        settled to 100 times this much
    max_nodes : equilibria on the path at the last refinement, at most (they double from 4)
    solver : solves the equilibria on the path

    Returns
    -------
    Dataset over (region, channel) with ``log_points`` (100 times the change of log welfare) and
    ``percent``; both add up over ``channel``, the last of which is ``path_error``, to the exact
    change.  Per cent of a channel are its log points times the ratio of both totals.
    ``change`` (region, channel) is how far the last refinement moved a channel, in log points: an
    upper estimate of its numerical error.  ``own_price_and_income`` (region) is, in log points,
    what producers gained and buyers lost on sales at home; it is in no channel.

    Raises
    ------
    NotSolvedError : the solution or an equilibrium on the path is not certified, or the sum does
        not reach the tolerance with `max_nodes`
    ValueRangeError : the options lie outside their range
    InputError : the economy has profits, an elastic supply of factors or entry costs, for which
        there are no channels

    """
    check_kind(solution, "solution", Solution, "solve something first: ep.solve(world, shock=...).")
    _check_options(tolerance, max_nodes)
    values = solution.problem.elasticities
    if values.profits or values.elastic_labour or values.entry_costs:
        raise InputError(
            "There are no channels for profits, an elastic supply of factors or entry costs. Solve "
            "with profit_share, labour_supply and entry_cost_share at 0, or attribute welfare to "
            "instruments (entrepot.study.attribution.by_instrument)."
        )
    path, exact = path_to(solution), ln_welfare(solution)
    before: Parts | None = None
    n, gap, moved = FEWEST_NODES, np.inf, np.inf
    while n <= max_nodes:
        at = rule_for(path, n)
        nodes = follow(path, at, solver)
        parts = integrate(path, nodes, at)
        change = np.abs(parts.channels - (before.channels if before else 0.0))
        gap = float(np.max(np.abs(exact - parts.channels.sum(axis=1))))
        moved = float(np.max(change))
        if gap <= tolerance and moved <= CHANNEL_TOLERANCE * tolerance:
            return _dataset(solution, exact, parts, change, n)
        path, before, n = rescaled(path, nodes, at), parts, 2 * n
    raise NotSolvedError(
        f"The channels add up to the exact change of log welfare only to {gap:.1e} with {n // 2} "
        f"equilibria on the path, and moved by {moved:.1e} at the last doubling (asked for: "
        f"{tolerance:g} and {CHANNEL_TOLERANCE * tolerance:g}). Raise max_nodes or the tolerance, "
        "or decompose a smaller shock."
    )


def _check_options(tolerance: float, max_nodes: int) -> None:
    if not (isinstance(tolerance, Real) and 1e-12 <= tolerance <= 1e-2):
        raise ValueRangeError(f"tolerance must lie in 1e-12 to 0.01; found {tolerance!r}.")
    if not isinstance(max_nodes, Integral) or max_nodes < 2 * FEWEST_NODES:
        raise ValueRangeError(
            f"max_nodes must be at least {2 * FEWEST_NODES}, so that there is one refinement; "
            f"found {max_nodes!r}."
        )


def percent_of(log: Array) -> Array:
    """Parts (..., C) of a log change as parts of the per cent change that add up to it.

    Each log part times ``(e^L - 1) / L``, with L their sum: the logarithmic mean of 1 and e^L.
    """
    total = log.sum(axis=-1, keepdims=True)
    safe = np.where(total == 0, 1.0, total)
    return 100 * log * np.where(total == 0, 1.0, np.expm1(total) / safe)


def _dataset(
    solution: Solution, exact: Array, parts: Parts, change: Array, nodes: int
) -> xr.Dataset:
    """Label the parts; the closing error becomes their last column."""
    closing = exact - parts.channels.sum(axis=1)
    log = np.concatenate([parts.channels, closing[:, None]], axis=1)
    moved = np.concatenate([change, np.abs(closing)[:, None]], axis=1)
    dims = ("region", "channel")
    titles = [*CHANNELS.values(), "What the integration misses"]
    coords = {
        "region": list(solution.world.regions),
        "channel": [*CHANNELS, PATH_ERROR],
        "title": ("channel", titles),
    }
    return xr.Dataset(
        {
            "log_points": (dims, 100 * log, {"units": "100 times the change of log welfare"}),
            "percent": (dims, percent_of(log), {"units": "percent of benchmark welfare"}),
            "change": (dims, 100 * moved, {"units": "log points, at the last refinement"}),
            OWN_SALES: ("region", 100 * parts.own, {"units": "log points, in no channel"}),
        },
        coords=coords,
        attrs={"title": "Welfare by channel", "nodes": nodes},
    )
