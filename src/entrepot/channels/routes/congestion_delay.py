"""How long a link takes when it is full: increasing functions of the flow on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from entrepot.core.errors import ValueRangeError


class Delay(Protocol):
    """An increasing cost of every link; any object with these three methods will do."""

    def time(self, flow: np.ndarray) -> np.ndarray:
        """(link,) cost of each link at `flow` (link,)."""

    def slope(self, flow: np.ndarray) -> np.ndarray:
        """(link,) derivative of the cost with respect to the link's own flow, >= 0."""

    def area(self, flow: np.ndarray) -> np.ndarray:
        """(link,) integral of the cost from zero to `flow`."""


@dataclass(frozen=True, slots=True)
class Bpr:
    """Delay of the Bureau of Public Roads (1964): t = t0 (1 + b (x / c)^p).

    Attributes
    ----------
    free : (link,) t0, cost of the empty link, >= 0, in any unit of cost or time
    capacity : (link,) c, > 0, in the unit of flow; infinite: never congested
    b : (link,) or a number, >= 0: relative delay at capacity, customarily 0.15
    power : (link,) or a number, >= 0: p, customarily 4

    Raises
    ------
    ValueRangeError : a number outside these ranges, or arrays of different lengths

    """

    free: np.ndarray
    capacity: np.ndarray
    b: np.ndarray | float = 0.15
    power: np.ndarray | float = 4.0

    def __post_init__(self) -> None:
        """Check the numbers, and keep them as arrays of one length."""
        _set_arrays(self, ("free", "capacity", "b", "power"), strictly=("capacity",))

    def time(self, flow: np.ndarray) -> np.ndarray:
        """(link,) t0 (1 + b (x / c)^p)."""
        return self.free * (1.0 + self.b * (flow / self.capacity) ** self.power)

    def slope(self, flow: np.ndarray) -> np.ndarray:
        """(link,) t0 b p (x / c)^(p - 1) / c; at zero flow with p < 1 that of the smallest flow."""
        filled = np.where(np.asarray(self.power) < 1, np.maximum(flow, SMALLEST), flow)
        steep = self.free * self.b * self.power / self.capacity
        return steep * (filled / self.capacity) ** np.where(steep > 0, self.power - 1.0, 0.0)

    def area(self, flow: np.ndarray) -> np.ndarray:
        """(link,) t0 x (1 + b (x / c)^p / (p + 1))."""
        share = self.b * (flow / self.capacity) ** self.power / (self.power + 1.0)
        return self.free * flow * (1.0 + share)


@dataclass(frozen=True, slots=True)
class Elastic:
    """Cost with a constant elasticity in traffic: t = t0 (x / c)^lambda.

    Allen and Arkolakis (2022): t0 is the cost at traffic c, for which the traffic of the benchmark
    may stand (then t / t0 is a hat).  Below c the cost falls.

    Attributes
    ----------
    free : (link,) t0, cost at traffic c, > 0
    capacity : (link,) c, > 0, in the unit of flow
    elasticity : (link,) or a number, lambda >= 0

    Raises
    ------
    ValueRangeError : a number outside these ranges, or arrays of different lengths

    """

    free: np.ndarray
    capacity: np.ndarray
    elasticity: np.ndarray | float

    def __post_init__(self) -> None:
        """Check the numbers, and keep them as arrays of one length."""
        _set_arrays(self, ("free", "capacity", "elasticity"), strictly=("free", "capacity"))

    def time(self, flow: np.ndarray) -> np.ndarray:
        """(link,) t0 (x / c)^lambda, at no less than the smallest flow; t0 if c is infinite."""
        ratio = np.where(np.isinf(self.capacity), 1.0, np.maximum(flow, SMALLEST) / self.capacity)
        return self.free * ratio**self.elasticity

    def slope(self, flow: np.ndarray) -> np.ndarray:
        """(link,) lambda t / x; 0 if c is infinite."""
        rise = self.elasticity * self.time(flow) / np.maximum(flow, SMALLEST)
        return np.where(np.isinf(self.capacity), 0.0, rise)

    def area(self, flow: np.ndarray) -> np.ndarray:
        """(link,) t x / (1 + lambda)."""
        return (
            self.time(flow) * flow / (1.0 + np.where(np.isinf(self.capacity), 0, self.elasticity))
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """Factor that rises beyond capacity: f = (1 + (x / c)^m)^(lambda / m), 1 on an empty link.

    Far below capacity f is 1; far above it f grows as (x / c)^lambda.  There is no area in closed
    form, so it serves `congested`, not `user_equilibrium`.

    Attributes
    ----------
    capacity : (link,) c, > 0, in the unit of flow; infinite: never congested
    elasticity : (link,) or a number, lambda >= 0, how fast cost rises with traffic beyond capacity
    sharpness : (link,) or a number, m >= 1, how suddenly it begins

    Raises
    ------
    ValueRangeError : a number outside these ranges, or arrays of different lengths

    """

    capacity: np.ndarray
    elasticity: np.ndarray | float = 1.0
    sharpness: np.ndarray | float = 4.0

    def __post_init__(self) -> None:
        """Check the numbers, and keep them as arrays of one length."""
        _set_arrays(self, ("capacity", "elasticity", "sharpness"), strictly=("capacity",))
        if np.min(self.sharpness) < 1:
            raise ValueRangeError(
                f"Queue: sharpness is {np.min(self.sharpness):g}; allowed is at least 1. Raise it."
            )

    def time(self, flow: np.ndarray) -> np.ndarray:
        """(link,) f."""
        steps = np.logaddexp(0.0, self.sharpness * _log(flow / self.capacity))
        return np.exp(self.elasticity * steps / self.sharpness)

    def slope(self, flow: np.ndarray) -> np.ndarray:
        """(link,) lambda f / x times the share (x / c)^m / (1 + (x / c)^m)."""
        share = 1.0 / (1.0 + np.exp(-self.sharpness * _log(flow / self.capacity)))
        return self.elasticity * self.time(flow) * share / np.maximum(flow, SMALLEST)


def _log(ratio: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(ratio, SMALLEST))


SMALLEST = 1e-30
"""Flow below which a power less than one is no longer followed to its pole at zero."""


def _set_arrays(delay: object, names: tuple[str, ...], strictly: tuple[str, ...]) -> None:
    problems: list[str] = []
    given = [np.asarray(getattr(delay, name), dtype=float) for name in names]
    lengths = {a.shape for a in given if a.ndim}
    if len(lengths) != 1 or any(a.ndim > 1 for a in given):
        shapes = ", ".join(f"{n} {a.shape}" for n, a in zip(names, given, strict=True))
        raise ValueRangeError(
            f"{type(delay).__name__}: {shapes} do not have one entry per link. Give arrays of one "
            "length, or numbers, and at least one array."
        )
    for name, array in zip(names, given, strict=True):
        endless = name == "capacity"
        bad = np.isnan(array) | (array < 0) | ((array == 0) & (name in strictly))
        bad |= np.isinf(array) & ~np.array(endless)
        if bad.any():
            first = np.flatnonzero(bad)[0]
            problems.append(
                f"{name} is {np.ravel(array)[first]:g} at link {first} ({int(bad.sum())} of "
                f"{array.size}); allowed is {'more than' if name in strictly else 'at least'} 0"
                f"{'' if endless else ', finite'}. Correct these entries."
            )
        whole = np.array(np.broadcast_to(array, next(iter(lengths))))
        whole.flags.writeable = False
        object.__setattr__(delay, name, whole)
    if problems:
        raise ValueRangeError.collect(type(delay).__name__, problems)
