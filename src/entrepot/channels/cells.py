"""The table of cells before and after, with the measure and the legal act that set each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from entrepot.channels.compiled import CELL_COLUMNS
from entrepot.channels.draft import Draft
from entrepot.scenario.book import Entry, Scenario

CELL_WORDS: Final = ("measure", "title", "act", "where")
LISTED: Final = 1e-3
"""Change of a trade cost that a channel makes from which its cells are listed."""


def _origin_of(*entries: Entry) -> dict[str, str]:
    """What the table says about the measures that make a cell; several are joined."""
    sources = (entry.measure.source for entry in entries)
    acts = dict.fromkeys(source.act for source in sources if source)
    return {
        "measure": ", ".join(entry.name for entry in entries),
        "title": "; ".join(entry.measure.title or entry.name for entry in entries),
        "act": "; ".join(acts),
        "where": ", ".join(entry.where for entry in entries),
    }


def _instrument(draft: Draft, name: str) -> pd.DataFrame:
    world, makers = draft.world, draft.makers(name)
    at = np.nonzero(makers.any(axis=0))
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
    sets, which = np.unique(makers[:, makers.any(axis=0)], axis=1, return_inverse=True)
    origins = [
        _origin_of(*(e for e, member in zip(draft.entries, members, strict=True) if member))
        for members in sets.T
    ]
    for key in CELL_WORDS:
        columns[key] = np.array([o[key] for o in origins])[which.reshape(-1)]
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
        makers = draft.layers.freezers
        words = _origin_of(*makers) if makers else {}
        own = {"measure": scenario.name, "title": scenario.title, "act": "",
               "where": scenario.where}  # fmt: skip
        at = np.flatnonzero(frozen)
        columns = {"instrument": "frozen", "origin": regions[at], **blank, "after": frozen[at],
                   "trade": np.nan, **(own if scenario.frozen else words)}  # fmt: skip
        frames.append(pd.DataFrame(columns))
    return frames


def _layer(draft: Draft, name: str, after: np.ndarray, neutral: float,
           entries: tuple[Entry, ...]) -> pd.DataFrame:  # fmt: skip
    """Cells with trade whose cost a channel changes by `LISTED` or more."""
    world = draft.world
    moved = np.abs(after - neutral) >= LISTED if np.isfinite(neutral) else np.isfinite(after)
    at = np.nonzero(moved & (world.trade_share > 0))
    regions, sectors = np.array(world.regions), np.array(world.sectors)
    return pd.DataFrame({
        "instrument": name,
        "origin": regions[at[0]],
        "dest": regions[at[1]],
        "sector": sectors[at[2]],
        "before": neutral,
        "after": after[at],
        "trade": world.trade_share[at] * world.expenditure[at[1:]],
        **_origin_of(*entries),
    })  # fmt: skip


def _layers(draft: Draft) -> list[pd.DataFrame]:
    layers = draft.layers
    frames = [_layer(draft, n, x.hats, 1.0, x.entries) for n, x in sorted(layers.costs.items())]
    if layers.evasion is not None:
        frames.append(_layer(draft, "evasion_cost", layers.evasion, np.inf, layers.evaders))
    return frames


def cell_table(draft: Draft, frozen: np.ndarray | None, scenario: Scenario) -> pd.DataFrame:
    """Tidy table with the columns `CELL_COLUMNS`, by instrument, then in the world's order."""
    frames = [_instrument(draft, name) for name in draft.touched()]
    frames = [*frames, *_layers(draft), *_one_index(draft, frozen, scenario)]
    frames = [f for f in frames if len(f)]
    if not frames:
        return pd.DataFrame({c: [] for c in CELL_COLUMNS})
    return pd.concat(frames, ignore_index=True)[list(CELL_COLUMNS)]
