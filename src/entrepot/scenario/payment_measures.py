"""Kinds of measure on payments: rails that are shut, opened, joined, taxed, and swap lines.

A *rail* is a way to settle trade: ``dollar``, ``euro``, ``renminbi``, ``local``, ``barter``, and
those that a scenario adds.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from entrepot.scenario.fields import Level, Parties, Percent, SectorList, Share, spec
from entrepot.scenario.measures import Measure, Restriction

NAMED: Final = r"^[a-z][a-z0-9_]*$"


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed twice. Name each once.")
    if not values:
        raise ValueError("the list is empty. Name at least one.")
    return values


RailName = Annotated[str, Field(strict=True, pattern=NAMED, max_length=40)]
RailNames = Annotated[tuple[RailName, ...], AfterValidator(_once)]
CarveOut = Literal["humanitarian", "energy"]


class Latent(Level):
    """A share of payments that a rail would win: from 0, below 1."""

    minimum = 0.0
    maximum = 1.0
    maximum_open = True


LINES: Final = (
    "assumed; after a swap line with the People's Bank of China an economy's payments in renminbi "
    "are four times as large, from little: Bahaj and Reis (2025), "
    "http://eprints.lse.ac.uk/id/eprint/128001"
)
LATENT: Final = "share of their payments that the rail would win if the others stayed as they are"


class PaymentCutoff(Restriction):
    """Senders shut the targets out of rails.

    A sender that controls a rail shuts it for all trade of the targets, whoever the other side is
    (`compliance` says to what share for whom). Rails that no sender controls are lost in trade with
    the senders, and with third countries under a secondary threat. What stays open of a rail is
    `1 - banks (1 - exempt) (1 - processed, in a carve-out) c`.
    """

    kind: Literal["payment_cutoff"] = spec("payment_cutoff", "kind of measure")
    rails: RailNames = spec(..., "rails that are shut")
    banks: Share = spec(
        Share(central=1.0),
        "share of the targets' payments that goes through the banks cut off",
        unit="share",
        domain="[0, 1]",
    )
    carve_outs: tuple[CarveOut, ...] = spec(
        (), "trade whose payments stay allowed: humanitarian (food, medicine), energy"
    )
    processed: Share = spec(
        Share(low=0.3, central=0.7, high=1.0),
        "share of the payments of a carve-out that banks really carry out; below 1 they are more "
        "careful than the law",
        unit="share",
        domain="[0, 1]",
    )

    @model_validator(mode="after")
    def _processed_of_carve_outs(self) -> Self:
        if "processed" in self.model_fields_set and not self.carve_outs:
            raise ValueError(
                "'processed' is of the trade in 'carve_outs', and there are none. Name them, or "
                "take it out."
            )
        return self


class RailChange(Measure):
    """A change of rails among members, or between members and partners."""

    members: Parties = spec(..., "economies or groups")
    partners: Parties | None = spec(
        None, "if given, only trade between members and partners changes"
    )
    sectors: SectorList = spec(("all",), "sector codes or sector groups")


class SwapLine(RailChange):
    """Central banks lend each other their currencies, so that trade can be settled in them."""

    kind: Literal["swap_line"] = spec("swap_line", "kind of measure")
    rail: RailName = spec("local", "rail that becomes easier to use")
    share: Latent = spec(
        Latent(low=0.01, central=0.05, high=0.2, source=LINES),
        LATENT,
        unit="share",
        domain="[0, 1)",
    )


class RailMembership(RailChange):
    """Members join a rail, or leave it."""

    kind: Literal["rail_membership"] = spec("rail_membership", "kind of measure")
    rail: RailName = spec(..., "rail that is joined or left")
    change: Literal["join", "leave"] = spec("join", "what the members do")
    share: Latent = spec(
        Latent(low=0.02, central=0.1, high=0.3),
        f"{LATENT}; of those who join",
        unit="share",
        domain="[0, 1)",
    )

    @model_validator(mode="after")
    def _share_of_those_who_join(self) -> Self:
        if self.change == "leave" and "share" in self.model_fields_set:
            raise ValueError("'share' is of those who join. Take it out, or write 'change: join'.")
        return self


class NewRail(RailChange):
    """A rail that nobody had, such as a digital currency of central banks, comes into use.

    Nobody uses it at the benchmark, so that its share cannot grow out of itself: `share` is the way
    in, an assumption.
    """

    kind: Literal["new_rail"] = spec("new_rail", "kind of measure")
    rail: RailName = spec(..., "name of the new rail")
    share: Latent = spec(..., LATENT, unit="share", domain="[0, 1)")
    controllers: Parties | None = spec(
        None, "economies that can each shut others out of it; nobody if left out"
    )


class RailCost(RailChange):
    """Payments over some rails cost more, or less: a tax, a fee, a subsidy, a discount.

    The change is of the delivered cost of trade that is settled over the rail; nobody earns it.
    """

    kind: Literal["rail_cost"] = spec("rail_cost", "kind of measure")
    rails: RailNames = spec(..., "rails whose cost changes")
    percent: Percent = spec(
        ..., "change of the delivered cost over the rail", unit="per cent", domain="> -100"
    )


PAYMENT_KINDS: Final[dict[str, type[Measure]]] = {
    "payment_cutoff": PaymentCutoff,
    "swap_line": SwapLine,
    "rail_membership": RailMembership,
    "new_rail": NewRail,
    "rail_cost": RailCost,
}
