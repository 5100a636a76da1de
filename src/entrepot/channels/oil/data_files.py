"""Readers of the data files of this room."""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from entrepot.core.own_yaml import read_own


def text_of(name: str) -> str:
    """Text of a file of the folder ``data``."""
    return (files("entrepot.channels.oil") / "data" / name).read_text("utf-8")


@cache
def yaml_of(name: str) -> Any:
    """Content of a YAML file of the folder ``data``; not to be changed."""
    return read_own(text_of(name))


def table_of(name: str) -> pd.DataFrame:
    """A CSV file of the folder ``data``; lines that begin with # are left out."""
    return pd.read_csv(io.StringIO(text_of(name)), comment="#", keep_default_na=False)
