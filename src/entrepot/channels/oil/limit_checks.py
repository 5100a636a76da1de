"""What must hold for restrictions on an oil market: every problem, each a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from entrepot.channels.oil.domains import AMOUNT, outside
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.restrictions import (
    Ban,
    Designation,
    PriceCap,
    Restriction,
    VesselGain,
)
from entrepot.core.errors import did_you_mean


def problems_of(market: OilMarket, restrictions: Sequence[Restriction]) -> list[str]:
    """One sentence for each thing that cannot be."""
    out: list[str] = []
    for k, r in enumerate(restrictions):
        at = f"{type(r).__name__} ({k + 1} of {len(restrictions)})"
        if not isinstance(r, Restriction):
            out.append(
                f"{at}: {r!r} is no restriction. Give one of the module `restrictions`; in a path "
                "each stands in a `Timed`, in a month by itself."
            )
            continue
        found = [*_names(market, r), *outside(r)]
        if isinstance(r, PriceCap) and not found:
            found += _cap(market, r)
        out += [f"{at}: {p}" for p in found]
    return out


def _names(market: OilMarket, r: Restriction) -> Iterator[str]:
    producers = [s.producer for s in market.streams]
    known = {
        "streams": (*market.stream_names, *dict.fromkeys(producers)),
        "refiners": market.refiner_names,
        "carriers": tuple(c.name for c in market.carriers),
    }
    for what, labels in known.items():
        given = getattr(r, what, ())
        if isinstance(given, str):
            yield f"{what} is the text '{given}'; write ('{given}',)."
            continue
        if not isinstance(given, tuple | list):
            yield f"{what} is {given!r}; it must be a list of names."
            continue
        for name in given:
            if name not in labels:
                yield f"'{name}' is none of the {what}." + did_you_mean(name, labels)
    limited = [c.name for c in market.carriers if np.isfinite(c.capacity)]
    if isinstance(r, Designation | VesselGain) and r.carrier not in limited:
        yield f"carrier '{r.carrier}' is no fleet or pipe with a capacity." + did_you_mean(
            r.carrier, limited
        )
    if isinstance(r, Ban) and not isinstance(r.waivers, Mapping):
        yield f"waivers is {r.waivers!r}; it must give kb/d by refiner."
    elif isinstance(r, Ban) and isinstance(r.refiners, tuple | list):
        for name in r.waivers:
            if name not in (r.refiners or market.refiner_names):
                yield f"waiver for '{name}', whom the ban does not bind." + did_you_mean(
                    name, r.refiners or market.refiner_names
                )
        yield from (
            f"waiver of {name} is {kbd!r}; it must be {AMOUNT.text}."
            for name, kbd in r.waivers.items()
            if not AMOUNT.holds(kbd)
        )


def _cap(market: OilMarket, r: PriceCap) -> Iterator[str]:
    """A cap at which nobody would produce is a ban by another name."""
    for s in market.streams:
        if (s.name in r.streams or s.producer in r.streams) and r.usd < s.cost[0]:
            yield (
                f"the cap of {r.usd:g} USD is below what the first barrel of {s.name} costs "
                f"({s.cost[0]:g}); nothing would be sold under it. Raise the cap, or use a "
                "ServiceBan."
            )
