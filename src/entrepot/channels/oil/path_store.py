"""Finished months of a path in a folder, so that a path that was stopped goes on.

A month is filed under the hash of all that determines it: the market with its capacities of the
month, the restrictions, and what the month takes over.  A damaged file, or one whose month does not
pass the certificate, is solved again.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.certificate import certify
from entrepot.channels.oil.limits import limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import Before
from entrepot.channels.oil.outcome import MonthOutcome, Rents
from entrepot.channels.oil.restrictions import Restriction
from entrepot.core.files import atomic_file
from entrepot.core.hashing import hash_arrays

FORMAT: Final = "entrepot-oil-month/1"
ARRAYS: Final = ("flow", "output", "fob", "runs", "price", "wedge", "transport", "stock_before",
                 "stock", "into", "out_of", "expected", "shut")  # fmt: skip
RENTS: Final = ("ceiling", "least", "carrier", "volume", "refinery", "grade")


@dataclass(slots=True)
class Store:
    """Months in a folder; None keeps nothing.

    Attributes
    ----------
    folder : where
    still : what of the market no month changes, as text
    hits : how many months were read

    """

    folder: Path | None
    still: str
    hits: int = 0

    @classmethod
    def of(cls, market: OilMarket, folder: Path | None) -> Store:
        """Store for the months of one market."""
        parts = (market.grades, market.refiners, market.carriers, market.lanes, market.across,
                 market.reference, market.storing, market.habit)  # fmt: skip
        return cls(Path(folder) if folder is not None else None, repr(parts))

    def key(self, label: str, market: OilMarket, now: Sequence[Restriction], before: Before) -> str:
        """Name of a month: a hash of everything that determines it."""
        if self.folder is None:
            return ""
        arrays = {
            "flow": market.flow, "latent": market.latent, "within": market.within,
            "stock": before.stock, "expected": before.expected, "most": before.most,
            "wedge": before.wedge, "shut": before.shut, "fob": before.fob, "habit": before.habit,
        }  # fmt: skip
        said = [FORMAT, version("entrepot"), label, self.still, repr(market.streams),
                repr(tuple(now))]  # fmt: skip
        return hash_arrays(arrays, said)

    def write(self, key: str, month: MonthOutcome) -> None:
        """Keep a certified month."""
        if self.folder is None:
            return
        head = {"format": FORMAT, "key": key, "label": month.label, "left": month.left,
                "steps": month.steps, "tries": month.tries}  # fmt: skip
        rows: dict[str, Any] = {name: getattr(month, name) for name in ARRAYS}
        rows |= {f"rent_{name}": getattr(month.rents, name) for name in RENTS}
        rows |= {"open": month.month.open, "ceiling": month.month.ceiling,
                 "habit": month.month.habit}  # fmt: skip
        with atomic_file(self.folder / f"{key}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, head=np.array(json.dumps(head)), **rows)

    def read(
        self, key: str, market: OilMarket, now: Sequence[Restriction], base: Base
    ) -> MonthOutcome | None:
        """Month of that name; None if there is none, or it does not hold."""
        if self.folder is None or not (self.folder / f"{key}.npz").is_file():
            return None
        try:
            with np.load(self.folder / f"{key}.npz", allow_pickle=False) as file:
                head = json.loads(str(file["head"]))
                rows = {name: file[name] for name in ARRAYS}
                rents = Rents(**{name: file[f"rent_{name}"] for name in RENTS})
                opened, ceiling, habit = file["open"], file["ceiling"], file["habit"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        if (head.get("format"), head.get("key")) != (FORMAT, key):
            return None
        month = limits(market, now)
        month.open, month.ceiling, month.habit = opened, ceiling, habit
        found = MonthOutcome(
            label=head["label"], market=market, month=month, rents=rents, left=float(head["left"]),
            steps=int(head["steps"]), tries=int(head["tries"]), **rows,
        )  # fmt: skip
        if not certify(base, found).ok:
            return None
        self.hits += 1
        return found
