"""Long tables as arrays: closed names, exact labels, absent rows only on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from entrepot.core.errors import LabelError, SourceError, ValueRangeError, did_you_mean
from entrepot.core.labels import check_unique, listing
from entrepot.world.readers.blocks import existing

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
UNUSED = ("inputs", "factors", "intermediates", "consumption", "price", "carbon_intensity",
          "coalition_member")  # fmt: skip
"""Tables of KITE's other models, which a world has no place for."""
SECTOR_DIMS = ("sector", "input", "output")

Absent = Literal["refuse", "fill"]


def load_tables(source: Path | str | Mapping[str, Any]) -> dict[str, pd.DataFrame]:
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
        files = [f for f in sorted(folder.iterdir()) if f.suffix in (".csv", ".parquet")]
        _refuse_misspelt([f.stem for f in files])
        names = {*COLUMNS, *ALIASES}
        tables = {f.stem: _file(f) for f in files if f.stem in names}
    _refuse_misspelt(tables)
    tables = {ALIASES.get(k, k): v for k, v in tables.items() if k in {*COLUMNS, *ALIASES}}
    missing = [k for k in COLUMNS if k not in tables and k not in OPTIONAL]
    if missing:
        raise SourceError(
            f"KITE tables {listing(missing)} are missing. Needed are "
            f"{', '.join(k for k in COLUMNS if k not in OPTIONAL)}; optional "
            f"{', '.join(OPTIONAL)}."
        )
    return tables


def _refuse_misspelt(names: Iterable[str]) -> None:
    """Names that are no table but look like one; others are left alone."""
    known = {*COLUMNS, *ALIASES, *UNUSED}
    hints = {str(k): did_you_mean(str(k), [*COLUMNS, *ALIASES]) for k in names if k not in known}
    problems = [
        f"'{k}' is no table of KITE's initial conditions.{h}" for k, h in hints.items() if h
    ]
    if problems:
        raise SourceError.collect("Rename the tables or take them out", problems)


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


def scatter(
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


def table_labels(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[str, ...]]:
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
