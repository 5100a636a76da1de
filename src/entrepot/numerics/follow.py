"""Follow the solutions of equations as a parameter goes from 0 to 1, round turning points.

Pseudo-arclength continuation (Keller 1977): the parameter is an unknown too, and each step goes a
given length along the curve of solutions in the direction of the last.  Where the curve turns back,
the parameter falls again; the largest that was reached, and what the solution was there, are kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from entrepot.numerics.direct import Equations, Found, Kept, Local, Newton, correction, newton

Array = np.ndarray
MOST, ITERATIONS, LOOSE, APART, SHORTEST = 400, 9, 1e-5, 1e-2, 1e-5
"""Steps along the curve; corrections of one, to a residual this small at a length this exact; and
the step at which to give up, against the first."""
LONGER, SHORTER = ((2, 3.0), (4, 1.7)), 0.35
"""By how much a step grows after one that took few corrections; after one that failed."""
SLIGHT, ROUNDING = 1e-6, 1e-9
"""Change of the parameter by which its effect is measured; the least error of a length."""


class Place(NamedTuple):
    """A point of the curve: its parameter, the solution, and the direction (unit length) to it."""

    part: float
    found: Found
    along: Array
    up: float


class Followed(NamedTuple):
    """How far the solutions were followed.

    Attributes
    ----------
    done : whether parameter 1 was solved; `last` is it then
    last : the last solution; peak : that with the largest parameter
    steps : corrections of all steps

    """

    done: bool
    last: Place
    peak: Place
    steps: int

    @property
    def turned(self) -> bool:
        """Whether the curve of solutions turned back."""
        return self.last is not self.peak


@dataclass(slots=True)
class _Walker:
    """A walk along the curve: the equations, options, and where it is."""

    equations_at: Callable[[float], Equations]
    options: Newton
    kept: Kept
    deadline: float
    here: Place
    steps: int = 0

    def at(self, part: float, z: Array, tolerance: float) -> Found:
        """Newton's method at a given parameter."""
        options = replace(self.options, tolerance=tolerance, max_steps=12, shortest=0.05)
        found = newton(self.equations_at(part), z, options, self.kept, self.deadline)
        self.steps += found.steps
        return found

    def placed(self, part: float, found: Found) -> Place:
        """Place of a solution, with the direction in which it was reached."""
        along, up = found.z - self.here.found.z, part - self.here.part
        size = _size(along, up)
        return Place(part, found, along / size, up / size)

    def corrected(self, from_: Place, step: float, loose: float) -> tuple[float, Found, int] | None:
        """Find the solution a `step` along the curve, near where its direction points."""
        along, n = from_.along, len(from_.along)
        z, part, slope = from_.found.z + step * along, from_.part + step * from_.up, None
        for count in range(ITERATIONS):
            if time.perf_counter() > self.deadline:
                return None
            local = self.equations_at(part)(z)
            off = float(along @ (z - from_.found.z)) / n + from_.up * (part - from_.part) - step
            if local.size <= loose and abs(off) <= max(APART * step, ROUNDING):
                return part, Found(z, local, count, True), count
            if not np.isfinite(local.size):
                return None
            self.steps += 1
            if slope is None:
                slope = self.effect(z, part, local)
            ahead = correction(local, local.gaps, self.kept, self.options)
            with np.errstate(all="ignore"):
                change = (float(along @ ahead) / n - off) / (from_.up - float(along @ slope) / n)
                move = -ahead - change * slope
            if not (np.isfinite(change) and np.isfinite(move).all()):
                return None
            z, part = z + move, part + change
        return None

    def effect(self, z: Array, part: float, local: Local) -> Array:
        """Derivative^-1 times the effect of the parameter on the equations."""
        by = SLIGHT if part < 0.5 else -SLIGHT
        moved = (self.equations_at(part + by)(z).gaps - local.gaps) / by
        return correction(local, moved, self.kept, self.options)

    def exact(self, place: Place) -> Place:
        """The place to full accuracy, if it can be had."""
        found = self.corrected(place, 0.0, self.options.tolerance)
        return place if found is None else place._replace(part=found[0], found=found[1])

    def begin(self, first: float) -> Place | None:
        """A second solution near the first, at a parameter of `first` at most."""
        part = first
        while part > SHORTEST * first and time.perf_counter() < self.deadline:
            found = self.at(part, self.here.found.z, LOOSE)
            if found.converged:
                return self.placed(part, found)
            part /= 3
        return None

    def finish(self, step: float) -> Place | None:
        """The solution at parameter 1, from a line through the last two."""
        found = self.at(1.0, self.here.found.z + step * self.here.along, self.options.tolerance)
        return self.placed(1.0, found) if found.converged else None


def follow(
    equations_at: Callable[[float], Equations], start: Found, options: Newton, kept: Kept,
    deadline: float = float("inf"), first: float = 0.02,
    ended: Callable[[Found], bool] = lambda _: False,
) -> Followed:  # fmt: skip
    """Follow solutions from `start`, which solves the equations at parameter 0.

    Parameters
    ----------
    equations_at : the equations at a parameter between 0 and 1
    first : first step of the parameter
    ended : whether the curve ends near a solution

    """
    origin = Place(0.0, start, np.zeros_like(start.z), 1.0)
    walk = _Walker(equations_at, options, kept, deadline, origin)
    second = walk.begin(first)
    if second is None:
        return Followed(False, origin, origin, walk.steps)
    step = shortest = _size(second.found.z - start.z, second.part)
    shortest *= SHORTEST
    here = peak = walk.here = second
    for _ in range(MOST):
        over = ended(here.found) or step < shortest or time.perf_counter() > deadline
        to = (1.0 - here.part) / here.up if here.up > 0 else np.inf
        if over:
            last = walk.finish(to) if np.isfinite(to) else None
            here, peak = (here, peak) if last is None else (last, last)
            break
        found = None if to <= step else walk.corrected(here, step, LOOSE)
        if to <= step or (found is not None and found[0] >= 1.0):
            last = walk.finish(min(to, step))
            if last is not None:
                return Followed(True, last, last, walk.steps)
            found, step = None, min(to, step)
        if found is None:
            step *= SHORTER
            continue
        here = walk.here = walk.placed(*found[:2])
        if here.part <= 0.0:
            break
        peak = here if here.part > peak.part else peak
        step *= next((growth for most, growth in LONGER if found[2] <= most), 1.0)
    if here.part == 1.0:
        return Followed(True, here, here, walk.steps)
    last = walk.exact(here)
    return Followed(False, last, last if here is peak else walk.exact(peak), walk.steps)


def _size(along: Array, up: float) -> float:
    """Length of a way along the curve."""
    return float(np.sqrt(along @ along / len(along) + up**2))
