"""Draw the outlines of the world map that reports use, from Natural Earth.

Input is ``countries-50m.json`` of the npm package ``world-atlas`` (version 2.0.2; Natural Earth
4.1.0, public domain, as TopoJSON)::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/build_map.py package/countries-50m.json

Every border arc is projected (Equal Earth: Savric, Patterson and Jenny 2018) and simplified once,
so that neighbours keep a common border.  Economies too small to be seen become a dot.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from entrepot.report.projection import WIDTH, frame, to_drawing

TARGET = Path(__file__).parents[1] / "src" / "entrepot" / "report" / "geometry" / "world.json"
TOLERANCE = 0.35  # of a unit of the drawing, which is WIDTH units wide
SMALLEST_RING = 0.5  # square units; smaller islands are left out
SMALLEST_SHAPE = 5.0  # square units; an economy below this also gets a dot

LEFT_OUT = frozenset({"ATA", "ATF", "HMD", "SGS", "IOT"})
WITHOUT_NUMBER = {
    "Kosovo": "XKX",
    "N. Cyprus": "XNC",
    "Somaliland": "XSO",
    "Siachen Glacier": "XSG",
    "Indian Ocean Ter.": "AUS",
}
ISO_NUMERIC = """
004AFG 008ALB 010ATA 012DZA 016ASM 020AND 024AGO 028ATG 031AZE 032ARG 036AUS 040AUT 044BHS
048BHR 050BGD 051ARM 052BRB 056BEL 060BMU 064BTN 068BOL 070BIH 072BWA 074BVT 076BRA 084BLZ
086IOT 090SLB 092VGB 096BRN 100BGR 104MMR 108BDI 112BLR 116KHM 120CMR 124CAN 132CPV 136CYM
140CAF 144LKA 148TCD 152CHL 156CHN 158TWN 162CXR 166CCK 170COL 174COM 175MYT 178COG 180COD
184COK 188CRI 191HRV 192CUB 196CYP 203CZE 204BEN 208DNK 212DMA 214DOM 218ECU 222SLV 226GNQ
231ETH 232ERI 233EST 234FRO 238FLK 239SGS 242FJI 246FIN 248ALA 250FRA 254GUF 258PYF 260ATF
262DJI 266GAB 268GEO 270GMB 275PSE 276DEU 288GHA 292GIB 296KIR 300GRC 304GRL 308GRD 312GLP
316GUM 320GTM 324GIN 328GUY 332HTI 334HMD 336VAT 340HND 344HKG 348HUN 352ISL 356IND 360IDN
364IRN 368IRQ 372IRL 376ISR 380ITA 384CIV 388JAM 392JPN 398KAZ 400JOR 404KEN 408PRK 410KOR
414KWT 417KGZ 418LAO 422LBN 426LSO 428LVA 430LBR 434LBY 438LIE 440LTU 442LUX 446MAC 450MDG
454MWI 458MYS 462MDV 466MLI 470MLT 474MTQ 478MRT 480MUS 484MEX 492MCO 496MNG 498MDA 499MNE
500MSR 504MAR 508MOZ 512OMN 516NAM 520NRU 524NPL 528NLD 531CUW 533ABW 534SXM 535BES 540NCL
548VUT 554NZL 558NIC 562NER 566NGA 570NIU 574NFK 578NOR 580MNP 581UMI 583FSM 584MHL 585PLW
586PAK 591PAN 598PNG 600PRY 604PER 608PHL 612PCN 616POL 620PRT 624GNB 626TLS 630PRI 634QAT
638REU 642ROU 643RUS 646RWA 652BLM 654SHN 659KNA 660AIA 662LCA 663MAF 666SPM 670VCT 674SMR
678STP 682SAU 686SEN 688SRB 690SYC 694SLE 702SGP 703SVK 704VNM 705SVN 706SOM 710ZAF 716ZWE
724ESP 728SSD 729SDN 732ESH 740SUR 744SJM 748SWZ 752SWE 756CHE 760SYR 762TJK 764THA 768TGO
772TKL 776TON 780TTO 784ARE 788TUN 792TUR 795TKM 796TCA 798TUV 800UGA 804UKR 807MKD 818EGY
826GBR 831GGY 832JEY 833IMN 834TZA 840USA 850VIR 854BFA 858URY 860UZB 862VEN 876WLF 882WSM
887YEM 894ZMB"""


def codes() -> dict[str, str]:
    """ISO 3166 numeric code to alpha-3 code."""
    return {word[:3]: word[3:] for word in ISO_NUMERIC.split()}


def simplify(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Douglas-Peucker: keep the points that lie further than `tolerance` from the line."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        inner = points[first + 1 : last] - points[first]
        chord = points[last] - points[first]
        length = float(np.hypot(*chord))
        if length > 0:
            distance = np.abs(chord[0] * inner[:, 1] - chord[1] * inner[:, 0]) / length
        else:
            distance = np.hypot(inner[:, 0], inner[:, 1])
        far = int(np.argmax(distance))
        if distance[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return points[keep]


def decode(topology: dict[str, Any]) -> list[np.ndarray]:
    """Arcs of a quantised TopoJSON file as drawing coordinates, simplified."""
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    arcs = []
    for arc in topology["arcs"]:
        degrees = np.cumsum(np.array(arc, dtype=float), axis=0) * scale + shift
        arcs.append(simplify(to_drawing(degrees), TOLERANCE))
    return arcs


def ring(parts: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    """Join arcs to a ring; a negative number means the arc backwards."""
    pieces = [arcs[k] if k >= 0 else arcs[~k][::-1] for k in parts]
    return np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])])


def cut(points: np.ndarray) -> list[np.ndarray]:
    """Cut a ring where it runs over the edge of the map, so that no line crosses the drawing."""
    closed = points[:-1] if np.allclose(points[0], points[-1]) else points
    jumps = np.abs(closed[:, 0] - np.roll(closed[:, 0], 1)) > WIDTH / 2
    if not jumps.any():
        return [points]
    start = int(np.flatnonzero(jumps)[0])
    turned, marks = np.roll(closed, -start, axis=0), np.roll(jumps, -start)
    sides: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for piece in np.split(turned, np.flatnonzero(marks)[1:]):
        sides[bool(piece[:, 0].mean() < WIDTH / 2)].append(piece)
    whole = [np.concatenate(pieces) for pieces in sides.values() if pieces]
    return [np.concatenate([p, p[:1]]) for p in whole]


def area(points: np.ndarray) -> float:
    """Area of a ring."""
    x, y = points.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def path(points: np.ndarray) -> str:
    """A ring as SVG path data: one absolute point, then tenths as relative steps."""
    tenths = np.round(points * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    numbers = [f"{a / 10:g},{b / 10:g}" for a, b in steps[:-1]]
    return f"M{tenths[0][0] / 10:g},{tenths[0][1] / 10:g}l{' '.join(numbers)}z"


def shapes(topology: dict[str, Any]) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Path data and dots by alpha-3 code."""
    arcs, known = decode(topology), codes()
    rings: dict[str, list[np.ndarray]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        number, name = geometry.get("id"), geometry["properties"]["name"]
        code = known[number] if number else WITHOUT_NUMBER[name]
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        joined = [ring(part, arcs) for polygon in polygons for part in polygon]
        found = [piece for whole in joined for piece in cut(whole)]
        if code not in LEFT_OUT:
            rings.setdefault(code, []).extend(found)
    drawn, dots = {}, {}
    for code in sorted(rings):
        large = [r for r in rings[code] if len(r) > 3 and area(r) >= SMALLEST_RING]
        if large:
            drawn[code] = "".join(path(r) for r in large)
        if sum(area(r) for r in large) < SMALLEST_SHAPE:
            biggest = max(rings[code], key=area)
            dots[code] = [round(float(v), 1) for v in biggest.mean(axis=0)]
    return drawn, dots


def main(source: str) -> None:
    """Write the outlines."""
    topology = json.loads(Path(source).read_text("utf-8"))
    drawn, dots = shapes(topology)
    content = {
        "projection": "Equal Earth",
        "source": "Natural Earth 4.1.0 (public domain), through world-atlas 2.0.2",
        "width": WIDTH,
        "height": round(frame()[3], 1),
        "shapes": drawn,
        "dots": dots,
    }
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{len(drawn)} shapes, {len(dots)} dots, {len(text):,} bytes: {TARGET.name}")


if __name__ == "__main__":
    main(sys.argv[1])
