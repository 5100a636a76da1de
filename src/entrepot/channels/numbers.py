"""Numbers of a channel that no statistic gives: each with range, unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A parameter with its range.

    Attributes
    ----------
    name, central, low, high, unit : of the parameter
    what : meaning
    source : where the range comes from, or ``assumed``
    stronger : the end ("low" or "high") at which measures do more harm

    """

    name: str
    central: float
    low: float
    high: float
    unit: str
    what: str
    source: str
    stronger: str = "high"

    def at(self, case: str) -> float:
        """The value for a run in which measures are at the ``low``, central or ``high`` end.

        Measures at their high end go with the end of the range at which they do more harm.
        """
        if case == "central":
            return self.central
        return self.high if (case == "high") == (self.stronger == "high") else self.low


def numbers_of(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Number]:
    """Parameters by name, out of a data file."""
    return {
        name: Number(
            name=name,
            central=float(row["central"]),
            low=float(row["low"]),
            high=float(row["high"]),
            unit=row["unit"],
            what=row["what"].strip(),
            source=row["source"].strip(),
            stronger=row.get("stronger", "high"),
        )
        for name, row in table.items()
    }
