"""`PaymentsOutcome`: costs by pair, use of rails before and after, and whose weapon wears out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.channels.payments.algebra import power
from entrepot.channels.payments.certificate import Certificate
from entrepot.channels.payments.network import Equilibrium
from entrepot.channels.payments.parameters import Elasticities
from entrepot.channels.payments.rails import DIMS, Rails

SORTED_TO: Final = 9
"""Digits of a cost that decide the order of pairs; below them it is rounding."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PaymentsOutcome:
    """What a change does to payments.

    Attributes
    ----------
    rails : the benchmark
    elasticities : how payments move between rails
    years : (origin, dest, sector) time to adjust; infinite when everybody has adjusted
    cost_array : (origin, dest, sector) hat d of delivered cost; infinite where no rail is left
    share_array : (origin, dest, sector, rail) shares after; 0 where no rail is left
    use_before, use_after : (rail,) share of the value of all trade of the benchmark
    network_hat : (rail,) hat of use worldwide behind the network effect; a rail that comes in is
        compared with the use that it would have without network effects
    equilibria : equilibria found, the chosen one first; one if it is unique
    unique : whether there can be no other (elasticity of the network effect below 1)
    steady : whether the benchmark itself is stable under best replies; always so where `unique`
    certificate : residuals, recomputed

    """

    rails: Rails
    elasticities: Elasticities
    years: np.ndarray
    cost_array: np.ndarray
    share_array: np.ndarray
    use_before: np.ndarray
    use_after: np.ndarray
    network_hat: np.ndarray
    equilibria: tuple[Equilibrium, ...]
    unique: bool
    steady: bool
    certificate: Certificate

    def __repr__(self) -> str:
        """Rails, equilibria and whether it is certified."""
        state = "certified" if self.certificate.ok else "NOT certified"
        return (
            f"<PaymentsOutcome {', '.join(self.rails.rails)}: {len(self.equilibria)} equilibria "
            f"found, {state}>"
        )

    @property
    def cost(self) -> xr.DataArray:
        """(origin, dest, sector) hat of delivered cost."""
        labels = {d: list(self.rails.labels[d]) for d in DIMS[:-1]}
        return xr.DataArray(self.cost_array, coords=labels, dims=DIMS[:-1], name="payment_cost")

    @property
    def shares(self) -> xr.DataArray:
        """(origin, dest, sector, rail) shares after the change."""
        labels = {d: list(self.rails.labels[d]) for d in DIMS}
        return xr.DataArray(self.share_array, coords=labels, dims=DIMS, name="share")

    def no_way(self) -> tuple[tuple[str, str], ...]:
        """Pairs with trade of which some sector has no rail left, as (origin, dest)."""
        closed = (np.isinf(self.cost_array) & (self.rails.value > 0)).any(axis=2)
        names = self.rails.economies
        return tuple((names[i], names[j]) for i, j in np.argwhere(closed))

    def message(self) -> str:
        """The certificate, the equilibria, and pairs without a way, as text."""
        lines = [self.certificate.message()]
        if self.unique:
            lines.append("There is no other equilibrium: the network effect is below 1.")
        else:
            starts = ", ".join(e.start for e in self.equilibria[1:])
            more = f" Others lie where best replies begin with {starts}." if starts else ""
            lines.append(
                f"The network effect is at least 1, so that several equilibria can exist; "
                f"{len(self.equilibria)} found. The one shown is reached from the benchmark in "
                f"small steps.{more}"
            )
        if not self.steady:
            lines.append(
                "The benchmark itself is not stable with so strong a network effect: the least "
                "disturbance drives the world away from it. Lower 'network'."
            )
        if pairs := self.no_way():
            named = ", ".join(f"{a} to {b}" for a, b in pairs[:10])
            more = f" and {len(pairs) - 10} more pairs" if len(pairs) > 10 else ""
            lines.append(f"No rail is left from {named}{more}.")
        return "\n".join(lines)

    def dependence(self) -> xr.DataArray:
        """(when, economy, rail) share of an economy's exports and imports over each rail."""
        parts = []
        for share in (self.rails.share, self.share_array):
            over = self.rails.value[..., None] * share
            both = over.sum(axis=(1, 2)) + over.sum(axis=(0, 2))
            total = self.rails.value.sum(axis=(1, 2)) + self.rails.value.sum(axis=(0, 2))
            parts.append(both / np.where(total > 0, total, 1.0)[:, None])
        return xr.DataArray(
            np.stack(parts), dims=("when", "economy", "rail"), name="dependence",
            coords={"when": ["before", "after"], "economy": list(self.rails.economies),
                    "rail": list(self.rails.rails)},
        )  # fmt: skip

    def power(self) -> xr.DataArray:
        """(when, economy, rail) cost hat of losing each rail, before and after.

        ``(1 - dependence)^(-1/kappa)`` with the long-run elasticity: what an economy would pay more
        for all its trade if it alone lost the rail.  It measures what the threat of taking the
        rail away is worth to those who control it, not welfare.
        """
        found = self.dependence()
        return found.copy(data=power(found.values, self.elasticities.kappa)).rename("power")

    def use_table(self) -> pd.DataFrame:
        """One row per rail: controllers, use and cost of losing it worldwide, before and after."""
        kappa = self.elasticities.kappa
        return pd.DataFrame(
            {
                "rail": self.rails.rails,
                "controllers": [
                    ", ".join(self.rails.controllers.get(r, ())) for r in self.rails.rails
                ],
                "use_before": self.use_before,
                "use_after": self.use_after,
                "change": self.use_after - self.use_before,
                "power_before": power(self.use_before, kappa),
                "power_after": power(self.use_after, kappa),
            }
        )

    def pair_table(self) -> pd.DataFrame:
        """One row per pair with trade: value, cost hat weighted by value, shares after.

        Sorted by the cost, the largest first; pairs without a way come first.
        """
        value = self.rails.value.sum(axis=2)
        i, j = np.nonzero(value > 0)
        weight = self.rails.value[i, j] / value[i, j][:, None]
        finite = np.isfinite(self.cost_array[i, j])
        mean = (weight * np.where(finite, self.cost_array[i, j], 0.0)).sum(axis=1)
        cost = np.where((finite | (weight == 0)).all(axis=1), mean, np.inf)
        names = np.array(self.rails.economies)
        columns = {"origin": names[i], "dest": names[j], "value": value[i, j], "cost": cost}
        for k, rail in enumerate(self.rails.rails):
            columns[f"{rail}_before"] = (weight * self.rails.share[i, j, :, k]).sum(axis=1)
            columns[f"{rail}_after"] = (weight * self.share_array[i, j, :, k]).sum(axis=1)
        order = np.lexsort((-value[i, j], -np.round(cost, SORTED_TO)))
        return pd.DataFrame(columns).iloc[order].reset_index(drop=True)
