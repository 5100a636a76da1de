"""The economies and sectors of the bundled worlds, as data.

Sectors are unions of ADB/WIOD-2013 sectors c1-c35 where possible; `crude`, `gas` and `mining`
split c2, and `grain` and `agriculture` split c1.
"""

from __future__ import annotations

from dataclasses import dataclass

ROW = "ROW"


@dataclass(frozen=True, slots=True)
class Sector:
    """One sector of the bundled worlds.

    Attributes
    ----------
    code : short name used in scenario files and result tables
    title : what it holds
    wiod : sectors of the WIOD 2013 release (the ADB tables use the same) that it is part of
    isic : ISIC rev. 4 divisions, for readers and documentation
    un_branch : branch of the UN national accounts it belongs to
    traded_good : whether customs record it (HS chapters); otherwise it is a service

    """

    code: str
    title: str
    wiod: tuple[str, ...]
    isic: str
    un_branch: str
    traded_good: bool


SECTORS: tuple[Sector, ...] = (
    Sector("grain", "Grain and oilseeds", ("c1",), "01.1 part", "agriculture", True),
    Sector(
        "agriculture",
        "Other farming, forestry, fishing",
        ("c1",),
        "01-03 part",
        "agriculture",
        True,
    ),
    Sector("crude", "Crude oil", ("c2",), "06.1", "mining_utilities", True),
    Sector("gas", "Natural gas", ("c2",), "06.2", "mining_utilities", True),
    Sector("mining", "Coal, ores, other mining", ("c2",), "05, 07-09", "mining_utilities", True),
    Sector("food", "Food, beverages, tobacco", ("c3",), "10-12", "manufacturing", True),
    Sector("textiles", "Textiles, clothing, leather", ("c4", "c5"), "13-15", "manufacturing", True),
    Sector("wood_paper", "Wood, paper, printing", ("c6", "c7"), "16-18", "manufacturing", True),
    Sector("refined", "Refined petroleum", ("c8",), "19", "manufacturing", True),
    Sector(
        "chemicals", "Chemicals, rubber, plastics", ("c9", "c10"), "20-22", "manufacturing", True
    ),
    Sector("minerals", "Non-metallic minerals", ("c11",), "23", "manufacturing", True),
    Sector("metals", "Metals and metal goods", ("c12",), "24-25", "manufacturing", True),
    Sector("machinery", "Machinery", ("c13",), "28", "manufacturing", True),
    Sector(
        "electronics",
        "Electronics and electrical equipment",
        ("c14",),
        "26-27",
        "manufacturing",
        True,
    ),
    Sector("vehicles", "Vehicles, aircraft, ships", ("c15",), "29-30", "manufacturing", True),
    Sector("other_manufacturing", "Other manufacturing", ("c16",), "31-33", "manufacturing", True),
    Sector("utilities", "Electricity and water", ("c17",), "35-39", "mining_utilities", False),
    Sector("construction", "Construction", ("c18",), "41-43", "construction", False),
    Sector(
        "trade_hotels",
        "Trade, hotels, restaurants",
        ("c19", "c20", "c21", "c22"),
        "45-47, 55-56",
        "trade_hotels",
        False,
    ),
    Sector(
        "transport",
        "Transport services",
        ("c23", "c24", "c25", "c26"),
        "49-52",
        "transport_communication",
        False,
    ),
    Sector(
        "communication",
        "Post and telecommunications",
        ("c27",),
        "53, 61",
        "transport_communication",
        False,
    ),
    Sector("finance", "Finance and insurance", ("c28",), "64-66", "other_services", False),
    Sector(
        "business",
        "Real estate and business services",
        ("c29", "c30"),
        "58-63, 68-82",
        "other_services",
        False,
    ),
    Sector(
        "public",
        "Public and personal services",
        ("c31", "c32", "c33", "c34", "c35"),
        "84-98",
        "other_services",
        False,
    ),
)

REGIONS: tuple[str, ...] = (
    # Americas
    "USA", "CAN", "MEX", "BRA", "ARG", "CHL", "COL", "VEN",
    # European Union
    "DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "LUX", "AUT", "IRL", "POL", "CZE", "SVK", "HUN",
    "SVN", "HRV", "ROU", "BGR", "GRC", "CYP", "MLT", "PRT", "SWE", "FIN", "DNK", "LTU", "LVA",
    "EST",
    # other Europe
    "GBR", "CHE", "NOR", "TUR", "UKR", "BLR", "RUS",
    # Caucasus and Central Asia
    "ARM", "AZE", "GEO", "KAZ", "KGZ", "UZB", "TKM", "TJK",
    # Middle East and North Africa
    "IRN", "IRQ", "SYR", "SAU", "ARE", "QAT", "KWT", "OMN", "BHR", "ISR", "EGY", "DZA", "LBY",
    # Asia and Oceania
    "CHN", "HKG", "TWN", "JPN", "KOR", "IND", "PAK", "BGD", "AFG", "IDN", "MYS", "THA", "VNM",
    "SGP", "PHL", "AUS",
    # Africa
    "ZAF", "NGA",
    # everybody else
    ROW,
)  # fmt: skip

SECTOR_CODES: tuple[str, ...] = tuple(s.code for s in SECTORS)
