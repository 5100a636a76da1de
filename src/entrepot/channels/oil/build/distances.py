"""Sea distances between loading and discharging ports, computed with searoute.

Needs the extra ``sea``.  The Panama Canal and the northern passages are left out: laden crude
carriers do not use them.  The same legs without Suez are kept beside, for a closed canal.
"""

from __future__ import annotations

import warnings
from typing import Any, Final

import pandas as pd

from entrepot.channels.oil.data_files import yaml_of

NEVER: Final = ("panama", "northwest", "northeast")
LEAST_KM: Final = 50.0


def sea_km() -> pd.DataFrame:
    """Rows (stream, refiner, km, km_no_suez), rounded to 10 km."""
    import searoute  # an extra of its own: only building needs it

    ports = {n: r["port"] for n, r in yaml_of("refiners.yaml").items() if "port" in r}
    rows = []
    for stream, about in yaml_of("streams.yaml").items():
        if "port" not in about:
            continue
        for refiner, port in ports.items():
            both = [_km(searoute, about["port"], port, (*NEVER, *more)) for more in ((), ("suez",))]
            rows.append((stream, refiner, *both))
    return pd.DataFrame(rows, columns=["stream", "refiner", "km", "km_no_suez"])


def _km(searoute: Any, one: list[float], two: list[float], closed: tuple[str, ...]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an empty way is caught below
        way = searoute.searoute(one, two, units="km", restrictions=list(closed))
    if not way.geometry["coordinates"]:
        raise RuntimeError(f"searoute finds no way from {one} to {two}. Correct the ports.")
    return int(round(max(float(way.properties["length"]), LEAST_KM), -1))
