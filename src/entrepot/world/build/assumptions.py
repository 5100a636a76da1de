"""Numbers of the build that no source gives, each named, with its reason and a range.

Every world that is built carries them, and those of the other modules, in
``meta["assumptions"]`` (`given.py` collects them).
"""

from __future__ import annotations

from entrepot.world.build.declared import Number, scaled, table

BARREL_DAYS = 365.0 / 1000.0
"""Thousand barrels a day at 1 USD a barrel, in mn USD a year."""

MMBTU_PER_BCM = 35.315
"""Million British thermal units in 1 bn cubic metres, in millions."""

CRUDE_QUALITY: dict[str, float] = table(
    {"VEN": 0.88, "CAN": 0.80, "MEX": 0.92, "COL": 0.93}, 0.92, 1.06
)
CRUDE_DISCOUNT: dict[int, dict[str, float]] = {
    2017: {},
    2023: table({"RUS": 0.78, "IRN": 0.88, "VEN": 0.75}, 0.88, 1.1),
}
"""Wellhead price over Brent: heavy grades, and in 2023 the discounts on sanctioned crude."""
CRUDE_TO_BRENT = Number(0.95, 0.9, 1.0)
NGL_TO_BRENT = Number(0.55, 0.4, 0.75)
"""Energy content and mix (ethane, propane, naphtha) against crude. Range 0.4 to 0.75."""

REFINERY_CRUDE_CEILING = Number(0.80, 0.7, 0.9)
"""Crude is at most this part of a refinery's output, where domestic crude is sold below the
world price."""
REFINING_MARGIN = Number(1.20, 1.1, 1.4)
"""Output of refineries over the value of crude run, where no table gives it. Range 1.1 to 1.4."""

_MARKERS = "near the markers of the Statistical Review for the year, rounded"
GAS_PRICE: dict[int, dict[str, float]] = {
    2017: table({"administered": 1.5, "RUS": 2.0}, 0.5, 2.0)
    | table({"north_america": 2.9, "market": 5.8}, 0.75, 1.25, _MARKERS),
    2023: table({"administered": 1.8, "RUS": 2.0}, 0.5, 2.0)
    | table({"north_america": 2.5, "market": 12.0}, 0.75, 1.25, _MARKERS),
}
"""USD per million Btu for gas sold at home. Administered prices: from half to twice as much; others
follow Henry Hub and the European and Asian markers of the year, within a quarter."""
GAS_ADMINISTERED = (
    "IRN", "TKM", "UZB", "DZA", "VEN", "LBY", "IRQ", "KWT", "SAU", "QAT", "ARE", "OMN",
    "BHR", "NGA", "SYR", "EGY", "KAZ", "AZE",
)  # fmt: skip
GAS_NORTH_AMERICA = ("USA", "CAN", "MEX")

GRAIN_USE_SHARE = Number(0.20, 0.1, 0.3)
"""Grain and oilseeds in what an economy uses of c1; its own output follows from trade. Range 0.1 to
0.3."""
GRAIN_OUTPUT_BOUNDS = (Number(0.05, 0.02, 0.1), Number(0.50, 0.4, 0.7))


# How a purchase from c2 (crude, gas, mining) or c1 (grain, other) splits, by buyer: judgement, a
# start that the balance moves; crude and power are replaced by quantities where they are known.
def _use(crude: float, gas: float, mining: float) -> tuple[float, float, float]:
    """Split a purchase; each part from half to one and a half times itself."""
    return (scaled(crude, 0.5, 1.5), scaled(gas, 0.5, 1.5), scaled(mining, 0.5, 1.5))


C2_USE: dict[str, tuple[float, float, float]] = {
    "refined": _use(0.97, 0.02, 0.01),
    "chemicals": _use(0.03, 0.67, 0.30),
    "utilities": _use(0.0, 0.55, 0.45),
    "c2": _use(0.0, 0.15, 0.85),
    "metals": _use(0.0, 0.04, 0.96),
    "minerals": _use(0.0, 0.10, 0.90),
    "construction": _use(0.0, 0.0, 1.0),
    "transport": _use(0.0, 0.80, 0.20),
    "trade_hotels": _use(0.0, 0.70, 0.30),
    "public": _use(0.0, 0.70, 0.30),
    "final": _use(0.0, 0.70, 0.30),
    "other": _use(0.0, 0.40, 0.60),
}
C1_GRAIN_USE: dict[str, float] = table(
    {
        "food": 0.35, "c1": 0.25, "chemicals": 0.20, "refined": 0.30, "final": 0.08,
        "textiles": 0.02, "wood_paper": 0.01, "other": 0.10,
    }, 0.5, 1.5,
)  # fmt: skip

