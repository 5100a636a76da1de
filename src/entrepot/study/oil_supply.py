"""How the unit cost of crude moves with output when an economy's other prices stay.

With output q, factors that follow their pay with elasticity kappa and a CES of factors and inputs
(`docs/model.md`, Producers and Factors), the sector's factor price w solves

    w^kappa = (w / c)^-epsilon q,   c = [beta w^(1-epsilon) + 1 - beta]^(1/(1-epsilon)).

The loop uses it to guess the cost at which an equilibrium makes what the oil market sells; where
the loop ends the cost is the equilibrium's own, so that no result depends on it.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray
WIDEST = 40.0
"""Largest log of a factor price that is tried."""
HALVINGS = 80
NEAR_ONE = 1e-9
"""Distance from 1 below which epsilon counts as 1."""


def log_cost(made: Array, beta: Array, epsilon: float, kappa: Array) -> Array:
    """(region,) log of unit cost at output `made`; 0 with mobile factors or nothing made.

    Parameters
    ----------
    made : (region,) q
    beta : (region,) share of factors in the cost of crude
    epsilon : elasticity of substitution of factors against inputs
    kappa : (region,) elasticity of factor supply to a sector

    """
    some = (made > 0) & np.isfinite(kappa) & (beta > 0)
    ln_q = np.log(np.where(some, made, 1.0))
    stiff = np.where(some, kappa, 1.0)
    low, high = np.full(len(made), -WIDEST), np.full(len(made), WIDEST)
    for _ in range(HALVINGS):
        ln_w = 0.5 * (low + high)
        over = stiff * ln_w + epsilon * (ln_w - _log_nest(ln_w, beta, epsilon)) > ln_q
        low, high = np.where(over, low, ln_w), np.where(over, ln_w, high)
    return np.where(some, _log_nest(0.5 * (low + high), beta, epsilon), 0.0)


def _log_nest(ln_w: Array, beta: Array, epsilon: float) -> Array:
    power = 1.0 - epsilon
    if abs(power) < NEAR_ONE:
        return np.asarray(beta * ln_w)
    top = np.maximum(power * ln_w, 0.0)
    inside = beta * np.exp(power * ln_w - top) + (1.0 - beta) * np.exp(-top)
    return np.asarray((top + np.log(np.maximum(inside, 1e-300))) / power)
