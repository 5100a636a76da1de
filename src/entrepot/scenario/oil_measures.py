"""Kinds of measure on crude oil that the monthly oil market settles: embargoes by volume, price
caps, services of ships, tankers, discounts for risk, quotas, fields, demand.

A *stream* is one crude of one producer, such as RUS-URALS; the *base* is the month of the base
year.  Volumes are thousand barrels a day (kb/d), prices USD a barrel, vessels million barrels (mb).
"""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import model_validator

from entrepot.scenario.fields import Factor, Number, Parties, Percent, PlacedError, Share, spec
from entrepot.scenario.measures import Measure
from entrepot.scenario.oil_parts import (
    Cost,
    Fleet,
    Gain,
    Months,
    OilNames,
    Price,
    Step,
    Tankers,
    Vessels,
    Volume,
    Waiver,
)
from entrepot.scenario.parts import Compliance, Secondary


class OfSellers(Measure):
    """A measure on the crude of some producers."""

    targets: Parties = spec(..., "economies or groups whose crude it is")
    streams: OilNames | None = spec(
        None,
        "streams of theirs, such as RUS-URALS, or grades (heavy sour); all of them if left out",
    )


class OilEmbargo(OfSellers):
    """Senders, and those who follow, stop buying the targets' crude, in part or whole.

    What a buyer may still take is `1 - share c` of what it bought at the base, with `c` its
    compliance, and its waivers on top. Contracts that run out (`wind_down`) let the banned part
    grow evenly from nothing to the full.
    """

    kind: Literal["oil_embargo"] = spec("oil_embargo", "kind of measure")
    senders: Parties = spec(..., "economies or groups that stop buying")
    by: Literal["all", "sea", "pipeline"] = spec("all", "ways that are banned")
    share: Share = spec(
        Share(central=1.0), "part of the base volume that is banned", unit="share", domain="[0, 1]"
    )
    wind_down: Months = spec(
        Months(central=0.0), "months until all contracts have run out", unit="months", domain=">= 0"
    )
    waivers: tuple[Waiver, ...] = spec((), "volumes that some buyers may still take")
    compliance: Compliance = spec(
        Compliance(),
        "share of the banned volume that an economy really stops",
        unit="share",
        domain="[0, 1]",
    )
    secondary: Secondary | None = spec(None, "threat against third countries that buy")

    @model_validator(mode="after")
    def _waivers_in_force(self) -> Self:
        for k, item in enumerate(self.waivers):
            late = item.start and self.until and item.start > self.until
            early = item.until and self.start and item.until < self.start
            if late or early:
                raise PlacedError(
                    f"waiver {k} shares no day with the embargo: it allows nothing. Correct a "
                    "date, or take it out.",
                    ("waivers", k, "from" if late else "until"),
                )
        return self


class PriceCap(OfSellers):
    """Senders' ships, insurers and banks serve the targets' crude only at the cap or below it.

    The services of the senders are those of a whole fleet; buyers are free to pay more by other
    ships.
    """

    kind: Literal["price_cap"] = spec("price_cap", "kind of measure")
    senders: Parties = spec(..., "economies or groups that keep their services back above the cap")
    usd: Price = spec(..., "cap on the price at the seller's border", unit="USD a barrel",
                      domain="> 0")  # fmt: skip
    attestation: Cost = spec(
        Cost(central=0.0), "cost of proving the price", unit="USD a barrel", domain=">= 0"
    )
    fleet: Fleet = spec("mainstream", "fleet whose services need the proof")


class MaritimeServicesBan(OfSellers):
    """Senders' ships, insurers and banks do not serve the targets' crude, wherever it goes.

    Buyers that put up the insurance themselves are left out.
    """

    kind: Literal["maritime_services_ban"] = spec("maritime_services_ban", "kind of measure")
    senders: Parties = spec(..., "economies or groups that keep their services back")
    fleet: Fleet = spec("mainstream", "fleet that is lost to the targets")
    excluded: Parties | None = spec(None, "buyers that are served as before", alias="except")


class OfTankers(Measure):
    """A measure on tankers, counted or by capacity."""

    vessels: Vessels | None = spec(None, "their capacity", unit="mb", domain="> 0")
    tankers: Tankers | None = spec(None, "their number, times `size`", domain="> 0")
    size: Vessels = spec(
        Vessels(low=0.7, central=0.9, high=1.3), "mean capacity of one", unit="mb", domain="> 0"
    )

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.vessels is None) == (self.tankers is None):
            raise ValueError("give exactly one of 'vessels' (mb) and 'tankers' (a number).")
        if self.vessels is not None and "size" in self.model_fields_set:
            raise PlacedError("'vessels' is a capacity already; 'size' goes with 'tankers', their "
                              "number. Leave it out.", ("size",))  # fmt: skip
        return self


class TankerDesignation(OfTankers):
    """Senders list tankers by name, which then find no cargo, port or insurer."""

    kind: Literal["tanker_designation"] = spec("tanker_designation", "kind of measure")
    senders: Parties = spec(..., "economies or groups that list them")
    fleet: Fleet = spec("shadow", "fleet that they belong to")
    enforcement: Share = spec(
        Share(low=0.4, central=0.7, high=1.0),
        "share of the listed capacity that is really lost",
        unit="share",
        domain="[0, 1]",
    )


class FleetGain(OfTankers):
    """Tankers join a fleet, bought or built."""

    kind: Literal["fleet_gain"] = spec("fleet_gain", "kind of measure")
    fleet: Fleet = spec("shadow", "fleet that they join")
    ramp: Months = spec(
        Months(central=0.0), "months until all of them sail", unit="months", domain=">= 0"
    )


