"""`solve`: bind, climb the ladder, certify."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from numbers import Integral, Real
from typing import Any

import jax
import numpy as np

from entrepot.core.errors import InputError, ValueRangeError
from entrepot.model.closure import Closure, closure_named
from entrepot.model.economy import Economy, Elasticities
from entrepot.model.family import family_step
from entrepot.model.family_logs import EQUATIONS
from entrepot.model.family_terms import Family, Guide
from entrepot.model.longrun import BLOCKS, LongRun, longrun_step
from entrepot.model.shock import BoundShock, Shock
from entrepot.numerics import Anderson, Attempt, NewtonKrylov, Status, accelerate, climb
from entrepot.solving.bind import Problem, bind, bound_to, impossible
from entrepot.solving.certificate import certify
from entrepot.solving.coefficients import coefficients, family_coefficients
from entrepot.solving.diagnose import likely_causes, negative_income, percent, poverty, rigid
from entrepot.solving.far import climb_far, covers, no_prices
from entrepot.solving.refusals import Refusal
from entrepot.solving.response import guide
from entrepot.solving.solution import Solution, Verdict
from entrepot.solving.state import Unknowns, rebuild
from entrepot.world.world import World

ACCEPTABLE = 1e-8
"""A residual this small is left to the judgement of the certificate, whatever the tolerance."""
SOON = 40
"""Passes in which most proofs that there are no prices are found, before the longest rung."""


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Numerical options.

    Attributes
    ----------
    tolerance : Euclidean norm of the undamped relative residuals of each block, at most
    max_evaluations : evaluations of the equations on the first rung, at most
    max_seconds : wall time after which no new step is begun (the one under way is finished)

    """

    tolerance: float = 1e-10
    max_evaluations: int = 300
    max_seconds: float = 60.0

    def __post_init__(self) -> None:
        """Refuse options that are no numbers or outside their range."""
        for name in ("tolerance", "max_seconds", "max_evaluations"):
            value = getattr(self, name)
            kind = Integral if name == "max_evaluations" else Real
            if isinstance(value, bool) or not isinstance(value, kind):
                what = "a whole number" if kind is Integral else "a number"
                raise ValueRangeError(f"{name} must be {what}; found {value!r}.")
        if not 1e-13 <= self.tolerance <= 1e-6:
            raise ValueRangeError(f"tolerance must lie in 1e-13 to 1e-6; found {self.tolerance}.")
        if not self.max_seconds > 0:
            raise ValueRangeError(f"max_seconds must be positive; found {self.max_seconds}.")
        if self.max_evaluations < 1:
            raise ValueRangeError(
                f"max_evaluations must be positive; found {self.max_evaluations}."
            )


def _check_types(world: object, economy: object, shock: object, options: object) -> None:
    problems = []
    if not isinstance(options, SolveOptions | None):
        problems.append(f"options is a {type(options).__name__}; make some with "
                        "ep.SolveOptions(tolerance=...).")  # fmt: skip
    if not isinstance(world, World):
        problems.append(f"world is a {type(world).__name__}; load one with ep.load_world('2017') "
                        "or make one with ep.World.from_arrays.")  # fmt: skip
    if not isinstance(economy, Economy | None):
        problems.append(f"economy is a {type(economy).__name__}; make one with "
                        "ep.Economy.long_run(theta=...).")  # fmt: skip
    if not isinstance(shock, Shock | BoundShock | None):
        problems.append(f"shock is a {type(shock).__name__}; make one with ep.Shock(...).")
    if problems:
        raise InputError.collect("solve cannot use its arguments", problems)


