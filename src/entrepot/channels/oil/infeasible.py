"""Why a month has no market: refiners cut off or starved, output that no limit lets out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.base import Base
from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS
from entrepot.channels.oil.supply import KBD

if TYPE_CHECKING:
    from scipy import sparse

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SHORT = 1e-3
"""kb/d, or thousand barrels of vessel."""
LITTLE = 0.5
"""Part of what a refiner wants at base prices; at an elasticity of 0.12 it costs 300 times them."""
TINY = 1e-6
MOST_NAMES = 4


def no_ways(market: OilMarket, base: Base, month: Limits, stock: Array) -> list[str]:
    """Refiners for whom no lane is left, with what closed them; stocks (V,) mb."""
    useful = base.weight[month.stream, month.refiner] > 0
    dry = (np.maximum(month.ceiling, market.column("least")) <= 0) & (stock <= 0)
    stopped = month.carry <= 0
    works = month.open & ~dry[month.stream] & ~stopped[month.carrier]
    works &= month.refining[month.refiner] > 0
    out = []
    for j, refiner in enumerate(market.refiners):
        here = np.flatnonzero(useful & (month.refiner == j))
        if works[here].any():
            continue
        why = sorted({_closed_by(market, month, dry, int(k)) for k in here})
        out.append(
            f"{refiner.name} can get no crude at all: its {len(here)} lanes are closed by "
            f"{', '.join(why)}. Leave it one way, or take it out of the market."
        )
    return out


def _closed_by(market: OilMarket, month: Limits, dry: Flags, lane: int) -> str:
    if not month.open[lane]:
        return month.why.get(lane, "the base")
    stream = market.streams[month.stream[lane]].name
    if dry[month.stream[lane]]:
        return f"no output of {stream}"
    if month.carry[month.carrier[lane]] <= 0:
        return f"no capacity of {market.carriers[month.carrier[lane]].name}"
    return "no refining capacity"


def starved(market: OilMarket, base: Base, month: Limits, stock: Array) -> list[str]:
    """Refiners that can get less than `LITTLE` of what they want, with the limits that bind then.

    Such a month has a market on paper, at prices without meaning; a linear programme finds the
    most that all can get.
    """
    from scipy import optimize, sparse  # see `entrepot.channels.oil.solver`

    rows, right, names = _rows(market, month, stock)
    lanes, v, j = np.flatnonzero(month.open), len(market.streams), len(market.refiners)
    want = base.runs * month.demand
    gets = sparse.csr_matrix(
        (np.ones(len(lanes)), (month.refiner[lanes], np.arange(len(lanes)))),
        (j, len(lanes) + 2 * v),
    )
    found = optimize.linprog(
        np.concatenate([np.zeros(len(lanes) + 2 * v), 1.0 / want]),
        A_ub=sparse.block_array([[rows, None], [-gets, -sparse.eye(j)]], format="csr"),
        b_ub=np.concatenate([right, -LITTLE * want]),
        A_eq=sparse.hstack([_balance(month, v), sparse.csr_matrix((v, j))]).tocsr(),
        b_eq=np.zeros(v),
        bounds=[(0, None)] * (len(lanes) + v) + [(None, None)] * v + [(0, None)] * j,
        method="highs",
    )
    if found.x is None or found.fun <= TINY:
        return []
    cost = found.ineqlin.marginals[: len(names)] * np.maximum(np.abs(right), 1.0)
    binding = [names[k] for k in np.argsort(cost) if cost[k] < -TINY][:MOST_NAMES]
    got = gets @ found.x[: len(lanes) + 2 * v]
    return [
        f"{market.refiner_names[k]} can get no more than {got[k]:.3g} of the {want[k]:.4g} kb/d "
        "that it wants at base prices; what stands against more: "
        f"{', '.join(binding) or 'closed lanes'}. Loosen one of them, or lower demand."
        for k in np.flatnonzero(found.x[len(lanes) + 2 * v :] > TINY * want)
    ]


def _balance(month: Limits, streams: int) -> sparse.csr_matrix:
    """Sales less output plus what goes into storage, by stream: (V, lanes and 2 V)."""
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    lanes = int(month.open.sum())
    sales = sparse.csr_matrix(
        (np.ones(lanes), (month.stream[month.open], np.arange(lanes))), (streams, lanes)
    )
    alike = sparse.eye(streams, format="csr")
    return sparse.hstack([sales, -alike, alike]).tocsr()


def shortfalls(market: OilMarket, month: Limits, stock: Array) -> list[str]:
    """Limits that cannot all hold, and by how much: the least that must be broken in all.

    Refiners take any amount at some price, so only output that cannot be shut in can be too much
    for what is left of lanes, carriers, quotas, refineries and storage.  Every limit may be broken
    at a price of one; a linear programme finds the cheapest way, and what it breaks is named.
    """
    from scipy import optimize, sparse  # see `entrepot.channels.oil.solver`

    rows, right, names = _rows(market, month, stock)
    soft = sparse.eye(len(names), format="csr")
    lanes, v = int(month.open.sum()), len(market.streams)
    found = optimize.linprog(
        np.concatenate([np.zeros(lanes + 2 * v), np.ones(len(names))]),
        A_ub=sparse.hstack([rows, -soft]).tocsr(),
        b_ub=right,
        A_eq=sparse.hstack([_balance(month, v), sparse.csr_matrix((v, len(names)))]).tocsr(),
        b_eq=np.zeros(v),
        bounds=[(0, None)] * (lanes + v) + [(None, None)] * v + [(0, None)] * len(names),
        method="highs",
    )
    if found.x is None:
        return []
    broken = found.x[lanes + 2 * v :]
    return [
        f"{names[k]} cannot hold: short by {broken[k]:.4g}. Loosen it, or what stands against it."
        for k in np.flatnonzero(broken > SHORT)
    ]


def _rows(
    market: OilMarket, month: Limits, stock: Array
) -> tuple[sparse.csr_matrix, Array, list[str]]:
    """Limits on (flow of open lanes, output, net inflow to storage), kb/d."""
    from scipy import sparse  # see `entrepot.channels.oil.solver`

    lanes, v = np.flatnonzero(month.open), len(market.streams)
    place = np.full(len(month.open), -1)
    place[lanes] = np.arange(len(lanes))
    width = len(lanes) + 2 * v
    rows, right, names = [], [], []

    def add(columns: npt.NDArray[np.intp], values: Array | float, bound: float, name: str) -> None:
        row = np.zeros(width)
        row[columns] = values
        rows.append(row)
        right.append(bound)
        names.append(name)

    least, most = market.column("least"), market.column("storage")
    for k, s in enumerate(market.streams):
        y, into = np.array([len(lanes) + k]), np.array([len(lanes) + v + k])
        add(y, 1.0, month.ceiling[k], f"capacity or quota of {s.name} (kb/d)")
        add(y, -1.0, -least[k], f"least output of {s.name} (kb/d)")
        room = (most[k] - stock[k]) * KBD / DAYS
        add(into, 1.0, room, f"storage of {s.name} (kb/d)")
        add(into, -1.0, stock[k] * KBD / DAYS, f"stock of {s.name} (kb/d)")
    for limit in month.ceilings:
        inside = place[limit.lanes]
        add(inside[inside >= 0], 1.0, limit.kbd, f"{limit.name} (kb/d)")
    for c, carrier in enumerate(market.carriers):
        here = np.flatnonzero(month.carrier[lanes] == c)
        if np.isfinite(month.carry[c]):
            fleet = carrier.kind == "fleet"
            use = month.days[lanes[here]] / KBD if fleet else 1.0
            unit = "mb of vessels" if fleet else "kb/d"
            add(here, use, month.carry[c], f"capacity of {carrier.name} ({unit})")
    for j, r in enumerate(market.refiners):
        if np.isfinite(month.refining[j]):
            here = np.flatnonzero(month.refiner[lanes] == j)
            add(here, 1.0, month.refining[j], f"refining capacity of {r.name} (kb/d)")
        for grade, kbd in r.slate_limit:
            of = [market.streams[v].grade == grade for v in month.stream[lanes]]
            here = np.flatnonzero((month.refiner[lanes] == j) & np.array(of, dtype=bool))
            add(here, 1.0, kbd, f"limit of {r.name} on {grade} (kb/d)")
    return sparse.csr_matrix(np.array(rows)), np.array(right), names
