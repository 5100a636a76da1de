"""Measures of trade, transfers and capacity: what each kind does to a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from entrepot.channels import border, restrictions, supply
from entrepot.channels.draft import Draft
from entrepot.scenario.book import Entry

APPLY: Final[Mapping[str, Callable[[Draft, Entry, Any], None]]] = {
    "embargo": restrictions.embargo,
    "export_control": restrictions.export_control,
    "tariff": border.tariff,
    "export_tax": border.export_tax,
    "trade_cost": border.trade_cost,
    "trade_agreement": border.trade_agreement,
    "transfer": supply.transfer,
    "capacity_loss": supply.capacity_loss,
}


def kind_of(entry: Entry) -> str:
    """Kind of the measure of `entry`."""
    return str(getattr(entry.measure, "kind"))  # noqa: B009 - the kinds share no base


def apply_trade(draft: Draft, entries: Iterable[Entry]) -> None:
    """Let every measure of trade among `entries` change the draft."""
    for entry in entries:
        if (kind := kind_of(entry)) in APPLY:
            APPLY[kind](draft, entry, entry.measure)
