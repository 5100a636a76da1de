"""KITE's long tables: from them to a world, and back.

KITE (Kiel Institute Trade Policy Evaluation) keeps its initial conditions as long tables with a
column ``value``.  Its conventions, read from the program: ``trade_share`` is at user prices;
``intermediate_share`` sums to 1 over inputs and is scaled by 1 - ``factor_share``; ``tariff``,
``ntb`` and ``export_subsidy`` are *factors* (1.2 = 20 %; an ``export_subsidy`` above 1 is a tax);
``trade_balance`` is exports - imports, the opposite of `World.trade_balance`; the trade elasticity
is the positive theta since release 26.09 and 1/theta before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from entrepot.core.errors import EntrepotError, LabelError, SourceError, ValueRangeError
from entrepot.core.labels import check_unique, listing
from entrepot.world.readers.blocks import existing
from entrepot.world.world import Balance, World

COLUMNS: dict[str, tuple[str, ...]] = {
    "trade_share": ("origin", "destination", "sector"),
    "intermediate_share": ("country", "input", "output"),
    "factor_share": ("country", "sector"),
    "consumption_share": ("country", "sector"),
    "value_added": ("country",),
    "trade_balance": ("country",),
    "expenditure": ("country", "sector"),
    "tariff": ("origin", "destination", "sector"),
    "export_subsidy": ("origin", "destination", "sector"),
    "ntb": ("origin", "destination", "sector"),
    "trade_elasticity": ("sector",),
}
OPTIONAL = ("expenditure", "tariff", "export_subsidy", "ntb", "trade_elasticity")
ALIASES = {"elasticities": "trade_elasticity"}
FACTORS = ("tariff", "export_subsidy", "ntb")
SECTOR_DIMS = ("sector", "input", "output")

Absent = Literal["refuse", "fill"]
Taxes = Literal["factor", "rate"]
Elasticity = Literal["theta", "inverse"]


def _load(source: Path | str | Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Tables by name, from a mapping or from the csv and parquet files of a folder."""
    if isinstance(source, Mapping):
        nested = source.get("elasticities")
        flat = {k: v for k, v in source.items() if not isinstance(v, Mapping)}
        inner = dict(nested) if isinstance(nested, Mapping) else {}
        tables = {**flat, **{k: v for k, v in inner.items() if k == "trade_elasticity"}}
    else:
        folder = existing(source, "Folder of KITE tables")
        if not folder.is_dir():
            raise SourceError(f"'{source}' is no folder. Give the folder with trade_share.csv ...")
        names = {*COLUMNS, *ALIASES}
        files = [f for f in sorted(folder.iterdir()) if f.suffix in (".csv", ".parquet")]
        tables = {f.stem: _file(f) for f in files if f.stem in names}
    tables = {ALIASES.get(k, k): v for k, v in tables.items() if k in {*COLUMNS, *ALIASES}}
    missing = [k for k in COLUMNS if k not in tables and k not in OPTIONAL]
    if missing:
        raise SourceError(
            f"KITE tables {listing(missing)} are missing. Needed are "
            f"{', '.join(k for k in COLUMNS if k not in OPTIONAL)}; optional "
            f"{', '.join(OPTIONAL)}."
        )
    return tables


