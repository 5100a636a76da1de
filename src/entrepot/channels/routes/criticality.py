"""What closing a link would cost: the rise of expected transport cost, weighted with trade.

Closing links changes A by a matrix of low rank, so that B' = (I - A')^-1 follows from B
(Sherman and Morrison 1950; Woodbury 1950).  With one link kl of weight a

    b'_ij = b_ij - a b_ik b_lj / (1 + a b_lk),     d ln tau_ij = -(1 / nu) ln(b'_ij / b_ij),

and with several at once the fraction becomes a small linear system.  To first order a link whose
cost rises by dc makes trade dearer by sum_ij X_ij pi_ij^kl dc, its traffic times dc.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels.routes.network import Network
from entrepot.channels.routes.traffic import DEEP, checked_trips, traffic
from entrepot.channels.routes.ways import Ways, all_ways
from entrepot.core.errors import ValueRangeError

THIN = 1e-8
"""Share of b_ij that must be left; below it the difference b - ... has lost too many digits."""
NEGLIGIBLE = 1e-12
"""Share of all trade below which the traffic of a link is none."""
COLUMNS = ("link", "traffic", "share", "rise", "percent", "cut", "pairs_cut")


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """Costs after some links are closed.

    Attributes
    ----------
    rise : (node, node) ln tau' - ln tau where there was a way; inf where none is left
    recomputed : whether the inverse was computed afresh, for want of digits

    """

    rise: np.ndarray
    recomputed: bool


def close(
    ways: Ways,
    shut: np.ndarray,
    asked: np.ndarray | None = None,
    *,
    b: np.ndarray | None = None,
) -> Closure:
    """Costs after the links `shut` (link,) bool are closed, by an update of low rank.

    Parameters
    ----------
    ways : all ways before
    shut : (link,) bool, links to be closed
    asked : (node, node) bool, pairs that matter; None: all.  Others are NaN.  Where a pair that
        matters keeps less than 1e-8 of its weight b_ij, or none, everything is recomputed,
        because only then it is exact whether a way is left
    b : exp(ln b) if it is at hand

    """
    network = ways.network
    there = np.isfinite(ways.log_b)
    asked = there if asked is None else there & np.asarray(asked, dtype=bool)
    gone = np.flatnonzero(shut & (ways.a > 0))
    rows, cols = np.flatnonzero(asked.any(axis=1)), np.flatnonzero(asked.any(axis=0))
    rise = np.full(there.shape, np.nan)
    if not len(gone) or not len(rows):
        rise[asked] = 0.0
        return Closure(rise, False)
    block = asked[np.ix_(rows, cols)]
    if ways.log_b[asked].min() > DEEP:
        left = _left(ways, np.exp(ways.log_b) if b is None else b, gone, rows, cols)
        if left[block].min() > THIN:
            rise[asked] = -np.log(left[block]) / ways.nu
            return Closure(rise, False)
    still_open = network.open & ~shut
    after = all_ways(network, np.where(still_open, ways.cost, np.inf), ways.nu)
    rise[asked] = after.log_tau[asked] - ways.log_tau[asked]
    return Closure(rise, True)


def _left(
    ways: Ways, b: np.ndarray, gone: np.ndarray, rows: np.ndarray, cols: np.ndarray
) -> np.ndarray:
    """(rows, cols) b' / b after the links `gone` are closed: Woodbury's identity."""
    tail, head = ways.network.tail[gone], ways.network.head[gone]
    into = b[np.ix_(rows, tail)] * ways.a[gone]
    inner = np.eye(len(gone)) + b[np.ix_(head, tail)] * ways.a[gone]
    lost = into @ np.linalg.solve(inner, b[np.ix_(head, cols)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - lost / b[np.ix_(rows, cols)]


def groups_of(network: Network, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Links that close together: name of a link or corridor -> (link,) bool.

    Without `names`: every name of a link.

    Raises
    ------
    InputError : a name that no link and no corridor has

    """
    wanted = list(dict.fromkeys(network.links if names is None else names))
    network.select(wanted)
    members: dict[str, list[int]] = {name: [] for name in wanted}
    for k, (name, tags) in enumerate(zip(network.links, network.corridors, strict=True)):
        for tag in {name, *tags} & members.keys():
            members[tag].append(k)
    positions = np.arange(len(network.links))
    return {name: np.isin(positions, found) for name, found in members.items()}


def criticality(
    ways: Ways,
    trips: np.ndarray,
    groups: Mapping[str, np.ndarray] | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Rank links by what closing each would cost all trade.

    Parameters
    ----------
    ways : all ways of the network as it is
    trips : (node, node) X, trade from row to column, in any unit of value or weight
    groups : names of links or corridors, or name -> (link,) bool of links that close together;
        None: every link by its name, both directions at once

    Returns
    -------
    One row per group, the dearest to close first:

    link : name
    traffic : expected passages of trade on its links, both directions, unit of `trips`
    share : traffic over all trade, which is the elasticity of the mean cost of trade to the cost of
        the links: per cent that trade gets dearer, to first order, if they do by 1 per cent
    rise : sum of X_ij d ln tau_ij over pairs that keep a way, unit of `trips`
    percent : the same over the trade that keeps a way, as per cent of cost
    cut : trade that has no way left, unit of `trips`
    pairs_cut : its pairs

    Rows are ranked by trade cut off, then by `rise`: what is cut off has no finite cost.

    Raises
    ------
    ValueRangeError : trips out of range, or no trade that has a way

    """
    network = ways.network
    trips = checked_trips(network, trips)
    trips[np.isneginf(ways.log_b)] = 0.0
    total = float(trips.sum())
    if total <= 0:
        raise ValueRangeError("trips: nothing that has a way travels between two places. Give "
                              "some trade, or open a link.")  # fmt: skip
    if not isinstance(groups, Mapping):
        groups = groups_of(network, groups)
    flow, asked, b = traffic(ways, trips), trips > 0, np.exp(ways.log_b)
    weight, rows = trips[asked], []
    for name, members in groups.items():
        shut = np.asarray(members, dtype=bool)
        passages = float(flow[shut].sum())
        idle = passages <= NEGLIGIBLE * total
        rise = np.zeros(len(weight)) if idle else close(ways, shut, asked, b=b).rise[asked]
        cut = np.isinf(rise)
        kept, gone = float(weight[~cut].sum()), float(weight[cut].sum())
        dearer = float(rise[~cut] @ weight[~cut])
        mean = 100.0 * np.expm1(dearer / kept) if kept else np.nan
        rows.append((name, passages, passages / total, dearer, mean, gone, int(cut.sum())))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["cut", "rise"], ascending=False, kind="stable", ignore_index=True)
