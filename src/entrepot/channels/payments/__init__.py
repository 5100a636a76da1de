"""Payments: the rails over which trade is settled, and what losing or gaining one costs.

``Rails`` holds benchmark shares, a user's own (`Rails.from_arrays`) or those of a bundled world
(`baseline_rails`); ``settle`` says what a change of access, cost or entry does to the cost of every
pair and to the use of every rail; ``PaymentsOutcome`` is its answer.
"""

from entrepot.channels.numbers import Number
from entrepot.channels.payments.algebra import cost_hat, entry_weight, power, shares_after
from entrepot.channels.payments.baseline import Baseline, baseline, baseline_rails, rail_titles
from entrepot.channels.payments.certificate import Certificate
from entrepot.channels.payments.measures import CHANNEL
from entrepot.channels.payments.network import Equilibrium
from entrepot.channels.payments.outcome import PaymentsOutcome
from entrepot.channels.payments.parameters import Elasticities, numbers
from entrepot.channels.payments.rails import Rails
from entrepot.channels.payments.settle import settle

__all__ = [
    "CHANNEL",
    "Baseline",
    "Certificate",
    "Elasticities",
    "Equilibrium",
    "Number",
    "PaymentsOutcome",
    "Rails",
    "baseline",
    "baseline_rails",
    "cost_hat",
    "entry_weight",
    "numbers",
    "power",
    "rail_titles",
    "settle",
    "shares_after",
]
