"""Kinds of measure about goods that come back through third economies."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator

from entrepot.scenario.fields import (
    Closed,
    Level,
    Parties,
    Party,
    PlacedError,
    SectorList,
    Share,
    spec,
)
from entrepot.scenario.measures import Measure


class Extra(Level):
    """A cost as a multiple of the value of the goods, 0 or more: 0.4 is 40 %."""

    minimum = 0.0
    maximum = 100.0


class Positive(Level):
    """A number above 0."""

    minimum = 0.0
    minimum_open = True
    maximum = 1000.0


class HubTerms(Closed):
    """What is known of one hub; what is left out comes from the table of facts, then the rule."""

    markup: Extra | None = spec(
        None, "base mark-up over the price of the goods", unit="rate", domain="[0, 100]"
    )
    detection: Share | None = spec(
        None, "share of the goods that is seized", unit="share", domain="[0, 1]"
    )
    capacity: Extra | None = spec(
        None,
        "flow a year at which crowding begins to bite, over the hub's imports of goods",
        unit="share of imports",
        domain="[0, 100]",
    )
    compliance: Share | None = spec(
        None, "share of the re-exports to the target that the hub itself stops", unit="share",
        domain="[0, 1]",
    )  # fmt: skip
    share: Share | None = spec(
        None,
        "baseline share of the goods of every pair that passes the hub; by the rule if left out",
        unit="share",
        domain="[0, 1]",
    )


class Evasion(Measure):
    """Banned goods may come back through hubs, at a mark-up; without it a ban is a ban.

    A hub is not the target, and trades itself with both ends as far as the measures of the
    scenario let it.  Numbers that are left out come from the table of facts about hubs (guide
    to re-exports), which has them for RUS, IRN and QAT, and from its rule elsewhere.
    """

    kind: Literal["evasion"] = spec("evasion", "kind of measure")
    targets: Parties = spec(..., "economies or groups whose banned trade comes back")
    hubs: Parties | None = spec(
        None, "economies or groups that serve as hubs; those of the table of facts if left out"
    )
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    flow: Literal["exports", "imports", "both"] = spec(
        "imports", "direction of the banned trade that comes back, seen from the target"
    )
    ways: Literal["one_hub", "any"] = spec(
        "one_hub", "whether goods pass one hub, or any number of them"
    )
    terms: dict[Party, HubTerms] = spec({}, "numbers of single hubs")
    markup: Extra | None = spec(
        None, "base mark-up of hubs without one of their own", unit="rate", domain="[0, 100]"
    )
    detection: Share | None = spec(
        None, "share seized in hubs without one of their own", unit="share", domain="[0, 1]"
    )
    capacity: Extra | None = spec(
        None, "capacity of hubs without one of their own, over imports of goods",
        unit="share of imports", domain="[0, 100]",
    )  # fmt: skip
    substitution: Positive | None = spec(None, "elasticity nu between ways", domain="(0, 1000]")

    @model_validator(mode="after")
    def _no_hub_is_the_target(self) -> Self:
        for field, named in (("hubs", self.hubs or ()), ("terms", tuple(self.terms))):
            both = [x for x in named if x in self.targets]
            if both:
                raise PlacedError(
                    f"{', '.join(both)} is a target and a hub. Goods for a target come back "
                    "through third economies: take it out of one of the two.",
                    (field,),
                )
        return self


class Enforcement(Measure):
    """More of what passes the hubs towards the targets is caught."""

    kind: Literal["enforcement"] = spec("enforcement", "kind of measure")
    targets: Parties = spec(..., "economies or groups towards which, or from which, goods pass")
    hubs: Parties = spec(("all",), "hubs in which more is caught")
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    detection: Share = spec(
        ..., "share of what used to pass that is caught from now on", unit="share", domain="[0, 1]"
    )


class NoReexportClause(Measure):
    """Sellers bind buyers in hubs by contract not to sell on to the targets.

    It makes their goods dearer to pass on: to what a hub costs, `cost` times the value is added.
    """

    kind: Literal["no_reexport_clause"] = spec("no_reexport_clause", "kind of measure")
    senders: Parties = spec(..., "economies or groups whose sellers must have the clause")
    targets: Parties = spec(..., "economies or groups to which goods must not be sold on")
    hubs: Parties = spec(("all",), "hubs whose buyers must sign it")
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    cost: Extra = spec(
        ..., "extra cost of passing a hub, over the value of the goods", unit="rate",
        domain="[0, 100]",
    )  # fmt: skip


REEXPORT_KINDS: Final[dict[str, type[Measure]]] = {
    "evasion": Evasion,
    "enforcement": Enforcement,
    "no_reexport_clause": NoReexportClause,
}