def solve(
    world: World,
    economy: Economy | None = None,
    shock: Shock | BoundShock | None = None,
    closure: str = "fixed",
    options: SolveOptions | None = None,
) -> Solution:
    """Solve for the equilibrium after `shock` and certify it.

    Parameters
    ----------
    world : the benchmark
    economy : the model and its elasticities; None is the long run with the world's own
    shock : what changes; None changes nothing
    closure : "fixed", "share_of_income", "zero" or "frozen" (`entrepot.model.closure`)
    options : numerical options

    Returns
    -------
    Solution, certified or with a verdict, reasons by name and a remedy; it does not raise when
    no equilibrium was found (`Solution.raise_if_failed` does)

    Raises
    ------
    InputError : the shock, the elasticities or the closure do not fit the world

    """
    began = time.perf_counter()
    _check_types(world, economy, shock, options)
    economy = economy or Economy.long_run()
    options = options or SolveOptions()
    elasticities = economy.elasticities_for(world)
    bound = bound_to(world, shock)
    problem = bind(world, elasticities, bound, closure_named(closure))
    common: dict[str, Any] = {"world": world, "economy": economy, "shock": bound,
                              "closure": str(problem.closure), "notes": problem.notes,
                              "problem": problem}  # fmt: skip
    reasons = impossible(problem)
    if reasons:
        return Solution(**common, verdict=Verdict.IMPOSSIBLE, reasons=tuple(reasons), state=None,
                        certificate=None, residual=np.full(4, np.inf), method="none",
                        evaluations={}, seconds=time.perf_counter() - began)  # fmt: skip
    attempt, said = _climbed(problem, options)
    return Solution(**common, **said, residual=attempt.residual,
                    method=attempt.method, evaluations=attempt.evaluations,
                    seconds=time.perf_counter() - began)  # fmt: skip


@lru_cache(maxsize=1)
def check_device() -> None:
    """Refuse a machine on which JAX finds nothing to compute on."""
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:
        asked = os.environ.get("JAX_PLATFORMS", "")
        raise InputError(
            f"JAX finds no device to compute on (JAX_PLATFORMS={asked!r}). Unset JAX_PLATFORMS, "
            "or set it to 'cpu'."
        ) from error


def _climbed(problem: Problem, options: SolveOptions) -> tuple[Attempt, dict[str, Any]]:
    """Climb the ladder; return where it ended, and what `verdict_of` says of that.

    Where the equations in logs cover the problem their rungs come after the accelerated ones.
    """
    soon = cache(lambda: no_prices(problem, SOON))
    attempt = _attempt(problem, options, lambda: soon() is not None)
    said = verdict_of(problem, attempt)
    if said["verdict"] is Verdict.CERTIFIED or not covers(problem):
        return attempt, said
    refusal = soon()
    if refusal is not None:
        return attempt, refused(problem, attempt, refusal)
    attempt, refusal = climb_far(problem, attempt, options.tolerance, options.max_seconds)
    if refusal is not None:
        return attempt, refused(problem, attempt, refusal)
    return attempt, verdict_of(problem, attempt)


def _attempt(problem: Problem, options: SolveOptions, hopeless: Callable[[], bool]) -> Attempt:
    """Climb the ladder, or its accelerated rungs where others than its own come after them."""
    fixed = Anderson(tolerance=options.tolerance, max_evaluations=options.max_evaluations,
                     blocks=BLOCKS)  # fmt: skip
    newton = NewtonKrylov(tolerance=options.tolerance)

    def args_at(part: float) -> LongRun | Family:
        found = coefficients(problem, part)
        return guided(problem, found, None) if isinstance(found, Family) else found

    def refresh(args: Family, y: np.ndarray) -> Family:
        return guided(problem, args, y)

    step = family_step if problem.general else longrun_step
    check_device()
    renew = refresh if problem.general else None
    start = benchmark_unknowns(problem)
    with jax.enable_x64(True):
        if covers(problem):
            return accelerate(step, start, args_at, fixed, options.max_seconds, renew,
                              hopeless)  # fmt: skip
        return climb(step, start, args_at, fixed, newton, options.max_seconds, renew,
                     EQUATIONS if problem.general else None)  # fmt: skip


def guided(problem: Problem, m: Family, y: np.ndarray | None) -> Family:
    """Give the equations `m` steps that fit the unknowns `y`, or the benchmark (None)."""
    if y is not None:
        return m._replace(guide=guide(y, m))
    key = tuple(v.tobytes() for v in problem.elasticities)
    return m._replace(guide=usual_guide(problem.world, key))


@lru_cache(maxsize=16)
def usual_guide(world: World, key: tuple[bytes, ...]) -> Guide:
    """Steps at the benchmark of `world` under the elasticities with the bytes `key`."""
    values = Elasticities(*(np.frombuffer(k) for k in key))
    problem = bind(world, values, Shock().bind(world), Closure.FIXED)
    at_rest = coefficients(problem, 0.0)
    assert isinstance(at_rest, Family)
    return guide(benchmark_unknowns(problem), at_rest)


