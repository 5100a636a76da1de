"""One choice of world, elasticities, behaviour and time, and how a solve of it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from entrepot.study.variants import LONG_RUN

DRAW: Final = "draw "


@dataclass(frozen=True, slots=True)
class Variant:
    """One choice of world, elasticities, behaviour and time since the shock.

    Attributes
    ----------
    world : name of a bundled world
    theta : "central", "low" or "high" set of elasticities, or "draw 3"
    behaviour : end of the ranges that scenarios give, or "draw 3"
    horizon : preset

    """

    world: str
    theta: str
    behaviour: str
    horizon: str = LONG_RUN

    @property
    def draw(self) -> int | None:
        """Number of the draw, None for the ends of the ranges."""
        return int(self.behaviour.removeprefix(DRAW)) if self.behaviour.startswith(DRAW) else None

    def __str__(self) -> str:
        """As words."""
        when = "" if self.horizon == LONG_RUN else f", horizon {self.horizon}"
        if self.draw is not None:
            return f"world {self.world}, {self.behaviour}{when}"
        return f"world {self.world}, elasticities {self.theta}, behaviour {self.behaviour}{when}"


@dataclass(frozen=True, slots=True)
class SolveRecord:
    """How one solve ended: the run, its variant, verdict, largest identity gap, hashes.

    The gap is in parts of world income, or of the price of a crude in a run of the oil market.
    """

    run: str
    variant: Variant
    verdict: str
    gap_name: str
    gap: float
    method: str
    seconds: float
    shock: str
    oil: bool = False
