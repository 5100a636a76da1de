"""What measures do to the same cells, and when that contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from entrepot.scenario.book import Entry

ONCE: Final = frozenset({"trade_cost", "productivity"})

Mode = Literal["set", "add"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one measure does to one instrument.

    Attributes
    ----------
    entry : position of the measure in `Draft.entries`
    mode : "set" the cells to `values`, or "add" `values` to what the world has
    mask : cells, of the shape of the instrument
    values : of the same shape

    """

    entry: int
    mode: Mode
    mask: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two measures that cannot both hold in `cells` cells of one instrument.

    `cell` is the first of them; `first` and `second` are what each measure does to it.
    """

    cell: str
    first: tuple[Mode, float]
    second: tuple[Mode, float]
    cells: int


def conflict_text(one: Entry, two: Entry, instrument: str, found: Conflict) -> str:
    """One sentence about two measures that contradict each other."""
    names = [f"'{e.name}' ({e.where})" for e in (one, two)]
    cell = f"{instrument} of {found.cell}"
    (mode, first), (other, second) = found.first, found.second
    more = f", and {found.cells - 1} more cells" if found.cells > 1 else ""
    if mode != other:
        if mode == "set":
            names, first, second = names[::-1], second, first
        return (
            f"{names[0]} adds {first:g} to {cell}, which {names[1]} sets to {second:g}{more}. Say "
            "both with 'add', both as one 'rate', or give them different economies, sectors or "
            "dates."
        )
    both = f"{' and '.join(names)} set {cell} to {first:g} and to {second:g}{more}."
    if instrument in ONCE:
        return (
            f"{both} It changes once: put the two into one measure with the change that they make "
            "together, or give them different economies, sectors or dates."
        )
    return (
        f"{both} Give them different economies, sectors or dates, or put them in different "
        "scenarios."
    )