class RiskDiscount(OfSellers):
    """Buyers under threat of secondary sanctions count each barrel of the targets dearer."""

    kind: Literal["risk_discount"] = spec("risk_discount", "kind of measure")
    senders: Parties = spec(..., "economies or groups that threaten")
    who: Parties = spec(("all",), "buyers that are threatened; all but the targets if left out")
    excluded: Parties | None = spec(None, "buyers that are not", alias="except")
    refiners: OilNames | None = spec(
        None, "of these only the refiners named, such as CHN-INDEPENDENT"
    )
    usd: Cost = spec(..., "what the danger is worth to them", unit="USD a barrel", domain=">= 0")


class Quota(Measure):
    """Buyers import at most so much crude, all of them together."""

    kind: Literal["quota"] = spec("quota", "kind of measure")
    senders: Parties = spec(..., "economies or groups that import")
    targets: Parties = spec(("all",), "economies or groups whose crude counts")
    streams: OilNames | None = spec(
        None,
        "streams of theirs, such as RUS-URALS, or grades (heavy sour); all of them if left out",
    )
    kbd: Volume = spec(..., "most that they may import", unit="kb/d", domain=">= 0")


class FieldLoss(OfSellers):
    """Fields are lost, seized or destroyed: part of the capacity of each stream."""

    kind: Literal["field_loss"] = spec("field_loss", "kind of measure")
    share: Share = spec(..., "part of capacity lost", unit="share", domain="[0, 1]")


class FieldGain(OfSellers):
    """Investment or return of fields: capacity of each stream grows, and any quota with it."""

    kind: Literal["field_gain"] = spec("field_gain", "kind of measure")
    share: Gain = spec(..., "growth as a part of capacity", unit="share", domain="[0, 10]")
    ramp: Months = spec(
        Months(central=0.0), "months until all of it flows", unit="months", domain=">= 0"
    )


class NoInvestment(OfSellers):
    """No new wells: capacity falls at the stream's own decline while the measure is in force."""

    kind: Literal["no_investment"] = spec("no_investment", "kind of measure")


class ProductionCut(OfSellers):
    """Targets produce less than at the base, by decision."""

    kind: Literal["production_cut"] = spec("production_cut", "kind of measure")
    share: Share | None = spec(
        None, "part of base output that is cut", unit="share", domain="[0, 1]"
    )
    kbd: Volume | None = spec(
        None, "cut of all of them together, in proportion to output", unit="kb/d", domain=">= 0"
    )

    @model_validator(mode="after")
    def _one_cut(self) -> Self:
        if (self.share is None) == (self.kbd is None):
            raise ValueError("give exactly one of 'share' (of base output) and 'kbd' (in all).")
        return self


class OilRelief(OfSellers):
    """What stood in the base month against the targets' crude is lifted.

    Bans, caps and bans on services of the base year's market; buyers keep the habits and prices
    that they had. Measures of the scenario itself are not lifted.
    """

    kind: Literal["oil_relief"] = spec("oil_relief", "kind of measure")


class OilDemand(Measure):
    """Demand of the targets for crude at unchanged prices changes."""

    kind: Literal["oil_demand"] = spec("oil_demand", "kind of measure")
    targets: Parties = spec(..., "economies or groups whose refiners run it")
    hat: Factor | None = spec(None, "new demand over old (0.9: a tenth less)", domain="(0, 101]")
    percent: Percent | None = spec(None, "change of demand", unit="per cent", domain="> -100")

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if (self.hat is None) == (self.percent is None):
            raise ValueError("give exactly one of 'hat' (0.9: a tenth less) and 'percent' (-10).")
        return self


class ProducersAgreement(Measure):
    """Producers move their quotas by a step a month while Brent is outside a band."""

    kind: Literal["producers_agreement"] = spec("producers_agreement", "kind of measure")
    members: Parties | None = spec(
        None, "economies or groups that agree; those with a quota at the base if left out"
    )
    low: Price | None = spec(
        None, "below it quotas fall; the base year's rule if left out", unit="USD a barrel",
        domain="> 0",
    )  # fmt: skip
    high: Price | None = spec(
        None, "above it quotas rise; the base year's rule if left out", unit="USD a barrel",
        domain="> 0",
    )  # fmt: skip
    step: Step = spec(
        Step(low=0.01, central=0.02, high=0.04), "part by which quotas move in a month",
        unit="share", domain="[0, 1)",
    )  # fmt: skip

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.low and self.high and self.low.bounds[1] > self.high.bounds[0]:
            raise ValueError(
                f"'low' {self.low.bounds[1]:g} lies above 'high' {self.high.bounds[0]:g}. "
                "Exchange or correct them."
            )
        return self


class OilMarketRun(Measure):
    """Restricts nothing: only asks that crude be settled by the oil market."""

    kind: Literal["oil_market"] = spec("oil_market", "kind of measure")
    base: Number | None = spec(
        None, "base year of the market; the latest that the world, or the path, begins with"
    )


OIL_KINDS: Final[dict[str, type[Measure]]] = {
    "oil_embargo": OilEmbargo,
    "price_cap": PriceCap,
    "maritime_services_ban": MaritimeServicesBan,
    "tanker_designation": TankerDesignation,
    "fleet_gain": FleetGain,
    "risk_discount": RiskDiscount,
    "quota": Quota,
    "field_loss": FieldLoss,
    "field_gain": FieldGain,
    "no_investment": NoInvestment,
    "production_cut": ProductionCut,
    "oil_relief": OilRelief,
    "oil_demand": OilDemand,
    "producers_agreement": ProducersAgreement,
    "oil_market": OilMarketRun,
}
