"""Embargoes and export controls: how much of a cell's varieties may still be bought.

A cell (i, j, s) is a continuum of varieties.  A full ban removes them all.  When only a share
``b`` is stopped, because part of the trade is exempted, off the list, or goes on against the law,
that share of the varieties is removed and the others stay as they are, so that

    P_js = [sum_i pi_ijs (1 - b_ijs) x_ijs^-theta_s]^(-1/theta_s)

in hats: the *access* ``1 - b`` multiplies the trade share.  It is exact for any theta and equals
the ban at b = 1.  It is not a tariff: nobody collects it, and no price makes up for it.

With compliance ``c`` of the economy that trades with the target, exempted share ``e`` and
coverage ``v`` of the control list, ``b = v (1 - e) c``.
"""

from __future__ import annotations

import numpy as np

from entrepot.channels.draft import SAME, Draft
from entrepot.scenario.book import Entry
from entrepot.scenario.labels import ALL
from entrepot.scenario.measures import Embargo, ExportControl, Restriction
from entrepot.scenario.parts import Exemption, Secondary


def two_sides(
    draft: Draft, entry: Entry, first: tuple[str, ...], second: tuple[str, ...], names: str
) -> tuple[np.ndarray, np.ndarray]:
    """Both sides of a measure as (region,) bool; ``all`` means all that are not opposite."""
    one, two = names.split("/")
    a, b = draft.regions(first, entry, one), draft.regions(second, entry, two)
    if ALL in first and ALL not in second:
        a &= ~b
    elif ALL in second and ALL not in first:
        b &= ~a
    both = a & b
    if both.any() and not (ALL in first and ALL in second):
        labels = ", ".join(r for r, x in zip(draft.world.regions, both, strict=True) if x)
        draft.problems.append(
            f"{entry.where}: {entry.name}: {labels} is in {one} and in {two}. Name it on one side."
        )
    return a, b


def exempted(
    draft: Draft,
    entry: Entry,
    exempt: tuple[Exemption, ...],
    sides: tuple[np.ndarray, np.ndarray],
    measured: np.ndarray,
) -> np.ndarray:
    """(region, region, sector) share exempted for trade between the two sides, either way.

    `sides` are the (region,) masks of both sides of the measure; `measured` (sector,) are its
    sectors, for exemptions that name none.
    """
    one, two = sides
    between = (one[:, None] & two[None, :]) | (two[:, None] & one[None, :])
    n, s = len(draft.world.regions), len(draft.world.sectors)
    share, owner = np.zeros((n, n, s)), np.full((n, n, s), -1)
    for k, item in enumerate(exempt):
        if not _applies(draft, entry, item, k):
            continue
        who = draft.regions(item.who, entry, f"exempt.{k}.who")
        sectors = measured
        if item.sectors:
            sectors = draft.sectors(item.sectors, entry, f"exempt.{k}.sectors")
        note, given = item.note or "share of trade exempted", "share" in item.model_fields_set
        value = draft.value(item.share, entry, f"exempt.{k}.share", note, given=given)
        mask = (between & (who[:, None] | who[None, :]))[:, :, None] & sectors
        if not mask.any():
            draft.note(f"{entry.name}: exemption {k} is for no trade that the measure stops.")
        clash = mask & (owner >= 0) & (np.abs(share - value) > SAME)
        if clash.any():
            i, j, r = (int(x) for x in np.argwhere(clash)[0])
            regions, sector = draft.world.regions, draft.world.sectors[r]
            draft.problems.append(
                f"{entry.where}: {entry.name}: exempt.{owner[i, j, r]} and exempt.{k} give "
                f"({regions[i]}, {regions[j]}, {sector}) different shares, {share[i, j, r]:g} and "
                f"{value:g}. Make them agree, or let them cover different trade."
            )
        share[mask], owner[mask] = value, k
    return share


def _applies(draft: Draft, entry: Entry, item: Exemption, k: int) -> bool:
    if draft.day is None and (item.start or item.until):
        dates = " ".join(f"{w} {d}" for w, d in (("from", item.start), ("until", item.until)) if d)
        draft.note(
            f"{entry.name}: exemption {k} holds {dates}, but neither the run nor the measures of "
            "the scenario name a day: it is left out. Run on a date, or give the scenario one."
        )
        return False
    if draft.day is None:
        return True
    if item.start and draft.day < item.start:
        draft.note(f"{entry.name}: exemption {k} begins on {item.start}, after {draft.day}.")
        return False
    if item.until and draft.day > item.until:
        draft.note(f"{entry.name}: exemption {k} ended on {item.until}.")
        return False
    return True


