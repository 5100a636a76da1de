"""Answers of verbs that print several tables: as text, as JSON, and the whole one as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entrepot.cli.terminal import print_json, print_table
from entrepot.core.files import atomic_file


def finite_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Plain rows; what is not finite is null."""
    return [
        {str(k): None if isinstance(v, float) and not np.isfinite(v) else v for k, v in r.items()}
        for r in table.to_dict(orient="records")
    ]


def publish(
    content: dict[str, Any],
    tables: dict[str, pd.DataFrame],
    whole: pd.DataFrame,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write `whole` as CSV if asked for; print `content` as JSON, or the tables."""
    if out is not None:
        with atomic_file(out) as temporary:
            whole.to_csv(temporary, index=False)
    if as_json:
        print_json(content)
        return
    for title, table in tables.items():
        print_table([{str(k): v for k, v in r.items()} for r in table.to_dict("records")], title)
        print()
