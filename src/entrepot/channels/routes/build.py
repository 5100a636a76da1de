"""Sea legs between ports and passages, computed with searoute: ``python -m ...routes.build``.

Needs the extra ``sea``; what it writes, `sea_legs.csv`, is shipped, so nothing else does.  All
passages are closed while legs are computed: a leg never runs through one, and closing one later
needs no new computation.  searoute answers a closed way with an empty line and a warning since its
issue 53; here an empty line is no leg, and whatever else it warns of is an error.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from itertools import combinations
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any, Final

from entrepot.channels.routes.places import Passage, Places, gate_name, load_places

LONGEST_SNAP: Final = 250.0
"""km that a port may lie from the nearest node of searoute's network."""

TERMS: Final = """\
# Sea legs between ports and the gates of straits and canals, shortest ways in km.
# Computed with searoute {version} (G. Halili, https://github.com/genthalili/searoute-py),
# Apache-2.0; distances are facts of geography, for visualisation and
# study, not for navigation. Built by python -m entrepot.channels.routes.build.
"""

Point = tuple[float, float]


def crosses(line: tuple[float, ...], one: Point, two: Point) -> bool:
    """Whether the segment from `one` to `two` crosses `line`; not across the date line."""
    if abs(one[0] - two[0]) > 180.0:
        return False
    a, b = (line[0], line[1]), (line[2], line[3])
    return _side(a, b, one) != _side(a, b, two) and _side(one, two, a) != _side(one, two, b)


def _side(a: Point, b: Point, p: Point) -> bool:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0


def closed_sea(sea: Any, places: Places) -> list[str]:
    """Label the edges of all passages in searoute's network; the labels, all to be avoided."""
    lines = [(f"entrepot {n}", p.cut) for n, p in places.passages.items() if p.cut]
    lines += [(f"entrepot {n}", line) for n, line in places.left_out.items()]
    for one, two in list(sea.edges()):
        for label, line in lines:
            if line and crosses(line, one, two):
                # each direction has its own record there
                sea[one][two]["passage"] = sea[two][one]["passage"] = label
    known = {"northwest", "bering", *(label for label, _ in lines)}
    return sorted(known | {x for p in places.passages.values() for x in p.named})


def points(places: Places) -> dict[str, Point]:
    """Ports and gates by name."""
    ports = {p.name: (p.lon, p.lat) for p in places.places.values() if p.kind == "port"}
    gates = {
        gate_name(p.name, sea): (lon, lat)
        for p in places.passages.values()
        for sea, lon, lat in p.gates
    }
    return ports | gates


def leg(searoute: Any, sea: Any, one: Point, two: Point, closed: list[str]) -> float | None:
    """Length of the shortest way in km, or None where there is none."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        way = searoute.searoute(one, two, M=sea, restrictions=closed, units="km")
    for line in said:
        if "No path found" not in str(line.message):
            raise RuntimeError(f"searoute on {one} to {two}: {line.message}.")
    shape = way.geometry["coordinates"]
    if not shape:
        return None
    return float(way.properties["length"]) + apart(one, shape[0]) + apart(two, shape[-1])


def apart(one: Point, two: Point) -> float:
    """Great-circle distance in km."""
    (x, y), (u, v) = ((radians(p[0]), radians(p[1])) for p in (one, two))
    h = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(h))


def legs(places: Places) -> Iterator[tuple[str, str, float]]:
    """All legs between ports and gates, and through the passages themselves."""
    import searoute  # an extra of its own: only building needs it
    from searoute.searoute import setup_M

    sea = setup_M()
    closed, at = closed_sea(sea, places), points(places)
    for name, point in at.items():
        near = sea.kdtree.query(point)
        if apart(near, point) > LONGEST_SNAP:
            raise RuntimeError(f"{name}: the nearest sea is at {near}. Correct its position.")
    basin = basins(sea, closed)
    lies = {name: basin[sea.kdtree.query(point)] for name, point in at.items()}
    inside = {frozenset(gate_name(n, s) for s, _, _ in p.gates) for n, p in places.passages.items()}
    for one, two in combinations(at, 2):
        if lies[one] == lies[two] and frozenset((one, two)) not in inside:
            km = leg(searoute, sea, at[one], at[two], closed)
            if km is not None:
                yield one, two, km
    for passage in places.passages.values():
        yield through(searoute, sea, passage, closed)


def basins(sea: Any, closed: list[str]) -> dict[Point, int]:
    """Nodes of searoute's network -> number of the closed sea that they lie in."""
    found: dict[Point, int] = {}
    for start in sea.nodes:
        todo = [] if start in found else [start]
        while todo:
            node = todo.pop()
            found[node] = found.get(start, len(found))
            todo += [
                x
                for x, data in sea[node].items()
                if x not in found and data.get("passage") not in closed
            ]
    return found


def through(searoute: Any, sea: Any, passage: Passage, closed: list[str]) -> tuple[str, str, float]:
    """Length of a passage from gate to gate, with only its own edges open."""
    own = {*passage.named, f"entrepot {passage.name}"}
    (sea_a, *a), (sea_b, *b) = passage.gates
    km = leg(searoute, sea, (a[0], a[1]), (b[0], b[1]), [x for x in closed if x not in own])
    if not km:
        raise RuntimeError(f"{passage.name}: searoute finds no way through it. Correct its gates.")
    return gate_name(passage.name, sea_a), gate_name(passage.name, sea_b), km


def main() -> None:
    """Write `sea_legs.csv` into the package."""
    from importlib.metadata import version

    rows = [f"{a},{b},{km:.0f}" for a, b, km in legs(load_places())]
    path = Path(__file__).parent / "data" / "sea_legs.csv"
    text = TERMS.format(version=version("searoute")) + "tail,head,km\n" + "\n".join(rows) + "\n"
    path.write_text(text, "utf-8")
    sys.stdout.write(f"{len(rows)} legs written to {path}.\n")


if __name__ == "__main__":
    main()
