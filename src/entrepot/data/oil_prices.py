"""Reader of monthly prices of crude."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table


def brent_by_month(root: Path) -> Table:
    """Mean of Brent by month (month like 2016-01, usd a barrel)."""
    return read(root, "oil_prices", "brent", _parse)


def _parse(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.read_csv(paths[0])
    return pd.DataFrame({"month": raw["Date"].astype(str).str[:7], "usd": raw["Price"]})
