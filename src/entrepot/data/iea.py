"""Readers of oil and gas imports by origin, as the importers report them."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

SOURCE = "iea_oil_gas"


def oil_imports(root: Path) -> Table:
    """Oil imports (importer, origin, product, year, kt), thousand tonnes, 2011-2020.

    Origins and importers that are aggregates keep the codes of the source (`OTHERAFRIC`,
    `NONSPEC`, `TOTIMPST` for the total, `OTO` for the OECD ...).
    """
    return read(root, SOURCE, "oil_imports", _parse_oil)


def early_oil_imports(root: Path) -> Table:
    """The same for 2000-2010."""
    return read(root, SOURCE, "early_oil_imports", _parse_oil)


def gas_imports(root: Path) -> Table:
    """Natural gas imports (importer, origin, year, mcm), million cubic metres, 2010-2021."""
    return read(root, SOURCE, "gas_imports", _parse_gas)


def _body(path: Path) -> pd.DataFrame:
    """Skip the YAML header between two lines of dashes; `NA` is no missing value here."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    start = text.index("\n", text.index("\n---", 4) + 1) + 1
    wanted = ["COUNTRY", "ORIGIN", "PRODUCT", "TIME", "Value"]
    frame = pd.read_csv(
        io.StringIO(text[start:]), usecols=wanted, keep_default_na=False, na_values={"Value": [""]}
    )
    return frame.dropna(subset=["Value"])


def _parse_oil(paths: tuple[Path, ...]) -> pd.DataFrame:
    frame = _body(paths[0])
    frame = frame[frame["Value"] > 0]
    names = {"COUNTRY": "importer", "ORIGIN": "origin", "PRODUCT": "product", "TIME": "year",
             "Value": "kt"}  # fmt: skip
    return frame.rename(columns=names)[list(names.values())].reset_index(drop=True)


def _parse_gas(paths: tuple[Path, ...]) -> pd.DataFrame:
    frame = _body(paths[0])
    frame = frame[(frame["Value"] > 0) & (frame["TIME"] >= 2010)]
    names = {"COUNTRY": "importer", "ORIGIN": "origin", "TIME": "year", "Value": "mcm"}
    return frame.rename(columns=names)[list(names.values())].reset_index(drop=True)
