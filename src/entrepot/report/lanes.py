"""Sea lanes: the pieces of water that a sea leg is drawn on (`tools/build_lanes.py`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from entrepot.channels.routes import Network

NEAR_KM = 400.0
"""A place further than this from any lane is no end of one."""
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Lanes:
    """Pieces of sea lanes between forks.

    Attributes
    ----------
    source : where they come from
    nodes : (fork, 2) degrees of longitude and latitude
    ends : (lane, 2) forks at the ends
    km : (lane,) length
    passage : (lane,) strait or canal that a lane lies in, or ""
    lines : (n, 2) degrees along each lane, both forks included

    """

    source: str
    nodes: np.ndarray
    ends: np.ndarray
    km: np.ndarray
    passage: tuple[str, ...]
    lines: tuple[np.ndarray, ...]


@cache
def load_lanes() -> Lanes:
    """Lanes that come with the program."""
    raw = json.loads(files("entrepot.report").joinpath("geometry/lanes.json").read_text("utf-8"))
    nodes = np.array(raw["nodes"])
    ends = np.array([lane[:2] for lane in raw["lanes"]])
    inner = [np.array(lane[4], dtype=float).reshape(-1, 2) for lane in raw["lanes"]]
    lines = tuple(np.vstack([nodes[a], x, nodes[b]]) for (a, b), x in zip(ends, inner, strict=True))
    km = np.array([lane[2] for lane in raw["lanes"]], dtype=float)
    return Lanes(raw["source"], nodes, ends, km, tuple(lane[3] for lane in raw["lanes"]), lines)


def follow(network: Network, links: np.ndarray) -> dict[int, np.ndarray]:
    """Lanes on which each of `links` (positions) of mode sea is drawn; others are left out.

    A link that bears the name of a passage may run through its lanes, no other link may.
    """
    lanes = load_lanes()
    sea = [int(k) for k in links if network.mode[k] == "sea"]
    degrees = np.column_stack([network.lon, network.lat])
    used = np.unique([(network.tail[k], network.head[k]) for k in sea]).astype(int)
    near = dict(zip(used.tolist(), _nearest(lanes.nodes, degrees[used]), strict=True))
    asked: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for k in sea:
        tail, head = near[int(network.tail[k])], near[int(network.head[k])]
        if tail >= 0 and head >= 0:
            name = network.links[k] if network.links[k] in lanes.passage else ""
            asked.setdefault((int(tail), name), []).append((k, int(head)))
    out: dict[int, np.ndarray] = {}
    for (start, name), ends in asked.items():
        out |= _ways(start, name, ends)
    return out


def _ways(start: int, name: str, ends: list[tuple[int, int]]) -> dict[int, np.ndarray]:
    """Lanes from fork `start` to the fork of each (link, fork), by length."""
    # SciPy's graphs take 0.36 s to import; most reports have no map of links.
    from scipy.sparse.csgraph import dijkstra

    graph, number = _graph(name)
    _, found = dijkstra(graph, indices=start, return_predecessors=True)
    before = found.tolist()
    out = {}
    for link, end in ends:
        pieces, at = [], end
        while at != start and before[at] >= 0:
            pieces.append(number[before[at], at])
            at = before[at]
        if at == start and pieces:
            out[link] = np.array(pieces)
    return out


@cache
def _graph(name: str) -> tuple[Any, dict[tuple[int, int], int]]:
    """Open sea and the passage `name` as a graph of km, and the lane between two forks."""
    from scipy.sparse import csr_matrix  # see `_ways`

    lanes = load_lanes()
    lane = np.flatnonzero([p in ("", name) for p in lanes.passage])
    lane = lane[np.argsort(-lanes.km[lane], kind="stable")]  # the shortest of parallel lanes last
    number = {}
    for k, (x, y) in zip(lane.tolist(), lanes.ends[lane].tolist(), strict=True):
        number[x, y] = number[y, x] = k
    km = np.maximum(lanes.km[list(number.values())], 1e-3)
    size = len(lanes.nodes)
    return csr_matrix((km, np.array(list(number)).T), shape=(size, size)), number


def _nearest(nodes: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """(place,) nearest fork, or -1 where none is within `NEAR_KM`."""

    def unit(points: np.ndarray) -> np.ndarray:
        lon, lat = np.radians(points).T
        return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])

    if not len(degrees):
        return np.zeros(0, dtype=int)
    chord = np.linalg.norm(unit(degrees)[:, None] - unit(nodes)[None], axis=2)
    best = chord.argmin(1)
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chord[np.arange(len(best)), best] / 2, 1.0))
    return np.where(km <= NEAR_KM, best, -1)
