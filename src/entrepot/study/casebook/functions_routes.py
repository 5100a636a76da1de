"""Functions of a run about corridors: what transport costs, what links carry, who uses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from entrepot.channels import Compiled
from entrepot.channels.routes import Network, RoutesOutcome, atlas

if TYPE_CHECKING:
    from entrepot.study.casebook.functions import Sheet

ROOM: Final = "routes"
BEFORE: Final = "before"
Mask = np.ndarray
Choose = Callable[["Sheet", list[tuple[str, ...]]], Mask]


def known_links() -> tuple[str, ...]:
    """Names of links and corridors of the bundled network; they are the same on every day."""
    return atlas(date(2017, 7, 1), "container").names()


def outcome_of(compiled: Mapping[str, Compiled], run: str) -> RoutesOutcome | None:
    """What the network came to in `run`; None where no measure of the run touches it."""
    if run not in compiled:
        return None
    found: Any = compiled[run].details.get(ROOM)
    return found if isinstance(found, RoutesOutcome) else None


def _any_outcome(sheet: Sheet) -> RoutesOutcome:
    """Network of the run that comes first, for what is the same in all: the benchmark's traffic."""
    for run in sheet.compiled:
        if (found := outcome_of(sheet.compiled, run)) is not None:
            return found
    raise ValueError("no run of this case has a measure of corridors. Add one, or ask otherwise.")


def transport_cost(sheet: Sheet, run: str, cells: Mask) -> float:
    """Mean hat of the transport part of the cost of benchmark trade in `cells` with a way left."""
    found = outcome_of(sheet.compiled, run)
    if found is None:
        return 1.0
    left = cells & np.isfinite(found.hats)
    value = np.where(left, found.value, 0.0)
    return float((value * np.where(left, found.hats, 0.0)).sum() / value.sum())


def cost_function(choose: Choose) -> Callable[[Sheet, str, list[tuple[str, ...]]], float]:
    """`transport_cost` for an expression."""

    def compute(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
        return transport_cost(sheet, run, choose(sheet, rest))

    return compute


def _both_directions(net: Network, names: tuple[str, ...], traffic: np.ndarray) -> float:
    """Traffic of the busiest link among `names`, both directions together.

    What goes along a corridor passes its links one after the other, so that their sum would count
    it many times.
    """
    here = net.select(names)
    by_link: dict[tuple[str, frozenset[int]], float] = {}
    for k in np.flatnonzero(here):
        key = (net.links[k], frozenset((int(net.tail[k]), int(net.head[k]))))
        by_link[key] = by_link.get(key, 0.0) + float(traffic[k])
    return max(by_link.values())


def corridor_traffic(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
    """Mt a year on the busiest link of the corridors, both directions."""
    found = outcome_of(sheet.compiled, run)
    base = found or _any_outcome(sheet)
    traffic = base.traffic_before if found is None else found.traffic_after
    return _both_directions(base.network, rest[0], traffic)


def corridor_use(sheet: Sheet, run: str, rest: list[tuple[str, ...]]) -> float:
    """Share of a pair's trade, by value, on the busiest link of the corridors."""
    found = outcome_of(sheet.compiled, run)
    base = found or _any_outcome(sheet)
    before, after = base.use(rest[1][0], rest[2][0])
    return _both_directions(base.network, rest[0], before if found is None else after)
