"""The ledger of one compilation: who pays what to whom in the year, and who owes what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from entrepot.scenario.book import Entry

CLAIM_COLUMNS = {
    "measure": "measure that the claim comes from",
    "kind": "asset_freeze or loan",
    "creditor": "economy that has the claim",
    "held_by": "economy that holds the assets, or owes the debt",
    "stock": "assets frozen, or what was lent, mn USD",
    "income": "income or interest a year, mn USD",
    "income_to": "who has the income",
    "years": "years since the measure began; 0 if it has no date",
    "credited": "income credited to the creditor, or instalments not paid, so far, mn USD",
    "claim": "what the creditor can claim on the day, mn USD",
}
CLAIM_NOTE = (
    "Mn USD. Held by: who holds the assets, or owes the debt. Stock: what was frozen or lent. "
    "Income: of a year. Credited: income added to the claim, or instalments not paid, so far. "
    "Claim: what the creditor can claim on the day."
)
PASSED_ON = "income passed on"
TOTAL_NOTE = (
    "One row for each economy and what it is: owner or creditor, holder or debtor, or one that "
    "income of a freeze is passed on to. Amount: what it can claim, what others can claim of it, "
    "or the income of a year that it is given and the data do not hold yet."
)


@dataclass(frozen=True, slots=True, eq=False)
class Posting:
    """A yearly payment.

    Attributes
    ----------
    entry : measure behind it
    part : what it is for
    payer, receiver : (region,) shares that add to 1
    amount : mn USD a year, of the day of the run less that in the world's year; may be negative

    """

    entry: Entry
    part: str
    payer: np.ndarray
    receiver: np.ndarray
    amount: float

    @property
    def change(self) -> np.ndarray:
        """(region,) mn USD a year; adds to zero."""
        net: np.ndarray = self.amount * (self.receiver - self.payer)
        return net


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the table of claims; fields as in `CLAIM_COLUMNS`."""

    measure: str
    kind: str
    creditor: str
    held_by: str
    stock: float
    income: float
    income_to: str
    years: float
    credited: float
    claim: float


@dataclass(slots=True, eq=False)
class Ledger:
    """Postings and claims of all measures of the channel."""

    regions: tuple[str, ...]
    postings: list[Posting] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def post(
        self, entry: Entry, part: str, payer: np.ndarray, receiver: np.ndarray, amount: float
    ) -> None:
        """Add a payment, unless it is of nothing."""
        if amount != 0.0:
            self.postings.append(Posting(entry, part, payer, receiver, amount))

    def of(self, entry: Entry) -> np.ndarray:
        """(region,) change of what each economy can spend by one measure, mn USD a year."""
        found = [p.change for p in self.postings if p.entry == entry]
        return np.sum(found, axis=0) if found else np.zeros(len(self.regions))

    def transfer_table(self) -> pd.DataFrame:
        """One row for each payment of one economy; each payment adds to zero."""
        rows = [
            {
                "measure": p.entry.name,
                "part": p.part,
                "economy": self.regions[k],
                "amount": float(p.change[k]),
            }
            for p in self.postings
            for k in np.flatnonzero(p.change)
        ]
        return pd.DataFrame(rows, columns=["measure", "part", "economy", "amount"])

    def claim_table(self) -> pd.DataFrame:
        """One row for each claim, columns `CLAIM_COLUMNS`, the largest first."""
        rows = sorted(self.claims, key=lambda c: -c.claim)
        return pd.DataFrame([asdict(c) for c in rows], columns=list(CLAIM_COLUMNS))

    def total_table(self) -> pd.DataFrame:
        """Totals by creditor, by holder and by beneficiary, mn USD, the largest first."""
        sides = {
            "can claim": [(c.creditor, c.claim) for c in self.claims],
            "holds or owes": [(c.held_by, c.claim) for c in self.claims],
            "is given income": [
                (self.regions[k], float(p.amount * p.receiver[k]))
                for p in self.postings
                if p.part == PASSED_ON
                for k in np.flatnonzero(p.receiver)
            ],
        }
        rows = []
        for side, found in sides.items():
            total: dict[str, float] = {}
            for economy, amount in found:
                total[economy] = total.get(economy, 0.0) + amount
            rows += [{"side": side, "economy": code, "amount": amount}
                     for code, amount in sorted(total.items(), key=lambda x: -x[1])]  # fmt: skip
        return pd.DataFrame(rows, columns=["side", "economy", "amount"])


def shares(who: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(region,) shares of those in `who`, by weight; adds to 1."""
    part = np.where(who, weights, 0.0)
    return np.asarray(part / part.sum())
