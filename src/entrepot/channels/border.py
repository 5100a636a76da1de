"""Tariffs, export taxes, trade costs and trade agreements."""

from __future__ import annotations

import numpy as np

from entrepot.channels.draft import Draft
from entrepot.channels.restrictions import exempted, two_sides
from entrepot.scenario.book import Entry
from entrepot.scenario.fields import Rate
from entrepot.scenario.measures import (
    ExportTax,
    RateMeasure,
    Tariff,
    TradeAgreement,
    TradeCost,
)


def _tax(draft: Draft, entry: Entry, measure: RateMeasure, instrument: str, mask: np.ndarray,
         exempt: np.ndarray) -> None:  # fmt: skip
    """Set or raise the rates of `mask`: the taxed share pays the new rate, the rest the old one.

    A cell that is exempted in full is no cell of the measure.
    """
    old, taxed = draft.before[instrument], 1.0 - exempt
    if measure.coverage.bounds != (1.0, 1.0):
        note = "share of the sector's trade that is taxed; the cell gets the average rate"
        taxed = taxed * draft.value(measure.coverage, entry, "coverage", note)
    mask = mask & (taxed > 0)
    if measure.rate is not None:
        rate = _listed(draft, entry, measure.rate, "rate")
        draft.set(instrument, mask, old + taxed * (rate - old), entry)
    elif measure.add is not None:
        draft.add(instrument, mask, taxed * _listed(draft, entry, measure.add, "add"), entry)


def _listed(draft: Draft, entry: Entry, rate: Rate, name: str) -> float:
    """A rate out of a legal act is no assumption; one with a range or an override is."""
    low, high = rate.bounds
    if low == high and f"{entry.name}.{name}" not in draft.overrides:
        return rate.central
    return draft.value(rate, entry, name, "rate of the tax")


def tariff(draft: Draft, entry: Entry, measure: Tariff) -> None:
    """Set import tariffs of the senders on goods from the targets."""
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    exempt = exempted(draft, entry, measure.exempt, (senders, targets), sectors)
    _tax(draft, entry, measure, "tariff", draft.pairs(targets, senders, sectors), exempt)


def export_tax(draft: Draft, entry: Entry, measure: ExportTax) -> None:
    """Set export taxes of the senders on goods for the targets."""
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    exempt = exempted(draft, entry, measure.exempt, (senders, targets), sectors)
    _tax(draft, entry, measure, "export_tax", draft.pairs(senders, targets, sectors), exempt)


def trade_cost(draft: Draft, entry: Entry, measure: TradeCost) -> None:
    """Set hats of resource costs between senders and targets."""
    senders, targets = two_sides(draft, entry, measure.senders, measure.targets, "senders/targets")
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    exempt = exempted(draft, entry, measure.exempt, (senders, targets), sectors)
    hats = np.where(exempt > 0, 1.0, _hat(draft, entry, measure))
    if measure.flow in ("imports", "both"):
        draft.set("trade_cost", draft.pairs(senders, targets, sectors), hats, entry)
    if measure.flow in ("exports", "both"):
        draft.set("trade_cost", draft.pairs(targets, senders, sectors), hats, entry)


def _hat(draft: Draft, entry: Entry, measure: TradeCost) -> float:
    if measure.hat is not None:
        return draft.value(measure.hat, entry, "hat", "new trade cost over old")
    if measure.percent is not None:
        note = "change of the trade cost, per cent"
        return 1.0 + draft.value(measure.percent, entry, "percent", note) / 100.0
    extra = measure.ad_valorem or Rate(central=0.0)
    return 1.0 + draft.value(extra, entry, "ad_valorem", "extra cost as a rate of the value")


def trade_agreement(draft: Draft, entry: Entry, measure: TradeAgreement) -> None:
    """Lower tariffs, and perhaps other costs, between members (and partners)."""
    sectors = draft.sectors(measure.sectors, entry, "sectors")
    if measure.partners:
        a, b = two_sides(draft, entry, measure.members, measure.partners, "members/partners")
        mask = draft.pairs(a, b, sectors) | draft.pairs(b, a, sectors)
    else:
        a = draft.regions(measure.members, entry, "members")
        mask = draft.pairs(a, a, sectors)
    old = draft.before["tariff"]
    if measure.cut is not None:
        cut = draft.value(measure.cut, entry, "cut", "share by which tariffs fall")
        draft.set("tariff", mask, old * (1.0 - cut), entry)
    elif measure.tariff is not None:
        ceiling = _listed(draft, entry, measure.tariff, "tariff")
        draft.set("tariff", mask, np.minimum(old, ceiling), entry)
    if measure.trade_cost is not None:
        note = "change of other trade costs among members, per cent"
        percent = draft.value(measure.trade_cost, entry, "trade_cost", note)
        draft.set("trade_cost", mask, 1.0 + percent / 100.0, entry)
