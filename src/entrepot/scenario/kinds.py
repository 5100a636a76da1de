"""Every kind of measure by name; each channel lists its own beside its models."""

from __future__ import annotations

from typing import Final

from entrepot.scenario.asset_measures import ASSET_KINDS
from entrepot.scenario.measures import TRADE_KINDS, Measure
from entrepot.scenario.oil_measures import OIL_KINDS
from entrepot.scenario.payment_measures import PAYMENT_KINDS
from entrepot.scenario.reexport_measures import REEXPORT_KINDS
from entrepot.scenario.route_measures import ROUTE_KINDS

KINDS: Final[dict[str, type[Measure]]] = {
    **TRADE_KINDS,
    **ASSET_KINDS,
    **PAYMENT_KINDS,
    **REEXPORT_KINDS,
    **ROUTE_KINDS,
    **OIL_KINDS,
}

PLANNED: Final[tuple[str, ...]] = ("secondary",)
