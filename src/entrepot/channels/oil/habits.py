"""Habits of refiners: what they bought lately weighs in what they buy now, and fades.

With base weights w0, purchases x (as shares of runs) and log habit g, month by month

    choice:  w = w0 exp(g),      g' = g + fade (memory log(x / w0) - g).

After a lasting change of prices the answer of log shares is 1 in the first month (in units of the
elasticity of the month) and grows to 1 / (1 - memory).  Two things are known: the part of a
deviation that is left a year later, rho, which dynamic panels of yearly imports give, and the
elasticity that yearly data give, which is the mean of the first year.  With k = -log rho,
c = (1 - rho) / k, the mean of the first year is (1 - rho) of the whole if

    1 / (1 - memory) = c / (c - rho),      fade = k / 12 / (1 - memory).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
LEAST: Final = 0.05
"""Part of a weight that is never forgotten, whatever was not bought; assumed, 0.01 to 0.2."""
MONTHS: Final = 12.0


@dataclass(frozen=True, slots=True)
class Habits:
    """Speed and strength of habits.

    Attributes
    ----------
    memory : part of log purchases that becomes habit in the end, from 0 to below 1
    fade : part of the way there in a month
    year : mean answer of the first year over that of the first month, 1 or more

    """

    memory: float
    fade: float
    year: float

    @classmethod
    def of(cls, persistence: float) -> Self:
        """Habits of which a part `persistence` is left a year later; 0: none."""
        if persistence <= 0.0:
            return cls(0.0, 0.0, 1.0)
        k = -float(np.log(persistence))
        c = (1.0 - persistence) / k
        whole = c / (c - persistence)
        return cls(1.0 - 1.0 / whole, k / MONTHS * whole, (1.0 - persistence) * whole)

    def after(self, habit: Array, bought: Array, weight: Array) -> Array:
        """Log habit after a month: (V, J), from purchases and base weights, kb/d (V, J).

        A refiner that bought nothing keeps its habits.
        """
        if self.memory == 0.0:
            return np.zeros_like(weight)
        share, usual = _shares(bought), _shares(weight)
        ratio = np.divide(share, usual, out=np.ones_like(share), where=usual > 0)
        target = self.memory * np.log(np.maximum(ratio, LEAST))
        moved = habit + self.fade * (target - habit)
        return np.where(bought.sum(axis=0) > 0, moved, habit)


def _shares(kbd: Array) -> Array:
    total = kbd.sum(axis=0)
    return np.divide(kbd, total, out=np.zeros_like(kbd), where=total > 0)
