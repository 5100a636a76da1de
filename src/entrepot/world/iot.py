"""Inter-country input-output tables into a `World` that keeps every use, or a pooled one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.world.iot_arrays import TableUses
from entrepot.world.world import World


def from_iot(
    Z: Any,
    Y: Any,
    *,
    regions: Sequence[str],
    sectors: Sequence[str],
    uses: TableUses = "each",
    **options: Any,
) -> World:
    """Make a world from an inter-country input-output table.

    Parameters
    ----------
    Z : (N*S, N*S) intermediate flows, mn USD, rows and columns region by region
    Y : (N*S, N*F) final demand, the F categories of the first region first
    regions, sectors : labels
    uses : "each": every sector and final demand buys in its own mix of origins, the table as it
        is; "two": the sectors of an economy buy in one mix, its final demand in another;
        "pooled": all users of an economy buy in one mix
    options : the arguments below, and name, year, titles, sources, meta as in `World.from_arrays`

        output : (N*S,) sales as the source states them; the row sums otherwise

        value_added : (N*S,) instead of `output`: sales are then inputs plus value added

        inventories : positions 0..F-1 of final-demand categories that are changes of stocks; they
        are removed and output is re-solved with the technology of the table

        tariff, export_tax : (origin, dest, sector) rates (0.2 = 20 %), None for none

        theta : (sector,) or one number, positive trade elasticity; None leaves it to the economy

        negative : other negative flows up to this part of their row's output are set to zero
        (default 0.01)

        value_added_floor : least value-added share; None refuses sectors without value added

    Returns
    -------
    World
        its ``meta["iot"]`` says everything that was changed

    Raises
    ------
    LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    return World.from_iot(Z, Y, regions=regions, sectors=sectors, uses=uses, **options)
