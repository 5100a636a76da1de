"""One manifest per source, and the single way of reading a source.

How to add a source
-------------------
1. Write ``data/manifests/<id>.yaml`` after the pattern of the others: who publishes it, under
   which terms, how to cite it, and for each table its files (relative to the folder of raw
   data), its unit and the *assertions* on what must come out of the reader.
2. Write a module in ``data`` with one function for each table::

       def exports(root: Path) -> Table:
           '''Exports by ... (columns: year, exporter, value_usd).'''
           return read(root, "my_source", "exports", _parse_exports)

       def _parse_exports(paths: tuple[Path, ...]) -> pd.DataFrame: ...

   The parser gets the paths of the table's files, in the order of the manifest, and returns a
   tidy frame.  `read` checks that the files are there, hashes them, calls the parser, checks
   every assertion and raises one `SourceError` that names the source and all that failed.

The assertions a manifest may make on the frame that the parser returns:

``columns``       these columns, and no others
``min_rows``      at least this many rows
``no_missing``    columns without missing values
``non_negative``  columns without negative values
``unique``        columns that together identify a row
``labels``        column -> labels that must occur in it
``totals``        sums of a column over rows chosen by ``where``, between ``min`` and ``max``
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from entrepot.core.errors import SourceError, did_you_mean
from entrepot.core.own_yaml import read_own
from entrepot.data.table import Table

Parser = Callable[[tuple[Path, ...]], pd.DataFrame]

_ID = "id"


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TotalCheck(_Closed):
    """The sum of `column` over the rows that match `where` lies in [`min`, `max`]."""

    column: str
    where: dict[str, str | int | float] = Field(default_factory=dict)
    min: float
    max: float


class Assertions(_Closed):
    """What must hold for the frame that a parser returns."""

    columns: tuple[str, ...]
    min_rows: int = Field(gt=0)
    no_missing: tuple[str, ...] = ()
    non_negative: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    labels: dict[str, tuple[str | int, ...]] = Field(default_factory=dict)
    totals: tuple[TotalCheck, ...] = ()


class TableSpec(_Closed):
    """One table of a source: its raw files, its unit and its assertions."""

    files: tuple[str, ...] = Field(min_length=1)
    unit: str
    assertions: Assertions


class Manifest(_Closed):
    """What is known about a source before it is read."""

    id: str
    title: str
    publisher: str
    licence: str
    terms: str = ""
    address: str
    citation: str
    vintage: str
    frequency: str
    tables: dict[str, TableSpec] = Field(min_length=1)

    def as_source(self) -> dict[str, str]:
        """Return the entry that a world keeps in its `sources`."""
        kept = ("title", "publisher", "licence", "terms", "address", "citation", "vintage")
        return {key: str(getattr(self, key)) for key in kept}


def manifest_ids() -> tuple[str, ...]:
    """Ids of all sources that have a manifest, sorted."""
    folder = resources.files("entrepot.data") / "manifests"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml")))


@cache
def manifest(source: str) -> Manifest:
    """Return the manifest of one source."""
    if source not in manifest_ids():
        raise SourceError(
            f"source '{source}' has no manifest; there are: {', '.join(manifest_ids())}."
            + did_you_mean(source, manifest_ids())
        )
    text = (resources.files("entrepot.data") / "manifests" / f"{source}.yaml").read_text("utf-8")
    try:
        made = Manifest.model_validate(read_own(text))
    except ValidationError as error:
        found = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}." for e in error.errors()]
        raise SourceError.collect(f"manifest of source '{source}'", found) from error
    if made.id != source:
        raise SourceError(f"manifest '{source}.yaml' says {_ID}: {made.id}; the two must agree.")
    return made


def read(root: Path, source: str, table: str, parse: Parser) -> Table:
    """Read one table of a source: files, hash, parser, assertions.

    Parameters
    ----------
    root : folder of the raw data, which holds one folder for each source
    source : id of the source (name of its manifest)
    table : which of its tables
    parse : turns the paths of the table's files into a tidy frame

    """
    about = manifest(source)
    if table not in about.tables:
        raise SourceError(
            f"source '{source}' has no table '{table}'; its manifest lists: "
            f"{', '.join(about.tables)}." + did_you_mean(table, about.tables)
        )
    heading = f"source '{source}', table '{table}'"
    paths = _present(root, about.tables[table], heading, about.address)
    stamps = tuple((p.stat().st_mtime_ns, p.stat().st_size) for p in paths)
    return _checked(source, table, paths, stamps, parse)


@lru_cache(maxsize=16)
def _checked(
    source: str,
    table: str,
    paths: tuple[Path, ...],
    stamps: tuple[tuple[int, int], ...],
    parse: Parser,
) -> Table:
    """Hash, parse and check; unchanged files (`stamps`) are not read twice in a process."""
    about = manifest(source)
    spec = about.tables[table]
    heading = f"source '{source}', table '{table}'"
    try:
        frame = parse(paths)
    except ImportError as error:
        raise SourceError(
            f"{heading}: a package that reads this format is missing ({error}); install "
            "entrepot with the extra 'build'."
        ) from error
    except (KeyError, ValueError, OSError) as error:
        raise SourceError(
            f"{heading}: assertion 'readable' failed: {type(error).__name__}: {error}. "
            f"Compare {', '.join(spec.files)} with the edition '{about.vintage}'."
        ) from error
    problems = failures(frame, spec.assertions)
    if problems:
        raise SourceError.collect(f"{heading} (files {', '.join(spec.files)})", problems)
    return Table(source, table, spec.unit, about.vintage, about.licence, _sha256(paths), frame)


def failures(frame: pd.DataFrame, wanted: Assertions) -> list[str]:
    """Return one sentence for each assertion that does not hold for `frame`."""
    found = list(map(str, frame.columns))
    if found != list(wanted.columns):
        return [
            f"assertion 'columns' failed: found {found}, expected {list(wanted.columns)}; "
            "a column was renamed, dropped or added."
        ]
    out: list[str] = []
    if len(frame) < wanted.min_rows:
        out.append(
            f"assertion 'min_rows' failed: found {len(frame)} rows, expected at least "
            f"{wanted.min_rows}."
        )
    out += _cell_failures(frame, wanted)
    for column, labels in wanted.labels.items():
        missing = sorted(map(str, set(labels) - set(frame[column].unique())))
        if missing:
            out.append(f"assertion 'labels' failed: {', '.join(missing)} not in '{column}'.")
    out += [problem for check in wanted.totals if (problem := _total_failure(frame, check))]
    return out


def _cell_failures(frame: pd.DataFrame, wanted: Assertions) -> list[str]:
    out: list[str] = []
    for column in wanted.no_missing:
        if count := int(frame[column].isna().sum()):
            out.append(f"assertion 'no_missing' failed: {count} values of '{column}' are missing.")
    for column in wanted.non_negative:
        if count := int((frame[column] < 0).sum()):
            out.append(f"assertion 'non_negative' failed: {count} values of '{column}' below 0.")
    if wanted.unique and (count := int(frame.duplicated(list(wanted.unique)).sum())):
        out.append(f"assertion 'unique' failed: {count} rows repeat the key {list(wanted.unique)}.")
    return out


def _total_failure(frame: pd.DataFrame, check: TotalCheck) -> str | None:
    chosen = pd.Series(True, index=frame.index)
    for column, value in check.where.items():
        chosen &= frame[column] == value
    total = float(frame.loc[chosen, check.column].astype("float64").sum())
    if check.min <= total <= check.max:
        return None
    where = ", ".join(f"{k} = {v}" for k, v in check.where.items()) or "all rows"
    return (
        f"assertion 'totals' failed: sum of '{check.column}' over {where} is {total:.6g}, "
        f"expected between {check.min:.6g} and {check.max:.6g}."
    )


def _present(root: Path, spec: TableSpec, heading: str, address: str) -> tuple[Path, ...]:
    paths = tuple(root / name for name in spec.files)
    absent = [
        f"assertion 'files' failed: '{path}' is absent; obtain it from {address}."
        for path in paths
        if not path.is_file()
    ]
    if absent:
        raise SourceError.collect(heading, absent)
    return paths


def _sha256(paths: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
