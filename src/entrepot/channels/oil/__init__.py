"""Oil: a monthly world market of crude under sanctions, and the elasticities it rests on."""

from entrepot.channels.oil.elasticities import FeenstraEstimate, feenstra

__all__ = ["FeenstraEstimate", "feenstra"]
