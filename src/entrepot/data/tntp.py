"""Reader of TNTP files: road networks and trips of the test problems of transport research.

The format is that of Bar-Gera's collection, now "Transportation Networks for Research":
metadata in angle brackets, then a table of links, or trips by origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from entrepot.core.errors import SourceError

COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power")
META = re.compile(r"<\s*([^>]+?)\s*>\s*(.*?)\s*$")
ORIGIN = re.compile(r"Origin\s+(\d+)", re.IGNORECASE)
TRIPS = re.compile(r"(\d+)\s*:\s*([-+.\deE]+)\s*;")


@dataclass(frozen=True, slots=True)
class Tntp:
    """A road network and its trips; nodes are counted from 0.

    Attributes
    ----------
    nodes, zones : how many; the zones are the first nodes
    first_through : first node that trips may pass
    tail, head : (link,) ends
    capacity, length, free, b, power : (link,) numbers of the delay t = free (1 + b (x / c)^power)
    trips : (zone, zone) from row to column

    """

    nodes: int
    zones: int
    first_through: int
    tail: np.ndarray
    head: np.ndarray
    capacity: np.ndarray
    length: np.ndarray
    free: np.ndarray
    b: np.ndarray
    power: np.ndarray
    trips: np.ndarray

    @property
    def no_through(self) -> np.ndarray:
        """(node,) bool: where trips begin and end but do not pass."""
        return np.arange(self.nodes) < self.first_through


def read_tntp(net: str | Path, trips: str | Path) -> Tntp:
    """Read a network file and a trips file.

    Raises
    ------
    SourceError : a file is missing, lacks metadata, or does not hold what its metadata announce

    """
    meta, lines = _split(Path(net))
    n, zones, first, count = (
        _whole(meta, key, Path(net))
        for key in ("NUMBER OF NODES", "NUMBER OF ZONES", "FIRST THRU NODE", "NUMBER OF LINKS")
    )
    rows = [line.rstrip(";").split()[: len(COLUMNS)] for line in lines]
    short = [k for k, row in enumerate(rows) if len(row) < len(COLUMNS)]
    if short or len(rows) != count:
        raise SourceError(
            f"{net}: {len(rows)} links, {len(short)} of them with less than {len(COLUMNS)} numbers;"
            f" NUMBER OF LINKS says {count}. Fetch the file again."
        )
    try:
        table = np.array(rows, dtype=float)
    except ValueError as error:
        raise SourceError(f"{net}: a link is not all numbers ({error}). Fetch it again.") from None
    ends = table[:, :2].astype(int) - 1
    if ends.min() < 0 or ends.max() >= n:
        raise SourceError(f"{net}: a link ends at node {ends.max() + 1 if ends.min() >= 0 else 0}; "
                          f"NUMBER OF NODES says {n}. Fetch the file again.")  # fmt: skip
    capacity, length, free, b, power = table[:, 2:].T
    return Tntp(
        nodes=n,
        zones=zones,
        first_through=first - 1,
        tail=ends[:, 0],
        head=ends[:, 1],
        capacity=capacity,
        length=length,
        free=free,
        b=b,
        power=power,
        trips=_trips(Path(trips), zones),
    )


def _split(path: Path) -> tuple[dict[str, str], list[str]]:
    """Metadata by key, and the lines that hold numbers or origins."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}. Give the path of a TNTP file.") from None
    lines = [line.strip() for line in text.splitlines()]
    meta = {m[1].upper(): m[2] for line in lines if (m := META.match(line))}
    return meta, [x for x in lines if x and x[0] not in "~<"]


def _whole(meta: dict[str, str], key: str, path: Path) -> int:
    found = re.match(r"\d+", meta.get(key, ""))
    if not found:
        raise SourceError(f"{path}: <{key}> is {meta.get(key, 'missing')!r}; a whole number is "
                          "needed. Fetch the file again.")  # fmt: skip
    return int(found[0])


def _trips(path: Path, zones: int) -> np.ndarray:
    meta, lines = _split(path)
    out, origin = np.zeros((zones, zones)), -1
    for line in lines:
        start = ORIGIN.match(line)
        if start:
            origin = int(start[1]) - 1
        cells = TRIPS.findall(line)
        places = [origin, *(int(d) - 1 for d, _ in cells)]
        if min(places) < 0 or max(places) >= zones:
            raise SourceError(f"{path}: '{line[:40]}' names no zone of 1 to {zones}. Fetch the "
                              "network and the trips again, together.")  # fmt: skip
        for place, (_, amount) in zip(places[1:], cells, strict=True):
            out[origin, place] += float(amount)
    told = float(meta.get("TOTAL OD FLOW", "nan"))
    if not abs(out.sum() - told) <= 1e-4 * max(told, 1.0):
        raise SourceError(f"{path}: trips add up to {out.sum():g}; <TOTAL OD FLOW> says {told:g}. "
                          "Fetch the file again.")  # fmt: skip
    return out
