"""Derivatives of a solution by the implicit function theorem: one adjoint solve for everything.

At a solution of the equations ``F(y, a) = 0`` with instruments and parameters a, an outcome
O(y, a) has

    dO/da = dO/da|y + zeta' dF/da,    zeta = z' dG/de,    (I - dG/dy)' z = dO/dy

(Blondel et al. 2022).  G(y, e) is the map that was solved, with e added to F, so nothing is
approximated; zeta says what the outcome gains when an equation is shifted.  The linear system is
solved by GMRES with reverse-mode products, once for all instruments together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from entrepot.core.errors import NotSolvedError
from entrepot.model.family import Gaps, family_step, gaps, markets
from entrepot.model.family_nests import nests
from entrepot.model.family_terms import Family, split
from entrepot.model.longrun import LongRun, Shift, longrun_columns
from entrepot.numerics.krylov import Krylov, empty, enlarged, extend, least_squares
from entrepot.solving.bind import Problem
from entrepot.solving.coefficients import coefficients
from entrepot.solving.instruments import (
    Fixed,
    Instruments,
    assemble,
    fixed_part,
    instruments,
)
from entrepot.solving.solve import guided

Array = Any
ROOMS, STRIDE, TOLERANCE, ACCEPTED = (32, 240), 8, 1e-10, 1e-8
"""Room for the Krylov space, first and where that is too small; products between two looks at the
gap; the gap aimed at, and accepted."""


class Levels(NamedTuple):
    """Differentiable levels of a counterfactual.

    Attributes
    ----------
    ln_price : (N, S) of what final demand buys; ln_price_index, ln_wage, income : (N,)
    trade : (N, N, S) at world prices

    """

    ln_price: Array
    ln_price_index: Array
    ln_wage: Array
    income: Array
    trade: Array


def levels(y: Array, m: Family) -> Levels:
    """Levels at unknowns `y` and coefficients `m`."""
    at = split(y, m)
    nest = nests(at.p, at.u, m)
    market = markets(at, nest, m)
    sold = jnp.einsum("usji,usj->sji", m.base.k - m.base.k_tariff, market.z)
    trade = jnp.einsum("sji,si->ijs", sold, market.power)
    bought = jnp.einsum("u,usi->is", m.final_use, at.p) + at.ln_w[:, None]
    return Levels(bought, nest.final + at.ln_w, at.ln_w, market.income, trade)


@partial(jax.jit, static_argnames="outcome")
def _outcome(
    y: Array, m: Family, outcome: Callable[[Levels, Any], Array], data: Any
) -> tuple[Array, Levels, Array]:
    """Value of the outcome, and its derivatives by the levels and by the unknowns."""
    found, back = jax.vjp(lambda y: levels(y, m), y)
    value, by_levels = jax.value_and_grad(outcome)(found, data)
    return value, by_levels, back(by_levels)[0]


def _step(y: Array, m: LongRun | Family, shift: Gaps) -> Array:
    """One step of the map that was solved, in logs, with its equations shifted."""
    if isinstance(m, Family):
        return family_step(y, m, shift).y
    cells = m.expenditure.size
    x = slice(cells, 2 * cells)
    part = Shift(shift.price[0, ..., None], shift.goods[0, ..., None], shift.country[:, None])
    new = longrun_columns(y.at[x].set(jnp.exp(y[x]))[:, None], m, part).y[:, 0]
    return new.at[x].set(jnp.log(new[x]))


@jax.jit
def _extended(y: Array, m: LongRun | Family, none: Gaps, space: Krylov, size: Array) -> Krylov:
    """Extend the Krylov space of ``(I - dG/dy)'``."""
    _, back = jax.vjp(lambda y: _step(y, m, none), y)
    return extend(lambda v: v - back(v)[0], space, size)


@jax.jit
def _shadow(y: Array, m: LongRun | Family, none: Gaps, multiplier: Array) -> Gaps:
    """``zeta = z' dG/de``: what the outcome gains when the equations are shifted."""
    _, back = jax.vjp(lambda shift: _step(y, m, shift), none)
    return back(multiplier)[0]


def _multiplier(
    y: Array, m: LongRun | Family, none: Gaps, right: np.ndarray
) -> tuple[np.ndarray, float]:
    """Solve ``(I - dG/dy)' z = right``; z and the relative gap that is left."""
    length = float(np.linalg.norm(right))
    if length == 0:
        return right, 0.0
    space, least = empty(right, length, ROOMS[0]), 0
    for room in ROOMS:
        space = enlarged(space, room)
        for size in range(least + STRIDE, room + 1, STRIDE):
            space = _extended(y, m, none, space, np.array(size))
            found, gap = least_squares(space, length)
            if gap <= TOLERANCE:
                return found, gap
        least = room
    return found, gap


@jax.jit
def _by_instruments(
    y: Array, a: Instruments, fixed: Fixed, shadow: Gaps, by_levels: Levels
) -> Instruments:
    """``zeta' dF/da + by_levels' d levels/da``, every sector a kind of its own.

    Sectors with the same mu share work in the equations; as soon as mu is moved they differ.
    """
    m = fixed.base
    split_up = m._replace(kind=jnp.arange(len(m.kind)), kind_use=m.kind_use[m.kind])
    fixed = fixed._replace(base=split_up, kind=split_up.kind)

    def weighted(a: Instruments) -> Array:
        m = assemble(a, fixed)
        moved = map(jnp.vdot, shadow, gaps(split(y, m), m))
        return sum(moved) + sum(map(jnp.vdot, by_levels, levels(y, m)))

    return jax.grad(weighted)(a)


def _nothing(m: Family) -> Gaps:
    """No shift of any equation."""
    goods, sector = np.zeros_like(m.base.expenditure), np.zeros_like(m.base.beta)
    country = np.zeros_like(m.base.value_added)
    return Gaps(goods, goods, country, sector, country, country)


def _in_logs(problem: Problem, y: np.ndarray) -> np.ndarray:
    """Unknowns of the family from those that were solved for."""
    if problem.general:
        return y
    cells = problem.standing.used.size
    return np.concatenate([y[:cells], np.log(y[cells : 2 * cells]), y[2 * cells :]])


def derivatives(
    problem: Problem, y: np.ndarray, outcome: Callable[[Levels, Any], Array], data: Any
) -> tuple[float, dict[str, np.ndarray]]:
    """Value of `outcome` and its derivative by every instrument and parameter.

    Parameters
    ----------
    problem, y : a solved problem and its unknowns
    outcome : differentiable function of `Levels` and of `data`; hashable
    data : pytree of arrays, such as weights

    Raises
    ------
    NotSolvedError : the adjoint system could not be solved to 1e-8

    """
    y = _in_logs(problem, y)
    fixed, a = fixed_part(problem), instruments(problem)
    solved = coefficients(problem)
    if isinstance(solved, Family):
        solved = guided(problem, solved, None)
    with jax.enable_x64(True):
        at, none = jnp.asarray(y), _nothing(fixed.base)
        value, by_levels, by_y = _outcome(at, fixed.base, outcome, data)
        multiplier, gap = _multiplier(at, solved, none, np.asarray(by_y))
        total = _by_instruments(at, a, fixed, _shadow(at, solved, none, multiplier), by_levels)
    if not gap <= ACCEPTED:
        raise NotSolvedError(
            f"The adjoint system was solved only to {gap:.1e} (needed {ACCEPTED:g}), so "
            "there are no derivatives at this solution. It lies where the equilibrium hardly "
            "determines factor prices: try a smaller shock."
        )
    arrays = total._asdict()
    return float(value), {k: np.asarray(v) for k, v in arrays.items() if v is not None}
