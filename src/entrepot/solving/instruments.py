"""What outcomes can be differentiated by, and the equations' coefficients as functions of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from entrepot.model.family_terms import Family
from entrepot.solving.bind import Problem
from entrepot.solving.coefficients import family_coefficients
from entrepot.world.uses import by_use

Array = Any
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


def instruments(problem: Problem) -> Instruments:
    """Instruments and parameters at the solution of `problem`."""
    shock, values = problem.shock, problem.elasticities
    return Instruments(
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
