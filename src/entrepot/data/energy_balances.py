"""Readers of energy production, consumption and prices from the Statistical Review."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from entrepot.data.manifest import read
from entrepot.data.required import require_labels
from entrepot.data.table import Table

_SHEETS = {
    "crude": "Crude+cond production - barrels",
    "ngl": "NGLs production - barrels",
    "oil_use": "Liquids Consumption - barrels",
    "throughput": "Oil refinery - throughput",
    "gas": "Gas Production - Bcm",
    "gas_use": "Gas Consumption - Bcm",
    "coal": "Coal Production - EJ",
    "gas_power": "Gas inputs - Elec generation",
    "coal_power": "Coal inputs - Elec generation ",
}
_PRICE_SHEET = "Spot crude prices"

PLACE_TO_REGION = {
    "Canada": "CAN", "Mexico": "MEX", "US": "USA", "Argentina": "ARG", "Brazil": "BRA",
    "Chile": "CHL", "Colombia": "COL", "Venezuela": "VEN", "Austria": "AUT", "Belgium": "BEL",
    "Bulgaria": "BGR", "Croatia": "HRV", "Cyprus": "CYP", "Czech Republic": "CZE",
    "Denmark": "DNK", "Estonia": "EST", "Finland": "FIN", "France": "FRA", "Germany": "DEU",
    "Greece": "GRC", "Hungary": "HUN", "Ireland": "IRL", "Italy": "ITA", "Latvia": "LVA",
    "Lithuania": "LTU", "Luxembourg": "LUX", "Netherlands": "NLD", "Norway": "NOR",
    "Poland": "POL", "Portugal": "PRT", "Romania": "ROU", "Slovakia": "SVK", "Slovenia": "SVN",
    "Spain": "ESP", "Sweden": "SWE", "Switzerland": "CHE", "Turkey": "TUR", "Ukraine": "UKR",
    "United Kingdom": "GBR", "Azerbaijan": "AZE", "Belarus": "BLR", "Kazakhstan": "KAZ",
    "Russian Federation": "RUS", "Turkmenistan": "TKM", "Uzbekistan": "UZB", "Bahrain": "BHR",
    "Iran": "IRN", "Iraq": "IRQ", "Israel": "ISR", "Kuwait": "KWT", "Oman": "OMN",
    "Qatar": "QAT", "Saudi Arabia": "SAU", "Syria": "SYR", "United Arab Emirates": "ARE",
    "Algeria": "DZA", "Egypt": "EGY", "Libya": "LBY", "Nigeria": "NGA", "South Africa": "ZAF",
    "Australia": "AUS", "Bangladesh": "BGD", "China": "CHN", "China Hong Kong SAR": "HKG",
    "India": "IND", "Indonesia": "IDN", "Japan": "JPN", "Malaysia": "MYS", "Pakistan": "PAK",
    "Philippines": "PHL", "Singapore": "SGP", "South Korea": "KOR", "Taiwan": "TWN",
    "Thailand": "THA", "Vietnam": "VNM",
}  # fmt: skip


def energy_series(root: Path) -> Table:
    """Production and use (series, place, year, value) by the Review's own place names."""
    return read(root, "energy_institute_2025", "series", _parse_series)


# Places of `PLACE_TO_REGION` that have a row of their own, or have none, in each series.
_OIL = (
    "Canada", "Mexico", "US", "Argentina", "Brazil", "Colombia", "Venezuela", "Denmark", "Italy",
    "Norway", "Romania", "United Kingdom", "Azerbaijan", "Kazakhstan", "Russian Federation",
    "Turkmenistan", "Uzbekistan", "Iran", "Iraq", "Kuwait", "Oman", "Qatar", "Saudi Arabia",
    "Syria", "United Arab Emirates", "Algeria", "Egypt", "Libya", "Nigeria", "Australia", "China",
    "India", "Indonesia", "Malaysia", "Thailand", "Vietnam",
)  # fmt: skip
_GAS = (
    *(p for p in _OIL),
    "Germany", "Netherlands", "Poland", "Ukraine", "Bahrain", "Israel", "Bangladesh", "Pakistan",
)  # fmt: skip
_POWER = (
    "Canada", "Mexico", "US", "Argentina", "Brazil", "France", "Germany", "Italy", "Netherlands",
    "Poland", "Spain", "Turkey", "Ukraine", "United Kingdom", "Kazakhstan", "Russian Federation",
    "Iran", "Saudi Arabia", "United Arab Emirates", "Egypt", "South Africa", "Australia", "China",
    "India", "Indonesia", "Japan", "Malaysia", "South Korea", "Taiwan", "Thailand", "Vietnam",
)  # fmt: skip
_UNREFINED = ("Croatia", "Cyprus", "Estonia", "Latvia", "Luxembourg", "Slovenia", "Syria", "Libya",
              "China Hong Kong SAR")  # fmt: skip
