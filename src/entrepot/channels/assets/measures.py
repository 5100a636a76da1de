"""Measures on assets and finance become postings, claims and frozen balances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np

from entrepot.channels.assets import checks
from entrepot.channels.assets.balances import balance_table
from entrepot.channels.assets.freeze import FreezeFlows, freeze_flows
from entrepot.channels.assets.goods import inframarginal
from entrepot.channels.assets.ledger import (
    CLAIM_NOTE,
    PASSED_ON,
    TOTAL_NOTE,
    Claim,
    Ledger,
    shares,
)
from entrepot.channels.assets.loan import (
    LoanTerms,
    due_year,
    loan_schedule,
    mean_over,
    year_of,
)
from entrepot.channels.assets.split import stock_split
from entrepot.channels.channel import Channel
from entrepot.channels.draft import DAYS, Draft
from entrepot.scenario.asset_measures import Aid, AssetFreeze, FinancialCutoff, Loan, MoneyMeasure
from entrepot.scenario.book import Entry
from entrepot.scenario.measures import Measure

Array = np.ndarray


def _split(draft: Draft, measure: MoneyMeasure, who: Array) -> Array:
    """(region,) shares of those in `who`."""
    equal = measure.split == "equal"
    return shares(who, np.ones(len(who)) if equal else draft.world.value_added)


def _new_part(draft: Draft, entry: Entry, rate: Callable[[date], float]) -> float:
    """Yearly rate of the run's day less the mean rate of the world's year, in its data already.

    An undated measure is a counterfactual: the data hold nothing of it.
    """
    start, year = entry.measure.start, draft.world.year
    if start is None:
        return rate(draft.day or date.min)
    now = rate(draft.day or start)
    if year is None or start.year > year:
        return now
    before = mean_over(year, rate)
    if before:
        draft.note(
            f"{entry.name}: the data of {year} hold {before:,.0f} mn USD of it already; the run "
            f"adds the difference to {now:,.0f}."
        )
    return now - before


def _steady(measure: Measure, amount: float) -> Callable[[date], float]:
    """A yearly amount on the days on which a measure is in force."""
    return lambda day: amount if measure.in_force(day) else 0.0


def asset_freeze(draft: Draft, ledger: Ledger, entry: Entry, measure: AssetFreeze) -> None:
    """Post what the owner loses and the holder and beneficiaries have, and the claim."""
    holders, owners = checks.sides(draft, entry, measure.senders, measure.targets)
    others = draft.regions(measure.beneficiaries or (), entry, "beneficiaries")
    number = partial(_number, draft, entry, measure)
    stock = number("stock", "assets frozen, mn USD")
    rate = number("rate_of_return", "income a year for each dollar frozen")
    spent = number("spent", "share of the income that the owner would have spent")
    drawdown = number("drawdown", "planned spending out of the stock, mn USD a year")
    passed = 0.0
    if measure.income_to == "beneficiaries":
        passed = number("passed_on", "share of the income that beneficiaries receive")
    if not checks.freeze_fits(draft, entry, measure, (holders, owners, others), stock, drawdown):
        return
    flows = freeze_flows(stock, rate, drawdown=drawdown, spent=spent, passed_on=passed,
                         trust=measure.income_to == "trust")  # fmt: skip
    held = stock_split(draft, entry, measure, (holders, owners), stock)
    kept = _new_part(draft, entry, _steady(measure, 1.0))
    lost, given = -float(flows.owner), float(flows.beneficiary)
    ledger.post(entry, "income and drawdown not paid out", shares(owners, 1.0 * owners), held,
                kept * lost)  # fmt: skip
    if given:
        ledger.post(entry, PASSED_ON, held, _split(draft, measure, others), kept * given)
    _freeze_claims(draft, ledger, entry, measure, flows, stock, held, int(np.argmax(owners)))


def _freeze_claims(draft: Draft, ledger: Ledger, entry: Entry, measure: AssetFreeze,
                   flows: FreezeFlows, stock: float, held: Array, owner: int) -> None:  # fmt: skip
    years = _years_since(draft, entry)
    to = {"trust": "trust", "holder": "holder",
          "beneficiaries": ", ".join(measure.beneficiaries or ())}[measure.income_to]  # fmt: skip
    for k in np.flatnonzero(held):
        part = float(held[k])
        ledger.claims.append(
            Claim(
                entry.name, "asset_freeze", draft.world.regions[owner], draft.world.regions[k],
                part * stock, part * float(flows.income), to, years,
                part * years * float(flows.credited), part * float(flows.claim(stock, years)),
            )
        )  # fmt: skip


def _years_since(draft: Draft, entry: Entry) -> float:
    start = entry.measure.start
    if start is None or draft.day is None:
        return 0.0
    return (draft.day - start).days / DAYS


def _number(draft: Draft, entry: Entry, measure: Measure, name: str, note: str) -> float:
    given = name in measure.model_fields_set
    return draft.value(getattr(measure, name), entry, name, note, given=given)


def financial_cutoff(draft: Draft, ledger: Ledger, entry: Entry, measure: FinancialCutoff) -> None:
    """Freeze a share of the targets' balances."""
    _, targets = checks.sides(draft, entry, measure.senders, measure.targets)
    share = _number(draft, entry, measure, "share", "share of the access to finance that is lost")
    if share > 0 and targets.any():
        draft.freeze(np.where(targets, share, 0.0), entry)
    lend = [draft.world.regions[k] for k in np.flatnonzero(targets)
            if draft.world.trade_balance[k] < 0]  # fmt: skip
    if share > 0 and lend:
        draft.note(
            f"{entry.name}: lending abroad in the benchmark: {', '.join(lend)}. What can no longer "
            "be lent is spent at home and counts in welfare; real income does not count it."
        )


