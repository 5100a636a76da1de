"""A small world of made-up shares, for measures to act on."""

import numpy as np
import pytest

from entrepot.scenario import load_scenarios
from entrepot.world import layout
from entrepot.world.world import World

REGIONS = ("USA", "CHN", "DEU", "IRN", "RUS", "ROW")
SECTORS = ("grain", "crude", "electronics", "finance")


def make_world(regions=REGIONS, sectors=SECTORS):
    rng = np.random.default_rng(7)
    n, s = len(regions), len(sectors)
    share = rng.uniform(0.01, 0.1, (n, n, s))
    share[np.arange(n), np.arange(n)] = 1.0
    share /= share.sum(axis=0)
    tariff = rng.uniform(0.0, 0.2, (n, n, s))
    tariff[np.arange(n), np.arange(n)] = 0.0
    return World.from_arrays(
        regions=regions,
        sectors=sectors,
        trade_share=share,
        input_share=np.full((n, s, s), 0.5 / s),
        value_added_share=np.full((n, s), 0.5),
        final_share=np.full((n, s), 1.0 / s),
        value_added=rng.uniform(1e5, 1e6, n),
        tariff=tariff,
        balance="adjust",
        name="small",
    )


@pytest.fixture(scope="session")
def world():
    return make_world()


@pytest.fixture(scope="session")
def wide():
    """Made-up shares under the labels of the bundled worlds."""
    return make_world(layout.REGIONS, layout.SECTOR_CODES)


@pytest.fixture(scope="session")
def other_world():
    return make_world(("USA", "CHN", "ARM"), ("grain", "coal"))


def scenario_of(body, **more):
    """Return the scenario of one measure `m`, or of several by name."""
    measures = {"m": body} if "kind" in body else body
    data = {"format": "entrepot/1", "measures": measures, "scenarios": {"x": list(measures)}}
    return load_scenarios({**data, **more})["x"]


@pytest.fixture(scope="session")
def scenario():
    return scenario_of
