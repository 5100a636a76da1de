"""Readers of input-output technology: the 2014 calibration from the WIOD release of 2016."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

WIOD_REGIONS = (
    "AUS", "AUT", "BEL", "BGR", "BRA", "CAN", "CHE", "CHN", "CYP", "CZE", "DEU", "DNK", "ESP",
    "EST", "FIN", "FRA", "GBR", "GRC", "HRV", "HUN", "IDN", "IND", "IRL", "ITA", "JPN", "KOR",
    "LTU", "LUX", "LVA", "MEX", "MLT", "NLD", "NOR", "POL", "PRT", "ROU", "ROW", "RUS", "SVK",
    "SVN", "SWE", "TUR", "TWN", "USA",
)  # fmt: skip
WIOD_SECTORS = tuple(f"C{i:02d}" for i in range(1, 51))


def wiod_inputs(root: Path) -> Table:
    """Composition of intermediate inputs (region, input, sector, share), year 2014."""
    return read(root, "wiod_2014_cp", "inputs", _parse_inputs)


def wiod_industries(root: Path) -> Table:
    """Output (mn USD), value-added share and final share (region, sector), year 2014."""
    return read(root, "wiod_2014_cp", "industries", _parse_industries)


def _matrix(path: Path, rows: int, columns: int) -> np.ndarray:
    found = np.loadtxt(path, delimiter=",")
    if found.shape != (rows, columns):
        raise ValueError(f"{path.name} has shape {found.shape}, expected {(rows, columns)}")
    return found


def _parse_inputs(paths: tuple[Path, ...]) -> pd.DataFrame:
    n, s = len(WIOD_REGIONS), len(WIOD_SECTORS)
    names = pd.read_stata(paths[1])
    if tuple(names["sector"]) != WIOD_SECTORS:
        raise ValueError(f"{paths[1].name} lists other sectors than C01-C50")
    shares = _matrix(paths[0], n * s, s).reshape(n, s, s)
    index = pd.MultiIndex.from_product(
        [WIOD_REGIONS, WIOD_SECTORS, WIOD_SECTORS], names=["region", "input", "sector"]
    )
    return pd.DataFrame({"share": shares.reshape(-1)}, index=index).reset_index()


def _parse_industries(paths: tuple[Path, ...]) -> pd.DataFrame:
    n, s = len(WIOD_REGIONS), len(WIOD_SECTORS)
    value_added, final = _matrix(paths[0], s, n), _matrix(paths[1], s, n)
    trade = _matrix(paths[2], s * n, n).reshape(s, n, n)
    duty = _matrix(paths[3], s * n, n).reshape(s, n, n)
    spent = _matrix(paths[4], s, n)
    output = np.einsum("sji,sj->si", trade / duty, spent)
    index = pd.MultiIndex.from_product([WIOD_REGIONS, WIOD_SECTORS], names=["region", "sector"])
    columns = {"output": output, "value_added_share": value_added, "final_share": final}
    return pd.DataFrame({k: v.T.reshape(-1) for k, v in columns.items()}, index=index).reset_index()
