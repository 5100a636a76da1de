"""Checking an inter-country input-output table and making it balance.

Changes of stocks are demand that no model of one year can explain; with them taken out, the rows
of a table no longer add up to its output.  Output is then solved anew from final demand with the
input coefficients of the table (Leontief), so that technology and value-added shares are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from entrepot.core.errors import IdentityError, LabelError, ValueRangeError

NEGATIVE_CELL = 0.01
"""A negative flow up to this part of its origin sector's output is set to zero and noted."""
OUTPUT_GAP = 0.01
ROUNDING = 1e-6
"""Row sums and stated output may differ by `OUTPUT_GAP` of the sector's output plus `ROUNDING` of
the world's (the WIOD of 2011 is printed in integers: rows differ by up to 0.8e-6 of it)."""
TOUCHED = 0.01
"""A trade cell that cleaning changed by more than this part counts as assumed, not observed."""
INVENTORY_RULE = (
    "stock changes are removed and output is re-solved with the technology of the table, so that "
    "it meets intermediate and final demand alone (Felbermayr, Groeschl and Heiland 2022 remove "
    "them before any counterfactual)"
)


@dataclass(frozen=True, slots=True, eq=False)
class CleanTable:
    """A clean table; N regions, S sectors, mn USD at basic prices.

    Attributes
    ----------
    inter : (N, S, N, S) use of (origin, input) by (dest, sector)
    final : (N, S, N) final demand for (origin, sector) in dest
    output : (N, S) sum over all users
    notes : what was changed, plain data
    touched : (N, N, S) trade cells (origin, dest, sector) changed by more than `TOUCHED`

    """

    inter: np.ndarray
    final: np.ndarray
    output: np.ndarray
    notes: dict[str, Any]
    touched: np.ndarray = field(repr=False)


