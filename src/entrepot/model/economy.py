"""`Economy`: which member of the family, with its elasticities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.errors import ValueRangeError
from entrepot.core.hashing import hash_arrays
from entrepot.core.labels import align, place
from entrepot.world.world import World

THETA_RANGE = (0.02, 200.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Economy:
    """The long-run member of the family: Caliendo and Parro (2015).

    Cobb-Douglas in production, among inputs and in final demand; origins compete with the trade
    elasticity theta; one factor bundle per country moves freely between sectors.

    Attributes
    ----------
    theta : trade elasticity theta_s > 0, the exponent on trade costs: a number, an array
        (sector,), or None for the elasticities of the world

    """

    theta: Any = None

    def __repr__(self) -> str:
        """Name of the member and its elasticities in short."""
        theta = "of the world" if self.theta is None else np.asarray(self.theta)
        if np.ndim(theta):
            theta = f"{np.min(theta):.3g} to {np.max(theta):.3g}"
        return f"<Economy long_run, theta {theta}>"

    @classmethod
    def long_run(cls, theta: Any = None) -> Economy:
        """Caliendo-Parro; `theta` as in the class (None: the world's own elasticities)."""
        return cls(theta=theta)

    def theta_for(self, world: World) -> np.ndarray:
        """(sector,) trade elasticities to use in `world`.

        Raises
        ------
        ValueRangeError : there are none, or one lies outside 0.02 to 200

        """
        given = world.theta if self.theta is None else self.theta
        if given is None:
            raise ValueRangeError(
                "The world carries no trade elasticities and none were given. Pass them: "
                "ep.Economy.long_run(theta=...), one per sector, positive."
            )
        if np.ndim(given) == 0:
            given = np.full(len(world.sectors), given)
        theta = align(given, "theta", ("sector",), world.labels)
        low, high = THETA_RANGE
        bad = (theta < low) | (theta > high)
        if bad.any():
            raise ValueRangeError(
                f"theta is {float(theta[bad][0]):g} at {place(bad, ('sector',), world.labels)}; "
                f"allowed {low:g} to {high:g}. It is the positive exponent on trade costs, not "
                "its inverse and not a negative elasticity."
            )
        return theta

    def hash(self, world: World) -> str:
        """Content hash of the parameters as used in `world`."""
        return hash_arrays({"theta": self.theta_for(world)}, "long_run")
