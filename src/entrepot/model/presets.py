"""Presets: the elasticities of the family by time since the shock, with ranges and sources.

The values are data (`presets.yaml`), a user's file or mapping with the same schema takes their
place.  Between presets every value moves linearly in the logarithm of time, kappa on the scale
``kappa / (1 + kappa)``, on which infinity is 1; before the first and after the last preset values
are held constant, and a note says so.

Trade elasticities keep the pattern of the world's sectors: ``theta_s(h) = rho(h) theta_s`` with
`theta_ratio` rho, 1 in the long run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from entrepot.core.errors import ValueRangeError, did_you_mean
from entrepot.model.preset_file import PRESET_NAMES, PresetEntry, read_presets

Source = str | Path | Mapping[str, Any] | None

SYMBOLS: dict[str, tuple[str, str]] = {
    "theta_ratio": ("ρ", "share of the world's θ"),
    "epsilon": ("ε", "elasticity of substitution"),
    "mu": ("μ", "elasticity of substitution"),
    "sigma": ("σ", "elasticity of substitution"),
    "kappa": ("κ", "elasticity of factor supply"),
}
"""Parameter -> symbol and unit, in the order of tables."""
MOST_FINITE = 1e6
"""Largest finite kappa: beyond it a sector's factors and one factor price differ by rounding."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with its range and where it comes from.

    Attributes
    ----------
    value, low, high : 0 <= low <= value <= high; kappa may be infinite
    source : study and address; begins with "assumed" where no study gives the value
    unit, symbol : as in the documentation

    """

    value: float
    low: float
    high: float
    source: str
    unit: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Preset:
    """Elasticities at one time since the shock.

    Attributes
    ----------
    name : name of the preset, or the months it was interpolated for
    months : time since the shock
    parameters : name -> `Parameter`, the names of `SYMBOLS`
    notes : what a reader must know

    """

    name: str
    months: float
    parameters: Mapping[str, Parameter]
    notes: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row a parameter: symbol, value, low, high, unit, source."""
        columns = ["symbol", "value", "low", "high", "unit", "source"]
        rows = [[getattr(p, c) for c in columns] for p in self.parameters.values()]
        index = pd.Index(list(self.parameters), name="parameter")
        return pd.DataFrame(rows, index=index, columns=columns)

    def low(self, *names: str) -> Preset:
        """Return the preset with the least substitution: `names` (all if none) at their low."""
        return self._moved("low", names)

    def high(self, *names: str) -> Preset:
        """Return the preset with the most substitution: `names` (all if none) at their high."""
        return self._moved("high", names)

    def draws(self, count: int, generator: np.random.Generator) -> tuple[Preset, ...]:
        """`count` presets with values drawn independently from their ranges.

        Half of the draws of a parameter lie below its value and half above, evenly on the scale
        x / (1 + x); the shape and the independence are assumed.
        """
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
            raise ValueRangeError(f"count is {count!r}; allowed is a whole number of 1 or more.")
        points = generator.random((int(count), len(self.parameters)))
        return tuple(self._drawn(k, row) for k, row in enumerate(points.tolist()))

    def _drawn(self, number: int, row: list[float]) -> Preset:
        pairs = zip(self.parameters.items(), row, strict=True)
        drawn = {name: replace(p, value=_quantile(p, u)) for (name, p), u in pairs}
        return replace(self, name=f"{self.name}, draw {number}", parameters=drawn)

    def _moved(self, end: Literal["low", "high"], names: tuple[str, ...]) -> Preset:
        unknown = [
            f"there is no parameter '{n}'.{did_you_mean(str(n), SYMBOLS)} There are "
            f"{', '.join(SYMBOLS)}."
            for n in names
            if n not in SYMBOLS
        ]
        if unknown:
            raise ValueRangeError.collect(f"Preset '{self.name}'", unknown)
        moved = {
            n: replace(p, value=getattr(p, end)) if n in (names or SYMBOLS) else p
            for n, p in self.parameters.items()
        }
        title = f"{self.name}, {', '.join(names) or 'all'} {end}"
        return replace(self, name=title, parameters=moved)


