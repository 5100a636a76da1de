"""Measures on links that cannot both hold: what one opens another closes, and the like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from entrepot.channels.routes.network import Network
from entrepot.channels.routes.outcome import Change
from entrepot.scenario.book import Entry

Given = Sequence[tuple[Entry, Change]]


def clashes(given: Given, network: Network) -> list[str]:
    """Sentences on measures that contradict each other, or together let a link take no time."""
    found = []
    for (a, one), (b, two) in combinations(given, 2):
        names = f"{a.where}: {a.name} and {b.name} ({b.where})"
        if one.open is not None and two.open is not None and one.open != two.open:
            both = one.links & two.links & _meet(one, two)
            if both.any():
                found.append(
                    f"{names}: one opens {_first(network, both)}, the other closes it, for the "
                    "same trade. Take one out, or end it with 'until' before the other begins."
                )
        given_twice = ~np.isnan(one.capacity) & ~np.isnan(two.capacity)
        differ = given_twice & (one.capacity != two.capacity)
        if differ.any():
            k = int(np.flatnonzero(differ)[0])
            found.append(
                f"{names}: {_first(network, differ)} has a capacity of {one.capacity[k]:g} Mt a "
                f"year by one and {two.capacity[k]:g} by the other. Make them agree, or end one "
                "with 'until' before the other begins."
            )
    return found + _no_time(given, network)


def _meet(one: Change, two: Change) -> bool:
    """Whether some trade is that of both measures."""
    return bool((one.trade & two.trade).any() and one.sectors & two.sectors)


def _first(network: Network, links: np.ndarray) -> str:
    return network.links[int(np.flatnonzero(links)[0])]


def _no_time(given: Given, network: Network) -> list[str]:
    """Days that several measures take off, each of them less than the link takes."""
    faster = [(e, c) for e, c in given if (c.days < 0).any()]
    if len(faster) < 2:
        return []
    takes = network.days + network.border_days
    for k in np.flatnonzero(sum(c.days for _, c in faster) + takes < 0):
        for sector in sorted(frozenset[str]().union(*(c.sectors for _, c in faster))):
            added = sum(c.days[k] * c.trade for _, c in given if sector in c.sectors)
            if np.min(takes[k] + added) < 0:
                names = " and ".join(e.name for e, c in faster if c.days[k] < 0)
                return [
                    f"{faster[0][0].where}: {names}: together they would let {network.links[k]} "
                    f"take {np.min(takes[k] + added):.3g} days in trade in {sector}; it takes "
                    f"{takes[k]:.3g}. Take off less."
                ]
    return []
