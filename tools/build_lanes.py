"""Lay the sea lanes on which maps of links draw their sea legs: ``python tools/build_lanes.py``.

Needs searoute (Apache-2.0), whose network of the seas derives from the Global Shipping Lane Network
of the Oak Ridge National Laboratory.  The shortest way of every sea leg and passage is followed as
`entrepot.channels.routes.build` does; pieces of lanes that several legs share are kept once.  A
piece inside a passage bears its name, so that no leg of the open sea is drawn through it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from build_map import simplify
from searoute.searoute import setup_M

from entrepot.channels.routes.build import closed_sea, points
from entrepot.channels.routes.places import data_text, gate_name, load_places
from entrepot.report.projection import to_drawing

TARGET = Path(__file__).parents[1] / "src" / "entrepot" / "report" / "geometry" / "lanes.json"
TOLERANCE = 0.8  # of a unit of the drawing, which is 1000 units wide
SOURCE = (
    "searoute 1.6.0 (G. Halili, Apache-2.0), from the Global Shipping Lane Network of the Oak "
    "Ridge National Laboratory"
)

Point = tuple[float, float]


def used_pieces(sea: Any) -> dict[tuple[Point, Point], str]:
    """Edges of `sea` that some leg takes -> the passage that they lie in, or nothing."""
    places = load_places()
    closed, at = set(closed_sea(sea, places)), points(places)
    near = {name: sea.kdtree.query(point) for name, point in at.items()}
    inside = {
        frozenset(gate_name(n, s) for s, _, _ in p.gates): (n, {*p.named, f"entrepot {n}"})
        for n, p in places.passages.items()
    }
    legs = [line.split(",")[:2] for line in data_text("sea_legs.csv").splitlines()
            if line and not line.startswith(("#", "tail"))]  # fmt: skip
    by_start: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one, two in legs:
        passage, _ = inside.get(frozenset((one, two)), ("", set()))
        by_start[one, passage].append(two)
    names = dict(inside.values())
    out: dict[tuple[Point, Point], str] = {}
    for (one, passage), ends in by_start.items():
        shut = closed - names.get(passage, set())

        def cost(_a: Point, _b: Point, data: dict[str, Any], shut: set[str] = shut) -> float | None:
            return None if data.get("passage") in shut else data["weight"]

        _, ways = nx.single_source_dijkstra(sea, near[one], weight=cost)
        for two in ends:
            for a, b in pairwise(ways[near[two]]):
                label = sea[a][b].get("passage") or ""
                out[min(a, b), max(a, b)] = passage if label in closed else ""
    return out


def joined(pieces: dict[tuple[Point, Point], str]) -> list[tuple[list[Point], str]]:
    """Chains of pieces between forks: (points, passage)."""
    graph = nx.Graph()
    for (a, b), passage in pieces.items():
        graph.add_edge(a, b, passage=passage)
    places = load_places()
    sea = setup_M()
    ends = {sea.kdtree.query(p) for p in points(places).values()}
    fork = {
        n for n in graph
        if graph.degree(n) != 2 or n in ends or len({d["passage"] for d in graph[n].values()}) > 1
    }  # fmt: skip
    done: set[frozenset[Point]] = set()
    chains = []
    for start in sorted(fork):
        for step in sorted(graph[start]):
            chain = [start, step]
            if frozenset(chain) in done:
                continue
            done.add(frozenset(chain))
            while chain[-1] not in fork:
                (ahead,) = [n for n in graph[chain[-1]] if n != chain[-2]]
                done.add(frozenset((chain[-1], ahead)))
                chain.append(ahead)
            chains.append((chain, graph[start][step]["passage"]))
    return chains


def length(sea: Any, chain: list[Point]) -> float:
    """Length in km."""
    return sum(sea[a][b]["weight"] for a, b in pairwise(chain))


def thinned(chain: list[Point]) -> list[Point]:
    """The points of a chain that show on the map."""
    cells = np.round(to_drawing(np.array(chain)), 4)
    kept = {tuple(c) for c in simplify(cells, TOLERANCE)}
    across = {k for k, (a, b) in enumerate(pairwise(chain)) if abs(a[0] - b[0]) > 180}
    return [p for k, p in enumerate(chain)
            if tuple(cells[k]) in kept or k in across or k - 1 in across]  # fmt: skip


def main() -> None:
    """Write the lanes."""
    sea = setup_M()
    chains = joined(used_pieces(sea))
    numbers: dict[Point, int] = {}
    lanes = []
    for chain, passage in chains:
        a, b = (numbers.setdefault(p, len(numbers)) for p in (chain[0], chain[-1]))
        inner = [round(float(x), 1) for p in thinned(chain)[1:-1] for x in p]
        lanes.append([a, b, round(length(sea, chain)), passage, inner])
    nodes = [[round(float(x), 2), round(float(y), 2)] for x, y in numbers]
    text = json.dumps({"source": SOURCE, "nodes": nodes, "lanes": lanes}, separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(nodes)} forks, {len(lanes)} lanes, {len(text):,} bytes: {TARGET}\n")


if __name__ == "__main__":
    main()
