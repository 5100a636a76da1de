"""`compile_shock`: from (World, Scenario, date) to a `Shock` with the origin of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Final, Literal

import numpy as np

from entrepot.channels.cells import cell_table
from entrepot.channels.channel import Channel
from entrepot.channels.compiled import CASES, Case, Compiled
from entrepot.channels.draft import Draft
from entrepot.channels.layers import closed_notes
from entrepot.channels.trade import apply_trade, kind_of
from entrepot.core.errors import InputError, ScenarioError
from entrepot.model.shock import Shock
from entrepot.scenario.asset_measures import ASSET_KINDS
from entrepot.scenario.book import Entry, Scenario
from entrepot.scenario.measures import Measure
from entrepot.scenario.oil_measures import OIL_KINDS
from entrepot.scenario.payment_measures import PAYMENT_KINDS
from entrepot.scenario.reexport_measures import REEXPORT_KINDS
from entrepot.scenario.route_measures import ROUTE_KINDS
from entrepot.world.world import World

CHANNELS: Final[Mapping[str, Mapping[str, type[Measure]]]] = {
    "payments": PAYMENT_KINDS,
    "routes": ROUTE_KINDS,
    "assets": ASSET_KINDS,
    "reexports": REEXPORT_KINDS,
    "oil": OIL_KINDS,
}
"""Kinds of measure of each, in the order in which they work: ways round a ban when all bans are
known, then oil.  A room is loaded when a measure asks for it: all five take 9 % of a start."""


def _check_kinds(world: object, scenario: object) -> None:
    """Refuse a name where the thing itself is needed, both at once."""
    problems = []
    if not isinstance(world, World):
        problems.append(f"world is a {type(world).__name__}; load one with ep.load_world('2017').")
    if not isinstance(scenario, Scenario):
        problems.append(f"scenario is a {type(scenario).__name__}; take one out of ep.library() or "
                        "of ep.load_scenarios('my.yaml').")  # fmt: skip
    if problems:
        raise InputError.collect("The scenario cannot be compiled", problems)


def channel_of(room: str) -> Channel:
    """Return the channel that lives in `room`."""
    found: Channel = import_module(f"entrepot.channels.{room}").CHANNEL
    return found


def compile_shock(
    world: World,
    scenario: Scenario,
    date: date | None = None,
    *,
    case: Case = "central",
    overrides: Mapping[str, float] | None = None,
    years: float | Literal["dated"] | None = None,
) -> Compiled:
    """Return the shock that `scenario` is to `world` on `date`.

    Parameters
    ----------
    world : the benchmark economy
    scenario : out of a `ScenarioBook` or the library
    date : day; measures and exemptions not in force on it do nothing (default: the scenario's
        own date, else the day that its measures imply, see `Scenario.default_day`)
    case : "low", "central" or "high" end of every range in the file
    overrides : values for single assumptions by name (see `Compiled.assumptions`)
    years : years that payments, corridors and hubs have had to adjust: None for all that they
        need (the long run), a number, or "dated" for the time since each measure began

    Raises
    ------
    InputError : `world` is no World or `scenario` no Scenario
    ScenarioError : the world lacks an economy or a sector, or two measures cannot both hold in a
        cell; all problems at once, with the places

    """
    _check_kinds(world, scenario)
    if case not in CASES:
        raise ScenarioError(f"The case '{case}' does not exist. Choose one of {', '.join(CASES)}.")
    day = date or scenario.default_day()
    draft = Draft(world, scenario.vocabulary, day, case, overrides or {}, _pace(years))
    active = scenario.active(day)
    apply_trade(draft, active)
    for room, kinds in CHANNELS.items():
        if given := tuple(e for e in active if kind_of(e) in kinds):
            channel_of(room).finish(draft, given)
    frozen = _frozen(draft, scenario)
    _raise_problems(draft, scenario)
    _add_notes(draft, scenario, active)
    return Compiled(
        scenario=scenario.name,
        scenario_hash=scenario.hash,
        world_hash=world.hash,
        day=day,
        case=case,
        shock=_shock(draft, frozen),
        cells=cell_table(draft, frozen, scenario),
        assumptions=tuple(draft.assumptions.values()),
        notes=tuple(draft.notes),
        closure=scenario.closure or ("frozen" if frozen is not None else None),
        years=years,
        tables=dict(draft.layers.tables),
        details=dict(draft.layers.details),
    )


def _pace(years: float | Literal["dated"] | None) -> float | Literal["dated"] | None:
    if years is None or years == "dated" or (isinstance(years, int | float) and years >= 0):
        return years
    raise ScenarioError(
        f"years = {years!r} is no time to adjust. Give a number from 0 up, 'dated' for the time "
        "since each measure began, or None for the long run."
    )


def _frozen(draft: Draft, scenario: Scenario) -> np.ndarray | None:
    """(region,) share of the benchmark balance that cannot be financed; None if all can."""
    by_channels = draft.layers.frozen
    if not scenario.frozen and by_channels is None:
        return None
    if by_channels is not None and scenario.closure not in (None, "frozen"):
        names = ", ".join(entry.name for entry in draft.layers.freezers)
        draft.problems.append(
            f"{scenario.where}: {names} cuts off foreign finance, but the scenario asks for "
            f"'closure: {scenario.closure}', under which nobody is cut off. Leave 'closure' out."
        )
    out = np.zeros(len(draft.world.regions)) if by_channels is None else by_channels.copy()
    for label in scenario.frozen:
        if label in draft.region_at:
            out[draft.region_at[label]] = 1.0
        else:
            draft.missing_regions.setdefault(label, []).append(f"{scenario.name}.frozen")
    return out


def _raise_problems(draft: Draft, scenario: Scenario) -> None:
    problems = [*draft.problems, *draft.conflict_texts(), *draft.low_rates()]
    for what, missing, have in (
        ("economies", draft.missing_regions, draft.world.regions),
        ("sectors", draft.missing_sectors, draft.world.sectors),
    ):
        if missing:
            named = ", ".join(f"{x} ({', '.join(sorted(set(p)))})" for x, p in missing.items())
            problems.append(
                f"the world '{draft.world.name}' lacks the {what} {named}. It has "
                f"{', '.join(have)}. Choose another world, or name what it has."
            )
    if not problems:
        problems = draft.unknown_overrides()
    if problems:
        head = f"Scenario '{scenario.name}' ({scenario.where}) does not fit"
        raise ScenarioError.collect(head, problems)


def _add_notes(draft: Draft, scenario: Scenario, active: tuple[Entry, ...]) -> None:
    if not active:
        draft.note(_idle(draft, scenario))
    for entry in scenario.entries:
        if entry not in active:
            draft.note(f"measure '{entry.name}' is not in force on {draft.day} and does nothing.")
    for entry in active:
        _note_age(draft, entry)
        if not _touches_trade(draft, entry):
            draft.note(f"measure '{entry.name}' changes no cell with trade in this world.")
    used = draft.world.trade_share > 0
    for text in closed_notes(draft.layers.costs, used, draft.world.regions):
        draft.note(text)


def _idle(draft: Draft, scenario: Scenario) -> str:
    """Say that no measure of `scenario` is in force."""
    when = f" on {draft.day}" if draft.day else ""
    text = f"no measure of scenario '{scenario.name}' is in force{when}: "
    if scenario.frozen or scenario.closure not in (None, "fixed"):
        return f"{text}only its rule for the external balances is applied."
    return f"{text}it changes nothing, and every result is that of the benchmark."


def _note_age(draft: Draft, entry: Entry) -> None:
    start, year = entry.measure.start, draft.world.year
    if start and year and start.year <= year:
        draft.note(
            f"measure '{entry.name}' began on {start}; the data of the world of {year} already "
            "hold part of its effect, or all of it."
        )


def _touches_trade(draft: Draft, entry: Entry) -> bool:
    if any(e == entry for e, _ in draft.transfers):
        return True
    if draft.layers.moved_by(entry, draft.world.trade_share > 0):
        return True
    if entry not in draft.entries:
        return False
    index = draft.entries.index(entry)
    for name, parts in draft.parts.items():
        used = draft.world.trade_share > 0 if draft.before[name].ndim == 3 else True
        if any((p.mask & used).any() for p in parts if p.entry == index):
            return True
    return False


def _shock(draft: Draft, frozen: np.ndarray | None) -> Shock:
    fields: dict[str, np.ndarray] = {name: draft.after[name] for name in draft.touched()}
    layers, closed = draft.layers, draft.layers.closed()
    if (hats := layers.product()) is not None:
        fields["trade_cost"] = draft.after["trade_cost"] * hats
    if closed.any():
        fields["access"] = draft.access()
    if layers.evasion is not None:
        fields["evasion_cost"] = np.where(closed, np.inf, layers.evasion)
    if draft.transfers:
        total = np.sum([t for _, t in draft.transfers], axis=0)
        fields["transfer"] = total - total.sum() / len(total)
    if frozen is not None:
        fields["frozen"] = frozen
    for array in fields.values():
        array.flags.writeable = False
    return Shock(**fields)