VALUE_ADDED_RATIO: dict[str, float] = {
    "crude": Number(0.80, 0.65, 0.9),
    "gas": Number(0.78, 0.65, 0.9),
}
"""Value added over output; no table separates them. Ranges 0.65 to 0.9, where rents are highest."""
UTILITIES_OF_GDP = Number(0.025, 0.015, 0.04)
"""Utilities in value added, where the UN gives mining and utilities together. Range 0.015 to
0.04."""

MAX_EXPORT_SHARE = Number(0.90, 0.8, 0.97)
"""Exports above this part of output are re-exports of imports, where ADB gives no ratio."""

HOME_CRUDE_PRICE = Number(0.75, 0.4, 1.0)
"""Price of crude sold at home over the export price where the state keeps it low. Range 0.4 to
1."""
HOME_CRUDE_LOW = (*GAS_ADMINISTERED, "RUS")
FUEL_LED = Number(0.25, 0.2, 0.4)
"""An economy lives on crude and gas when they are more than this part of its exports of goods."""
FUEL_LED_ONCE = ("SYR",)
"""Economies whose accounts keep the weights of the time when they did."""
MINING_WHERE_LED = Number(0.08, 0.04, 0.15)
MINING_OVER_EXPORTS = Number(1.4, 1.1, 2.0)
"""There, coal, ores and quarrying are at most this part of c2, or this multiple of exports."""
CRUDE_OF_REFINED = Number(0.88, 0.8, 0.95)
"""Refineries are large enough that the crude at hand is at most this part of their output."""
LIQUIDS_TO_REFINING = Number(0.7, 0.5, 0.85)
LIQUIDS_TO_CHEMICALS = Number(0.3, 0.15, 0.5)
"""Liquids of gas are sold to fractionation (with refined products) and to chemicals."""
HOUSEHOLD_GAS = Number(0.25, 0.15, 0.4)
"""Final users buy at most this part of gas sold at home directly; the rest is utilities'."""
GAS_EXPORT_HEADROOM = Number(1.3, 1.1, 1.6)
"""Export price of gas over the home market price that output may reach."""
EXPORT_HEADROOM = Number(0.85, 0.75, 0.95)
"""Where output is proxied, it is raised until exports are at most this part of it."""
MINING_VALUE_ADDED_BOUNDS = (Number(0.35, 0.25, 0.45), Number(0.80, 0.7, 0.9))
DEFAULT_CRUDE_IN_REFINING = Number(0.60, 0.4, 0.8)
"""Crude over output of refineries without listed runs. Range 0.4 to 0.8."""
DEFAULT_GAS_IN_POWER = Number(0.55, 0.2, 0.9)
"""Gas in what utilities buy from c2 where power from gas and coal is not listed. Range 0.2 to
0.9."""
MAX_FUEL_EXPORT_SHARE = Number(0.985, 0.95, 0.99)
"""The same for crude and gas, whose output comes from quantities."""

MAX_RAISE = Number(2.0, 1.0, 10.0)
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

EXPORT_CEILING = Number(0.97, 0.9, 0.99)
"""No sector sells more than this part of its output abroad."""

LEAST_PRODUCER = Number(0.5, 0.3, 0.8)
"""An economy whose own crude is worth less than this part of its exports passes crude on."""

GAS_TO_UTILITIES = Number(0.5, 0.35, 0.7)
"""Utilities (power, heat, distribution) take at least this part of gas sold at home. Range 0.35 to
0.7."""
GAS_IN_INPUTS = Number(0.6, 0.5, 0.75)
"""Gas is raised to at most this part of what a sector buys."""
MINING_TO_FINAL = Number(0.3, 0.15, 0.5)
"""Final users take at most this part of coal, ores and quarrying."""
COAL_IN_REFINING = Number(0.10, 0.05, 0.2)
"""Coal for coke is at most this part of the output of c8."""

TRANSIT_TO: dict[str, dict[str, float]] = {
    "HKG": {},
    "KGZ": table({"RUS": 0.5, "KAZ": 0.3, "UZB": 0.2}, 0.7, 1.4),
}
"""Economies that import far more than they use while the onward trade is not recorded as theirs,
and where it goes. Goods through Hong Kong are recorded by their buyers as Chinese already: they
are dropped. Goods through Kyrgyzstan cross open borders: they become direct trade."""
TRANSIT_MARGIN = ("HKG",)
"""Hubs whose trading margin is raised to the exports of trade services in the ADB table."""
