"""Random draws of every number with a range that a case uses: scenarios and elasticities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from entrepot.channels import Assumption
from entrepot.core.hashing import hash_json
from entrepot.model.economy import Economy
from entrepot.model.presets import Preset
from entrepot.study.variants import is_long_run
from entrepot.world.world import World


def generator(case: str, number: int) -> np.random.Generator:
    """Random numbers of draw `number` of `case`: the same on every machine."""
    return np.random.default_rng(int(hash_json(["draw", case, number])[:12], 16))


def between(low: float, central: float, high: float, u: float) -> float:
    """Value at `u` of [0, 1): half of the draws lie below `central`, half above, evenly."""
    if u < 0.5:
        return low + (central - low) * 2 * u
    return central + (high - central) * (2 * u - 1)


def drawn_numbers(
    assumptions: Mapping[str, tuple[Assumption, ...]], case: str, number: int
) -> dict[str, dict[str, float]]:
    """Run -> assumption -> value; a number that several runs share has one value in all.

    Parameters
    ----------
    assumptions : run -> numbers of its central variant
    case, number : which draw

    """
    with_range = {a.name: a for run in assumptions.values() for a in run if a.low < a.high}
    random = generator(case, number)
    points = dict(zip(sorted(with_range), random.random(len(with_range)), strict=True))
    values = {name: between(a.low, a.value, a.high, points[name]) for name, a in with_range.items()}
    return {
        run: {a.name: values[a.name] for a in given if a.name in values}
        for run, given in assumptions.items()
    }


def drawn_economy(world: World, preset: Preset, case: str, number: int) -> Economy:
    """Elasticities of draw `number`: those of the preset one by one, trade elasticities together.

    One random number moves the trade elasticities of all sectors, because their errors are shared
    (assumed); the long run has no other range.
    """
    random = generator(f"{case} elasticities", number)
    u, theta = float(random.random()), None
    if world.theta is not None and world.theta_range is not None:
        low, high = world.theta_range
        rows = zip(low, world.theta, high, strict=True)
        theta = np.array([between(float(a), float(b), float(c), u) for a, b, c in rows])
    if is_long_run(preset):
        return Economy.long_run(theta=theta)
    return Economy.from_preset(preset.draws(1, random)[0], theta)
