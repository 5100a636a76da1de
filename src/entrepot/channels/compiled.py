"""What a scenario amounts to in one world: a shock, and where every number in it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from entrepot.core.errors import ScenarioError
from entrepot.model.shock import BoundShock, Shock
from entrepot.world.world import World

Case = Literal["low", "central", "high"]
CASES: Final[tuple[Case, ...]] = ("low", "central", "high")

CELL_COLUMNS: Final[Mapping[str, str]] = {
    "instrument": "field of the shock that changes; for what a channel works out its layer of the "
    "trade cost (payment_cost, transport_cost ...), from a change of 0.1 % up",
    "origin": "exporter; for productivity, transfer and frozen the economy itself",
    "dest": "importer; empty for productivity, transfer and frozen",
    "sector": "sector; empty for transfer and frozen",
    "before": "value in the world (rate, hat, share of varieties allowed, mn USD)",
    "after": "value in the shock",
    "trade": "baseline trade of the cell, mn USD at user prices; NaN where there is no cell",
    "measure": "measures that set it or add to it, by name",
    "title": "titles of the measures",
    "act": "legal acts or documents; empty if none is given",
    "where": "file and line of the measures",
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that the scenario file gives and a statistic does not.

    Attributes
    ----------
    name : ``measure.field`` or ``measure.field.LABEL``; `overrides` uses it
    value : value used in this run
    low, high : range in the file; equal to `value` if none is given
    source : where the file says it comes from, else ``assumed``
    note : what it means

    """

    name: str
    value: float
    low: float
    high: float
    source: str
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class ChannelTable:
    """What a channel reports besides costs.

    Attributes
    ----------
    title : heading
    frame : tidy table
    note : how to read it, or ""

    """

    title: str
    frame: pd.DataFrame
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compiled:
    """A scenario as a shock to one world on one day.

    Attributes
    ----------
    scenario, scenario_hash : name and content hash of the scenario
    world_hash : content hash of the world
    day : date used, None for an undated scenario
    case : which end of the ranges is used
    shock : what the solver takes
    cells : tidy table, one row for each cell that a measure sets; columns `CELL_COLUMNS`
    assumptions : every given number with its range
    notes : what the reader should know: members of groups inside ROW, measures not in force ...
    closure : external balance closure that the scenario asks for, or None
    years : years of adjustment that channels count: None for all that there will be, a number, or
        "dated" for those between the first day of each measure and `day`
    tables : what channels report, by name
    details : results of channels as objects, by name of the channel

    """

    scenario: str
    scenario_hash: str
    world_hash: str
    day: date | None
    case: Case
    shock: Shock
    cells: pd.DataFrame
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    closure: str | None
    years: float | Literal["dated"] | None = None
    tables: Mapping[str, ChannelTable] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name, day, case and size."""
        day = self.day or "no date"
        return (
            f"<Compiled {self.scenario!r} ({day}, {self.case}): {len(self.cells)} cells, "
            f"{len(self.assumptions)} assumptions, {self.scenario_hash}>"
        )

    def bind(self, world: World) -> BoundShock:
        """Return the shock bound to `world`; `ScenarioError` if it was compiled for another."""
        if world.hash != self.world_hash:
            raise ScenarioError(
                f"Scenario '{self.scenario}' was compiled for the world {self.world_hash}; "
                f"'{world.name}' is {world.hash}, with other rates and flows. Compile it for this "
                "world."
            )
        return self.shock.bind(world)

    def assumption_table(self) -> pd.DataFrame:
        """Return the assumptions as a table."""
        columns = list(Assumption.__dataclass_fields__)
        rows = [[getattr(a, c) for c in columns] for a in self.assumptions]
        return pd.DataFrame(rows, columns=columns)
