"""What may be done to an oil market in a month: bans, caps, services, tankers, quotas, losses.

A place of a restriction that is left out means all.  `streams` takes names of streams and of
producers (all their streams).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ban:
    """Refiners may not buy; each may still buy what is exempt.

    Attributes
    ----------
    streams, refiners, carriers : who sells, who may not buy, by which way
    share : part of the base month's volume that is banned
    waivers : refiner -> volume that it may still buy, kb/d, on top of the part not banned

    """

    streams: Names = ()
    refiners: Names = ()
    carriers: Names = ()
    share: float = 1.0
    waivers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceBan:
    """Carriers (with their insurers) may not take these streams, wherever they go."""

    streams: Names
    carriers: Names


@dataclass(frozen=True, slots=True)
class PriceCap:
    """Carriers may take these streams only if they are sold at the cap or below it.

    Attributes
    ----------
    streams, carriers : whose crude; whose services need the attestation
    usd : cap on the price at the seller's border, USD a barrel
    attestation : cost of proving it, USD a barrel

    """

    streams: Names
    carriers: Names
    usd: float
    attestation: float = 0.0


@dataclass(frozen=True, slots=True)
class Designation:
    """Tankers that are listed by name: their capacity is lost to the fleet, mb.

    Of a pipe, kb/d that it can take less.
    """

    carrier: str
    vessels: float


@dataclass(frozen=True, slots=True)
class RiskDiscount:
    """Buyers under threat of secondary sanctions count each barrel dearer, USD a barrel."""

    streams: Names
    refiners: Names
    usd: float


@dataclass(frozen=True, slots=True)
class ImportQuota:
    """Each of the refiners may buy at most this much of all the streams together, kb/d.

    With `together` it is what all of them may buy.
    """

    refiners: Names
    kbd: float
    streams: Names = ()
    together: bool = False


@dataclass(frozen=True, slots=True)
class CapacityLoss:
    """Fields are lost or seized: part of the capacity of each stream (0 to 1).

    Who produced below capacity by quota makes up for it first.
    """

    streams: Names
    share: float


@dataclass(frozen=True, slots=True)
class ProductionCut:
    """Each of the streams produces at most this part of its base output (0 to 1)."""

    streams: Names
    share: float


@dataclass(frozen=True, slots=True)
class CapacityGain:
    """Investment: capacity of each stream grows by a part of it, and any quota with it."""

    streams: Names
    share: float


@dataclass(frozen=True, slots=True)
class NoInvestment:
    """No new wells: over the months of a path, capacity falls at the stream's own decline."""

    streams: Names


@dataclass(frozen=True, slots=True)
class VesselGain:
    """Tankers that join a fleet, mb of capacity; of a pipe, kb/d that it can take more."""

    carrier: str
    vessels: float


@dataclass(frozen=True, slots=True)
class DemandShift:
    """Demand of refiners at unchanged prices, as a hat (0.9: a tenth less)."""

    refiners: Names
    hat: float


@dataclass(frozen=True, slots=True)
class RefiningCapacity:
    """What refiners can run, as a hat (1.1: a tenth more)."""

    refiners: Names
    hat: float


@dataclass(frozen=True, slots=True)
class Detour:
    """Lanes that take longer: more days of a vessel, more freight, USD a barrel."""

    streams: Names
    refiners: Names
    carriers: Names
    days: float
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Relief:
    """What stood in the base month against these streams is lifted; what came after is not."""

    streams: Names


Restriction = (
    Ban
    | ServiceBan
    | PriceCap
    | Designation
    | RiskDiscount
    | ImportQuota
    | CapacityLoss
    | ProductionCut
    | CapacityGain
    | NoInvestment
    | VesselGain
    | DemandShift
    | RefiningCapacity
    | Detour
    | Relief
)
"""Anything that can be given to a month."""
