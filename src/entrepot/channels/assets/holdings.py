"""Foreign assets of states, and who holds them, as far as a figure ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from entrepot.core.own_yaml import read_own


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
    found = read_own(text)
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


@dataclass(frozen=True, slots=True)
class Held:
    """What one economy is reported to hold of a state's frozen assets.

    Attributes
    ----------
    low, central, high : mn USD
    source : where it is from, and what of it is assumed

    """

    low: float
    central: float
    high: float
    source: str


@cache
def holders() -> Mapping[str, Mapping[str, Held]]:
    """Figures of ``holders.yaml`` by owner and holder, in mn USD."""
    text = files("entrepot.channels.assets").joinpath("holders.yaml").read_text("utf-8")
    return {
        owner: {
            code: Held(
                low=1000.0 * float(item["low"]),
                central=1000.0 * float(item["central"]),
                high=1000.0 * float(item["high"]),
                source=" ".join(str(item["source"]).split()),
            )
            for code, item in found.items()
        }
        for owner, found in read_own(text).items()
    }
