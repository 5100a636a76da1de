"""From measures of a scenario to restrictions of an oil market, on one day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from entrepot.channels.oil.agreement import agreement
from entrepot.channels.oil.bundled import base_years
from entrepot.channels.oil.embargo import embargo
from entrepot.channels.oil.limit_checks import problems_of
from entrepot.channels.oil.relief import liftable, streams_of
from entrepot.channels.oil.restrictions import (
    Ban,
    CapacityGain,
    CapacityLoss,
    DemandShift,
    Designation,
    ImportQuota,
    NoInvestment,
    PriceCap,
    ProductionCut,
    Relief,
    Restriction,
    RiskDiscount,
    ServiceBan,
    VesselGain,
)
from entrepot.channels.oil.sheet import Sheet
from entrepot.core.errors import did_you_mean
from entrepot.scenario import oil_measures as kinds
from entrepot.scenario.book import Entry
from entrepot.scenario.oil_parts import Months

SERVICE_HOMES: Final = ("GBR", "NOR", "SWE", "JPN", "USA")
"""Homes of the clubs that insure about nine tenths of the tonnage at sea
(https://igpandi.org/article/about and https://rulesandexceptions.swedishclub.com, section B.2)."""
SELLER: Final = 0.1
"""Part of what it refines below which an economy that imports no more is a seller only; assumed,
0.02 to 0.2: the record of pairs is fitted, and gives sellers some imports that nobody reports."""


def restrict(sheet: Sheet, entries: Iterable[Entry]) -> None:
    """Put what the measures of oil among `entries` do on the sheet, all of them together."""
    given = [e for e in entries if str(getattr(e.measure, "kind", "")) in APPLY]
    for entry in given:
        before = len(sheet.done)
        APPLY[str(getattr(entry.measure, "kind", ""))](sheet, entry, entry.measure)
        for _, made in sheet.done[before:]:
            for text in problems_of(sheet.market, [made]):
                sheet.problem(entry, "", text.partition(": ")[2])
    _two_caps(sheet)
    _too_many_tankers(sheet)


def _cap(sheet: Sheet, entry: Entry, measure: kinds.PriceCap) -> None:
    streams = _served(sheet, entry, measure)
    usd = sheet.draft.value(measure.usd, entry, "usd", "price cap, USD a barrel")
    cost = sheet.draft.value(measure.attestation, entry, "attestation",
                             "cost of proving the price, USD a barrel",
                             given="attestation" in measure.model_fields_set)  # fmt: skip
    if streams:
        sheet.done.append((entry, PriceCap(streams, (measure.fleet,), usd, cost)))
    for old in sheet.market.standing:
        if isinstance(old, PriceCap) and set(streams) & set(streams_of(sheet.market, old)):
            sheet.note(
                entry,
                f"a cap of {old.usd:g} USD stood in the base month; the lower of the "
                "two counts. A measure of the kind 'oil_relief' lifts the old one.",
            )


def _services(sheet: Sheet, entry: Entry, measure: kinds.MaritimeServicesBan) -> None:
    streams = _served(sheet, entry, measure)
    if measure.excluded is None:
        sheet.done += [(entry, ServiceBan(streams, (measure.fleet,)))] if streams else []
        return
    free = sheet.economies(measure.excluded, entry, "except")
    parts = sheet.places.refiners(free, sheet.places.economies)
    served = sheet.whole(entry, parts, "except")
    rest = tuple(n for n in sheet.market.refiner_names if n not in served)
    if not rest:
        sheet.problem(entry, "except", "it leaves out every buyer of the oil market, so that the "
                      "measure does nothing. Name fewer, or take it out.")  # fmt: skip
    if streams and rest:
        sheet.done.append((entry, Ban(streams, rest, (measure.fleet,))))


def _served(sheet: Sheet, entry: Entry, measure: Any) -> tuple[str, ...]:
    """Streams whose services are at stake; somebody among the senders must hold services."""
    senders = sheet.economies(measure.senders, entry, "senders")
    if measure.fleet == "mainstream" and not senders & set(SERVICE_HOMES):
        sheet.problem(entry, "senders", "none of them holds the services of the mainstream fleet "
                      f"(those are {', '.join(SERVICE_HOMES)}). Name one that does, or use "
                      "'oil_embargo' for what the senders buy themselves.")  # fmt: skip
    return sheet.whole(entry, sheet.streams(entry, measure), "targets")


def _tankers(sheet: Sheet, entry: Entry, measure: kinds.OfTankers) -> float:
    draft = sheet.draft
    if measure.vessels is not None:
        return draft.value(measure.vessels, entry, "vessels", "capacity of the tankers, mb")
    assert measure.tankers is not None
    number = draft.value(measure.tankers, entry, "tankers", "number of tankers")
    given = "size" in measure.model_fields_set
    return number * draft.value(measure.size, entry, "size", "mean size, mb", given=given)


def _designate(sheet: Sheet, entry: Entry, measure: kinds.TankerDesignation) -> None:
    sheet.economies(measure.senders, entry, "senders")
    part = sheet.draft.value(measure.enforcement, entry, "enforcement",
                             "share of the listed capacity that is lost",
                             given="enforcement" in measure.model_fields_set)  # fmt: skip
    sheet.done.append((entry, Designation(measure.fleet, part * _tankers(sheet, entry, measure))))


def _join(sheet: Sheet, entry: Entry, measure: kinds.FleetGain) -> None:
    part = sheet.progress(entry, _ramp(sheet, entry, measure.ramp))
    sheet.done.append((entry, VesselGain(measure.fleet, part * _tankers(sheet, entry, measure))))


def _ramp(sheet: Sheet, entry: Entry, ramp: Months) -> float:
    given = "ramp" in entry.measure.model_fields_set
    return sheet.draft.value(ramp, entry, "ramp", "months to the full", given=given)


def _risk(sheet: Sheet, entry: Entry, measure: kinds.RiskDiscount) -> None:
    sheet.economies(measure.senders, entry, "senders")
    targets = sheet.economies(measure.targets, entry, "targets")
    who = sheet.economies(measure.who, entry, "who") - targets
    who -= sheet.economies(measure.excluded or (), entry, "except")
    streams = sheet.whole(entry, sheet.streams(entry, measure), "targets")
    usd = sheet.draft.value(measure.usd, entry, "usd", "discount for the danger, USD a barrel")
    parts = sheet.places.refiners(who, targets)
    if not parts:
        sheet.problem(entry, "who", "it threatens no buyer of the oil market. Name one.")
    parts = _named(sheet, entry, measure.refiners, parts)
    sheet.part_note(entry, parts)
    for part in sorted(set(parts.values())):
        names = tuple(n for n, p in parts.items() if p == part)
        if streams:
            sheet.done.append((entry, RiskDiscount(streams, names, usd * part)))


def _named(sheet: Sheet, entry: Entry, names: tuple[str, ...] | None,
           parts: dict[str, float]) -> dict[str, float]:  # fmt: skip
    if names is None:
        return parts
    for k, name in enumerate(names):
        if name not in parts:
            hint = did_you_mean(name, sheet.market.refiner_names)
            sheet.problem(entry, f"refiners.{k}", f"'{name}' is no refiner of those meant.{hint} "
                          f"Theirs are {', '.join(parts) or 'none'}.")  # fmt: skip
    return {name: part for name, part in parts.items() if name in names}


def _quota(sheet: Sheet, entry: Entry, measure: kinds.Quota) -> None:
    senders = sheet.economies(measure.senders, entry, "senders")
    streams = sheet.streams(entry, measure, senders)
    own = sheet.places.streams(senders)
    streams = {name: part for name, part in streams.items() if name not in own}
    kbd = sheet.draft.value(measure.kbd, entry, "kbd", "import quota, kb/d")
    buyers = sheet.whole(entry, sheet.places.refiners(senders, sheet.places.economies), "senders")
    names = sheet.whole(entry, streams, "targets")
    places = sheet.places
    runs = sum(places.bought(e, places.economies) for e in senders)
    imports = sum(places.bought(e, set(places.economies) - senders) for e in senders)
    if buyers and imports < SELLER * runs:
        sheet.problem(entry, "senders", f"{', '.join(sorted(senders))} imports next to no crude "
                      f"({imports:.0f} of the {runs:.0f} kb/d that it refines), and a quota is of "
                      "those who import. To hold back a seller use 'production_cut' or "
                      "'producers_agreement'.")  # fmt: skip
    elif buyers and names:
        sheet.done.append((entry, ImportQuota(buyers, kbd, names, together=True)))


def _lose(sheet: Sheet, entry: Entry, measure: kinds.FieldLoss) -> None:
    streams = sheet.streams(entry, measure)
    sheet.part_note(entry, streams)
    share = sheet.draft.value(measure.share, entry, "share", "part of capacity lost")
    sheet.done += [(entry, CapacityLoss((name,), share * part)) for name, part in streams.items()]


def _gain(sheet: Sheet, entry: Entry, measure: kinds.FieldGain) -> None:
    streams = sheet.streams(entry, measure)
    sheet.part_note(entry, streams)
    share = sheet.draft.value(measure.share, entry, "share", "growth of capacity")
    share *= sheet.progress(entry, _ramp(sheet, entry, measure.ramp))
    sheet.done += [(entry, CapacityGain((name,), share * part)) for name, part in streams.items()]


def _starve(sheet: Sheet, entry: Entry, measure: kinds.NoInvestment) -> None:
    if streams := sheet.whole(entry, sheet.streams(entry, measure), "targets"):
        sheet.done.append((entry, NoInvestment(streams)))


def _lift(sheet: Sheet, entry: Entry, measure: kinds.OilRelief) -> None:
    names = sheet.whole(entry, sheet.streams(entry, measure), "targets")
    stood = [name for name in names if name in liftable(sheet.market)]
    if names and not stood:
        sheet.problem(entry, "targets", f"nothing stood against {', '.join(names)} in the base "
                      f"month of '{sheet.market.name}', so there is nothing to lift. Take the "
                      "measure out, or ask for another base year ('oil_market').")  # fmt: skip
    if stood:
        sheet.done.append((entry, Relief(tuple(stood))))


def _cut(sheet: Sheet, entry: Entry, measure: kinds.ProductionCut) -> None:
    streams = sheet.streams(entry, measure)
    sheet.part_note(entry, streams)
    made = (sheet.market.flow + sheet.market.latent).sum(axis=1)
    output = dict(zip(sheet.market.stream_names, made, strict=True))
    total = float(sum(output[name] * part for name, part in streams.items()))
    if measure.share is not None:
        share = sheet.draft.value(measure.share, entry, "share", "part of base output cut")
    else:
        assert measure.kbd is not None
        kbd = sheet.draft.value(measure.kbd, entry, "kbd", "cut of output, kb/d")
        share = kbd / total if total > 0 else 0.0
        if kbd > total:
            sheet.problem(entry, "kbd", f"a cut of {kbd:g} kb/d is more than the base output of "
                          f"{total:.0f} kb/d. Cut less.")  # fmt: skip
            return
    sheet.done += [
        (entry, ProductionCut((name,), 1.0 - share * part)) for name, part in streams.items()
    ]


def _demand(sheet: Sheet, entry: Entry, measure: kinds.OilDemand) -> None:
    who = sheet.economies(measure.targets, entry, "targets")
    if measure.hat is not None:
        hat = sheet.draft.value(measure.hat, entry, "hat", "demand at unchanged prices, hat")
    else:
        assert measure.percent is not None
        percent = sheet.draft.value(measure.percent, entry, "percent", "change of demand, per cent")
        hat = 1.0 + percent / 100.0
    parts = sheet.places.refiners(who, sheet.places.economies)
    sheet.part_note(entry, parts)
    sheet.done += [
        (entry, DemandShift((name,), 1.0 + (hat - 1.0) * part)) for name, part in parts.items()
    ]


def _ask(sheet: Sheet, entry: Entry, measure: kinds.OilMarketRun) -> None:
    """Restrict nothing; the base year that it may name is chosen before."""
    if measure.base is not None and measure.base not in base_years():
        sheet.problem(entry, "base", f"{measure.base:g} is no bundled base year; there are "
                      f"{', '.join(map(str, base_years()))}.")  # fmt: skip


def _two_caps(sheet: Sheet) -> None:
    """Two caps on one stream: refused, unless they are the same, which then holds once."""
    seen: dict[str, tuple[Entry, PriceCap]] = {}
    kept: list[tuple[Entry, Restriction]] = []
    for entry, made in sheet.done:
        if isinstance(made, PriceCap):
            terms = (made.carriers, made.usd, made.attestation)
            clash = [s for s in made.streams if s in seen]
            for name in clash[:1]:
                first, other = seen[name]
                if (other.carriers, other.usd, other.attestation) != terms:
                    sheet.problem(entry, "", f"'{first.name}' ({first.where}) caps {name} too, at "
                                  f"{other.usd:g} and {made.usd:g} USD. A stream has one cap: give "
                                  "them different streams or dates.")  # fmt: skip
            new = tuple(s for s in made.streams if s not in seen)
            seen |= dict.fromkeys(new, (entry, made))
            if new:
                kept.append((entry, PriceCap(new, made.carriers, made.usd, made.attestation)))
        else:
            kept.append((entry, made))
    sheet.done[:] = kept


def _too_many_tankers(sheet: Sheet) -> None:
    for carrier in sheet.market.carriers:
        listed = [(e, r.vessels) for e, r in sheet.done
                  if isinstance(r, Designation) and r.carrier == carrier.name]  # fmt: skip
        room = carrier.capacity + sum(
            r.vessels for _, r in sheet.done
            if isinstance(r, VesselGain) and r.carrier == carrier.name
        )  # fmt: skip
        if listed and sum(v for _, v in listed) > room:
            names = ", ".join(e.name for e, _ in listed)
            sheet.problem(listed[-1][0], "", f"{names} take {sum(v for _, v in listed):.4g} mb "
                          f"from the fleet '{carrier.name}', which has {room:.4g}. Take "
                          "less.")  # fmt: skip


APPLY: Final[Mapping[str, Callable[[Sheet, Entry, Any], None]]] = {
    "oil_embargo": embargo,
    "price_cap": _cap,
    "maritime_services_ban": _services,
    "tanker_designation": _designate,
    "fleet_gain": _join,
    "risk_discount": _risk,
    "quota": _quota,
    "field_loss": _lose,
    "field_gain": _gain,
    "no_investment": _starve,
    "production_cut": _cut,
    "oil_relief": _lift,
    "oil_demand": _demand,
    "producers_agreement": agreement,
    "oil_market": _ask,
}
