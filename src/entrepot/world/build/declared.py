"""Numbers that the build decides on: each declared once, with its range and its source.

A `Number` is a plain float to every calculation; `collected` finds all of them, also inside tables
and pairs, so that a world can carry them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, TypeVar

K = TypeVar("K")
ASSUMED_SOURCE = "assumed"


class Number(float):
    """A float with the range it may lie in and where it comes from.

    Attributes
    ----------
    low, high : range, the value inside
    source : where it comes from, or "assumed"

    """

    __slots__ = ("high", "low", "source")
    low: float
    high: float
    source: str

    def __new__(cls, value: float, low: float, high: float, source: str = ASSUMED_SOURCE) -> Number:
        """Make the number; its range must hold it."""
        if not low <= value <= high:
            raise ValueError(f"{value} is outside its own range {low} to {high}")
        made = super().__new__(cls, value)
        made.low, made.high, made.source = float(low), float(high), source
        return made


def table(values: Mapping[K, float], down: float, up: float,
          source: str = ASSUMED_SOURCE) -> dict[K, float]:  # fmt: skip
    """Numbers by key, each with a range from `down` to `up` times its value."""
    return {k: scaled(v, down, up, source) for k, v in values.items()}


def pairs(values: Mapping[K, tuple[float, float]], down: float, up: float,
          source: str = ASSUMED_SOURCE) -> dict[K, tuple[float, float]]:  # fmt: skip
    """Two numbers by key, each with a range from `down` to `up` times its value."""
    return {
        k: (scaled(a, down, up, source), scaled(b, down, up, source))
        for k, (a, b) in values.items()
    }


def scaled(value: float, down: float, up: float, source: str = ASSUMED_SOURCE) -> Number:
    """Return a number with a range from `down` to `up` times its value."""
    ends = sorted((down * value, up * value))
    return Number(value, ends[0], ends[1], source)


def factors(values: Mapping[K, float], source: str = ASSUMED_SOURCE) -> dict[K, float]:
    """Numbers by key, each between half and twice its distance from 1 (never below 0.01)."""
    out: dict[K, float] = {}
    for key, value in values.items():
        ends = sorted((1 + 0.5 * (value - 1), max(1 + 2 * (value - 1), 0.01)))
        out[key] = Number(value, ends[0], ends[1], source)
    return out


def collected(modules: Iterable[ModuleType]) -> dict[str, dict[str, Any]]:
    """Every number of the modules as value, low, high, source, by ``module.name.key``.

    A number that several modules hold is listed under the first of them.
    """
    found: dict[str, dict[str, Any]] = {}
    seen: set[int] = set()
    for module in modules:
        home = module.__name__.rpartition(".")[2]
        prefix = "" if home == "assumptions" else f"{home}."
        for name, value in vars(module).items():
            for key, number in _inside(value):
                if id(number) in seen:
                    continue
                seen.add(id(number))
                label = prefix + ".".join([name.strip("_").lower(), *key])
                found[label] = {"value": float(number), "low": number.low, "high": number.high,
                                "source": number.source}  # fmt: skip
    return dict(sorted(found.items()))


def _inside(value: Any) -> list[tuple[tuple[str, ...], Number]]:
    if isinstance(value, Number):
        return [((), value)]
    if isinstance(value, Mapping):
        pairs = [(_label(k), v) for k, v in value.items()]
    elif isinstance(value, tuple):
        pairs = [(str(k), v) for k, v in enumerate(value)]
    else:
        return []
    return [((label, *key), number) for label, v in pairs for key, number in _inside(v)]


def _label(key: Any) -> str:
    return "-".join(map(str, key)) if isinstance(key, tuple) else str(key)
