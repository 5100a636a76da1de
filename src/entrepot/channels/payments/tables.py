"""Tables of an outcome for people: per cent, and only the pairs that something changes for."""

from __future__ import annotations

from typing import Final

import pandas as pd

from entrepot.channels.payments.outcome import PaymentsOutcome

WORTH_A_ROW: Final = 1e-4
SHOWN: Final = 100


def few(names: tuple[str, ...]) -> str:
    """All of up to three names, else the first and how many more."""
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} and {len(names) - 1} more"


def rails_in_percent(outcome: PaymentsOutcome) -> pd.DataFrame:
    """One row per rail: who holds it, use worldwide, and what losing it would cost."""
    full = outcome.use_table()
    return pd.DataFrame(
        {
            "rail": full["rail"],
            "held_by": [few(outcome.rails.controllers.get(r, ())) for r in full["rail"]],
            "use_before_%": 100 * full["use_before"],
            "use_after_%": 100 * full["use_after"],
            "losing_it_costs_before_%": 100 * (full["power_before"] - 1),
            "losing_it_costs_after_%": 100 * (full["power_after"] - 1),
        }
    )


def pairs_in_percent(outcome: PaymentsOutcome) -> pd.DataFrame:
    """Pairs whose cost moves by at least a hundredth of a per cent, the largest first."""
    full = outcome.pair_table()
    some = full[(full["cost"] - 1).abs() >= WORTH_A_ROW].head(SHOWN)
    columns = {"origin": some["origin"], "dest": some["dest"], "trade_mn_USD": some["value"],
               "cost_%": 100 * (some["cost"] - 1)}  # fmt: skip
    for rail in outcome.rails.rails:
        for when in ("before", "after"):
            columns[f"{rail}_{when}_%"] = 100 * some[f"{rail}_{when}"]
    return pd.DataFrame(columns)
