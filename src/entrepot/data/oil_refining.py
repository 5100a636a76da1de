"""Reader of refining capacity from the Statistical Review."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

SOURCE = "energy_institute_2025"
_SHEET = "Oil refinery - capacity"
_LAST = "Total World"


def refining_capacity(root: Path) -> Table:
    """Atmospheric distillation capacity at year end (place, year, kbd), by the Review's places."""
    return read(root, SOURCE, "refining_capacity", _parse)


def _parse(paths: tuple[Path, ...]) -> pd.DataFrame:
    try:
        raw = pd.read_excel(paths[0], sheet_name=_SHEET, header=None, engine="openpyxl")
    except zipfile.BadZipFile as error:
        raise ValueError(f"{paths[0].name} is no workbook ({error})") from error
    years: dict[int, int] = {}
    for column, label in raw.iloc[2].items():
        # Growth and share columns at the end repeat the last year: the first one counts.
        if isinstance(label, int | float) and label == label and 1900 < label < 2100:
            years.setdefault(int(label), int(str(column)))
    names = raw[0].astype(str).str.strip()
    end = int(names[names == _LAST].index[0])
    rows = raw.loc[3:end, [0, *years.values()]].set_axis(["place", *years], axis=1)
    out = rows.dropna(subset=["place"]).melt("place", var_name="year", value_name="kbd")
    out["place"] = out["place"].astype(str).str.strip()
    out["year"] = out["year"].astype("int64")
    out["kbd"] = pd.to_numeric(out["kbd"], errors="coerce")
    return out[out["kbd"].notna()].reset_index(drop=True)
