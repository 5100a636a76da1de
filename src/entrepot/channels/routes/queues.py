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
from entrepot.channels.routes.transport import Setting, carried

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


def room(
    network: Network, before: np.ndarray, changes: Sequence[Change], everywhere: bool
) -> np.ndarray:
    """(link,) Mt a year that each link can carry after `changes`; inf where no queue is asked for.

    Queues are asked for in pipelines, at links that a change opens or whose capacity it gives, or
    `everywhere`.
    """
    out = np.maximum(network.capacity, before * (1.0 + 1e-9))
    asked = np.array([everywhere or mode == "pipeline" for mode in network.mode])
    for change in changes:
        given = ~np.isnan(change.capacity)
        out = np.where(given, change.capacity, out)
        asked |= given | (change.links & (change.open is True))
    return np.where(asked, out, np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What clears: room on links, and the sectors that want to pass.

    Attributes
    ----------
    limit : (link,) Mt a year; inf where there is none
    mode : (link,)
    changes, tonnes, setting, regions, elasticity : see `clear`

    """

    limit: np.ndarray
    mode: tuple[str, ...]
    changes: Sequence[Change]
    tonnes: Mapping[str, np.ndarray]
    setting: Setting
    regions: tuple[str, ...]
    elasticity: float

    def meets(self, sector: str, links: np.ndarray) -> bool:
        """Whether the cargo of `sector` can pass one of `links` (link,) bool."""
        return bool((carried(self.mode, rates.goods()[sector].cargo) & links).any())

    def at(self, toll: np.ndarray, rest: Trial | None = None) -> Trial:
        """Traffic and everything else at `toll` (link,).

        What no queue can touch stays as it is in `rest`, the trial without tolls.
        """
        done, volume, part = {}, {}, {}
        for s, tonnes in self.tonnes.items():
            if rest is not None and not self.meets(s, toll > 0):
                done[s], volume[s], part[s] = rest.done[s], rest.volume[s], rest.part[s]
                continue
            done[s] = moved(s, self.setting, self.changes, self.regions, toll)
            volume[s] = _volume(tonnes, done[s], self.elasticity)
            part[s] = done[s].traffic(volume[s])
        traffic = sum(part.values(), np.zeros(len(toll)))
        gap = _gap(traffic, self.limit)
        off = np.where(toll > 0, np.abs(gap), np.maximum(gap, 0.0))
        return Trial(toll, traffic, gap, float(off.max()), done, volume, part)

    def step(self, trial: Trial) -> np.ndarray:
        """(link,) Newton step of the tolls on the links that are full or queued."""
        on = np.flatnonzero((trial.toll > 0) | (trial.gap > 0))
        total = np.zeros((len(on), len(on)))
        full = np.zeros(len(trial.toll), dtype=bool)
        full[on] = True
        for s, one in trial.done.items():
            if not self.meets(s, full):
                continue
            slopes = one.slopes(trial.volume[s], on, self.elasticity)
            total += slopes / rates.goods()[s].value
        total /= np.maximum(trial.traffic[on], 1e-9)[:, None]
        # Links in a row have the same traffic: the small weight shares their toll out.
        small = 1e-6 * np.abs(total.diagonal()).max()
        move = np.linalg.solve(total - small * np.eye(len(on)), -trial.gap[on])
        out = np.zeros(len(trial.toll))
        out[on] = move
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One point of the search: tolls, and what they lead to.

    Attributes
    ----------
    toll, traffic : (link,)
    gap : (link,) log of traffic over room
    worst : how far from clearing, in logs
    done, volume, part : every sector, its tonnes, and its traffic (link,)

    """

    toll: np.ndarray
    traffic: np.ndarray
    gap: np.ndarray
    worst: float
    done: dict[str, Moved]
    volume: dict[str, np.ndarray]
    part: dict[str, np.ndarray]


def clear(
    network: Network,
    before: np.ndarray,
    changes: Sequence[Change],
    tonnes: Mapping[str, np.ndarray],
    setting: Setting,
    regions: tuple[str, ...],
    elasticity: float,
    everywhere: bool = False,
) -> tuple[Queues, dict[str, Moved]]:
    """Return the queues after `changes`, and every sector at them.

    Newton's method on the links that are full or queued, tolls kept at 0 or above; a step that
    leads away is halved.  `everywhere` as of `room`.
    """
    limit = room(network, before, changes, everywhere)
    problem = Problem(limit, network.mode, changes, tonnes, setting, regions, elasticity)
    trial, rounds, length = problem.at(np.zeros(len(before))), 1, 0.4
    rest = trial
    while trial.worst > TOLERANCE and rounds < ROUNDS:
        move, length = problem.step(trial), min(1.0, 2.5 * length)
        for _ in range(4):
            new = problem.at(np.clip(trial.toll + length * move, 0.0, HIGHEST), rest)
            rounds += 1
            if new.worst < trial.worst:
                break
            length *= 0.4
        trial = new
    return Queues(trial.toll, trial.traffic, trial.worst, rounds), trial.done


def _gap(traffic: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """(link,) log of traffic over room; 0 where there is no limit."""
    bound = np.isfinite(limit)
    ratio = np.maximum(traffic, 1e-9) / np.where(bound & (limit > 0), limit, 1.0)
    return np.where(bound & (limit > 0), np.log(ratio), 0.0)


def _volume(tonnes: np.ndarray, one: Moved, elasticity: float) -> np.ndarray:
    """Tonnes after: they follow the delivered cost; nothing where no way is left."""
    hats = np.where(np.isfinite(one.hats), one.hats, 1.0)
    return np.where(np.isfinite(one.hats), tonnes * hats**-elasticity, 0.0)
