"""Equations and parameters."""

from entrepot.model.economy import Economy
from entrepot.model.shock import Shock

__all__ = ["Economy", "Shock"]
