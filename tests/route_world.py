"""A small world of economies around the Caucasus and the Gulf, for measures on corridors."""

from __future__ import annotations

import numpy as np

from entrepot.world.world import World

CAUCASUS = ("DEU", "TUR", "RUS", "ARM", "AZE", "GEO", "IRN", "QAT", "CHN")
SECTORS = ("crude", "gas", "metals", "machinery", "finance")


def small_world(regions: tuple[str, ...] = CAUCASUS) -> World:
    """Made-up shares; small economies, so that no link is full."""
    rng = np.random.default_rng(7)
    n, s = len(regions), len(SECTORS)
    share = rng.uniform(0.01, 0.05, (n, n, s))
    share[np.arange(n), np.arange(n)] = 1.0
    share /= share.sum(axis=0)
    return World.from_arrays(
        regions=regions,
        sectors=SECTORS,
        trade_share=share,
        input_share=np.full((n, s, s), 0.5 / s),
        value_added_share=np.full((n, s), 0.5),
        final_share=np.full((n, s), 1.0 / s),
        value_added=rng.uniform(200.0, 2000.0, n),
        balance="adjust",
        name="around the Caucasus",
        year=2017,
    )
