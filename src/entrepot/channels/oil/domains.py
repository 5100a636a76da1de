"""Which numbers a part of an oil market, or a restriction on it, may hold: one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from entrepot.channels.oil import restrictions as r
from entrepot.channels.oil.parts import (
    Agreement,
    Carrier,
    Lane,
    Refiner,
    Storing,
    Stream,
    Voyages,
)


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval.

    Attributes
    ----------
    low, high : its ends
    above, below : whether the low end, and the high end, are outside it
    endless : whether infinity is inside, as "no limit"

    """

    low: float = 0.0
    high: float = np.inf
    above: bool = False
    below: bool = False
    endless: bool = False

    def holds(self, value: Any) -> bool:
        """Whether it is a number inside; NaN is not."""
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            return False
        number = float(value)
        if np.isinf(number):
            return self.endless and number > 0
        over = number > self.low if self.above else number >= self.low
        return over and (number < self.high if self.below else number <= self.high)

    @property
    def text(self) -> str:
        """What must hold, as the end of a sentence."""
        low = f"above {self.low:g}" if self.above else f"{self.low:g} or more"
        if self.high < np.inf:
            return f"{low}, and {'below' if self.below else 'at most'} {self.high:g}"
        return low if self.endless else f"{low}, and finite"


AMOUNT: Final = Domain()
POSITIVE: Final = Domain(above=True)
SHARE: Final = Domain(high=1.0)
LIMIT: Final = Domain(endless=True)

DOMAINS: Final[Mapping[type, Mapping[str, Domain]]] = {
    Stream: {"fob": POSITIVE, "capacity": AMOUNT, "quota": LIMIT, "least": AMOUNT,
             "decline": SHARE, "ramp": LIMIT, "stock": AMOUNT, "storage": AMOUNT, "wedge": AMOUNT},
    Refiner: {"elasticity": Domain(above=True, high=1.0, below=True),
              "runs_limit": Domain(above=True, endless=True)},
    Carrier: {"capacity": LIMIT},
    Lane: {"cost": AMOUNT, "days": AMOUNT},
    Storing: {"keep": AMOUNT, "cost": AMOUNT, "handling": AMOUNT, "steepness": POSITIVE,
              "learning": LIMIT},
    Agreement: {"low": AMOUNT, "high": AMOUNT, "step": Domain(high=1.0, below=True)},
    Voyages: {"refill": Domain(low=1.0)},
    r.Ban: {"share": SHARE},
    r.ServiceBan: {},
    r.PriceCap: {"usd": AMOUNT, "attestation": AMOUNT},
    r.Designation: {"vessels": AMOUNT},
    r.VesselGain: {"vessels": AMOUNT},
    r.RiskDiscount: {"usd": AMOUNT},
    r.ImportQuota: {"kbd": AMOUNT},
    r.CapacityLoss: {"share": SHARE},
    r.CapacityGain: {"share": AMOUNT},
    r.ProductionCut: {"share": SHARE},
    r.NoInvestment: {},
    r.DemandShift: {"hat": POSITIVE},
    r.RefiningCapacity: {"hat": POSITIVE},
    r.Detour: {"days": AMOUNT, "usd": AMOUNT},
    r.Relief: {},
}  # fmt: skip


def outside(part: Any) -> Iterator[str]:
    """One clause for each number of a part or restriction that cannot be."""
    for name, domain in DOMAINS[type(part)].items():
        value = getattr(part, name)
        if not domain.holds(value):
            yield f"{name} is {value!r}; it must be {domain.text}."
