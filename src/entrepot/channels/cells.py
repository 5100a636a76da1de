"""The table of cells before and after, with the measure and the legal act that set each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from entrepot.channels.compiled import CELL_COLUMNS
from entrepot.channels.draft import Draft
from entrepot.scenario.book import Entry, Scenario


def _origin_of(entry: Entry) -> dict[str, str]:
    source = entry.measure.source
    return {
        "measure": entry.name,
        "title": entry.measure.title or entry.name,
        "act": source.act if source else "",
        "where": entry.where,
    }


def _instrument(draft: Draft, name: str) -> pd.DataFrame:
    world, owner = draft.world, draft.owner[name]
    at = np.nonzero(owner >= 0)
    regions, sectors = np.array(world.regions), np.array(world.sectors)
    pair = len(at) == 3
    columns: dict[str, Any] = {
        "instrument": name,
        "origin": regions[at[0]],
        "dest": regions[at[1]] if pair else "",
        "sector": sectors[at[-1]],
        "before": draft.before[name][at],
        "after": draft.after[name][at],
        "trade": world.trade_share[at] * world.expenditure[at[1:]] if pair else np.nan,
    }
    origins = [_origin_of(entry) for entry in draft.entries]
    for key in origins[0]:
        columns[key] = np.array([o[key] for o in origins])[owner[at]]
    return pd.DataFrame(columns)


def _one_index(draft: Draft, frozen: np.ndarray | None, scenario: Scenario) -> list[pd.DataFrame]:
    regions = np.array(draft.world.regions)
    frames = []
    blank = {"dest": "", "sector": "", "before": 0.0}
    for entry, amounts in draft.transfers:
        at = np.nonzero(amounts)[0]
        columns = {"instrument": "transfer", "origin": regions[at], **blank,
                   "after": amounts[at], "trade": np.nan, **_origin_of(entry)}  # fmt: skip
        frames.append(pd.DataFrame(columns))
    if frozen is not None:
        columns = {"instrument": "frozen", "origin": regions[frozen], **blank, "after": 1.0,
                   "trade": np.nan, "measure": scenario.name, "title": scenario.title,
                   "act": "", "where": scenario.where}  # fmt: skip
        frames.append(pd.DataFrame(columns))
    return frames


def cell_table(draft: Draft, frozen: np.ndarray | None, scenario: Scenario) -> pd.DataFrame:
    """Tidy table with the columns `CELL_COLUMNS`, by instrument, then in the world's order."""
    used = [name for name in sorted(draft.owner) if (draft.owner[name] >= 0).any()]
    frames = [_instrument(draft, name) for name in used]
    frames = [f for f in (*frames, *_one_index(draft, frozen, scenario)) if len(f)]
    if not frames:
        return pd.DataFrame({c: [] for c in CELL_COLUMNS})
    return pd.concat(frames, ignore_index=True)[list(CELL_COLUMNS)]
