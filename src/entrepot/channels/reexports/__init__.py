"""Re-exports: banned goods come back through hubs, at a mark-up.

The modules `ways`, `markup`, `capacity` and `baseline` work on plain arrays of any user and know
nothing of scenarios; `measures` turns the measures of a scenario into their inputs.
"""

from entrepot.channels.reexports.baseline import baseline_ways, reexported_share
from entrepot.channels.reexports.capacity import Settled, settle
from entrepot.channels.reexports.facts import HubFacts, Number, hub_facts
from entrepot.channels.reexports.markup import HubCosts, crowding, passage_cost, raised
from entrepot.channels.reexports.measures import CHANNEL
from entrepot.channels.reexports.plan import EvasionPlan
from entrepot.channels.reexports.ways import (
    Use,
    Ways,
    evasion_cost,
    hub_shares,
    use_of_legs,
    weight_through_hubs,
)

__all__ = [
    "CHANNEL",
    "EvasionPlan",
    "HubCosts",
    "HubFacts",
    "Number",
    "Settled",
    "Use",
    "Ways",
    "baseline_ways",
    "crowding",
    "evasion_cost",
    "hub_facts",
    "hub_shares",
    "passage_cost",
    "raised",
    "reexported_share",
    "settle",
    "use_of_legs",
    "weight_through_hubs",
]
