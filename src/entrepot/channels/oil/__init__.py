"""Oil: a monthly world market of crude under sanctions, and the elasticities it rests on.

``load_market(2021)`` is a bundled base year, ``OilMarket.of`` makes a user's own; ``solve_month``
finds prices and flows under restrictions (`entrepot.channels.oil.restrictions`), ``run_path`` goes
on month after month, ``tables`` and ``gains`` say what came out.
"""

from entrepot.channels.numbers import Number
from entrepot.channels.oil import gains, restrictions, tables
from entrepot.channels.oil.background import brent_score, history
from entrepot.channels.oil.base import Base, base_of
from entrepot.channels.oil.bundled import base_years, load_agreement, load_market
from entrepot.channels.oil.certificate import Certificate, certify
from entrepot.channels.oil.channel import CHANNEL, OilSettled
from entrepot.channels.oil.elasticities import FeenstraEstimate, feenstra
from entrepot.channels.oil.lanes import without_suez
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.month import Before, solve_month
from entrepot.channels.oil.outcome import MonthOutcome, Rents
from entrepot.channels.oil.parameters import numbers
from entrepot.channels.oil.parts import Agreement, Carrier, Lane, Refiner, Storing, Stream, Voyages
from entrepot.channels.oil.path import OilPath, run_path
from entrepot.channels.oil.places import Places
from entrepot.channels.oil.plan import OilPlan, plan_of
from entrepot.channels.oil.scenario_path import ScenarioPath, path_of_scenario
from entrepot.channels.oil.settle import settle, still
from entrepot.channels.oil.timing import Timed
from entrepot.channels.oil.voyages import Arrival

__all__ = [
    "CHANNEL",
    "Agreement",
    "Arrival",
    "Base",
    "Before",
    "Carrier",
    "Certificate",
    "FeenstraEstimate",
    "Lane",
    "MonthOutcome",
    "Number",
    "OilMarket",
    "OilPath",
    "OilPlan",
    "OilSettled",
    "Places",
    "Refiner",
    "Rents",
    "ScenarioPath",
    "Storing",
    "Stream",
    "Timed",
    "Voyages",
    "base_of",
    "base_years",
    "brent_score",
    "certify",
    "feenstra",
    "gains",
    "history",
    "load_agreement",
    "load_market",
    "numbers",
    "path_of_scenario",
    "plan_of",
    "restrictions",
    "run_path",
    "settle",
    "solve_month",
    "still",
    "tables",
    "without_suez",
]
