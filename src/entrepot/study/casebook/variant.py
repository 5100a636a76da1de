"""One choice of world, elasticities, behaviour and time, and how a solve of it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from entrepot.channels import CASES, Case
from entrepot.model.economy import Economy
from entrepot.model.presets import Preset
from entrepot.study.variants import LONG_RUN, TOGETHER, is_long_run, preset_economies
from entrepot.world.world import World

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


def economy_sets(world: World, time: Preset) -> dict[str, Economy]:
    """Central, low and high set of elasticities at one time; central alone if there is one."""
    sets = preset_economies(world, time)
    if is_long_run(time):
        return sets
    return {name.removeprefix("all "): sets[name] for name in TOGETHER if name in sets}


def end_of(name: str) -> Case:
    """`name` as the end of the ranges that it is."""
    return next(c for c in CASES if c == name)


def one_at_a_time(variant: Variant) -> bool:
    """Whether elasticities or behaviour are central, or all is drawn: where months of oil count."""
    return variant.draw is not None or "central" in (variant.theta, variant.behaviour)