def preset(name: str, source: Source = None) -> Preset:
    """Return the preset called `name`.

    Parameters
    ----------
    name : one of `PRESET_NAMES`
    source : None for the package's values, or a YAML file or mapping with the same schema

    Raises
    ------
    ValueRangeError : there is no preset of that name
    InputError : `source` cannot be read or breaks the schema

    """
    if name not in PRESET_NAMES:
        raise ValueRangeError(
            f"There is no preset '{name}'; there are {', '.join(PRESET_NAMES)}."
            f"{did_you_mean(str(name), PRESET_NAMES)} For another time use "
            "ep.Economy.at(months=...)."
        )
    return _preset(name, getattr(read_presets(source), name))


def at(months: float, source: Source = None) -> Preset:
    """Elasticities `months` after the shock, interpolated between presets in log time.

    At the months of a preset the result is that preset.

    Parameters
    ----------
    months : 0 or more; infinity is the last preset
    source : as in `preset`

    Raises
    ------
    ValueRangeError : `months` is negative, NaN or no number

    """
    when = _months(months)
    found = read_presets(source)
    known = [_preset(name, getattr(found, name)) for name in PRESET_NAMES]
    if when < known[0].months:
        return _held(known[0], when, "before the first")
    if when > known[-1].months:
        return _held(known[-1], when, "after the last")
    after = next(k for k, p in enumerate(known) if when <= p.months)
    late = known[after]
    return late if when == late.months else _between(known[after - 1], late, when)


def _held(end: Preset, months: float, word: str) -> Preset:
    note = (
        f"{months:g} months lie {word} preset ({end.name}, {end.months:g}): its values are held "
        "constant."
    )
    return replace(end, name=_called(months), months=months, notes=(note,))


def _preset(name: str, entry: PresetEntry) -> Preset:
    parameters = {}
    for key, (symbol, unit) in SYMBOLS.items():
        p = getattr(entry, key)
        parameters[key] = Parameter(p.value, p.low, p.high, p.source.strip(), unit, symbol)
    return Preset(name, entry.months, parameters)


def _called(months: float) -> str:
    return f"at {months:g} months"


def _months(given: Any) -> float:
    number = isinstance(given, Real) and not isinstance(given, bool | np.bool_)
    try:
        when = float(given) if number else math.nan
    except OverflowError:
        when = math.inf if given > 0 else -math.inf
    if math.isnan(when) or when < 0:
        raise ValueRangeError(
            f"months is {given!r}; allowed is a number of months since the shock, 0 or more. "
            f"Presets have names: preset('{PRESET_NAMES[0]}'), or --horizon {PRESET_NAMES[0]}."
        )
    return when


def _between(early: Preset, late: Preset, months: float) -> Preset:
    weight = math.log(months / early.months) / math.log(late.months / early.months)
    source = (
        f"interpolated in log time, {weight:.0%} of the way from {early.name} "
        f"({early.months:g} months) to {late.name} ({late.months:g} months); see their sources"
    )
    mixed = {}
    for name, a in early.parameters.items():
        b, bounded = late.parameters[name], name == "kappa"
        value, low, high = (
            _mix(x, y, weight, bounded)
            for x, y in ((a.value, b.value), (a.low, b.low), (a.high, b.high))
        )
        mixed[name] = replace(a, value=value, low=low, high=high, source=source)
    return Preset(_called(months), months, mixed)


def _quantile(p: Parameter, u: float) -> float:
    if u < 0.5:
        return _mix(p.low, p.value, 2 * u, bounded=True)
    return _mix(p.value, p.high, 2 * u - 1, bounded=True)


def _mix(a: float, b: float, weight: float, bounded: bool) -> float:
    """`weight` of the way from `a` to `b`, on the scale x / (1 + x) if `bounded`."""
    if a == b:
        return a
    if not bounded:
        return (1 - weight) * a + weight * b
    x, y = (1.0 if math.isinf(v) else v / (1 + v) for v in (a, b))
    z = (1 - weight) * x + weight * y
    most = MOST_FINITE / (1 + MOST_FINITE)
    return z / (1 - z) if z <= most else math.inf
