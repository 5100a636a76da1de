"""World Input-Output Database (WIOD), releases 2013 (41 x 35) and 2016 (44 x 56).

Four layouts are read: ``.npz`` with the arrays `inter`, `final`, `output`, `countries` (the items
of the R package ``wiod``); the sheet of both releases (``.xlsx``, ``.xlsb``, or saved as ``.csv``),
four header rows and four header columns: code, name, country, short code; and the flat table of the
2016 release (``.dta``, or the R data frame saved as ``.csv``), columns `IndustryCode`,
`IndustryDescription`, `Country`, `RNr`, `Year`, ``vAUS1`` ..., `TOT`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.core.errors import SourceError
from entrepot.core.labels import listing
from entrepot.world.iot import from_iot
from entrepot.world.readers.blocks import blocks, existing
from entrepot.world.world import World

CATEGORIES = ("households", "non_profit", "government", "investment", "stocks")
RENAMED = {"ROM": "ROU", "RoW": "ROW"}
"""Codes of the 2013 release that are not ISO 3166."""
SPECIAL = {"II_fob", "TXSP", "EXP_adj", "PURR", "PURNR", "VA", "IntTTM", "GO"}
FLAT = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
SOURCE = {
    "wiod": {
        "title": "World Input-Output Database",
        "publisher": "University of Groningen",
        "licence": "CC BY 4.0",
    }
}


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Blocks of a file; categories are the five of WIOD, the last one changes of stocks."""

    inter: Any
    final: Any
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    titles: tuple[str, ...]
    output: Any = None


