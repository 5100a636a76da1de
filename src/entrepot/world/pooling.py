"""Purchases by use of a good, and the pooled world they add up to.

A use is a buyer within an economy: all its sectors together and final demand, or every sector by
itself and final demand.  Each use has its own mix of origins; tariffs and export taxes are the
same for all.  With pi_ijru the share of origin i in what use u of j spends on r::

    Y_ir  = sum_j sum_u pi_ijru X_jru / ((1 + t_ijr)(1 + e_ijr))
    X_jru = sum_{k in u} gamma_jrk Y_jk,   and alpha_jr I_j where u is final demand
    I_j   = VA_j + D_j + tariff and export-tax revenue of j

Unknown are output and income, N*S + N numbers; the pooled share is the mean over uses weighted
with X_jru, and every identity of a pooled world holds with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from entrepot.core.dims import TRADE
from entrepot.core.errors import LabelError
from entrepot.core.labels import align, check_unique, listing
from entrepot.world.merge import Grouping

Array = np.ndarray

FINAL = "final"
TWO = ("intermediate", FINAL)
NOTHING = 1e-15
"""Money below this part of world factor income is rounding error of the solution: zero."""


def use_labels(share: Any, uses: Sequence[str] | None, sectors: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of dimension ``use`` of `share` in its own order; () if it has none.

    Raises
    ------
    LabelError : the labels are neither ("intermediate", "final") nor (*sectors, "final")

    """
    if np.ndim(share) != 4:
        if uses:
            raise LabelError(
                f"uses is given, but trade_share has {np.ndim(share)} dimensions, not 4. Leave "
                "uses out, or give trade_share as (origin, dest, sector, use)."
            )
        return ()
    each = (*sectors, FINAL)
    if uses is None and "use" in getattr(share, "coords", ()):
        uses = [str(x) for x in share.coords["use"].values]
    elif uses is None:
        uses = {len(each): each, 2: TWO}.get(np.shape(share)[3])
    found = check_unique(uses, "use") if uses is not None else ()
    if set(found) not in (set(TWO), set(each)) or FINAL in sectors:
        said = listing(found) if found else f"{np.shape(share)[3]} without labels"
        raise LabelError(
            f"The uses of trade_share are {said}; they can be 'intermediate' and 'final', or "
            f"every sector and 'final' ({len(each)} labels; no sector may be called 'final'). "
            "Add up or rename the uses."
        )
    return found


def aligned_uses(
    share: Any, uses: tuple[str, ...], labels: Mapping[str, tuple[str, ...]]
) -> tuple[Array, tuple[str, ...]]:
    """(N, N, S, U) plain array of `share`, and its uses in the order of a world.

    Using sectors come first, in the order of the world, and final demand last.
    """
    plain = align(share, "trade_share", (*TRADE, "use"), {**labels, "use": uses})
    ordered = TWO if set(uses) == set(TWO) else (*labels["sector"], FINAL)
    return np.take(plain, [uses.index(use) for use in ordered], axis=3), ordered


def use_of_sector(uses: tuple[str, ...], sectors: tuple[str, ...]) -> Array:
    """(S,) position in `uses` of each using sector."""
    each = uses == (*sectors, FINAL)
    return np.arange(len(sectors)) if each else np.zeros(len(sectors), dtype=int)


def spending(inputs: Array, final: Array, output: Array, income: Array, of_sector: Array) -> Array:
    """(N, S, U) expenditure of each use at user prices; final demand is the last use."""
    n, s = final.shape
    count = int(of_sector.max()) + 2
    users = np.eye(count)[of_sector]
    spent = np.einsum("jrk,jk,ku->jru", inputs, output, users, optimize=True)
    spent[:, :, -1] = final * income[:, None]
    return spent.reshape(n, s, count)


def pooled_share(share: Array, spent: Array) -> Array:
    """(origin, dest, sector) mean of the shares by use, weighted with what the uses spend.

    Where nobody spends anything it is the plain mean over the uses that have shares.
    """
    total = spent.sum(axis=2)
    known = share.sum(axis=0) > 0
    plain = known / np.maximum(known.sum(axis=2), 1)[:, :, None]
    weight = np.where(total != 0, 1 / np.where(total != 0, total, 1.0), 0.0)[:, :, None] * spent
    weight = np.where((total != 0)[:, :, None], weight, plain)
    pooled: Array = np.einsum("ijsu,jsu->ijs", share, weight)
    return pooled


