"""`settle`: what changes of the network do to the trade of a world, queues included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entrepot.channels.routes import rates
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.outcome import Change, Moved, pair_frame
from entrepot.channels.routes.queues import Queues, clear
from entrepot.channels.routes.transport import Setting, flow_before
from entrepot.world.world import World

TOP_PAIRS = 6
LEAST_USE = 0.03
OVER = 0.05
"""Part by which traffic exceeds capacity from which a link is named."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RoutesOutcome:
    """The network before and after some changes, for one world.

    Attributes
    ----------
    world : the benchmark economy
    network : the network of piece goods; all cargoes share places and links
    changes : what the measures do
    sectors : sector -> all ways before and after, for sectors that move
    value : (origin, dest, sector) trade of the benchmark, mn USD; 0 inside an economy
    hats : (origin, dest, sector) of the delivered cost; inf where no way is left
    traffic_before, traffic_after : (link,) Mt a year
    queues : tolls that keep traffic within capacity, and how well they do

    """

    world: World
    network: Network
    changes: tuple[Change, ...]
    sectors: Mapping[str, Moved]
    value: np.ndarray
    hats: np.ndarray
    traffic_before: np.ndarray
    traffic_after: np.ndarray
    queues: Queues

    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        """(origin, dest, sector) ad-valorem rates before and after; 0 for what does not move."""
        shape = self.hats.shape
        before, after = np.zeros(shape), np.zeros(shape)
        for k, sector in enumerate(self.world.sectors):
            if sector in self.sectors:
                before[:, :, k] = self.sectors[sector].rate_before
                after[:, :, k] = self.sectors[sector].rate_after
        return before, after

    def pair_table(self) -> pd.DataFrame:
        """Pairs whose transport cost changes, the largest rise first."""
        before, after = (np.where(np.isfinite(r), r, 0.0) for r in self.rates())
        return pair_frame(self.world.regions, self.hats, self.value, before, after)

    def link_table(self) -> pd.DataFrame:
        """Links whose traffic changes, the largest change first."""
        net = self.network
        names = np.array(net.nodes, dtype=object)
        frame = pd.DataFrame(
            {
                "link": net.links,
                "from": names[net.tail],
                "to": names[net.head],
                "mode": net.mode,
                "before": self.traffic_before,
                "after": self.traffic_after,
                "capacity": net.capacity,
                "queue": self.queues.toll,
            }
        )
        change = np.abs(self.traffic_after - self.traffic_before)
        order = np.argsort(-change, kind="stable")
        return frame.iloc[order[change[order] > 1e-3]].reset_index(drop=True)

    def use(self, origin: str, dest: str) -> tuple[np.ndarray, np.ndarray]:
        """(link,) share, by value, of the goods of a pair that pass each link, before and after.

        Of goods that move over the network: no services, no electricity.
        """
        i, j = self.world.regions.index(origin), self.world.regions.index(dest)
        moving = np.array([s in self.sectors for s in self.world.sectors])
        total = self.value[i, j, moving].sum()
        before, after = np.zeros(len(self.network.links)), np.zeros(len(self.network.links))
        for k, sector in enumerate(self.world.sectors):
            if sector in self.sectors and total > 0:
                one, share = self.sectors[sector], self.value[i, j, k] / total
                before += share * one.before.use(i, j)
                after += share * one.after[one.group[i, j]].use(i, j)
        return before, after

    def use_table(self) -> pd.DataFrame:
        """Links that the trade of the pairs hit hardest (by value times rise) uses."""
        pairs = self.pair_table()
        weight = pairs["trade"] * (np.abs(pairs["hat"] - 1.0).fillna(0.0) + pairs["stopped"] / 100)
        rows = []
        for at in weight.sort_values(ascending=False).index[:TOP_PAIRS]:
            origin, dest = pairs.loc[at, ["origin", "dest"]]
            rows += _use_rows(self.network, origin, dest, *self.use(origin, dest))
        return pd.DataFrame(rows, columns=["origin", "dest", "link", "towards", "before", "after"])

    def over_capacity(self) -> list[tuple[str, float]]:
        """Links that carry more than they can and more than before, with the factor, worst first.

        No queue was asked for there, so that what passes costs too little.
        """
        net, traffic = self.network, self.traffic_after
        limit = np.maximum(net.capacity, self.traffic_before)
        bad = np.flatnonzero(np.isfinite(limit) & (limit > 0) & (self.queues.toll == 0)
                             & (traffic > (1 + OVER) * limit))  # fmt: skip
        order = bad[np.argsort(-traffic[bad] / limit[bad])]
        return [(net.links[k], float(traffic[k] / limit[k])) for k in order]

    def remarks(self) -> list[str]:
        """What a reader of the costs must know: queues that do not clear, links over capacity."""
        said = []
        if not self.queues.ok:
            said.append(
                f"queues are off by up to {100 * self.queues.worst:.0f} % of capacity after "
                f"{self.queues.rounds} steps; the tolls at full links are no better than that."
            )
        if full := self.over_capacity():
            named = ", ".join(f"{link} ({factor:.1f} times)" for link, factor in full[:5])
            more = f" and {len(full) - 5} more links" if len(full) > 5 else ""
            said.append(
                f"{named}{more} would carry more than they can; without queues there, what passes "
                "costs too little. Write 'queues: all' in a measure of kind corridor."
            )
        return said

    def no_way(self) -> list[tuple[str, str]]:
        """Pairs with trade of which a sector has no way left."""
        stopped = (np.isinf(self.hats) & (self.value > 0)).any(axis=2)
        names = self.world.regions
        return [(names[i], names[j]) for i, j in np.argwhere(stopped)]


