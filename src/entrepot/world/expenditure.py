"""Expenditure of a benchmark economy, from its shares (docs/model.md, all hats one).

With pi_ijru the share of origin i in what use u of j spends on r (a pooled world has one use)::

    Y_ir  = sum_j sum_u pi_ijru X_jru / ((1 + t_ijr)(1 + e_ijr))
    X_jru = sum_{k in u} gamma_jrk Y_jk  [+ alpha_jr I_j where u is final demand]
    I_j   = VA_j + D_j + tariff and export-tax revenue of j

Unknown are output and income, N*S + N numbers however many uses there are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Array = np.ndarray

NOTHING = 1e-15
"""Money below this part of world factor income is rounding error of the solution: zero."""


def _system(arrays: Mapping[str, Array], share: Array, of_sector: Array) -> Array:
    """Matrix M of ``M (Y, I) = (0, VA + D)``: rows of goods first, then rows of income."""
    tariff, export_tax = arrays["tariff"], arrays["export_tax"]
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


def _solve(arrays: Mapping[str, Array], share: Array, of_sector: Array) -> Array:
    """(N*S + N,) output and income when factor incomes are those of ``value_added``."""
    right = np.zeros(arrays["final_share"].size + len(arrays["value_added"]))
    right[arrays["final_share"].size :] = arrays["value_added"] + arrays["trade_balance"]
    solved: Array = np.linalg.solve(_system(arrays, share, of_sector), right)
    return solved


def _rebalance(arrays: Mapping[str, Array], share: Array, of_sector: Array) -> Array:
    """(N*S + N,) output and income for which factor incomes follow from the shares.

    The system is homogeneous but for the balances; world factor income is held.  One step of
    iterative refinement brings the identities to rounding error.
    """
    wages, world = arrays["value_added_share"], float(arrays["value_added"].sum())
    n, s = wages.shape
    matrix = np.zeros((n * s + n + 1, n * s + n + 1))
    matrix[:-1, :-1] = _system(arrays, share, of_sector)
    for i in range(n):
        matrix[n * s + i, i * s : (i + 1) * s] -= wages[i]
    matrix[:-1, -1] = 1.0
    matrix[-1, : n * s] = wages.reshape(-1)
    right = np.concatenate([np.zeros(n * s), arrays["trade_balance"], [world]])
    solved = np.linalg.solve(matrix, right)
    solved += np.linalg.solve(matrix, right - matrix @ solved)
    return np.where(np.abs(solved) < NOTHING * world, 0.0, solved)[:-1]


def solve_expenditure(
    arrays: Mapping[str, Array], share: Array, of_sector: Array, *, given: bool
) -> Array:
    """(N, S, U) expenditure by use, mn USD at user prices.

    Parameters
    ----------
    arrays : by the names of `World.from_arrays`, all but the trade shares
    share : (N, N, S, U) share of the origin in what the use of dest spends on the sector; final
        demand is the last use
    of_sector : (S,) which use each using sector is
    given : whether factor incomes are those of ``value_added``; else they follow from the shares
        and only their world total is kept

    Raises
    ------
    LinAlgError : no unique solution

    """
    final, inputs = arrays["final_share"], arrays["input_share"]
    solved = (_solve if given else _rebalance)(arrays, share, of_sector)
    output, income = solved[: final.size].reshape(final.shape), solved[final.size :]
    users = np.eye(share.shape[3])[of_sector]
    spent: Array = np.einsum("jrk,jk,ku->jru", inputs, output, users, optimize=True)
    spent[:, :, -1] += final * income[:, None]
    return spent
