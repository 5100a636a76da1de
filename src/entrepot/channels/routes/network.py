"""`Network`: places and the links between them, from two tidy tables.

A *link* is one piece of way in one direction; a row of the table that is `two_way` gives two links
of the same name.  Two places may have several links (a road beside a railway).  A closed link
stays in the network with `open` False, so that closing and opening never changes positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels.routes.network_checks import link_problems, node_problems
from entrepot.core.errors import InputError, did_you_mean

NODE_COLUMNS: Final[dict[str, tuple[Any, str]]] = {
    "name": (..., "unique name of the place"),
    "lon": (..., "degrees east"),
    "lat": (..., "degrees north"),
    "kind": ("place", "city, port, passage, sea ...; for maps and lists"),
    "economy": ("", "label of the economy that it lies in; empty at sea"),
}

LINK_COLUMNS: Final[dict[str, tuple[Any, str]]] = {
    "name": (..., "name of the way; both directions share it, and several rows may"),
    "tail": (..., "place where it starts"),
    "head": (..., "place where it ends"),
    "mode": ("", "sea, rail, road, river, ferry, port ..."),
    "corridors": ("", "names of corridors that it is part of, separated by spaces"),
    "km": (0.0, "length"),
    "days": (0.0, "time under way, days"),
    "border_days": (0.0, "time lost at borders and in ports, days"),
    "usd": (0.0, "freight, USD a tonne"),
    "toll": (0.0, "tolls, dues and other surcharges, USD a tonne"),
    "capacity": (np.inf, "Mt a year in this direction"),
    "open": (True, "whether it can be used"),
    "two_way": (True, "whether the row also stands for the way back"),
}

LISTED: Final = "Take one of `names()`; `entrepot routes` lists those of the bundled network."
FLOATS: Final = ("km", "days", "border_days", "usd", "toll", "capacity")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Network:
    """Places (nodes) and directed links.

    Attributes
    ----------
    nodes : names of places, unique
    lon, lat : (node,) degrees
    kind : (node,) kinds of place
    economy : (node,) label of the economy that the place lies in, or ""
    links : (link,) names; the two directions of a way share one
    tail, head : (link,) positions in `nodes`
    mode : (link,) modes of transport
    corridors : (link,) names of the corridors that the link is part of
    km : (link,) length
    days, border_days : (link,) time under way, and at borders and in ports; days
    usd, toll : (link,) freight, and tolls or surcharges; USD a tonne
    capacity : (link,) Mt a year; inf where none is known
    open : (link,) whether it can be used

    """

    nodes: tuple[str, ...]
    lon: np.ndarray
    lat: np.ndarray
    kind: tuple[str, ...]
    economy: tuple[str, ...]
    links: tuple[str, ...]
    tail: np.ndarray
    head: np.ndarray
    mode: tuple[str, ...]
    corridors: tuple[tuple[str, ...], ...]
    km: np.ndarray
    days: np.ndarray
    border_days: np.ndarray
    usd: np.ndarray
    toll: np.ndarray
    capacity: np.ndarray
    open: np.ndarray

    def __repr__(self) -> str:
        """Sizes."""
        closed = int((~self.open).sum())
        return f"<Network: {len(self.nodes)} places, {len(self.links)} links, {closed} closed>"

    @classmethod
    def from_tables(cls, nodes: pd.DataFrame, links: pd.DataFrame) -> Network:
        """Build a network from tables with the columns `NODE_COLUMNS` and `LINK_COLUMNS`.

        Columns with a default may be left out.  A row that is `two_way` gives two links, the way
        there and the way back, next to each other.

        Raises
        ------
        InputError : missing or unknown columns, places or numbers; all problems at once

        """
        nodes, problems = _complete(nodes, NODE_COLUMNS, "nodes")
        links, more = _complete(links, LINK_COLUMNS, "links")
        problems += more
        if not problems:
            problems = node_problems(nodes) + link_problems(links, tuple(nodes["name"]))
        if problems:
            raise InputError.collect("The network cannot be used", problems)
        return _assemble(nodes, links)

    def node_table(self) -> pd.DataFrame:
        """Return the places as a table, which `from_tables` takes."""
        return pd.DataFrame(
            {
                "name": self.nodes,
                "lon": self.lon,
                "lat": self.lat,
                "kind": self.kind,
                "economy": self.economy,
            }
        )

    def link_table(self) -> pd.DataFrame:
        """Return the links as a table, one row a direction, which `from_tables` takes."""
        names = np.array(self.nodes, dtype=object)
        columns: dict[str, Any] = {
            "name": self.links,
            "tail": names[self.tail],
            "head": names[self.head],
            "mode": self.mode,
            "corridors": [" ".join(c) for c in self.corridors],
        }
        columns |= {name: getattr(self, name) for name in FLOATS}
        return pd.DataFrame({**columns, "open": self.open, "two_way": False})

    def names(self) -> tuple[str, ...]:
        """Every name that `select` knows: links, then corridors, each once."""
        tags = (c for tags in self.corridors for c in tags)
        return tuple(dict.fromkeys((*self.links, *tags)))

    def select(self, names: Iterable[str]) -> np.ndarray:
        """(link,) bool: links called by a name of theirs or of a corridor of theirs.

        Raises
        ------
        InputError : a name that no link and no corridor has, with the nearest one

        """
        wanted, known = list(names), set(self.names())
        unknown = [
            f"no link and no corridor is called '{x}'.{did_you_mean(x, sorted(known))}"
            for x in wanted
            if x not in known
        ]
        if unknown:
            raise InputError.collect("Unknown link", [f"{u} {LISTED}" for u in unknown])
        pick = set(wanted)
        pairs = zip(self.links, self.corridors, strict=True)
        return np.array([name in pick or bool(pick & set(c)) for name, c in pairs], dtype=bool)

    def node_at(self, name: str) -> int:
        """Position of a place; `InputError` with the nearest name if there is none."""
        try:
            return self.nodes.index(name)
        except ValueError:
            raise InputError(
                f"no place of the network is called '{name}'.{did_you_mean(name, self.nodes)} "
                "Take one of `nodes`."
            ) from None

    def but(self, **columns: np.ndarray) -> Network:
        """Return a copy with other columns of its links, such as ``open`` or ``days``."""
        return Network.from_tables(self.node_table(), self.link_table().assign(**columns))


def _complete(
    table: pd.DataFrame, columns: dict[str, tuple[Any, str]], name: str
) -> tuple[pd.DataFrame, list[str]]:
    problems = [
        f"{name}: unknown column '{c}'.{did_you_mean(str(c), columns)} Columns are "
        f"{', '.join(columns)}."
        for c in table.columns
        if c not in columns
    ]
    needed = [c for c, (default, _) in columns.items() if default is ... and c not in table]
    if needed:
        problems.append(f"{name}: column {', '.join(needed)} is missing. Add it.")
    if table.empty:
        problems.append(f"{name}: the table has no row. Give at least one.")
    out = table.reset_index(drop=True).copy()
    for column, (default, _) in columns.items():
        if default is not ...:
            out[column] = (
                out[column].where(out[column].notna(), default) if column in out else default
            )
    return out, problems


def _locked(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _assemble(nodes: pd.DataFrame, links: pd.DataFrame) -> Network:
    names = tuple(str(x) for x in nodes["name"])
    at = {x: k for k, x in enumerate(names)}
    back = links["two_way"].to_numpy(bool)
    order = np.repeat(np.arange(len(links)), 1 + back)
    first = np.r_[True, order[1:] != order[:-1]]
    rows = links.iloc[order]
    tail = np.array([at[x] for x in rows["tail"]], dtype=int)
    head = np.array([at[x] for x in rows["head"]], dtype=int)
    return Network(
        nodes=names,
        lon=_locked(nodes["lon"].to_numpy(float, copy=True)),
        lat=_locked(nodes["lat"].to_numpy(float, copy=True)),
        kind=tuple(str(x) for x in nodes["kind"]),
        economy=tuple(str(x) for x in nodes["economy"]),
        links=tuple(str(x) for x in rows["name"]),
        tail=_locked(np.where(first, tail, head)),
        head=_locked(np.where(first, head, tail)),
        mode=tuple(str(x) for x in rows["mode"]),
        corridors=tuple(tuple(str(x).split()) for x in rows["corridors"]),
        **{name: _locked(rows[name].to_numpy(float, copy=True)) for name in FLOATS},
        open=_locked(rows["open"].to_numpy(bool, copy=True)),
    )
