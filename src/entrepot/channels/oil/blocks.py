"""Which regions of a world sell and buy which part of an oil market.

Streams and refiners meet regions in blocks: all streams of a region and all regions of a stream
stand in one seller, likewise refiners in one buyer (Russia's two streams are one seller, China's
two refiners one buyer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.data_files import yaml_of
from entrepot.channels.oil.market import OilMarket
from entrepot.core.errors import LabelError

Places = npt.NDArray[np.intp]
NOWHERE = -1
"""Position of a region that no stream, or no refiner, covers."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Which regions sell and buy which part of a market.

    Attributes
    ----------
    sellers, buyers : names of seller g and buyer h: their streams and refiners, joined by "+"
    stream, refiner : (V,), (J,) seller of each stream and buyer of each refiner
    origin, dest : (N,) seller and buyer that each region belongs to; `NOWHERE`: none

    """

    sellers: tuple[str, ...]
    buyers: tuple[str, ...]
    stream: Places
    refiner: Places
    origin: Places
    dest: Places


def members_of(market: OilMarket) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Regions of each stream and each refiner: the bundled table, else producer and name."""
    streams, refiners = yaml_of("streams.yaml"), yaml_of("refiners.yaml")
    return (
        {s.name: tuple(streams[s.name]["economies"]) if s.name in streams else (s.producer,)
         for s in market.streams},
        {r: tuple(refiners[r]["economies"]) if r in refiners else (r,)
         for r in market.refiner_names},
    )  # fmt: skip


def blocks_of(
    market: OilMarket,
    regions: Sequence[str],
    streams: Mapping[str, Sequence[str]] | None = None,
    refiners: Mapping[str, Sequence[str]] | None = None,
) -> Blocks:
    """Put the streams and refiners of `market` together with `regions` of a world.

    Parameters
    ----------
    market, regions : the market, and the labels of the world's regions
    streams, refiners : name -> regions (default: `members_of`)

    Raises
    ------
    LabelError : a stream or refiner has no region in the world

    """
    known = members_of(market)
    found = []
    sides = []
    for what, names, given in (
        ("stream", market.stream_names, streams or known[0]),
        ("refiner", market.refiner_names, refiners or known[1]),
    ):
        here = {n: [r for r in given.get(n, ()) if r in regions] for n in names}
        found += [
            f"{what} '{n}' has no region in the world (its own: {', '.join(given.get(n, ()))}). "
            "Choose a world with one of them, or give the regions of each name."
            for n in names
            if not here[n]
        ]
        sides.append(_components(here, regions))
    if found:
        raise LabelError.collect("oil market and world", found)
    (sellers, stream, origin), (buyers, refiner, dest) = sides
    return Blocks(sellers, buyers, stream, refiner, origin, dest)


def _components(
    members: Mapping[str, Sequence[str]], regions: Sequence[str]
) -> tuple[tuple[str, ...], Places, Places]:
    """Names that share a region, in common groups: labels, group of each name and region."""
    groups: list[tuple[list[str], set[str]]] = []
    for name, own in members.items():
        joined: tuple[list[str], set[str]] = ([], set(own))
        for old in [g for g in groups if g[1] & joined[1]]:
            joined = (joined[0] + old[0], joined[1] | old[1])
            groups.remove(old)
        groups.append((joined[0] + [name], joined[1]))
    of_name = {n: k for k, (names, _) in enumerate(groups) for n in names}
    of_region = {r: k for k, (_, own) in enumerate(groups) for r in own}
    return (
        tuple("+".join(names) for names, _ in groups),
        np.array([of_name[n] for n in members], dtype=np.intp),
        np.array([of_region.get(r, NOWHERE) for r in regions], dtype=np.intp),
    )
