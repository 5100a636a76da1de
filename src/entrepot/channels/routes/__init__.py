"""Ways of goods: a network of places and links, and what it costs to get from one to another."""

from entrepot.channels.routes.network import LINK_COLUMNS, NODE_COLUMNS, Network

__all__ = ["LINK_COLUMNS", "NODE_COLUMNS", "Network"]
