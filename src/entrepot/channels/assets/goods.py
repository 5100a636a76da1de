"""Aid in goods: how much of it is worth what money is worth.

A gift of goods that the receiver would have bought from the giver in any case frees the money for
them, and equals a gift of money (Southworth 1945, Journal of Farm Economics 27:38-66: a transfer in
kind that is inframarginal).  Beyond that it is worth between nothing and its price.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from entrepot.core.errors import ValueRangeError


def inframarginal(amount: Any, bought: Any, access: Any = 1.0) -> np.ndarray:
    """Share of gifts of goods that equals money.

    Parameters
    ----------
    amount : given, mn USD a year
    bought : purchases of these goods by the receiver from the giver without the gift, mn USD
    access : share of the goods that may still be traded

    Returns
    -------
    ndarray : min(1, access x bought / amount), 1 where nothing is given

    """
    given, limit = np.broadcast_arrays(
        np.asarray(amount, dtype=float), np.asarray(bought, float) * np.asarray(access, float)
    )
    if not ((given >= 0) & np.isfinite(given) & (limit >= 0)).all():
        raise ValueRangeError("amount, bought and access must not be negative. Correct them.")
    some = given > limit
    share: np.ndarray = np.where(some, limit / np.where(some, given, 1.0), 1.0)
    return share
