"""The trade side of the bundled worlds: goods, fuels, hidden oil and services in one array."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from entrepot.core.errors import ValueRangeError
from entrepot.world.build.arrays import (
    ASSUMED,
    INDEX,
    MIRRORED,
    OBSERVED,
    PROXIED,
    SECTOR_INDEX,
    Array,
    Flags,
    N,
    S,
)
from entrepot.world.build.assumptions import BARREL_DAYS
from entrepot.world.build.elasticity import trade_elasticities
from entrepot.world.build.fuels import Fuels, fuel_flows
from entrepot.world.build.goods import Chapters, goods_flows
from entrepot.world.build.hidden import hidden_crude
from entrepot.world.build.later import SILENT, goods_later
from entrepot.world.build.services_trade import services_trade
from entrepot.world.build.targets import TradeTargets
from entrepot.world.build.tariff_rates import tariffs
from entrepot.world.layout import REGIONS, SECTORS

YEARS = (2017, 2023)
# Exporters that did not report to Comtrade: partners' imports stand in.
NOT_REPORTING = ("IRN", "IRQ", "SYR", "VEN", "LBY", "TKM", "TJK", "UZB", "AFG", "BGD", "TWN")


def trade_targets(root: Path, year: int, *, hidden_oil: bool) -> TradeTargets:
    """Bilateral trade by sector of 2017 or 2023.

    Parameters
    ----------
    root : folder of the raw data
    year : 2017 or 2023
    hidden_oil : whether crude that no customs record shows is in the flows

    """
    if year not in YEARS:
        raise ValueRangeError(f"year {year} has no world; there are {YEARS[0]} and {YEARS[1]}.")
    if year == 2023:
        return _of_2023(root, hidden_oil=hidden_oil)
    return _of_2017(root, hidden_oil=hidden_oil)


def _of_2017(root: Path, *, hidden_oil: bool) -> TradeTargets:
    goods, recorded, cleaned = goods_flows(root, 2017)
    fuels = fuel_flows(root, 2017, recorded)
    services = services_trade(root, 2017, (goods + fuels.values).sum(axis=2))
    flows = goods + fuels.values + services.values
    flag = _flags(fuels, services.flag, cleaned)
    hidden_kbd = hidden_crude(root, 2017) if hidden_oil else np.zeros((N, N))
    hidden = hidden_kbd * fuels.crude_price[:, None] * BARREL_DAYS
    flows[:, :, SECTOR_INDEX["crude"]] += hidden
    flag[hidden > 0, SECTOR_INDEX["crude"]] = ASSUMED
    flows[np.arange(N), np.arange(N)] = 0.0
    return TradeTargets(
        year=2017,
        flows=flows,
        flag=flag,
        hidden=hidden,
        crude_kbd=fuels.crude_kbd + hidden_kbd,
        crude_price=fuels.crude_price,
        gas_bcm=fuels.gas_bcm,
        dropped=cleaned.dropped,
        spread=cleaned.spread,
        unknown_origin=cleaned.unknown_origin,
        notes=_notes(cleaned, hidden),
    )


def _of_2023(root: Path, *, hidden_oil: bool) -> TradeTargets:
    goods, before = goods_later(root, 2023, hidden_oil=hidden_oil)
    services = services_trade(root, 2023, before)
    flag = goods.flag.copy()
    services_only = [k for k, s in enumerate(SECTORS) if not s.traded_good]
    flag[:, :, services_only] = PROXIED
    flows = goods.values + services.values
    flows[np.arange(N), np.arange(N)] = 0.0
    return TradeTargets(
        year=2023,
        flows=flows,
        flag=flag,
        hidden=goods.hidden,
        crude_kbd=goods.crude_kbd,
        crude_price=goods.crude_price,
        gas_bcm=goods.gas_bcm,
        dropped=goods.cleaned.dropped,
        spread=goods.cleaned.spread,
        unknown_origin=goods.cleaned.unknown_origin,
        notes=(
            "Unspecified partners are those of the structure of 2019.",
            *_notes(goods.cleaned, goods.hidden),
            f"Pairs of economies that no longer report ({', '.join(SILENT)}) "
            "are at least at 2019 grown; IRN to IRQ and AFG are assumed.",
            "Bounds on other goods against 2019 moved the totals of BACI by "
            f"{goods.bounded / 1e3:.0f} bn USD in absolute sum.",
        ),
    )


def _flags(fuels: Fuels, services: Flags, cleaned: Chapters) -> Flags:
    flag = np.full((N, N, S), OBSERVED, np.uint8)
    flag[[INDEX[c] for c in NOT_REPORTING]] = MIRRORED
    exports = cleaned.values.sum(axis=(1, 2))
    flag[cleaned.spread > 0.2 * exports] = PROXIED
    for k, sector in enumerate(SECTORS):
        if not sector.traded_good:
            flag[:, :, k] = np.maximum(services, PROXIED)
        elif sector.code in ("crude", "gas", "refined"):
            flag[:, :, k] = fuels.flag[:, :, k]
    return flag


def _notes(cleaned: Chapters, hidden: Array) -> tuple[str, ...]:
    def listed(values: Array) -> str:
        largest = np.argsort(-values)[:6]
        return ", ".join(f"{REGIONS[k]} {values[k] / 1e3:.1f}" for k in largest if values[k] > 0)

    return (
        "Exports to unspecified partners left out because partners report them, bn USD: "
        f"{listed(cleaned.dropped)}.",
        "Exports to unspecified partners shared over known partners (Asian ones for IRN, IRQ, "
        f"VEN), bn USD: {listed(cleaned.spread)}.",
        "Imports from unspecified origins left out because exporters report them, bn USD: "
        f"{listed(cleaned.unknown_origin)}.",
        f"Hidden crude in the flows, bn USD: {hidden.sum() / 1e3:.1f}.",
    )


__all__ = ["TradeTargets", "tariffs", "trade_elasticities", "trade_targets"]
