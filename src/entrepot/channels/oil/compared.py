"""Two months of one market side by side: flows, prices, producers."""

from __future__ import annotations

import pandas as pd

from entrepot.channels.oil import tables
from entrepot.channels.oil.outcome import MonthOutcome


def compared_flows(before: MonthOutcome, after: MonthOutcome) -> pd.DataFrame:
    """Flows by stream, refiner and carrier, those that change most first.

    Columns: stream, refiner, carrier, before, after, change (kb/d), delivered (USD a barrel, after;
    NaN where nothing flows).
    """
    keys = ["stream", "refiner", "carrier"]
    one = tables.flows(before)[[*keys, "kbd"]].rename(columns={"kbd": "before"})
    two = tables.flows(after)[[*keys, "kbd", "delivered"]].rename(columns={"kbd": "after"})
    both = one.merge(two, on=keys, how="outer")
    both[["before", "after"]] = both[["before", "after"]].fillna(0.0)
    both.insert(5, "change", both["after"] - both["before"])
    order = both["change"].abs().sort_values(ascending=False, kind="stable").index
    return both.loc[order].reset_index(drop=True)


def compared_prices(before: MonthOutcome, after: MonthOutcome) -> pd.DataFrame:
    """Price and discount to Brent of each stream: stream, producer, grade, fob and discount."""
    keys = ["stream", "producer", "grade"]
    one, two = tables.prices(before), tables.prices(after)
    out = one[keys].copy()
    for name in ("fob", "discount"):
        out[f"{name}_before"], out[f"{name}_after"] = one[name], two[name]
    out["change_percent"] = 100.0 * (out["fob_after"] / out["fob_before"] - 1.0)
    return out


def compared_producers(before: MonthOutcome, after: MonthOutcome) -> pd.DataFrame:
    """Output and exports (kb/d) and revenue (mn USD a month) of each producer."""
    one, two = tables.producers(before), tables.producers(after)
    out = one[["producer"]].copy()
    for name in ("output", "exports", "revenue"):
        out[f"{name}_before"], out[f"{name}_after"] = one[name], two[name]
    return out
