"""The tariffs that serve one region best, everybody else standing still (Ossa 2014)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import xarray as xr

from entrepot.core.errors import InputError, NotSolvedError, ValueRangeError
from entrepot.core.labels import check_known
from entrepot.core.options import check_whole
from entrepot.model.economy import Economy
from entrepot.model.shock import Shock
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.world.world import World

Array = np.ndarray
SMALLEST_WEIGHT = 1e-9
"""Least share of a tariff line in the region's spending that scales its step."""
STEEPEST = 1e-4
"""Largest `OptimalTariff.slope` that counts as an optimum."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OptimalTariff:
    """Tariffs that maximise the welfare of one region.

    Attributes
    ----------
    region : who sets them
    tariff : (origin, sector) rates, the region itself left out
    solution : the certified equilibrium under them
    slope : largest derivative left where no bound holds the rate, per cent of welfare per unit of
        the scaled rate; at most `STEEPEST`
    solves : how many equilibria were computed

    """

    region: str
    tariff: xr.DataArray
    solution: Solution
    slope: float
    solves: int

    def __repr__(self) -> str:
        """Region, median rate and welfare."""
        gain = 100 * (float(self.solution.results().welfare.sel(region=self.region)) - 1)
        rate = 100 * float(self.tariff.median())
        return f"<OptimalTariff of {self.region}: median {rate:.2f} %, own welfare {gain:+.3f} %>"


class _Search:
    """Welfare and its gradient over scaled logs of one plus the rates.

    A line that is a share s of spending moves welfare by about s: steps are scaled by its root,
    without which lines of little trade never reach their optimum.
    """

    def __init__(self, world: World, economy: Economy, region: str, closure: str) -> None:
        self.world, self.economy, self.region, self.closure = world, economy, region, closure
        self.j = world.regions.index(region)
        self.lines = (world.trade_share[:, self.j] > 0) & (np.arange(len(world.regions)) != self.j)[
            :, None
        ]
        self.unchanged = Shock(tariff=world.tariff).bind(world)
        self.solves = 0
        self.scale: Array = np.ones(int(self.lines.sum()))

    def rates(self, u: Array) -> Array:
        tariff = self.world.tariff.copy()
        tariff[:, self.j][self.lines] = np.expm1(u)
        return tariff

    def solve(self, u: Array) -> Solution:
        self.solves += 1
        shock = replace(self.unchanged, tariff=self.rates(u))
        options = SolveOptions(tolerance=1e-11)
        return solve(self.world, self.economy, shock, self.closure, options).raise_if_failed()

    def slopes(self, solution: Solution, u: Array) -> Array:
        found = solution.gradient(f"welfare:{self.region}", wrt="tariff").tariff.values
        slopes: Array = 100 * found[:, self.j][self.lines] * np.exp(u)
        return slopes

    def set_scale(self, solution: Solution) -> None:
        state = solution.certified()
        share = state.trade[:, self.j][self.lines] / state.income[self.j]
        self.scale = np.sqrt(np.maximum(share, SMALLEST_WEIGHT))

    def loss(self, z: Array) -> tuple[float, Array]:
        solution = self.solve(z / self.scale)
        hat = float(solution.results().welfare.values[self.j])
        return -100 * (hat - 1), -self.slopes(solution, z / self.scale) / self.scale


def optimal_tariff(
    world: World,
    economy: Economy | None,
    region: str,
    *,
    low: float = 0.0,
    high: float = 10.0,
    closure: str = "fixed",
    max_iterations: int = 500,
) -> OptimalTariff:
    """Import tariffs of `region` on every origin and sector that maximise its welfare.

    Bounded quasi-Newton on logs of one plus the rates with adjoint derivatives; others keep their
    tariffs.  The optimum found is local (Ossa 2014 finds no other; nor do random starts here).

    Parameters
    ----------
    world, economy, closure : as in `solve`
    region : who sets tariffs
    low, high : bounds of the rates (10 = 1000 %)
    max_iterations : of the quasi-Newton method

    Raises
    ------
    LabelError : there is no such region
    ValueRangeError : bounds out of order, no iterations, or the region imports nothing
    NotSolvedError : an equilibrium on the way has no certificate, or a slope above `STEEPEST` is
        left

    """
    # Imported here because it costs a third of a second, and few use it.
    from scipy.optimize import minimize

    _check_types(world, economy, region)
    check_known((region,), world.regions, "region", f"world '{world.name}'")
    if not all(isinstance(b, Real) for b in (low, high)) or not -0.99 <= low < high < np.inf:
        raise ValueRangeError(
            f"Bounds must be numbers with -0.99 <= low < high, finite; found {low!r}, {high!r}."
        )
    check_whole(max_iterations, "max_iterations", 1)
    economy = economy or Economy.long_run()
    search = _Search(world, economy, region, closure)
    if not search.lines.any():
        raise ValueRangeError(f"{region} imports nothing: there is no tariff to choose.")
    theta = np.broadcast_to(economy.theta_for(world), search.lines.shape)[search.lines]
    u = np.log1p(np.clip(1 / theta, low, high))
    search.set_scale(search.solve(u))
    bounds = [(np.log1p(low) * c, np.log1p(high) * c) for c in search.scale]
    found = minimize(search.loss, u * search.scale, jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": max_iterations, "ftol": 1e-14, "gtol": 1e-9,
                              "maxcor": 30})  # fmt: skip
    slope = _slope_left(found.x, found.jac, *np.transpose(bounds))
    if slope > STEEPEST:
        raise NotSolvedError(
            f"The optimal tariff of {region} was not found in {found.nit} iterations: the largest "
            f"slope left is {slope:.1e} (allowed {STEEPEST:g}). Raise max_iterations (now "
            f"{max_iterations}), or move the bounds of the rates."
        )
    solution = search.solve(found.x / search.scale)
    rates = np.where(search.lines, solution.shock.tariff[:, search.j], np.nan)
    tariff = xr.DataArray(
        rates, dims=("origin", "sector"),
        coords={"origin": list(world.regions), "sector": list(world.sectors)},
        name="tariff", attrs={"title": f"Optimal tariff of {region}", "units": "rate"},
    ).drop_sel(origin=region)  # fmt: skip
    return OptimalTariff(region, tariff, solution, slope, search.solves)


def _check_types(world: object, economy: object, region: object) -> None:
    """Refuse arguments of another kind, all problems at once."""
    problems = []
    if not isinstance(world, World):
        problems.append(f"world is a {type(world).__name__}; load one with ep.load_world('2017')")
    if not isinstance(economy, Economy | None):
        problems.append(f"economy is a {type(economy).__name__}; make one with ep.Economy(...)")
    if not isinstance(region, str):
        problems.append(f"region is a {type(region).__name__}; give the code of one region")
    if problems:
        raise InputError(f"optimal_tariff cannot use its arguments: {'; '.join(problems)}.")


def _slope_left(z: Array, slope: Array, low: Array, high: Array) -> float:
    """Largest derivative of the loss that a step inside the bounds could still use."""
    usable = np.where(
        z <= low, np.minimum(slope, 0), np.where(z >= high, np.maximum(slope, 0), slope)
    )
    return float(np.max(np.abs(usable)))