def _file(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise SourceError(f"'{path.name}' is not readable ({error}). Take a fresh copy.") from error


def _column(table: pd.DataFrame, name: str, dim: str) -> str:
    """Column that holds `dim`; a country is also called region or destination."""
    others = {
        "country": ("country", "region", "destination"),
        "destination": ("destination", "dest"),
    }
    for candidate in others.get(dim, (dim,)):
        if candidate in table.columns:
            return candidate
    raise SourceError(
        f"KITE table '{name}' has no column '{dim}'; it has {listing([str(c) for c in table])}. "
        f"Needed are {', '.join(COLUMNS[name])} and value."
    )


def _scatter(
    table: Any, name: str, labels: Mapping[str, Sequence[str]], absent: Absent, fill: float
) -> tuple[np.ndarray, int]:
    """Array of a long table, by label; and how many cells the table does not have."""
    if not isinstance(table, pd.DataFrame):
        raise SourceError(f"KITE table '{name}' is a {type(table).__name__}; give a DataFrame.")
    dims = COLUMNS[name]
    columns = [_column(table, name, d) for d in dims]
    if "value" not in table.columns:
        raise SourceError(f"KITE table '{name}' has no column 'value'.")
    values = pd.to_numeric(table["value"], errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(values).all():
        row = table.iloc[int(np.argmax(~np.isfinite(values)))][columns].tolist()
        raise ValueRangeError(
            f"KITE table '{name}' holds {int((~np.isfinite(values)).sum())} values that are blank, "
            f"text, NaN or infinite, first at {row}. Missing is not zero: fill or drop them."
        )
    shape = tuple(len(labels[d]) for d in dims)
    codes = [_codes(table[c], labels[d], name, d) for c, d in zip(columns, dims, strict=True)]
    flat = np.ravel_multi_index(tuple(codes), shape)
    if len(np.unique(flat)) < len(flat):
        again = table.loc[table.duplicated(columns)].iloc[0][columns].tolist()
        raise LabelError(f"KITE table '{name}' has the cell {again} twice. Keep one row.")
    gone = int(np.prod(shape)) - len(flat)
    if gone and absent == "refuse":
        have = np.zeros(shape, dtype=bool).reshape(-1)
        have[flat] = True
        first = np.unravel_index(int(np.argmin(have)), shape)
        where = [labels[d][int(k)] for d, k in zip(dims, first, strict=True)]
        raise LabelError(
            f"KITE table '{name}' lacks {gone} of {int(np.prod(shape))} cells, first {where}. Add "
            "them, or pass absent='fill' to read them as no trade, no use and no tax."
        )
    array = np.full(int(np.prod(shape)), fill)
    array[flat] = values
    return array.reshape(shape), gone


def _codes(column: pd.Series[Any], labels: Sequence[str], name: str, dim: str) -> np.ndarray:
    codes, found = pd.factorize(column)
    names = [str(x) for x in found] + (["(blank)"] if (codes < 0).any() else [])
    extra = sorted(set(names) - set(labels))
    if extra:
        raise LabelError(
            f"KITE table '{name}' has the {dim} {listing(extra)}, which value_added (countries) or "
            "consumption_share (sectors) do not have. Use the same labels in every table."
        )
    place = {label: k for k, label in enumerate(labels)}
    return np.array([place[x] for x in names])[codes]


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
            raise EntrepotError(f"{name} must be one of {known}; found {value!r}.")
    tables = _load(source)
    labels = _labels(tables)
    arrays, gone = {}, {}
    for name in (k for k in COLUMNS if k in tables):
        fill = 1.0 if name in FACTORS and taxes == "factor" else 0.0
        strict: Absent = "refuse" if len(COLUMNS[name]) == 1 else absent
        arrays[name], gone[name] = _scatter(tables[name], name, labels, strict, fill)
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
        tariff=_factors(arrays["tariff"], "tariff", taxes) if "tariff" in arrays else None,
        export_tax=_factors(arrays["export_subsidy"], "export_subsidy", taxes)
        if "export_subsidy" in arrays
        else None,
        theta=None if theta is None else _theta(theta, elasticity),
        balance=balance,
        **about,
    )
    if "expenditure" not in arrays:
        return world
    gap = np.abs(world.expenditure - arrays["expenditure"]).max() / world.expenditure.max()
    meta = {**world.meta, "kite": {**note, "expenditure_gap": float(gap)}}
    return replace(world, meta=meta)


def _labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, ...]]:
    """Countries in the order of `value_added`, sectors in that of `consumption_share`."""
    found = {}
    for dim, name in (("country", "value_added"), ("sector", "consumption_share")):
        if not isinstance(tables[name], pd.DataFrame):
            raise SourceError(f"KITE table '{name}' is no DataFrame.")
        column = tables[name][_column(tables[name], name, dim)].astype(str)
        found[dim] = check_unique(tuple(dict.fromkeys(column)), dim)
    country, sector = found["country"], found["sector"]
    return {
        **dict.fromkeys(("country", "origin", "destination"), country),
        **dict.fromkeys(SECTOR_DIMS, sector),
    }


def to_kite(world: World) -> dict[str, pd.DataFrame]:
    """KITE's long tables of a world (release 26.09: factors, positive theta).

    Returns
    -------
    dict of DataFrame
        by the names and with the columns of `COLUMNS`; `read_kite` makes the same world of them

    """
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
