"""Worlds from users' own tables, and tables from worlds."""

from entrepot.world.iot import from_iot
from entrepot.world.readers.icio import read_icio
from entrepot.world.readers.kite import read_kite, to_kite
from entrepot.world.readers.mrio import from_pymrio, to_pymrio
from entrepot.world.readers.wiod import read_wiod

__all__ = [
    "from_iot",
    "from_pymrio",
    "read_icio",
    "read_kite",
    "read_wiod",
    "to_kite",
    "to_pymrio",
]
