"""Measures become shocks."""

from entrepot.channels.compile import compile_shock
from entrepot.channels.compiled import (
    CASES,
    CELL_COLUMNS,
    Assumption,
    Case,
    ChannelTable,
    Compiled,
)

__all__ = [
    "CASES",
    "CELL_COLUMNS",
    "Assumption",
    "Case",
    "ChannelTable",
    "Compiled",
    "compile_shock",
]
