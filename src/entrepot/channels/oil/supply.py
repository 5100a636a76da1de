"""What producers sell at given prices: output along marginal cost, and floating storage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from entrepot.channels.oil.limits import Limits
from entrepot.channels.oil.market import OilMarket
from entrepot.channels.oil.parts import DAYS

Array = npt.NDArray[np.float64]
KBD = 1000.0


@dataclass(frozen=True, slots=True)
class Sellers:
    """Producers of a month: all (V,).

    Attributes
    ----------
    low, slope : marginal cost of the first barrel, USD, and its rise per kb/d
    least, ceiling : bounds of output, kb/d
    stock, storage : floating storage at the beginning and at most, mb
    value, fall : worth of the first stored barrel, USD, and its fall per mb; 0 without storage
    handling : of putting a barrel in, USD

    """

    low: Array
    slope: Array
    least: Array
    ceiling: Array
    stock: Array
    storage: Array
    value: Array
    fall: Array
    handling: float


@dataclass(frozen=True, slots=True)
class Sold:
    """Answer of all producers at prices f, with vessels that store at a rent: all (V,).

    Attributes
    ----------
    output, stock : kb/d, mb at the end
    output_slope, stock_slope : derivative of output to f, and of minus the stock to f
    profit : thousand USD a day

    """

    output: Array
    stock: Array
    output_slope: Array
    stock_slope: Array
    profit: Array

    def sales(self, begin: Array) -> Array:
        """Output and what leaves storage, from stocks at the beginning: kb/d."""
        return self.output + (begin - self.stock) * KBD / DAYS


def sellers_of(market: OilMarket, month: Limits, stock: Array, expected: Array) -> Sellers:
    """Producers of a month, with stocks (V,) mb and expected prices (V,) USD a barrel."""
    low, high = market.cost()
    rise = high - low
    terms, most = market.storing, market.column("storage")
    fall = np.divide(terms.steepness * expected, most, out=np.zeros_like(most), where=most > 0)
    ceiling = np.maximum(month.ceiling, market.column("least"))
    return Sellers(
        low=low,
        slope=np.divide(rise, month.capacity, out=np.full_like(rise, 1.0),
                        where=month.capacity > 0),
        least=market.column("least"),
        ceiling=ceiling,
        stock=stock,
        storage=most,
        value=terms.keep * expected - terms.cost,
        fall=fall,
        handling=terms.handling,
    )  # fmt: skip


def sold(who: Sellers, price: Array, hire: Array) -> Sold:
    """Best answer to prices (V,) and to the rent of storing vessels, USD a barrel and month."""
    free = (price - who.low) / who.slope
    output = np.clip(free, who.least, who.ceiling)
    bent = np.where((free > who.least) & (free < who.ceiling), 1.0 / who.slope, 0.0)
    stock, moved = _stock(who, price + hire)
    cost = who.low * output + 0.5 * who.slope * output**2
    into = np.maximum(stock - who.stock, 0.0)
    kept = who.value * stock - 0.5 * who.fall * stock**2 - who.handling * into - hire * stock
    kept = np.where(who.storage > 0, kept, 0.0)
    gain = price * (output + (who.stock - stock) * KBD / DAYS) - cost + kept * KBD / DAYS
    return Sold(output, stock, bent, moved, gain)


def _stock(who: Sellers, price: Array) -> tuple[Array, Array]:
    """Stock at the end, mb, and how it falls with the price.

    A barrel goes in while it is worth more than it sells for and the handling, and comes out while
    it is worth less than it sells for; between the two nothing moves.
    """
    some = who.storage > 0
    fall = np.where(some, who.fall, 1.0)
    up_to = (who.value - price - who.handling) / fall
    down_to = (who.value - price) / fall
    wanted = np.maximum(up_to, np.minimum(who.stock, down_to))
    stock = np.where(some, np.clip(wanted, 0.0, who.storage), 0.0)
    moves = some & (stock > 0) & (stock < who.storage) & (wanted != who.stock)
    return stock, np.where(moves, 1.0 / fall, 0.0)
