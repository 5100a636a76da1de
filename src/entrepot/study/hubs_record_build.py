"""The table of what customs recorded around Russia, from raw data.

``python -m entrepot.study.hubs_record_build FOLDER`` writes it anew from the source
``rerouting_2019_2024`` in a folder of raw data.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pandas as pd

from entrepot.data import rerouting
from entrepot.study.hubs_record import TABLE

EU: Final = "EU27"
OTHERS: Final = "OTHERS"
"""All other partners outside the Union: what its exports do where nothing is re-routed."""
PARTNERS: Final = {
    "Armenia": "ARM", "Azerbaijan": "AZE", "China": "CHN", "Georgia": "GEO", "Hong Kong": "HKG",
    "India": "IND", "Kazakhstan": "KAZ", "Kyrgyzstan": "KGZ", "Mongolia": "MNG", "Serbia": "SRB",
    "Tajikistan": "TJK", "Türkiye": "TUR", "United Arab Emirates": "ARE", "Uzbekistan": "UZB",
    "Russian Federation (Russia)": "RUS",
}  # fmt: skip
"""Names of Eurostat."""
APART: Final = ("Belarus", "Ukraine")
"""Neighbours at war or under much the same measures: in no line of the table."""
MEMBERS: Final = (
    "Austria", "Belgium", "Bulgaria", "Croatia", "Cyprus", "Czechia", "Denmark", "Estonia",
    "Finland", "France", "Germany", "Greece", "Hungary", "Ireland", "Italy", "Latvia", "Lithuania",
    "Luxembourg", "Malta", "Netherlands", "Poland", "Portugal", "Romania", "Slovakia", "Slovenia",
    "Spain", "Sweden",
)  # fmt: skip
SUMS: Final = ("Extra-EU", "Intra-EU", "Countries and territories", "Stores and provisions")
UNION: Final = "European Union - 27 countries (from 2020)"


def built_record(root: Path) -> pd.DataFrame:
    """Return the table: series, hub, year, value."""
    frames = [_eu_exports(root), _imports(root), _exports(root)]
    out = pd.concat(frames, ignore_index=True)
    return out.sort_values(["series", "hub", "year"], ignore_index=True).round({"value": 1})


def _eu_exports(root: Path) -> pd.DataFrame:
    raw = rerouting.eu_exports(root).frame
    known = raw["partner"].map(PARTNERS)
    left = raw["partner"].str.startswith((*APART, *MEMBERS, *SUMS))
    hub = known.where(known.notna(), OTHERS)
    kept = raw.assign(hub=hub)[known.notna() | ~left]
    out = kept.groupby(["hub", "year"])["eur"].sum().div(1e6).rename("value").reset_index()
    return out.assign(series="eu_exports")


def _imports(root: Path) -> pd.DataFrame:
    raw = rerouting.hub_imports(root).frame
    raw = raw[raw["partner"] == UNION]
    out = raw.assign(hub=raw["hub"].map(PARTNERS), value=raw["eur"] / 1e6, series="imports_from_eu")
    return out[["series", "hub", "year", "value"]]


def _exports(root: Path) -> pd.DataFrame:
    raw = rerouting.hub_exports(root).frame
    out = raw.assign(hub=raw["hub"].map(PARTNERS), value=raw["kusd"] / 1e3,
                     series="exports_to_russia")  # fmt: skip
    return out[["series", "hub", "year", "value"]]


def table_text(record: pd.DataFrame) -> str:
    """Return the file."""
    lines = [f"{r.series},{r.hub},{r.year},{r.value:.1f}" for r in record.itertuples()]
    return "\n".join(["series,hub,year,value", *lines]) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name(TABLE).write_text(table_text(built_record(Path(sys.argv[1]))), "utf-8")
