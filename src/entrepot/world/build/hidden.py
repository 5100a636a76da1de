"""Crude that no customs record shows: a layer that can be switched off."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from entrepot.data import policy
from entrepot.world.build.arrays import INDEX, Array, N
from entrepot.world.build.declared import Number, table

DAYS = 365.0

# 2017: oil under a credit line to Syria, outside the records of both.  Range 20 to 60 kb/d.
SYRIA_2017_KBD = Number(40.0, 20.0, 60.0)
# 2023: what does not go to China goes to Syria.  Range 50 to 110 kb/d.
SYRIA_2023_KBD = Number(80.0, 50.0, 110.0)
# Venezuela's sales to China under other names.  Range 250 to 450 kb/d.
VENEZUELA_CHINA_2023_KBD = Number(350.0, 250.0, 450.0)
# Under which origins China recorded that oil (parts of the hidden volume); the rest is in no
# record.  Assumed: Malaysia takes most, as China books far more crude from it than it produces;
# range 0.6 to 1 for the sum.
RECORDED_AS = table({"MYS": 0.60, "ARE": 0.12, "OMN": 0.10}, 0.75, 1.2)


def hidden_crude(root: Path, year: int) -> Array:
    """Hidden crude by pair: (origin, dest) thousand barrels a day."""
    out = np.zeros((N, N))
    iran = INDEX["IRN"]
    if year == 2017:
        out[iran, INDEX["SYR"]] = SYRIA_2017_KBD
        return out
    exports = policy.iran_oil(root).frame.set_index("year")["million_barrels"]
    total = float(exports[year]) * 1000.0 / DAYS
    out[iran, INDEX["SYR"]] = SYRIA_2023_KBD
    out[iran, INDEX["CHN"]] = total - SYRIA_2023_KBD
    out[INDEX["VEN"], INDEX["CHN"]] = VENEZUELA_CHINA_2023_KBD
    return out


def disguised(hidden: Array) -> Array:
    """How customs recorded the hidden crude: (origin, dest) kb/d, under the wrong origins."""
    out = np.zeros_like(hidden)
    china = INDEX["CHN"]
    for origin, part in RECORDED_AS.items():
        out[INDEX[origin], china] = part * hidden[:, china].sum()
    return out
