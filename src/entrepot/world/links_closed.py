"""Pairs of economies whose absent trade is law or policy, not distance: they get no latent link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.labels import align
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Closed:
    """Two sides between which new trade was forbidden.

    Attributes
    ----------
    one, other : economies of either side; both directions are closed
    first, last : years of a base year this holds for; None has no end
    why : the act or the break

    """

    one: tuple[str, ...]
    other: tuple[str, ...]
    first: int
    last: int | None
    why: str


SANCTIONING = (
    "USA", "CAN", "GBR", "JPN", "AUS", "CHE", "NOR", "AUT", "BEL", "BGR", "CYP", "CZE", "DEU",
    "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU", "LUX", "LVA",
    "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
)  # fmt: skip

CLOSED: tuple[Closed, ...] = (
    Closed(("USA",), ("IRN",), 1995, None, "Executive Orders 12957 and 12959; 31 CFR 560"),
    Closed(("USA",), ("SYR",), 2011, 2024, "Executive Order 13582; 31 CFR 542"),
    Closed(("ISR",), ("IRN", "SYR", "IRQ", "KWT", "SAU"), 1979, None, "boycott, either side"),
    Closed(("SAU", "BHR"), ("IRN",), 2016, 2022, "relations broken off in January 2016"),
    Closed(("ARM",), ("AZE",), 1991, None, "closed border"),
    Closed(("SAU", "ARE", "BHR", "EGY"), ("QAT",), 2017, 2020, "blockade of June 2017"),
    Closed(("IND",), ("PAK",), 2019, None, "trade suspended by Pakistan in August 2019"),
    Closed(("RUS",), ("UKR",), 2022, None, "war"),
    Closed(("BLR",), ("UKR",), 2022, None, "war"),
    Closed(SANCTIONING, ("RUS",), 2022, None, "measures after February 2022, EU 833/2014 amended"),
)
"""Which entry counts as closed is assumed; what was still traded keeps its share in any case."""


def known_closed(world: World) -> Array:
    """(origin, dest) pairs of `world` that `CLOSED` names for its base year; none without one."""
    shut = np.zeros((len(world.regions), len(world.regions)), dtype=bool)
    if world.year is None:
        return shut
    for entry in CLOSED:
        if entry.first <= world.year <= (entry.last or world.year):
            one, other = (np.isin(world.regions, side) for side in (entry.one, entry.other))
            shut |= np.outer(one, other) | np.outer(other, one)
    return shut


def given_closed(closed: Any, world: World) -> Array:
    """(origin, dest) pairs out of a user's boolean array, bare or labelled."""
    labels = {"origin": world.regions, "dest": world.regions}
    return align(closed, "closed", ("origin", "dest"), labels, dtype=bool)
