"""Which economies, groups and sectors a scenario file may name.

Economies are ISO 3166 alpha-3 codes and ``ROW``; groups come from ``groups.yaml``, or from the
file itself.  A file written for a user's own world adds labels under ``labels:``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from entrepot.core.errors import did_you_mean
from entrepot.core.own_yaml import read_own
from entrepot.world.layout import SECTORS

ALL: Final = "all"


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """One economy of a group, with its first and last day of membership."""

    code: str
    start: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether the membership holds on `day`; with None, whether it has not ended."""
        if day is None:
            return self.until is None
        return (self.start or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of economies with dated membership."""

    name: str
    title: str
    members: tuple[Member, ...]
    source: Mapping[str, str] = field(default_factory=dict)

    def at(self, day: date | None) -> tuple[str, ...]:
        """Codes of the members on `day`."""
        return tuple(sorted({m.code for m in self.members if m.holds(day)}))


def _data(name: str) -> Any:
    text = files("entrepot.scenario").joinpath(name).read_text("utf-8")
    return read_own(text)


@cache
def economies() -> Mapping[str, str]:
    """ISO 3166 alpha-3 code to short English name, and ROW."""
    return {str(k): str(v) for k, v in _data("economies.yaml").items()}


def _member(item: Any) -> Member:
    if isinstance(item, str):
        return Member(item)
    return Member(item["code"], item.get("from"), item.get("until"))


@cache
def builtin_groups() -> Mapping[str, Group]:
    """Groups of ``groups.yaml``."""
    return {
        name: Group(name, g["title"], tuple(_member(m) for m in g["members"]), g["source"])
        for name, g in _data("groups.yaml").items()
    }


def _sectors(test: Any) -> tuple[str, ...]:
    return tuple(s.code for s in SECTORS if test(s))


SECTOR_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "goods": _sectors(lambda s: s.traded_good),
    "services": _sectors(lambda s: not s.traded_good),
    "energy": ("crude", "gas", "refined"),
    "manufacturing": _sectors(lambda s: s.un_branch == "manufacturing"),
    "food_and_farming": ("grain", "agriculture", "food"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels that one file may use.

    Attributes
    ----------
    economies : code to title
    groups : built-in groups and those of the file
    sectors : sector codes
    sector_groups : name to sector codes

    """

    economies: Mapping[str, str]
    groups: Mapping[str, Group]
    sectors: tuple[str, ...]
    sector_groups: Mapping[str, tuple[str, ...]]

    @staticmethod
    def standard() -> Vocabulary:
        """Labels of every file: ISO codes, built-in groups, sectors of the bundled worlds."""
        codes = tuple(s.code for s in SECTORS)
        return Vocabulary(economies(), builtin_groups(), codes, SECTOR_GROUPS)

    def economy_problem(self, label: str, *, groups: bool = True) -> str | None:
        """What is wrong with `label` as an economy or group, or None."""
        if label in self.economies or (groups and (label == ALL or label in self.groups)):
            return None
        by_title = {title.lower(): code for code, title in self.economies.items()}
        hint = f" Did you mean '{by_title[label.lower()]}'?" if label.lower() in by_title else ""
        pool = [*self.economies, *(self.groups if groups else ()), *((ALL,) if groups else ())]
        hint = hint or did_you_mean(label, pool)
        what = "economy or group" if groups else "economy"
        return (
            f"unknown {what} '{label}'.{hint} Economies are upper-case ISO 3166 alpha-3 codes "
            "or ROW; labels of your own world go under 'labels: {economies: [...]}'."
        )

    def sector_problem(self, label: str) -> str | None:
        """What is wrong with `label` as a sector or sector group, or None."""
        pool = (*self.sectors, *self.sector_groups, ALL)
        if label in pool:
            return None
        return (
            f"unknown sector '{label}'.{did_you_mean(label, pool)} Sectors are "
            f"{', '.join(self.sectors)}; groups are {', '.join((ALL, *self.sector_groups))}; "
            "labels of your own world go under 'labels: {sectors: [...]}'."
        )
