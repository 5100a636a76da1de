"""Oil: a monthly world market of crude under sanctions, and the elasticities it rests on."""

from entrepot.channels.oil.certificate import Certificate, certify
from entrepot.channels.oil.elasticities import FeenstraEstimate, feenstra
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import Before, solve_month
from entrepot.channels.oil.outcome import MonthOutcome
from entrepot.channels.oil.parts import Carrier, Lane, Refiner, Storing, Stream

__all__ = [
    "Before",
    "Carrier",
    "Certificate",
    "FeenstraEstimate",
    "Lane",
    "MonthOutcome",
    "OilMarket",
    "Refiner",
    "Storing",
    "Stream",
    "certify",
    "feenstra",
    "solve_month",
]