def _read_npz(file: Path, where: str) -> _Found:
    try:
        with np.load(file, allow_pickle=False) as archive:
            arrays = {k: archive[k] for k in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"{where} is corrupt ({error}). Take a fresh copy.") from error
    missing = [k for k in ("inter", "final", "output", "countries") if k not in arrays]
    if missing:
        raise SourceError(
            f"{where} lacks the array {listing(missing)}; it holds {listing(sorted(arrays))}."
        )
    regions = tuple(str(c) for c in arrays["countries"])
    rows = arrays["inter"].shape[0] if arrays["inter"].ndim == 2 else 0
    if not rows or rows % len(regions):
        raise SourceError(
            f"{where}: 'inter' has shape {arrays['inter'].shape}, which does not fit its "
            f"{len(regions)} countries. The file lost rows; take a fresh copy."
        )
    sectors = tuple(f"c{k + 1}" for k in range(rows // len(regions)))
    titles = tuple(str(x) for x in arrays["industries"]) if "industries" in arrays else sectors
    return _Found(arrays["inter"], arrays["final"], regions, sectors, titles, arrays["output"])


def _grid(file: Path, where: str) -> pd.DataFrame:
    """Cells of the first sheet, or of a csv, without any header."""
    try:
        if file.suffix == ".csv":
            with open(file, encoding="utf-8-sig") as stream:
                separator = ";" if stream.readline().count(";") > 3 else ","
            return pd.read_csv(file, header=None, sep=separator, low_memory=False, dtype=object)
        return pd.read_excel(file, sheet_name=0, header=None)
    except ImportError as error:
        raise SourceError(
            f"{where} needs another package to be read ({error}). Install it, or save the sheet "
            "as csv."
        ) from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, pd.errors.ParserError) as error:
        raise SourceError(f"{where} is not readable ({error}). Take a fresh copy.") from error


def _text(values: Any) -> list[str]:
    return ["" if pd.isna(x) else str(x).strip() for x in values]


def _sheet(cells: pd.DataFrame, where: str) -> _Found:
    """Blocks of a sheet; the header ends where rows and columns first carry a country."""
    code, country = _text(cells.iloc[:, 0]), _text(cells.iloc[:, 2])
    title = _text(cells.iloc[:, 1])
    top = next((k for k, x in enumerate(country) if re.fullmatch(r"[A-Za-z]{3}", x)), -1)
    if top < 4:
        raise SourceError(
            f"{where}: no row carries a three-letter country in its third column. It is not a "
            "WIOD sheet (code, name, country, short code in rows and columns)."
        )
    heads = [_text(cells.iloc[k]) for k in range(top - 4, top)]
    keep = [k for k in range(top, len(country)) if country[k] not in ("", "TOT")
            and code[k] not in SPECIAL]  # fmt: skip
    rows = [(country[k], code[k]) for k in keep]
    known, places = set(rows), {country[k] for k in keep}
    named = list(zip(heads[2], heads[0], heads[3], strict=True))
    users = [k for k in range(4, len(named)) if named[k][:2] in known]
    final = [k for k in range(4, len(named)) if named[k][0] in places and k not in set(users)]
    inter = _frame(cells, keep, users, rows, [named[k][:2] for k in users])
    demand = _frame(cells, keep, final, rows, [(named[k][0], named[k][2]) for k in final])
    return _from_frames(inter, demand, {code[k]: title[k] for k in keep}, where)


def _frame(
    cells: pd.DataFrame, rows: list[int], columns: list[int], index: list[Any], names: list[Any]
) -> pd.DataFrame:
    frame = cells.iloc[rows, columns]
    frame.index = pd.MultiIndex.from_tuples(index)
    frame.columns = pd.MultiIndex.from_tuples(names or [("", "")][: len(columns)])
    return frame


def _flat(table: pd.DataFrame, where: str) -> _Found:
    """Blocks of the flat table: ``vAUS1`` ... are the user industries, then five final demands."""
    rows = table[~table["Country"].isin(["TOT", ""]) & ~table["IndustryCode"].isin(SPECIAL)]
    numbers = [int(x) for x in rows["RNr"]]
    count = max(numbers, default=0)
    codes = dict(zip(numbers, _text(rows["IndustryCode"]), strict=True))
    parsed = {c: re.fullmatch(r"v([A-Za-z]{3})(\d+)", str(c)) for c in table.columns}
    odd = [c for c, m in parsed.items() if m is None and c not in (*FLAT, "TOT")]
    if odd or not count:
        raise SourceError(
            f"{where}: columns {listing(odd) or 'none'} are unknown to the flat layout of the "
            "2016 release (vAUS1 ...), or it has no rows. Take a fresh copy."
        )
    users = [(c, (m[1], codes[int(m[2])])) for c, m in parsed.items() if m and int(m[2]) in codes]
    final = [(c, (m[1], f"c{m[2]}")) for c, m in parsed.items() if m and int(m[2]) not in codes]
    index = pd.MultiIndex.from_tuples(
        list(zip(_text(rows["Country"]), _text(rows["IndustryCode"]), strict=True))
    )
    frames = []
    for chosen in (users, final):
        frame = rows[[c for c, _ in chosen]].set_axis(index, axis=0)
        frames.append(frame.set_axis(pd.MultiIndex.from_tuples([p for _, p in chosen]), axis=1))
    titles = dict(zip(index.get_level_values(1), _text(rows["IndustryDescription"]), strict=True))
    return _from_frames(frames[0], frames[1], titles, where)


def _from_frames(
    inter: pd.DataFrame, final: pd.DataFrame, titles: dict[str, str], where: str
) -> _Found:
    found = blocks(inter, final, where)
    if len(found.categories) != len(CATEGORIES):
        raise SourceError(
            f"{where} has the final-demand columns {listing(found.categories)} for each country; "
            f"WIOD has five ({', '.join(CATEGORIES)}). Take a fresh copy."
        )
    names = tuple(titles.get(s) or s for s in found.sectors)
    return _Found(found.inter, found.final, found.regions, found.sectors, names)


def _read_dta(file: Path, where: str) -> _Found:
    try:
        table = pd.read_stata(file)
    except (OSError, ValueError) as error:
        raise SourceError(f"{where} is not readable ({error}). Take a fresh copy.") from error
    missing = [c for c in FLAT if c not in table.columns]
    if missing:
        raise SourceError(f"{where} lacks the column {listing(missing)} of the 2016 release.")
    return _flat(table, where)


def _read_sheet(file: Path, where: str) -> _Found:
    cells = _grid(file, where)
    if "IndustryCode" in _text(cells.iloc[0]):
        head = _text(cells.iloc[0])
        table = cells.iloc[1:].set_axis(head, axis=1)
        return _flat(table, where)
    if cells.shape[0] < 8 or cells.shape[1] < 8:
        raise SourceError(f"{where} has only {cells.shape} cells. It is not a WIOD sheet.")
    return _sheet(cells, where)


_READERS: dict[str, Callable[[Path, str], _Found]] = {
    ".npz": _read_npz,
    ".dta": _read_dta,
    ".xlsx": _read_sheet,
    ".xlsb": _read_sheet,
    ".csv": _read_sheet,
}


def _year(name: str) -> int | None:
    """Year of ``WIOT2014_Nov16_ROW`` or of ``wiot00_row_apr12``, if the name says it."""
    long = re.search(r"(?:19|20)\d\d", name)
    if long:
        return int(long[0])
    short = re.match(r"wiot(\d\d)_", name, flags=re.IGNORECASE)
    return 1900 + int(short[1]) + (100 if int(short[1]) < 50 else 0) if short else None


def read_wiod(
    path: Path | str,
    *,
    year: int | None = None,
    tariff: Any = None,
    export_tax: Any = None,
    theta: Any = None,
    **options: Any,
) -> World:
    """Make a world from a WIOD file (layouts: see the module).

    Changes of stocks (the last of the five final demands) are removed; codes that are not ISO
    3166 are renamed (``ROM`` is ROU, ``RoW`` is ROW).  Both are noted in ``meta``.

    Parameters
    ----------
    path : the file
    year : base year; else the one in the file's name, if there is one
    tariff, export_tax, theta, options : as in `from_iot` (``uses="pooled"`` for one mix)

    Raises
    ------
    SourceError, LabelError, ValueRangeError, IdentityError : with place and remedy

    """
    file = existing(path, "WIOD file")
    where = f"WIOD file '{file.name}'"
    if file.suffix not in _READERS:
        raise SourceError(
            f"{where} has the ending '{file.suffix}'; known are {', '.join(_READERS)}. An R data "
            "frame can be saved as csv."
        )
    found = _READERS[file.suffix](file, where)
    renamed = {old: new for old, new in RENAMED.items() if old in found.regions}
    options.setdefault("name", file.stem)
    options.setdefault("sources", SOURCE)
    options["meta"] = {**options.get("meta", {}), "renamed": renamed}
    return from_iot(
        found.inter,
        found.final,
        regions=[RENAMED.get(r, r) for r in found.regions],
        sectors=found.sectors,
        sector_titles=found.titles,
        output=found.output,
        inventories=[len(CATEGORIES) - 1],
        tariff=tariff,
        export_tax=export_tax,
        theta=theta,
        year=year or _year(file.stem),
        **options,
    )
