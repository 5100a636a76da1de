"""What each measure on payments does to the access, cost and entry of rails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from entrepot.channels.draft import Draft
from entrepot.channels.payments.algebra import adjusted
from entrepot.channels.payments.data_files import yaml_of
from entrepot.channels.payments.rails import Rails
from entrepot.channels.restrictions import exempted, stopped_by, two_sides
from entrepot.core.errors import did_you_mean
from entrepot.scenario.book import Entry
from entrepot.scenario.fields import Share
from entrepot.scenario.payment_measures import (
    NewRail,
    PaymentCutoff,
    RailChange,
    RailCost,
    RailMembership,
    SwapLine,
)


@dataclass(slots=True, eq=False)
class Changes:
    """Collects what the measures of a scenario do to the rails of one world.

    Attributes
    ----------
    draft : labels, numbers, notes and problems
    rails : the benchmark, with the rails that the scenario adds
    access, cost, entering : (origin, dest, sector, rail); of several measures on one rail of a
        flow the lowest access and the largest entry hold, and costs multiply
    moved, gone : (origin, dest, sector) share of a flow's payments that measures move, and the part
        of it that has adjusted by now
    oldest : most years since any measure

    """

    draft: Draft
    rails: Rails
    speed: float
    access: np.ndarray = field(init=False)
    cost: np.ndarray = field(init=False)
    entering: np.ndarray = field(init=False)
    moved: np.ndarray = field(init=False)
    gone: np.ndarray = field(init=False)
    oldest: float = 0.0

    def __post_init__(self) -> None:
        """Start from no change."""
        shape = self.rails.shape
        self.access, self.cost = np.ones(shape), np.ones(shape)
        self.entering = np.zeros(shape)
        self.moved, self.gone = np.zeros(shape[:-1]), np.zeros(shape[:-1])

    @property
    def years(self) -> np.ndarray:
        """(origin, dest, sector) years to adjust to the measures that move a flow's payments.

        Several measures count by the share of the payments that each moves; flows that no measure
        moves have adjusted to the use of others since the first measure.
        """
        part = np.where(self.moved > 0, self.gone / np.where(self.moved > 0, self.moved, 1.0), 0.0)
        with np.errstate(divide="ignore"):
            own = -np.log1p(-np.minimum(part, 1.0)) / self.speed
        return np.where(self.moved > 0, own, self.oldest)

    def named(self, rails: Iterable[str], entry: Entry, where: str) -> np.ndarray:
        """(rail,) bool; unknown names become problems."""
        have = self.rails.rails
        for name in rails:
            if name not in have:
                self.draft.problems.append(
                    f"{entry.where}: {entry.name}.{where}: no rail '{name}'."
                    f"{did_you_mean(name, have)} Rails are {', '.join(have)}; a measure of kind "
                    "'new_rail' adds one."
                )
        return np.array([r in set(rails) for r in have])

    def age(self, entry: Entry, moved: np.ndarray) -> None:
        """Count the years since `entry`, which moves the share `moved` of each flow."""
        years = self.draft.years(entry)
        self.oldest = max(self.oldest, years)
        self.moved += moved
        self.gone += moved * float(adjusted(years, self.speed))

    def shut(self, access: np.ndarray, rail: int, entry: Entry) -> None:
        """Lower the access of `rail` to `access` (origin, dest, sector) where that is lower."""
        self.access[..., rail] = np.minimum(self.access[..., rail], access)
        self.age(entry, self.rails.share[..., rail] * (1.0 - access))

    def open(self, cells: np.ndarray, rail: int, share: float, entry: Entry) -> None:
        """Let `rail` win `share` of the flows `cells`, if nothing lets it win more."""
        new = np.where(cells, share, 0.0)
        self.entering[..., rail] = np.maximum(self.entering[..., rail], new)
        self.age(entry, new)


def open_rail(changes: Changes, entry: Entry, measure: NewRail | SwapLine | RailMembership) -> None:
    """Let the rail win its share among the pairs."""
    given = "share" in measure.model_fields_set
    note = f"share of their payments that {measure.rail} would win if the others stayed"
    share = changes.draft.value(measure.share, entry, "share", note, given=given)
    cells = _cells(changes.draft, entry, measure)
    if share == 0 or not cells.any():
        why = "its share is 0" if share == 0 else "no pair of economies is among its members"
        changes.draft.note(f"{entry.name}: nobody may use the rail '{measure.rail}' by it: {why}.")
    for rail in np.flatnonzero(changes.named([measure.rail], entry, "rail")):
        changes.open(cells, int(rail), share, entry)


def rail_membership(changes: Changes, entry: Entry, measure: RailMembership) -> None:
    """Open the rail to those who join; shut it for all trade of those who leave."""
    if measure.change == "join":
        open_rail(changes, entry, measure)
        return
    cells = _cells(changes.draft, entry, measure)
    for rail in np.flatnonzero(changes.named([measure.rail], entry, "rail")):
        changes.shut(np.where(cells, 0.0, 1.0), int(rail), entry)


def rail_cost(changes: Changes, entry: Entry, measure: RailCost) -> None:
    """Multiply the cost of the rails among the pairs."""
    note = "change of the delivered cost over the rails, per cent"
    hat = 1.0 + changes.draft.value(measure.percent, entry, "percent", note) / 100.0
    cells = _cells(changes.draft, entry, measure)
    for rail in np.flatnonzero(changes.named(measure.rails, entry, "rails")):
        changes.cost[..., rail] *= np.where(cells, hat, 1.0)
        changes.age(entry, changes.rails.share[..., rail] * cells * abs(hat - 1.0))


def _cells(draft: Draft, entry: Entry, measure: RailChange) -> np.ndarray:
    """Flows among members and their partners, or of members with each other.

    Who joins or leaves a rail without partners named does so in trade with everybody.
    """
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    if measure.partners:
        a, b = two_sides(draft, entry, measure.members, measure.partners, "members/partners")
    else:
        a = draft.regions(measure.members, entry, "members")
        b = np.ones_like(a) if isinstance(measure, RailMembership) else a
    return draft.pairs(a, b, sectors) | draft.pairs(b, a, sectors)


def payment_cutoff(changes: Changes, entry: Entry, measure: PaymentCutoff) -> None:
    """Shut the rails for the targets: for all their trade, or for that with the senders."""
    draft = changes.draft
    at = changes.named(measure.rails, entry, "rails")
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    note, given = "share of the targets' payments through banks cut off", measure.model_fields_set
    banks = draft.value(measure.banks, entry, "banks", note, given="banks" in given)
    share = banks * (1.0 - _left_out(draft, entry, measure))
    _note_held(changes, entry, at, targets)
    for rail in (int(k) for k in np.flatnonzero(at)):
        name = changes.rails.rails[rail]
        held = changes.rails.economy_at(changes.rails.controllers.get(name, ()))
        everywhere = bool((held & senders).any())
        direct = measure.model_copy(update={"secondary": None}) if everywhere else measure
        stopped = stopped_by(draft, entry, direct, ~targets if everywhere else senders, targets)
        stopped[targets] = 1.0 if everywhere else 0.0
        changes.shut(1.0 - _lost(draft, entry, measure, stopped, targets, share), rail, entry)
        if not everywhere:
            _note_reach(changes, entry, name, stopped)


def _lost(draft: Draft, entry: Entry, measure: PaymentCutoff, stopped: np.ndarray,
          targets: np.ndarray, share: np.ndarray) -> np.ndarray:  # fmt: skip
    """(origin, dest, sector) share of the access to one rail that is lost."""
    partners = stopped > 0
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    exempt = exempted(draft, entry, measure.exempt, (partners, targets), sectors)
    out_of, into = draft.pairs(targets, partners, sectors), draft.pairs(partners, targets, sectors)
    lost = np.maximum(out_of * stopped[None, :, None], into * stopped[:, None, None])
    return np.asarray(lost * share * (1.0 - exempt))


def _left_out(draft: Draft, entry: Entry, measure: PaymentCutoff) -> np.ndarray:
    """(sector,) share of the payments that carve-outs leave open in practice."""
    out = np.zeros(len(draft.world.sectors))
    for name in measure.carve_outs:
        for code, level in yaml_of("carve_outs.yaml")[name]["sectors"].items():
            if code in draft.sector_at:
                part = Share(**level)
                note = f"share of the sector that is {name}"
                value = draft.value(part, entry, f"carve_outs.{name}.{code}", note)
                k = draft.sector_at[code]
                out[k] = max(out[k], value)
    if not measure.carve_outs:
        return out
    note, said = "share of the payments of a carve-out that banks carry out", "processed"
    given = said in measure.model_fields_set
    return out * draft.value(measure.processed, entry, said, note, given=given)


def _note_held(changes: Changes, entry: Entry, at: np.ndarray, targets: np.ndarray) -> None:
    """Say what is left to shut where a measure began before the end of the world's year."""
    start, year, rails = entry.measure.start, changes.draft.world.year, changes.rails
    if start is None or year is None or start.year > year:
        return
    mine = rails.value * (targets[:, None, None] | targets[None, :, None])
    left = float((mine * rails.share[..., at].sum(axis=-1)).sum() / mine.sum()) if mine.any() else 0
    changes.draft.note(
        f"{entry.name}: the rails of {year} hold it already; {left:.1%} of the trade of its "
        "targets still goes over the rails that it shuts, and that is what the run shuts."
    )


def _note_reach(changes: Changes, entry: Entry, name: str, stopped: np.ndarray) -> None:
    """Say that the senders do not control a rail, and with how many partners it is lost."""
    held = ", ".join(changes.rails.controllers.get(name, ())) or "nobody"
    changes.draft.note(
        f"{entry.name}: no sender controls the rail '{name}' (controlled by {held}); it is lost "
        f"only in trade with the senders and those who follow them, {int((stopped > 0).sum())} "
        "economies."
    )
