"""`Table`: tidy data read from an outside source, with everything one must know to cite it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, slots=True)
class Table:
    """Tidy long data with unit, source, vintage, hash and licence.

    Attributes
    ----------
    source : id of the source, which is the name of its manifest
    name : which table of that source
    unit : unit of the value column or columns
    vintage : edition or publication date of the source
    licence : what the owner allows
    sha256 : hash of the raw file or files, in the order of the manifest

    """

    source: str
    name: str
    unit: str
    vintage: str
    licence: str
    sha256: str
    _frame: pd.DataFrame = field(repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The data; writing into what is returned does not change the table."""
        return self._frame.copy(deep=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._frame)
