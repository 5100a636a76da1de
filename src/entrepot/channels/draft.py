"""The working sheet of one compilation: labels, numbers, cells, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np

from entrepot.channels.compiled import Assumption, Case
from entrepot.core.errors import did_you_mean
from entrepot.scenario.book import Entry
from entrepot.scenario.fields import Level
from entrepot.scenario.labels import ALL, Vocabulary
from entrepot.world.world import World

NEUTRAL: Final[Mapping[str, float]] = {"access": 1.0, "trade_cost": 1.0, "productivity": 1.0}
SAME: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two measures that set `cells` cells of one instrument differently; the first one shown."""

    cell: str
    first: float
    second: float
    cells: int


class Draft:
    """Collects cells, assumptions, notes and problems while measures are applied.

    A cell keeps the first measure that sets it; another one that sets it to something else is a
    conflict, noted with both places.  Nothing is raised here.
    """

    def __init__(
        self,
        world: World,
        words: Vocabulary,
        day: date | None,
        case: Case,
        overrides: Mapping[str, float],
    ) -> None:
        """Start from the values of `world`."""
        n, s = len(world.regions), len(world.sectors)
        self.world, self.words, self.day, self.case = world, words, day, case
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
        self.owner = {name: np.full(a.shape, -1) for name, a in self.before.items()}
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

    def unknown_overrides(self) -> list[str]:
        """Sentences about overrides that no measure in force uses."""
        known = list(self.assumptions)
        return [
            f"override '{name}' belongs to no number of this scenario.{did_you_mean(name, known)} "
            f"Numbers are {', '.join(known) or 'none'}."
            for name in self.overrides
            if name not in self.assumptions
        ]

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
        owner, after = self.owner[instrument], self.after[instrument]
        clash = mask & (owner >= 0) & (np.abs(after - values) > SAME)
        for earlier in np.unique(owner[clash]):
            self._conflict(instrument, clash & (owner == earlier), values, entry, int(earlier))
        free = mask & (owner < 0)
        after[free] = values[free]
        owner[free] = self._index(entry)

    def _index(self, entry: Entry) -> int:
        if entry not in self.entries:
            self.entries.append(entry)
        return self.entries.index(entry)

    def _conflict(
        self, instrument: str, cells: np.ndarray, values: np.ndarray, entry: Entry, earlier: int
    ) -> None:
        first = tuple(int(k) for k in np.argwhere(cells)[0])
        key = (earlier, self._index(entry), instrument)
        found = self.conflicts.get(key)
        count = int(cells.sum()) + (found.cells if found else 0)
        if found is None:
            labels = [self.world.regions[k] for k in first[:-1]] + [self.world.sectors[first[-1]]]
            one, two = float(self.after[instrument][first]), float(values[first])
            found = Conflict(f"{instrument} of ({', '.join(labels)})", one, two, 0)
        self.conflicts[key] = replace(found, cells=count)

    def conflict_texts(self) -> list[str]:
        """One sentence for each pair of measures and instrument that contradict each other."""
        texts = []
        for (a, b, _), found in self.conflicts.items():
            one, two = self.entries[a], self.entries[b]
            more = f", and {found.cells - 1} more cells" if found.cells > 1 else ""
            texts.append(
                f"'{one.name}' ({one.where}) and '{two.name}' ({two.where}) set {found.cell} to "
                f"{found.first:g} and to {found.second:g}{more}. Give them different economies, "
                "sectors or dates, or put them in different scenarios."
            )
        return texts
