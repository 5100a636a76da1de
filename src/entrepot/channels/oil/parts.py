"""The parts of an oil market: streams of crude, refiners, carriers, lanes, terms of storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
CarrierKind = Literal["fleet", "pipeline", "home"]
LEAST_WORTH: Final = 0.01
"""Part of Brent below which nobody expects a crude to fall; keeps the value of storing a slope."""
DAYS = 30.4
"""Days of a month."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One crude of one producer, sold at one price wherever it goes.

    Attributes
    ----------
    name, producer, grade : label; economy; type of crude
    fob : price at the border in the base month, USD a barrel
    capacity : what the fields can produce now, kb/d
    cost : marginal cost of the first and of the last barrel of capacity, USD a barrel
    quota : what a producers' agreement allows, kb/d; infinite without one
    least : what cannot be shut in within the month, kb/d
    decline : loss of capacity without new wells, a year (0.05 = 5 %)
    ramp : most that output can rise from one month to the next, kb/d
    stock : crude in floating storage at the beginning, mb
    storage : most crude in floating storage, mb; 0: none
    storage_carrier : fleet whose vessels hold it
    wedge : premium on barrels that a standing price cap binds in the base month, USD a barrel

    """

    name: str
    producer: str
    grade: str
    fob: float
    capacity: float
    cost: tuple[float, float]
    quota: float = np.inf
    least: float = 0.0
    decline: float = 0.0
    ramp: float = np.inf
    stock: float = 0.0
    storage: float = 0.0
    storage_carrier: str = ""
    wedge: float = 0.0

    @property
    def ceiling(self) -> float:
        """What may be produced, kb/d."""
        return min(self.capacity, self.quota)


@dataclass(frozen=True, slots=True)
class Refiner:
    """A refining region, which buys as one.

    Attributes
    ----------
    name : label
    elasticity : of its demand for crude to the price, > 0 and < 1 (0.1: 10 % dearer, 1 % less)
    runs_limit : most that it can run, kb/d
    slate_limit : grade -> most that it can run of it, kb/d

    """

    name: str
    elasticity: float
    runs_limit: float = np.inf
    slate_limit: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """Something that moves crude, with a capacity.

    Attributes
    ----------
    name : label
    kind : "fleet" (capacity in mb of vessels), "pipeline" (kb/d) or "home" (no limit)
    capacity : in the unit of the kind

    """

    name: str
    kind: CarrierKind
    capacity: float = np.inf


@dataclass(frozen=True, slots=True)
class Lane:
    """One way from a stream to a refiner.

    Attributes
    ----------
    stream, refiner, carrier : labels
    cost : freight and insurance, or tariff, USD a barrel
    days : days a vessel is taken for one cargo, there and back; 0 but for fleets

    """

    stream: str
    refiner: str
    carrier: str
    cost: float
    days: float = 0.0


@dataclass(frozen=True, slots=True)
class Storing:
    """What a barrel in floating storage is worth to its owner at the end of the month.

    ``keep * expected price - cost * (1 month) - steepness * expected price * stock / limit``.

    Attributes
    ----------
    keep : part of the expected price that the owner counts on
    cost : of holding a barrel for a month, USD
    handling : of putting a barrel in, USD
    steepness : how far the value of the last barrel is below that of the first
    learning : months after which owners count for half on a new price of their stream over that of
        Brent: 0 if on the last month's, infinite if on the base month's for ever

    """

    keep: float = 0.8
    cost: float = 1.5
    handling: float = 0.5
    steepness: float = 0.1
    learning: float = 6.0

    def learnt(self, expected: Array, seen: Array) -> Array:
        """What owners expect after one more month: adaptive expectations (Cagan 1956).

        ``expected + (1 - 2^(-1/learning)) (seen - expected)``, but no less than `LEAST_WORTH`.

        Parameters
        ----------
        expected, seen : (V,) price of each stream over that of Brent, before and in the month

        """
        left = 2.0 ** (-1.0 / self.learning) if self.learning > 0 else 0.0
        return np.maximum(left * expected + (1.0 - left) * seen, LEAST_WORTH)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A producers' agreement that leans against the price, within capacity.

    Attributes
    ----------
    streams : members
    low, high : band of Brent in which quotas stay, USD a barrel
    step : part by which quotas move in a month while the last month's price is outside

    """

    streams: tuple[str, ...]
    low: float
    high: float
    step: float = 0.02


@dataclass(frozen=True, slots=True)
class Voyages:
    """That cargoes take time, and how refiners answer to what is late (`voyages`).

    Attributes
    ----------
    refill : months over which tanks are brought back to normal; assumed, 3 to 12

    """

    refill: float = 6.0
