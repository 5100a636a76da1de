"""Readers of goods trade: HS chapters, HS headings, BACI totals, and of distances."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

# Codes of 2010 and before that GeoDist keeps, and today's.
_GEODIST_RENAMED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS", "PAL": "PSE"}


def atlas_bilateral(root: Path) -> Table:
    """Goods trade (year, exporter, importer, hs2, value_usd), 2010-2020, USD."""
    return read(root, "atlas_hs2", "bilateral", _parse_parquet)


def hs4_exports(root: Path) -> Table:
    """Exports of 2016 by HS heading named in words (exporter, product, value_usd), USD."""
    return read(root, "hs4_exports_2016", "exports", _parse_hs4)


def baci_totals(root: Path) -> Table:
    """Goods trade of 2023 (exporter, importer, value_kusd_2023), thousand USD."""
    return read(root, "baci_2023", "totals", _parse_parquet)


def geodist(root: Path) -> Table:
    """Distances in km and dummies by pair (origin, dest, dist, contig, comlang_off)."""
    return read(root, "geodist", "pairs", _parse_geodist)


def _parse_parquet(paths: tuple[Path, ...]) -> pd.DataFrame:
    return pd.read_parquet(paths[0])


def _parse_hs4(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_parquet(paths[0]).rename(columns={"iso3": "exporter", "usd_2016": "value_usd"})
    return raw.groupby(["exporter", "product"])[["value_usd"]].sum().reset_index()


def _parse_geodist(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0], sep=";", na_values=".", keep_default_na=False)
    raw = raw.rename(columns={"iso_o": "origin", "iso_d": "dest"})
    for column in ("origin", "dest"):
        raw[column] = raw[column].replace(_GEODIST_RENAMED)
    return raw[["origin", "dest", "dist", "contig", "comlang_off"]]
