"""What channels add to a draft: layers of trade costs, ways round bans, balances, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from entrepot.channels.compiled import ChannelTable
from entrepot.scenario.book import Entry


@dataclass(slots=True, eq=False)
class Layer:
    """Hats of trade cost that one channel makes.

    Attributes
    ----------
    hats : (origin, dest, sector), 1 = no change, infinite = no way left
    entries : measures that make them

    """

    hats: np.ndarray
    entries: tuple[Entry, ...]


@dataclass(slots=True, eq=False)
class Layers:
    """Collects what the channels do; layers multiply, whatever their order.

    Attributes
    ----------
    shape : (N, N, S) of the world
    costs : layers by name
    evasion : (N, N, S) cost hat at which banned varieties can still be had; infinite = not at all
    evaders : measures behind `evasion`
    frozen : (N,) share of the benchmark balance that cannot be financed
    freezers : measures behind `frozen`
    tables, details : what `Compiled` takes over
    settlers : measures behind `details` that settle a market by themselves

    """

    shape: tuple[int, int, int]
    costs: dict[str, Layer] = field(default_factory=dict)
    evasion: np.ndarray | None = None
    evaders: tuple[Entry, ...] = ()
    frozen: np.ndarray | None = None
    freezers: tuple[Entry, ...] = ()
    tables: dict[str, ChannelTable] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    settlers: tuple[Entry, ...] = ()

    def scale(self, name: str, hats: np.ndarray, entries: Iterable[Entry]) -> None:
        """Multiply the trade costs of layer `name` by `hats`."""
        hats = np.array(np.broadcast_to(hats, self.shape), dtype=float)
        here = np.arange(self.shape[0])
        if (hats[here, here] != 1.0).any() or not (hats > 0).all():
            raise ValueError(f"layer {name}: hats are positive, and 1 inside an economy.")
        old = self.costs.get(name)
        if old is not None:
            hats, entries = hats * old.hats, (*old.entries, *entries)
        self.costs[name] = Layer(hats, _once(entries))

    def evade(self, cost: np.ndarray, entries: Iterable[Entry]) -> None:
        """Let the banned varieties of a cell be had at `cost`; the cheaper of two ways counts."""
        cost = np.array(np.broadcast_to(cost, self.shape), dtype=float)
        self.evasion = cost if self.evasion is None else np.minimum(self.evasion, cost)
        self.evaders = _once((*self.evaders, *entries))

    def freeze(self, share: np.ndarray, entry: Entry) -> None:
        """Keep `share` (N,) of the benchmark balances from being financed; the larger counts."""
        self.frozen = share if self.frozen is None else np.maximum(self.frozen, share)
        self.freezers = _once((*self.freezers, entry))

    def table(self, name: str, title: str, frame: pd.DataFrame, note: str = "") -> None:
        """Keep a table for the report page and the folder."""
        self.tables[name] = ChannelTable(title, frame, note)

    def closed(self) -> np.ndarray:
        """(N, N, S) bool: cells to which some layer leaves no way."""
        out = np.zeros(self.shape, dtype=bool)
        for layer in self.costs.values():
            out |= np.isinf(layer.hats)
        return out

    def product(self) -> np.ndarray | None:
        """(N, N, S) hat of all layers together, 1 in closed cells; None without a layer."""
        if not self.costs:
            return None
        hats = np.prod([layer.hats for layer in self.costs.values()], axis=0)
        return np.where(self.closed(), 1.0, hats)

    def moved_by(self, entry: Entry, used: np.ndarray) -> bool:
        """Whether `entry` takes part in something that changes a cell of `used`, or a balance."""
        for layer in self.costs.values():
            if entry in layer.entries and (used & (layer.hats != 1.0)).any():
                return True
        if entry in self.evaders and self.evasion is not None:
            return bool((used & np.isfinite(self.evasion)).any())
        return entry in self.freezers or entry in self.settlers


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each entry once, in order; a measure that holds a mapping has no hash."""
    out: list[Entry] = []
    for entry in entries:
        if entry not in out:
            out.append(entry)
    return tuple(out)


def closed_notes(
    layers: Mapping[str, Layer], used: np.ndarray, regions: tuple[str, ...]
) -> list[str]:
    """Sentences that name the pairs between which a layer leaves no way."""
    notes = []
    for name, layer in sorted(layers.items()):
        pairs = np.argwhere((np.isinf(layer.hats) & used).any(axis=2))
        if not len(pairs):
            continue
        names = [f"{regions[i]} to {regions[j]}" for i, j in pairs[:10]]
        more = f" and {len(pairs) - 10} more pairs" if len(pairs) > 10 else ""
        by = ", ".join(entry.name for entry in layer.entries)
        notes.append(f"{name.replace('_', ' ')}: no way is left ({by}) from {', '.join(names)}"
                     f"{more}; this trade stops.")  # fmt: skip
    return notes
