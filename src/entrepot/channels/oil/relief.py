"""What of the restrictions of the base month still holds when some of it is lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.restrictions import Relief, Restriction


def in_force(market: OilMarket, restrictions: Sequence[Restriction]) -> list[Restriction]:
    """Return `restrictions` without what a `Relief` among them lifts.

    Only what stood in the base month is lifted, not what is added to it, even if it is the same.
    """
    lifted = {s for r in restrictions if isinstance(r, Relief) for s in streams_of(market, r)}
    stood: list[Any] = list(market.standing)
    out: list[Restriction] = []
    for r in restrictions:
        if lifted and r in stood and hasattr(r, "streams"):
            old = stood.pop(stood.index(r))
            left = tuple(s for s in streams_of(market, r) if s not in lifted)
            out += [replace(old, streams=left)] if left else []
        elif not isinstance(r, Relief):
            out.append(r)
    return out


def streams_of(market: OilMarket, r: Any) -> tuple[str, ...]:
    """Streams that a restriction names, by themselves or by their producer; all if it names none.

    Of a restriction without streams: none.
    """
    if not hasattr(r, "streams"):
        return ()
    return tuple(s.name for s in market.streams
                 if not r.streams or s.name in r.streams or s.producer in r.streams)  # fmt: skip


def liftable(market: OilMarket) -> tuple[str, ...]:
    """Streams against which something stood in the base month."""
    stood = {s for r in market.standing for s in streams_of(market, r)}
    return tuple(s for s in market.stream_names if s in stood)
