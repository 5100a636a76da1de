"""Transfers and losses of capacity."""

from __future__ import annotations

import numpy as np

from entrepot.channels.draft import Draft
from entrepot.channels.restrictions import two_sides
from entrepot.scenario.book import Entry
from entrepot.scenario.measures import CapacityLoss, Transfer


def capacity_loss(draft: Draft, entry: Entry, measure: CapacityLoss) -> None:
    """Set productivity of the targets' sectors to 1 - share."""
    targets = draft.regions(measure.targets, entry, "targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    share = draft.value(measure.share, entry, "share", "share of capacity lost")
    draft.set("productivity", targets[:, None] & sectors[None, :], 1.0 - share, entry)


def transfer(draft: Draft, entry: Entry, measure: Transfer) -> None:
    """Add a yearly payment from senders to targets; what is paid is received."""
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    if not (senders.any() and targets.any()):
        return
    amount = draft.value(measure.amount, entry, "amount", "mn USD a year")
    weights = draft.world.value_added if measure.split == "value_added" else np.ones(len(senders))
    paid = _split(amount, senders, weights)
    income = draft.world.value_added
    for k in np.flatnonzero(paid > income):
        draft.problems.append(
            f"{entry.where}: {entry.name}: {draft.world.regions[k]} would pay {paid[k]:.6g} mn USD "
            f"a year, more than its value added of {income[k]:.6g}. Lower 'amount'."
        )
    draft.transfers.append((entry, _split(amount, targets, weights) - paid))


def _split(amount: float, who: np.ndarray, weights: np.ndarray) -> np.ndarray:
    part = np.where(who, weights, 0.0)
    return np.asarray(amount * part / part.sum())
