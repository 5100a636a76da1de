"""Readers of the data files of this room."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

from entrepot.core.own_yaml import read_own


def text_of(name: str) -> str:
    """Text of a file of the folder ``data``."""
    return (files("entrepot.channels.payments") / "data" / name).read_text("utf-8")


@cache
def yaml_of(name: str) -> Any:
    """Content of a YAML file of the folder ``data``; not to be changed."""
    return read_own(text_of(name))


def rows_of(name: str) -> list[dict[str, str]]:
    """Lines of a CSV file of the folder ``data``, as text; those that begin with # are left out."""
    return list(csv.DictReader(x for x in text_of(name).splitlines() if not x.startswith("#")))
