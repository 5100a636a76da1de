"""Readers of oil and gas trade, LNG exports and gas prices from the Statistical Review.

Areas keep the names of the Review (`Other Middle East`, `Europe`, `UAE` ...); `energy_balances`
reads production and use by country.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

SOURCE = "energy_institute_2025"

_OIL_FLOWS = (("crude", "imports"), ("product", "imports"), ("crude", "exports"),
              ("product", "exports"))  # fmt: skip
_GAS_HEADS = {
    "Gas trade 2024 - LNG": (
        "lng", 4,
        ("US", "Peru", "Trinidad & Tobago", "Other Americas", "Norway", "Other Europe",
         "Russian Federation", "Oman", "Qatar", "United Arab Emirates", "Yemen", "Algeria",
         "Angola", "Egypt", "Nigeria", "Other Africa", "Australia", "Brunei", "Indonesia",
         "Malaysia", "Papua New Guinea", "Other Asia Pacific"),
    ),
    "Gas trade 2024 - pipeline": (
        "pipeline", 3,
        ("Canada", "Mexico", "US", "Bolivia", "Other S. & Cent. America", "Norway",
         "Other Europe", "Azerbaijan", "Kazakhstan", "Russian Federation", "Turkmenistan",
         "Uzbekistan", "Iran", "Qatar", "Other Middle East", "Algeria", "Libya", "Other Africa",
         "Indonesia", "Myanmar", "Other Asia Pacific"),
    ),
}  # fmt: skip


AREA_SUMS = ("North America", "S. & Cent. America", "Europe", "Middle East & Africa",
             "Asia Pacific", "CIS", "Middle East", "Africa")  # fmt: skip
"""Rows of the gas matrices that add up others."""


def oil_trade(root: Path) -> Table:
    """Crude and product trade of 2023 and 2024 (area, year, product, flow, kbd)."""
    return read(root, SOURCE, "oil_trade", _parse_oil_trade)


def oil_movements(root: Path) -> Table:
    """Inter-area oil movements of 2024 (product, origin, dest, mt), million tonnes."""
    return read(root, SOURCE, "oil_movements", _parse_oil_movements)


def gas_movements(root: Path) -> Table:
    """Gas trade of 2024 by LNG and pipeline (mode, origin, dest, bcm)."""
    return read(root, SOURCE, "gas_movements", _parse_gas_movements)


def lng_exports(root: Path) -> Table:
    """Exports of liquefied gas (place, year, bcm), billion cubic metres, from 2000."""
    return read(root, SOURCE, "lng_exports", _parse_lng)


def gas_prices(root: Path) -> Table:
    """Gas prices (year, marker, value), USD a million Btu."""
    return read(root, SOURCE, "gas_prices", _parse_prices)


def _rows(path: Path, sheets: tuple[str, ...]) -> dict[str, list[tuple[Any, ...]]]:
    with pd.ExcelFile(path, engine="openpyxl") as book:
        frames = {name: pd.read_excel(book, sheet_name=name, header=None) for name in sheets}
    return {
        name: [tuple(None if pd.isna(v) else v for v in row) for row in frame.itertuples(False)]
        for name, frame in frames.items()
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _name(value: Any) -> str:
    return str(value).strip().rstrip("*").strip()


def _parse_lng(paths: tuple[Path, ...]) -> pd.DataFrame:
    rows = _rows(paths[0], ("Gas - LNG exports bcm",))["Gas - LNG exports bcm"]
    head = next(row for row in rows if 2017 in row and 2023 in row)
    years = {int(v): k for k, v in reversed(list(enumerate(head))) if _is_number(v) and v >= 2000}
    records = []
    for row in rows[rows.index(head) + 1 :]:
        if row[0] is None or str(row[0]).startswith("Source"):
            break
        records += [
            (_name(row[0]), year, float(row[k])) for year, k in years.items() if _is_number(row[k])
        ]
    return pd.DataFrame(records, columns=["place", "year", "bcm"])


def _parse_oil_trade(paths: tuple[Path, ...]) -> pd.DataFrame:
    rows = _rows(paths[0], ("Oil - Trade movements in 23-24",))["Oil - Trade movements in 23-24"]
    start = next(k for k, r in enumerate(rows) if r[0] == "Thousand barrels daily") + 1
    records = []
    for row in rows[start:]:
        name = _name(row[0])
        if name == "Total World":
            break
        for k, (product, flow) in enumerate(_OIL_FLOWS):
            for year, offset in ((2023, 1), (2024, 5)):
                records.append((name, year, product, flow, row[k + offset]))
    columns = ["area", "year", "product", "flow", "kbd"]
    return pd.DataFrame(records, columns=columns).astype({"kbd": float})


def _parse_oil_movements(paths: tuple[Path, ...]) -> pd.DataFrame:
    rows = _rows(paths[0], ("Oil - Inter-area movements",))["Oil - Inter-area movements"]
    head: list[str] = []
    product = ""
    records = []
    for row in rows:
        first = _name(row[0]) if row[0] is not None else ""
        if first in ("Crude (million tonnes)", "Product (million tonnes)"):
            product = first.split()[0].lower()
            head = [_name(v) for v in row[1:] if v is not None] if product == "crude" else head
        elif product and first and first not in ("From", "Total imports") and _is_number(row[1]):
            records += [
                (product, first, dest, float(value))
                for dest, value in zip(head, row[1:], strict=False)
                if dest != "Total"
            ]
    return pd.DataFrame(records, columns=["product", "origin", "dest", "mt"])


def _parse_gas_movements(paths: tuple[Path, ...]) -> pd.DataFrame:
    records = []
    for sheet, rows in _rows(paths[0], tuple(_GAS_HEADS)).items():
        mode, first, origins = _GAS_HEADS[sheet]
        for row in rows[first:]:
            if row[0] is None or _name(row[0]) == "Total exports":
                break
            records += [
                (mode, origin, _name(row[0]), float(value))
                for origin, value in zip(origins, row[1:], strict=False)
            ]
    return pd.DataFrame(records, columns=["mode", "origin", "dest", "bcm"])


def _parse_prices(paths: tuple[Path, ...]) -> pd.DataFrame:
    wanted = {
        "Gas Prices ": {"japan": 1, "korea": 2, "china": 4, "ttf": 9, "henry_hub": 10},
    }
    records = [
        (int(row[0]), marker, float(row[k]))
        for sheet, rows in _rows(paths[0], tuple(wanted)).items()
        for row in rows
        if _is_number(row[0])
        for marker, k in wanted[sheet].items()
        if _is_number(row[k])
    ]
    return pd.DataFrame(records, columns=["year", "marker", "value"])
