"""Which labels of the sources belong to which economies and sectors of the bundled worlds."""

from __future__ import annotations

from entrepot.world.layout import SECTORS

UN_NAMES: dict[str, str] = {
    "USA": "United States", "CAN": "Canada", "MEX": "Mexico", "BRA": "Brazil",
    "ARG": "Argentina", "CHL": "Chile", "COL": "Colombia",
    "VEN": "Venezuela (Bolivarian Republic of)", "DEU": "Germany", "FRA": "France",
    "ITA": "Italy", "ESP": "Spain", "NLD": "Netherlands", "BEL": "Belgium",
    "LUX": "Luxembourg", "AUT": "Austria", "IRL": "Ireland", "POL": "Poland", "CZE": "Czechia",
    "SVK": "Slovakia", "HUN": "Hungary", "SVN": "Slovenia", "HRV": "Croatia", "ROU": "Romania",
    "BGR": "Bulgaria", "GRC": "Greece", "CYP": "Cyprus", "MLT": "Malta", "PRT": "Portugal",
    "SWE": "Sweden", "FIN": "Finland", "DNK": "Denmark", "LTU": "Lithuania", "LVA": "Latvia",
    "EST": "Estonia", "GBR": "United Kingdom", "CHE": "Switzerland", "NOR": "Norway",
    "TUR": "Türkiye", "UKR": "Ukraine", "BLR": "Belarus", "RUS": "Russian Federation",
    "ARM": "Armenia", "AZE": "Azerbaijan", "GEO": "Georgia", "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan", "UZB": "Uzbekistan", "TKM": "Turkmenistan", "TJK": "Tajikistan",
    "IRN": "Iran (Islamic Republic of)", "IRQ": "Iraq", "SYR": "Syrian Arab Republic",
    "SAU": "Saudi Arabia", "ARE": "United Arab Emirates", "QAT": "Qatar", "KWT": "Kuwait",
    "OMN": "Oman", "BHR": "Bahrain", "ISR": "Israel", "EGY": "Egypt", "DZA": "Algeria",
    "LBY": "Libya", "CHN": "China", "HKG": "China, Hong Kong SAR", "JPN": "Japan",
    "KOR": "Republic of Korea", "IND": "India", "PAK": "Pakistan", "BGD": "Bangladesh",
    "AFG": "Afghanistan", "IDN": "Indonesia", "MYS": "Malaysia", "THA": "Thailand",
    "VNM": "Viet Nam", "SGP": "Singapore", "PHL": "Philippines", "AUS": "Australia",
    "ZAF": "South Africa", "NGA": "Nigeria",
}  # fmt: skip
"""Names in the UN accounts; Taiwan is not in them."""

FACTBOOK_CODES: dict[str, str] = {
    "BHR": "ba", "DEU": "gm", "FRA": "fr", "NLD": "nl", "TUR": "tu", "UKR": "up", "BLR": "bo",
    "PAK": "pk", "POL": "pl", "HUN": "hu", "HRV": "hr", "AUT": "au", "ISR": "is", "PHL": "rp",
    "CHL": "ci", "BGD": "bg", "TWN": "tw", "JPN": "ja", "KOR": "ks", "ESP": "sp", "BGR": "bu",
    "CZE": "ez", "SVK": "lo", "LTU": "lh", "GRC": "gr", "KGZ": "kg", "TJK": "ti", "GEO": "gg",
    "ALB": "al", "IRL": "ei", "ZAF": "sf", "AFG": "af",
}  # fmt: skip
"""Factbook codes of economies that the Statistical Review does not list as oil or gas producers."""

_GROUP = {c: s.code for s in SECTORS for c in s.wiod if c not in ("c1", "c2")}

ADB_TO_GROUP: dict[str, str] = {"c1": "c1", "c2": "c2", **_GROUP}
"""ADB (WIOD 2013) sector to sector of the world, or to c1, c2 before they are split."""

