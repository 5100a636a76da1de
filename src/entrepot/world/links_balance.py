"""Flows of one sector scaled to given row and column sums, exactly and quickly."""

from __future__ import annotations

import numpy as np

Array = np.ndarray

MARGIN, STEPS, FIRST, ENOUGH = 1e-12, 60, 10, 1e-9
LARGEST = 2.0
LEAST_TAXED = 1e-9
"""Below this effect of taxes on every row their power is left alone."""


def scaled(flows: Array, kept: Array, sold: Array, spent: Array) -> tuple[Array, float]:
    """(N, M) `flows` times factors of rows and columns, and the largest gap left in a row.

    Parameters
    ----------
    flows : (N, M) flows at user prices, rows origins, columns buyers
    kept : (N, M) part of a flow that reaches its origin, after taxes
    sold : (N,) what each row must add up to, ``sum(kept * flows)``
    spent : (M,) what each column must add up to

    With taxes the two sets of sums leave one number too many to meet, the revenue of all taxes
    together; a common power of `kept` meets it.  Where none can (new links are taxed, old ones are
    not), all rows miss their sum by the same factor.  Columns always fit; Newton steps on the
    logarithms of the row factors and on that power make the rows fit.  Plain scaling in turn would
    need thousands of rounds: it crawls where economies that sell and buy only at home are joined to
    the others by small flows alone.

    """
    made, gap = _fitted(flows, kept, sold, spent, power=bool((kept != 1).any()))
    if gap < ENOUGH:
        return made, gap
    other, miss = _fitted(flows, kept, sold, spent, power=False)
    return (made, gap) if gap < miss else (other, miss)


def _fitted(
    flows: Array, kept: Array, sold: Array, spent: Array, *, power: bool
) -> tuple[Array, float]:
    """As `scaled`, with the power of `kept`, or without it and rows in proportion to `sold`."""
    made, gaps = _to_columns(flows, spent), np.zeros(len(sold))
    for step in range(STEPS):
        now = (kept * made).sum(axis=1)
        due = np.where(sold > 0, sold * (1.0 if power else now.sum() / sold.sum()), 1.0)
        gaps = np.where(sold > 0, now / due - 1, 0.0)
        if np.max(np.abs(gaps)) < MARGIN:
            break
        if step < FIRST:
            change = -np.log(np.where(sold > 0, now / due, 1.0))[:, None]
        else:
            change = np.clip(_newton(made, kept, due, gaps, power=power), -LARGEST, LARGEST)
        made = _to_columns(made * np.exp(change), spent)
    now = (kept * made).sum(axis=1)
    gap = np.where(sold > 0, now / np.where(sold > 0, sold, 1.0) - 1, 0.0)
    return made, float(np.max(np.abs(gap)))


def _to_columns(flows: Array, spent: Array) -> Array:
    now = flows.sum(axis=0)
    fitted: Array = flows * np.divide(spent, now, out=np.ones_like(spent), where=now > 0)
    return fitted


def _newton(made: Array, kept: Array, due: Array, gaps: Array, *, power: bool) -> Array:
    """(N, M) change of the log flows by row factors and the power of `kept`, columns refitted.

    The factors add to zero, for a common one would be undone by the columns.
    """
    n, total, logs = len(due), made.sum(axis=0), np.log(kept)
    part = made / np.where(total > 0, total, 1.0)
    paid = kept * made / due[:, None]
    slope = np.ones((n + 1, n + 1))
    slope[:n, :n] = np.diag(np.where(paid.any(axis=1), paid.sum(axis=1), 1.0))
    slope[:n, :n] -= np.einsum("ij,kj->ik", paid, part)  # small: threads of BLAS would cost more
    taxed = (paid * (logs - (part * logs).sum(axis=0))).sum(axis=1)
    power = power and bool(np.max(np.abs(taxed)) > LEAST_TAXED)
    slope[:n, n], slope[n, n] = taxed if power else 1.0, 0.0
    steps = np.linalg.lstsq(slope, np.append(-gaps, 0.0), rcond=None)[0]  # separate blocs: no rank
    change: Array = steps[:n, None] + (steps[n] * logs if power else 0.0)
    return change
