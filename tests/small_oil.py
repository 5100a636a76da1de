"""A market of two streams and two refiners, small enough for a pencil."""

import numpy as np

from entrepot.channels.oil import Carrier, Lane, OilMarket, Refiner, Stream

FREIGHT = {("A", "X"): 1.0, ("A", "Y"): 2.0, ("B", "X"): 2.0, ("B", "Y"): 1.5}
DAYS = {("A", "X"): 20.0, ("A", "Y"): 40.0, ("B", "X"): 40.0, ("B", "Y"): 30.0}


def build(*, grades=("light", "heavy"), elasticity=0.3, flow=((600, 400), (1200, 800)), **other):
    """A and B, of one grade or two, to X and Y by two fleets; the second is 1 USD dearer."""
    streams = [
        Stream("A", "AAA", grades[0], 80.0, 1000.0, (20.0, 60.0)),
        Stream("B", "BBB", grades[-1], 75.0, 2000.0, (10.0, 50.0), storage=50.0,
               storage_carrier="shadow"),
    ]  # fmt: skip
    lanes = [
        Lane(s, r, fleet, cost + extra, DAYS[s, r])
        for (s, r), cost in FREIGHT.items()
        for fleet, extra in (("mainstream", 0.0), ("shadow", 1.0))
    ]
    given = {
        "grades": list(dict.fromkeys(grades)),
        "streams": streams,
        "refiners": [Refiner("X", elasticity), Refiner("Y", elasticity)],
        "carriers": [Carrier("mainstream", "fleet", 200.0), Carrier("shadow", "fleet", 40.0)],
        "lanes": lanes,
        "flow": np.array(flow, dtype=float),
    }
    return OilMarket.of("two", **(given | other))
