"""A check of an equilibrium of payments by code that did not solve for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.payments.rails import Rails

PASS: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Certificate:
    """Largest residuals of the equations of payments.

    Attributes
    ----------
    shares : of "the shares of a flow add to 1", over flows with a way left
    cost : of ``d^-kappa = sum_r b_r n_r^eta``, relative
    use : of "use worldwide is what the shares say, with the network effect that this use has"

    """

    shares: float
    cost: float
    use: float

    @property
    def ok(self) -> bool:
        """Whether every residual is at most 1e-10."""
        return all(gap <= PASS for gap in (self.shares, self.cost, self.use))

    def message(self) -> str:
        """One sentence, with cause and remedy if it does not hold."""
        numbers = f"shares {self.shares:.1e}, cost {self.cost:.1e}, use worldwide {self.use:.1e}"
        if self.ok:
            return f"Payments are in equilibrium ({numbers})."
        return (
            f"Payments are not in equilibrium ({numbers}; allowed {PASS:.0e}): best replies have "
            "not come to rest. Lower 'network', or read the result as a state on the way."
        )


def certify(
    rails: Rails,
    weight: np.ndarray,
    kappa: np.ndarray,
    eta: np.ndarray,
    reference: np.ndarray,
    cost: np.ndarray,
    share: np.ndarray,
) -> Certificate:
    """Recompute use from `share`, and `share` and `cost` from that use, flow by flow and by rail.

    `weight` (origin, dest, sector, rail) are the weights without network effects, `kappa` and `eta`
    (origin, dest, sector), `reference` (rail) the use against which the hat is taken.
    """
    abroad = ~np.eye(len(rails.economies), dtype=bool)[:, :, None]
    left = abroad & (share.sum(axis=-1) > 0)
    total = rails.value.sum()
    power = np.zeros(rails.value.shape)
    terms = np.zeros(share.shape)
    for k in range(len(rails.rails)):
        used = float((rails.value * share[..., k]).sum() / total)
        hat = used / reference[k] if reference[k] > 0 else 1.0
        terms[..., k] = weight[..., k] * hat**eta
        power += terms[..., k]
    rows = np.abs(share.sum(axis=-1) - 1.0)[left]
    inverse = np.where(left, cost, 1.0) ** -kappa
    prices = np.abs(inverse / np.where(left, power, 1.0) - 1.0)[left]
    gaps = [
        abs(float((rails.value * (terms[..., k] / np.where(left, power, 1.0)
                                  - share[..., k]) * left).sum() / total))
        for k in range(len(rails.rails))
    ]  # fmt: skip
    closed = abroad & (power <= 0)
    wrong = float(np.isfinite(cost[closed]).any())
    return Certificate(
        float(rows.max(initial=0.0)),
        max(float(prices.max(initial=0.0)), wrong),
        float(np.max(gaps)),
    )
