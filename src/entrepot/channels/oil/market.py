"""`OilMarket`: who can produce, carry and refine which crude in a month, and who did at the base.

Volumes are thousand barrels a day (kb/d), prices USD a barrel, vessels and stocks million barrels
(mb), voyages days there and back, loading and discharge included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.market_checks import (
    array_problems,
    number_problems,
    part_problems,
    type_problems,
)
from entrepot.channels.oil.parts import Carrier, Lane, Refiner, Storing, Stream
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.errors import ValueRangeError
from entrepot.core.labels import align, check_unique

Array = npt.NDArray[np.float64]
LEAST_RISE = 0.05
"""USD a barrel by which marginal cost rises at least from the first to the last barrel."""


@dataclass(frozen=True, slots=True, eq=False)
class OilMarket:
    """The world oil market of a month: technology, geography, habits and the base they come from.

    Attributes
    ----------
    name : what it is
    grades : types of crude
    streams, refiners, carriers, lanes : see there
    flow : (stream, refiner) trade of the base month, kb/d
    latent : (stream, refiner) what a pair without trade counts for, kb/d
    across : elasticity of substitution among grades
    within : (grade,) elasticity of substitution among streams of one grade
    reference : stream whose price is called Brent
    storing : terms of floating storage
    standing : restrictions in force in the base month
    habit : how much of a refiner's choice outlives a year (`habits`), from 0 to below 1

    """

    name: str
    grades: tuple[str, ...]
    streams: tuple[Stream, ...]
    refiners: tuple[Refiner, ...]
    carriers: tuple[Carrier, ...]
    lanes: tuple[Lane, ...]
    flow: Array
    latent: Array
    across: float
    within: Array
    reference: str
    storing: Storing = field(default_factory=Storing)
    standing: tuple[Restriction, ...] = ()
    habit: float = 0.0

    def __post_init__(self) -> None:
        """Check everything and freeze the arrays."""
        for labels, dim in (
            (self.stream_names, "stream"),
            (self.refiner_names, "refiner"),
            (tuple(c.name for c in self.carriers), "carrier"),
            (self.grades, "grade"),
        ):
            check_unique(labels, dim)
        parts = (self.grades, self.streams, self.refiners, self.carriers, self.lanes)
        found = part_problems(*parts) or array_problems(
            self.streams, self.refiners, self.lanes, self.flow, self.latent
        )
        found += number_problems(
            self.across, self.within, self.reference, self.stream_names, self.storing
        )
        if not 0.0 <= self.habit < 1.0:
            found.append(f"habit is {self.habit}; it must be from 0 to below 1.")
        if found:
            raise ValueRangeError.collect(f"oil market '{self.name}'", found)
        for array in (self.flow, self.latent, self.within):
            array.flags.writeable = False

    @classmethod
    def of(
        cls,
        name: str,
        *,
        grades: Sequence[str],
        streams: Sequence[Stream],
        refiners: Sequence[Refiner],
        carriers: Sequence[Carrier],
        lanes: Sequence[Lane],
        flow: Any,
        latent: Any = 0.0,
        across: float = 5.83,
        within: Any = 18.8,
        reference: str | None = None,
        storing: Storing | None = None,
        standing: Sequence[Restriction] = (),
        habit: float = 0.0,
    ) -> Self:
        """Make a market; `flow`, `latent` and `within` may be labelled (xarray, pandas) or bare.

        The elasticities are those of Güntner, Irlacher and Öhlinger (2024) across types and across
        countries; `reference` is the first stream if left out.
        """
        parts = {"grades": grades, "streams": streams, "refiners": refiners, "carriers": carriers,
                 "lanes": lanes, "standing": standing, "across": across, "habit": habit,
                 "latent": latent, "within": within, "reference": reference,
                 "storing": storing}  # fmt: skip
        if wrong := type_problems(parts):
            raise ValueRangeError.collect(f"oil market '{name}'", wrong)
        labels = {
            "stream": [s.name for s in streams],
            "refiner": [r.name for r in refiners],
            "grade": list(grades),
        }
        pair = ("stream", "refiner")
        size = (len(streams), len(refiners))
        given = np.full(size, float(latent)) if np.ndim(latent) == 0 else latent
        inside = np.full(len(grades), float(within)) if np.ndim(within) == 0 else within
        return cls(
            name=name,
            grades=tuple(grades),
            streams=tuple(streams),
            refiners=tuple(refiners),
            carriers=tuple(carriers),
            lanes=tuple(lanes),
            flow=align(flow, "flow", pair, labels),
            latent=align(given, "latent", pair, labels),
            across=float(across),
            within=align(inside, "within", ("grade",), labels),
            reference=reference or (streams[0].name if streams else ""),
            storing=storing or Storing(),
            standing=tuple(standing),
            habit=float(habit),
        )

    @property
    def stream_names(self) -> tuple[str, ...]:
        """Labels of the streams."""
        return tuple(s.name for s in self.streams)

    @property
    def refiner_names(self) -> tuple[str, ...]:
        """Labels of the refiners."""
        return tuple(r.name for r in self.refiners)

    @property
    def brent(self) -> float:
        """Price of the reference stream in the base month, USD a barrel."""
        return self.streams[self.stream_names.index(self.reference)].fob

    def column(self, name: str) -> Array:
        """One number of every stream: (V,), by its name in `Stream`."""
        return np.array([getattr(s, name) for s in self.streams], dtype=np.float64)

    def cost(self) -> tuple[Array, Array]:
        """Marginal cost of the first and of the last barrel: (V,), (V,); it rises somewhat."""
        low, high = np.array([s.cost for s in self.streams], dtype=np.float64).T
        return low, np.maximum(high, low + LEAST_RISE)

    def with_streams(self, streams: Sequence[Stream]) -> OilMarket:
        """Return the same market with other streams of the same names, in the same order."""
        return replace(self, streams=tuple(streams))
