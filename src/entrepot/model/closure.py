"""External balance closures: what happens to the net transfer a country receives.

=================  =============================================================================
fixed              D'_j = D_j in units of world factor income (the numeraire)
share_of_income    D'_j keeps its share in domestic income; the sum is brought back to zero in
                   proportion to income
zero               no country receives or pays anything
frozen             a country that has lost a share f of its access to foreign finance has
                   D'_j = (1 - f_j) D_j; the side that is then in excess shrinks in proportion
=================  =============================================================================

With every closure the transfers of the shock come on top.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from entrepot.core.errors import ValueRangeError, did_you_mean

Array = np.ndarray


class Closure(StrEnum):
    """Names of the closures."""

    FIXED = "fixed"
    SHARE_OF_INCOME = "share_of_income"
    ZERO = "zero"
    FROZEN = "frozen"


def closure_named(name: str) -> Closure:
    """Return the closure called `name`; raises `ValueRangeError` if there is none."""
    try:
        return Closure(name)
    except ValueError:
        names = [c.value for c in Closure]
        raise ValueRangeError(
            f"There is no closure '{name}'; there are {', '.join(names)}."
            f"{did_you_mean(str(name), names)}"
        ) from None


def offset(balance: Array, frozen: Array, blocs: Array) -> Array:
    """(N,) balances of which `frozen` regions keep 1 - f at most, with a zero sum in each bloc.

    Where what is left does not add up, the side that is in excess shrinks in proportion: when a
    borrower is frozen the lenders lend less; when a lender is frozen the borrowers borrow less.
    A partly frozen region on the side in excess shrinks with the others, so that 1 - f is the most
    that it keeps.

    Parameters
    ----------
    balance : (N,) D_j
    frozen : (N,) f, share of the access to foreign finance that is lost, 0 to 1 (or bool)
    blocs : (N,) number of the bloc each region trades in

    """
    left = (1.0 - np.asarray(frozen, dtype=float)) * balance
    for bloc in np.unique(blocs):
        here = blocs == bloc
        received = np.sum(left[here & (left > 0)])
        paid = -np.sum(left[here & (left < 0)])
        common = min(received, paid)
        if received > common:
            left[here & (left > 0)] *= common / received
        if paid > common:
            left[here & (left < 0)] *= common / paid
    return left
