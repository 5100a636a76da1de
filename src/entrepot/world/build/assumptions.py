"""Numbers of the build that no source gives, each named, with its reason and a range.

Every world that is built carries the plain numbers among them in ``meta["assumptions"]``.
"""

from __future__ import annotations

BARREL_DAYS = 365.0 / 1000.0
"""Thousand barrels a day at 1 USD a barrel, in mn USD a year."""

MMBTU_PER_BCM = 35.315
"""Million British thermal units in 1 bn cubic metres, in millions."""

CRUDE_QUALITY: dict[str, float] = {"VEN": 0.88, "CAN": 0.80, "MEX": 0.92, "COL": 0.93}
CRUDE_DISCOUNT: dict[int, dict[str, float]] = {2017: {}, 2023: {"RUS": 0.78, "IRN": 0.88,
                                                               "VEN": 0.75}}  # fmt: skip
"""Wellhead price over Brent: heavy grades, and in 2023 the discounts on sanctioned crude."""
CRUDE_TO_BRENT = 0.95
NGL_TO_BRENT = 0.55
"""Energy content and mix (ethane, propane, naphtha) against crude. Range 0.4 to 0.75."""

REFINERY_CRUDE_CEILING = 0.80
"""Crude is at most this part of a refinery's output, where domestic crude is sold below the
world price."""
REFINING_MARGIN = 1.20
"""Output of refineries over the value of crude run, where no table gives it. Range 1.1 to 1.4."""

GAS_PRICE: dict[int, dict[str, float]] = {
    2017: {"administered": 1.5, "RUS": 2.0, "north_america": 2.9, "market": 5.8},
    2023: {"administered": 1.8, "RUS": 2.0, "north_america": 2.5, "market": 12.0},
}
"""USD per million Btu for gas sold at home. Administered prices: from half to twice as much; others
follow Henry Hub and the European and Asian markers of the year, within a quarter."""
GAS_ADMINISTERED = (
    "IRN", "TKM", "UZB", "DZA", "VEN", "LBY", "IRQ", "KWT", "SAU", "QAT", "ARE", "OMN",
    "BHR", "NGA", "SYR", "EGY", "KAZ", "AZE",
)  # fmt: skip
GAS_NORTH_AMERICA = ("USA", "CAN", "MEX")

GRAIN_USE_SHARE = 0.20
"""Grain and oilseeds in what an economy uses of c1; its own output follows from trade. Range 0.1 to
0.3."""
GRAIN_OUTPUT_BOUNDS = (0.05, 0.50)

# How a purchase from c2 (crude, gas, mining) or c1 (grain, other) splits, by buyer: judgement, a
# start that the balance moves; crude and power are replaced by quantities where they are known.
C2_USE: dict[str, tuple[float, float, float]] = {
    "refined": (0.97, 0.02, 0.01),
    "chemicals": (0.03, 0.67, 0.30),
    "utilities": (0.0, 0.55, 0.45),
    "c2": (0.0, 0.15, 0.85),
    "metals": (0.0, 0.04, 0.96),
    "minerals": (0.0, 0.10, 0.90),
    "construction": (0.0, 0.0, 1.0),
    "transport": (0.0, 0.80, 0.20),
    "trade_hotels": (0.0, 0.70, 0.30),
    "public": (0.0, 0.70, 0.30),
    "final": (0.0, 0.70, 0.30),
    "other": (0.0, 0.40, 0.60),
}
C1_GRAIN_USE: dict[str, float] = {
    "food": 0.35, "c1": 0.25, "chemicals": 0.20, "refined": 0.30, "final": 0.08, "textiles": 0.02,
    "wood_paper": 0.01, "other": 0.10,
}  # fmt: skip

VALUE_ADDED_RATIO: dict[str, float] = {"crude": 0.80, "gas": 0.78}
"""Value added over output; no table separates them. Ranges 0.65 to 0.9, where rents are highest."""
UTILITIES_OF_GDP = 0.025
"""Utilities in value added, where the UN gives mining and utilities together. Range 0.015 to
0.04."""

MAX_EXPORT_SHARE = 0.90
"""Exports above this part of output are re-exports of imports, where ADB gives no ratio."""

