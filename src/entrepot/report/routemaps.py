"""Maps of the network of a run: traffic after its measures, and what closing a link would cost."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from entrepot.channels.routes import RoutesOutcome
from entrepot.channels.routes.criticality_trade import closing_costs
from entrepot.report.linkmap import closing_map, traffic_map
from entrepot.report.linkmap_view import Frame, around

BILLION = 1e3  # million USD
NARROW = 0.35
"""Changed links that span less than this part of the globe's width are shown close up."""


@lru_cache(maxsize=1)
def costs_of(outcome: RoutesOutcome) -> pd.DataFrame:
    """What closing each link would cost, of the last outcome asked for: it takes some seconds."""
    return closing_costs(outcome)


def closed_links(outcome: RoutesOutcome) -> np.ndarray:
    """(link,) bool: links that the measures close for somebody."""
    shut = np.zeros(len(outcome.network.links), dtype=bool)
    for change in outcome.changes:
        if change.open is False:
            shut |= change.links
    return shut


def part_of(outcome: RoutesOutcome) -> Frame | None:
    """Part of the world where the measures change links on land; None: all of it.

    A link at sea that changes moves ships all over the world.
    """
    changed = np.zeros(len(outcome.network.links), dtype=bool)
    for change in outcome.changes:
        changed |= change.links
    at_sea = any(outcome.network.mode[k] == "sea" for k in np.flatnonzero(changed))
    if at_sea or not changed.any():
        return None
    part = around(outcome.network, changed)
    return part if part[2] - part[0] < NARROW * 360.0 else None


def route_maps(
    outcome: RoutesOutcome, costs: pd.DataFrame | None = None, part: Frame | None = None
) -> dict[str, str]:
    """SVG maps by file name: ``links_traffic`` and ``links_closing``.

    Parameters
    ----------
    outcome : the network of a world before and after a scenario
    costs : what `closing_costs` gives, if it is at hand
    part : west, south, east, north in degrees; None: that of the changed links, or the world

    """
    costs = costs_of(outcome) if costs is None else costs
    part = part_of(outcome) if part is None else part
    shut, net, flow = closed_links(outcome), outcome.network, outcome.traffic_after
    harm = (costs["rise"] + costs["cut"]) / BILLION
    after = " after the measures" if outcome.changes else ""
    what = "one more link" if outcome.changes else "a link"
    return {
        "links_traffic": traffic_map(
            net, flow, "Mt a year", closed=shut, part=part, title=f"Traffic on links{after}"
        ),
        "links_closing": closing_map(
            net, flow, dict(zip(costs["link"], harm, strict=True)), "Mt a year",
            "bn USD a year of extra transport cost or trade cut off",
            closed=shut, part=part, title=f"What closing {what} would cost{after}",
        ),
    }  # fmt: skip
