"""An embargo on crude as a ban with what each buyer may still take.

With part ``b_vj = s c_j`` of the base volume banned (s the share, which grows with the wind-down,
c_j what buyer j really stops), refiner j may still buy ``sum_v (1 - b_vj) base_vj`` of all the
banned streams together by the banned ways, and its waivers on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.restrictions import Ban
from entrepot.channels.oil.sheet import Sheet
from entrepot.scenario.book import Entry
from entrepot.scenario.oil_measures import OilEmbargo

Array = npt.NDArray[np.float64]
NOTHING = 0.05
"""kb/d below which a ban leaves nothing."""


def embargo(sheet: Sheet, entry: Entry, measure: OilEmbargo) -> None:
    """Ban the targets' crude for senders and those who follow."""
    senders = sheet.economies(measure.senders, entry, "senders")
    targets = sheet.economies(measure.targets, entry, "targets")
    senders, targets = _two_sides(sheet, entry, measure, senders, targets)
    streams = sheet.streams(entry, measure, senders)
    stops = stopped(sheet, entry, measure, senders, targets)
    share = sheet.draft.value(measure.share, entry, "share", "part of the base volume banned",
                              given="share" in measure.model_fields_set)  # fmt: skip
    months = sheet.draft.value(measure.wind_down, entry, "wind_down", "months until contracts end",
                               given="wind_down" in measure.model_fields_set)  # fmt: skip
    share *= sheet.progress(entry, months)
    bound = {e: c for e, c in stops.items() if c > 0}
    carriers = carriers_of(sheet, measure.by)
    parts = _with_a_way(sheet, entry, measure, sheet.places.refiners(bound, targets), streams)
    sheet.part_note(entry, parts)
    waivers = _waivers(sheet, entry, measure, stops, targets, tuple(streams))
    base = base_trade(sheet, tuple(streams), carriers)
    left = {}
    for name in parts:
        j = sheet.market.refiner_names.index(name)
        kept = sum(
            (1.0 - share * part * _mean(sheet, name, stops, targets)) * base[v, j]
            for v, part in zip(_at(sheet, streams), streams.values(), strict=True)
        )
        left[name] = float(kept) + waivers.get(name, 0.0)
    if streams and parts and share > 0:
        allowed = {name: kbd for name, kbd in left.items() if kbd > NOTHING}
        sheet.done.append((entry, Ban(tuple(streams), tuple(parts), carriers, 1.0, allowed)))


def _with_a_way(sheet: Sheet, entry: Entry, measure: OilEmbargo, parts: dict[str, float],
                streams: Mapping[str, float]) -> dict[str, float]:  # fmt: skip
    """Refiners that the streams reach by the banned ways; somebody must be reached."""
    carriers, market = carriers_of(sheet, measure.by), sheet.market
    reached = {x.refiner for x in market.lanes
               if x.stream in streams and (not carriers or x.carrier in carriers)}  # fmt: skip
    if parts and streams and not reached & set(parts):
        what = {"sea": "a port", "pipeline": "a pipe"}.get(measure.by, "a way")
        sheet.problem(entry, "senders", f"{', '.join(parts)} has not {what} for "
                      f"{', '.join(streams)}: there is nothing to ban. Take it out, or ban other "
                      "ways ('by').")  # fmt: skip
    for k, item in enumerate(measure.waivers):
        who = sheet.economies(item.who, entry, f"waivers.{k}.who")
        names = [n for n, group in sheet.places.buyers.items() if set(group) & who]
        if names and not reached & set(names):
            sheet.problem(entry, f"waivers.{k}.who", f"{', '.join(sorted(who))} has no way that "
                          f"the embargo bans ('by: {measure.by}') and needs no waiver. Take it "
                          "out.")  # fmt: skip
    return {name: part for name, part in parts.items() if name in reached}


