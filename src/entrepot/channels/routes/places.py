"""Places, passages, and where the trade of each economy starts and ends: `places.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from entrepot.core.own_yaml import read_own

FORMAT: Final = "entrepot-places/1"
CARGO: Final = ("container", "dry", "tanker")
"""Kinds of ships, and what they carry: piece goods, dry bulk, liquids."""


@dataclass(frozen=True, slots=True)
class Place:
    """A city or port: position in degrees, the economy it lies in, and its kind."""

    name: str
    lon: float
    lat: float
    economy: str
    kind: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A strait or canal between two gates.

    Attributes
    ----------
    name : name of the link, by which it is closed
    gates : the two ends, (sea, lon, lat) each
    named : searoute's names for the edges between them
    cut : line (lon, lat, lon, lat) that labels further edges, or None
    days : waiting time
    usd : dues by cargo, USD a tonne
    source : where the last two come from

    """

    name: str
    gates: tuple[tuple[str, float, float], tuple[str, float, float]]
    named: tuple[str, ...]
    cut: tuple[float, ...] | None
    days: float
    usd: dict[str, float]
    source: str


@dataclass(frozen=True, slots=True)
class Places:
    """What `places.yaml` holds.

    Attributes
    ----------
    places : cities and ports by name
    passages : straits and canals by name
    centres : economy -> goods ("any", "oil", "gas", "grain") -> place -> part of the trade
    access : economy -> place -> km of road to it
    left_out : lines across edges of searoute's network that are no sea legs here

    """

    places: dict[str, Place]
    passages: dict[str, Passage]
    centres: dict[str, dict[str, dict[str, float]]]
    access: dict[str, dict[str, float]]
    left_out: dict[str, tuple[float, ...]]


def data_text(name: str) -> str:
    """Text of a data file of this package."""
    return (files("entrepot.channels.routes") / "data" / name).read_text("utf-8")


@cache
def load_places() -> Places:
    """Places of the bundled network."""
    raw = read_own(data_text("places.yaml"))
    return Places(
        {name: Place(name, *row) for name, row in raw["places"].items()},
        {name: _passage(name, row) for name, row in raw["passages"].items()},
        raw["centres"],
        raw["access"],
        {name: tuple(line) for name, line in raw["left_out"].items()},
    )


def _passage(name: str, row: dict[str, Any]) -> Passage:
    one, two = ((sea, *at) for sea, at in row["gates"].items())
    cut = tuple(row["cut"]) if "cut" in row else None
    usd = {cargo: float(row["usd"][cargo]) for cargo in CARGO}
    return Passage(name, (one, two), tuple(row["named"]), cut, row["days"], usd, row["source"])


def gate_name(passage: str, sea: str) -> str:
    """Name of one end of a passage."""
    return f"{passage} ({sea})"
