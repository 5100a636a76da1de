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

THIN = 1e-6
"""Share of b_ij that must be left; below it the difference b - ... has lost digits to rounding."""
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


def close(ways: Ways, shut: np.ndarray, asked: np.ndarray | None = None) -> Closure:
    """Costs after the links `shut` (link,) bool are closed, by an update of low rank.

    Parameters
    ----------
    ways : all ways before
    shut : (link,) bool, links to be closed
    asked : (node, node) bool, pairs that matter; None: all.  Others are NaN.  Where a pair that
        matters keeps less than a millionth of its weight b_ij, or none, everything is recomputed,
        because only then it is exact whether a way is left

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
        left = _left(ways, gone, rows, cols)
        if left[block].min() > THIN:
            rise[asked] = -np.log(left[block]) / ways.nu
            return Closure(rise, False)
    still_open = network.open & ~shut
    after = all_ways(network, np.where(still_open, ways.cost, np.inf), ways.nu)
    rise[asked] = after.log_tau[asked] - ways.log_tau[asked]
    return Closure(rise, True)


def _left(ways: Ways, gone: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """(rows, cols) b' / b after the links `gone` are closed: Woodbury's identity."""
    tail, head, b = ways.network.tail[gone], ways.network.head[gone], np.exp(ways.log_b)
    into = b[np.ix_(rows, tail)] * ways.a[gone]
    inner = np.eye(len(gone)) + b[np.ix_(head, tail)] * ways.a[gone]
    lost = into @ np.linalg.solve(inner, b[np.ix_(head, cols)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - lost / b[np.ix_(rows, cols)]


def groups_of(network: Network, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Links that close together -> (link,) bool: those of a name, or of a corridor's name.

    Without `names`: every name of an open link that carries a name of its own.
    """
    wanted = dict.fromkeys(names if names is not None else network.links)
    return {name: network.select([name]) for name in wanted}


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
    flow, asked = traffic(ways, trips), trips > 0
    rows = []
    for name, shut in groups.items():
        rise = close(ways, np.asarray(shut, dtype=bool), asked).rise[asked]
        weight, cut = trips[asked], np.isinf(rise)
        kept = float(weight[~cut].sum())
        dearer = float(rise[~cut] @ weight[~cut])
        passages = float(flow[np.asarray(shut, dtype=bool)].sum())
        mean = 100.0 * np.expm1(dearer / kept) if kept else np.nan
        rows.append((name, passages, passages / total, dearer, mean, total - kept, int(cut.sum())))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["cut", "rise"], ascending=False, kind="stable", ignore_index=True)