HOME_CRUDE_PRICE = 0.75
"""Price of crude sold at home over the export price where the state keeps it low. Range 0.4 to
1."""
HOME_CRUDE_LOW = (*GAS_ADMINISTERED, "RUS")
FUEL_LED = 0.25
"""An economy lives on crude and gas when they are more than this part of its exports of goods."""
FUEL_LED_ONCE = ("SYR",)
"""Economies whose accounts keep the weights of the time when they did."""
MINING_WHERE_LED = 0.08
MINING_OVER_EXPORTS = 1.4
"""There, coal, ores and quarrying are at most this part of c2, or this multiple of exports."""
CRUDE_OF_REFINED = 0.88
"""Refineries are large enough that the crude at hand is at most this part of their output."""
LIQUIDS_TO_REFINING = 0.7
LIQUIDS_TO_CHEMICALS = 0.3
"""Liquids of gas are sold to fractionation (with refined products) and to chemicals."""
HOUSEHOLD_GAS = 0.25
"""Final users buy at most this part of gas sold at home directly; the rest is utilities'."""
GAS_EXPORT_HEADROOM = 1.3
"""Export price of gas over the home market price that output may reach."""
EXPORT_HEADROOM = 0.85
"""Where output is proxied, it is raised until exports are at most this part of it."""
MINING_VALUE_ADDED_BOUNDS = (0.35, 0.80)
DEFAULT_CRUDE_IN_REFINING = 0.60
"""Crude over output of refineries without listed runs. Range 0.4 to 0.8."""
DEFAULT_GAS_IN_POWER = 0.55
"""Gas in what utilities buy from c2 where power from gas and coal is not listed. Range 0.2 to
0.9."""
MAX_FUEL_EXPORT_SHARE = 0.985
"""The same for crude and gas, whose output comes from quantities."""

MAX_RAISE = 2.0
"""Where exports by customs exceed the output of the ADB table, output is raised up to this factor
(the classifications differ); what exports still exceed is re-exports. Range 1 to no bound."""

BLURRED = ("machinery", "electronics", "other_manufacturing")
"""Sectors that customs and the ADB tables tell apart differently (computers, appliances, parts):
their outputs are moved among each other until they hold the exports."""

HUBS = (
    "HKG", "SGP", "ARE", "NLD", "BEL", "LUX", "CHE", "GBR", "CYP", "MLT", "OMN", "BHR",
    "ARM", "GEO", "KGZ", "KAZ", "TJK", "AZE",
)  # fmt: skip
"""Economies where goods pass through: what they export beyond a part of their output is taken to
come from abroad. Elsewhere the output is raised until it holds the exports. Crude and gas are
netted everywhere."""

EXPORT_CEILING = 0.97
"""No sector sells more than this part of its output abroad."""

LEAST_PRODUCER = 0.5
"""An economy whose own crude is worth less than this part of its exports passes crude on."""

GAS_TO_UTILITIES = 0.5
"""Utilities (power, heat, distribution) take at least this part of gas sold at home. Range 0.35 to
0.7."""
GAS_IN_INPUTS = 0.6
"""Gas is raised to at most this part of what a sector buys."""
MINING_TO_FINAL = 0.3
"""Final users take at most this part of coal, ores and quarrying."""
COAL_IN_REFINING = 0.10
"""Coal for coke is at most this part of the output of c8."""

TRANSIT_TO: dict[str, dict[str, float]] = {
    "HKG": {},
    "KGZ": {"RUS": 0.5, "KAZ": 0.3, "UZB": 0.2},
}
"""Economies that import far more than they use while the onward trade is not recorded as theirs,
and where it goes. Goods through Hong Kong are recorded by their buyers as Chinese already: they
are dropped. Goods through Kyrgyzstan cross open borders: they become direct trade."""
TRANSIT_MARGIN = ("HKG",)
"""Hubs whose trading margin is raised to the exports of trade services in the ADB table."""


_CONVERSIONS = ("BARREL_DAYS", "MMBTU_PER_BCM")


def numbers() -> dict[str, float]:
    """All assumptions that are one number, by name in lower case."""
    return {
        name.lower(): float(value)
        for name, value in sorted(globals().items())
        if name.isupper() and isinstance(value, float) and name not in _CONVERSIONS
    }
