"""Speeds, freight rates, ranges, and what a tonne of each sector is worth: `rates.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any

import pandas as pd

from entrepot.channels.numbers import Number, numbers_of
from entrepot.channels.routes.places import data_text
from entrepot.core.own_yaml import read_own


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two others; `at` goes from low at -1 over central at 0 to high at 1."""

    low: float
    central: float
    high: float

    def at(self, position: float) -> float:
        """Value at `position`, linear between the three; beyond the ends, the end."""
        end = self.high if position > 0 else self.low
        return self.central + min(abs(position), 1.0) * (end - self.central)


@dataclass(frozen=True, slots=True)
class Goods:
    """How the goods of a sector move.

    Attributes
    ----------
    sector : label
    cargo : container, dry, tanker (crude), products or lng
    centres : which list of places the trade starts and ends at
    value : USD a tonne
    time : cost of a day as a multiple of that of manufactured goods

    """

    sector: str
    cargo: str
    centres: str
    value: float
    time: float


@cache
def _raw() -> Mapping[str, Any]:
    return read_own(data_text("rates.yaml"))


@cache
def numbers() -> Mapping[str, Number]:
    """Parameters of the network by name."""
    return numbers_of(_raw()["parameters"])


@cache
def goods() -> Mapping[str, Goods]:
    """Sectors that move over the network."""
    table = pd.read_csv(StringIO(data_text("values.csv")), comment="#", index_col="sector")
    values = table["usd_per_tonne"].to_dict()
    return {
        sector: Goods(sector, x["cargo"], x["centres"],
                      float(x.get("usd_per_tonne") or values[sector]), x["time"])
        for sector, x in _raw()["goods"].items()
    }  # fmt: skip


def speed(mode: str) -> float:
    """km a day."""
    return float(_raw()["modes"][mode]["km_per_day"])


def freight(mode: str, cargo: str) -> float | None:
    """USD per tonne and km; None where the mode does not carry the cargo."""
    rate = _raw()["modes"][mode]["freight"].get(cargo)
    return None if rate is None else float(rate)


def stop(mode: str) -> tuple[float, float]:
    """Days and USD a tonne that a link adds once; nothing at sea."""
    row = _raw()["stops"].get(mode, {"days": 0.0, "usd": 0.0})
    return float(row["days"]), float(row["usd"])


def handling(cargo: str) -> tuple[float, Range]:
    """USD a tonne and days for loading, or unloading, once in a port."""
    row = _raw()["handling"][cargo]
    days = row["days"]
    return float(row["usd"]), Range(days["low"], days["central"], days["high"])


def plain_border(days: float) -> Range:
    """Range of the days at the border of a plain link."""
    row = _raw()["plain_borders"]
    return Range(row["low"] * days, days, row["high"] * days)


def plain_capacity(mode: str) -> Range:
    """Mt a year in one direction that a plain link of `mode` carries."""
    row = _raw()["plain_capacity"][mode]
    return Range(row["low"], row["central"], row["high"])


def piped_gas() -> Mapping[str, tuple[str, ...]]:
    """Exporter -> importers of gas by pipeline."""
    return {a: tuple(b) for a, b in _raw()["gas_pipelines"].items()}
