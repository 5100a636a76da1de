"""Ways of goods: a network of places and links, and what it costs to get from one to another.

``Network`` is made from a user's own tables, or by ``atlas`` for the economies of the bundled
worlds; ``all_ways`` gives the expected cost over all ways and the use of every link.
``criticality`` says what closing a link would cost, ``congested`` what crowded links do, and
``user_equilibrium`` solves a road network in which everybody takes the quickest way.
"""

from entrepot.channels.routes.atlas import atlas, link_sources
from entrepot.channels.routes.congestion import Crowded, congested
from entrepot.channels.routes.congestion_delay import Bpr, Elastic, Queue
from entrepot.channels.routes.congestion_equilibrium import Equilibrium, user_equilibrium
from entrepot.channels.routes.congestion_graph import Roads
from entrepot.channels.routes.criticality import criticality
from entrepot.channels.routes.criticality_trade import closing_costs
from entrepot.channels.routes.measures import CHANNEL
from entrepot.channels.routes.network import LINK_COLUMNS, NODE_COLUMNS, Network
from entrepot.channels.routes.settle import RoutesOutcome
from entrepot.channels.routes.traffic import traffic
from entrepot.channels.routes.transport import Setting
from entrepot.channels.routes.ways import Ways, ad_valorem, all_ways, spectral_radius

__all__ = [
    "CHANNEL",
    "LINK_COLUMNS",
    "NODE_COLUMNS",
    "Bpr",
    "Crowded",
    "Elastic",
    "Equilibrium",
    "Network",
    "Queue",
    "Roads",
    "RoutesOutcome",
    "Setting",
    "Ways",
    "ad_valorem",
    "all_ways",
    "atlas",
    "closing_costs",
    "congested",
    "criticality",
    "link_sources",
    "spectral_radius",
    "traffic",
    "user_equilibrium",
]
