"""Queues: tolls that keep the traffic of full links within what they can carry.

A link with capacity K carries at most K, or what the benchmark's own trade puts on it if that is
more.  Where the traffic after a change would be more, a queue grows until it costs so much, in USD
a tonne for whoever passes, that the traffic fits:

    toll_l >= 0,  F_l(toll) <= K_l,  toll_l (K_l - F_l) = 0.

Goods go other ways, and volumes follow the delivered cost with an elasticity of their own.  The
toll is a cost in time and trouble; nobody earns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.routes import rates
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.outcome import Change, Moved, moved
from entrepot.channels.routes.transport import Setting, typical_rate

ROUNDS: Final = 60
TOLERANCE: Final = 0.01
HIGHEST: Final = 5000.0


@dataclass(frozen=True, slots=True, eq=False)
class Queues:
    """Tolls of queues and the traffic that they leave.

    Attributes
    ----------
    toll : (link,) USD a tonne
    traffic : (link,) Mt a year
    worst : largest log distance of a queued link from its capacity, or of a full one above it
    rounds : steps taken

    """

    toll: np.ndarray
    traffic: np.ndarray
    worst: float
    rounds: int

    @property
    def ok(self) -> bool:
        """Whether every queue clears to within the tolerance."""
        return self.worst <= TOLERANCE


def room(network: Network, before: np.ndarray, changes: Sequence[Change]) -> np.ndarray:
    """(link,) Mt a year that each link can carry after `changes`."""
    out = np.maximum(network.capacity, before * (1.0 + 1e-9))
    for change in changes:
        out = np.where(np.isnan(change.capacity), out, change.capacity)
    return out


def clear(
    network: Network,
    before: np.ndarray,
    changes: Sequence[Change],
    tonnes: Mapping[str, np.ndarray],
    setting: Setting,
    regions: tuple[str, ...],
    elasticity: float,
) -> tuple[Queues, dict[str, Moved]]:
    """Return the queues after `changes`, and every sector at them.

    Diagonal Newton steps: the traffic of sector s on a link falls with the toll at the rate
    nu_s / v_s, for it goes other ways.
    """
    limit = room(network, before, changes)
    toll = np.zeros(len(before))
    slope = {s: _slope(s, setting) for s in tonnes}
    best: tuple[float, Queues, dict[str, Moved]] | None = None
    for step in range(1, ROUNDS + 1):
        done = {s: moved(s, setting, changes, regions, toll) for s in tonnes}
        parts = {s: done[s].traffic(_volume(tonnes[s], done[s], elasticity)) for s in tonnes}
        traffic = np.asarray(np.sum(list(parts.values()), axis=0))
        gap = _gap(traffic, limit)
        off = np.where(toll > 0, np.abs(gap), np.maximum(gap, 0.0))
        queues = Queues(toll, traffic, float(off.max()), step)
        if best is None or queues.worst < best[0]:
            best = (queues.worst, queues, done)
        if queues.ok:
            break
        steepness = sum(slope[s] * parts[s] for s in tonnes) / np.maximum(traffic, 1e-12)
        move = np.divide(gap, steepness, out=np.zeros_like(gap), where=steepness > 0)
        toll = np.clip(toll + (1.0 if step < 4 else 0.6) * move, 0.0, HIGHEST)
    assert best is not None
    return best[1], best[2]


def _gap(traffic: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """(link,) log of traffic over room; 0 where there is no limit."""
    bound = np.isfinite(limit)
    ratio = np.maximum(traffic, 1e-9) / np.where(bound & (limit > 0), limit, 1.0)
    return np.where(bound & (limit > 0), np.log(ratio), 0.0)


def _slope(sector: str, setting: Setting) -> float:
    goods = rates.goods()[sector]
    return setting.route_elasticity / typical_rate(goods, setting) / goods.value


def _volume(tonnes: np.ndarray, one: Moved, elasticity: float) -> np.ndarray:
    """Tonnes after: they follow the delivered cost; nothing where no way is left."""
    hats = np.where(np.isfinite(one.hats), one.hats, 1.0)
    return np.where(np.isfinite(one.hats), tonnes * hats**-elasticity, 0.0)