def _system(arrays: dict[str, Array], of_sector: Array) -> Array:
    """Matrix M of ``M (Y, I) = (0, VA + D)``: rows of goods first, then rows of income."""
    share, tariff, export_tax = (arrays[k] for k in ("trade_share", "tariff", "export_tax"))
    n, s = arrays["final_share"].shape
    producer = share / ((1 + tariff) * (1 + export_tax))[..., None]
    border_tax = tariff * (1 + export_tax)
    on_inputs, on_final = np.zeros((n, s)), np.zeros(n)
    matrix = np.zeros((n * s + n, n * s + n))
    for i in range(n):
        row = slice(i * s, (i + 1) * s)
        sold = producer[i][:, :, of_sector] * arrays["input_share"]
        final = producer[i][:, :, -1] * arrays["final_share"]
        matrix[row, : n * s] = -sold.transpose(1, 0, 2).reshape(s, n * s)
        matrix[row, n * s :] = -final.T
        matrix[n * s + i, : n * s] -= np.einsum("jr,jrk->jk", export_tax[i], sold).reshape(-1)
        matrix[n * s + i, n * s :] -= np.einsum("jr,jr->j", export_tax[i], final)
        on_inputs += np.einsum("jr,jrk->jk", border_tax[i], sold)
        on_final += np.einsum("jr,jr->j", border_tax[i], final)
    for j in range(n):
        matrix[n * s + j, j * s : (j + 1) * s] -= on_inputs[j]
        matrix[n * s + j, n * s + j] -= on_final[j]
    matrix[np.diag_indices(n * s + n)] += 1
    return matrix


def solve_uses(arrays: dict[str, Array], of_sector: Array, *, given: bool) -> Array:
    """(N, S, U) expenditure by use that follows from the shares by use.

    Parameters
    ----------
    arrays : as in `World.from_arrays`; ``trade_share`` (N, N, S, U), final demand the last use
    of_sector : (S,) which use each using sector is
    given : whether factor incomes are those of ``value_added``; else they follow from the shares
        and only their world total is kept

    Raises
    ------
    LinAlgError : no unique solution

    """
    n, s = arrays["final_share"].shape
    matrix = _system(arrays, of_sector)
    right = np.concatenate([np.zeros(n * s), arrays["trade_balance"]])
    if given:
        right[n * s :] += arrays["value_added"]
        solved = np.linalg.solve(matrix, right)
    else:
        wages = arrays["value_added_share"]
        for i in range(n):
            matrix[n * s + i, i * s : (i + 1) * s] -= wages[i]
        weight = np.concatenate([wages.reshape(-1), np.zeros(n)])
        ones = np.ones((n * s + n, 1))
        matrix = np.block([[matrix, ones], [weight[None, :], np.zeros((1, 1))]])
        right = np.append(right, arrays["value_added"].sum())
        solved = np.linalg.solve(matrix, right)
        solved += np.linalg.solve(matrix, right - matrix @ solved)
    solved = np.where(np.abs(solved) < NOTHING * arrays["value_added"].sum(), 0.0, solved)
    output, income = solved[: n * s].reshape(n, s), solved[n * s : n * s + n]
    return spending(arrays["input_share"], arrays["final_share"], output, income, of_sector)


def merged_uses(
    share: Array,
    spent: Array,
    size: Array,
    uses: tuple[str, ...],
    regions: Grouping,
    sectors: Grouping,
) -> tuple[Array, tuple[str, ...]]:
    """Shares by use (origin, dest, sector, use) of a merged world, and its uses.

    Uses that are sectors are merged as the sectors are.  Money is added up; where a merged use
    spends nothing, its share is the mean of its members' by `size`.

    Parameters
    ----------
    share, spent : `World.use_share`, `World.use_expenditure`
    size : (region,) value added

    """
    labels, users = uses, np.eye(len(uses))
    if uses != TWO:
        labels = (*sectors.labels, FINAL)
        users = np.zeros((len(labels), len(uses)))
        users[:-1, :-1], users[-1, -1] = sectors.matrix, 1.0
    big, small = regions.matrix, sectors.matrix
    total, quotients = np.zeros(0), []
    for weight in (size[:, None, None] * (share.sum(axis=0) > 0), spent):
        total = np.einsum("bj,rs,vu,jsu->brv", big, small, users, weight, optimize=True)
        money = np.einsum("ai,bj,rs,vu,ijsu->abrv", big, big, small, users, share * weight[None],
                          optimize=True)  # fmt: skip
        quotients.append(money / np.where(total != 0, total, 1.0))
    return np.where(total != 0, quotients[1], quotients[0]), labels
