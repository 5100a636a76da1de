"""How several holders share a frozen stock, and the words that say so in every run."""

from __future__ import annotations

from typing import Final

import numpy as np

from entrepot.channels.assets.holdings import holders
from entrepot.channels.assets.ledger import shares
from entrepot.channels.draft import Draft
from entrepot.scenario.asset_measures import AssetFreeze
from entrepot.scenario.book import Entry

Array = np.ndarray
COVERED: Final = 0.8
"""Share of the stock from which on figures of the holders count as covering it; assumed."""
LARGEST: Final = 4


def stock_split(
    draft: Draft, entry: Entry, measure: AssetFreeze, who: tuple[Array, Array], stock: float
) -> Array:
    """(region,) shares of the stock by holder; with several holders, a note names the rule.

    Parameters
    ----------
    draft : of the compilation
    entry, measure : the freeze
    who : holders and owner, (region,) bool each
    stock : assets frozen, mn USD, in this run; the rule goes by its central value

    """
    holds, owns = who
    known = _known(draft.world.regions, holds, draft.world.regions[int(np.argmax(owns))])
    weights, rule = draft.world.value_added, "by value added"
    asked = measure.stock.at("central")
    if measure.split == "equal":
        weights, rule = np.ones(len(holds)), "equally"
    elif measure.split == "holdings" and known.sum() >= COVERED * asked > 0:
        weights, rule = known, "holdings"
    elif measure.split == "holdings" and "split" in measure.model_fields_set:
        draft.problems.append(
            f"{entry.where}: {entry.name}: 'split: holdings' needs figures of what the holders "
            f"have; those that ship are of {known.sum():,.0f} of {asked:,.0f} mn USD, and "
            f"{COVERED:.0%} are needed. Choose 'value_added' or 'equal', or write one measure for "
            "each holder."
        )
    held = shares(holds, weights)
    if holds.sum() > 1:
        _say(draft, entry, holds, held * stock, rule)
    return held


def _known(regions: tuple[str, ...], holds: Array, owner: str) -> Array:
    """(region,) what holders are reported to hold of the owner's assets, mn USD; else 0."""
    found = holders().get(owner, {})
    return np.array(
        [found[r].central if h and r in found else 0.0 for r, h in zip(regions, holds, strict=True)]
    )


def _say(draft: Draft, entry: Entry, holds: Array, part: Array, rule: str) -> None:
    """Note how the stock is split, the largest parts first, and what to do about it."""
    order = np.argsort(-part, kind="stable")[:LARGEST]
    parts = ", ".join(f"{draft.world.regions[k]} {part[k]:,.0f}" for k in order if part[k] > 0)
    head = f"{entry.name}: {part.sum():,.0f} mn USD are split among {(part > 0).sum()} holders"
    if rule == "holdings":
        none = int((holds & (part == 0)).sum())
        rest = f"; {none} of the senders are not known to hold any and get none" if none else ""
        text = (
            f"{head} by what each is reported to hold ({parts}{rest}); the figures are in part "
            "assumed."
        )
    else:
        text = (
            f"{head} {rule}, which is ASSUMED and says nothing of where the assets lie ({parts})."
        )
    draft.note(f"{text} To set it, write one measure for each holder with its own 'stock'.")
