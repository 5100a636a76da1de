"""Checks of a user equilibrium by code that did not solve it: no path, no Dijkstra, no Newton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entrepot.channels.routes.congestion_delay import Delay
from entrepot.channels.routes.congestion_graph import Roads

CONSERVED = 1e-10
"""Largest imbalance at a node, as a share of the trips of an origin."""
ROUNDING = 1e-14
"""Relative gap that float64 cannot do without."""
USED = 1e-9
"""Share of an origin's trips from which a link counts as used."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is left of each condition of a user equilibrium.

    Attributes
    ----------
    gap : (cost of all trips - cost if each took a cheapest way) / the former
    excess : largest extra cost of a used link over a cheapest way, over the mean cost of a trip
    conservation : largest imbalance of trips at a node, over the trips of that origin
    least : smallest flow by origin and link; below zero only by mistake
    tolerance : relative gap that was asked for

    """

    gap: float
    excess: float
    conservation: float
    least: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether every trip arrives and nobody has a quicker way, to tolerance."""
        small = abs(self.gap) <= max(self.tolerance, ROUNDING)
        return small and self.conservation <= CONSERVED and self.least >= 0.0

    def text(self) -> str:
        """One sentence with the gaps."""
        return (
            f"relative gap {self.gap:.1e} (allowed {self.tolerance:.1e}), a used link is at most "
            f"{self.excess:.1e} of a mean trip too dear, trips at nodes balance to "
            f"{self.conservation:.1e} (allowed {CONSERVED:.0e})."
        )


def certify(
    roads: Roads, delay: Delay, demand: np.ndarray, by_origin: np.ndarray, tolerance: float
) -> Certificate:
    """Recompute the gaps of `by_origin` (zone, link) flows against `demand` (zone, zone)."""
    zones = np.flatnonzero(demand.sum(1) > 0)
    flow, trips = by_origin.sum(0), demand[zones]
    time = delay.time(flow)
    far = distances(roads, time, zones)
    total = float(flow @ time)
    to_zone = far[:, : len(demand)]
    least = float((np.where(trips > 0, to_zone, 0.0) * trips).sum())
    sent = trips.sum(1)
    tails = roads.starts()[roads.tail]
    with np.errstate(invalid="ignore"):  # no way leads to some nodes; their links carry nothing
        extra = far[:, tails] + time - far[:, roads.head]
    used = by_origin[zones] > USED * sent[:, None]
    mean = total / float(sent.sum())
    return Certificate(
        gap=1.0 - least / total if total > 0 else 0.0,
        excess=float(np.max(extra, where=used, initial=0.0)) / mean if mean > 0 else 0.0,
        conservation=_imbalance(roads, trips, by_origin[zones], zones, sent),
        least=float(by_origin.min()),
        tolerance=tolerance,
    )


def distances(roads: Roads, cost: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """(origin, node) cost of cheapest ways by Bellman and Ford's method; infinite without a way.

    Nodes without through traffic have a second entry, `nodes` further on, where trips start.
    """
    tails, starts = roads.starts()[roads.tail], roads.starts()[origins]
    order = np.argsort(roads.head, kind="stable")
    first = np.flatnonzero(np.diff(roads.head[order], prepend=-1))
    reached = roads.head[order][first]
    far = np.full((len(origins), 2 * roads.nodes), np.inf)
    far[np.arange(len(origins)), starts] = 0.0
    for _ in range(2 * roads.nodes):
        offer = np.minimum.reduceat((far[:, tails] + cost)[:, order], first, axis=1)
        new = np.minimum(far[:, reached], offer)
        if np.array_equal(new, far[:, reached]):
            break
        far[:, reached] = new
    return far


def _imbalance(
    roads: Roads, trips: np.ndarray, flow: np.ndarray, zones: np.ndarray, sent: np.ndarray
) -> float:
    """Largest of: inflow - outflow - arrivals at a node; trips through a node without passage."""
    rows = np.arange(len(zones))
    balance = np.zeros((len(zones), 2 * roads.nodes))
    for k in rows:
        np.add.at(balance[k], roads.head, flow[k])
        np.subtract.at(balance[k], roads.starts()[roads.tail], flow[k])
    balance[rows, roads.starts()[zones]] += sent
    balance[:, : trips.shape[1]] -= trips
    return float((np.abs(balance).max(1) / sent).max())