def plain_array(array: Any, name: str, shape: tuple[int | None, ...], what: str) -> np.ndarray:
    """Float array of `shape` (None: any length) without NaN."""
    try:
        plain = np.array(array, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueRangeError(f"{name} is not an array of numbers: {error}.") from error
    fits = plain.ndim == len(shape) and all(
        want in (None, have) for want, have in zip(shape, plain.shape, strict=True)
    )
    if not fits:
        want = " x ".join("any" if n is None else str(n) for n in shape)
        raise LabelError(f"{name} has shape {plain.shape}; it needs {want} ({what}).")
    return plain


def _finite(array: np.ndarray, name: str, labels: Sequence[str]) -> list[str]:
    bad = ~np.isfinite(array)
    if not bad.any():
        return []
    row = labels[int(np.argwhere(bad)[0][0])]
    return [
        f"{name} holds {int(bad.sum())} entries that are NaN or infinite, first in row {row}. "
        "Missing is not zero: fill or drop them on purpose."
    ]


def _cut_negatives(
    array: np.ndarray, sales: np.ndarray, name: str, labels: Sequence[str], allowed: float
) -> tuple[np.ndarray, list[str]]:
    """Set small negatives to zero; a larger one is a problem that names its row."""
    worst = np.minimum(array, 0).min(axis=1) / np.where(sales > 0, sales, 1.0)
    row = int(np.argmin(worst))
    if worst[row] < -allowed:
        return array, [
            f"{name} is negative in row {labels[row]} by {-worst[row]:.2%} of its output (allowed "
            f"{allowed:.2%}). If it is a change of stocks, name that category in inventories=; "
            "otherwise mend the cell or raise negative=."
        ]
    return np.maximum(array, 0), []


def clean_table(
    inter: Any,
    final: Any,
    regions: tuple[str, ...],
    sectors: tuple[str, ...],
    *,
    output: Any = None,
    inventories: Sequence[int] = (),
    negative: float = NEGATIVE_CELL,
) -> CleanTable:
    """Check a table and make it balance.

    Parameters
    ----------
    inter : (N*S, N*S) intermediate flows
    final : (N*S, N*F) final demand, the F categories of the first region first
    regions, sectors : labels; rows run over regions, within them over sectors
    output : (N*S,) sales as the source states them, or None for the row sums
    inventories : positions 0..F-1 of the categories that are changes of stocks
    negative : negative flows up to this part of their row's output are set to zero

    Raises
    ------
    LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    n, s = len(regions), len(sectors)
    rows = [f"({r}, {k})" for r in regions for k in sectors]
    z = plain_array(inter, "Z", (n * s, n * s), "regions x sectors, both ways")
    y = plain_array(
        final, "Y", (n * s, None), "regions x sectors by regions x final-demand categories"
    )
    if y.shape[1] == 0 or y.shape[1] % n:
        raise LabelError(
            f"Y has {y.shape[1]} columns, which is no multiple of the {n} regions. Give the same "
            "final-demand categories for every region."
        )
    f = y.shape[1] // n
    if any(not 0 <= k < f for k in inventories):
        raise LabelError(f"inventories {list(inventories)} must be positions 0 to {f - 1}.")
    x = z.sum(axis=1) + y.sum(axis=1)
    if output is not None:
        x = plain_array(output, "output", (n * s,), "regions x sectors")
    problems = _finite(z, "Z", rows) + _finite(y, "Y", rows) + _finite(x, "output", rows)
    if problems:
        raise ValueRangeError.collect("The table cannot be used", problems)
    _check_output(z, y, x, rows)
    return _balanced(z, y.reshape(n * s, n, f), x, rows, sectors, list(inventories), negative)


def _check_output(z: np.ndarray, y: np.ndarray, x: np.ndarray, rows: Sequence[str]) -> None:
    gap = np.abs(z.sum(axis=1) + y.sum(axis=1) - x)
    excess = gap - OUTPUT_GAP * np.abs(x) - ROUNDING * np.abs(x).sum()
    if (excess > 0).any():
        row = int(np.argmax(excess))
        found = z[row].sum() + y[row].sum()
        raise IdentityError(
            f"Sales of {rows[row]} are {x[row]:.6g} in output= but its row of Z and Y "
            f"adds up to {found:.6g}; {int((excess > 0).sum())} such rows, allowed "
            f"{OUTPUT_GAP:.0%}. Check that Z, Y and output are of one table and in one order."
        )


def _balanced(
    z: np.ndarray, y: np.ndarray, x: np.ndarray, rows: Sequence[str], sectors: Sequence[str],
    inventories: list[int], negative: float,
) -> CleanTable:  # fmt: skip
    """Remove stocks and small negatives, then re-solve output with the table's technology."""
    n, s = y.shape[1], len(sectors)
    stocks = y[:, :, inventories].sum(axis=2)
    demand = y.sum(axis=2) - stocks
    clean_z, problems = _cut_negatives(z, x, "Z", rows, negative)
    clean_y, more = _cut_negatives(demand, x, "Final demand", rows, negative)
    if problems or more:
        raise ValueRangeError.collect("The table holds negative flows", problems + more)
    solved = _resolve(clean_z, clean_y, x, rows)
    scale = np.where(x > 0, solved / np.where(x > 0, x, 1.0), 0.0)
    changed_z, changed_y = clean_z != z, clean_y != demand
    before = z.reshape(-1, n, s).sum(axis=2) + demand + stocks
    after = clean_z.reshape(-1, n, s).sum(axis=2) + clean_y
    touched = (np.abs(after - before) > TOUCHED * after).reshape(n, s, n)
    notes: dict[str, Any] = {
        "value_added_moved": _moves(x - z.sum(axis=0), scale, n),
        "largest_output_move": float(np.max(np.abs(scale[x > 0] - 1), initial=0.0)),
        "largest_output_move_at": rows[int(np.argmax(np.where(x > 0, np.abs(scale - 1), 0)))],
        "negative_flows_set_to_zero": int(changed_z.sum() + changed_y.sum()),
        "negative_flows_sum": float((z - clean_z).sum() + (demand - clean_y).sum()),
        "idle_sectors": [row for row, sold in zip(rows, solved, strict=True) if sold <= 0],
    }
    if inventories:
        notes["stock_changes"] = {
            "rule": INVENTORY_RULE,
            "added_to_stocks": float(np.maximum(stocks, 0).sum()),
            "taken_from_stocks": float(np.minimum(stocks, 0).sum()),
        }
    inter = (clean_z * scale[None, :]).reshape(n, s, n, s)
    final = clean_y.reshape(n, s, n)
    sums = inter.sum(axis=(2, 3)) + final.sum(axis=2)
    return CleanTable(inter, final, sums, notes, touched.transpose(0, 2, 1))


def _moves(value_added: np.ndarray, scale: np.ndarray, n: int) -> list[float]:
    """Change of each region's value added (1 = doubled) when output moves by `scale`."""
    before = value_added.reshape(n, -1).sum(axis=1)
    after = (value_added * scale).reshape(n, -1).sum(axis=1)
    moves: list[float] = (after / np.where(before != 0, before, 1.0) - 1).tolist()
    return moves


def _resolve(z: np.ndarray, y: np.ndarray, x: np.ndarray, rows: Sequence[str]) -> np.ndarray:
    """(N*S,) output that meets inputs and final demand with the input coefficients Z/x."""
    used = z.sum(axis=0)
    idle = (x <= 0) & (used > 0)
    if idle.any():
        row = int(np.argmax(np.where(idle, used, 0)))
        raise ValueRangeError(
            f"Sector {rows[row]} uses inputs of {used[row]:.6g} but sells nothing, "
            f"{int(idle.sum())} such sectors: its value added would be negative. Set its column "
            "to zero or merge it with a neighbour."
        )
    sells = x > 0
    coefficients = z / np.where(sells, x, 1.0)[None, :]
    solved = np.linalg.solve(np.eye(len(x)) - coefficients, y.sum(axis=1))
    if (solved < -1e-9 * x.max()).any():
        row = int(np.argmin(solved))
        raise IdentityError(
            f"No positive output meets the demand for {rows[row]}: some sector uses more inputs "
            "than it sells. Check the columns of Z against output."
        )
    return np.where(solved > 1e-12 * x.max(), solved, 0.0)