def aid(draft: Draft, ledger: Ledger, entry: Entry, measure: Aid) -> None:
    """Post a gift; of goods, say how much of it equals money."""
    senders, targets = checks.sides(draft, entry, measure.senders, measure.targets)
    amount = _number(draft, entry, measure, "amount", "mn USD a year")
    if not (senders.any() and targets.any()):
        return
    given, got = _split(draft, measure, senders), _split(draft, measure, targets)
    if measure.form == "goods":
        _goods(draft, entry, measure, amount * given[:, None] * got[None, :])
    now = _new_part(draft, entry, _steady(measure, amount))
    ledger.post(entry, f"aid in {measure.form}", given, got, now)


def _goods(draft: Draft, entry: Entry, measure: Aid, gifts: Array) -> None:
    """Note which `gifts` (origin, dest) of goods are worth less than money, or cannot pass."""
    world = draft.world
    sectors = draft.sectors(measure.sectors or (), entry, "sectors")
    bought = (world.trade_share * world.expenditure)[:, :, sectors]
    open_part = draft.access()[:, :, sectors]
    limit = (bought * open_part).sum(axis=2)
    for i, j in np.argwhere(gifts > 0):
        pair = f"{world.regions[i]} to {world.regions[j]}"
        if sectors.any() and not open_part[i, j].any():
            draft.problems.append(
                f"{entry.where}: {entry.name}: no way is left for these goods from {pair}. Exempt "
                "them from the ban or the cut, or give money."
            )
            continue
        share = float(inframarginal(gifts[i, j], limit[i, j]))
        if share < 1:
            draft.note(
                f"{entry.name}: of goods for {gifts[i, j]:,.0f} mn USD from {pair}, "
                f"{100 * share:.0f} % replace purchases and are worth what money is worth; the "
                "rest is counted as money too, which is the most that it can be worth."
            )


def loan(draft: Draft, ledger: Ledger, entry: Entry, measure: Loan) -> None:
    """Post the net transfer of the loan's year, and the debt."""
    senders, targets = checks.sides(draft, entry, measure.senders, measure.targets)
    amount = _number(draft, entry, measure, "amount", "principal, mn USD")
    interest = _number(draft, entry, measure, "interest", "interest a year")
    start, default = measure.start, None
    haircut = 1.0
    if start and measure.default_from:
        haircut = _number(draft, entry, measure, "haircut", "share of instalments not paid")
        default = due_year(start, measure.default_from)
    if not (senders.any() and targets.any()):
        return
    terms = LoanTerms(amount, interest, measure.maturity, measure.tranches, measure.grace,
                      default, haircut)  # fmt: skip
    schedule = loan_schedule(terms)

    def rate(day: date) -> float:
        return schedule.net(year_of(start, day) if start else 0)

    given, got = _split(draft, measure, senders), _split(draft, measure, targets)
    ledger.post(entry, "loan, net", given, got, _new_part(draft, entry, rate))
    year = year_of(start, draft.day) if start and draft.day else 0
    unpaid = float((schedule.due - schedule.paid)[: year + 1].sum())
    if start is None:
        draft.note(f"{entry.name}: without 'from' the loan is in its first year.")
    if year >= len(schedule.due):
        draft.note(f"{entry.name}: the last instalment was due before {draft.day}.")
    for i, j in np.argwhere(given[:, None] * got[None, :] > 0):
        part = float(given[i] * got[j])
        ledger.claims.append(
            Claim(
                entry.name, "loan", draft.world.regions[i], draft.world.regions[j], part * amount,
                part * interest * schedule.owed(year - 1, interest), "creditor", float(year),
                part * unpaid, part * schedule.owed(year, interest),
            )
        )  # fmt: skip


APPLY: Final[Mapping[str, Callable[[Draft, Ledger, Entry, Any], None]]] = {
    "asset_freeze": asset_freeze,
    "financial_cutoff": financial_cutoff,
    "aid": aid,
    "loan": loan,
}


def finish(draft: Draft, given: tuple[Entry, ...]) -> None:
    """Apply all measures of the channel, check them together, and report."""
    ledger = Ledger(draft.world.regions)
    for entry in given:
        APPLY[getattr(entry.measure, "kind")](draft, ledger, entry, entry.measure)  # noqa: B009 - the kinds share no base
    checks.totals_fit(draft, ledger, given)
    for entry in given:
        change = ledger.of(entry)
        if change.any():
            draft.transfers.append((entry, change))
    if ledger.postings:
        draft.table(
            "asset_transfers", "Transfers of the year, mn USD", ledger.transfer_table(),
            "What one economy no longer spends another one does: each part adds to zero.",
        )  # fmt: skip
    if ledger.claims:
        draft.table("asset_totals", "Claims and income in total, mn USD", ledger.total_table(),
                    TOTAL_NOTE)  # fmt: skip
        draft.table("asset_claims", "Who holds the claims", ledger.claim_table(), CLAIM_NOTE)
    if draft.layers.frozen is not None:
        frame, note = balance_table(draft.world, draft.layers.frozen)
        draft.table("asset_balances", "External balances without foreign finance", frame, note)
    draft.detail("assets", ledger)


CHANNEL: Final = Channel("assets", finish)
