"""The first rung of the ladder for many draws: each by itself, or many in one compiled loop.

Whatever is not solved here goes to the ordinary `solve`, one draw at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from entrepot.model.closure import Closure
from entrepot.model.economy import Economy, Elasticities
from entrepot.model.family import family_step
from entrepot.model.family_terms import Family
from entrepot.model.longrun import BLOCKS, longrun_step
from entrepot.model.shock import BoundShock, Shock
from entrepot.numerics import Anderson, Attempt, Outcome, Status, anderson
from entrepot.numerics.ladder import FIRST_CHUNK
from entrepot.solving.bind import Problem, bind, bound_to, impossible
from entrepot.solving.coefficients import coefficients
from entrepot.solving.solution import Solution, Verdict
from entrepot.solving.solve import (
    SolveOptions,
    benchmark_unknowns,
    guided,
    solve,
    verdict_of,
)
from entrepot.world.world import World

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Ready:
    """A draw bound to the world, with the arguments of its equations.

    Attributes
    ----------
    economy : of the draw
    problem : the bound problem
    args : coefficients of the equations; None when the problem is known to have no solution
    start : the solver's first iterate
    seconds : wall time spent on it so far

    """

    economy: Economy
    problem: Problem
    args: Any
    start: Array
    seconds: float


def ready(
    world: World, economy: Economy, shock: Shock | BoundShock | None, closure: Closure
) -> Ready:
    """Bind a draw; raises `InputError` if it does not fit the world."""
    began = time.perf_counter()
    problem = bind(world, _elasticities(economy, world), bound_to(world, shock), closure)
    args = None if impossible(problem) else _arguments(problem)
    start = benchmark_unknowns(problem)
    return Ready(economy, problem, args, start, time.perf_counter() - began)


@lru_cache(maxsize=4)
def _elasticities(economy: Economy, world: World) -> Elasticities:
    """Elasticities of an economy, worked out once for all draws that share it."""
    return economy.elasticities_for(world)


def _arguments(problem: Problem) -> Any:
    found = coefficients(problem)
    return guided(problem, found, None) if isinstance(found, Family) else found


def _rung(options: SolveOptions, general: bool) -> tuple[Callable[..., Any], Anderson, int]:
    """Equations, options and evaluations of the first rung, as in `solve`."""
    step = family_step if general else longrun_step
    most = options.max_evaluations
    fixed = Anderson(tolerance=options.tolerance, max_evaluations=most, blocks=BLOCKS)
    return step, fixed, min(FIRST_CHUNK, most) if general else most


def alone(draw: Ready, options: SolveOptions) -> Outcome:
    """Climb the first rung for one draw."""
    step, fixed, most = _rung(options, draw.problem.general)
    with jax.enable_x64(True):
        limit = most if draw.problem.general else None
        return jax.device_get(anderson(step, draw.start, draw.args, fixed, limit))


@lru_cache(maxsize=32)
def _together(step: Callable[..., Any], fixed: Anderson, structure: Any,
              axes: tuple[int | None, ...], size: int) -> Callable[..., Outcome]:  # fmt: skip
    """Return the compiled first rung of `size` draws; `axes` says which leaves differ by draw."""

    def one(start: Any, limit: Any, *leaves: Any) -> Outcome:
        return anderson(step, start, jax.tree.unflatten(structure, leaves), fixed, limit)

    return jax.jit(jax.vmap(one, in_axes=(None, None, *axes), axis_size=size))


def together(draws: Sequence[Ready], size: int, options: SolveOptions) -> list[Outcome]:
    """Climb the first rung for draws of one `kind` in one compiled loop of `size` draws.

    Arrays that all draws share are handed over once.
    """
    step, fixed, most = _rung(options, draws[0].problem.general)
    padded = [*draws, *[draws[-1]] * (size - len(draws))]
    structure = jax.tree.structure(draws[0].args)
    columns = list(zip(*(jax.tree.leaves(d.args) for d in padded), strict=True))
    alike = [all(same(v, column[0]) for v in column) for column in columns]
    leaves = [c[0] if shared else np.stack(c) for c, shared in zip(columns, alike, strict=True)]
    axes = tuple(None if shared else 0 for shared in alike)
    with jax.enable_x64(True):
        found = _together(step, fixed, structure, axes, size)(draws[0].start, most, *leaves)
        found = jax.device_get(found)
    return [Outcome(*(part[n] for part in found)) for n in range(len(draws))]


def same(a: Array | None, b: Array | None) -> bool:
    """Whether two arrays are the same numbers in the same place; views need not be one object."""
    if a is b or a is None or b is None:
        return a is b
    return a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides


def kind(draw: Ready) -> Any:
    """Draws of one kind can share a compiled loop: same equations, same shapes."""
    shapes = tuple(np.shape(leaf) for leaf in jax.tree.leaves(draw.args))
    return draw.problem.general, jax.tree.structure(draw.args), shapes


def finish(draw: Ready, outcome: Outcome | None, options: SolveOptions, spent: float) -> Solution:
    """Certify what the first rung found, or hand the draw to `solve`; `spent` is its wall time."""
    began, problem = time.perf_counter(), draw.problem
    world, shock, closure = problem.world, problem.given, problem.closure

    def climbed() -> Solution:
        return solve(world, draw.economy, shock, str(closure), options)

    if outcome is None or not _converged(outcome, options):
        return climbed()
    tried = {"accelerated": int(outcome.evaluations)}
    attempt = Attempt(np.asarray(outcome.y), Status.CONVERGED, np.asarray(outcome.residual),
                      "accelerated", tried, spent)  # fmt: skip
    found = verdict_of(problem, attempt)
    if found["verdict"] is not Verdict.CERTIFIED:
        return climbed()
    seconds = draw.seconds + spent + time.perf_counter() - began
    return Solution(world=world, economy=draw.economy, shock=shock, closure=str(closure),
                    notes=problem.notes, problem=problem, residual=attempt.residual,
                    method=attempt.method, evaluations=tried, seconds=seconds,
                    **found)  # fmt: skip


def _converged(outcome: Outcome, options: SolveOptions) -> bool:
    worst = float(np.max(np.asarray(outcome.residual)))
    return bool(outcome.finite) and worst <= options.tolerance