def stopped_by(draft: Draft, entry: Entry, measure: Restriction, senders: np.ndarray,
               targets: np.ndarray) -> np.ndarray:  # fmt: skip
    """(region,) compliance c: share of the banned trade with the targets that each one stops."""
    n = len(draft.world.regions)
    out = np.zeros(n)
    if measure.secondary:
        third = _threatened(draft, entry, measure.secondary) & ~senders & ~targets
        if not third.any():
            draft.note(
                f"{entry.name}: the secondary threat reaches no third country of this world; "
                "senders, targets and those under 'except' are not threatened."
            )
        note = "share of the banned trade that threatened third countries give up"
        level = measure.secondary.enforcement
        out[third] = draft.value(level, entry, "secondary.enforcement", note)
    level, given = measure.compliance.default, "default" in measure.compliance.model_fields_set
    note = "share of the banned trade that senders really stop"
    out[senders] = draft.value(level, entry, "compliance.default", note, given=given)
    _by_name(draft, entry, measure, targets, out)
    return out


def _by_name(
    draft: Draft, entry: Entry, measure: Restriction, targets: np.ndarray, out: np.ndarray
) -> None:
    """Fill in what `compliance` says by economy, then by group where no economy is named."""
    own: set[int] = set()
    owner: dict[int, str] = {}
    for label, level in sorted(
        measure.compliance.by.items(), key=lambda x: (x[0] not in draft.region_at, x[0])
    ):
        named = draft.regions((label,), entry, "compliance")
        if label in draft.region_at and (named & targets).any():
            draft.problems.append(
                f"{entry.where}: {entry.name}.compliance: {label} is a target; compliance is of "
                "those who trade with it. Take it out."
            )
        note = f"share of the banned trade that {label} stops"
        value = draft.value(level, entry, f"compliance.{label}", note)
        for k in (int(x) for x in np.flatnonzero(named & ~targets)):
            if k in own:
                continue
            if k in owner and abs(out[k] - value) > SAME:
                region = draft.world.regions[k]
                draft.problems.append(
                    f"{entry.where}: {entry.name}.compliance: {owner[k]} and {label} give "
                    f"{region} {out[k]:g} and {value:g}. Name {region} by itself."
                )
            out[k], owner[k] = value, label
            if label in draft.region_at:
                own.add(k)


def _threatened(draft: Draft, entry: Entry, secondary: Secondary) -> np.ndarray:
    who = draft.regions(secondary.who, entry, "secondary.who")
    if secondary.excluded:
        who &= ~draft.regions(secondary.excluded, entry, "secondary.except")
    return who


def restrict(draft: Draft, entry: Entry, measure: Restriction, coverage: float,
             flow: str) -> None:  # fmt: skip
    """Set `access` for trade between the targets and everybody who applies the measure."""
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    stopped = stopped_by(draft, entry, measure, senders, targets)
    partners = stopped > 0
    exempt = exempted(draft, entry, measure.exempt, (partners, targets), sectors)
    into = draft.pairs(partners, targets, sectors)
    out_of = draft.pairs(targets, partners, sectors)
    access = 1.0 - coverage * (1.0 - exempt) * stopped[:, None, None]
    if flow in ("imports", "both"):
        draft.set("access", into, access, entry)
    if flow in ("exports", "both"):
        draft.set("access", out_of, access.transpose(1, 0, 2), entry)


def embargo(draft: Draft, entry: Entry, measure: Embargo) -> None:
    """Ban trade between senders (and those who follow) and targets."""
    restrict(draft, entry, measure, 1.0, measure.flow)


def export_control(draft: Draft, entry: Entry, measure: ExportControl) -> None:
    """Ban the part of the senders' exports to the targets that is on the list."""
    note = "share of the sector's trade on the control list"
    given = "coverage" in measure.model_fields_set
    coverage = draft.value(measure.coverage, entry, "coverage", note, given=given)
    restrict(draft, entry, measure, coverage, "imports")
