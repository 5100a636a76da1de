"""Groups of economies that several parts of the trade side use, each written once."""

from __future__ import annotations

EU27: tuple[str, ...] = (
    "DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "LUX", "AUT", "IRL", "POL", "CZE", "SVK", "HUN",
    "SVN", "HRV", "ROU", "BGR", "GRC", "CYP", "MLT", "PRT", "SWE", "FIN", "DNK", "LTU", "LVA",
    "EST",
)  # fmt: skip
"""The European Union without the United Kingdom."""

EUROPE: tuple[str, ...] = (*EU27, "GBR", "CHE", "NOR", "TUR", "UKR")
"""Europe as the energy statistics count it, without Georgia."""

WEST: tuple[str, ...] = (
    *(c for c in EU27 if c not in ("CYP", "HUN")),
    "USA", "CAN", "GBR", "CHE", "NOR", "JPN", "AUS", "UKR",
)  # fmt: skip
"""Whose services and controlled goods for Russia fell most after 2022."""

EAEU: tuple[str, ...] = ("RUS", "BLR", "KAZ", "KGZ", "ARM")
"""The Eurasian Economic Union, as since August 2015."""

GCC: tuple[str, ...] = ("SAU", "ARE", "QAT", "KWT", "OMN", "BHR")
"""The Gulf Cooperation Council."""
