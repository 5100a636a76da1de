"""Whether an equilibrium and an oil market say the same, from the solved equilibrium alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from entrepot.solving import Solution
from entrepot.study.oil_shock import CRUDE, Settled

Array = np.ndarray


class Gaps(NamedTuple):
    """Largest distance between the two markets, in logs, or in shares.

    Attributes
    ----------
    volume : barrels that importers use
    price : price of crude to users
    share : value shares of origins
    sold : barrels that exporters sell
    volume_at, price_at, sold_at : the economy with the largest

    """

    volume: float
    price: float
    share: float
    sold: float
    volume_at: str
    price_at: str
    sold_at: str

    @property
    def largest(self) -> float:
        """The largest of all; NaN if one is NaN."""
        return float(np.max([self.volume, self.price, self.share, self.sold]))


@dataclass(frozen=True, slots=True, eq=False)
class Crude:
    """Crude in a certified equilibrium: hats of real use and output, price and cost.

    Attributes
    ----------
    used, price : (dest,) X'/X over P, and P; NaN where no crude is used
    made, cost : (origin,) Y'/Y over c, and c; NaN where none is made
    share : (origin, dest) pi'

    """

    used: Array
    price: Array
    made: Array
    cost: Array
    share: Array


def crude_of(solution: Solution) -> Crude:
    """Read crude out of a certified solution."""
    state, world = solution.certified(), solution.world
    s = world.sectors.index(CRUDE)
    spent, made = world.expenditure[:, s], world.accounts().output[:, s]
    price, cost = state.price[:, s], state.cost[:, s]
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.where(spent > 0, state.expenditure[:, s] / spent / price, np.nan)
        real = np.where(made > 0, state.output[:, s] / made / cost, np.nan)
    return Crude(used, np.where(spent > 0, price, np.nan), real,
                 np.where(made > 0, cost, np.nan), state.trade_share[:, :, s])  # fmt: skip


def gaps(solution: Solution, asked: Settled) -> Gaps:
    """Distance between the certified `solution` and what the oil market `asked` for."""
    found, regions = crude_of(solution), solution.world.regions
    pairs = (found.used, asked.runs), (found.price, asked.price), (found.made, asked.sold)
    volume, price, sold = (np.abs(log_ratio(*pair)) for pair in pairs)
    return Gaps(
        volume=float(volume.max()),
        price=float(price.max()),
        share=float(np.abs(found.share - asked.share).max()),
        sold=float(sold.max()),
        volume_at=regions[int(volume.argmax())],
        price_at=regions[int(price.argmax())],
        sold_at=regions[int(sold.argmax())],
    )


def log_ratio(one: Array, other: Array) -> Array:
    """Log of one over other, (region,); 0 where either has nothing."""
    some = np.isfinite(one) & (one > 0) & (other > 0)
    return np.asarray(np.log(np.where(some, one, 1.0) / np.where(some, other, 1.0)))
