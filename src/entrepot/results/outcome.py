"""`Outcome`: a number of a solution that can be differentiated, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from entrepot.core.errors import InputError, LabelError, did_you_mean
from entrepot.core.labels import check_known
from entrepot.scenario.labels import ALL, Group, builtin_groups
from entrepot.solving.hats import HATS
from entrepot.solving.solution import Solution
from entrepot.world.world import World

Kind = Literal["welfare", "export_revenue", "price"]
KINDS: tuple[Kind, ...] = ("welfare", "export_revenue", "price")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number of a solution that can be differentiated.

    Attributes
    ----------
    kind : "welfare": hat of real final expenditure, a weighted sum of it over `regions`;
        "export_revenue": exports of `regions` in `sectors` (all if empty) in mn USD at world
        prices, without sales at home; "price": hat of the price index of the one sector in
        `sectors` in the one region in `regions`
    regions : region -> weight
    sectors : sector codes

    """

    kind: Kind
    regions: Mapping[str, float]
    sectors: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Outcome:
        """Read ``"welfare:IRN"``, ``"export_revenue:IRN,IRQ"``, ``"price:CHN:crude"``.

        Every region has weight 1; `Outcome.of` knows groups and gives welfare income weights.
        """
        kind, _, rest = text.partition(":")
        places, _, sectors = rest.partition(":")
        regions = [r for r in places.split(",") if r]
        if kind not in KINDS or not regions:
            wrong = (
                f"The outcome '{text}' names no region."
                if kind in KINDS
                else f"There is no outcome '{text}'.{did_you_mean(kind, KINDS)}"
            )
            raise InputError(
                f"{wrong} Write kind:REGION or kind:REGION:sector, with kind one of "
                f"{', '.join(KINDS)}."
            )
        return cls(kind, dict.fromkeys(regions, 1.0), tuple(s for s in sectors.split(",") if s))

    @classmethod
    def of(
        cls,
        text: str,
        world: World,
        groups: Mapping[str, Group] | None = None,
        day: date | None = None,
    ) -> Outcome:
        """Read `text` as `parse` does, with groups such as ``"welfare:EU27"`` and ``all``.

        Welfare of several regions is the mean of their hats weighted with benchmark final
        expenditure; export revenue is their sum, trade among them included.

        Parameters
        ----------
        text : as in `parse`
        world : gives the regions and the weights
        groups : by name (default: the built-in ones)
        day : when membership is read (default: the last day of the table)

        Raises
        ------
        InputError : the text cannot be read
        LabelError : there is no such region, group or sector, or the group has no member in `world`

        """
        plain = cls.parse(text)
        known = builtin_groups() if groups is None else groups
        names = _members(tuple(plain.regions), world, known, day)
        weight = dict.fromkeys(names, 1.0)
        if plain.kind == "welfare":
            income = dict(zip(world.regions, world.accounts().income.tolist(), strict=True))
            total = sum(income[r] for r in names)
            weight = {r: income[r] / total for r in names}
        found = cls(plain.kind, weight, plain.sectors)
        found.check(world)
        return found

    def check(self, world: World) -> None:
        """Refuse regions and sectors that `world` does not have."""
        check_known(tuple(self.regions), world.regions, "region", f"world '{world.name}'")
        check_known(self.sectors, world.sectors, "sector", f"world '{world.name}'")
        if self.kind == "price" and (len(self.regions) != 1 or len(self.sectors) != 1):
            raise InputError(
                "A price is that of one sector in one region, such as 'price:CHN:crude'; found "
                f"{len(self.regions)} regions and {len(self.sectors)} sectors."
            )
        if self.kind == "welfare" and self.sectors:
            raise InputError(
                f"Welfare is that of a region and has no sector; found {', '.join(self.sectors)}. "
                "Write 'welfare:REGION', or ask for 'export_revenue' or 'price'."
            )

    def weights(self, world: World) -> tuple[np.ndarray, np.ndarray]:
        """Weights of regions (N,) and sectors (S,) in the order of `world`."""
        regions = np.array([self.regions.get(r, 0.0) for r in world.regions])
        sectors = np.array([float(not self.sectors or s in self.sectors) for s in world.sectors])
        return regions, sectors

    def value(self, solution: Solution) -> float:
        """Return the outcome in the certified levels of `solution`."""
        state, world = solution.certified(), solution.world
        self.check(world)
        regions, sectors = self.weights(world)
        if self.kind == "welfare":
            return float(regions @ HATS["welfare"](solution))
        if self.kind == "price":
            return float(regions @ state.price @ sectors)
        abroad = ~np.eye(len(regions), dtype=bool)
        return float(np.einsum("ijs,i,ij,s->", state.trade, regions, abroad, sectors))


def _members(
    labels: tuple[str, ...], world: World, groups: Mapping[str, Group], day: date | None
) -> tuple[str, ...]:
    """Regions of `world` that `labels` mean, in its order; every problem at once."""
    found: set[str] = set()
    problems: list[str] = []
    for label in labels:
        if label == ALL:
            found |= set(world.regions)
        elif label in world.regions:
            found.add(label)
        elif label in groups:
            members = groups[label].at(day)
            here = set(members) & set(world.regions)
            found |= here
            if not here:
                problems.append(
                    f"the world '{world.name}' has no member of {label} by itself "
                    f"({', '.join(members) or 'the group has no member on this day'}). Choose a "
                    "world with at least one of them."
                )
        else:
            pool = (*world.regions, *groups, ALL)
            problems.append(
                f"'{label}' is not a region of world '{world.name}' and not a group."
                f"{did_you_mean(label, pool)} Groups are {', '.join((*groups, ALL))}."
            )
    if problems:
        raise LabelError.collect("The outcome names unknown economies", problems)
    return tuple(r for r in world.regions if r in found)
