"""The algebra of rails on plain arrays: what a change of access, cost or entry does to a flow.

A *flow* is the trade of one pair of economies (in one sector); it is settled over rails ``r`` with
shares ``s_r`` that add to 1.  Each payment takes the rail that is cheapest for it; if the costs of
rails, as parts of the delivered cost, have Fréchet spread with shape ``kappa``, the delivered cost
of the flow is, as a hat,

    d = [sum_r b_r n_r^eta]^(-1/kappa),    b_r = (s_r + e_r) a_r q_r^(-kappa),

with ``a_r`` access (0: the rail is lost, also to those who would come in), ``q_r`` the hat of the
rail's cost, ``e_r`` the weight of a rail that comes in (`entry_weight`), and ``n_r`` the hat of the
rail's use worldwide.  Shares after the change are ``b_r n_r^eta / sum_k b_k n_k^eta``.  It is the
price index of Eaton and Kortum (2002) over rails in place of origins.  With one rail lost and
nothing else, ``d = (1 - s)^(-1/kappa)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def entry_weight(share: Any) -> Any:
    """Weight e of a rail that would win the share `share` of a flow at the old cost index.

    ``e = share / (1 - share)``, so that ``e / (1 + e) = share`` when the old rails stay as they
    are.  A rail without any use at the benchmark has no share that could grow: this is its way in.
    """
    share = np.asarray(share, dtype=float)
    return share / (1.0 - share)


def weights(share: np.ndarray, access: Any, cost: Any, entry: Any, kappa: np.ndarray) -> np.ndarray:
    """(..., rail) weights b of the rails before network effects.

    Parameters
    ----------
    share : (..., rail) benchmark shares s
    access : share of the old access that is left, a; 0 is a lost rail
    cost : hat of the rail's cost, q; infinite is a lost rail
    entry : weight of a rail that comes in, e
    kappa : (...) elasticity of substitution among rails, one for each flow

    """
    with np.errstate(divide="ignore"):
        cheap = np.asarray(cost, dtype=float) ** -np.asarray(kappa)[..., None]
    return np.asarray((share + entry) * access * cheap)


def cost_hat(weight: np.ndarray, kappa: np.ndarray, base: Any = 1.0) -> np.ndarray:
    """(...) hat of delivered cost d; infinite where no rail is left.

    `base` is the sum of the benchmark shares, 1 but for the last digit: with it a flow that nothing
    changes has exactly the hat 1.
    """
    total = weight.sum(axis=-1) / base
    left = total > 0
    return np.where(left, np.where(left, total, 1.0) ** (-1.0 / kappa), np.inf)


def shares_after(weight: np.ndarray) -> np.ndarray:
    """(..., rail) shares after the change; zero where no rail is left."""
    total = weight.sum(axis=-1, keepdims=True)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), 0.0)


def use_of(value: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(rail,) share of each rail in the value of all flows, S_r."""
    total = value.sum()
    flat = share.reshape(-1, share.shape[-1])
    return np.asarray(value.reshape(-1) @ flat / total)


def adjusted(years: Any, speed: float) -> np.ndarray:
    """Share of the way to the long run that is gone after `years`: 1 - exp(-speed years)."""
    return -np.expm1(-speed * np.asarray(years, dtype=float))


def power(dependence: np.ndarray, kappa: float) -> np.ndarray:
    """Cost hat of losing a rail that settles the share `dependence` of somebody's trade.

    ``(1 - dependence)^(-1/kappa)``: what `cost_hat` gives for one flow with that share; infinite at
    1.  It is a measure of what the threat to take the rail away is worth, not of welfare.
    """
    left = 1.0 - np.asarray(dependence, dtype=float)
    left = np.where(left < 1e-15, 0.0, left)
    return np.where(left > 0, np.where(left > 0, left, 1.0) ** (-1.0 / kappa), np.inf)
