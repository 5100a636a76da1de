"""From the network to trade costs by sector: what it costs to get goods from economy to economy.

With freight and tolls f_kl (USD a tonne), time d_kl (days), value v_s (USD a tonne) and the cost of
a day delta_s (share of the value, Hummels and Schaur 2013), a link costs the ad-valorem rate

    c_kls = f_kl / v_s + delta_s d_kl,   t_kls = exp(c_kls),

so that the rates of the legs of one way add up.  The expected rate over all ways is
C_ijs = ln tau_ijs of `ways`, with nu_s = route elasticity / typical rate of the sector, and the
delivered cost of a pair changes by the hat (1 + C') / (1 + C).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

import numpy as np

from entrepot.channels.routes import rates
from entrepot.channels.routes.atlas import atlas
from entrepot.channels.routes.network import Network
from entrepot.channels.routes.places import load_places
from entrepot.channels.routes.rates import Goods
from entrepot.channels.routes.ways import Ways, all_ways, shortest


@dataclass(frozen=True, slots=True)
class Setting:
    """Numbers of the whole network in one run, and the day on which it is met.

    Attributes
    ----------
    day : open and closed links are those of this day
    route_elasticity, per_day, freight, borders, capacities : see `rates.yaml`; `per_day` is its
        `day`, in per cent of the value

    """

    day: date
    route_elasticity: float
    per_day: float
    freight: float
    borders: float
    capacities: float

    @classmethod
    def central(cls, day: date) -> Setting:
        """Central value of every number."""
        at = {name: number.central for name, number in rates.numbers().items()}
        return cls.of(day, at)

    @classmethod
    def of(cls, day: date, at: Mapping[str, float]) -> Setting:
        """Return the setting with the numbers `at`, by their names in `rates.yaml`."""
        return cls(day, at["route_elasticity"], at["day"], at["freight"], at["borders"],
                   at["capacities"])  # fmt: skip

    def network(self, cargo: str) -> Network:
        """The bundled network for `cargo`."""
        return atlas(self.day, cargo, borders=self.borders, capacities=self.capacities)


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """State of the links for some trade, on top of the network of the day.

    Attributes
    ----------
    open : (link,) bool
    freight : (link,) multiple of the freight
    days : (link,) days added
    toll : (link,) USD a tonne added

    """

    open: np.ndarray
    freight: np.ndarray
    days: np.ndarray
    toll: np.ndarray

    @classmethod
    def of(cls, network: Network) -> Links:
        """Links as they are in `network`."""
        n = len(network.links)
        return cls(network.open, np.ones(n), np.zeros(n), np.zeros(n))

    def with_toll(self, toll: np.ndarray) -> Links:
        """Return the links with `toll` (link,) on top."""
        return replace(self, toll=self.toll + toll)


def link_rates(network: Network, links: Links, goods: Goods, setting: Setting) -> np.ndarray:
    """(link,) ad-valorem rate of each link for `goods`; inf where it is closed."""
    usd = setting.freight * links.freight * network.usd + network.toll + links.toll
    days = network.days + network.border_days + links.days
    cost = usd / goods.value + setting.per_day / 100.0 * goods.time * days
    return np.where(links.open & carried(network.mode, goods.cargo), cost, np.inf)


@cache
def carried(modes: tuple[str, ...], cargo: str) -> np.ndarray:
    """(link,) bool: whether the mode of each link carries `cargo`."""
    allowed = {mode: rates.freight(mode, cargo) is not None for mode in set(modes)}
    return np.array([allowed[mode] for mode in modes])


def access_rates(goods: Goods, setting: Setting, km: float) -> float:
    """Ad-valorem rate of `km` of road between an economy and a place outside it."""
    usd = setting.freight * (rates.freight("road", goods.cargo) or 0.0) * km
    days = km / rates.speed("road")
    return usd / goods.value + setting.per_day / 100.0 * goods.time * days


@cache
def centres(
    goods: Goods, setting: Setting, regions: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """(economy, node) parts of the trade at each place, and the rate of getting there."""
    network, places = setting.network(goods.cargo), load_places()
    part = np.zeros((len(regions), len(network.nodes)))
    rate = np.zeros_like(part)
    for i, region in enumerate(regions):
        own = places.centres.get(region, {})
        for place, share in own.get(goods.centres, own.get("any", {})).items():
            at = network.node_at(place)
            part[i, at] = share
            km = places.access.get(region, {}).get(place, 0.0)
            rate[i, at] = access_rates(goods, setting, km)
    return part, rate


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """All ways between economies for one sector.

    Attributes
    ----------
    ways : all ways between places
    part : (economy, node) parts of the trade of an economy at each place
    access : (economy, node) ad-valorem rate of getting to the place

    """

    ways: Ways
    part: np.ndarray
    access: np.ndarray

    def rates(self, like: Flow | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(economy, economy) expected ad-valorem rate, and the part of the trade with a way.

        The rate is the mean over the places at both ends, by their parts; places without a way
        between them are left out, and with `like` those without one there.
        """
        at, part, access = self._centres()
        log_tau = self.ways.log_tau[np.ix_(at, at)]
        ok = np.isfinite(log_tau).astype(float)
        counted = ok if like is None else ok * like.between()
        total = part @ counted @ part.T
        own = part * access
        mean = part @ np.where(counted > 0, log_tau, 0.0) @ part.T
        mean += own @ counted @ part.T + part @ counted @ own.T
        rate = np.divide(mean, total, out=np.full_like(mean, np.inf), where=total > 0)
        return rate, part @ ok @ part.T

    def _centres(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positions of places where trade starts or ends, and `part` and `access` there."""
        at = np.flatnonzero(self.part.any(axis=0))
        return at, self.part[:, at], self.access[:, at]

    def between(self) -> np.ndarray:
        """(place, place) bool: whether some way leads from one place of trade to another."""
        at = self._centres()[0]
        return np.isfinite(self.ways.log_b[np.ix_(at, at)])

    def traffic(self, volume: np.ndarray) -> np.ndarray:
        """(link,) volume on each link when `volume` (economy, economy) goes its ways."""
        at, part, _ = self._centres()
        b = np.exp(self.ways.log_b)
        direct = b[np.ix_(at, at)]
        amount = part.T @ volume @ part
        weight = np.divide(amount, direct, out=np.zeros_like(direct), where=direct > 0)
        through = b[at].T @ weight @ b[:, at].T
        net = self.ways.network
        return self.ways.a * through[net.tail, net.head]

    def slopes(self, volume: np.ndarray, links: np.ndarray, elasticity: float) -> np.ndarray:
        """(m, m) change of the traffic of `links` (m positions) with a rise of their rates.

        With volumes V that fall with the delivered cost 1 + C at `elasticity`, and u the use of a
        link by what goes from place to place,

            dF_l / dc_m = -nu (D_lm + [l = m] F_l - sum V u_l u_m)
                          - elasticity sum V u_l u_m / (1 + C),

        D_lm the traffic that passes l and then m, or m and then l.
        """
        at, part, _ = self._centres()
        b, net = np.exp(self.ways.log_b), self.ways.network
        direct = b[np.ix_(at, at)]
        amount = part.T @ volume @ part
        ok = direct > 0
        weight = np.divide(amount, direct, out=np.zeros_like(direct), where=ok)
        through = b[at].T @ weight @ b[:, at].T
        tail, head, a = net.tail[links], net.head[links], self.ways.a[links]
        after = b[np.ix_(head, tail)] * through[np.ix_(tail, head)]
        both = a[:, None] * a[None, :] * (after + after.T)
        alone = np.diag(a * through[tail, head])
        use = np.einsum("pl,lq->pql", b[np.ix_(at, tail)], b[np.ix_(head, at)] * a[:, None])
        use = np.divide(use, direct[:, :, None], out=use, where=ok[:, :, None])
        cost = 1.0 + np.where(ok, self.ways.log_tau[np.ix_(at, at)], 0.0)
        flat = use.reshape(-1, len(links))
        crossed = flat.T @ (flat * amount.reshape(-1, 1))
        priced = flat.T @ (flat * (amount / cost).reshape(-1, 1))
        return -self.ways.nu * (both + alone - crossed) - elasticity * priced

    def use(self, i: int, j: int) -> np.ndarray:
        """(link,) expected passages by what goes from economy `i` to economy `j`."""
        one = np.zeros((len(self.part), len(self.part)))
        one[i, j] = 1.0
        return self.traffic(one)


def flow(goods: Goods, setting: Setting, links: Links | None, regions: tuple[str, ...]) -> Flow:
    """All ways for `goods` at the state `links` (the day's own if None)."""
    network = setting.network(goods.cargo)
    cost = link_rates(network, links or Links.of(network), goods, setting)
    nu = setting.route_elasticity / typical_rate(goods, setting)
    ways = all_ways(network_open(network, cost), cost, nu)
    return Flow(ways, *centres(goods, setting, regions))


def network_open(network: Network, cost: np.ndarray) -> Network:
    """Return the network with exactly the links open that have a finite cost."""
    return replace(network, open=np.isfinite(cost))


@cache
def typical_rate(goods: Goods, setting: Setting) -> float:
    """Median rate of the cheapest way between two places of trade on the day.

    It makes the route elasticity one of relative cost: nu_s = route elasticity / typical rate.
    """
    network = setting.network(goods.cargo)
    cost = link_rates(network, Links.of(network), goods, setting)
    everyone = tuple(load_places().centres)
    part, _ = centres(goods, setting, everyone)
    at = np.flatnonzero(part.any(axis=0))
    between = shortest(network, cost)[np.ix_(at, at)]
    return float(np.median(between[np.isfinite(between) & (between > 0)]))


@lru_cache(maxsize=256)
def flow_before(goods: Goods, setting: Setting, regions: tuple[str, ...]) -> Flow:
    """All ways for `goods` with the links of the day, kept."""
    return flow(goods, setting, None, regions)