ADB_TABLES: tuple[str, ...] = (
    "ARE", "ARG", "ARM", "AUS", "AUT", "BEL", "BGD", "BGR", "BRA", "CAN", "CHE", "CHN", "COL",
    "CYP", "CZE", "DEU", "DNK", "EGY", "ESP", "EST", "FIN", "FRA", "GBR", "GEO", "GRC", "HKG",
    "HRV", "HUN", "IDN", "IND", "IRL", "ITA", "JPN", "KAZ", "KGZ", "KOR", "KWT", "LTU", "LUX",
    "LVA", "MEX", "MLT", "MYS", "NLD", "NOR", "PAK", "PHL", "POL", "PRT", "ROU", "RUS", "SAU",
    "SGP", "SVK", "SVN", "SWE", "THA", "TUR", "TWN", "USA", "VNM",
)  # fmt: skip
"""Economies with an ADB table in every year that is read."""

_WIOD_RANGES = {
    "c1": (1, 2, 3), "c2": (4,), "food": (5,), "textiles": (6,), "wood_paper": (7, 8, 9),
    "refined": (10,), "chemicals": (11, 12, 13), "minerals": (14,), "metals": (15, 16),
    "electronics": (17, 18), "machinery": (19,), "vehicles": (20, 21),
    "other_manufacturing": (22,), "utilities": (23, 24, 25), "construction": (26,),
    "trade_hotels": (27, 28, 29, 35), "transport": (30, 31, 32, 33),
    "communication": (34, 38), "finance": (40, 41), "business": (36, 37, 39, *range(42, 47)),
    "public": (47, 48, 49, 50),
}  # fmt: skip

WIOD_TO_GROUP: dict[str, str] = {
    f"C{number:02d}": group for group, numbers in _WIOD_RANGES.items() for number in numbers
}
"""Sector of the WIOD release of 2016 to sector of the world, or to c1, c2."""

GROUPS: tuple[str, ...] = tuple(_WIOD_RANGES)

PROXIES: dict[str, tuple[str, ...]] = {
    "ARG": ("BRA", "MEX"), "CHL": ("MEX", "BRA", "AUS"), "COL": ("MEX", "BRA"),
    "VEN": ("MEX", "BRA"), "UKR": ("POL", "ROU", "RUS"), "BLR": ("POL", "ROU", "RUS"),
    "ARM": ("ROU", "BGR", "RUS"), "AZE": ("RUS", "MEX", "TUR"), "GEO": ("ROU", "BGR", "TUR"),
    "KAZ": ("RUS", "MEX", "IDN"), "KGZ": ("RUS", "TUR", "IDN"), "UZB": ("RUS", "TUR", "IDN"),
    "TKM": ("RUS", "MEX", "IDN"), "TJK": ("RUS", "TUR", "IDN"),
    "IRN": ("RUS", "TUR", "MEX", "IDN"), "IRQ": ("MEX", "IDN", "TUR"),
    "SYR": ("TUR", "IDN", "BGR"), "SAU": ("MEX", "IDN", "NOR"), "ARE": ("MEX", "IDN", "NOR"),
    "QAT": ("MEX", "IDN", "NOR"), "KWT": ("MEX", "IDN", "NOR"), "OMN": ("MEX", "IDN", "NOR"),
    "BHR": ("MEX", "IDN", "NOR"), "ISR": ("GRC", "PRT", "DNK"), "EGY": ("TUR", "IDN", "IND"),
    "DZA": ("MEX", "IDN", "TUR"), "LBY": ("MEX", "IDN", "TUR"), "HKG": ("TWN", "LUX", "GBR"),
    "PAK": ("IND", "IDN"), "BGD": ("IND", "IDN"), "AFG": ("IND", "IDN"),
    "MYS": ("IDN", "KOR", "MEX"), "THA": ("IDN", "KOR", "MEX"), "VNM": ("IDN", "CHN", "KOR"),
    "SGP": ("TWN", "KOR", "LUX"), "PHL": ("IDN", "MEX"), "ZAF": ("BRA", "TUR", "IDN"),
    "NGA": ("IDN", "IND", "MEX"),
}  # fmt: skip
"""Economies without an own table of 2014, and whose technology stands in (the plain mean)."""

TITLES: dict[str, str] = UN_NAMES | {
    "VEN": "Venezuela", "TUR": "Turkey", "IRN": "Iran", "SYR": "Syria", "HKG": "Hong Kong",
    "KOR": "South Korea", "VNM": "Vietnam", "RUS": "Russia", "TWN": "Taiwan",
    "ROW": "Rest of the world",
}  # fmt: skip
"""English short names of the economies."""
