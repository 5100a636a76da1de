"""By how much each instrument and parameter is changed, so that their effects can be compared.

Derivatives have different units (an outcome per 100 points of a tariff, per unit of an elasticity,
per mn USD).  Each is multiplied by a change of ordinary size, named in the result:

- tariffs and export taxes: 1 percentage point, the step in which rates are negotiated
- trade costs and productivities: 1 per cent of what they are
- transfers: 0.1 per cent of the receiver's benchmark income, paid by the others in proportion to
  theirs; the same amount of money for everybody would rank economies by their size
- elasticities: half the width of their documented range (presets, `World.theta_range`), because
  what counts there is how little they are known; towards the farther end, so that the changed
  value lies inside the range; 10 per cent where there is no finite range
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from entrepot.core.errors import ValueRangeError, did_you_mean
from entrepot.model.presets import Preset
from entrepot.solving.solution import Solution

Array = np.ndarray
TAXES, HATS = ("tariff", "export_tax"), ("trade_cost", "productivity")
ELASTICITIES = ("theta", "epsilon", "mu", "sigma", "kappa")
DEFAULT_UNITS: Mapping[str, str] = {
    **dict.fromkeys(TAXES, "1 pp"),
    **dict.fromkeys(HATS, "1 %"),
    "transfer": "0.1 %",
    **dict.fromkeys(ELASTICITIES, "range"),
}
"""Instrument -> unit of change used unless another one is given."""
ALLOWED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(TAXES, ("pp",)),
    **dict.fromkeys(HATS, ("%",)),
    "transfer": ("%", "mn"),
    **dict.fromkeys(ELASTICITIES, ("range", "%")),
}
WITHOUT_RANGE = 0.1
"""Assumed change of an elasticity without a finite range, relative; absolute where it is 0."""
LARGEST = 50.0
"""Per cent or points above which a first-order answer is refused."""
_WRITTEN = re.compile(r"\s*([+-]?\d+\.?\d*(?:e[+-]?\d+)?)\s*(pp|%|mn)\s*|\s*(range)\s*")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of change.

    Attributes
    ----------
    kind : "pp" percentage points, "%" per cent of the value (of income for transfers), "mn" mn USD
        of the base year, "range" half the width of the documented range
    amount : how many; 0.5 for "range"

    """

    kind: str
    amount: float

    def __str__(self) -> str:
        """Return the unit as it is written."""
        return "half the range" if self.kind == "range" else f"{self.amount:g} {self.kind}"


def read_units(given: Mapping[str, str] | None) -> dict[str, Unit]:
    """Return units of every instrument, `given` over the defaults; every problem at once.

    Raises
    ------
    ValueRangeError : an instrument or a unit that there is not, or a change of no useful size

    """
    problems = []
    for name in given or {}:
        if name not in DEFAULT_UNITS:
            problems.append(
                f"nothing that can be changed is called '{name}'."
                f"{did_you_mean(name, DEFAULT_UNITS)} There are {', '.join(DEFAULT_UNITS)}."
            )
    units = {}
    for name, text in {**DEFAULT_UNITS, **(given or {})}.items():
        if name in DEFAULT_UNITS:
            found = _unit(name, str(text), problems)
            units[name] = found
    if problems:
        raise ValueRangeError.collect("The units of change cannot be used", problems)
    return units


def _unit(name: str, text: str, problems: list[str]) -> Unit:
    match = _WRITTEN.fullmatch(text)
    kind = (match[2] or match[3]) if match else None
    if match is None or kind not in ALLOWED[name]:
        ways = " or ".join("range" if k == "range" else f"a number with {k}" for k in ALLOWED[name])
        problems.append(f"{name} is changed by '{text}'; write {ways}, such as "
                        f"{name}={DEFAULT_UNITS[name].replace(' ', '')}.")  # fmt: skip
        return Unit("%", 1.0)
    amount = float(match[1]) if match[1] else 0.5
    if amount == 0 or (kind != "mn" and abs(amount) > LARGEST):
        problems.append(
            f"{name} is changed by {amount:g} {kind}; it is not 0 and at most {LARGEST:g} either "
            "way, because the answer is a first-order one."
        )
    return Unit(str(kind), amount)


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Documented range of an elasticity over its labels.

    Attributes
    ----------
    low, high : arrays; not finite where there is none
    source : where it is from

    """

    low: Array
    high: Array
    source: str


def documented_ranges(solution: Solution, preset: Preset | None) -> dict[str, Range]:
    """Ranges of the elasticities of `solution`: those of `preset`, and of the world for theta."""
    world, values = solution.world, solution.problem.elasticities
    found = {}
    if preset is not None:
        for name in ELASTICITIES[1:]:
            p, like = preset.parameters[name], getattr(values, name)
            found[name] = Range(np.full_like(like, p.low), np.full_like(like, p.high), preset.name)
    own = solution.economy.theta is None or np.array_equal(
        long_run_theta(solution), world.theta if world.theta is not None else np.nan
    )
    if world.theta_range is not None and own:
        low, high = world.theta_range * theta_ratio(solution)
        found["theta"] = Range(low, high, f"world {world.name}")
    return found


def theta_ratio(solution: Solution) -> Array:
    """(S,) share of the long-run trade elasticities that `solution` is computed with."""
    return np.asarray(solution.problem.theta / long_run_theta(solution))


def long_run_theta(solution: Solution) -> Array:
    """(S,) trade elasticities of the economy before its `theta_ratio`."""
    economy, world = solution.economy, solution.world
    return type(economy)(theta=economy.theta).theta_for(world)


def elasticity_step(value: Array, unit: Unit, known: Range | None) -> tuple[Array, Array]:
    """Change of an elasticity over its labels, and where it follows from a range.

    Zero where the value is infinite.
    """
    finite = np.isfinite(value)
    plain = np.where(finite, value, 1.0)
    amount = unit.amount / 100 if unit.kind == "%" else WITHOUT_RANGE
    step = np.where(plain > 0, amount * plain, amount)
    ranged = np.zeros(value.shape, dtype=bool)
    if unit.kind == "range" and known is not None:
        width = known.high - known.low
        ranged = np.isfinite(width) & (width > 0) & finite
        up = known.high - plain >= plain - known.low
        half = unit.amount * np.where(ranged, width, 0.0)
        step = np.where(ranged, np.where(up, half, -half), step)
    return np.where(finite, step, 0.0), ranged
