"""Functions of a run about transfers and balances: who receives, who can claim what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from entrepot.channels.assets.ledger import Ledger

if TYPE_CHECKING:
    from entrepot.study.casebook.functions import Sheet

ROOM: Final = "assets"
Rest = list[tuple[str, ...]]


def _at(sheet: Sheet, rest: Rest) -> int:
    return sheet.world.regions.index(rest[0][0])


def value_added(sheet: Sheet, run: str, rest: Rest) -> float:
    """Value added of an economy, mn USD: of the benchmark, or at the prices after a run."""
    if run not in sheet.results:
        return float(sheet.world.value_added[_at(sheet, rest)])
    state = sheet.results[run].solution.certified()
    return float(state.factor_income[_at(sheet, rest)])


def net_transfer(sheet: Sheet, run: str, rest: Rest) -> float:
    """Net transfer that an economy receives, benchmark balance included, mn USD a year."""
    if run not in sheet.results:
        return float(sheet.world.trade_balance[_at(sheet, rest)])
    return float(sheet.results[run].solution.certified().transfer[_at(sheet, rest)])


def claim(sheet: Sheet, run: str, rest: Rest) -> float:
    """What an economy can claim from those that hold its assets or owe it loans, mn USD."""
    if run not in sheet.compiled:
        return 0.0
    found: Any = sheet.compiled[run].details.get(ROOM)
    claims = found.claims if isinstance(found, Ledger) else []
    return float(sum(c.claim for c in claims if c.creditor == rest[0][0]))
