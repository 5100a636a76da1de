"""Kinds of measure on corridors: links that close, open, get dearer or slower, and sea services.

A *link* is a piece of way of the network of the world's economies; corridors and passages are
names of links (``entrepot routes`` lists them).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from entrepot.scenario.fields import Factor, Level, Parties, SectorList, Share, spec
from entrepot.scenario.measures import Measure


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed twice. Name each once.")
    if not values:
        raise ValueError("the list is empty. Name at least one link, corridor or passage.")
    return values


LinkName = Annotated[str, Field(strict=True, min_length=1, max_length=80)]
LinkNames = Annotated[tuple[LinkName, ...], AfterValidator(_once)]


class Days(Level):
    """Days; a negative number makes a way faster."""

    minimum = -365.0
    maximum = 365.0


class Years(Level):
    """Years, from 0."""

    minimum = 0.0
    maximum = 100.0


class Toll(Level):
    """USD a tonne, from 0."""

    minimum = 0.0
    maximum = 100_000.0


class Tonnes(Level):
    """Millions of tonnes a year in each direction, from 0."""

    minimum = 0.0
    maximum = 100_000.0


class Surcharge(Level):
    """A rise in per cent, from 0."""

    minimum = 0.0
    maximum = 10_000.0


class Corridor(Measure):
    """Links of the network open, close, or get dearer, slower or narrower, for some trade or all.

    A way under construction opens on its first day in force, and its capacity grows from nothing
    to the full in `ramp` years.
    """

    kind: Literal["corridor"] = spec("corridor", "kind of measure")
    links: LinkNames = spec(..., "links, corridors or passages, see `entrepot routes`")
    change: Literal["open", "close"] | None = spec(None, "whether the links open or close")
    traffic: Parties = spec(
        ("all",), "economies or groups to or from which the trade goes that this is about"
    )
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    freight: Factor | None = spec(None, "freight over the links, multiple", domain="(0, 101]")
    days: Days | None = spec(
        None,
        "days added on each link, less than 0 for a faster one",
        unit="days",
        domain="[-365, 365]",
    )
    toll: Toll | None = spec(None, "toll added on each link", unit="USD a tonne", domain=">= 0")
    capacity: Tonnes | None = spec(
        None, "new capacity of each link in each direction", unit="Mt a year", domain=">= 0"
    )
    ramp: Years | None = spec(
        None, "years until a way that opens has its full capacity", unit="years", domain=">= 0"
    )
    queues: Literal["named", "all"] = spec(
        "named",
        "links at which queues keep traffic within capacity: pipelines and those that measures "
        "open or whose capacity they give, or all (minutes of work; else those over capacity are "
        "noted)",
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        given = [n for n in ("freight", "days", "toll", "capacity") if getattr(self, n) is not None]
        if self.change is None and not given:
            raise ValueError(
                "give at least one of 'change', 'freight', 'days', 'toll', 'capacity'."
            )
        if self.change == "close" and given:
            raise ValueError(
                f"a way that closes has no {', '.join(given)}. Take it out, or leave 'change' out."
            )
        if self.ramp is not None and self.change != "open":
            raise ValueError("'ramp' is of a way that opens. Take it out, or write 'change: open'.")
        return self


class ServiceBan(Measure):
    """Senders keep services from ships that carry the targets' trade, which makes sea legs dearer.

    `insurance`: every sea leg of the targets' trade, whoever the other side is. `port_calls`: the
    sea legs that touch a port of a sender. Freight rises by `coverage` times `surcharge`.
    """

    kind: Literal["service_ban"] = spec("service_ban", "kind of measure")
    service: Literal["insurance", "port_calls"] = spec(..., "which service")
    senders: Parties = spec(..., "economies or groups that keep the service back")
    targets: Parties = spec(..., "economies or groups whose trade it is kept from")
    sectors: SectorList = spec(("goods",), "sector codes or sector groups")
    coverage: Share = spec(
        Share(low=0.5, central=0.8, high=0.95),
        "share of the targets' cargo that used the service",
        unit="share",
        domain="[0, 1]",
    )
    surcharge: Surcharge = spec(
        Surcharge(low=10.0, central=40.0, high=120.0),
        "rise of the freight at sea for cargo that must do without",
        unit="per cent",
        domain=">= 0",
    )


ROUTE_KINDS: Final[dict[str, type[Measure]]] = {
    "corridor": Corridor,
    "service_ban": ServiceBan,
}
