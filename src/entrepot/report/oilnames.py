"""Names for people: producers, refiners, carriers, restrictions of an oil market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from entrepot.channels.oil import OilMarket, Timed
from entrepot.channels.oil import restrictions as r
from entrepot.channels.oil.data_files import yaml_of
from entrepot.world.build.concordance import TITLES

FLEETS: Final = {"mainstream": "mainstream fleet", "shadow": "shadow fleet"}
KINDS: Final[Mapping[type, str]] = {
    r.Ban: "Ban", r.ServiceBan: "Service ban", r.PriceCap: "Price cap",
    r.Designation: "Tankers listed", r.VesselGain: "Tankers gained",
    r.RiskDiscount: "Risk discount", r.ImportQuota: "Import quota",
    r.CapacityLoss: "Fields lost", r.CapacityGain: "Fields gained",
    r.ProductionCut: "Production cut", r.NoInvestment: "No investment",
    r.DemandShift: "Demand", r.RefiningCapacity: "Refining", r.Detour: "Detour", r.Relief: "Lifted",
}  # fmt: skip


def producer_title(market: OilMarket, producer: str) -> str:
    """Economy or economies behind a producer of the bundled markets; else its label."""
    known = yaml_of("streams.yaml")
    names = [s.name for s in market.streams if s.producer == producer]
    codes = list(dict.fromkeys(c for n in names if n in known for c in known[n]["economies"]))
    return _joined([TITLES.get(c, c) for c in codes]) or TITLES.get(producer, producer)


def _joined(names: Sequence[str]) -> str:
    if len(names) <= 1:
        return "".join(names)
    if len(names) == 2:
        return f"{names[0]} and {names[1]}"
    return f"{names[0]} and {len(names) - 1} others"


def refiner_title(refiner: str) -> str:
    """Name of a refining region of the bundled markets; else its label."""
    return str(yaml_of("refiners.yaml").get(refiner, {}).get("title", refiner))


def carrier_title(market: OilMarket, carrier: str) -> str:
    """Name of a fleet, or of a pipe."""
    kind = next(c.kind for c in market.carriers if c.name == carrier)
    if kind == "pipeline":
        return carrier if "land" in carrier or "road" in carrier else f"{carrier} pipe"
    return FLEETS.get(carrier, carrier)


def party_title(market: OilMarket, kind: str, party: str) -> str:
    """Name of a party that gains or loses, see `entrepot.channels.oil.gains`."""
    if kind == "producer":
        return f"{producer_title(market, party)} (producers)"
    if kind == "refiner":
        title = refiner_title(party)
        return title if title.endswith("refiners") else f"{title} (refiners)"
    if kind == "carrier":
        return carrier_title(market, party)
    return {"premium": "traders who buy at the cap", "quota": "holders of quotas and waivers"}[kind]


def timed_title(timed: Timed) -> str:
    """Short name of a restriction: its kind, on whom, how much."""
    what = timed.restriction
    said = [KINDS[type(what)]]
    said += [", ".join(getattr(what, f)) for f in ("streams",) if getattr(what, f, ())]
    carrier = getattr(what, "carrier", "")
    said += [f"of the {FLEETS.get(carrier, carrier)}"] if carrier else []
    size = {"usd": "{:g} USD", "vessels": "{:g} mb", "kbd": "{:g} kb/d", "hat": "x {:g}"}
    said += [text.format(getattr(what, f)) for f, text in size.items() if getattr(what, f, 0.0)]
    share = getattr(what, "share", 1.0)
    said += [f"{100 * share:.0f} %"] if share != 1.0 else []
    return " ".join(said)
