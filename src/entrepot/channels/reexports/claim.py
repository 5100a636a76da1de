"""One measure of evasion against one world: its banned cells, its hubs and their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from entrepot.channels.draft import Draft
from entrepot.channels.reexports.facts import HubFacts, Number, hub_facts
from entrepot.scenario.book import Entry
from entrepot.scenario.fields import Level, Share
from entrepot.scenario.labels import ALL
from entrepot.scenario.reexport_measures import Evasion, Extra, Positive

ROW: Final = "ROW"
LEVELS: Final[dict[str, type[Level]]] = {
    "markup": Extra,
    "detection": Share,
    "capacity": Extra,
    "compliance": Share,
    "reexported": Share,
    "ready": Share,
    "substitution": Positive,
    "steepness": Positive,
    "theta": Positive,
    "years": Positive,
}
MEANING: Final = {
    "markup": "base mark-up of goods in a hub, over their price",
    "detection": "share of the goods that is seized in a hub",
    "capacity": "flow through a hub at which crowding begins to bite, over its imports of goods",
    "compliance": "share of re-exports to the target that the hub itself stops",
    "share": "baseline share of goods that pass the hub",
    "reexported": "share of an economy's exports that are re-exports, before the measures",
    "substitution": "elasticity between ways round a ban",
    "fine": "fine on goods that are caught, over their value",
    "crowding": "extra cost in a hub at full capacity",
    "steepness": "exponent of crowding in hubs",
    "theta": "trade elasticity of the first round, where the world has none",
    "ready": "share of their capacity that hubs have at once",
    "years": "years in which hubs build 63 % of the rest of their capacity",
    "sector": "factor on the mark-up of goods that are searched for most",
}


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What one measure of evasion asks of one world.

    Attributes
    ----------
    entry, measure : the measure
    targets : (N,) bool
    cells : (N, N, S) bool, banned cells that it opens
    hubs : target position -> positions of its hubs

    """

    entry: Entry
    measure: Evasion
    targets: np.ndarray
    cells: np.ndarray
    hubs: dict[int, tuple[int, ...]]


