"""Facts about hubs: numbers with ranges and sources, from ``hubs.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from entrepot.core.own_yaml import read_own

NUMBERS: Final = ("markup", "detection", "capacity", "compliance")
"""Numbers that a hub may have of its own."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with a range and a source.

    Attributes
    ----------
    low, central, high : the range
    source : where it comes from, or ``assumed``

    """

    low: float
    central: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class HubFacts:
    """What the table says.

    Attributes
    ----------
    rule : numbers for hubs and targets that have none of their own, by name
    sectors : factor on the mark-up by sector
    hubs : target -> hub -> number by name; the keys are the known hubs of a target
    notes : target -> remark

    """

    rule: Mapping[str, Number]
    sectors: Mapping[str, Number]
    hubs: Mapping[str, Mapping[str, Mapping[str, Number]]]
    notes: Mapping[str, str]

    def number(self, target: str, hub: str, name: str) -> Number:
        """Number `name` of `hub` towards `target`: its own, else that of the rule."""
        own = self.hubs.get(target, {}).get(hub, {})
        return own.get(name, self.rule[name])


def _numbers(given: Mapping[str, Any]) -> dict[str, Number]:
    return {str(name): Number(**value) for name, value in given.items()}


@cache
def hub_facts() -> HubFacts:
    """Return the table of facts about hubs."""
    text = files("entrepot.channels.reexports").joinpath("hubs.yaml").read_text("utf-8")
    data = read_own(text)
    return HubFacts(
        rule=_numbers(data["rule"]),
        sectors=_numbers(data["sectors"]),
        hubs={t: {h: _numbers(x) for h, x in about["hubs"].items()}
              for t, about in data["targets"].items()},
        notes={t: str(about.get("note", "")) for t, about in data["targets"].items()},
    )  # fmt: skip
