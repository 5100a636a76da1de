"""Which economies a stream and a refiner stand for, and how much of each is whose.

A measure names economies; a refiner may be a group of them that buys as one.  A measure on part of
a group counts for that part of it, by what its members bought of the crude in question, or
produced, in the base year (``data/pairs_YEAR.csv``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.data_files import table_of, yaml_of
from entrepot.channels.oil.market import OilMarket

Array = npt.NDArray[np.float64]
PAIR_YEARS = tuple(yaml_of("years.yaml"))
WHOLE = 0.995
"""Part of a group from which a measure counts for all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Economies behind a market's streams and refiners.

    Attributes
    ----------
    sellers, buyers : stream, refiner -> economies
    at : economy -> its place in `kbd`
    kbd : (economy, economy) crude of the base year by origin and dest, own refining too

    """

    sellers: Mapping[str, tuple[str, ...]]
    buyers: Mapping[str, tuple[str, ...]]
    at: Mapping[str, int]
    kbd: Array

    @classmethod
    def of(cls, market: OilMarket, year: int) -> Places:
        """Places of a bundled market; of a user's own, streams and refiners are economies.

        `year` chooses the pairs by which members of a group are weighed: the latest up to it.
        """
        streams, refiners = yaml_of("streams.yaml"), yaml_of("refiners.yaml")
        sellers = {
            s.name: tuple(streams[s.name]["economies"]) if s.name in streams else (s.producer,)
            for s in market.streams
        }
        buyers = {
            r.name: tuple(refiners[r.name]["economies"]) if r.name in refiners else (r.name,)
            for r in market.refiners
        }
        names = sorted({e for group in (*sellers.values(), *buyers.values()) for e in group})
        at = {e: k for k, e in enumerate(names)}
        return cls(sellers, buyers, at, _pairs(year, at))

    @property
    def economies(self) -> tuple[str, ...]:
        """Economies that the market knows by themselves."""
        return tuple(self.at)

    def streams(self, economies: Collection[str]) -> dict[str, float]:
        """Streams of `economies`, with the part of each that is theirs by output."""
        output = self.kbd.sum(axis=1)
        found = {s: self._part(group, economies, output) for s, group in self.sellers.items()}
        return {s: part for s, part in found.items() if part > 0}

    def refiners(self, economies: Collection[str], sellers: Collection[str]) -> dict[str, float]:
        """Refiners of `economies`, with their part of what each buys from `sellers`."""
        rows = [self.at[e] for e in sellers if e in self.at]
        bought, runs = self.kbd[rows].sum(axis=0), self.kbd.sum(axis=0)
        out = {}
        for name, group in self.buyers.items():
            known = bought[[self.at[e] for e in group]].sum() > 0
            part = self._part(group, economies, bought if known else runs)
            if part > 0:
                out[name] = part
        return out

    def bought(self, buyer: str, sellers: Collection[str]) -> float:
        """What an economy bought from `sellers` in the base year, kb/d."""
        rows = [self.at[e] for e in sellers if e in self.at]
        return float(self.kbd[rows, self.at[buyer]].sum())

    def _part(self, group: tuple[str, ...], economies: Collection[str], size: Array) -> float:
        inside = [e for e in group if e in economies]
        total = float(size[[self.at[e] for e in group]].sum())
        if not inside or total <= 0:
            return len(inside) / len(group)
        part = float(size[[self.at[e] for e in inside]].sum()) / total
        return 1.0 if part >= WHOLE else part


def _pairs(year: int, at: Mapping[str, int]) -> Array:
    known = max((y for y in PAIR_YEARS if y <= year), default=PAIR_YEARS[0])
    out = np.zeros((len(at), len(at)))
    for row in table_of(f"pairs_{known}.csv").itertuples():
        if row.origin in at and row.dest in at:
            out[at[str(row.origin)], at[str(row.dest)]] += float(str(row.kbd))
    return out
