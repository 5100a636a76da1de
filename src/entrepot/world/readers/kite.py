"""KITE's long tables: from them to a world, and back.

KITE (Kiel Institute Trade Policy Evaluation) keeps its initial conditions as long tables with a
column ``value``.  Its conventions, read from the program: ``trade_share`` is at user prices;
``intermediate_share`` sums to 1 over inputs and is scaled by 1 - ``factor_share``; ``tariff``,
``ntb`` and ``export_subsidy`` are *factors* (1.2 = 20 %; an ``export_subsidy`` above 1 is a tax);
``trade_balance`` is exports - imports, the opposite of `World.trade_balance`; the trade elasticity
is the positive theta since release 26.09 and 1/theta before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from entrepot.core.errors import ValueRangeError
from entrepot.world.readers.long_tables import (
    COLUMNS,
    FACTORS,
    SECTOR_DIMS,
    Absent,
    load_tables,
    scatter,
    table_labels,
)
from entrepot.world.world import Balance, World

Taxes = Literal["factor", "rate"]
Elasticity = Literal["theta", "inverse"]


def _factors(array: np.ndarray, name: str, taxes: Taxes) -> np.ndarray:
    """Rates out of factors or rates; a table that looks like the other one is refused."""
    if taxes == "factor":
        if (array < 0.5).any():
            raise ValueRangeError(
                f"KITE table '{name}' holds {float(array.min()):g}; a factor is meant (1.2 = "
                "20 %). If the values are rates, pass taxes='rate'."
            )
        return array - 1
    if array.size and (array >= 0.9).all():
        raise ValueRangeError(
            f"KITE table '{name}' holds nothing below {float(array.min()):g} although taxes="
            "'rate' was given. If the values are factors (1.2 = 20 %), pass taxes='factor'."
        )
    return array


def _theta(values: np.ndarray, elasticity: Elasticity | None) -> np.ndarray:
    if (values <= 0).any():
        raise ValueRangeError(
            f"KITE table 'trade_elasticity' holds {float(values.min()):g}; theta is positive here. "
            "Give its absolute value."
        )
    if elasticity is None and (values < 1).all():
        raise ValueRangeError(
            f"All trade elasticities lie below 1 (largest {float(values.max()):g}). KITE before "
            "26.09 stored 1/theta: pass elasticity='inverse', or elasticity='theta' if they are "
            "meant as they stand."
        )
    return 1 / values if elasticity == "inverse" else values


def _check_sign(arrays: Mapping[str, np.ndarray], tariff: np.ndarray | None) -> None:
    """Refuse a trade balance that fits the tables' own trade with the other sign."""
    flows = arrays["trade_share"] * arrays["expenditure"][None]
    flows = flows if tariff is None else flows / (1 + tariff)
    exports_less_imports = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
    right, wrong = (
        float(np.abs(arrays["trade_balance"] - sign * exports_less_imports).sum())
        for sign in (1, -1)
    )
    if wrong < 0.1 * right:
        raise ValueRangeError(
            "KITE table 'trade_balance' is imports less exports by the tables' own trade and "
            "expenditure; KITE's is exports less imports. Change its sign."
        )


