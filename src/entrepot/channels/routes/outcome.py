"""What a change of the network does: costs, hats, traffic and ways before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels.routes import rates
from entrepot.channels.routes.transport import Flow, Links, Setting, flow, flow_before

HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What one measure does to links, for some trade.

    Attributes
    ----------
    name : of the measure
    links : (link,) bool
    trade : (economy, economy) bool, whose trade it is about
    sectors : labels
    open : True opens the links, False closes them, None leaves that
    freight : multiple of the freight
    days, toll : added to each link, (link,)
    capacity : (link,) Mt a year in one direction; NaN where it stays

    """

    name: str
    links: np.ndarray
    trade: np.ndarray
    sectors: frozenset[str]
    open: bool | None
    freight: float
    days: np.ndarray
    toll: np.ndarray
    capacity: np.ndarray

    def apply(self, links: Links) -> Links:
        """Return the state of the links after the change."""
        is_open = links.open
        if self.open is not None:
            is_open = np.where(self.links, self.open, is_open)
        freight = links.freight * np.where(self.links, self.freight, 1.0)
        is_open = is_open & ~(self.capacity == 0.0)
        return Links(is_open, freight, links.days + self.days, links.toll + self.toll)


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """One sector before and after.

    Attributes
    ----------
    before : all ways before
    after : all ways after, one for each group of pairs that meets the same changes
    group : (economy, economy) position in `after`
    rate_before, rate_after : (economy, economy) ad-valorem rate; inf where no way is left
    hats : (economy, economy) of the delivered cost; inf where no way is left any more

    """

    before: Flow
    after: tuple[Flow, ...]
    group: np.ndarray
    rate_before: np.ndarray
    rate_after: np.ndarray
    hats: np.ndarray

    def traffic(self, volume: np.ndarray) -> np.ndarray:
        """(link,) traffic after, when `volume` (economy, economy) goes its ways."""
        parts = [
            f.traffic(np.where(self.group == k, volume, 0.0)) for k, f in enumerate(self.after)
        ]
        return np.asarray(np.sum(parts, axis=0))

    def slopes(self, volume: np.ndarray, links: np.ndarray, elasticity: float) -> np.ndarray:
        """(m, m) change of the traffic of `links` (positions) with a rise of their rates."""
        parts = [
            f.slopes(np.where(self.group == k, volume, 0.0), links, elasticity)
            for k, f in enumerate(self.after)
        ]
        return np.asarray(np.sum(parts, axis=0))


def groups(sector: str, changes: Sequence[Change], n: int) -> tuple[np.ndarray, list[list[Change]]]:
    """(economy, economy) group of pairs that meet the same changes, and the changes of each."""
    own = [c for c in changes if sector in c.sectors]
    code = np.zeros((n, n), dtype=np.int64)
    for k, change in enumerate(own):
        code += change.trade.astype(np.int64) << k
    found, group = np.unique(code, return_inverse=True)
    return group.reshape(n, n), [[c for k, c in enumerate(own) if x >> k & 1] for x in found]


def moved(
    sector: str,
    setting: Setting,
    changes: Sequence[Change],
    regions: tuple[str, ...],
    toll: np.ndarray | None = None,
) -> Moved:
    """Return `sector` before and after `changes`, with queues of `toll` (link,) USD a tonne."""
    goods = rates.goods()[sector]
    before = flow_before(goods, setting, regions)
    base = Links.of(setting.network(goods.cargo))
    group, sets = groups(sector, changes, len(regions))
    after = []
    for several in sets:
        links = base
        for change in several:
            links = change.apply(links)
        if toll is not None and toll.any():
            links = links.with_toll(toll)
        same = links is base
        after.append(before if same else flow(goods, setting, links, regions))
    return _compare(before, tuple(after), group)


def _compare(before: Flow, after: tuple[Flow, ...], group: np.ndarray) -> Moved:
    """Hats of the pairs over the places that still have a way between them.

    A pair that loses the ways of more than half of its trade has no way left: what remains stands
    for the whole only while it is the larger part.
    """
    rate_before, reach = before.rates()
    rate_after, hats = np.empty_like(rate_before), np.ones_like(rate_before)
    for k, one in enumerate(after):
        here = group == k
        now, left = one.rates()
        same = rate_before if (left >= reach).all() else before.rates(like=one)[0]
        with np.errstate(invalid="ignore"):
            hat = (1.0 + now) / (1.0 + same)
        opened = (reach < HALF) | ~np.isfinite(rate_before)
        lost = left < HALF * reach
        hat = np.where(opened, 1.0, np.where(lost, np.inf, hat))
        rate_after[here] = np.where(lost, np.inf, now)[here]
        hats[here] = hat[here]
    np.fill_diagonal(hats, 1.0)
    return Moved(before, after, group, rate_before, rate_after, hats)


def pair_frame(
    regions: Sequence[str], hats: np.ndarray, value: np.ndarray, before: np.ndarray,
    after: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    """Pairs with trade whose cost changes, the largest change first; means weighted by `value`.

    All arrays are (economy, economy, sector); `value` in mn USD.
    """
    total = value.sum(axis=2)
    at = np.argwhere((total > 0) & (hats != 1.0).any(axis=2))
    rows = []
    for i, j in at:
        weight = value[i, j] / total[i, j]
        used = (weight > 0) & np.isfinite(hats[i, j])
        stopped = float(weight[np.isinf(hats[i, j])].sum())
        part = weight[used] / weight[used].sum() if used.any() else weight[used]
        rows.append(
            (regions[i], regions[j], float(total[i, j]), float(part @ hats[i, j][used]),
             100.0 * float(part @ before[i, j][used]), 100.0 * float(part @ after[i, j][used]),
             100.0 * stopped)
        )  # fmt: skip
    columns = ["origin", "dest", "trade", "hat", "percent_before", "percent_after", "stopped"]
    frame = pd.DataFrame(rows, columns=columns)
    order = np.lexsort((-np.abs(frame["hat"].fillna(1.0) - 1.0), -frame["stopped"]))
    return frame.iloc[order].reset_index(drop=True)
