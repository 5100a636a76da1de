"""One small world and a scenario file of every kind, for the report and the command line."""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.world.world import World

REGIONS = ("USA", "CHN", "DEU", "IRN", "RUS", "ROW")
SECTORS = ("grain", "crude", "electronics", "finance")
TITLES = ("United [bold]States", "China & Co", "Germany <b>", "Iran", "Russia", "Rest of the world")


def make_world() -> World:
    """Six economies, four sectors; titles hold characters that mean something to HTML and rich.

    China sells no electronics to Iran, and Germany has no crude oil of its own.
    """
    rng = np.random.default_rng(7)
    n, s = len(REGIONS), len(SECTORS)
    share = rng.uniform(0.01, 0.1, (n, n, s))
    share[np.arange(n), np.arange(n)] = 1.0
    share[1, 3, 2] = 0.0
    share[2, 2, 1] = 0.0
    share /= share.sum(axis=0)
    tariff = rng.uniform(0.0, 0.2, (n, n, s))
    tariff[np.arange(n), np.arange(n)] = 0.0
    theta = np.array([5.0, 10.0, 4.0, 3.0])
    return World.from_arrays(
        regions=REGIONS,
        sectors=SECTORS,
        trade_share=share,
        input_share=np.full((n, s, s), 0.5 / s),
        value_added_share=np.full((n, s), 0.5),
        final_share=np.full((n, s), 1.0 / s),
        value_added=rng.uniform(1e5, 1e6, n),
        tariff=tariff,
        theta=theta,
        theta_range=np.stack([0.7 * theta, 1.4 * theta]),
        balance="adjust",
        name="small",
        region_titles=TITLES,
        provenance={"trade_share": rng.integers(1, 5, (n, n, s)).astype(np.uint8)},
    )


EVIL = "<script>alert('x')</script>"
FILE: dict[str, Any] = {
    "format": "entrepot/1",
    "title": "For tests",
    "measures": {
        "oil": {
            "title": f"Oil {EVIL}",
            "kind": "embargo",
            "senders": ["all"],
            "targets": ["IRN"],
            "sectors": ["crude"],
            "flow": "exports",
            "note": EVIL,
            "compliance": {"default": {"low": 0.5, "central": 0.9, "high": 1.0, "source": EVIL}},
            "from": "2018-11-05",
            "source": {"act": f"Act {EVIL}", "url": "https://example.org/?a=1&b=2"},
        },
        "cut": {"kind": "embargo", "senders": ["all"], "targets": ["IRN"], "sectors": ["all"],
                "flow": "both"},
        "rest": {"kind": "embargo", "senders": ["USA"], "targets": ["ROW"],
                 "sectors": ["grain"], "flow": "both"},
        "pact": {"kind": "trade_agreement", "members": ["DEU", "CHN"], "sectors": ["grain"],
                 "tariff": 0.0},
        "same": {"kind": "trade_cost", "senders": ["USA"], "targets": ["CHN"],
                 "sectors": ["grain"], "hat": 1.0, "flow": "both"},
        "duty": {"kind": "tariff", "senders": ["USA"], "targets": ["CHN", "DEU", "RUS", "IRN"],
                 "sectors": ["electronics"], "add": 0.25},
        "loss": {"kind": "capacity_loss", "targets": ["IRN"], "sectors": ["crude"], "share": 0.2},
        "later": {"kind": "tariff", "senders": ["USA"], "targets": ["IRN"], "sectors": ["grain"],
                  "rate": 0.5, "from": "2030-01-01"},
    },
    "scenarios": {
        "oil-2018": {"title": f"[red]Oil {EVIL}", "description": EVIL, "include": ["oil", "later"],
                "date": "2018-12-01"},
    },
}  # fmt: skip
