"""Labels a table must hold for the use that is made of it."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.core.errors import SourceError


def require_labels(
    found: Iterable[object], wanted: Iterable[str], source: str, table: str, where: str
) -> None:
    """Stop where a label was renamed or lost, before its rows become zeros or somebody else's.

    Parameters
    ----------
    found : labels in the table
    wanted : labels the reader takes out of it
    source, table : id of the source and name of its table, for the message
    where : column and rows that were searched, for the message

    Raises
    ------
    SourceError : a wanted label is not among those found

    """
    missing = sorted(set(wanted) - {str(label) for label in found})
    if missing:
        raise SourceError(
            f"source '{source}', table '{table}': assertion 'labels' failed: "
            f"{', '.join(missing)} not in {where}. Compare the file with the edition in the "
            "manifest; a label that was renamed there must be renamed in the reader too."
        )
