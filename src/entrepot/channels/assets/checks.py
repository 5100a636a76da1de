"""What is wrong with measures on assets in one world: nobody, oneself, more than there is."""

from __future__ import annotations

import numpy as np

from entrepot.channels.assets.holdings import holdings
from entrepot.channels.assets.ledger import Ledger
from entrepot.channels.draft import Draft
from entrepot.channels.restrictions import two_sides
from entrepot.scenario.asset_measures import AssetFreeze
from entrepot.scenario.book import Entry

Array = np.ndarray


def sides(
    draft: Draft, entry: Entry, senders: tuple[str, ...], targets: tuple[str, ...]
) -> tuple[Array, Array]:
    """Both sides as (region,) bool; one economy on both is a problem."""
    return two_sides(draft, entry, senders, targets, "senders/targets")


def freeze_fits(
    draft: Draft,
    entry: Entry,
    measure: AssetFreeze,
    who: tuple[Array, Array, Array],
    stock: float,
    drawdown: float,
) -> bool:
    """Whether a freeze can be computed; what is wrong goes to the problems of the draft."""
    holders, owners, others = who
    at, texts = f"{entry.where}: {entry.name}", []
    names = [draft.world.regions[k] for k in np.flatnonzero(owners)]
    if len(names) > 1:
        texts.append(
            f"{at}: the stock has {len(names)} owners, {', '.join(names)}. Write one measure for "
            "each."
        )
    if (owners & others).any():
        texts.append(f"{at}: {names[0]} owns the assets and is among the beneficiaries. Take it "
                     "out.")  # fmt: skip
    if drawdown > stock:
        texts.append(
            f"{at}: a planned drawdown of {drawdown:,.0f} mn USD a year is more than the stock of "
            f"{stock:,.0f}. Lower 'drawdown'."
        )
    draft.problems += texts
    complete = holders.any() and owners.any()
    needs_others = measure.income_to == "beneficiaries" and not others.any()
    return bool(complete and not texts and not needs_others)


def totals_fit(draft: Draft, ledger: Ledger, given: tuple[Entry, ...]) -> None:
    """Check what all measures of the channel take together."""
    freezes = [e for e in given if isinstance(e.measure, AssetFreeze)]
    for owner in dict.fromkeys(label for e in freezes for label in e.measure.targets):  # type: ignore[attr-defined]  # narrowed in the line above
        _stock_fits(draft, ledger, owner, [e for e in freezes if owner in e.measure.targets])  # type: ignore[attr-defined]  # as above
    _flows_fit(draft, ledger, freezes)


def _stock_fits(draft: Draft, ledger: Ledger, owner: str, freezes: list[Entry]) -> None:
    """Refuse more frozen assets than the owner has abroad, by the measure or the shipped figure."""
    names = {e.name for e in freezes}
    stock = sum(c.stock for c in ledger.claims if c.measure in names)
    given = [
        draft.value(e.measure.foreign_assets, e, "foreign_assets", "all foreign assets, mn USD")
        for e in freezes
        if isinstance(e.measure, AssetFreeze) and e.measure.foreign_assets is not None
    ]
    known = holdings().get(owner)
    if not given and known is None:
        draft.note(
            f"{', '.join(sorted(names))}: no figure of the foreign assets of {owner} ships, and "
            "'foreign_assets' is not given; that the stock exists is not checked."
        )
        return
    limit = max(given) if given else known.high if known else np.inf
    where = "'foreign_assets' in the measure"
    if not given and known:
        where = f"{known.what}, {known.when}; {known.source}"
    if stock > limit:
        end = "" if draft.case == "central" else f" at the {draft.case} end of the ranges"
        draft.problems.append(
            f"{freezes[0].where}: {' and '.join(sorted(names))}: {stock:,.0f} mn USD are to be "
            f"frozen{end}, but {owner} has at most {limit:,.0f} abroad ({where}). Lower 'stock', "
            "or give 'foreign_assets' with a source."
        )


def _flows_fit(draft: Draft, ledger: Ledger, freezes: list[Entry]) -> None:
    """Refuse losses above an owner's imports, and payments above a payer's income."""
    world = draft.world
    total = np.sum([ledger.of(e) for e in freezes], axis=0) if freezes else np.zeros(1)
    flows = world.trade_flows().sum(axis=2)
    imports = flows.sum(axis=0) - np.diagonal(flows)
    for k in np.flatnonzero(-total > imports) if freezes else ():
        draft.problems.append(
            f"{freezes[0].where}: {world.regions[k]} would lose {-total[k]:,.0f} mn USD a year by "
            f"asset freezes, more than all of its imports of {imports[k]:,.0f}. Lower 'drawdown', "
            "'stock' or 'rate_of_return'."
        )
    paid = np.sum([p.change for p in ledger.postings], axis=0) if ledger.postings else np.zeros(1)
    for k in np.flatnonzero(-paid > world.value_added) if ledger.postings else ():
        names = dict.fromkeys(p.entry.name for p in ledger.postings if p.change[k] < 0)
        draft.problems.append(
            f"{ledger.postings[0].entry.where}: {' and '.join(names)}: {world.regions[k]} would "
            f"pay {-paid[k]:,.0f} mn USD a year, more than its value added of "
            f"{world.value_added[k]:,.0f}. Lower the amounts."
        )
