"""Inter-country input-output tables into the arrays of a `World`.

A table says which origin every user buys from.  With ``uses="each"`` the world keeps that: every
using sector and final demand has its own mix of origins.  ``"two"`` keeps one mix for all sectors
of an economy and one for its final demand; ``"pooled"`` has one for all of them (Caliendo and
Parro 2015 do the same).  Flows of the table are basic prices of the producer; tariffs and export
taxes given beside it come on top, and value added is what is left of sales after inputs at the
user's prices.  Taxes less subsidies on products stay in value added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from entrepot.core.dims import TRADE
from entrepot.core.errors import ValueRangeError, did_you_mean
from entrepot.core.labels import align, check_unique, place
from entrepot.core.options import check_share, check_whole
from entrepot.world.checks import percent_problem
from entrepot.world.iot_table import NEGATIVE_CELL, CleanTable, clean_table, plain_array
from entrepot.world.pooling import FINAL, TWO

TableUses = Literal["each", "two", "pooled"]
KINDS: tuple[str, ...] = ("each", "two", "pooled")


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """Money of a table by use; U uses, final demand the last, or one for all if pooled.

    Attributes
    ----------
    flows : (N, N, S, U) trade (origin, dest, sector, use) at basic prices
    shares : (N, N, S, U) share of the origin in what the use spends at user prices
    inputs : (N, S, S) (region, input, sector) inputs at user prices
    final : (N, S) final demand at user prices

    """

    flows: np.ndarray
    shares: np.ndarray
    inputs: np.ndarray
    final: np.ndarray


def _flows(table: CleanTable, uses: TableUses) -> np.ndarray:
    """(origin, dest, sector, use) trade at basic prices."""
    inter, final = table.inter.transpose(0, 2, 1, 3), table.final.transpose(0, 2, 1)[..., None]
    if uses == "each":
        return np.concatenate([inter, final], axis=3)
    added = inter.sum(axis=3, keepdims=True)
    return added + final if uses == "pooled" else np.concatenate([added, final], axis=3)


def purchases(table: CleanTable, tax_factor: np.ndarray, uses: TableUses) -> Purchases:
    """What every use buys; `tax_factor` (origin, dest, sector) is (1+t)(1+e)."""
    flows = _flows(table, uses)
    bought = flows.sum(axis=0)
    spent = np.einsum("ijsu,ijs->jsu", flows, tax_factor)
    shares = flows * tax_factor[..., None] / np.where(spent > 0, spent, 1.0)
    markup = np.where(bought > 0, spent / np.where(bought > 0, bought, 1.0), 0.0)
    by_sector = markup[:, :, :-1] if uses == "each" else markup[:, :, :1]
    inputs = table.inter.sum(axis=0).transpose(1, 0, 2) * by_sector
    return Purchases(flows, shares, inputs, table.final.sum(axis=0).T * markup[:, :, -1])


def _shrink_inputs(
    bought: Purchases, output: np.ndarray, floor: float | None, labels: dict[str, tuple[str, ...]]
) -> tuple[np.ndarray, dict[str, Any]]:
    """(region, sector) factor by which inputs shrink so that value added is positive."""
    cost = bought.inputs.sum(axis=1)
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


def table_arrays(
    Z: Any,
    Y: Any,
    *,
    regions: Sequence[str],
    sectors: Sequence[str],
    uses: TableUses,
    output: Any = None,
    value_added: Any = None,
    inventories: Sequence[int] = (),
    tariff: Any = None,
    export_tax: Any = None,
    theta: Any = None,
    negative: float = NEGATIVE_CELL,
    value_added_floor: float | None = None,
    **about: Any,
) -> dict[str, Any]:
    """Return the arguments of `World.from_arrays` for a table (arguments: see `from_iot`).

    Raises
    ------
    LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    if uses not in KINDS:
        raise ValueRangeError(
            f"uses must be 'each' (every sector and final demand), 'two' (all sectors, final "
            f"demand) or 'pooled'; found {uses!r}.{did_you_mean(str(uses), KINDS)}"
        )
    check_share(negative, "negative")
    if value_added_floor is not None:
        remedy = " None refuses sectors without value added."
        check_share(value_added_floor, "value_added_floor", remedy=remedy)
    if not isinstance(inventories, Iterable):
        raise ValueRangeError(f"inventories is {inventories!r}; pass a list of positions.")
    for position in inventories:
        check_whole(position, "a position in inventories", 0)
    if "balance" in about:
        raise ValueRangeError("balance is given, but a table is made to balance. Leave it out.")
    names = check_unique(regions, "region"), check_unique(sectors, "sector")
    if value_added is not None:
        if output is not None:
            raise ValueRangeError("Give output or value_added, not both.")
        inputs = np.asarray(Z, dtype=float).sum(axis=0)
        output = inputs + plain_array(value_added, "value_added", inputs.shape, "regions x sectors")
    table = clean_table(Z, Y, *names, output=output, inventories=inventories, negative=negative)
    labels = {"region": names[0], "sector": names[1]}
    rates = _rates(tariff, export_tax, labels)
    return _arrays(table, rates, labels, uses, theta, value_added_floor, about)


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


def _arrays(
    table: CleanTable,
    rates: list[np.ndarray],
    labels: dict[str, tuple[str, ...]],
    uses: TableUses,
    theta: Any,
    floor: float | None,
    about: dict[str, Any],
) -> dict[str, Any]:
    """Shares of a clean table under tariff and export-tax `rates`."""
    tariff, export_tax = rates
    bought = purchases(table, (1 + tariff) * (1 + export_tax), uses)
    factor, raised = _shrink_inputs(bought, table.output, floor, labels)
    inputs = bought.inputs * factor[:, None, :]
    made = np.where(table.output > 0, table.output, 1.0)
    world_price = bought.flows.sum(axis=3) * (1 + export_tax)
    final = bought.final.sum(axis=1)
    share = np.where(table.output > 0, 1 - inputs.sum(axis=1) / made, 0.0)
    moved = dict(zip(labels["region"], table.notes["value_added_moved"], strict=True))
    notes = {**table.notes, "value_added_moved": moved, "uses": uses, **raised}
    about["meta"] = {**about.get("meta", {}), "iot": notes}
    about.setdefault("provenance", _flags(table, rates, theta, labels))
    return dict(
        regions=labels["region"],
        sectors=labels["sector"],
        trade_share=bought.shares[..., 0] if uses == "pooled" else bought.shares,
        uses={"each": (*labels["sector"], FINAL), "two": TWO, "pooled": None}[uses],
        input_share=inputs / made[:, None, :],
        value_added_share=share,
        final_share=bought.final / np.where(final > 0, final, 1.0)[:, None],
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