def benchmark_unknowns(problem: Problem) -> np.ndarray:
    """The solver's unknowns when nothing has changed (see `entrepot.model.family`)."""
    n, s, u = problem.standing.used.shape
    cells = n * s * u
    factors = 0 if problem.elasticities.mobile else n * s
    labour = n if problem.elasticities.elastic_labour else 0
    spending = np.zeros(cells) if problem.general else np.ones(cells)
    return np.concatenate([np.zeros(cells), spending, np.zeros(n + factors + labour)])


def read(problem: Problem, y: np.ndarray) -> Unknowns:
    """Put the solver's unknowns into the public order, in the numeraire of the world."""
    n, s, u = problem.standing.used.shape
    cells = n * s * u
    p, x = (y[k * cells : (k + 1) * cells].reshape(u, s, n).transpose(2, 1, 0) for k in (0, 1))
    x = np.exp(x) if problem.general else x
    ln_w, rest = y[2 * cells : 2 * cells + n], y[2 * cells + n :]
    by_sector, ln_labour = np.zeros((n, s)), np.zeros(n)
    if not problem.elasticities.mobile:
        by_sector, rest = rest[: n * s].reshape(s, n).T, rest[n * s :]
    if problem.elasticities.elastic_labour:
        ln_labour = rest
    wage = ln_w[:, None, None]
    return Unknowns(p + wage, x * np.exp(wage), ln_w, by_sector + ln_w[:, None], ln_labour)


def _causes(problem: Problem, attempt: Attempt) -> list[str]:
    """Likely causes by name: from the last part that was solved, then from the benchmark."""
    found: list[str] = []
    if problem.general and attempt.reached is not None:
        found = poverty(problem, attempt.reached, family_coefficients(problem, attempt.part),
                        attempt.part)  # fmt: skip
    return [*found, *likely_causes(problem), *rigid(problem)]


def refused(problem: Problem, attempt: Attempt, refusal: Refusal) -> dict[str, Any]:
    """Verdict and reasons of a refusal, with likely causes where nothing was found out."""
    reasons = refusal.reasons
    if refusal.verdict is Verdict.NOT_CONVERGED:
        reasons = (*reasons, *_late(attempt), *_causes(problem, attempt))
    return {"state": None, "certificate": None, "verdict": refusal.verdict, "reasons": reasons}


def _late(attempt: Attempt) -> tuple[str, ...]:
    return (f"stopped after {attempt.seconds:.0f} s (max_seconds)",) if attempt.late else ()


def verdict_of(problem: Problem, attempt: Attempt) -> dict[str, Any]:
    """Verdict, reasons, state and certificate of an attempt; no state without a certificate."""
    nothing: dict[str, Any] = {"state": None, "certificate": None, "reasons": ()}
    close = attempt.part == 1.0 and float(np.max(attempt.residual)) <= ACCEPTABLE
    if attempt.status is not Status.CONVERGED and not close:
        failed = {Status.NOT_FINITE: Verdict.NOT_FINITE}
        where = f"largest residual {float(np.max(attempt.residual)):.1e}"
        part = f"solutions were found for up to {percent(attempt.part)} % of the change"
        return {**nothing, "verdict": failed.get(attempt.status, Verdict.NOT_CONVERGED),
                "reasons": (f"{where} after {attempt.evaluations}", part, *_late(attempt),
                            *_causes(problem, attempt))}  # fmt: skip
    state = rebuild(problem, read(problem, attempt.y))
    certificate = certify(problem, state)
    if not certificate.ok:
        name, gap = certificate.worst
        reason = f"identity '{name}' is off by {gap:.1e} of world income"
        broke = negative_income(problem, state)
        verdict = Verdict.NOT_PAYABLE if broke else Verdict.NOT_CERTIFIED
        return {**nothing, "certificate": certificate, "verdict": verdict,
                "reasons": tuple(broke) or (reason,)}  # fmt: skip
    return {"state": state, "certificate": certificate, "verdict": Verdict.CERTIFIED,
            "reasons": (), "unknowns": attempt.y}  # fmt: skip
