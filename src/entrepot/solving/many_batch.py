"""`Batch`: what many solves give back together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.errors import InputError, NotSolvedError, did_you_mean
from entrepot.solving.hats import HATS
from entrepot.solving.solution import Solution, Verdict
from entrepot.world.world import World

INVALID = "invalid"
"""Verdict of a draw whose economy or shock does not fit the world: nothing was solved."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is kept of one draw.

    Attributes
    ----------
    verdict : a `Verdict`, or "invalid"
    reasons : what went wrong, by name; empty when certified
    gap : largest gap of the certificate, NaN without one
    evaluations : of the equations, on all rungs
    outcomes : (K, N) the outcomes asked for, NaN without a certificate
    solution : the solution, unless only outcomes are kept or the draw is invalid

    """

    verdict: str
    reasons: tuple[str, ...]
    gap: float
    evaluations: int
    outcomes: np.ndarray
    solution: Solution | None


def drawn(solution: Solution, names: tuple[str, ...], keep: bool) -> Drawn:
    """Keep of `solution` the outcomes `names`, and itself if `keep`."""
    outcomes = np.full((len(names), len(solution.world.regions)), np.nan)
    if solution.ok:
        outcomes[:] = [HATS[name](solution) for name in names]
    gap = solution.certificate.worst[1] if solution.certificate else np.nan
    tried = sum(solution.evaluations.values())
    kept = solution if keep else None
    return Drawn(str(solution.verdict), solution.reasons, gap, tried, outcomes, kept)


def invalid(error: InputError, world: World, names: tuple[str, ...]) -> Drawn:
    """A draw that could not be bound to the world, with what is wrong with it."""
    nothing = np.full((len(names), len(world.regions)), np.nan)
    return Drawn(INVALID, error.problems, np.nan, 0, nothing, None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Batch:
    """Outcome of `solve_many`: D draws in the order they were given.

    ``batch[i]`` is the `Solution` of a draw, if solutions were kept.

    Attributes
    ----------
    world, closure : what all draws share
    names : (D,) names of the draws, their positions unless given
    verdicts : (D,) a `Verdict` or "invalid" (the economy or shock of the draw does not fit)
    reasons : (D,) what went wrong in each draw, by name; empty when certified
    gap : (D,) largest gap of the certificate, NaN without one
    evaluations : (D,) evaluations of the equations
    outcomes : outcomes that were kept, each (D, N), NaN where not certified
    solutions : (D,) solutions (None where invalid), or None when only outcomes were kept
    arrangement : how the draws were solved; seconds : wall time of all

    """

    world: World
    closure: str
    names: tuple[Any, ...]
    verdicts: tuple[str, ...]
    reasons: tuple[tuple[str, ...], ...]
    gap: np.ndarray
    evaluations: np.ndarray
    outcomes: dict[str, np.ndarray]
    solutions: tuple[Solution | None, ...] | None
    arrangement: str
    seconds: float

    def __repr__(self) -> str:
        """World, counts and worst gap."""
        said = ", ".join(f"{n} {verdict}" for verdict, n in self.counts.items())
        gap = f", largest gap {np.nanmax(self.gap):.1e}" if np.isfinite(self.gap).any() else ""
        return f"<Batch of {len(self)} on world {self.world.name!r}: {said}{gap}>"

    def __len__(self) -> int:
        """Count the draws."""
        return len(self.names)

    def __getitem__(self, at: int) -> Solution:
        """Solution of the draw at position `at`.

        Raises
        ------
        IndexError : there is no such draw
        InputError : only outcomes were kept, or the draw is invalid

        """
        if not -len(self) <= at < len(self):
            raise IndexError(f"There is no draw {at}; there are {len(self)}.")
        if self.solutions is None:
            raise InputError(
                "This batch kept only outcomes. Pass keep='solutions' to solve_many, or solve "
                "the one draw with ep.solve."
            )
        found = self.solutions[at]
        if found is None:
            raise InputError.collect(f"Draw {self.names[at]!r} is invalid", self.reasons[at])
        return found

    def __iter__(self) -> Iterator[Solution]:
        """Every solution in order; raises at an invalid draw, as ``batch[i]`` does."""
        return (self[at] for at in range(len(self)))

    @property
    def ok(self) -> np.ndarray:
        """(D,) whether each draw is certified."""
        return np.array([v == Verdict.CERTIFIED for v in self.verdicts])

    @property
    def counts(self) -> dict[str, int]:
        """How many draws ended with each verdict, most frequent first."""
        return dict(Counter(self.verdicts).most_common())

    def failed(self) -> pd.DataFrame:
        """One row per draw without a certificate: its position, name, verdict and reason."""
        rows = [(at, self.names[at], self.verdicts[at], "; ".join(self.reasons[at]))
                for at in np.flatnonzero(~self.ok)]  # fmt: skip
        table = pd.DataFrame(rows, columns=["position", "draw", "verdict", "reason"])
        return table.set_index("position")

    def raise_if_failed(self) -> Batch:
        """Return the batch itself, or raise `NotSolvedError` naming every failed draw."""
        if self.ok.all():
            return self
        lost = [f"draw {row.draw!r}: {row.verdict} ({row.reason})"
                for row in self.failed().itertuples()]  # fmt: skip
        raise NotSolvedError.collect(f"{len(lost)} of {len(self)} draws are not certified", lost)

    def outcome(self, name: str) -> xr.DataArray:
        """(draw, region) one of the kept outcomes; NaN in draws that are not certified.

        Raises
        ------
        InputError : the outcome was not kept

        """
        if name not in self.outcomes:
            raise InputError(
                f"This batch did not keep '{name}'; it kept {', '.join(self.outcomes) or 'none'}."
                f"{did_you_mean(name, self.outcomes)} Name it in solve_many(..., outcomes=...)."
            )
        coords = {"draw": list(self.names), "region": list(self.world.regions)}
        units = "counterfactual over baseline (1 = no change)"
        return xr.DataArray(self.outcomes[name], dims=("draw", "region"), coords=coords, name=name,
                            attrs={"units": units})  # fmt: skip

    @property
    def welfare(self) -> xr.DataArray:
        """(draw, region) hat of real final expenditure, as in `Results.welfare`."""
        return self.outcome("welfare")
