"""What must hold for restrictions on an oil market: every problem, each a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.restrictions import (
    Ban,
    Designation,
    PriceCap,
    Restriction,
    VesselGain,
)
from entrepot.core.errors import did_you_mean

RATES = ("share",)
"""Fields between 0 and 1; a gain may exceed 1."""
AMOUNTS = ("usd", "attestation", "vessels", "kbd", "hat", "days", "share")


def problems_of(market: OilMarket, restrictions: Sequence[Restriction]) -> list[str]:
    """One sentence for each thing that cannot be."""
    out: list[str] = []
    for k, r in enumerate(restrictions):
        at = f"{type(r).__name__} ({k + 1} of {len(restrictions)})"
        out += [f"{at}: {p}" for p in (*_names(market, r), *_numbers(r))]
        if isinstance(r, PriceCap):
            out += [f"{at}: {p}" for p in _cap(market, r)]
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
        for name in given:
            if name not in labels:
                yield f"'{name}' is none of the {what}." + did_you_mean(name, labels)
    limited = [c.name for c in market.carriers if np.isfinite(c.capacity)]
    if isinstance(r, Designation | VesselGain) and r.carrier not in limited:
        yield f"carrier '{r.carrier}' is no fleet or pipe with a capacity." + did_you_mean(
            r.carrier, limited
        )
    if isinstance(r, Ban):
        for name in r.waivers:
            if name not in (r.refiners or market.refiner_names):
                yield f"waiver for '{name}', whom the ban does not bind." + did_you_mean(
                    name, r.refiners or market.refiner_names
                )


def _numbers(r: Restriction) -> Iterator[str]:
    for what in AMOUNTS:
        value = getattr(r, what, 0.0)
        if not 0 <= value < np.inf:
            yield f"{what} is {value}; it must be 0 or more, and finite."
        elif what in RATES and value > 1 and type(r).__name__ != "CapacityGain":
            yield f"{what} is {value}; it is a part of the whole, 0 to 1."
    if getattr(r, "hat", 1.0) == 0:
        yield "hat is 0; demand must stay above 0. Leave the refiner out of the market instead."
    for name, kbd in getattr(r, "waivers", {}).items():
        if not 0 <= kbd < np.inf:
            yield f"waiver of {name} is {kbd}; it must be 0 or more, and finite."


def _cap(market: OilMarket, r: PriceCap) -> Iterator[str]:
    """A cap at which nobody would produce is a ban by another name."""
    for s in market.streams:
        if (s.name in r.streams or s.producer in r.streams) and r.usd < s.cost[0]:
            yield (
                f"the cap of {r.usd:g} USD is below what the first barrel of {s.name} costs "
                f"({s.cost[0]:g}); nothing would be sold under it. Raise the cap, or use a "
                "ServiceBan."
            )
