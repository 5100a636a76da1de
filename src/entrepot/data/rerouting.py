"""Readers of trade around Russia, 2017 to 2023: of the European Union, and of the neighbours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.table import Table

SOURCE: Final = "rerouting_2019_2024"
RUSSIA: Final = "Russian Federation"
_HUBS: Final = {"armenia": "Armenia", "kazakhstan": "Kazakhstan", "kyrgyz": "Kyrgyzstan",
                "uzbek": "Uzbekistan"}  # fmt: skip


def eu_exports(root: Path) -> Table:
    """Exports of goods of the Union of 27 (partner, year, eur), partners as Eurostat names them."""
    return read(root, SOURCE, "eu_exports", _parse_eu)


def hub_imports(root: Path) -> Table:
    """Imports of goods that four neighbours record (hub, partner, year, eur), euro.

    Armenia's 2023 is left out: the source holds January alone.
    """
    return read(root, SOURCE, "hub_imports", _parse_imports)


def hub_exports(root: Path) -> Table:
    """Exports of goods to Russia that three neighbours record (hub, year, kusd), thousand USD.

    Years that the source holds in part (Armenia 2023: January) are left out.
    """
    return read(root, SOURCE, "hub_exports", _parse_exports)


def _parse_eu(paths: tuple[Path, ...]) -> pd.DataFrame:
    raw = pd.concat([pd.read_csv(path) for path in paths])
    out = pd.DataFrame({
        "partner": raw["PARTNER"].astype(str),
        "year": raw["PERIOD"].str.extract(r"(\d{4})\D*$")[0].astype("int64"),
        "eur": raw["VALUE_IN_EUR"].astype("float64"),
    })  # fmt: skip
    return out.reset_index(drop=True)


def _parse_imports(paths: tuple[Path, ...]) -> pd.DataFrame:
    frames = []
    for path in paths:
        raw = pd.read_csv(path)
        frames.append(pd.DataFrame({
            "hub": _HUBS[path.name.split("_")[0]],
            "partner": raw["PARTNER"].astype(str),
            "year": raw["PERIOD"].str.removeprefix("Y").astype("int64"),
            "eur": raw["VALUE_IN_EUR"],
        }))  # fmt: skip
    out = pd.concat(frames, ignore_index=True).dropna(subset=["eur"])
    out = out[(out["hub"] != "Armenia") | (out["year"] != 2023)]
    return out.groupby(["hub", "partner", "year"])[["eur"]].sum().reset_index()


def _parse_exports(paths: tuple[Path, ...]) -> pd.DataFrame:
    armenia, *kazakhstan, kyrgyzstan = paths
    rows = [*_armenia(armenia), *_kyrgyzstan(kyrgyzstan)]
    found: dict[int, float] = {}
    for path in kazakhstan:
        found |= _kazakhstan(path)
    rows += [("Kazakhstan", year, value) for year, value in sorted(found.items())]
    return pd.DataFrame(rows, columns=["hub", "year", "kusd"])


def _armenia(path: Path) -> list[tuple[str, int, float]]:
    """Years of which all twelve months are there."""
    raw = pd.read_csv(path)
    raw = raw[raw["country"] == RUSSIA]
    raw["kusd"] = pd.to_numeric(raw["export"].str.replace(",", ""), errors="coerce")
    months = raw[raw["timeperiod"] != "Year"].groupby("year")["kusd"].count()
    whole = raw[(raw["timeperiod"] == "Year") & raw["year"].map(months).eq(12)]
    return [
        ("Armenia", int(y), float(v)) for y, v in zip(whole["year"], whole["kusd"], strict=True)
    ]


def _kyrgyzstan(path: Path) -> list[tuple[str, int, float]]:
    raw = pd.read_excel(path, header=None, engine="openpyxl")
    years = raw[raw.apply(lambda row: 2017 in row.tolist(), axis=1)].iloc[0]
    line = raw[raw[2].astype(str).str.strip().str.startswith("Russia")].iloc[0]
    pairs = zip(years.tolist(), line.tolist(), strict=True)
    return [
        ("Kyrgyzstan", int(year), float(value))
        for year, value in pairs
        if isinstance(year, int | float) and year == year and year >= 2017
    ]


def _kazakhstan(path: Path) -> dict[int, float]:
    """Exports to Russia by year: each workbook has a sheet for its year and the year before."""
    try:
        import xlrd  # here, because only builders read workbooks of the old format
    except ImportError as error:
        raise ImportError("xlrd reads workbooks of the old format") from error
    out = {}
    with xlrd.open_workbook(str(path)) as book:
        for name in book.sheet_names():
            year, sheet = name[-4:], book.sheet_by_name(name)
            if not year.isdigit() or sheet.ncols < 5:
                continue
            for k in range(sheet.nrows):
                if str(sheet.cell_value(k, 0)).strip() == "Россия":
                    out[int(year)] = float(sheet.cell_value(k, 3))
    return out
