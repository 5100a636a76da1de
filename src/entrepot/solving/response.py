"""How the markets of one country answer its own prices.

The matrices guide the solver's steps and nothing else: no solution depends on them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from entrepot.model.family_nests import final_demand, nests
from entrepot.model.family_terms import Family, Guide, split
from entrepot.model.longrun import SMALLEST

Array = np.ndarray
LEAK = 0.85
"""Part of domestic demand that answers.  Far enough below 1 for a country whose own demand hardly
falls with its prices (low elasticities): the steps for all of it would be beyond all measure."""


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
    tied : (N, S) share of sectors with factors of their own in the factor price index, or None

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
    tied: Any = None


class Links(NamedTuple):
    """What ties places to each other, all uses of a good together.

    Attributes
    ----------
    bought : (S, N, N) share of origin i in what j buys, (sector, j, i)
    sold : (S, N, N) share of buyer j in what i sells, (sector, i, j)
    rival : (S, N, N) share of j in what the buyers of i buy, weighted by i's sales to them

    """

    bought: Any
    sold: Any
    rival: Any


@jax.jit
def _places(y: Any, m: Family) -> tuple[Place, Links]:
    """Countries at the unknowns `y`."""
    base = m.base
    p, x, ln_w, u, _ = split(y, m)
    nest = nests(p, u, m)
    eps, mu = m.eps[:, None], m.mu[:, None]
    power = jnp.exp(-base.theta[:, None] * (nest.cost + ln_w - base.ln_productivity))
    total = jnp.einsum("usji,si->usj", base.k, power)
    total = jnp.where(total > 0, total, 1.0)
    spent = base.expenditure * jnp.maximum(x, SMALLEST) * jnp.exp(ln_w)
    z = spent / total
    bought, output = spent.sum(axis=0), power * jnp.einsum("usij,usj->si", base.k_producer, z)
    made = jnp.where(output > 0, output, 1.0)
    paid = jnp.where(bought > 0, bought, 1.0)
    sale = base.k_producer * z[:, :, None, :] * (power / made)[:, :, None]
    rival = jnp.einsum("usid,usdj->sij", sale / total[:, :, None, :], base.k) * power[:, None, :]
    links = Links(jnp.einsum("usji,usj->sji", base.k, z) * power[:, None, :] / paid[:, :, None],
                  sale.sum(axis=0), rival)  # fmt: skip
    beta = base.beta * jnp.exp(eps * (u - nest.cost))
    bundle = (1 - base.beta) * jnp.exp(eps * (nest.inputs - nest.cost) - mu * nest.inputs)
    price = jnp.exp(m.kind_mu[:, None, None] * p[m.kind_use])[m.kind]
    gamma = jnp.einsum("irs,sri,si->irs", m.mix, price, bundle)
    final = final_demand(jnp.ones(len(ln_w)), p, nest, m).sum(axis=0)
    income = (beta * output).sum(axis=0)
    home, sold_home, own = (jnp.einsum("sii->is", part) for part in links)
    tied = None
    if m.kappa is not None:
        tied = (m.factor_share * jnp.exp((m.kappa + 1) * u)).T
    return Place(
        home,
        LEAK * sold_home,
        jnp.where(output > 0, base.theta[:, None] * (1 - own.T), 0).T,
        beta.T,
        gamma,
        final.T,
        output.T,
        bought.T,
        income,
        m.sigma,
        m.kappa,
        tied,
    ), links


def final_spending(y: Array, m: Family) -> tuple[Array, Array]:
    """(N,) final expenditure and factor income at the unknowns `y`."""
    with jax.enable_x64(True):
        at = _places(y, m._replace(guide=None))[0]
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


def guide(y: Array, m: Family) -> Guide:
    """Newton steps at the unknowns `y`: country by country, for the world, and for all W."""
    with jax.enable_x64(True):
        found = _places(y, m._replace(guide=None))  # without a guide: compiled once
    places = Place(*(None if part is None else _numbers(part) for part in found[0]))
    links = Links(*(_numbers(part) for part in found[1]))
    weight = (places.output / np.maximum(places.output.sum(axis=0), 1e-300)).T
    blocks = 2 if places.kappa is None else 3
    with np.errstate(all="ignore"):  # far from a solution a country may be out of range
        whole = -_inverse(_jacobian(_whole(places), m))[0]
        country = -_inverse(_jacobian(places, m))
        wages = _wages(places, links, _numbers(country), m)
    return Guide(_numbers(country), _numbers(whole), np.concatenate([weight] * blocks),
                 *(_numbers(part) for part in wages))  # fmt: skip


def _numbers(part: Any) -> Array:
    """Return an array with 0 where there is no number: what is out of range guides nothing."""
    return np.nan_to_num(np.asarray(part), nan=0.0, posinf=0.0, neginf=0.0)


class Response(NamedTuple):
    """How costs, output and spending answer a country's own unknowns at given W.

    Attributes
    ----------
    cost, output : (N, S, S) by name of the unknown: "p", "x", "u"
    used, final : (N, S, S) and (N, S) share of a use of a good in the spending on it

    """

    cost: dict[str, Array]
    output: dict[str, Array]
    used: Array
    final: Array


def _response(a: Place) -> Response:
    one, gamma = np.eye(a.beta.shape[1]), a.gamma.transpose(0, 2, 1)
    spent = np.where(a.expenditure > 0, a.expenditure, 1.0)
    cost = {"p": gamma, "x": 0 * gamma, "u": _times(a.beta, one)}
    output = {k: -_times(a.rivalry, v) for k, v in cost.items()}
    output["x"] = output["x"] + _times(a.sold_home, one)
    used = a.gamma * a.output[:, None, :] / spent[:, :, None]
    return Response(cost, output, used, a.final_share * a.income[:, None] / spent)


def _jacobian(a: Place, m: Family) -> Array:
    """(N, B S, B S) derivative of the residuals at given W.

    Foreign costs and the income of the place are held: costs answer factor prices and inputs,
    sales answer costs and spending, spending answers prices and output.
    """
    one, gamma = np.eye(a.beta.shape[1]), a.gamma
    cost, output, used, final = _response(a)
    outer, inner = np.broadcast_to(np.asarray(m.eps), a.beta.shape), np.asarray(m.mu)
    rest = np.where(a.beta < 1, 1 - a.beta, 1.0)
    bundle = (gamma / rest[:, None, :]).transpose(0, 2, 1)

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
        supply = _times(np.broadcast_to(a.kappa[:, None] + 1, a.beta.shape), one)
        factors["u"] = factors["u"] + _times(outer, one) - supply
        blocks.append(factors)
        names.append("u")
    return np.concatenate(
        [np.concatenate([block[k] for k in names], axis=2) for block in blocks], axis=1
    )


def _in_sum(a: Place, r: Response, m: Family) -> tuple[Array, Array]:
    """(N, B S) and (N, S) change of a country's gap of ln W by its unknowns and by its output.

    The gap is that of the factor price index or, where one price rules, of the factor market.
    """
    pay = a.beta * a.output / np.where(a.income > 0, a.income, 1.0)[:, None]
    outer = np.broadcast_to(np.asarray(m.eps), a.beta.shape)
    by = [(pay[:, None] @ r.output["p"] - (pay * outer)[:, None] @ r.cost["p"])[:, 0],
          pay * a.sold_home]  # fmt: skip
    if a.tied is None:
        return np.concatenate(by, axis=1), pay
    some = a.tied.sum(axis=1, keepdims=True) > 0
    by = [np.where(some, 0.0, part) for part in by]
    return np.concatenate([*by, a.tied], axis=1), np.where(some, 0.0, pay)


def _wages(a: Place, links: Links, country: Array, m: Family) -> tuple[Array, Array, Array]:
    """`factors`, `wage` and `follow` of the `Guide`: what the unknowns of countries do to all W.

    A country follows its own W at given foreign prices; what that does to the costs and the sales
    of others, and through these to their gaps, is added up over sectors.
    """
    r, size = _response(a), a.beta.shape[1]
    factors, by_output = _in_sum(a, r, m)
    sales = a.sold_home - a.rivalry - 1
    direct = [a.home - 1, (r.used @ sales[:, :, None])[:, :, 0] + r.used.sum(axis=2) + r.final - 1]
    direct += [] if a.tied is None else [sales]
    follow = np.einsum("ijk,ik->ij", country, np.concatenate(direct, axis=1))
    left = np.einsum("ij,ijk->ik", factors, country)
    p, x = follow[:, :size], follow[:, size : 2 * size]
    costs = 1 + (r.cost["p"] @ p[:, :, None])[:, :, 0]
    sold = by_output + (left[:, None, size : 2 * size] @ r.used)[:, 0]
    if a.tied is not None:
        costs, sold = costs + a.beta * follow[:, 2 * size :], sold + left[:, 2 * size :]
    theta = np.asarray(m.base.theta)
    matrix = np.einsum("is,sij,js->ij", left[:, :size], links.bought, costs, optimize=True)
    matrix += np.einsum("is,sij,js->ij", sold, links.sold, 1 + x, optimize=True)
    matrix += np.einsum("is,sij,js->ij", sold * theta, links.rival, costs, optimize=True)
    own = (factors * follow).sum(axis=1) + (by_output * sales).sum(axis=1)
    np.fill_diagonal(matrix, own)
    level = np.asarray(m.base.bloc) * a.income
    level = level / np.where(level.sum(axis=1) > 0, level.sum(axis=1), 1.0)[:, None]
    return factors, -_inverse(_numbers(matrix + level)), follow


def _inverse(matrices: Array) -> Array:
    """Inverses; of singular ones (where nothing trades any more) the pseudo-inverse."""
    try:
        return np.linalg.inv(matrices)
    except np.linalg.LinAlgError:
        return np.linalg.pinv(np.nan_to_num(matrices))
