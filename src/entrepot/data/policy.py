"""Readers of services trade, tariffs, trade elasticities and Iran's oil exports."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table


def services(root: Path) -> Table:
    """Services trade reported to the OECD (flow, reporter, partner, year, value), mn USD."""
    return read(root, "oecd_services", "services", _parse_services)


def tariffs(root: Path) -> Table:
    """Tariffs of 2017 (importer, exporter, sector, applied, mfn), per cent.

    Of the two variants of the source, the one without the top 5 per cent of tariff lines.
    """
    return read(root, "tariffs_2017", "tariffs", _parse_tariffs)


def elasticities(root: Path) -> Table:
    """Tariff elasticities by GTAP sector (gtap, epsilon), with the sign of the source."""
    return read(root, "elasticities", "gtap", _parse_elasticities)


def iran_oil(root: Path) -> Table:
    """Iran's exports of crude and condensate (year, million_barrels)."""
    return read(root, "iran_oil_annual", "exports", _parse_iran)


def _parse_services(paths: tuple[Path, ...]) -> pd.DataFrame:
    parts = []
    for flow, path in zip(("exports", "imports"), paths, strict=True):
        raw = pd.read_csv(path, usecols=["COU", "PAR", "YEA", "Value"], keep_default_na=False,
                          na_values={"Value": [""]})  # fmt: skip
        names = {"COU": "reporter", "PAR": "partner", "YEA": "year", "Value": "value"}
        parts.append(raw.rename(columns=names).dropna(subset=["value"]).assign(flow=flow))
    return pd.concat(parts, ignore_index=True)[["flow", "reporter", "partner", "year", "value"]]


def _parse_tariffs(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0])
    names = {"Importer": "importer", "Exporter": "exporter", "Sector": "sector",
             "tariff95": "applied", "mfn95": "mfn"}  # fmt: skip
    return raw[list(names)].rename(columns=names)


def _parse_elasticities(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_stata(paths[0])
    names = {"gtap_sector": "gtap", "epsilon_GTAP": "epsilon"}
    frame = raw.rename(columns=names)[list(names.values())]
    return frame.astype({"epsilon": float}).dropna(subset=["epsilon"]).reset_index(drop=True)


def _parse_iran(paths: tuple[Path, ...]) -> pd.DataFrame:
    return pd.read_csv(paths[0])[["year", "million_barrels"]]
