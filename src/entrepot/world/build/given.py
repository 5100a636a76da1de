"""All numbers that the build decides on, for the world to carry."""

from __future__ import annotations

from typing import Any

from entrepot.world.build import (
    assemble,
    assumptions,
    crude,
    elasticity,
    energy,
    fuels,
    gas,
    goods,
    hidden,
    later,
    later_gas,
    later_oil,
    reexports,
    services_trade,
    split,
    tariff_rates,
    transit,
    uses,
)
from entrepot.world.build.declared import collected

MODULES = (
    assumptions, assemble, crude, elasticity, energy, fuels, gas, goods, hidden, later, later_gas,
    later_oil, reexports, services_trade, split, tariff_rates, transit, uses,
)  # fmt: skip
"""Modules with declared numbers; a number that is imported elsewhere belongs to the first."""


def assumptions_table() -> dict[str, dict[str, Any]]:
    """Value, low, high and source of every declared number, by name."""
    return collected(MODULES)
