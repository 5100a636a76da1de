"""Numbers of the room that no statistic gives: each with range, unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from entrepot.channels.numbers import Number, numbers_of
from entrepot.channels.payments.algebra import adjusted
from entrepot.channels.payments.data_files import yaml_of
from entrepot.core.errors import ValueRangeError


def numbers() -> Mapping[str, Number]:
    """Parameters of ``data/parameters.yaml`` by name."""
    return numbers_of(yaml_of("parameters.yaml"))


def _central(name: str) -> float:
    return numbers()[name].central


@dataclass(frozen=True, slots=True)
class Elasticities:
    """How payments move between rails.

    Attributes
    ----------
    kappa : elasticity of substitution among rails when everybody has adjusted, > 0
    kappa_short : the same at the time of the measure, > 0 and at most `kappa`
    network : elasticity eta of a rail's access to its use worldwide, >= 0; 0 is no network effect
    speed : per year; the share 1 - exp(-speed t) of the way is gone after t years, > 0

    """

    kappa: float
    kappa_short: float
    network: float
    speed: float

    @classmethod
    def of(
        cls,
        kappa: float | None = None,
        kappa_short: float | None = None,
        network: float | None = None,
        speed: float | None = None,
    ) -> Elasticities:
        """Elasticities with the central value for each that is None.

        A `kappa` below the central short-run value takes the short-run value down with it.
        """
        long = _central("kappa") if kappa is None else kappa
        short = min(_central("kappa_short"), long) if kappa_short is None else kappa_short
        return cls(long, short, _central("network") if network is None else network,
                   _central("speed") if speed is None else speed)  # fmt: skip

    def __post_init__(self) -> None:
        """Refuse impossible values, all at once."""
        problems = [
            f"{name} must be a number {'at least' if closed else 'above'} 0; found {value!r}."
            for name, value, closed in (
                ("kappa", self.kappa, False),
                ("kappa_short", self.kappa_short, False),
                ("network", self.network, True),
                ("speed", self.speed, False),
            )
            if not (np.isfinite(value) and (value >= 0 if closed else value > 0))
        ]
        if not problems and self.kappa_short > self.kappa:
            problems.append(
                f"kappa_short {self.kappa_short:g} is above kappa {self.kappa:g}. Payments change "
                "rails more easily with time: lower the one or raise the other."
            )
        if problems:
            raise ValueRangeError.collect("Elasticities of payments", problems)

    def kappa_at(self, years: np.ndarray) -> np.ndarray:
        """Elasticity after `years`: from `kappa_short` to `kappa` by the share that is gone."""
        return self.kappa_short + (self.kappa - self.kappa_short) * adjusted(years, self.speed)

    def network_at(self, years: np.ndarray) -> np.ndarray:
        """Network effect after `years`: none at once, `network` when all have adjusted."""
        return self.network * adjusted(years, self.speed)
