"""Finished months of a path in a folder, so that a path that was stopped goes on.

A month is filed under the hash of all that determines it: the market with its capacities of the
month, the restrictions, and what the month takes over.  A damaged file, or one whose month does not
pass the certificate, is solved again.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
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

FORMAT: Final = "entrepot-oil-month/2"
ARRAYS: Final = ("flow", "output", "fob", "runs", "price", "wedge", "transport", "stock_before",
                 "stock", "into", "out_of", "expected", "shut")  # fmt: skip
LIMITS: Final = ("open", "ceiling", "capacity", "habit")
HEAD: Final = {"label": str, "left": float, "steps": int, "tries": int}
RENTS: Final = ("ceiling", "least", "carrier", "volume", "refinery", "grade")


@dataclass(slots=True)
class Store:
    """Months in a folder; None keeps nothing.

    Attributes
    ----------
    folder : where
    still : what of the market no month changes, as text
    read_months : names of the months that were read

    """

    folder: Path | None
    still: str
    read_months: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, market: OilMarket, folder: Path | None) -> Store:
        """Store for the months of one market."""
        parts = (market.grades, market.refiners, market.carriers, market.lanes, market.across,
                 market.reference, market.storing, market.habit, market.standing)  # fmt: skip
        return cls(Path(folder) if folder is not None else None, repr(parts))

    @staticmethod
    def months_in(folder: Path | None) -> frozenset[str]:
        """Names of the months that a folder holds."""
        return frozenset(p.stem for p in folder.glob("*.npz")) if folder else frozenset()

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
        head = {"format": FORMAT, "key": key} | {name: getattr(month, name) for name in HEAD}
        rows: dict[str, Any] = {name: getattr(month, name) for name in ARRAYS}
        rows |= {f"rent_{name}": getattr(month.rents, name) for name in RENTS}
        rows |= {name: getattr(month.month, name) for name in LIMITS}
        with atomic_file(self.folder / f"{key}.npz") as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, head=np.array(json.dumps(head)), **rows)

    def read(
        self,
        key: str,
        market: OilMarket,
        now: Sequence[Restriction],
        before: Before,
        base: Base,
    ) -> MonthOutcome | None:
        """Month of that name; None if there is none, or it does not hold or begin so."""
        rows = self._rows(key)
        if rows is None:
            return None
        head, month = rows.pop("head"), limits(market, now)
        for name in LIMITS:
            setattr(month, name, rows.pop(name))
        rents = Rents(**{name: rows.pop(f"rent_{name}") for name in RENTS})
        found = MonthOutcome(market=market, month=month, rents=rents, **head, **rows)
        if not (_fits(found) and before.leads_to(found, market, now) and certify(base, found).ok):
            return None
        self.read_months.append(key)
        return found

    def _rows(self, key: str) -> dict[str, Any] | None:
        """Arrays of a file, and its head; None if it is no month of that name."""
        if self.folder is None:
            return None
        names = (*ARRAYS, *LIMITS, *(f"rent_{name}" for name in RENTS))
        try:
            data = io.BytesIO((self.folder / f"{key}.npz").read_bytes())
            with np.load(data, allow_pickle=False) as file:
                head = json.loads(str(file["head"]))
                rows: dict[str, Any] = {name: file[name] for name in names}
            if (head["format"], head["key"]) != (FORMAT, key):
                return None
            rows["head"] = {name: kind(head[name]) for name, kind in HEAD.items()}
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
            return None
        return rows


def _fits(month: MonthOutcome) -> bool:
    """Whether every array of a month that was read has the size that its market asks for."""
    market, now = month.market, month.month
    streams, refiners = market.flow.shape
    sizes: dict[str, tuple[int, ...]] = dict.fromkeys(ARRAYS, (streams,))
    sizes |= dict.fromkeys(("flow", "transport"), (len(market.lanes),))
    sizes |= dict.fromkeys(("runs", "price"), (refiners,))
    rents = {
        "ceiling": (streams,), "least": (streams,), "carrier": (len(market.carriers),),
        "volume": (len(now.ceilings),), "refinery": (refiners,),
        "grade": (len(market.grades), refiners),
    }  # fmt: skip
    return (
        all(getattr(month, name).shape == size for name, size in sizes.items())
        and all(getattr(month.rents, name).shape == size for name, size in rents.items())
        and now.open.shape == (len(market.lanes),)
        and now.ceiling.shape == now.capacity.shape == (streams,)
        and now.habit.shape == market.flow.shape
    )
