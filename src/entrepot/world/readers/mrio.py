"""pymrio: from an `IOSystem` to a world, and tables in its layout from a world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import SourceError
from entrepot.world.iot import from_iot
from entrepot.world.readers.blocks import blocks
from entrepot.world.uses import by_use
from entrepot.world.world import World


def from_pymrio(
    iosystem: Any,
    *,
    inventories: Sequence[str] = (),
    tariff: Any = None,
    export_tax: Any = None,
    theta: Any = None,
    **options: Any,
) -> World:
    """Make a world from a pymrio ``IOSystem``.

    Parameters
    ----------
    iosystem : anything with the frames ``Z`` (region, sector) x (region, sector) and ``Y``
        (region, sector) x (region, category), and optionally ``x``, in mn USD; pymrio itself is
        not needed
    inventories : names of final-demand categories that are changes of stocks
    tariff, export_tax : rates (origin, dest, sector); theta : positive trade elasticities
    options : further arguments of `from_iot` (uses, value_added_floor, negative, name, year ...)

    Raises
    ------
    SourceError, LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    where = f"the IOSystem {getattr(iosystem, 'name', '') or ''}".strip()
    missing = [k for k in ("Z", "Y") if not isinstance(getattr(iosystem, k, None), pd.DataFrame)]
    if missing:
        raise SourceError(
            f"In {where} the frame {' and '.join(missing)} is missing. Call calc_all() (pymrio "
            "makes Z from A and x), or give Z and Y."
        )
    found = blocks(iosystem.Z, iosystem.Y, where)
    output = getattr(iosystem, "x", None)
    if isinstance(output, pd.DataFrame):
        full = pd.MultiIndex.from_product([found.regions, found.sectors])
        output = output.iloc[:, 0].reindex(full).to_numpy(dtype=float)
    options.setdefault("name", "pymrio")
    return from_iot(
        found.inter,
        found.final,
        regions=found.regions,
        sectors=found.sectors,
        output=output,
        inventories=found.positions(inventories, where),
        tariff=tariff,
        export_tax=export_tax,
        theta=theta,
        **options,
    )


def to_pymrio(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables Z and Y of a world in pymrio's layout, mn USD at basic prices.

    In a pooled world every user of an economy buys from the same mix of origins.  Tariffs and
    export taxes are not in the flows; with them and the `uses` of the world,
    `from_pymrio` gives the same world again.

    Returns
    -------
    tuple of DataFrame
        Z with (region, sector) rows and columns; Y with (region, category) columns and the one
        category ``final demand``.  ``pymrio.IOSystem(Z=Z, Y=Y)`` takes them.

    """
    n, s = len(world.regions), len(world.sectors)
    book, bought = world.accounts(), by_use(world)
    producer = bought.trade_share / ((1 + world.tariff) * (1 + world.export_tax))[..., None]
    inputs = world.input_share * book.output[:, None, :]
    inter = np.einsum("ijrk,jrk->irjk", producer[..., bought.of_sector], inputs)
    demand = world.final_share * book.income[:, None]
    final = np.einsum("ijr,jr->irj", producer[..., bought.final], demand)
    rows = pd.MultiIndex.from_product([world.regions, world.sectors], names=["region", "sector"])
    columns = pd.MultiIndex.from_product(
        [world.regions, ["final demand"]], names=["region", "category"]
    )
    return (
        pd.DataFrame(inter.reshape(n * s, n * s), index=rows, columns=rows),
        pd.DataFrame(final.reshape(n * s, n), index=rows, columns=columns),
    )