def read_kite(
    source: Path | str | Mapping[str, Any],
    *,
    taxes: Taxes = "factor",
    elasticity: Elasticity | None = None,
    absent: Absent = "refuse",
    balance: Balance = "check",
    **about: Any,
) -> World:
    """Make a world from KITE's long tables.

    Parameters
    ----------
    source : mapping of table name to DataFrame, or a folder with ``trade_share.csv`` (or
        ``.parquet``) and so on; columns as in `COLUMNS`, and ``value``
    taxes : whether tariffs and export subsidies are factors (KITE's own way) or rates
    elasticity : "theta" (positive), "inverse" (1/theta, KITE before 26.09); None reads theta and
        refuses values that are all below 1
    absent : what a missing row means: "refuse", or "fill" with no trade, no use, no tax
    balance : as in `World.from_arrays`
    about : name, year, titles, sources, meta

    Returns
    -------
    World
        ``meta["kite"]`` says how many cells were absent and how far the table's own expenditure
        lies from the one that follows; a baseline ``ntb`` is ignored (only changes matter)

    Raises
    ------
    SourceError, LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    for name, value, known in (("taxes", taxes, ("factor", "rate")),
                               ("elasticity", elasticity, (None, "theta", "inverse")),
                               ("absent", absent, ("refuse", "fill"))):  # fmt: skip
        if value not in known:
            raise ValueRangeError(f"{name} must be one of {known}; found {value!r}.")
    tables = load_tables(source)
    labels = table_labels(tables)
    arrays, gone = {}, {}
    for name in (k for k in COLUMNS if k in tables):
        fill = 1.0 if name in FACTORS and taxes == "factor" else 0.0
        strict: Absent = "refuse" if len(COLUMNS[name]) == 1 else absent
        arrays[name], gone[name] = scatter(tables[name], name, labels, strict, fill)
    rates = {
        name: _factors(arrays[name], name, taxes)
        for name in ("tariff", "export_subsidy")
        if name in arrays
    }
    if "expenditure" in arrays:
        _check_sign(arrays, rates.get("tariff"))
    beta = arrays["factor_share"]
    theta = arrays.get("trade_elasticity")
    note = {"absent_cells": {k: v for k, v in gone.items() if v}, "ntb_ignored": "ntb" in arrays}
    about["meta"] = {**about.get("meta", {}), "kite": note}
    about.setdefault("name", "kite")
    world = World.from_arrays(
        regions=labels["country"],
        sectors=labels["sector"],
        trade_share=arrays["trade_share"],
        input_share=arrays["intermediate_share"] * (1 - beta)[:, None, :],
        value_added_share=beta,
        final_share=arrays["consumption_share"],
        value_added=arrays["value_added"],
        trade_balance=-arrays["trade_balance"],
        tariff=rates.get("tariff"),
        export_tax=rates.get("export_subsidy"),
        theta=None if theta is None else _theta(theta, elasticity),
        balance=balance,
        **about,
    )
    if "expenditure" not in arrays:
        return world
    gap = np.abs(world.expenditure - arrays["expenditure"]).max() / world.expenditure.max()
    meta = {**world.meta, "kite": {**note, "expenditure_gap": float(gap)}}
    return replace(world, meta=meta)


def to_kite(world: World) -> dict[str, pd.DataFrame]:
    """KITE's long tables of a world (release 26.09: factors, positive theta).

    Returns
    -------
    dict of DataFrame
        by the names and with the columns of `COLUMNS`; `read_kite` makes the same world of them

    Raises
    ------
    ValueRangeError : the world has uses, for which KITE's tables have no column

    """
    if world.uses:
        raise ValueRangeError(
            f"World '{world.name}' has trade shares by use, and KITE's tables have one mix of "
            "origins for all. Give world.pooled()."
        )
    rest = 1 - world.value_added_share
    scale = np.where(rest > 0, rest, 1.0)
    arrays = {
        "trade_share": world.trade_share,
        "intermediate_share": world.input_share / scale[:, None, :],
        "factor_share": world.value_added_share,
        "consumption_share": world.final_share,
        "value_added": world.value_added,
        "trade_balance": -world.trade_balance,
        "expenditure": world.expenditure,
        "tariff": 1 + world.tariff,
        "export_subsidy": 1 + world.export_tax,
        "ntb": np.ones_like(world.tariff),
    }
    if world.theta is not None:
        arrays["trade_elasticity"] = world.theta
    tables = {}
    for name, array in arrays.items():
        dims = COLUMNS[name]
        labels = [world.sectors if d in SECTOR_DIMS else world.regions for d in dims]
        index = pd.MultiIndex.from_product(labels, names=dims)
        tables[name] = pd.DataFrame({"value": array.reshape(-1)}, index=index).reset_index()
    return tables
