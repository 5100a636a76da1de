"""The nests in plain NumPy, for the certificate: prices and cost shares from the definitions.

Nothing here is shared with the equations that were solved (`entrepot.model.family`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from entrepot.solving.bind import Problem
from entrepot.world.uses import by_use

Array = np.ndarray


class Nests(NamedTuple):
    """Prices of the nests and the cost shares that follow, after the shock.

    Attributes
    ----------
    ln_cost : (N, S) ln of the unit cost hat, productivity included
    factor_share : (N, S) beta', share of factors in the cost of sector s
    input_share : (N, S, S) gamma', (region, input, sector)
    final_share : (N, S) alpha'

    """

    ln_cost: Array
    factor_share: Array
    input_share: Array
    final_share: Array


def ces(ln_price: Array, share: Array, elasticity: Array, axis: int) -> tuple[Array, Array]:
    """Ln of a CES price index and the expenditure shares, from prices and old shares.

    ``P = (sum_n s_n P_n^(1-e))^(1/(1-e))`` and ``s'_n = s_n (P_n / P)^(1-e)``, relative to the
    geometric mean of prices, which is the index itself where e is 1.

    Parameters
    ----------
    ln_price, share : same shape or broadcast; shares add to 1 (or 0) along `axis`
    elasticity : broadcasts against the index, with `axis` kept at length 1
    axis : what is added up

    """
    power = 1 - elasticity
    mean = np.sum(share * ln_price, axis=axis, keepdims=True)
    away = power * (ln_price - mean)
    total = np.sum(share * np.expm1(away), axis=axis, keepdims=True)
    safe = np.where(power == 0, 1.0, power)
    index = mean + np.where(power == 0, 0.0, np.log1p(total) / safe)
    return np.squeeze(index, axis), share * np.exp(power * (ln_price - index))


def nests(problem: Problem, ln_price: Array, ln_factor: Array, ln_labour: Array) -> Nests:
    """Nests at prices `ln_price` (N, S, U), factor prices `ln_factor` (N, S), employment (N,)."""
    world, values = problem.world, problem.elasticities
    ln_productivity = np.log(problem.shock.productivity) + values.scale * ln_labour[:, None]
    beta = (world.value_added_share - values.profit_share) / (1 - values.profit_share)
    uses = by_use(world)
    final = ln_price[:, :, uses.final]
    if not problem.general:
        ln_cost = beta * ln_factor + np.matmul(final[:, None, :], world.input_share)[:, 0]
        return Nests(ln_cost - ln_productivity, beta, world.input_share, world.final_share)
    rest = 1 - world.value_added_share[:, None, :]
    mix = np.where(rest > 0, world.input_share / np.where(rest > 0, rest, 1.0), 0.0)
    ln_bundle, within = ces(ln_price[:, :, uses.of_sector], mix, values.mu, axis=1)
    outer = np.stack([beta, 1 - beta], axis=2)
    ln_both = np.stack([ln_factor, ln_bundle], axis=2)
    ln_cost, split = ces(ln_both, outer, values.epsilon[:, None], axis=2)
    inputs = within * split[:, None, :, 1]
    _, final_share = final_index(problem, ln_price)
    return Nests(ln_cost - ln_productivity, split[..., 0], inputs, final_share)


def final_index(problem: Problem, ln_price: Array) -> tuple[Array, Array]:
    """(N,) ln of the price hat of final expenditure and (N, S) alpha', at prices (N, S, U)."""
    share, final = problem.world.final_share, ln_price[:, :, by_use(problem.world).final]
    if not problem.general:
        return np.vecdot(share, final), share
    return ces(final, share, problem.elasticities.sigma[:, None], axis=1)
