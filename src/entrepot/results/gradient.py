"""`Solution.gradient`: what moves an outcome, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import xarray as xr

from entrepot.core.errors import InputError, LabelError, did_you_mean
from entrepot.results.labelled import labelled
from entrepot.results.outcome import Outcome
from entrepot.solving.adjoint import Levels, derivatives
from entrepot.solving.instruments import INSTRUMENT_DIMS
from entrepot.solving.solution import Solution


def _welfare(levels: Levels, data: Any) -> Any:
    regions, _, income = data
    return jnp.sum(regions * levels.income / income * jnp.exp(-levels.ln_price_index))


def _export_revenue(levels: Levels, data: Any) -> Any:
    regions, sectors, _ = data
    abroad = 1 - jnp.eye(levels.trade.shape[0])
    return jnp.einsum("ijs,i,ij,s->", levels.trade, regions, abroad, sectors)


def _price(levels: Levels, data: Any) -> Any:
    regions, sectors, _ = data
    return jnp.exp(jnp.einsum("js,j,s->", levels.ln_price, regions, sectors))


FORMULAS = {"welfare": _welfare, "export_revenue": _export_revenue, "price": _price}


def _asked(wrt: object) -> list[str]:
    """Names of instruments and parameters in `wrt`; all of them for None."""
    if wrt is None:
        return list(INSTRUMENT_DIMS)
    names = [wrt] if isinstance(wrt, str) else wrt
    if not isinstance(names, list | tuple) or not names:
        raise InputError(
            f"wrt is {wrt!r}; allowed is one of {', '.join(INSTRUMENT_DIMS)}, a list of them, or "
            "None for all."
        )
    return [str(name) for name in names]


def gradient(
    solution: Solution, outcome: Outcome | str, wrt: str | Sequence[str] | None = None
) -> xr.Dataset:
    """Derivatives of `outcome` by every cell of every instrument, at the solution.

    Parameters
    ----------
    solution : a certified solution
    outcome : an `Outcome`, or text such as ``"welfare:IRN"`` or ``"welfare:EU27"`` (see
        `Outcome.of`)
    wrt : "tariff", "export_tax", "trade_cost", "productivity", "transfer", "theta", "epsilon",
        "mu", "sigma", "kappa" (where finite), several of them, or None for all; one adjoint solve
        serves them all.  ``theta`` are the trade elasticities in force, `theta_ratio` included

    Returns
    -------
    Dataset with one variable per instrument, in units of the outcome per unit of the instrument
    (tariffs per 1 = 100 points, cost and productivity per unit of the hat, transfers per mn USD:
    only differences between two regions have a meaning, since transfers add to zero); attribute
    ``value`` is the outcome itself

    Raises
    ------
    NotSolvedError : the solution is not certified, or the adjoint system cannot be solved

    """
    solution.certified()
    world = solution.world
    chosen = Outcome.of(outcome, world) if isinstance(outcome, str) else outcome
    if not isinstance(chosen, Outcome):
        raise InputError(
            f"outcome is a {type(chosen).__name__}; write text such as 'welfare:IRN', or make an "
            "Outcome."
        )
    chosen.check(world)
    names = _asked(wrt)
    unknown = [n for n in names if n not in INSTRUMENT_DIMS]
    if unknown:
        raise LabelError(
            f"Nothing to differentiate by is called '{unknown[0]}'."
            f"{did_you_mean(unknown[0], INSTRUMENT_DIMS)} There are {', '.join(INSTRUMENT_DIMS)}."
        )
    if "kappa" in names and solution.problem.elasticities.mobile:
        if wrt is not None:
            raise InputError(
                "There is no derivative by kappa where it is infinite: one factor price rules in "
                "every country. Solve with a finite kappa, such as ep.Economy(kappa=100)."
            )
        names.remove("kappa")
    assert solution.unknowns is not None
    data = (*chosen.weights(world), world.accounts().income)
    value, arrays = derivatives(solution.problem, solution.unknowns, FORMULAS[chosen.kind], data)
    units = f"{chosen.kind} per unit of the instrument"
    parts = {
        n: labelled(world, arrays[n], INSTRUMENT_DIMS[n], n, f"d {chosen.kind} / d {n}", units)
        for n in names
    }
    return xr.Dataset(parts, attrs={"title": f"Derivatives of {chosen.kind}", "value": value})
