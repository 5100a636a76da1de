"""Exports that an economy cannot have made are re-exports: they are netted out by origin."""

from __future__ import annotations

import numpy as np

from entrepot.world.build import assumptions as given
from entrepot.world.build.declared import Number
from entrepot.world.layout import REGIONS, SECTORS

Array = np.ndarray
IMPORTS_LEFT = Number(0.05, 0.02, 0.15)
"""Part of imports that stays in a hub whatever passes through it."""
_MARGIN, _ROOM = Number(1.2, 1.05, 1.4), Number(0.1, 0.05, 0.2)
_LEAST, _MOST = Number(0.35, 0.2, 0.5), Number(0.95, 0.9, 0.99)
"""Ceiling of a hub's own exports: its ADB ratio times the first or plus the second, in bounds."""


def export_ratio(output: Array, domestic: Array) -> Array:
    """(region, sector) part of output exported by the ADB tables; NaN where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Array = 1 - domestic / output
    return ratio


def headroom(ratio: Array) -> Array:
    """(region, sector) part of output that exports reach after outputs were raised.

    Services, mining and fuels up to the highest, other goods up to their ADB ratio but at least
    the common bound.
    """
    goods = np.clip(np.nan_to_num(ratio) + 0.02, given.EXPORT_HEADROOM, given.EXPORT_CEILING)
    made = np.array([sector.un_branch == "manufacturing" for sector in SECTORS])
    out: Array = np.where(made[None, :], goods, given.EXPORT_CEILING)
    return out


def export_ceiling(ratio: Array, fuels: tuple[int, ...]) -> Array:
    """(region, sector) largest exports of own goods over the output of the tables.

    In hubs the ADB ratio and a margin; in other economies with an ADB table what output can hold
    when it is raised to `given.MAX_RAISE` times the table; without a table there is no ceiling,
    and none for services.  Fuels have the same one everywhere.

    Parameters
    ----------
    ratio : (region, sector) as from `export_ratio`
    fuels : sectors whose output is given by quantities

    """
    seen = np.minimum(np.maximum(np.maximum(_MARGIN * ratio, ratio + _ROOM), _LEAST), _MOST)
    hub = np.where(np.isnan(ratio), given.MAX_EXPORT_SHARE, seen)
    other = np.where(np.isnan(ratio), np.inf, given.MAX_RAISE * headroom(ratio))
    out = np.where(np.isin(REGIONS, given.HUBS)[:, None], hub, other)
    out[:, [not sector.traded_good for sector in SECTORS]] = np.inf
    out[:, list(fuels)] = given.MAX_FUEL_EXPORT_SHARE
    return out


def net_reexports(flows: Array, output: Array, ceiling: Array) -> tuple[Array, Array]:
    """Take re-exports out of the hubs and put them on the direct way.

    The excess of exports over ``ceiling * output`` came from abroad: it is taken from the hub's
    imports, over origins as they are, and from its exports, over destinations as they are, and
    added to the direct flows.  What would return to its origin is dropped.  Hubs are treated one
    after the other, the largest first.

    Returns
    -------
    tuple
        flows (origin, dest, sector) and the amounts netted (region, sector), mn USD

    """
    flows = flows.copy()
    netted = np.zeros_like(output)
    for s in range(flows.shape[2]):
        trade = flows[:, :, s]
        made = np.where(np.isinf(ceiling[:, s]), np.inf, 0.0)
        np.multiply(ceiling[:, s], output[:, s], out=made, where=np.isfinite(ceiling[:, s]))
        for hub in np.argsort(made - trade.sum(axis=1), kind="stable"):
            out, into = trade[hub].sum(), trade[:, hub].sum()
            amount = min(out - made[hub], (1 - IMPORTS_LEFT) * into)
            if amount <= 0:
                continue
            origin, dest = trade[:, hub] / into, trade[hub] / out
            direct = amount * np.outer(origin, dest)
            np.fill_diagonal(direct, 0.0)
            trade[hub] *= 1 - amount / out
            trade[:, hub] *= 1 - amount / into
            trade += direct
            netted[hub, s] = amount
    return flows, netted
