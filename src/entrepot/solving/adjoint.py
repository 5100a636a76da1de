"""Derivatives of a solution by the implicit function theorem: one adjoint solve for everything.

At a solution of the equations ``F(y, a) = 0`` with instruments and parameters a, an outcome
O(y, a) has

    dO/da = dO/da|y + mu' dF/da,    mu = lambda' dG/de,    (I - dG/dy)' lambda = dO/dy

(Blondel et al. 2022).  G(y, e) is the map that was solved, with e added to F, so nothing is
approximated; mu says what the outcome gains when an equation is shifted.  The linear system is
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
from entrepot.solving.coefficients import coefficients, family_coefficients
from entrepot.solving.solve import guided
from entrepot.world.uses import by_use

Array = Any
ROOMS, STRIDE, TOLERANCE, ACCEPTED = (32, 240), 8, 1e-10, 1e-8
"""Room for the Krylov space, first and where that is too small; products between two looks at the
gap; the gap aimed at, and accepted."""


class Instruments(NamedTuple):
    """What an outcome can be differentiated by, at the values of the solution.

    Attributes
    ----------
    tariff, export_tax, trade_cost : (N, N, S) rates and cost hats
    productivity : (N, S) hats
    transfer : (N,) mn USD
    theta, epsilon, mu : (S,) elasticities
    sigma, kappa : (N,); kappa None where one factor price rules in every country

    """

    tariff: Array
    export_tax: Array
    trade_cost: Array
    productivity: Array
    transfer: Array
    theta: Array
    epsilon: Array
    mu: Array
    sigma: Array
    kappa: Array


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


class Fixed(NamedTuple):
    """What stays as it is: plain arrays of the world, the permissions, and the coefficients.

    Attributes
    ----------
    share : (N, N, S, U) pi times kept varieties
    evaded : (N, N, S, U) part of `share` that comes by ways round bans, and (N, N, S) the log of
        their cost; None without such ways
    tariff, export_tax : (N, N, S) of the benchmark
    transfer : (N,) of the solution
    base : coefficients of the solution
    kind : first user of each kind, whose mu it has

    """

    share: Array
    evaded: tuple[Array, Array] | None
    tariff: Array
    export_tax: Array
    transfer: Array
    base: Family
    kind: Array


def fixed_part(problem: Problem) -> Fixed:
    """Gather what the instruments do not change."""
    world, shock = problem.world, problem.shock
    kept = np.where(problem.standing.open_cells, shock.kept()[..., None], 0.0)
    m = family_coefficients(problem)
    if m.base.k_export is None:
        m = m._replace(base=m.base._replace(k_export=np.zeros_like(m.base.k_producer)))
    first = np.unique(m.kind, return_index=True)[1]
    share = by_use(world).trade_share * kept
    return Fixed(share, _evaded(problem), world.tariff, world.export_tax, shock.transfer, m, first)


def _evaded(problem: Problem) -> tuple[np.ndarray, np.ndarray] | None:
    given = problem.given
    if "evasion_cost" not in given.changed:
        return None
    part = np.where(problem.standing.open_cells, given.evaded(problem.theta)[..., None], 0.0)
    reached = np.isfinite(given.evasion_cost)
    return by_use(problem.world).trade_share * part, np.log(
        np.where(reached, given.evasion_cost, 1)
    )


def _available(a: Instruments, fixed: Fixed) -> Array:
    """(N, N, S, U) share of varieties at elasticities `a`: what evades a ban follows theta."""
    if fixed.evaded is None:
        return fixed.share
    part, ln_cost = fixed.evaded
    moved = jnp.exp(-(a.theta - fixed.base.base.theta) * ln_cost) - 1
    return fixed.share + part * moved[..., None]


def assemble(a: Instruments, fixed: Fixed) -> Family:
    """Coefficients of the equations at instruments `a` (all of them, differentiably)."""
    wedge = (1 + a.tariff) / (1 + fixed.tariff) * a.trade_cost
    wedge = wedge * (1 + a.export_tax) / (1 + fixed.export_tax)
    if fixed.base.entry is not None:
        power = fixed.base.entry.power[0].T
        wedge = wedge * ((1 + a.tariff) / (1 + fixed.tariff)) ** power
    k = _available(a, fixed) * (wedge**-a.theta)[..., None]
    tariff, export_tax = a.tariff[..., None], a.export_tax[..., None]
    keeps = 1.0 if fixed.base.entry is None else 1 - fixed.base.entry.share[:, None, None]
    producer = k / ((1 + tariff) * (1 + export_tax)) * keeps
    shared = fixed.base.base._replace(
        k=k.transpose(3, 2, 1, 0),
        k_tariff=(k * tariff / (1 + tariff)).transpose(3, 2, 1, 0),
        k_producer=producer.transpose(3, 2, 0, 1),
        k_export=(producer * export_tax).transpose(3, 2, 0, 1),
        theta=a.theta,
        ln_productivity=jnp.log(a.productivity).T,
        balance=fixed.base.base.balance + a.transfer - fixed.transfer,
    )
    return fixed.base._replace(base=shared, eps=1 - a.epsilon, mu=1 - a.mu, sigma=1 - a.sigma,
                               kind_mu=(1 - a.mu)[fixed.kind], kappa=a.kappa)  # fmt: skip


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
    """``lambda' dG/de``: what the outcome gains when the equations are shifted."""
    _, back = jax.vjp(lambda shift: _step(y, m, shift), none)
    return back(multiplier)[0]


def _multiplier(
    y: Array, m: LongRun | Family, none: Gaps, right: np.ndarray
) -> tuple[np.ndarray, float]:
    """Solve ``(I - dG/dy)' lambda = right``; lambda and the relative gap that is left."""
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
    """``mu' dF/da + by_levels' d levels/da``, every sector a kind of its own.

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
    shock, fixed, values = problem.shock, fixed_part(problem), problem.elasticities
    solved = coefficients(problem)
    if isinstance(solved, Family):
        solved = guided(problem, solved, None)
    a = Instruments(
        shock.tariff,
        shock.export_tax,
        shock.trade_cost,
        shock.productivity,
        shock.transfer,
        values.theta,
        values.epsilon,
        values.mu,
        values.sigma,
        None if values.mobile else np.where(np.isinf(values.kappa), 0.0, values.kappa),
    )
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


INSTRUMENT_DIMS: dict[str, tuple[str, ...]] = {
    "tariff": ("origin", "dest", "sector"),
    "export_tax": ("origin", "dest", "sector"),
    "trade_cost": ("origin", "dest", "sector"),
    "productivity": ("region", "sector"),
    "transfer": ("region",),
    "theta": ("sector",),
    "epsilon": ("sector",),
    "mu": ("sector",),
    "sigma": ("region",),
    "kappa": ("region",),
}
