"""Time at sea: a barrel arrives half its voyage after it was loaded.

Purchases are what the month's market makes them.  A cargo on a lane with `days` there and back is
tau = days / 2 months under way; loadings are even over the month, so a part of them arrives
floor(tau) months later and the rest in the month after.  Refiners run what they bought for the
month; what has not arrived comes out of their tanks, and they buy that much more over the next
months.  So a trade that turns to longer ways takes barrels out of the market until the sea is full.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import DAYS, Voyages
from entrepot.channels.oil.restrictions import DemandShift
from entrepot.channels.oil.supply import KBD

Array = npt.NDArray[np.float64]
SAME = 1e-6
"""Distance of a hat from 1 below which tanks need nothing."""
MOST = 0.2
"""Part of demand by which tanks are filled or emptied in a month at most; assumed, 0.1 to 0.4."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A month at the ports of discharge; V streams, J refiners.

    Attributes
    ----------
    arrived : (V, J) kb/d
    water : (V, J) under way at the end of the month, mb
    runs : (J,) crude run, kb/d: purchases less what goes into tanks
    missing : (J,) what tanks are short of normal at the end of the month, mb

    """

    arrived: Array
    water: Array
    runs: Array
    missing: Array


@dataclass(frozen=True, slots=True, eq=False)
class Afloat:
    """What one month leaves to the next.

    Attributes
    ----------
    due : (H, V, J) arrivals 0, 1, ... months ahead, kb/d
    missing : (J,) what tanks are short of normal, mb
    fill : (J,) part of demand that is bought for tanks

    """

    due: Array
    missing: Array
    fill: Array

    @classmethod
    def steady(cls, base: MonthOutcome) -> Afloat:
        """At sea if the market had always loaded as in `base`."""
        part = _parts(base)
        later = np.cumsum(part[::-1], axis=0)[::-1][1:]
        none = np.zeros(len(base.runs))
        return cls(np.array([_pairs(base, p) for p in later]), none, none)

    def demand(self, market: OilMarket) -> tuple[DemandShift, ...]:
        """More demand, or less, to bring tanks back to normal."""
        return tuple(
            DemandShift((name,), 1.0 + float(fill))
            for name, fill in zip(market.refiner_names, self.fill, strict=True)
            if abs(fill) > SAME
        )

    def after(self, out: MonthOutcome, terms: Voyages) -> tuple[Arrival, Afloat]:
        """Arrivals of a month, and what it leaves to the next."""
        loaded = np.array([_pairs(out, p) for p in _parts(out)])
        due = np.zeros((max(len(loaded), len(self.due)), *loaded.shape[1:]))
        due[: len(loaded)] += loaded
        due[: len(self.due)] += self.due
        arrived, due = due[0], due[1:]
        runs = out.runs / (1.0 + self.fill)
        missing = self.missing + (runs - arrived.sum(axis=0)) * DAYS / KBD
        fill = np.clip(missing * KBD / DAYS / terms.refill / runs, -MOST, MOST)
        return Arrival(arrived, due.sum(axis=0) * DAYS / KBD, runs, missing), Afloat(
            due, missing, fill
        )


def _parts(out: MonthOutcome) -> Array:
    """Part of a month's loadings that arrives 0, 1, ... months later: (H, L)."""
    tau = out.month.days / 2.0 / DAYS
    whole = np.floor(tau).astype(np.intp)
    part = np.zeros((int(whole.max(initial=0)) + 2, len(tau)))
    lane = np.arange(len(tau))
    part[whole, lane] = 1.0 - (tau - whole)
    part[whole + 1, lane] = tau - whole
    return part


def _pairs(out: MonthOutcome, part: Array) -> Array:
    """Sum over carriers: (V, J), kb/d."""
    total = np.zeros(out.market.flow.shape)
    np.add.at(total, (out.month.stream, out.month.refiner), out.flow * part)
    return total
