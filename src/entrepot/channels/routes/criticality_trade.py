"""What closing each link would cost the trade of a world, all sectors together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from entrepot.channels.routes.criticality import criticality, groups_of
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.settle import RoutesOutcome
from entrepot.channels.routes.transport import Flow

COLUMNS = ("link", "mt", "trade", "rise", "percent", "cut")


def named_links(network: Network) -> list[str]:
    """Names of passages, land ways and ferries: links that are not called after their two ends."""
    names = network.nodes
    plain = {
        f"{names[a]} - {names[b]}" for a, b in zip(network.tail, network.head, strict=True)
    } | {f"{names[b]} - {names[a]}" for a, b in zip(network.tail, network.head, strict=True)}
    return [
        name for name in dict.fromkeys(network.links) if name not in plain and " - " not in name
    ]


def closing_costs(
    outcome: RoutesOutcome, names: Sequence[str] | None = None, *, before: bool = False
) -> pd.DataFrame:
    """Rank links by what closing each would cost, on top of what a scenario does already.

    Volumes stay those of the benchmark, and queues those of the scenario: a first answer that says
    where to look, not an equilibrium.  For one link, write a scenario that closes it.

    Parameters
    ----------
    outcome : the network of a world before and after a scenario
    names : links or corridors; None: all with a name of their own
    before : on the network before the scenario instead

    Returns
    -------
    One row per link, the dearest to close first:

    link : name
    mt : traffic of both directions, Mt a year
    trade : value of trade that passes it, mn USD; what passes twice counts twice
    rise : extra cost of transport, mn USD a year, of trade that keeps a way
    percent : the same in per cent of all trade on the network
    cut : trade that has no way left, mn USD a year

    """
    groups = groups_of(outcome.network, named_links(outcome.network) if names is None else names)
    table = pd.DataFrame(0.0, index=list(groups), columns=["trade", "rise", "cut"])
    total = 0.0
    for flow, volume in _flows(outcome, before):
        trips = flow.part.T @ volume @ flow.part
        np.fill_diagonal(trips, 0.0)
        trips[np.isneginf(flow.ways.log_b)] = 0.0
        if not trips.any():
            continue
        total += float(trips.sum())
        one = criticality(flow.ways, trips, groups).set_index("link").loc[list(groups)]
        table += one[["traffic", "rise", "cut"]].to_numpy()
    mt = outcome.traffic_before if before else outcome.traffic_after
    table["mt"] = [float(mt[shut].sum()) for shut in groups.values()]
    table["percent"] = 100.0 * table["rise"] / total if total else 0.0
    table = table.rename_axis("link").reset_index()[list(COLUMNS)]
    worst = (table["rise"] + table["cut"]).sort_values(ascending=False, kind="stable").index
    return table.loc[worst].reset_index(drop=True)


def _flows(outcome: RoutesOutcome, before: bool) -> list[tuple[Flow, np.ndarray]]:
    """All ways and the trade (economy, economy) that takes them, mn USD, by sector and group."""
    out = []
    for sector, one in outcome.sectors.items():
        value = outcome.value[:, :, outcome.world.sectors.index(sector)]
        if before:
            out.append((one.before, value))
        else:
            out += [(f, np.where(one.group == k, value, 0.0)) for k, f in enumerate(one.after)]
    return out
