"""What passing a hub costs: the mark-up, what is seized, fines, and a crowded hub.

With base mark-up mu, detection delta, fine phi and load z = flow / capacity,

    M = (1 + mu + phi delta) / (1 - delta) * (1 + c z^gamma).

A share delta of the goods is seized: 1 / (1 - delta) units leave for one that arrives.  A fine of
phi times the value is paid, in expectation, on what is caught.  The last factor is the usual
congestion curve (Bureau of Public Roads 1964).

Where the mark-up goes: it is a resource cost.  The goods of the origin that it is worth are used
up on the way (lost, hidden, carried round); no economy earns it.  What intermediaries in hubs
keep as profit is therefore not income of the hub here, and its gain is understated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import ValueRangeError

Array = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class HubCosts:
    """What hubs cost, as (C, H) arrays over cells and hubs or anything that broadcasts to it.

    Attributes
    ----------
    markup : mu, base mark-up over the price of the goods, 0 or more
    detection : delta, share of the goods that is seized, 0 to 1; at 1 nothing passes
    fine : phi, fine on what is caught, times its value
    capacity : (H,) K, flow a year at which crowding costs `crowding`, above 0 or infinite
    crowding : c, extra cost at full capacity
    steepness : gamma, exponent of crowding

    """

    markup: Array | float
    detection: Array | float
    fine: float
    capacity: Array | float
    crowding: float
    steepness: float

    def __post_init__(self) -> None:
        """Check every number, all at once."""
        problems = [
            f"{name} is {found:g}; {why}."
            for name, low, high, why in _DOMAINS
            if (found := _outside(getattr(self, name), low, high)) is not None
        ]
        if problems:
            raise ValueRangeError.collect("The costs of the hubs cannot be used", problems)


_DOMAINS = (
    ("markup", 0.0, np.inf, "a mark-up is 0 or more (0.4 is 40 %)"),
    ("detection", 0.0, 1.0, "detection is a share between 0 and 1"),
    ("fine", 0.0, np.inf, "a fine is 0 or more times the value of the goods"),
    ("capacity", np.finfo(float).tiny, np.inf, "a capacity is above 0, or infinite; a hub that "
     "lets nothing pass is left out"),
    ("crowding", 0.0, np.inf, "it is 0 or more"),
    ("steepness", np.finfo(float).tiny, np.inf, "it is above 0"),
)  # fmt: skip


def _outside(value: Array | float, low: float, high: float) -> float | None:
    """First value outside [low, high], or None."""
    array = np.atleast_1d(np.asarray(value, dtype=float))
    bad = ~((array >= low) & (array <= high))
    return float(array[bad][0]) if bad.any() else None


def crowding(costs: HubCosts, flow: Array) -> Array:
    """(H,) factor 1 + c (flow / capacity)^gamma."""
    with np.errstate(over="ignore"):  # a load beyond all numbers lets nothing pass
        load = np.asarray(flow, dtype=float) / costs.capacity
        return np.asarray(1.0 + costs.crowding * load**costs.steepness)


def crowding_slope(costs: HubCosts, flow: Array) -> Array:
    """(H,) elasticity of the crowding factor to the flow."""
    extra = crowding(costs, flow) - 1.0
    part = np.divide(extra, 1.0 + extra, out=np.ones_like(extra), where=np.isfinite(extra))
    return np.asarray(costs.steepness * part)


def passage_cost(costs: HubCosts, flow: Array | float = 0.0) -> Array:
    """Cost hat M of passing each hub at `flow` (H,) a year; infinite where all is seized."""
    detection = np.asarray(costs.detection, dtype=float)
    paid = 1.0 + np.asarray(costs.markup) + costs.fine * detection
    kept = 1.0 - detection
    base = np.divide(paid, kept, out=np.full(np.broadcast(paid, kept).shape, np.inf),
                     where=kept > 0)  # fmt: skip
    return np.asarray(base * crowding(costs, np.asarray(flow)))


def raised(detection: Array | float, more: Array | float) -> Array:
    """Detection when a share `more` of what used to pass is caught too; any order of several."""
    return np.asarray(1.0 - (1.0 - np.asarray(detection)) * (1.0 - np.asarray(more)))
