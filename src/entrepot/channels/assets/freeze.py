"""What a freeze of foreign assets takes, gives and leaves as a claim, on a user's own numbers.

A stock K of one owner lies with a holder and would have earned the rate r.  The owner would have
spent a share s of the income, and W a year out of the stock.  Once frozen

    owner        -(s r K + W)
    holder        s r K + W - p r K
    beneficiary   p r K

a year, which adds to zero: the holder has to spend what it no longer pays out, less the share p of
the income that it passes on.  In trust (p = 0, and the income is credited) the claim of the owner
grows by r K a year; otherwise it stays at K.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.errors import ValueRangeError


@dataclass(frozen=True, slots=True, eq=False)
class FreezeFlows:
    """Yearly flows of a freeze, mn USD; arrays of the common shape of what was given.

    Attributes
    ----------
    income : r K, earned by the frozen stock
    owner, holder, beneficiary : change of what each can spend; they add to zero
    credited : part of the income that the claim of the owner grows by

    """

    income: np.ndarray
    owner: np.ndarray
    holder: np.ndarray
    beneficiary: np.ndarray
    credited: np.ndarray

    def claim(self, stock: Any, years: Any) -> np.ndarray:
        """Claim of the owner after `years`: the stock and what was credited, not compounded."""
        return np.asarray(stock, dtype=float) + self.credited * np.asarray(years, dtype=float)


def freeze_flows(
    stock: Any,
    rate_of_return: Any,
    *,
    drawdown: Any = 0.0,
    spent: Any = 1.0,
    passed_on: Any = 0.0,
    trust: bool = False,
) -> FreezeFlows:
    """Return the yearly flows of a freeze.

    Parameters
    ----------
    stock : K, mn USD
    rate_of_return : r, a year
    drawdown : W, mn USD a year, at most `stock`
    spent : s, share of the income that the owner would have spent
    passed_on : p, share of the income that beneficiaries receive
    trust : whether the income is credited to the owner; nothing can then be passed on

    Raises
    ------
    ValueRangeError : a number outside its range, all of them at once

    """
    plain = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (stock, rate_of_return, drawdown, spent, passed_on))
    )
    k, r, w, s, p = plain
    problems = [
        f"{name} is {float(x[bad][0]):g}. It lies in {domain}."
        for name, x, bad, domain in (
            ("stock", k, ~((k >= 0) & np.isfinite(k)), "[0, inf)"),
            ("rate_of_return", r, ~((r >= 0) & (r <= 1)), "[0, 1]"),
            ("drawdown", w, ~((w >= 0) & (w <= k)), "[0, stock]: nobody draws more than there is"),
            ("spent", s, ~((s >= 0) & (s <= 1)), "[0, 1]"),
            ("passed_on", p, ~((p >= 0) & (p <= 1)), "[0, 1]"),
        )
        if bad.any()
    ]
    if trust and p.any():
        problems.append("passed_on is above 0 although the income is held in trust. Choose one.")
    if problems:
        raise ValueRangeError.collect("The freeze cannot be computed", problems)
    income = r * k
    lost, given = s * income + w, p * income
    credited = income if trust else np.zeros_like(income)
    return FreezeFlows(income, -lost, lost - given, given, credited)