def claim_of(draft: Draft, entry: Entry, measure: Evasion) -> Claim:
    """Read one measure; problems go to the draft.

    A cell to which payments or transport leave no way is no ban that goods could evade.
    """
    targets = draft.regions(measure.targets, entry, "targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    cells = np.zeros_like(draft.after["access"], dtype=bool)
    if measure.flow in ("imports", "both"):
        cells |= draft.pairs(~targets, targets, sectors)
    if measure.flow in ("exports", "both"):
        cells |= draft.pairs(targets, ~targets, sectors)
    banned = (draft.access() < 1.0) & ~draft.layers.closed()
    cells &= banned & (draft.world.trade_share > 0)
    hubs = {}
    for target in (int(k) for k in np.flatnonzero(targets)):
        hubs[target] = _hubs(draft, entry, measure, target, targets)
    _check_terms(draft, entry, measure, hubs)
    if not cells.any():
        draft.note(f"{entry.name}: no trade that it covers is banned, so that nothing comes back.")
    return Claim(entry, measure, targets, cells, hubs)


def _hubs(draft: Draft, entry: Entry, measure: Evasion, target: int,
          targets: np.ndarray) -> tuple[int, ...]:  # fmt: skip
    code = draft.world.regions[target]
    if measure.hubs is None:
        return _known_hubs(draft, entry, code)
    named = draft.regions(measure.hubs, entry, "hubs")
    if ALL in measure.hubs:
        named &= ~targets
        if ROW in draft.region_at:
            named[draft.region_at[ROW]] = False
            draft.note(f"{entry.name}: ROW is many economies, and no hub unless it is named.")
    both = named & targets
    if both.any():
        names = ", ".join(r for r, x in zip(draft.world.regions, both, strict=True) if x)
        draft.problems.append(
            f"{entry.where}: {entry.name}.hubs: {names} is a target and a hub. Goods for a target "
            "come back through third economies: take it out of one of the two."
        )
    return tuple(int(k) for k in np.flatnonzero(named & ~targets))


def _known_hubs(draft: Draft, entry: Entry, target: str) -> tuple[int, ...]:
    known = hub_facts().hubs
    if target not in known:
        draft.problems.append(
            f"{entry.where}: {entry.name}.hubs: the table of facts knows no hub of {target}; it "
            f"knows those of {', '.join(known)}. Name the hubs, or write [all]."
        )
        return ()
    absent = [h for h in known[target] if h not in draft.region_at]
    if absent:
        draft.note(
            f"{entry.name}: {', '.join(absent)} lie in the rest of this world: what would pass "
            "through them is not covered."
        )
    return tuple(draft.region_at[h] for h in known[target] if h in draft.region_at)


def _check_terms(draft: Draft, entry: Entry, measure: Evasion,
                 hubs: dict[int, tuple[int, ...]]) -> None:  # fmt: skip
    """Refuse terms of an economy that is no hub of the measure."""
    serving = {draft.world.regions[k] for found in hubs.values() for k in found}
    for label in measure.terms:
        members = draft.regions((label,), entry, "terms")
        codes = {r for r, x in zip(draft.world.regions, members, strict=True) if x}
        if codes and not codes & serving:
            draft.problems.append(
                f"{entry.where}: {entry.name}.terms: {label} is no hub of this measure; hubs are "
                f"{', '.join(sorted(serving)) or 'none'}. Add it to 'hubs', or take it out."
            )


def level_of(number: Number, name: str) -> Level:
    """Return a number of the table as a level of the scenario format."""
    return LEVELS.get(name, Extra)(
        low=number.low, central=number.central, high=number.high, source=number.source
    )


def rule_value(draft: Draft, claim: Claim, name: str) -> float:
    """Value of a number of the rule in this run; what the measure says comes first."""
    own = getattr(claim.measure, name, None)
    level = own if own is not None else level_of(hub_facts().rule[name], name)
    return draft.value(level, claim.entry, name, MEANING[name])


def hub_value(draft: Draft, claim: Claim, target: int, hub: int, name: str) -> float:
    """Value of `name` of a hub: its terms, the facts about it, the measure, the rule."""
    facts, regions = hub_facts(), draft.world.regions
    code, towards = regions[hub], regions[target]
    several = f"{towards}." if claim.targets.sum() > 1 else ""
    field = f"{several}{code}.{name}"
    own = _term(draft, claim, code, name)
    if own is not None:
        return draft.value(own, claim.entry, f"{code}.{name}", MEANING[name])
    if _has(facts, towards, code, name) and getattr(claim.measure, name, None) is None:
        level = level_of(facts.number(towards, code, name), name)
        return draft.value(level, claim.entry, field, MEANING[name])
    return rule_value(draft, claim, name)


def _has(facts: HubFacts, target: str, hub: str, name: str) -> bool:
    return name in facts.hubs.get(target, {}).get(hub, {})


def _term(draft: Draft, claim: Claim, code: str, name: str) -> Level | None:
    """What `terms` say of an economy: by itself, else by a group that it is in."""
    terms = claim.measure.terms
    if code in terms and getattr(terms[code], name) is not None:
        found: Level = getattr(terms[code], name)
        return found
    for label in sorted(terms):
        group = draft.words.groups.get(label)
        if group and code in group.at(draft.day) and getattr(terms[label], name) is not None:
            level: Level = getattr(terms[label], name)
            return level
    return None


def share_of(draft: Draft, claim: Claim, hub: int) -> float | None:
    """Baseline share of a hub if the measure gives one."""
    code = draft.world.regions[hub]
    own = _term(draft, claim, code, "share")
    if own is None:
        return None
    return draft.value(own, claim.entry, f"{code}.share", MEANING["share"])
