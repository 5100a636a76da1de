"""Write the tables of the room: ``python -m entrepot.channels.oil.build RAW [--sea]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from entrepot.channels.oil.build.distances import sea_km
from entrepot.channels.oil.build.flows import by_economy, by_pair, by_stream
from entrepot.channels.oil.build.history import REFERENCE, brent, indices
from entrepot.channels.oil.build.refining import capacity
from entrepot.channels.oil.data_files import yaml_of

FOLDER = Path(__file__).resolve().parents[1] / "data"
ABOUT_FLOWS = """\
# Crude by stream and refiner in {year}, thousand barrels a day, own refining too.
# Derived by python -m entrepot.channels.oil.build from importers' reports to the IEA, the Atlas of
# Economic Complexity (HS 27), headings of 2016 and the Statistical Review; groups, fitted.
"""
ABOUT_PAIRS = """\
# Crude by economy in {year}, thousand barrels a day, own refining on the diagonal: base_{year}.csv
# before groups are formed. Derived by python -m entrepot.channels.oil.build.
"""
ABOUT_REFINING = """\
# Refining capacity in {year}, thousand barrels a day, by groups of economies; each refiner of China
# has that of the country.  Derived from the Statistical Review of World Energy 2025.
"""
ABOUT_HISTORY = f"""\
# Output of streams, runs and capacity of refiners by year, {REFERENCE} = 1; rows below 1 kb/d then
# are left out.  Derived from the Statistical Review of World Energy 2025.
"""
ABOUT_BRENT = """\
# Brent, mean of the month, USD a barrel; US Energy Information Administration (public domain).
"""
ABOUT_SEA = """\
# Shortest ways by sea between ports of data/streams.yaml and data/refiners.yaml, km, without
# Panama; computed with searoute (G. Halili, Apache-2.0), for study, not for navigation.
"""


def write(name: str, about: str, table: pd.DataFrame) -> None:
    """Write one table with its heading."""
    text = about + table.to_csv(index=False, lineterminator="\n")
    (FOLDER / name).write_text(text, "utf-8")
    sys.stdout.write(f"{name}: {len(table)} rows\n")


def main() -> None:
    """Build all base years, and the distances if asked for."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("raw", type=Path, help="folder of raw data")
    read.add_argument("--sea", action="store_true", help="distances too (needs the extra sea)")
    given = read.parse_args()
    if given.sea:
        write("sea_km.csv", ABOUT_SEA, sea_km())
    write("history.csv", ABOUT_HISTORY, indices(given.raw))
    write("brent.csv", ABOUT_BRENT, brent(given.raw))
    for year in yaml_of("years.yaml"):
        kbd = by_economy(given.raw, int(year))
        write(f"refining_{year}.csv", ABOUT_REFINING.format(year=year), capacity(given.raw, year))
        write(f"pairs_{year}.csv", ABOUT_PAIRS.format(year=year), by_pair(kbd))
        write(f"base_{year}.csv", ABOUT_FLOWS.format(year=year), by_stream(kbd, int(year)))


if __name__ == "__main__":
    main()
