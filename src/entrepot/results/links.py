"""How much trade runs over links that the base year does not have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.options import check_whole
from entrepot.results.labelled import MONEY
from entrepot.solving.solution import Solution
from entrepot.world.links_about import latent_cells, openness_of

WHEN = ("benchmark", "counterfactual")
FLOWS = ("imports", "exports")
NAMED = 3
"""Links that the note names."""


def _flows(solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    """International trade (when, origin, dest, sector) and the part of it on latent links."""
    abroad = ~np.eye(len(solution.world.regions), dtype=bool)[:, :, None]
    state = solution.certified()
    both = np.stack([solution.world.trade_flows(), state.trade]) * abroad
    return both, np.where(latent_cells(solution.world), both, 0.0)


def new_link_trade(solution: Solution) -> xr.Dataset:
    """Trade over latent links, by economy and sector, before and after the shock.

    Parameters
    ----------
    solution : certified; its world may have latent links (`with_latent_links`) or none, then
        everything is zero

    Returns
    -------
    xarray.Dataset
        Dims (flow, when, region, sector), ``flow`` imports or exports, ``when`` benchmark or
        counterfactual: `trade` in mn USD at world prices, `share` of all imports (exports) of that
        region and sector, NaN where there are none.  `world_share` (when,) is the part of all
        international trade.

    Raises
    ------
    NotSolvedError : the solution is not certified
    ValueRangeError : the links were opened before the world was merged

    """
    both, latent = _flows(solution)
    total = np.stack([both.sum(axis=1), both.sum(axis=2)])
    trade = np.stack([latent.sum(axis=1), latent.sum(axis=2)])
    share = np.divide(trade, total, out=np.full(trade.shape, np.nan), where=total > 0)
    whole, part = (x.sum(axis=(1, 2, 3)) for x in (both, latent))
    dims = ("flow", "when", "region", "sector")
    coords: dict[str, Any] = {
        "flow": list(FLOWS),
        "when": list(WHEN),
        "region": list(solution.world.regions),
        "sector": list(solution.world.sectors),
    }
    data = {
        "trade": (dims, trade, {"units": MONEY}),
        "share": (dims, share, {"units": "share of the region's trade in the sector"}),
        "world_share": (
            ("when",),
            np.divide(part, whole, out=np.zeros(2), where=whole > 0),
            {"units": "share of international trade"},
        ),
    }
    return xr.Dataset(data, coords=coords, attrs={"title": "Trade over new links"})


def new_links(solution: Solution, top: int | None = None) -> pd.DataFrame:
    """Latent links by trade after the shock, largest first.

    Columns origin, dest, sector, benchmark and counterfactual (mn USD at world prices) and
    ``import_share``, what the origin holds of dest's imports of the sector after the shock.
    """
    if top is not None:
        check_whole(top, "top", 1)
    both, latent = _flows(solution)
    world = solution.world
    o, d, s = np.nonzero(latent_cells(world))
    imports = both[1].sum(axis=0)[d, s]
    after = latent[1][o, d, s]
    frame = pd.DataFrame(
        {
            "origin": np.array(world.regions)[o],
            "dest": np.array(world.regions)[d],
            "sector": np.array(world.sectors)[s],
            "benchmark": latent[0][o, d, s],
            "counterfactual": after,
            "import_share": after / np.where(imports > 0, imports, 1.0),
        }
    )
    frame = frame.sort_values("counterfactual", ascending=False, kind="stable", ignore_index=True)
    return frame if top is None else frame.head(top)


def new_link_note(solution: Solution) -> tuple[str, ...]:
    """One sentence on the trade over new links, or none if the world has none."""
    openness = openness_of(solution.world)
    if openness == 0:
        return ()
    before, after = 100 * new_link_trade(solution)["world_share"].values
    text = (
        f"New links (openness {openness:g}, assumed) carry {after:.2g} % of international trade, "
        f"{before:.2g} % before"
    )
    grown = new_links(solution)
    grown = grown.assign(more=grown["counterfactual"] - grown["benchmark"])
    best = grown.nlargest(NAMED, "more")
    named = [
        f"{r.origin} to {r.dest}, {r.sector} ({r.more:+.0f} mn USD)"
        for r in best[best["more"] >= 1].itertuples()
    ]
    return (text + (f"; most is gained by {', '.join(named)}." if named else "."),)
