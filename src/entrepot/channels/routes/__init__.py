"""Ways of goods: a network of places and links, and what it costs to get from one to another.

``Network`` is made from a user's own tables, or by ``atlas`` for the economies of the bundled
worlds; ``all_ways`` gives the expected cost over all ways and the use of every link.
"""

from entrepot.channels.routes.atlas import atlas
from entrepot.channels.routes.measures import CHANNEL
from entrepot.channels.routes.network import LINK_COLUMNS, NODE_COLUMNS, Network
from entrepot.channels.routes.settle import RoutesOutcome
from entrepot.channels.routes.transport import Setting
from entrepot.channels.routes.ways import Ways, all_ways, spectral_radius

__all__ = [
    "CHANNEL",
    "LINK_COLUMNS",
    "NODE_COLUMNS",
    "Network",
    "RoutesOutcome",
    "Setting",
    "Ways",
    "all_ways",
    "atlas",
    "spectral_radius",
]
