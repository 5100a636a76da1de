"""The working sheet of one compilation: labels, numbers, cells, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from entrepot.channels.compiled import Assumption, Case
from entrepot.channels.conflicts import ONCE, Conflict, Mode, Part, conflict_text
from entrepot.channels.layers import Layers
from entrepot.channels.numbers import Number
from entrepot.core.errors import did_you_mean
from entrepot.scenario.book import Entry
from entrepot.scenario.fields import Level
from entrepot.scenario.labels import ALL, Vocabulary
from entrepot.world.world import World

NEUTRAL: Final[Mapping[str, float]] = {"access": 1.0, "trade_cost": 1.0, "productivity": 1.0}
SAME: Final = 1e-12
DAYS: Final = 365.25


class Draft:
    """Collects cells, assumptions, notes and problems while measures are applied.

    Measures may set one cell to the same rate or access, and increments of several measures add
    up.  Other values, an increment beside a set value, and two trade costs or two losses of
    capacity on one cell are conflicts, noted with both places.  Nothing is raised here.
    """

    def __init__(
        self,
        world: World,
        words: Vocabulary,
        day: date | None,
        case: Case,
        overrides: Mapping[str, float],
        years: float | Literal["dated"] | None = None,
    ) -> None:
        """Start from the values of `world`."""
        n, s = len(world.regions), len(world.sectors)
        self.world, self.words, self.day, self.case = world, words, day, case
        self.pace, self.layers = years, Layers((n, n, s))
        self.overrides = dict(overrides)
        self.region_at = {code: k for k, code in enumerate(world.regions)}
        self.sector_at = {code: k for k, code in enumerate(world.sectors)}
        self.before: dict[str, np.ndarray] = {
            "access": np.ones((n, n, s)),
            "trade_cost": np.ones((n, n, s)),
            "tariff": world.tariff,
            "export_tax": world.export_tax,
            "productivity": np.ones((n, s)),
        }
        self.after = {name: array.copy() for name, array in self.before.items()}
        self.parts: dict[str, list[Part]] = {name: [] for name in self.before}
        self.entries: list[Entry] = []
        self.conflicts: dict[tuple[int, int, str], Conflict] = {}
        self.transfers: list[tuple[Entry, np.ndarray]] = []
        self.assumptions: dict[str, Assumption] = {}
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.missing_regions: dict[str, list[str]] = {}
        self.missing_sectors: dict[str, list[str]] = {}

    # labels

    def regions(self, labels: Iterable[str], entry: Entry, field: str) -> np.ndarray:
        """(region,) bool: the economies that `labels` mean in this world on this day."""
        out = np.zeros(len(self.world.regions), dtype=bool)
        for label in labels:
            if label == ALL:
                out[:] = True
            elif label in self.words.groups:
                self._group(label, entry, field, out)
            elif label in self.region_at:
                out[self.region_at[label]] = True
            else:
                self.missing_regions.setdefault(label, []).append(f"{entry.name}.{field}")
        return out

    def _group(self, label: str, entry: Entry, field: str, out: np.ndarray) -> None:
        members = self.words.groups[label].at(self.day)
        absent = [m for m in members if m not in self.region_at]
        present = [self.region_at[m] for m in members if m in self.region_at]
        out[present] = True
        if not present:
            self.problems.append(
                f"{entry.where}: {entry.name}.{field}: this world has no member of {label} by "
                f"itself ({', '.join(members) or 'the group has no member on this day'}). Choose "
                "a world with at least one of them."
            )
        elif absent:
            self.note(f"{label}: {', '.join(absent)} not by themselves in this world, not covered.")

    def sectors(self, labels: Iterable[str], entry: Entry, field: str) -> np.ndarray:
        """(sector,) bool: the sectors that `labels` mean in this world."""
        out = np.zeros(len(self.world.sectors), dtype=bool)
        for label in labels:
            if label == ALL:
                out[:] = True
                continue
            codes = self.words.sector_groups.get(label, (label,))
            present = [self.sector_at[c] for c in codes if c in self.sector_at]
            out[present] = True
            if not present:
                self.missing_sectors.setdefault(label, []).append(f"{entry.name}.{field}")
            elif len(present) < len(codes):
                absent = ", ".join(c for c in codes if c not in self.sector_at)
                self.note(f"{label}: this world has no sector {absent}; the others are covered.")
        return out

    # numbers

    def value(
        self, level: Level, entry: Entry, field: str, note: str, *, given: bool = True
    ) -> float:
        """Return the value of `level` in this run, and list it as an assumption.

        `given` is False where the file says nothing and the default of the field is used.
        """
        name = f"{entry.name}.{field}"
        low, high = level.bounds
        value = level.at(self.case)
        if name in self.overrides:
            value = float(self.overrides[name])
            try:
                type(level)(central=value)
            except ValueError:
                self.problems.append(
                    f"override {name} = {value:g} lies outside {type(level).domain()}."
                )
        source = level.source or ("assumed" if given else "default")
        self.assumptions[name] = Assumption(name, value, low, high, source, note)
        return value

    def number(self, room: str, number: Number) -> float:
        """Return a number of the channel `room`, or what overrides it, and list it.

        It is called ``room.name``.  An override lies no further beyond the range than 99 times its
        width, and has no other sign than the range.
        """
        name, low, high = f"{room}.{number.name}", number.low, number.high
        central, beyond = number.at(self.case), 99 * (high - low)
        value = float(self.overrides.get(name, central))
        least = max(low - beyond, low / 100) if low >= 0 else low - beyond
        if not least <= value <= high + beyond:
            self.problems.append(
                f"override {name} = {value:g} is out of all range. Allowed is {least:g} to "
                f"{high + beyond:g}; its own range is {low:g} to {high:g}."
            )
            value = central
        self.assumptions[name] = Assumption(name, value, low, high, number.source, number.what)
        return value

    def unknown_overrides(self) -> list[str]:
        """Sentences about overrides that no measure in force uses."""
        known = list(self.assumptions)
        return [
            f"override '{name}' belongs to no number of this scenario.{did_you_mean(name, known)} "
            f"Numbers are {', '.join(known) or 'none'}."
            for name in self.overrides
            if name not in self.assumptions
        ]

    def years(self, entry: Entry) -> float:
        """Years that channels have had to adjust to `entry`; infinite in the long run."""
        if self.pace is None:
            return np.inf
        if self.pace != "dated":
            return float(self.pace)
        start = entry.measure.start
        if start is None or self.day is None:
            return np.inf
        return max((self.day - start).days / DAYS, 0.0)

    def note(self, text: str) -> None:
        """Keep a note once."""
        if text not in self.notes:
            self.notes.append(text)

    # cells

    def pairs(self, origin: np.ndarray, dest: np.ndarray, sector: np.ndarray) -> np.ndarray:
        """(origin, dest, sector) bool: cells between two sets, without trade inside an economy."""
        mask: np.ndarray = origin[:, None, None] & dest[None, :, None] & sector[None, None, :]
        mask[np.arange(len(origin)), np.arange(len(origin))] = False
        return mask

    def set(self, instrument: str, mask: np.ndarray, values: Any, entry: Entry) -> None:
        """Let `entry` set the cells of `mask` to `values`; note conflicts with earlier ones."""
        values = np.broadcast_to(values, mask.shape)
        if instrument in NEUTRAL:
            mask = mask & (values != NEUTRAL[instrument])
        self._part(instrument, "set", mask, values, entry)
        self.after[instrument][mask] = values[mask]

    def add(self, instrument: str, mask: np.ndarray, values: Any, entry: Entry) -> None:
        """Let `entry` add `values` to the cells of `mask`, with what others add to them.

        The increments of a cell are summed in the order of their size, so that neither the order
        nor the names of the measures reach its last digit.
        """
        values = np.broadcast_to(values, mask.shape)
        mask = mask & (values != 0.0)
        self._part(instrument, "add", mask, values, entry)
        added = [np.where(p.mask, p.values, 0.0) for p in self.parts[instrument] if p.mode == "add"]
        total = np.sort(np.stack(added), axis=0).sum(axis=0)
        self.after[instrument][mask] = (self.before[instrument] + total)[mask]

    # what channels do

    def access(self) -> np.ndarray:
        """(origin, dest, sector) share of varieties allowed, 0 where a channel leaves no way."""
        return np.where(self.layers.closed(), 0.0, self.after["access"])

    def scale(self, layer: str, hats: np.ndarray, entries: Iterable[Entry]) -> None:
        """Multiply trade costs by (origin, dest, sector) `hats`; infinite means no way is left."""
        self.layers.scale(layer, hats, entries)

    def evade(self, cost: np.ndarray, entries: Iterable[Entry]) -> None:
        """Let banned varieties be had at the cost hats `cost` (origin, dest, sector)."""
        self.layers.evade(cost, entries)

    def freeze(self, share: np.ndarray, entry: Entry) -> None:
        """Keep `share` (region,) of the benchmark balances from being financed."""
        self.layers.freeze(share, entry)

    def table(self, name: str, title: str, frame: pd.DataFrame, note: str = "") -> None:
        """Keep a table for the report page and the folder."""
        self.layers.table(name, title, frame, note)

    def detail(self, channel: str, result: Any, entries: Iterable[Entry] = ()) -> None:
        """Keep the result of `channel` as an object; `entries` have settled a market by it."""
        self.layers.details[channel] = result
        self.layers.settlers = (*self.layers.settlers, *entries)

    def _part(
        self, instrument: str, mode: Mode, mask: np.ndarray, values: np.ndarray, entry: Entry
    ) -> None:
        part = Part(self._index(entry), mode, mask, values)
        for earlier in self.parts[instrument]:
            both = earlier.mask & mask
            if mode == "set" and earlier.mode == "set":
                if instrument not in ONCE or earlier.entry == part.entry:
                    both &= np.abs(earlier.values - values) > SAME
            elif mode == earlier.mode:
                continue
            if both.any():
                self._conflict(instrument, both, earlier, part)
        self.parts[instrument].append(part)

    def _index(self, entry: Entry) -> int:
        if entry not in self.entries:
            self.entries.append(entry)
        return self.entries.index(entry)

    def _conflict(self, instrument: str, cells: np.ndarray, earlier: Part, part: Part) -> None:
        at = tuple(int(k) for k in np.argwhere(cells)[0])
        key = (earlier.entry, part.entry, instrument)
        found = self.conflicts.get(key)
        count = int(cells.sum()) + (found.cells if found else 0)
        if found is None:
            one, two = ((p.mode, float(p.values[at])) for p in (earlier, part))
            found = Conflict(self.cell(at), one, two, 0)
        self.conflicts[key] = replace(found, cells=count)

    def cell(self, at: tuple[int, ...]) -> str:
        """Labels of a cell, as ``(USA, IRN, crude)``."""
        labels = [*(self.world.regions[k] for k in at[:-1]), self.world.sectors[at[-1]]]
        return f"({', '.join(labels)})"

    def makers(self, instrument: str) -> np.ndarray:
        """(measure, ...) bool: which of `entries` has a part in each cell of `instrument`."""
        out = np.zeros((len(self.entries), *self.before[instrument].shape), dtype=bool)
        for part in self.parts[instrument]:
            out[part.entry] |= part.mask
        return out

    def touched(self) -> list[str]:
        """Instruments that some measure changes."""
        return [n for n in sorted(self.parts) if any(p.mask.any() for p in self.parts[n])]

    def low_rates(self) -> list[str]:
        """Sentences about rates that increments bring to -1 or below."""
        texts = []
        for name in ("tariff", "export_tax"):
            made = self.makers(name)
            bad = np.argwhere(made.any(axis=0) & (self.after[name] <= -1.0))
            if len(bad):
                at = tuple(int(k) for k in bad[0])
                who = [f"'{e.name}'" for e, m in zip(self.entries, made, strict=True) if m[at]]
                texts.append(
                    f"{' and '.join(who)} bring {name} of {self.cell(at)} to "
                    f"{self.after[name][at]:g}. A rate lies above -1: subtract less."
                )
        return texts

    def conflict_texts(self) -> list[str]:
        """One sentence for each pair of measures and instrument that contradict each other."""
        return [
            conflict_text(self.entries[a], self.entries[b], instrument, found)
            for (a, b, instrument), found in self.conflicts.items()
        ]
