"""A labelled input-output table as arrays: the same regions and sectors on every side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import LabelError, SourceError
from entrepot.core.labels import listing

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks of an inter-country table as `from_iot` takes them.

    Attributes
    ----------
    inter : (N*S, N*S) intermediate flows
    final : (N*S, N*F) final demand, the F categories of the first region first
    regions, sectors, categories : labels

    """

    inter: np.ndarray
    final: np.ndarray
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]

    def positions(self, inventories: Sequence[str], where: str) -> list[int]:
        """Positions of the categories called `inventories`."""
        unknown = [c for c in inventories if c not in self.categories]
        if unknown:
            raise LabelError(
                f"{where} has no final-demand category {listing(unknown)}; it has "
                f"{listing(self.categories)}. Name the changes of stocks as the table does."
            )
        return [self.categories.index(c) for c in inventories]


def existing(path: Path | str, what: str) -> Path:
    """Return `path` if it is there."""
    found = Path(path)
    if not found.exists():
        raise SourceError(f"{what} '{path}' does not exist. Check the path.")
    return found


def numbers(frame: pd.DataFrame, where: str) -> np.ndarray:
    """Values of `frame` as floats; text and blanks are refused with their place."""
    try:
        values = frame.to_numpy(dtype=float)
    except (TypeError, ValueError):
        text = frame.apply(pd.to_numeric, errors="coerce").isna() & frame.notna()
        row, column = np.argwhere(text.to_numpy())[0]
        raise SourceError(
            f"{where} holds {frame.iloc[row, column]!r} at row {frame.index[row]}, column "
            f"{frame.columns[column]}; a number is needed. Mend the cell."
        ) from None
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise SourceError(
            f"{where} has {int(bad.sum())} blank, NaN or infinite cells, first at row "
            f"{frame.index[row]}, column {frame.columns[column]}. Missing is not zero: fill or "
            "drop them on purpose."
        )
    return values


def _pairs(index: pd.Index[Any], what: str) -> list[Pair]:
    if index.nlevels != 2:
        raise LabelError(f"{what} must have two levels (region, sector); it has {index.nlevels}.")
    pairs = [(str(a), str(b)) for a, b in index]
    repeated = sorted({str(p) for p in pairs if pairs.count(p) > 1}) if not index.is_unique else []
    if repeated:
        raise LabelError(f"{what} repeats {listing(repeated)}. Keep one of each.")
    return pairs


def _grid(pairs: Sequence[Pair], what: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and second labels of `pairs`, which must be every combination of them."""
    first = tuple(dict.fromkeys(a for a, _ in pairs))
    second = tuple(dict.fromkeys(b for _, b in pairs))
    have = set(pairs)
    missing = [str((a, b)) for a in first for b in second if (a, b) not in have]
    if missing:
        raise LabelError(
            f"{what} lack {listing(missing)}. Every region needs the same ones: add them (zeros, "
            "where there is nothing) or merge."
        )
    return first, second


def blocks(inter: pd.DataFrame, final: pd.DataFrame, where: str) -> Blocks:
    """Blocks of two frames with (region, sector) rows; columns are matched by label.

    Parameters
    ----------
    inter : rows and columns (region, sector)
    final : rows (region, sector), columns (region, category)
    where : what the table is called in messages

    Raises
    ------
    LabelError, SourceError : with place and remedy

    """
    rows = _pairs(inter.index, f"Rows of Z in {where}")
    regions, sectors = _grid(rows, f"Rows of Z in {where}")
    users = _pairs(inter.columns, f"Columns of Z in {where}")
    sellers = _pairs(final.index, f"Rows of Y in {where}")
    for name, found in (("columns of Z", users), ("rows of Y", sellers)):
        have, wanted = set(found), set(rows)
        missing = [str(p) for p in rows if p not in have]
        extra = [str(p) for p in found if p not in wanted]
        if missing or extra:
            raise LabelError(
                f"In {where} the {name} do not match the rows of Z: missing "
                f"{listing(missing) or 'none'}; extra {listing(extra) or 'none'}."
            )
    demand = _pairs(final.columns, f"Columns of Y in {where}")
    buyers, categories = _grid(demand, f"Columns of Y in {where}")
    if set(buyers) != set(regions):
        extra = [r for r in buyers if r not in regions]
        missing = [r for r in regions if r not in buyers]
        raise LabelError(
            f"In {where} final demand is of other regions than production: missing "
            f"{listing(missing) or 'none'}; extra {listing(extra) or 'none'}."
        )
    full = [(r, s) for r in regions for s in sectors]
    order, using, selling = (_order(full, p) for p in (rows, users, sellers))
    buying = _order([(r, c) for r in regions for c in categories], demand)
    z, y = numbers(inter, f"Z in {where}"), numbers(final, f"Y in {where}")
    return Blocks(z[np.ix_(order, using)], y[np.ix_(selling, buying)], regions, sectors, categories)


def _order(want: Sequence[Pair], have: Sequence[Pair]) -> list[int]:
    place = {pair: k for k, pair in enumerate(have)}
    return [place[pair] for pair in want]