def _use_rows(
    net: Network, origin: str, dest: str, before: np.ndarray, after: np.ndarray
) -> list[tuple[str, str, str, str, float, float]]:
    """Rows of the links that count, those at sea from port to port left out."""
    most = np.maximum(before, after)
    named = [k for k in np.argsort(-most) if most[k] >= LEAST_USE and " - " not in net.links[k]]
    return [
        (origin, dest, net.links[k], net.nodes[net.head[k]], float(before[k]), float(after[k]))
        for k in named
    ]


def settle(
    world: World,
    setting: Setting,
    changes: Sequence[Change],
    volume_elasticity: float,
    everywhere: bool = False,
) -> RoutesOutcome:
    """Return the network of `world` before and after `changes`.

    Parameters
    ----------
    world : its trade is what moves
    setting : the numbers of the network
    changes : what measures do; the order does not matter
    volume_elasticity : elasticity of tonnes to the delivered cost, for the queues alone
    everywhere : whether queues form at every link of known capacity, not only at those that the
        changes open or limit

    """
    value = world.trade_share * world.expenditure[None, :, :]
    here = np.arange(len(world.regions))
    value[here, here] = 0.0
    sectors = tuple(s for s in world.sectors if s in rates.goods())
    fixed = piped(world)
    at = {s: world.sectors.index(s) for s in sectors}
    tonnes = {
        s: np.where(fixed[:, :, at[s]], 0.0, value[:, :, at[s]]) / rates.goods()[s].value
        for s in sectors
    }
    network = setting.network("container")
    before = sum(
        (flow_before(rates.goods()[s], setting, world.regions).traffic(tonnes[s]) for s in sectors),
        np.zeros(len(network.links)),
    )
    queues, done = clear(network, before, changes, tonnes, setting, world.regions,
                         volume_elasticity, everywhere)  # fmt: skip
    hats = np.ones(value.shape)
    for s, one in done.items():
        hats[:, :, at[s]] = np.where(fixed[:, :, at[s]], 1.0, one.hats)
    return RoutesOutcome(
        world, network, tuple(changes), done, value, hats, before, queues.traffic, queues
    )


def piped(world: World) -> np.ndarray:
    """(origin, dest, sector) bool: gas that goes by pipeline, which no corridor touches."""
    out = np.zeros(world.trade_share.shape, dtype=bool)
    if "gas" not in world.sectors:
        return out
    gas = world.sectors.index("gas")
    for exporter, importers in rates.piped_gas().items():
        for importer in importers:
            if exporter in world.regions and importer in world.regions:
                out[world.regions.index(exporter), world.regions.index(importer), gas] = True
    return out
