"""Linear rows of the month's programme: what adds up, and what is limited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from entrepot.channels.oil.columns import Columns, Entry
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
KBD = 1000.0
"""kb/d in a million barrels a day, the programme's unit."""


@dataclass(slots=True)
class Rows:
    """Rows ``matrix x = right`` or ``matrix x <= right``, in named parts.

    Attributes
    ----------
    columns : variables
    names : what each row says
    parts : part -> its rows

    """

    columns: Columns
    names: list[str] = field(default_factory=list)
    parts: dict[str, slice] = field(default_factory=dict)
    _entries: list[Entry] = field(default_factory=list)
    _right: list[Array] = field(default_factory=list)

    def add(self, part: str, entries: list[Entry], right: Array, names: Sequence[str]) -> None:
        """Append a part; rows of `entries` count from 0."""
        first = len(self.names)
        self._entries += [(r + first, c, v) for r, c, v in entries]
        self._right.append(np.asarray(right, dtype=np.float64))
        self.names += names
        self.parts[part] = slice(first, len(self.names))

    @property
    def matrix(self) -> sparse.csr_matrix:
        """(rows, variables)."""
        return self.columns.matrix(len(self.names), self._entries)

    @property
    def right(self) -> Array:
        """(rows,) right-hand side."""
        return np.concatenate(self._right)


def balances(market: OilMarket, month: Limits, at: Columns) -> Rows:
    """Streams make grades, grades make runs, output and storage make sales."""
    out = Rows(at)
    nests, j = np.arange(len(at.nests)), np.arange(len(market.refiners))
    v = np.arange(len(market.streams))
    out.add(
        "slate",
        [(at.nest_of[at.pair_of], at.of("x"), 1.0), (nests, at.of("X"), -1.0)],
        np.zeros(len(nests)),
        [f"{market.grades[k]} run by {market.refiners[i].name}" for k, i in at.nests],
    )
    out.add(
        "runs",
        [(at.nests[:, 1], at.of("X"), 1.0), (j, at.of("Q"), -1.0)],
        np.zeros(len(j)),
        [f"runs of {r.name}" for r in market.refiners],
    )
    out.add(
        "sales",
        [
            (month.stream[at.lanes], at.of("x"), 1.0),
            (v, at.of("y"), -1.0),
            (at.stores, at.of("in"), 1.0),
            (at.stores, at.of("out"), -1.0),
        ],
        np.zeros(len(v)),
        [f"sales of {s.name}" for s in market.streams],
    )
    return out


def bounds(market: OilMarket, month: Limits, at: Columns, stock: Array) -> Rows:
    """Everything with a limit; `stock` (stream,) is floating storage at the beginning, mb."""
    out = Rows(at)
    v = np.arange(len(market.streams))
    names = market.stream_names
    least = market.column("least")
    out.add("ceiling", [(v, at.of("y"), 1.0)], month.ceiling / KBD,
            [f"capacity or quota of {s}" for s in names])  # fmt: skip
    out.add("least", [(v, at.of("y"), -1.0)], -least / KBD,
            [f"least output of {s}" for s in names])  # fmt: skip
    _carriers(out, market, month, at, stock)
    _ceilings(out, month, at)
    _refineries(out, market, at)
    _stores(out, market, at, stock)
    lanes = np.arange(len(at.lanes))
    out.add("flow", [(lanes, at.of("x"), -1.0)], np.zeros(len(lanes)), ["flow"] * len(lanes))
    return out


def _carriers(out: Rows, market: OilMarket, month: Limits, at: Columns, stock: Array) -> None:
    """Vessel days of cargoes and vessels that store, or barrels in a pipe, within capacity."""
    kept = [k for k, c in enumerate(market.carriers) if np.isfinite(month.carry[k])]
    row = {k: i for i, k in enumerate(kept)}
    fleet = [c.kind == "fleet" for c in market.carriers]
    names = {c.name: k for k, c in enumerate(market.carriers)}
    entries: list[Entry] = []
    right = np.array([month.carry[k] / (1.0 if fleet[k] else KBD) for k in kept])
    for k in kept:
        here = np.flatnonzero(month.carrier[at.lanes] == k)
        use = month.days[at.lanes[here]] if fleet[k] else 1.0
        entries.append((np.full(len(here), row[k]), at.of("x")[here], use))
    for s, v in enumerate(at.stores):
        k = names[market.streams[v].storage_carrier]
        if k in row:
            one = np.array([row[k]])
            entries += [(one, at.of("in")[[s]], DAYS), (one, at.of("out")[[s]], -DAYS)]
            right[row[k]] -= stock[v]
    out.add("carrier", entries or _none(), right,
            [f"capacity of {market.carriers[k].name}" for k in kept])  # fmt: skip


def _ceilings(out: Rows, month: Limits, at: Columns) -> None:
    place = np.full(len(month.stream), -1)
    place[at.lanes] = np.arange(len(at.lanes))
    entries: list[Entry] = []
    for k, limit in enumerate(month.ceilings):
        here = place[limit.lanes]
        here = here[here >= 0]
        entries.append((np.full(len(here), k), at.of("x")[here], 1.0))
    right = np.array([c.kbd / KBD for c in month.ceilings], dtype=np.float64)
    out.add("volume", entries or _none(), right, [c.name for c in month.ceilings])


def _refineries(out: Rows, market: OilMarket, at: Columns) -> None:
    runs = np.array([r.runs_limit for r in market.refiners], dtype=np.float64)
    kept = np.flatnonzero(np.isfinite(runs))
    out.add("refinery", [(np.arange(len(kept)), at.of("Q")[kept], 1.0)], runs[kept] / KBD,
            [f"refining capacity of {market.refiners[j].name}" for j in kept])  # fmt: skip
    limit = {(g, j): kbd for j, r in enumerate(market.refiners) for g, kbd in r.slate_limit}
    rows = [(n, limit[market.grades[k], j]) for n, (k, j) in enumerate(at.nests)
            if (market.grades[k], j) in limit]  # fmt: skip
    here = np.array([n for n, _ in rows], dtype=np.intp)
    out.add("grade", [(np.arange(len(here)), at.of("X")[here], 1.0)],
            np.array([kbd for _, kbd in rows]) / KBD,
            [f"most {market.grades[at.nests[n, 0]]} for {market.refiners[at.nests[n, 1]].name}"
             for n in here])  # fmt: skip


def _stores(out: Rows, market: OilMarket, at: Columns, stock: Array) -> None:
    k = np.arange(len(at.stores))
    most = market.column("storage")[at.stores]
    names = [market.streams[v].name for v in at.stores]
    into, out_of = (k, at.of("in"), DAYS), (k, at.of("out"), -DAYS)
    less = [(r, c, -w) for r, c, w in ((k, at.of("in"), DAYS), (k, at.of("out"), -DAYS))]
    out.add("full", [into, out_of], most - stock[at.stores], [f"storage of {s}" for s in names])
    out.add("empty", [*less], stock[at.stores], [f"stock of {s}" for s in names])
    for block in ("in", "out"):
        out.add(f"{block} of storage", [(k, at.of(block), -1.0)], np.zeros(len(k)),
                [f"{block} of storage"] * len(k))  # fmt: skip


def _none() -> list[Entry]:
    empty = np.zeros(0, dtype=np.intp)
    return [(empty, empty, 1.0)]
