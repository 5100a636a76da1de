"""Ways of goods: a network of places and links, and what it costs to get from one to another."""

from entrepot.channels.routes.network import LINK_COLUMNS, NODE_COLUMNS, Network
from entrepot.channels.routes.ways import Ways, all_ways, spectral_radius

__all__ = [
    "LINK_COLUMNS",
    "NODE_COLUMNS",
    "Network",
    "Ways",
    "all_ways",
    "spectral_radius",
]
