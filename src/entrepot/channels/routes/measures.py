"""The channel of routes: measures on links become hats of trade cost.

The network before is that of the middle of the world's year, when more than half of the trade of
the year met it; a scenario says itself what has opened or closed since.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from entrepot.channels.channel import Channel
from entrepot.channels.draft import Draft
from entrepot.channels.routes import rates
from entrepot.channels.routes.atlas import CARGOES
from entrepot.channels.routes.clashes import clashes
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.outcome import Change
from entrepot.channels.routes.places import load_places
from entrepot.channels.routes.settle import RoutesOutcome, settle
from entrepot.channels.routes.transport import Setting
from entrepot.core.errors import InputError, ValueRangeError
from entrepot.scenario.book import Entry
from entrepot.scenario.route_measures import Corridor, ServiceBan

LAYER: Final = "transport_cost"
SHOWN: Final = 200
LATEST: Final = 2023


def finish(draft: Draft, given: tuple[Entry, ...]) -> None:
    """Turn the measures on links, all together, into one layer of trade costs."""
    numbers = {name: draft.number("routes", one) for name, one in rates.numbers().items()}
    setting = Setting.of(date(draft.world.year or LATEST, 7, 1), numbers)
    known = len(draft.problems)
    pairs = [(e, c) for e in given if (c := _change(draft, e, setting)) is not None]
    draft.problems += clashes(pairs, setting.network("container"))
    changes = [c for _, c in pairs]
    if len(draft.problems) > known:
        return
    try:
        everywhere = any(getattr(e.measure, "queues", "named") == "all" for e in given)
        outcome = settle(draft.world, setting, changes, numbers["volume_elasticity"], everywhere)
    except ValueRangeError as error:
        draft.problems.extend(error.problems)
        return
    draft.scale(LAYER, outcome.hats, given)
    _report(draft, outcome)


def _change(draft: Draft, entry: Entry, setting: Setting) -> Change | None:
    network = setting.network("container")
    if isinstance(entry.measure, Corridor):
        return _corridor(draft, entry, entry.measure, network, setting)
    if isinstance(entry.measure, ServiceBan):
        return _service_ban(draft, entry, entry.measure, network)
    raise TypeError(f"{entry.name} is no measure of corridors.")


def _corridor(
    draft: Draft, entry: Entry, measure: Corridor, network: Network, setting: Setting
) -> Change | None:
    try:
        links = network.select(measure.links)
    except InputError as error:
        draft.problems += [f"{entry.where}: {entry.name}.links: {p}" for p in error.problems]
        return None
    _idle(draft, entry, measure, links, setting)
    who = draft.regions(measure.traffic, entry, "traffic")
    freight = 1.0
    if measure.freight is not None:
        freight = draft.value(measure.freight, entry, "freight", "freight, multiple")
    days = _added(draft, entry, measure, "days", links)
    _check_time(draft, entry, links, network, days)
    return Change(
        name=entry.name,
        links=links,
        trade=who[:, None] | who[None, :],
        sectors=_sectors(draft, entry, measure.sectors),
        open=None if measure.change is None else measure.change == "open",
        freight=freight,
        days=days,
        toll=_added(draft, entry, measure, "toll", links),
        capacity=_capacity(draft, entry, measure, links, network),
    )


def _idle(draft: Draft, entry: Entry, measure: Corridor, links: np.ndarray,
          setting: Setting) -> None:  # fmt: skip
    """Say so where a measure closes what is closed to every cargo, or opens what is open."""
    is_open = np.any([setting.network(cargo).open[links] for cargo in CARGOES], axis=0)
    if measure.change is not None and (is_open == (measure.change == "open")).all():
        state = "open" if measure.change == "open" else "closed"
        draft.note(
            f"{entry.name}: {', '.join(measure.links)} is {state} already in the middle of "
            f"{draft.world.year or LATEST}."
        )


def _added(draft: Draft, entry: Entry, measure: Corridor, name: str,
           links: np.ndarray) -> np.ndarray:  # fmt: skip
    """(link,) `days` or `toll` added."""
    out = np.zeros(len(links))
    level = getattr(measure, name)
    if level is not None:
        what = "days added on each link" if name == "days" else "USD a tonne added on each link"
        out[links] = draft.value(level, entry, name, what)
    return out


def _check_time(draft: Draft, entry: Entry, links: np.ndarray, network: Network,
                days: np.ndarray) -> None:  # fmt: skip
    total = network.days + network.border_days + days
    bad = np.flatnonzero(links & (total < 0))
    if len(bad):
        k = int(bad[0])
        draft.problems.append(
            f"{entry.where}: {entry.name}.days: {days[k]:g} days would let "
            f"{network.links[k]} take {total[k]:.3g} days; it takes "
            f"{network.days[k] + network.border_days[k]:.3g}. Take off less."
        )


def _capacity(draft: Draft, entry: Entry, measure: Corridor, links: np.ndarray,
              network: Network) -> np.ndarray:  # fmt: skip
    out = np.full(len(network.links), np.nan)
    if measure.capacity is not None:
        note = "capacity, Mt a year in each direction"
        out[links] = draft.value(measure.capacity, entry, "capacity", note)
    if measure.ramp is not None:
        ramp = draft.value(measure.ramp, entry, "ramp", "years to full capacity")
        years = draft.years(entry)
        grown = 1.0 if years >= ramp else years / ramp
        full = np.where(np.isnan(out), network.capacity, out)
        if not np.isfinite(full[links]).all():
            draft.problems.append(
                f"{entry.where}: {entry.name}.ramp: {', '.join(measure.links)} has no capacity "
                "that could grow. Give 'capacity'."
            )
        else:
            out[links] = grown * full[links]
    return out


def _service_ban(draft: Draft, entry: Entry, measure: ServiceBan, network: Network) -> Change:
    senders = draft.regions(measure.senders, entry, "senders")
    targets = draft.regions(measure.targets, entry, "targets")
    coverage = draft.value(measure.coverage, entry, "coverage", "share of cargo that used it")
    surcharge = draft.value(
        measure.surcharge, entry, "surcharge", "rise of freight at sea, per cent"
    )
    links = np.array([mode == "sea" for mode in network.mode])
    if measure.service == "port_calls":
        own = {r for r, x in zip(draft.world.regions, senders, strict=True) if x}
        there = np.array([economy in own for economy in network.economy])
        links &= there[network.tail] | there[network.head]
    none = np.zeros(len(network.links))
    return Change(
        name=entry.name,
        links=links,
        trade=targets[:, None] | targets[None, :],
        sectors=_sectors(draft, entry, measure.sectors),
        open=None,
        freight=1.0 + coverage * surcharge / 100.0,
        days=none,
        toll=none,
        capacity=np.full(len(network.links), np.nan),
    )


def _sectors(draft: Draft, entry: Entry, labels: tuple[str, ...]) -> frozenset[str]:
    chosen = draft.sectors(labels, entry, "sectors")
    named = [s for s, x in zip(draft.world.sectors, chosen, strict=True) if x]
    still = [s for s in named if s not in rates.goods()]
    if still and set(still) == set(named):
        draft.note(f"{entry.name}: {', '.join(still)} does not move over the network.")
    return frozenset(named)


def _report(draft: Draft, outcome: RoutesOutcome) -> None:
    """Keep the outcome, its tables and what the reader should know."""
    draft.detail("routes", outcome)
    pairs = outcome.pair_table()
    draft.table("route_pairs", "Corridors: pairs whose transport cost changes most",
                pairs.head(SHOWN), PAIRS_NOTE)  # fmt: skip
    draft.table("route_links", "Corridors: traffic of links before and after",
                outcome.link_table().head(SHOWN), LINKS_NOTE)  # fmt: skip
    draft.table("route_use", "Corridors: which links the trade of the pairs hit hardest uses",
                outcome.use_table(), USE_NOTE)  # fmt: skip
    for text in outcome.remarks():
        draft.note(f"corridors: {text}")
    outside = [r for r in draft.world.regions if r not in load_places().centres]
    if outside:
        draft.note(f"corridors: the network has no place for {', '.join(outside)}; their trade is "
                   "not touched.")  # fmt: skip


PAIRS_NOTE: Final = (
    "trade: mn USD at the benchmark. hat: of the delivered cost, mean over sectors by value. "
    "percent_before, percent_after: cost of transport in per cent of the value. stopped: per cent "
    "of the trade to which no way is left."
)
LINKS_NOTE: Final = (
    "Mt a year in one direction, of the trade of the benchmark at its own volumes before, and at "
    "volumes that follow the cost after; queue: USD a tonne that keeps traffic within capacity."
)
USE_NOTE: Final = "use: share of the pair's trade, by value, that passes the link."

CHANNEL: Final = Channel("routes", finish)