_UNUSED = ("Bahrain", "Syria", "Libya", "Nigeria")
LISTED: dict[str, tuple[str, ...]] = {
    "crude": _OIL,
    "ngl": _OIL,
    "gas": _GAS,
    "gas_power": _POWER,
    "coal_power": _POWER,
    "throughput": tuple(p for p in PLACE_TO_REGION if p not in _UNREFINED),
    "gas_use": tuple(p for p in PLACE_TO_REGION if p not in _UNUSED),
    "oil_use": tuple(p for p in PLACE_TO_REGION if p not in _UNUSED),
}
WORLD = "Total World"


def by_place(frame: pd.DataFrame, series: str, year: int) -> pd.Series:
    """One series of one year by place; every place in `LISTED` and the world must be there."""
    rows = frame[(frame["series"] == series) & (frame["year"] == year)].set_index("place")["value"]
    require_labels(rows.index, (*LISTED.get(series, ()), WORLD), "energy_institute_2025",
                   "series", f"'place' of {series} in {year}")  # fmt: skip
    return rows


def crude_prices(root: Path) -> Table:
    """Annual spot prices of Dubai and Brent (series, year, value), USD a barrel."""
    return read(root, "energy_institute_2025", "prices", _parse_prices)


def _parse_series(paths: tuple[Path, ...]) -> pd.DataFrame:
    with _book(paths[0]) as book:
        return pd.concat([_tidy(book, name, sheet) for name, sheet in _SHEETS.items()])


def _book(path: Path) -> pd.ExcelFile:
    try:
        return pd.ExcelFile(path, engine="openpyxl")
    except zipfile.BadZipFile as error:
        raise ValueError(f"{path.name} is no workbook ({error})") from error


def _tidy(book: pd.ExcelFile, name: str, sheet: str) -> pd.DataFrame:
    raw = pd.read_excel(book, sheet_name=sheet, header=None)
    head = raw.iloc[2]
    years: dict[int, int] = {}
    for column, label in head.items():
        # The growth and share columns at the end repeat the last year: the first one counts.
        if isinstance(label, int | float) and label == label and 1900 < label < 2100:
            years.setdefault(int(label), int(str(column)))
    out = raw[[0, *years.values()]].set_axis(["place", *years], axis=1)
    out = out.melt("place", var_name="year")
    out["value"] = pd.to_numeric(out["value"], errors="coerce")
    out = out[out["value"].notna() & out["place"].notna()]
    out["place"] = out["place"].astype(str).str.strip()
    out["year"] = out["year"].astype("int64")
    out.insert(0, "series", name)
    return out.reset_index(drop=True)


def _parse_prices(paths: tuple[Path, ...]) -> pd.DataFrame:
    with _book(paths[0]) as book:
        raw = pd.read_excel(book, sheet_name=_PRICE_SHEET, header=None)
    year = pd.to_numeric(raw[0], errors="coerce")
    wide = pd.DataFrame({"year": year, "dubai": raw[1], "brent": raw[2]})
    wide = wide[year.between(1900, 2100)]
    out = wide.melt("year", var_name="series")[["series", "year", "value"]]
    out["value"] = pd.to_numeric(out["value"], errors="coerce")
    out["year"] = out["year"].astype("int64")
    return out[out["value"].notna()].reset_index(drop=True)
