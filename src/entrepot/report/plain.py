"""Parameters of the presets in plain words; the console, the page and the tables use the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """A parameter for people: one word, its name, and the question it answers."""

    short: str
    name: str
    question: str


PLAIN: Mapping[str, Words] = {
    "theta_ratio": Words(
        "trade", "trade elasticity", "how easily buyers change the country they buy from"
    ),
    "kappa": Words(
        "factors", "factor mobility", "how easily workers and capital change the sector"
    ),
    "mu": Words("inputs", "mix of inputs", "how easily one input replaces another"),
    "epsilon": Words("work", "work for inputs", "how easily labour and capital replace inputs"),
    "sigma": Words(
        "demand", "mix of demand", "how easily final buyers replace one good by another"
    ),
}
"""Parameter of a preset -> words."""
