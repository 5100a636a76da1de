"""Bundled markets with their base months solved; those used last are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from entrepot.channels.oil.base import Base, base_of
from entrepot.channels.oil.bundled import load_agreement, load_market
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import solve_month
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import Agreement
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.settle import still


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A market and its base month.

    Attributes
    ----------
    market, base, month : the market, its coefficients, its base month
    usual : rule of producers of the base year
    places : the economies behind streams and refiners

    """

    market: OilMarket
    base: Base
    month: MonthOutcome
    usual: Agreement
    places: Places


def start_of(year: int, parameters: Mapping[str, float]) -> Start:
    """Return the market of a base year with all of `parameters`, and its base month."""
    return _start(year, tuple(sorted(parameters.items())))


def still_of(year: int, parameters: Mapping[str, float], years: float) -> Start:
    """Return the same `years` after a change, when nothing moves by itself (`still`)."""
    return _still(year, tuple(sorted(parameters.items())), years)


@lru_cache(maxsize=6)
def _start(year: int, parameters: tuple[tuple[str, float], ...]) -> Start:
    market, usual = load_market(year, **dict(parameters)), load_agreement(year, **dict(parameters))
    base = base_of(market)
    return Start(market, base, solve_month(market, base=base), usual, Places.of(market, year))


@lru_cache(maxsize=6)
def _still(year: int, parameters: tuple[tuple[str, float], ...], years: float) -> Start:
    first = _start(year, parameters)
    market = still(first.market, years)
    base = base_of(market)
    return Start(market, base, solve_month(market, base=base), first.usual, first.places)
