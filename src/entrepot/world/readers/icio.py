"""OECD inter-country input-output tables (ICIO), csv, editions 2018 to 2025."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import SourceError
from entrepot.core.labels import listing
from entrepot.world.iot import from_iot
from entrepot.world.readers.blocks import blocks, existing, numbers
from entrepot.world.world import World

FINAL = ("HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DPABR", "DIRP", "P33", "FD")
"""Final-demand categories over all editions; ``INVNT`` (``INV``) are changes of stocks."""
STOCKS = ("INVNT", "INV")
VALUE_ADDED = ("VA", "VALU")
TAXES = ("TLS", "TAXSUB")
"""One row, or one for each country as in ``AUS_TAXSUB``; a table may have none."""
OUTPUT_ROWS = ("OUT", "OUTPUT")
TOTAL_COLUMNS = ("OUT", "TOTAL")
SPLITS = {"CN1": "CHN", "CN2": "CHN", "MX1": "MEX", "MX2": "MEX"}
"""Processing and other firms of China and Mexico in the extended tables."""
ASSERTED = 1e-3
"""Rows and columns must add up to the table's own output to this part of the world's largest."""
SOURCE = {
    "oecd_icio": {
        "title": "Inter-Country Input-Output tables",
        "publisher": "OECD",
        "licence": "CC BY 4.0 (editions from 2023; see the OECD terms for older ones)",
    }
}


def _one(labels: pd.Index[Any], names: tuple[str, ...], what: str, where: str) -> str:
    found = [x for x in names if x in labels]
    if len(found) != 1:
        raise SourceError(
            f"{where} has {'no' if not found else 'more than one'} {what} (looked for "
            f"{', '.join(names)}). It is not an ICIO table, or the edition has changed."
        )
    return found[0]


def _split(label: str) -> tuple[str, str]:
    region, _, rest = label.partition("_")
    return SPLITS.get(region, region), rest


def _columns(frame: pd.DataFrame, rows: list[str], where: str) -> tuple[list[str], list[str]]:
    """Columns of intermediate use and of final demand; anything else is refused."""
    known, total = set(rows), set(TOTAL_COLUMNS)
    users = [c for c in frame.columns if c in known]
    final = [c for c in frame.columns if c not in known and _split(c)[1] in FINAL]
    odd = [c for c in frame.columns if c not in known | set(final) | total]
    missing = sorted(known - set(users))
    if odd or missing:
        raise SourceError(
            f"{where}: columns are not those of an ICIO table; unknown {listing(odd) or 'none'}, "
            f"missing {listing(missing) or 'none'}. Known final demand: {', '.join(FINAL)}."
        )
    if not final:
        raise SourceError(f"{where} has no final-demand columns such as AUS_HFCE. Check the file.")
    return users, final


def _merged(frame: pd.DataFrame) -> pd.DataFrame:
    """Two-level labels on both sides; processing regions are added to their country."""
    for _ in range(2):
        pairs = [_split(str(x)) for x in frame.index]
        frame = frame.set_axis(pd.MultiIndex.from_tuples(pairs), axis=0)
        if not frame.index.is_unique:
            frame = frame.groupby(level=[0, 1], sort=False).sum()
        frame = frame.T
    return frame


def _assert_adds_up(
    sums: np.ndarray, stated: np.ndarray, labels: list[str], what: str, where: str
) -> None:
    gap = np.abs(sums - stated) / max(float(np.abs(stated).max()), 1e-300)
    if gap.max() > ASSERTED:
        worst = int(np.argmax(gap))
        raise SourceError(
            f"{where}: assertion '{what}' fails at {labels[worst]}, {sums[worst]:.6g} against "
            f"{stated[worst]:.6g}. The file lost rows or columns; take a fresh copy."
        )


def read_icio(
    path: Path | str,
    *,
    year: int | None = None,
    tariff: Any = None,
    export_tax: Any = None,
    theta: Any = None,
    **options: Any,
) -> World:
    """Make a world from a csv of the OECD ICIO tables.

    Rows and columns are called ``AUS_A01_02``; final demand ``AUS_HFCE`` ... ``AUS_INVNT``,
    ``AUS_DPABR``; rows ``TLS`` (``TAXSUB``), ``VA`` (``VALU``), ``OUT`` (``OUTPUT``) and the column
    ``OUT`` (``TOTAL``) close it.  ``CN1``, ``CN2``, ``MX1``, ``MX2`` of the extended tables are
    added to China and Mexico.  Changes of stocks are removed (`entrepot.world.iot`); taxes less
    subsidies on inputs stay in value added, those on final demand are left out.

    Parameters
    ----------
    path : csv file, plain or compressed
    year : base year; else the four digits in the file's name, if there are any
    tariff, export_tax, theta, options : as in `from_iot` (``uses="pooled"`` for one mix)

    Raises
    ------
    SourceError, LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    file = existing(path, "ICIO table")
    where = f"ICIO table '{file.name}'"
    try:
        frame = pd.read_csv(file, index_col=0)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError, OSError) as error:
        raise SourceError(f"{where} is not a readable csv ({error}). Take a fresh copy.") from error
    frame.index = frame.index.astype(str)
    if not frame.index.is_unique:
        again = sorted(set(frame.index[frame.index.duplicated()]))
        raise SourceError(f"{where} repeats the rows {listing(again)}. Take a fresh copy.")
    value_added = _one(frame.index, VALUE_ADDED, "row of value added", where)
    taxes = [x for x in frame.index if x.rpartition("_")[2] in TAXES]
    total = _one(frame.index, OUTPUT_ROWS, "row of output", where)
    column = _one(frame.columns, TOTAL_COLUMNS, "column of output", where)
    rows = [x for x in frame.index if x not in {value_added, total, *taxes}]
    users, final = _columns(frame, rows, where)
    flows = numbers(frame.loc[rows, users + final], where)
    stated = numbers(frame.loc[rows, [column]], where)[:, 0]
    _assert_adds_up(flows.sum(axis=1), stated, rows, "rows add up to OUT", where)
    below = numbers(frame.loc[[total, value_added, *taxes], users], where)
    costs = flows[:, : len(users)].sum(axis=0) + below[1:].sum(axis=0)
    _assert_adds_up(costs, below[0], users, "inputs, TLS and VA add up to OUT", where)
    found = blocks(_merged(frame.loc[rows, users]), _merged(frame.loc[rows, final]), where)
    stocks = [c for c in STOCKS if c in found.categories]
    digits = re.findall(r"(?:19|20)\d\d", file.stem)
    options.setdefault("name", file.stem)
    options.setdefault("sources", SOURCE)
    return from_iot(
        found.inter,
        found.final,
        regions=found.regions,
        sectors=found.sectors,
        inventories=found.positions(stocks, where),
        tariff=tariff,
        export_tax=export_tax,
        theta=theta,
        year=year or (int(digits[-1]) if digits else None),
        **options,
    )
