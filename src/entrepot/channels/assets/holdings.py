"""Foreign assets of states, as far as a figure ships: what a freeze cannot be larger than."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Holding:
    """Foreign assets of one state.

    Attributes
    ----------
    code : economy
    low, central, high : mn USD
    when, what : date of the figure, and what is counted
    source : where it is from, and what of it is assumed

    """

    code: str
    low: float
    central: float
    high: float
    when: str
    what: str
    source: str


@cache
def holdings() -> Mapping[str, Holding]:
    """Figures of ``holdings.yaml`` by economy, in mn USD."""
    text = files("entrepot.channels.assets").joinpath("holdings.yaml").read_text("utf-8")
    found = yaml.safe_load(text)
    return {
        code: Holding(
            code,
            low=1000.0 * float(item["low"]),
            central=1000.0 * float(item["central"]),
            high=1000.0 * float(item["high"]),
            when=str(item["when"]),
            what=str(item["what"]),
            source=" ".join(str(item["source"]).split()),
        )
        for code, item in found.items()
    }
