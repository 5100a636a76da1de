"""Anderson mixing for maps that are no compiled function: a few, expensive evaluations.

The same method as `entrepot.numerics.anderson` (Anderson 1965; Walker and Ni 2011), in NumPy, one
step at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray


@dataclass(slots=True)
class Mixing:
    """Keeps what was tried and proposes the next point.

    Attributes
    ----------
    memory : how many differences of iterates are kept
    damping : part of the residual that a step takes beyond what the memory explains
    longest : largest change of any unknown in a step
    regularisation : weight of a Tikhonov term, relative to the largest entry of the Gram matrix

    """

    memory: int = 8
    damping: float = 1.0
    longest: float = 0.5
    regularisation: float = 1e-10
    tried: list[tuple[Array, Array]] = field(default_factory=list)

    def propose(self, z: Array, residual: Array) -> Array:
        """Return the next point after `z`, whose residual (map less point) is `residual`."""
        self.tried = [*self.tried, (z, residual)][-self.memory - 1 :]
        step = self.damping * residual
        if len(self.tried) > 1:
            dz = np.diff([t[0] for t in self.tried], axis=0)
            df = np.diff([t[1] for t in self.tried], axis=0)
            gram = df @ df.T
            gram += self.regularisation * gram.max() * np.eye(len(gram))
            weight = np.linalg.lstsq(gram, df @ residual)[0]  # two equal residuals: no step
            step = step - weight @ (dz + self.damping * df)
        size = float(np.abs(step).max(initial=0.0))
        moved: Array = z + step * min(1.0, self.longest / max(size, 1e-300))
        return moved
