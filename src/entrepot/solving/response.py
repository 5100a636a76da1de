"""How the markets of one country answer its own prices.

The matrices guide the solver's steps and nothing else: no solution depends on them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from entrepot.model.family_nests import final_demand, nests
from entrepot.model.family_terms import Family, split
from entrepot.model.longrun import SMALLEST

Array = np.ndarray
LEAK = 0.999
"""Part of domestic demand that answers; below 1, so that a closed loop of sectors stays soluble."""


def _times(left: Array, right: Array) -> Array:
    """Scale the rows of the matrices `right` (N, S, S) by `left` (N, S)."""
    return left[:, :, None] * right


class Place(NamedTuple):
    """N places, each seen by itself.

    Attributes
    ----------
    home : (N, S) share of itself in what the place buys
    sold_home : (N, S) share of itself in what the place sells
    rivalry : (N, S) fall of sales, in logs, per log of own cost (theta included)
    beta, final_share, output, expenditure : (N, S); gamma : (N, S, S); income : (N,)
    sigma, kappa : (N,), one minus the elasticity of final demand, and factor mobility or None

    """

    home: Any
    sold_home: Any
    rivalry: Any
    beta: Any
    gamma: Any
    final_share: Any
    output: Any
    expenditure: Any
    income: Any
    sigma: Any
    kappa: Any


@jax.jit
def _places(y: Any, m: Family) -> Place:
    """Countries at the unknowns `y`, all uses of a good together."""
    base = m.base
    p, x, ln_w, u, _ = split(y, m)
    nest = nests(p, u, m)
    eps, mu = m.eps[:, None], m.mu[:, None]
    power = jnp.exp(-base.theta[:, None] * (nest.cost + ln_w - base.ln_productivity))
    total = jnp.einsum("usji,si->usj", base.k, power)
    total = jnp.where(total > 0, total, 1.0)
    spent = base.expenditure * jnp.maximum(x, SMALLEST) * jnp.exp(ln_w)
    z = spent / total
    by_use = jnp.einsum("usij,usj->usi", base.k_producer, z) * power
    output = by_use.sum(axis=0)
    made = jnp.where(output > 0, output, 1.0)
    rivals = jnp.einsum("usij,usji->usi", base.k_producer * (z / total)[:, :, None, :], base.k)
    own = rivals.sum(axis=0) * power**2
    at_home = jnp.einsum("usii->usi", base.k_producer) * z * power
    kept = jnp.einsum("usii->usi", base.k) * power / total
    bought = spent.sum(axis=0)
    home = (kept * spent).sum(axis=0) / jnp.where(bought > 0, bought, 1.0)
    beta = base.beta * jnp.exp(eps * (u - nest.cost))
    bundle = (1 - base.beta) * jnp.exp(eps * (nest.inputs - nest.cost) - mu * nest.inputs)
    price = jnp.exp(m.kind_mu[:, None, None] * p[m.kind_use])[m.kind]
    gamma = jnp.einsum("irs,sri,si->irs", m.mix, price, bundle)
    final = final_demand(jnp.ones(len(ln_w)), p, nest, m).sum(axis=0)
    income = (beta * output).sum(axis=0)
    return Place(home.T, LEAK * (at_home.sum(axis=0) / made).T,
                 base.theta * ((output - own) / made).T, beta.T, gamma, final.T,
                 output.T, bought.T, income, m.sigma, m.kappa)  # fmt: skip


def final_spending(y: Array, m: Family) -> tuple[Array, Array]:
    """(N,) final expenditure and factor income at the unknowns `y`."""
    with jax.enable_x64(True):
        at = _places(y, m._replace(newton=None, newton_world=None, newton_weight=None))
    inputs = np.einsum("irs,is->ir", np.asarray(at.gamma), np.asarray(at.output))
    return (np.asarray(at.expenditure) - inputs).sum(axis=1), np.asarray(at.income)


def _whole(places: Place) -> Place:
    """The world as one place that trades with nobody."""
    output, income = places.output.sum(axis=0), places.income
    made = places.output / np.where(output > 0, output, 1.0)
    closed = np.ones_like(places.home[:1])
    mean = income / max(float(income.sum()), 1e-300)
    final = (income[:, None] * places.final_share).sum(axis=0)
    return Place(
        home=closed,
        sold_home=LEAK * closed,
        rivalry=0 * closed,
        beta=(made * places.beta).sum(axis=0)[None],
        gamma=np.einsum("is,irs->rs", made, places.gamma)[None],
        final_share=(final / final.sum())[None],
        output=output[None],
        expenditure=places.expenditure.sum(axis=0)[None],
        income=income.sum()[None],
        sigma=(mean @ places.sigma)[None],
        kappa=None if places.kappa is None else (mean @ places.kappa)[None],
    )


class NewtonSteps(NamedTuple):
    """Steps per unit of residual, B = 2 blocks (prices, spending), or 3 with factor prices.

    Attributes
    ----------
    country : (N, B S, B S) for what differs from the world's mean
    world : (B S, B S) for the world's mean residual
    weight : (B S, N) weights of that mean

    """

    country: Array
    world: Array
    weight: Array


def newton_steps(y: Array, m: Family) -> NewtonSteps:
    """Newton steps at the unknowns `y`, country by country and for the world as a whole.

    Unknowns and residuals are, sector by sector, ln price, ln spending and (with finite kappa)
    ln factor price.
    """
    bare = m._replace(newton=None, newton_world=None, newton_weight=None)  # compiled once
    with jax.enable_x64(True):
        found = _places(y, bare)
    places = Place(*(None if part is None else _numbers(part) for part in found))
    weight = (places.output / np.maximum(places.output.sum(axis=0), 1e-300)).T
    blocks = 2 if places.kappa is None else 3
    with np.errstate(all="ignore"):  # far from a solution a country may be out of range
        whole, country = _steps(_whole(places), m)[0], _steps(places, m)
    return NewtonSteps(_numbers(country), _numbers(whole), np.concatenate([weight] * blocks))


def _numbers(part: Any) -> Array:
    """Return an array with 0 where there is no number: what is out of range guides nothing."""
    return np.nan_to_num(np.asarray(part), nan=0.0, posinf=0.0, neginf=0.0)


def _steps(a: Place, m: Family) -> Array:
    """(N, B S, B S) minus the inverse of the derivative of the residuals.

    Foreign costs and the income of the place are held: costs answer factor prices and inputs,
    sales answer costs and spending, spending answers prices and output.
    """
    one, beta, gamma = np.eye(a.beta.shape[1]), a.beta, a.gamma
    spent = np.where(a.expenditure > 0, a.expenditure, 1.0)
    final = a.final_share * a.income[:, None] / spent
    used = gamma * a.output[:, None, :] / spent[:, :, None]
    outer, inner = np.broadcast_to(np.asarray(m.eps), beta.shape), np.asarray(m.mu)
    rest = np.where(beta < 1, 1 - beta, 1.0)
    bundle = (gamma / rest[:, None, :]).transpose(0, 2, 1)

    cost = {"p": gamma.transpose(0, 2, 1), "x": 0 * bundle, "u": _times(beta, one)}
    output = {k: -_times(a.rivalry, v) for k, v in cost.items()}
    output["x"] = output["x"] + _times(a.sold_home, one)
    demand = {k: used @ (output[k] - _times(outer, cost[k])) for k in cost}
    demand["p"] = (
        demand["p"]
        + _times(final * a.sigma[:, None], one - a.final_share[:, None, :])
        + _times(used @ inner, one)
        + (used * (outer[:, None, :] - inner)) @ bundle
    )
    prices = {k: _times(a.home, v) for k, v in cost.items()}
    prices["p"] = prices["p"] - one
    demand["x"] = demand["x"] - one
    blocks, names = [prices, demand], ["p", "x"]
    if a.kappa is not None:
        factors = {k: output[k] - _times(outer, cost[k]) for k in cost}
        supply = _times(np.broadcast_to(a.kappa[:, None] + 1, beta.shape), one)
        factors["u"] = factors["u"] + _times(outer, one) - supply
        blocks.append(factors)
        names.append("u")
    jacobian = np.concatenate(
        [np.concatenate([block[k] for k in names], axis=2) for block in blocks], axis=1
    )
    return -_inverse(jacobian)


def _inverse(matrices: Array) -> Array:
    """Inverses; of singular ones (where nothing trades any more) the pseudo-inverse."""
    try:
        return np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(np.nan_to_num(matrices))
