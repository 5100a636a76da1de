"""The door of the build: from the folder of raw data to one of the bundled worlds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from entrepot.core.errors import LabelError, SourceError, did_you_mean
from entrepot.data.manifest import manifest
from entrepot.world.build import report
from entrepot.world.build.assemble import Targets, balanced, targets
from entrepot.world.build.balance import Book
from entrepot.world.build.concordance import TITLES
from entrepot.world.build.fuel_check import fuel_lines
from entrepot.world.build.given import assumptions_table
from entrepot.world.build.lines import rows_of
from entrepot.world.build.provenance import provenance
from entrepot.world.build.shares import primitives
from entrepot.world.build.trade import (
    TradeTargets,
    tariffs,
    trade_elasticities,
    trade_targets,
)
from entrepot.world.layout import REGIONS, SECTOR_CODES, SECTORS
from entrepot.world.world import World

WORLDS: dict[str, tuple[int, bool]] = {
    "2017": (2017, True),
    "2017-recorded": (2017, False),
    "2023": (2023, True),
    "2023-recorded": (2023, False),
}
"""Name to year and whether the layer of hidden oil is in."""

SOURCES: dict[int, tuple[str, ...]] = {
    year: (
        "adb_mrio",
        "atlas_hs2",
        *(("baci_2023", "gdp_2023") if year == 2023 else ()),
        "elasticities",
        "energy_institute_2025",
        "factbook",
        "geodist",
        "hs4_exports_2016",
        "iea_oil_gas",
        "iran_oil_annual",
        "oecd_services",
        "tariffs_2017",
        "un_national_accounts",
        "wiod_2014_cp",
    )
    for year in (2017, 2023)
}


def build_world(root: Path, name: str, progress: Callable[[str], None] | None = None) -> World:
    """Build one of the bundled worlds.

    Parameters
    ----------
    root : folder of the raw data, one folder for each source
    name : "2017" or "2023" (with the layer of hidden oil), "2017-recorded" or "2023-recorded"
    progress : told one line for each step

    Raises
    ------
    LabelError : no such world
    SourceError : a source is absent, changed shape or lost rows
    IdentityError : the accounts of an economy cannot be balanced

    """
    if name not in WORLDS:
        raise LabelError(
            f"There is no recipe for a world '{name}'; there are {', '.join(WORLDS)}."
            + did_you_mean(name, WORLDS)
        )
    if not Path(root).is_dir():
        raise SourceError(
            f"The folder of raw data '{root}' does not exist; give the folder that holds one "
            "folder for each source."
        )
    year, hidden = WORLDS[name]
    tell = progress or (lambda _: None)
    tell(f"trade of {year}")
    trade = trade_targets(Path(root), year, hidden_oil=hidden)
    rates, rate_flag = tariffs(Path(root), year)
    theta, theta_flag, theta_text = trade_elasticities(Path(root))
    aim = targets(Path(root), trade, tell)
    books = balanced(aim, rates, tell)
    made = primitives(books, aim.flows, rates)
    meta = _meta(Path(root), name, aim, books, trade, rates)
    meta["notes"].append(theta_text)
    tell("identities re-solved")
    return World.from_arrays(
        regions=REGIONS,
        sectors=SECTOR_CODES,
        **{field: getattr(made, field) for field in made.__slots__},
        tariff=rates,
        theta=theta[1],
        theta_range=theta[[0, 2]],
        balance="adjust",
        name=name,
        year=year,
        region_titles=tuple(TITLES[r] for r in REGIONS),
        sector_titles=tuple(s.title for s in SECTORS),
        provenance=provenance(aim, trade.flows, trade.flag, rate_flag, theta_flag),
        sources={source: manifest(source).as_source() for source in SOURCES[year]},
        meta=meta,
    )


def _meta(
    root: Path, name: str, aim: Targets, books: list[Book], trade: TradeTargets, rates: np.ndarray
) -> dict[str, Any]:
    year, hidden = WORLDS[name]
    layer = (
        "The layer of hidden oil is in; the world without it is "
        f"'{year}-recorded'." if hidden else
        f"Only recorded trade; the world with hidden oil is '{year}'."
    )  # fmt: skip
    rows = rows_of(
        [*report.target_lines(root, aim, books, trade, rates), *fuel_lines(root, aim, trade)]
    )
    notes = [layer, *report.METHOD, *aim.gdp.notes, *trade.notes]
    return {
        "title": f"{year}, with hidden oil" if hidden else f"{year}, recorded trade",
        "unit": "mn USD",
        "hidden_oil": hidden,
        "notes": [*notes, report.balance_note(rows, aim.gdp.value)],
        "targets": rows,
        "outputs_moved": report.moved_outputs(aim, books),
        "reexports": report.reexport_rows(aim.netted),
        "assumptions": assumptions_table(),
        "transit": report.transit_rows(aim),
        "hidden_crude": report.hidden_rows(trade.hidden),
    }
