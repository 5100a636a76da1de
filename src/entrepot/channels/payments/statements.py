"""Statements on how pairs settle their trade, and the order in which they count.

The format is that of ``data/facts.csv``, whose header says it.  Statements are laid over each other
from the least to the most specific; each leaves to the rails that it does not name the rest, in the
proportions that stood there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from entrepot.channels.payments.data_files import rows_of, yaml_of
from entrepot.core.errors import SourceError, did_you_mean

KEYS: Final = ["origin", "dest", "sectors", "year"]
COLUMNS: Final = (*KEYS, "rail", "low", "central", "high", "basis", "source", "note")
BASES: Final = ("observed", "derived", "assumed")
LEFT_OVER: Final = "local"
LEANING: Final = "dollar"
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What the file says about one set of pairs from one year on.

    Attributes
    ----------
    origin, dest, sectors : selectors
    year : first year
    shares : rail -> (low, central, high)
    basis, sources : of each rail that is named

    """

    origin: str
    dest: str
    sectors: str
    year: int
    shares: Mapping[str, tuple[float, float, float]]
    basis: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        """Selectors and year, for messages."""
        return f"{self.origin} to {self.dest}, {self.sectors}, {self.year}"

    def leaned(self, lean: float) -> dict[str, float]:
        """Central shares, or those with the dollar's moved by `lean` to an end of its range.

        The other rails of the statement, and what it leaves over, shrink or grow in proportion.
        """
        central = {rail: x[1] for rail, x in self.shares.items()}
        if LEANING not in central or lean == 0:
            return central
        low, middle, high = self.shares[LEANING]
        moved = middle + abs(lean) * ((high if lean > 0 else low) - middle)
        rest = (1.0 - moved) / (1.0 - middle) if middle < 1 else 0.0
        return {r: moved if r == LEANING else x * rest for r, x in central.items()}


Row = Mapping[str, str]
Key = tuple[str, ...]


