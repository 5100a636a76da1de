"""Value per tonne by sector: ``python -m ...routes.values_build trade_volume_conversion.json``.

Value over weight of world trade by chapter of the Harmonised System, summed to sectors with the
concordance of the worlds.  Chapter 27 lumps crude, gas and products, whose values stand in
`rates.yaml` instead.  Left out: chapter 71, a tonne of which is gold, and 88 and 89, where the
ships and aircraft carry themselves.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

import pandas as pd

LEFT_OUT: Final = ("27", "71", "88", "89")

TERMS: Final = """\
# USD a tonne of world trade by sector: value over weight by HS chapter, summed to sectors.
# From the conversion table of a data set on maritime trade and choke points (chapters 27, 71, 88
# and 89 left out); its terms are not stated, the ratios are facts of trade statistics.
# Built by python -m entrepot.channels.routes.values_build.
"""


def sector_values(raw: dict[str, dict[str, float]]) -> pd.Series[float]:
    """USD a tonne by sector from `total_value_usd` and `total_weight_tons` by chapter."""
    table = files("entrepot.world.build") / "tables" / "hs2_sectors.csv"
    lines = pd.read_csv(Path(str(table)), dtype={"hs2": str})
    lines = lines[~lines["hs2"].isin(LEFT_OUT)]
    chapter = lines["hs2"].str.lstrip("0")
    value = chapter.map({k: v["total_value_usd"] for k, v in raw.items()}) * lines["share"]
    weight = chapter.map({k: v["total_weight_tons"] for k, v in raw.items()}) * lines["share"]
    by = lines["sector"]
    return value.groupby(by).sum() / weight.groupby(by).sum()


def main(argv: list[str]) -> None:
    """Write `values.csv` into the package."""
    values = sector_values(json.loads(Path(argv[0]).read_text("utf-8")))
    path = Path(__file__).parent / "data" / "values.csv"
    rows = "\n".join(f"{sector},{usd:.0f}" for sector, usd in values.items())
    path.write_text(f"{TERMS}sector,usd_per_tonne\n{rows}\n", "utf-8")
    sys.stdout.write(f"{len(values)} sectors written to {path}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
