"""Inter-country input-output tables into a `World`.

A table says which origin every user buys from.  A world has one mix of origins for all users of
an economy, so the table is *pooled*: imports are used in the same origin mix by every sector and
by final demand (Caliendo and Parro 2015 do the same).  Flows of the table are basic prices of the
producer; tariffs and export taxes given beside it come on top, and value added is what is left of
sales after inputs at the user's prices.  Taxes less subsidies on products stay in value added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from entrepot.core.dims import TRADE
from entrepot.core.errors import ValueRangeError
from entrepot.core.labels import align, check_unique, place
from entrepot.world.checks import percent_problem
from entrepot.world.iot_table import NEGATIVE_CELL, CleanTable, clean_table, plain_array
from entrepot.world.world import World


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


def pool(table: CleanTable, tax_factor: np.ndarray) -> Uses:
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
        output = inputs + plain_array(value_added, "value_added", inputs.shape, "regions x sectors")
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
    table: CleanTable,
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
    table: CleanTable, rates: list[np.ndarray], theta: Any, labels: dict[str, tuple[str, ...]]
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
