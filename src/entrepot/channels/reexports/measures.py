"""The channel: measures of evasion, enforcement and contract clauses become costs of bans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from entrepot.channels.channel import Channel
from entrepot.channels.draft import Draft
from entrepot.channels.reexports.claim import Claim, claim_of
from entrepot.channels.reexports.markup import raised
from entrepot.channels.reexports.plan import EvasionPlan
from entrepot.channels.reexports.sheet import HubNumbers, Sheet, numbers_of, sheet_of, ways_of
from entrepot.channels.reexports.tables import hub_table
from entrepot.channels.reexports.ways import Ways
from entrepot.scenario.book import Entry
from entrepot.scenario.reexport_measures import (
    Enforcement,
    Evasion,
    NoReexportClause,
)

Array = np.ndarray


def finish(draft: Draft, given: tuple[Entry, ...]) -> None:
    """Let banned goods come back through hubs; called once, after every ban is known."""
    claims = [claim_of(draft, e, e.measure) for e in given if isinstance(e.measure, Evasion)]
    brakes = [e for e in given if not isinstance(e.measure, Evasion)]
    if not claims:
        for entry in brakes:
            draft.note(
                f"{entry.name}: no measure of the kind 'evasion' is in force, so that nothing "
                "passes the hubs, and it does nothing."
            )
        return
    _check_overlap(draft, claims)
    claims = [c for c in claims if c.cells.any() and any(c.hubs.values())]
    if draft.problems or not claims:
        return
    plan = _plan(sheet_of(draft, claims), brakes)
    if plan is None:
        return
    draft.evade(plan.cost(), [c.entry for c in claims] + brakes)
    draft.detail(CHANNEL.name, plan)
    draft.table(
        "hubs",
        "What passes the hubs",
        hub_table(plan),
        "First round, at trade of the world before the measures; what customs would record after "
        "a solve is `recorded`.",
    )
    if not plan.settled.converged:
        draft.note(f"Flows through hubs and mark-ups agree only to {plan.settled.gap:.1e}.")


def _check_overlap(draft: Draft, claims: list[Claim]) -> None:
    """Refuse two measures that open the same cell."""
    for k, one in enumerate(claims):
        for two in claims[k + 1 :]:
            both = np.argwhere(one.cells & two.cells)
            if len(both):
                draft.problems.append(
                    f"{two.entry.where}: '{one.entry.name}' and '{two.entry.name}' both let "
                    f"{draft.cell(tuple(int(x) for x in both[0]))} come back, and "
                    f"{len(both) - 1} more cells. Give them different targets or sectors."
                )


def _plan(sheet: Sheet, brakes: list[Entry]) -> EvasionPlan | None:
    """Ways, costs and flows that agree; None if a problem came up."""
    draft, world = sheet.draft, sheet.draft.world
    before = ways_of(sheet)
    numbers = _braked(sheet, brakes, numbers_of(sheet))
    now = _still_open(sheet, before, numbers)
    costs, nu = numbers.costs(sheet), sheet.shared("substitution")
    if draft.problems:
        return None
    _note_shut(sheet, before, now)
    i, j, s = sheet.cells.T
    banned = ((1.0 - draft.access()) * world.trade_flows())[i, j, s]
    return EvasionPlan.made(world.regions, world.sectors, sheet.hubs, sheet.cells, before, now, nu,
                            costs, banned, _elasticities(sheet)[s])  # fmt: skip


def _elasticities(sheet: Sheet) -> Array:
    """(S,) trade elasticities of the first round: the world's, else one for all that is noted."""
    world = sheet.draft.world
    if world.theta is not None:
        return world.theta
    theta = sheet.shared("theta")
    sheet.draft.note(
        f"The world '{world.name}' has no trade elasticities: the first round of flows through "
        f"hubs takes {theta:g} for all sectors."
    )
    return np.full(len(world.sectors), theta)


def _still_open(sheet: Sheet, before: Ways, numbers: HubNumbers) -> Ways:
    """Ways as far as the measures of the scenario, and the hubs themselves, leave their legs."""
    access: Array = sheet.draft.access()
    h = sheet.hubs
    i, j, s = sheet.cells.T
    first = access[i[:, None], h[None, :], s[:, None]]
    last = access[h[None, :], j[:, None], s[:, None]] * (1.0 - numbers.compliance)
    last = last * (numbers.capacity > 0)
    if before.between is None:
        return before.narrowed(first, last)
    return before.narrowed(first, last, access[h][:, h].transpose(2, 0, 1)[s])


def _braked(sheet: Sheet, brakes: list[Entry], numbers: HubNumbers) -> HubNumbers:
    """Numbers of the hubs after enforcement and contract clauses."""
    draft = sheet.draft
    i, j, s = sheet.cells.T
    for entry in brakes:
        measure = entry.measure
        assert isinstance(measure, Enforcement | NoReexportClause)
        targets = draft.regions(measure.targets, entry, "targets")
        rows = draft.sectors(measure.sectors, entry, "sectors")[s] & (targets[j] | targets[i])
        at = draft.regions(measure.hubs, entry, "hubs")[sheet.hubs]
        if isinstance(measure, NoReexportClause):
            rows = rows & draft.regions(measure.senders, entry, "senders")[i]
            cost = draft.value(measure.cost, entry, "cost", "extra cost of passing a hub")
            markup = numbers.markup + cost * (rows[:, None] & at[None, :])
            numbers = replace(numbers, markup=markup)
        else:
            note = "share of what used to pass hubs that is caught"
            more = draft.value(measure.detection, entry, "detection", note)
            seized = raised(numbers.detection, more * (rows[:, None] & at[None, :]))
            numbers = replace(numbers, detection=seized)
        if not (rows.any() and at.any()):
            draft.note(f"{entry.name}: nothing that it covers passes a hub.")
    return numbers


def _note_shut(sheet: Sheet, before: Ways, now: Ways) -> None:
    """Name the hubs that the measures of the scenario close altogether."""
    had = ((before.first > 0) & (before.last > 0)).any(axis=0)
    left = ((now.first > 0) & (now.last > 0)).any(axis=0)
    regions, by = sheet.draft.world.regions, ", ".join(c.entry.name for c in sheet.claims)
    shut = [regions[h] for h in sheet.hubs[had & ~left]]
    never = [regions[h] for h in sheet.hubs[~had]]
    if shut:
        sheet.draft.note(
            f"{by}: {', '.join(shut)} lets nothing pass: the measures of the scenario close one "
            "of its two legs, or it stops all re-exports itself, or it has no capacity."
        )
    if never:
        sheet.draft.note(
            f"{by}: {', '.join(never)} does not trade with both ends in this world, and is no way."
        )


CHANNEL = Channel("reexports", finish)
