"""Inter-country input-output tables: into a `World`, and back.

A table says which origin every user buys from.  A world has one mix of origins for all users of
an economy, so the table is *pooled*: imports are used in the same origin mix by every sector and
by final demand (Caliendo and Parro 2015 do the same).  Flows of the table are basic prices of the
producer; tariffs and export taxes given beside it come on top, and value added is what is left of
sales after inputs at the user's prices.  Taxes less subsidies on products stay in value added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from entrepot.core.dims import TRADE
from entrepot.core.errors import IdentityError, LabelError, ValueRangeError
from entrepot.core.labels import align, check_unique, place
from entrepot.world.checks import percent_problem
from entrepot.world.world import World

NEGATIVE_CELL = 0.01
"""A negative flow up to this part of its origin sector's output is set to zero and noted."""
OUTPUT_GAP = 0.01
ROUNDING = 1e-6
"""Row sums and stated output may differ by `OUTPUT_GAP` of the sector's output plus `ROUNDING` of
the world's (the WIOD of 2011 is printed in integers: rows differ by up to 0.8e-6 of it)."""
INVENTORY_RULE = (
    "stock changes are removed and output is re-solved with the technology of the table, so that "
    "it meets intermediate and final demand alone (Felbermayr, Groeschl and Heiland 2022 remove "
    "them before any counterfactual)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A clean table; N regions, S sectors, mn USD at basic prices.

    Attributes
    ----------
    inter : (N, S, N, S) use of (origin, input) by (dest, sector)
    final : (N, S, N) final demand for (origin, sector) in dest
    output : (N, S) sum over all users
    notes : what was changed, plain data
    touched : (N, N, S) trade cells (origin, dest, sector) that were changed

    """

    inter: np.ndarray
    final: np.ndarray
    output: np.ndarray
    notes: dict[str, Any]
    touched: np.ndarray = field(repr=False)


def _plain(array: Any, name: str, shape: tuple[int | None, ...], what: str) -> np.ndarray:
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
) -> Table:
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
    z = _plain(inter, "Z", (n * s, n * s), "regions x sectors, both ways")
    y = _plain(final, "Y", (n * s, None), "regions x sectors by regions x final-demand categories")
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
        x = _plain(output, "output", (n * s,), "regions x sectors")
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
        raise IdentityError(
            f"Sales of {rows[row]} are {x[row]:.6g} in output= but its row of Z and Y "
            f"to {z[row].sum() + y[row].sum():.6g}; {int((excess > 0).sum())} such rows, allowed "
            f"{OUTPUT_GAP:.0%}. Check that Z, Y and output are of one table and in one order."
        )


def _balanced(
    z: np.ndarray, y: np.ndarray, x: np.ndarray, rows: Sequence[str], sectors: Sequence[str],
    inventories: list[int], negative: float,
) -> Table:  # fmt: skip
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
    changed_z, changed_y = (clean_z != z), (clean_y != demand) | (stocks != 0)
    touched = changed_z.reshape(n, s, n, s).any(axis=3) | changed_y.reshape(n, s, n)
    notes: dict[str, Any] = {
        "value_added_moved": _moves(x - z.sum(axis=0), scale, n),
        "largest_output_move": float(np.max(np.abs(scale[x > 0] - 1), initial=0.0)),
        "largest_output_move_at": rows[int(np.argmax(np.where(x > 0, np.abs(scale - 1), 0)))],
        "negative_flows_set_to_zero": int(changed_z.sum() + (clean_y != demand).sum()),
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
    return Table(inter, final, sums, notes, touched.transpose(0, 2, 1))


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


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """Money of a pooled table at user prices.

    Attributes
    ----------
    flows : (N, N, S) trade (origin, dest, sector) at basic prices
    spent : (N, S) expenditure of dest on sector at user prices
    inputs : (N, S, S) (region, input, sector) inputs at user prices
    final : (N, S) final demand at user prices

    """

    flows: np.ndarray
    spent: np.ndarray
    inputs: np.ndarray
    final: np.ndarray


def pool(table: Table, tax_factor: np.ndarray) -> Uses:
    """Pool the origins of each economy's purchases; `tax_factor` is (1+t)(1+e)."""
    flows = table.inter.sum(axis=3).transpose(0, 2, 1) + table.final.transpose(0, 2, 1)
    bought = flows.sum(axis=0)
    spent = np.einsum("ijs,ijs->js", flows, tax_factor)
    markup = np.where(bought > 0, spent / np.where(bought > 0, bought, 1.0), 0.0)
    inputs = table.inter.sum(axis=0).transpose(1, 0, 2) * markup[:, :, None]
    return Uses(flows, spent, inputs, table.final.sum(axis=0).T * markup)


def _shrink_inputs(
    uses: Uses, output: np.ndarray, floor: float | None, labels: dict[str, tuple[str, ...]]
) -> tuple[np.ndarray, dict[str, Any]]:
    """(region, sector) factor by which inputs shrink so that value added is positive."""
    cost = uses.inputs.sum(axis=1)
    share = 1 - cost / np.where(output > 0, output, 1.0)
    low = (output > 0) & (share <= (floor or 0.0))
    if low.any() and floor is None:
        first = low & (share <= share[low].min())
        raise ValueRangeError(
            f"Value added is {float(share[first][0]):.2%} of output at "
            f"{place(first, ('region', 'sector'), labels)}, {int(low.sum())} such sectors: "
            "production needs some. Merge the sector with a neighbour, lower the tariffs on its "
            "inputs, or pass value_added_floor=0.05 to shrink its inputs until 5 % is left."
        )
    factor = np.where(low, (1 - (floor or 0.0)) * output / np.where(cost > 0, cost, 1.0), 1.0)
    where = [f"({labels['region'][j]}, {labels['sector'][k]})" for j, k in np.argwhere(low)]
    return factor, {"value_added_raised_to_floor": where} if where else {}


def from_iot(
    Z: Any,
    Y: Any,
    *,
    regions: Sequence[str],
    sectors: Sequence[str],
    output: Any = None,
    value_added: Any = None,
    inventories: Sequence[int] = (),
    tariff: Any = None,
    export_tax: Any = None,
    theta: Any = None,
    negative: float = NEGATIVE_CELL,
    value_added_floor: float | None = None,
    **about: Any,
) -> World:
    """Make a world from an inter-country input-output table.

    Parameters
    ----------
    Z : (N*S, N*S) intermediate flows, mn USD, rows and columns region by region
    Y : (N*S, N*F) final demand, the F categories of the first region first
    regions, sectors : labels
    output : (N*S,) sales as the source states them; the row sums otherwise
    value_added : (N*S,) instead of `output`: sales are then inputs plus value added
    inventories : positions 0..F-1 of final-demand categories that are changes of stocks; they
        are removed and output is re-solved with the technology of the table
    tariff, export_tax : (origin, dest, sector) rates (0.2 = 20 %), None for none
    theta : (sector,) or one number, positive trade elasticity; None leaves it to the economy
    negative : other negative flows up to this part of their row's output are set to zero
    value_added_floor : least value-added share; None refuses sectors without value added
    about : name, year, titles, sources, meta as in `World.from_arrays`

    Returns
    -------
    World
        its ``meta["iot"]`` says everything that was changed

    Raises
    ------
    LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    names = check_unique(regions, "region"), check_unique(sectors, "sector")
    if value_added is not None:
        if output is not None:
            raise ValueRangeError("Give output or value_added, not both.")
        inputs = np.asarray(Z, dtype=float).sum(axis=0)
        output = inputs + _plain(value_added, "value_added", inputs.shape, "regions x sectors")
    table = clean_table(Z, Y, *names, output=output, inventories=inventories, negative=negative)
    labels = {"region": names[0], "sector": names[1]}
    rates = _rates(tariff, export_tax, labels)
    return _world(table, rates, labels, theta, value_added_floor, about)


def _rates(tariff: Any, export_tax: Any, labels: dict[str, tuple[str, ...]]) -> list[np.ndarray]:
    """Tariff and export tax as arrays (origin, dest, sector)."""
    n, s = len(labels["region"]), len(labels["sector"])
    full = labels | {"origin": labels["region"], "dest": labels["region"]}
    found, problems = [], []
    for name, given in (("tariff", tariff), ("export_tax", export_tax)):
        rates = np.zeros((n, n, s)) if given is None else align(given, name, TRADE, full)
        problems += percent_problem(rates, name, full)
        if (rates <= -1).any():
            where = place(rates <= -1, TRADE, full)
            problems.append(f"{name} is a subsidy of 100 % or more at {where}.")
        found.append(rates)
    if problems:
        raise ValueRangeError.collect("The rates cannot be used", problems)
    return found


def _world(
    table: Table,
    rates: list[np.ndarray],
    labels: dict[str, tuple[str, ...]],
    theta: Any,
    floor: float | None,
    about: dict[str, Any],
) -> World:
    """Shares of a clean table under tariff and export-tax `rates`."""
    tariff, export_tax = rates
    uses = pool(table, (1 + tariff) * (1 + export_tax))
    factor, raised = _shrink_inputs(uses, table.output, floor, labels)
    inputs = uses.inputs * factor[:, None, :]
    made = np.where(table.output > 0, table.output, 1.0)
    money = uses.flows * (1 + tariff) * (1 + export_tax)
    world_price = uses.flows * (1 + export_tax)
    final = uses.final.sum(axis=1)
    share = np.where(table.output > 0, 1 - inputs.sum(axis=1) / made, 0.0)
    moved = dict(zip(labels["region"], table.notes["value_added_moved"], strict=True))
    notes = {**table.notes, "value_added_moved": moved, **raised}
    about["meta"] = {**about.get("meta", {}), "iot": notes}
    about.setdefault("provenance", _flags(table, rates, theta, labels))
    return World.from_arrays(
        regions=labels["region"],
        sectors=labels["sector"],
        trade_share=money / np.where(uses.spent > 0, uses.spent, 1.0)[None],
        input_share=inputs / made[:, None, :],
        value_added_share=share,
        final_share=uses.final / np.where(final > 0, final, 1.0)[:, None],
        value_added=np.sum(share * table.output, axis=1),
        trade_balance=world_price.sum(axis=(0, 2)) - world_price.sum(axis=(1, 2)),
        tariff=tariff,
        export_tax=export_tax,
        theta=theta,
        balance="adjust" if raised else "check",
        **about,
    )


def _flags(
    table: Table, rates: list[np.ndarray], theta: Any, labels: dict[str, tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """Provenance: what the table says is observed, what was changed or left out is assumed."""
    n, s = len(labels["region"]), len(labels["sector"])
    ones = np.ones((n, s), dtype=np.uint8)
    flags: dict[str, np.ndarray] = {
        name: ones.copy() for name in ("value_added_share", "final_share", "expenditure")
    }
    flags["trade_share"] = np.where(table.touched, 4, 1).astype(np.uint8)
    flags["input_share"] = np.ones((n, s, s), dtype=np.uint8)
    flags["value_added"] = flags["value_added_share"][:, 0].copy()
    flags["trade_balance"] = flags["value_added"].copy()
    for name, array in zip(("tariff", "export_tax"), rates, strict=True):
        flags[name] = np.full((n, n, s), 1 if array.any() else 4, dtype=np.uint8)
    if theta is not None:
        flags["theta"] = np.full(s, 4, dtype=np.uint8)
    return flags