def _two_sides(sheet: Sheet, entry: Entry, measure: OilEmbargo, senders: frozenset[str],
               targets: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:  # fmt: skip
    if "all" in measure.senders and "all" not in measure.targets:
        senders -= targets
    elif "all" in measure.targets and "all" not in measure.senders:
        targets -= senders
    if both := senders & targets:
        sheet.problem(entry, "senders", f"{', '.join(sorted(both))} is in senders and in targets. "
                      "Name it on one side.")  # fmt: skip
    return senders, targets


def stopped(sheet: Sheet, entry: Entry, measure: OilEmbargo, senders: frozenset[str],
            targets: frozenset[str]) -> dict[str, float]:  # fmt: skip
    """Economy -> share c of the banned volume that it stops."""
    draft, out = sheet.draft, dict.fromkeys(sheet.places.economies, 0.0)
    if measure.secondary:
        who = sheet.economies(measure.secondary.who, entry, "secondary.who")
        who -= sheet.economies(measure.secondary.excluded or (), entry, "secondary.except")
        note = "share of the banned volume that threatened third countries give up"
        level = measure.secondary.enforcement
        value = draft.value(level, entry, "secondary.enforcement", note)
        out |= dict.fromkeys(who - senders - targets, value)
    given = "default" in measure.compliance.model_fields_set
    note = "share of the banned volume that senders really stop"
    value = draft.value(measure.compliance.default, entry, "compliance.default", note, given=given)
    out |= dict.fromkeys(senders, value)
    named = sorted(measure.compliance.by.items(), key=lambda x: (x[0] in sheet.places.at, x[0]))
    for label, level in named:
        note = f"share of the banned volume that {label} stops"
        value = draft.value(level, entry, f"compliance.{label}", note)
        who = sheet.economies((label,), entry, "compliance")
        if label in targets:
            sheet.problem(entry, "compliance", f"{label} is a target; compliance is of those who "
                          "buy from it. Take it out.")  # fmt: skip
        out |= dict.fromkeys(who - targets, value)
    return out


def _waivers(sheet: Sheet, entry: Entry, measure: OilEmbargo, stops: Mapping[str, float],
             targets: frozenset[str], streams: tuple[str, ...]) -> dict[str, float]:  # fmt: skip
    """Refiner -> volume of the waivers in force, kb/d."""
    out: dict[str, float] = {}
    for k, item in enumerate(measure.waivers):
        who = sheet.economies(item.who, entry, f"waivers.{k}.who")
        kbd = sheet.draft.value(item.kbd, entry, f"waivers.{k}.kbd",
                                f"waiver of {', '.join(item.who)}, kb/d")  # fmt: skip
        free = sorted(e for e in who if stops.get(e, 0.0) <= 0)
        if free and len(free) == len(who):
            sheet.problem(entry, f"waivers.{k}", f"{', '.join(free)} is not bound by the embargo "
                          "and needs no waiver. Take it out, or name it among the senders, under "
                          "'secondary' or 'compliance'.")  # fmt: skip
            continue
        bound = sorted(who - set(free))
        if named := [e for e in free if e in item.who]:
            sheet.note(
                entry,
                f"waiver {k}: {', '.join(named)} is not bound by the embargo and takes no part in "
                f"it; {', '.join(bound)} may have all of the {kbd:g} kb/d.",
            )
        bought = {e: sheet.places.bought(e, targets) for e in bound}
        runs = sum(sheet.places.bought(e, sheet.places.economies) for e in bound)
        if kbd > runs:
            sheet.problem(entry, f"waivers.{k}.kbd", f"{kbd:g} kb/d is more than all crude of "
                          f"{', '.join(bound)} at the base ({runs:.0f} kb/d). Give at most that, "
                          "or leave the buyer out of the embargo.")  # fmt: skip
            continue
        if kbd > sum(bought.values()):
            sheet.note(
                entry,
                f"waiver {k} of {kbd:g} kb/d is more than {', '.join(bound)} took "
                f"from the targets at the base ({sum(bought.values()):.0f} kb/d).",
            )
        if sheet.draft.day is None and (item.start or item.until):
            sheet.note(
                entry,
                f"waiver {k} has dates, but neither the run nor the measures name a "
                "day: it is left out. Run on a date, or give the scenario one.",
            )
        if item.holds(sheet.draft.day):
            for name, part in _shares(sheet, bought, streams).items():
                out[name] = out.get(name, 0.0) + kbd * part
    return out


def _shares(
    sheet: Sheet, bought: Mapping[str, float], streams: tuple[str, ...]
) -> dict[str, float]:
    """Refiner -> part of a waiver, by what was bought at the base."""
    total = sum(bought.values())
    out: dict[str, float] = {}
    base = base_trade(sheet, streams, ()).sum(axis=0)
    for economy, kbd in bought.items():
        names = [n for n, group in sheet.places.buyers.items() if economy in group]
        size = np.array([base[sheet.market.refiner_names.index(n)] for n in names])
        size = size if size.sum() > 0 else np.ones(len(names))
        for name, part in zip(names, size / size.sum(), strict=True):
            out[name] = out.get(name, 0.0) + float(part) * (kbd / total if total > 0 else 0.0)
    return out


def _mean(sheet: Sheet, refiner: str, stops: Mapping[str, float],
          sellers: frozenset[str]) -> float:  # fmt: skip
    """Share that a refiner stops: mean over its economies, by what they bought."""
    group = sheet.places.buyers[refiner]
    size = np.array([sheet.places.bought(e, sellers) for e in group])
    if size.sum() <= 0:
        size = np.array([sheet.places.bought(e, sheet.places.economies) for e in group])
    if size.sum() <= 0:
        size = np.ones(len(group))
    return float(np.array([stops.get(e, 0.0) for e in group]) @ size / size.sum())


def _at(sheet: Sheet, streams: Mapping[str, float]) -> list[int]:
    return [sheet.market.stream_names.index(v) for v in streams]


def carriers_of(sheet: Sheet, by: str) -> tuple[str, ...]:
    """Carriers of a way of transport; none means all."""
    kind = {"sea": "fleet", "pipeline": "pipeline"}.get(by)
    return tuple(c.name for c in sheet.market.carriers if kind and c.kind == kind)


def base_trade(sheet: Sheet, streams: tuple[str, ...], carriers: tuple[str, ...]) -> Array:
    """Trade of the base month by some carriers: (stream, refiner), kb/d; others are 0."""
    base, market = sheet.base, sheet.market
    out = np.zeros(market.flow.shape)
    use = np.array([not carriers or c.name in carriers for c in market.carriers])
    own = np.array([name in streams for name in market.stream_names])
    chosen = use[base.month.carrier] & own[base.month.stream]
    np.add.at(out, (base.month.stream[chosen], base.month.refiner[chosen]), base.flow[chosen])
    return out