def grouped(rows: list[dict[str, str]]) -> dict[Key, list[dict[str, str]]]:
    """Lines by statement, in the order of the file."""
    found: dict[Key, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(tuple(row[k] for k in KEYS), []).append(row)
    return found


def _statement(key: Key, rows: list[dict[str, str]]) -> Statement:
    origin, dest, sectors, year = key
    shares = {r["rail"]: (float(r["low"]), float(r["central"]), float(r["high"])) for r in rows}
    return Statement(origin, dest, sectors, int(year), shares, tuple(r["basis"] for r in rows),
                     tuple(r["source"] for r in rows))  # fmt: skip


def problems_of(
    rows: list[dict[str, str]], rails: Mapping[str, Any], sources: Mapping[str, Any]
) -> list[str]:
    """Everything that is wrong with the lines of a file of statements, one sentence each."""
    found = []
    for k, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            return [f"line {k} ({', '.join(map(str, row.values()))}) has not {len(COLUMNS)} cells."]
        where = f"line {k} ({row['origin']} to {row['dest']}, {row['year']}, {row['rail']})"
        found += [f"{where}: {what}" for what in _problems_of_line(row, rails, sources)]
    if found:
        return found
    for key, lines in grouped(rows).items():
        total = sum(float(r["central"]) for r in lines)
        if total > 1 + ROUNDING:
            found.append(f"{' '.join(key)}: central shares add to {total:g}, more than 1.")
        if len({r["rail"] for r in lines}) < len(lines):
            found.append(f"{' '.join(key)}: a rail is given twice.")
    return found


def _problems_of_line(row: Row, rails: Mapping[str, Any], sources: Mapping[str, Any]) -> list[str]:
    found = []
    try:
        low, central, high = (float(row[k]) for k in ("low", "central", "high"))
        int(row["year"])
    except ValueError as error:
        return [f"{error}. Write numbers."]
    if not 0 <= low <= central <= high <= 1:
        found.append("low, central, high are not in this order within 0 and 1.")
    if row["rail"] not in rails:
        found.append(f"no rail '{row['rail']}'.{did_you_mean(row['rail'], rails)}")
    if row["basis"] not in BASES:
        found.append(f"basis '{row['basis']}' is none of {', '.join(BASES)}.")
    if (row["basis"] == "assumed") != (row["source"] == "assumed"):
        found.append("source is 'assumed' exactly where basis is 'assumed'.")
    elif row["source"] != "assumed" and row["source"] not in sources:
        found.append(f"no source '{row['source']}'.{did_you_mean(row['source'], sources)}")
    return found


@cache
def statements() -> tuple[Statement, ...]:
    """Statements of ``facts.csv``; `SourceError` with everything that is wrong with it."""
    rows = rows_of("facts.csv")
    if not rows or tuple(rows[0]) != COLUMNS:
        raise SourceError(f"facts.csv needs the columns {', '.join(COLUMNS)}, and lines.")
    found = problems_of(rows, yaml_of("rails.yaml"), yaml_of("sources.yaml"))
    if found:
        raise SourceError.collect("facts.csv", found)
    return tuple(_statement(key, lines) for key, lines in grouped(rows).items())


def in_year(all_of_them: tuple[Statement, ...], year: int | None) -> list[Statement]:
    """The last statement of each pair of selectors up to `year`; the very last without a year."""
    last: dict[tuple[str, str, str], Statement] = {}
    for one in sorted(all_of_them, key=lambda s: s.year):
        if year is None or one.year <= year:
            last[one.origin, one.dest, one.sectors] = one
    return list(last.values())


Select = Callable[[str], tuple[np.ndarray, int]]
"""From a selector to (label,) bool and how specific it is: 2 one label, 1 a group, 0 all."""


def overlay(given: list[Statement], rails: tuple[str, ...], places: Select, sectors: Select,
            lean: float) -> tuple[np.ndarray, np.ndarray, tuple[Statement, ...]]:  # fmt: skip
    """(origin, dest, sector, rail) shares, the number of the statement of each cell, statements.

    Raises `SourceError` if two statements are equally specific in a cell.
    """
    ranked = sorted(((_rank(s, places, sectors), s) for s in given), key=lambda x: x[0])
    n, m = len(places("all")[0]), len(sectors("all")[0])
    share, owner = np.zeros((n, n, m, len(rails))), np.full((n, n, m), -1)
    share[..., rails.index(LEFT_OVER)] = 1.0
    for k, (rank, one) in enumerate(ranked):
        mask = (places(one.origin)[0][:, None, None] & places(one.dest)[0][None, :, None]
                & sectors(one.sectors)[0])  # fmt: skip
        mask[np.arange(n), np.arange(n)] = False
        for j in np.unique(owner[mask]):
            if j >= 0 and ranked[j][0] == rank:
                raise SourceError(
                    f"facts.csv: '{ranked[j][1].name}' and '{one.name}' are equally specific and "
                    "share pairs. Name the pairs of one of them more closely."
                )
        share[mask] = _laid(share[mask], one.leaned(lean), rails)
        owner[mask] = k
    return share, owner, tuple(s for _, s in ranked)


def _rank(one: Statement, places: Select, sectors: Select) -> tuple[int, int, int, int]:
    (a, first), (b, second) = places(one.origin), places(one.dest)
    c, third = sectors(one.sectors)
    return first + second, first, third, -int(a.sum() * b.sum() * c.sum())


def _laid(old: np.ndarray, said: Mapping[str, float], rails: tuple[str, ...]) -> np.ndarray:
    """Put the shares of a statement over those of the less specific ones."""
    named = np.array([r in said for r in rails])
    value = np.array([said.get(r, 0.0) for r in rails])
    over = max(1.0 - value.sum(), 0.0)
    rest = np.where(named, 0.0, old)
    total = rest.sum(axis=-1, keepdims=True)
    fallback = np.zeros(len(rails))
    fallback[rails.index(LEFT_OVER)] = 1.0
    return value + over * np.where(total > 0, rest / np.where(total > 0, total, 1.0), fallback)
