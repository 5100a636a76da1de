"""Readers of national accounts, output by sector, and GDP."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

_UN_COLUMNS = {
    "Country": "country",
    "Year": "year",
    "GDP": "gdp",
    "Household_consumption_expenditure_(including_Non-profit _institutions_serving _households)":
        "household",
    "General_government_expenditure": "government",
    "Gross_capital_formation": "capital",
    "Exports": "exports",
    "Imports": "imports",
    "Agriculture_hunting_forestry_fishing_(ISIC_A-B)": "agriculture",
    "Mining_Manufacturing,_Utilities_(ISIC_C-E)": "mining_utilities",
    "Manufacturing_(ISIC_D)": "manufacturing",
    "Construction_(ISIC_F)": "construction",
    "Wholesale_retail_trade_restaurants_and_hotels_(ISIC_G-H)": "trade_hotels",
    "Transport_storage_and_communication_(ISIC_I)": "transport_communication",
    "Other_Activities_(ISIC_J-P)": "other_services",
    "Total_Value_Added": "value_added",
}  # fmt: skip

_FACTBOOK_COLUMNS = {
    "gec": "code",
    "name": "name",
    "gdp_usd": "gdp",
    "gdp_usd_year": "gdp_year",
    "exports": "exports",
    "exports_year": "exports_year",
    "imports": "imports",
    "oil_prod_bpd": "oil_production",
    "oil_prod_bpd_year": "oil_year",
    "gas_prod_cm": "gas_production",
    "gas_exp_cm": "gas_exports",
    "gas_prod_cm_year": "gas_year",
}


def un_aggregates(root: Path) -> Table:
    """UN main aggregates by country name and year, mn USD (branch C-E less D is mining)."""
    return read(root, "un_national_accounts", "aggregates", _parse_un)


def adb_summary(root: Path) -> Table:
    """Output, value added and domestic sales by economy and sector c1-c35, mn USD.

    The raw column ``e`` is domestic sales (``ez`` to producers, ``ey`` to final users); exports
    are output less domestic sales.
    """
    return read(root, "adb_mrio", "summary", _parse_adb)


def gdp_2023(root: Path) -> Table:
    """GDP of 2023 (region, gdp), mn USD."""
    return read(root, "gdp_2023", "gdp", _parse_gdp)


def factbook_economy(root: Path) -> Table:
    """GDP, trade, oil and gas of the World Factbook by its own two-letter code."""
    return read(root, "factbook", "economy", _parse_factbook)


def _parse_un(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0])
    raw = raw.rename(columns={c: c.strip() for c in raw.columns})[list(_UN_COLUMNS)]
    raw = raw.rename(columns=_UN_COLUMNS)
    raw["country"] = raw["country"].str.strip()
    money = [c for c in raw.columns if c not in ("country", "year")]
    raw[money] = raw[money].astype("float64") / 1e6
    raw["mining_utilities"] = raw["mining_utilities"] - raw["manufacturing"]
    return raw[raw["gdp"].notna()].reset_index(drop=True)


def _parse_adb(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_parquet(paths[0])
    names = pd.read_excel(paths[1], sheet_name="Consolidated")
    names = names[names["mrio"].notna()].set_index(names["mrio"][names["mrio"].notna()].astype(int))
    out = pd.DataFrame(
        {
            "year": raw["t"],
            "region": raw["s"].map(names["iso_a3"]),
            "sector": "c" + raw["i"].astype(str),
            "output": raw["x"],
            "value_added": raw["va"],
            "domestic_intermediate": raw["ez"],
            "domestic_final": raw["ey"],
        }
    )
    gap = (raw["ez"] + raw["ey"] - raw["e"]).abs().max()
    if not gap < 1.0:
        raise ValueError(f"domestic sales e differ from ez + ey by {gap:g} mn USD")
    return out


def _parse_gdp(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0])
    return pd.DataFrame({"region": raw.iloc[:, 0], "gdp": raw["gdp_usd"] / 1e6})


def _parse_factbook(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0], keep_default_na=True)
    out = raw[list(_FACTBOOK_COLUMNS)].rename(columns=_FACTBOOK_COLUMNS)
    for column in ("gdp", "exports", "imports"):
        out[column] = out[column] / 1e6
    out["oil_production"] = out["oil_production"] / 1e3
    for column in ("gas_production", "gas_exports"):
        out[column] = out[column] / 1e9
    return out
