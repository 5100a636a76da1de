"""Foreign assets and finance: frozen stocks, lost access, aid and loans.

`freeze_flows`, `loan_schedule` and `inframarginal` work on a user's own numbers; `CHANNEL` turns
measures of a scenario into transfers, frozen balances and a table of claims.
"""

from entrepot.channels.assets.freeze import FreezeFlows, freeze_flows
from entrepot.channels.assets.goods import inframarginal
from entrepot.channels.assets.holdings import Held, Holding, holders, holdings
from entrepot.channels.assets.loan import LoanSchedule, LoanTerms, loan_schedule
from entrepot.channels.assets.measures import CHANNEL

__all__ = [
    "CHANNEL",
    "FreezeFlows",
    "Held",
    "Holding",
    "LoanSchedule",
    "LoanTerms",
    "freeze_flows",
    "holders",
    "holdings",
    "inframarginal",
    "loan_schedule",
]
