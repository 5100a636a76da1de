"""Names of dimensions, each spelt once.

A trade array is always ``(origin, dest, sector)``; a one-index array over economies has the
dimension ``region``.
"""

from typing import Final

REGION: Final = "region"
ORIGIN: Final = "origin"
DEST: Final = "dest"
SECTOR: Final = "sector"
INPUT: Final = "input"

TRADE: Final = (ORIGIN, DEST, SECTOR)
INPUT_OUTPUT: Final = (REGION, INPUT, SECTOR)
REGION_SECTOR: Final = (REGION, SECTOR)
