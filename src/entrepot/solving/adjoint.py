"""Derivatives of a solution by the implicit function theorem: one adjoint solve for everything.

At a solution ``y = G(y, a)`` with instruments and parameters a, an outcome O(y, a) has

    dO/da = dO/da|y + lambda' dG/da,    (I - dG/dy)' lambda = dO/dy

(Blondel et al. 2022).  G is the map that was solved, so nothing is approximated; the linear system
is solved by GMRES with reverse-mode products, once for all instruments together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.sparse.linalg import gmres

from entrepot.core.errors import NotSolvedError
from entrepot.model.longrun import LongRun, domestic_income, longrun_step, split, unit_cost
from entrepot.solving.bind import Problem
from entrepot.solving.coefficients import coefficients

Array = Any
KRYLOV, RESTARTS, TOLERANCE, ACCEPTED = 80, 10, 1e-12, 1e-8


class Instruments(NamedTuple):
    """What an outcome can be differentiated by, at the values of the solution.

    Attributes
    ----------
    tariff, export_tax, trade_cost : (N, N, S) rates and cost hats
    productivity : (N, S) hats
    transfer : (N,) mn USD
    theta : (S,) trade elasticities

    """

    tariff: Array
    export_tax: Array
    trade_cost: Array
    productivity: Array
    transfer: Array
    theta: Array


class Levels(NamedTuple):
    """Differentiable levels of a counterfactual.

    Attributes
    ----------
    ln_price : (N, S); ln_price_index, ln_wage, income : (N,); trade : (N, N, S) at world prices

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
    share : (N, N, S) pi times kept varieties
    tariff, export_tax : (N, N, S) of the benchmark
    transfer : (N,) of the solution
    base : coefficients of the solution

    """

    share: Array
    tariff: Array
    export_tax: Array
    transfer: Array
    base: LongRun


def fixed_part(problem: Problem) -> Fixed:
    """Gather what the instruments do not change."""
    world, shock = problem.world, problem.shock
    kept = np.where(problem.standing.open_cells, shock.kept(), 0.0)
    base = coefficients(problem)
    if base.k_export is None:
        base = base._replace(k_export=np.zeros_like(base.k_producer))
    return Fixed(world.trade_share * kept, world.tariff, world.export_tax, shock.transfer, base)


def assemble(a: Instruments, fixed: Fixed) -> LongRun:
    """Coefficients of the equations at instruments `a` (all of them, differentiably)."""
    wedge = (1 + a.tariff) / (1 + fixed.tariff) * a.trade_cost
    wedge = wedge * (1 + a.export_tax) / (1 + fixed.export_tax)
    k = fixed.share * wedge**-a.theta
    producer = k / ((1 + a.tariff) * (1 + a.export_tax))
    return fixed.base._replace(
        k=k.transpose(2, 1, 0),
        k_tariff=(k * a.tariff / (1 + a.tariff)).transpose(2, 1, 0),
        k_producer=producer.transpose(2, 0, 1),
        k_export=(producer * a.export_tax).transpose(2, 0, 1),
        theta=a.theta,
        ln_productivity=jnp.log(a.productivity).T,
        balance=fixed.base.balance + a.transfer - fixed.transfer,
    )


def levels(y: Array, a: Instruments, fixed: Fixed) -> Levels:
    """Levels at unknowns `y` and instruments `a`."""
    m = assemble(a, fixed)
    p, x, ln_w = split(y, m.expenditure.shape)
    ln_price, wage = p + ln_w, jnp.exp(ln_w)
    power = jnp.exp(-m.theta[:, None] * unit_cost(ln_price, ln_w, m))
    total = jnp.einsum("sji,si->sj", m.k, power)
    total = jnp.where(total > 0, total, 1.0)
    z = m.expenditure * x * wage / total
    trade = jnp.einsum("sji,si,sj->ijs", m.k - m.k_tariff, power, z)
    tariffs = jnp.einsum("sji,si,sj->j", m.k_tariff, power, z)
    export_taxes = jnp.einsum("sij,si,sj->i", m.k_export, power, z)
    income = domestic_income(wage * m.value_added, tariffs + export_taxes, m)
    ln_index = jnp.einsum("sj,sj->j", m.alpha, ln_price)
    return Levels(ln_price.T, ln_index, ln_w, income, trade)


@partial(jax.jit, static_argnames="outcome")
def _adjoint(
    y: Array, a: Instruments, fixed: Fixed, outcome: Callable[[Levels, Any], Array], data: Any
) -> tuple[Array, Instruments, Array]:
    def value(y: Array, a: Instruments) -> Array:
        return outcome(levels(y, a, fixed), data)

    def step(y: Array, a: Instruments) -> Array:
        return longrun_step(y, assemble(a, fixed)).y

    found, (by_y, by_a) = jax.value_and_grad(value, argnums=(0, 1))(y, a)
    _, back = jax.vjp(step, y, a)

    def transposed(v: Array) -> Array:
        return v - back(v)[0]

    multiplier, _ = gmres(transposed, by_y, tol=TOLERANCE, atol=0.0, restart=KRYLOV,
                          maxiter=RESTARTS, solve_method="incremental")  # fmt: skip
    left = jnp.linalg.norm(transposed(multiplier) - by_y)
    scale = jnp.maximum(jnp.linalg.norm(by_y), 1e-300)
    total = jax.tree.map(jnp.add, by_a, back(multiplier)[1])
    return found, total, left / scale


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
    shock, fixed = problem.shock, fixed_part(problem)
    a = Instruments(shock.tariff, shock.export_tax, shock.trade_cost, shock.productivity,
                    shock.transfer, problem.theta)  # fmt: skip
    with jax.enable_x64(True):
        value, total, gap = _adjoint(jnp.asarray(y), a, fixed, outcome, data)
    if not float(gap) <= ACCEPTED:
        raise NotSolvedError(
            f"The adjoint system was solved only to {float(gap):.1e} (needed {ACCEPTED:g}), so "
            "there are no derivatives at this solution. It lies where the equilibrium hardly "
            "determines factor prices: try a smaller shock."
        )
    return float(value), {name: np.asarray(array) for name, array in total._asdict().items()}


INSTRUMENT_DIMS: dict[str, tuple[str, ...]] = {
    "tariff": ("origin", "dest", "sector"),
    "export_tax": ("origin", "dest", "sector"),
    "trade_cost": ("origin", "dest", "sector"),
    "productivity": ("region", "sector"),
    "transfer": ("region",),
    "theta": ("sector",),
}
