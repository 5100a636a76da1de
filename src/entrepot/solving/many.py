"""`solve_many`: many shocks or many parameter draws together."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from entrepot.core.errors import InputError, ValueRangeError, did_you_mean
from entrepot.core.progress import Report, report_nothing
from entrepot.model.closure import Closure, closure_named
from entrepot.solving.frame import frame
from entrepot.solving.hats import HATS
from entrepot.solving.many_batch import Batch, Drawn, drawn, invalid
from entrepot.solving.many_beside import BESIDE, first_rung
from entrepot.solving.many_draws import Draws, Given, gather
from entrepot.solving.many_rung import Ready, finish, kind, ready, together
from entrepot.solving.solve import SolveOptions, check_device
from entrepot.world.world import World

USUAL_OUTCOMES = tuple(HATS)
CHUNK = 32
"""Draws in one compiled loop (arrangement "vmap")."""
LARGEST_KEPT = 31 * 2**20
"""Bytes; glibc knows thresholds up to 32 MiB."""


class Arrangement(StrEnum):
    """How the draws of a batch are solved."""

    THREADS = "threads"
    VMAP = "vmap"


class Keep(StrEnum):
    """What a batch keeps of each draw."""

    SOLUTIONS = "solutions"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class _Work:
    """What every draw of a batch needs."""

    world: World
    draws: Draws
    closure: Closure
    options: SolveOptions
    outcomes: tuple[str, ...]
    keep: bool

    def prepared(self, given: Any) -> Ready | Drawn:
        """Bind a draw; what does not fit the world is a named failure."""
        try:
            if isinstance(given, InputError):
                raise given
            economy, shock = given
            return ready(self.world, economy, shock, self.closure)
        except InputError as error:
            return invalid(error, self.world, self.outcomes)

    def closed(self, draw: Ready, outcome: Any, spent: float) -> Drawn:
        """Certify the draw and keep of it what was asked for."""
        return drawn(finish(draw, outcome, self.options, spent), self.outcomes, self.keep)

    def whole(self, given: Sequence[Any]) -> list[Drawn]:
        """Do everything for a few draws."""
        prepared = [self.prepared(one) for one in given]
        climbing = [d for d in prepared if isinstance(d, Ready) and d.args is not None]
        began = time.perf_counter()
        found = iter(first_rung(climbing, self.options))
        spent = (time.perf_counter() - began) / max(len(climbing), 1)
        return [d if isinstance(d, Drawn)
                else self.closed(d, None if d.args is None else next(found), spent)
                for d in prepared]  # fmt: skip


def solve_many(
    world: World,
    economy: Given = None,
    shocks: Given = None,
    closure: str = "fixed",
    options: SolveOptions | None = None,
    *,
    names: Sequence[Any] | None = None,
    keep: str = "solutions",
    outcomes: Sequence[str] = USUAL_OUTCOMES,
    arrangement: str | None = None,
    workers: int | None = None,
    chunk: int = CHUNK,
    report: Report = report_nothing,
) -> Batch:
    """Solve many shocks, or many parameter draws, together; each as `solve` would.

    Parameters
    ----------
    world : the benchmark of all draws
    economy : one for all draws, or a sequence of one per draw; None is the long run
    shocks : one for all draws (None changes nothing), or a sequence of one per draw.  Two
        sequences go together entry by entry and must be equally long.  Anything with a length
        and entries by position is a sequence, so entries can be made when they are asked for:
        each is fetched once, in order, by the calling thread
    closure, options : as in `solve`
    names : one name per draw for tables and coordinates; their positions unless given
    keep : "solutions" keeps every `Solution` (some megabytes each on a bundled world), "results"
        only outcomes, verdicts, reasons and certificates' largest gap
    outcomes : hats by region to keep: "welfare", "real_income", "real_wage", "price_index",
        "factor_price", as in `Results`
    arrangement : "threads" (on each core a few draws side by side, reading once what they share)
        or "vmap" (many draws in one compiled loop); None is threads on CPU and vmap on an
        accelerator
    workers : threads; None is one per core this process may use
    chunk : draws in one compiled loop ("vmap")
    report : called with (name of the draw, draws done, draws in all) as draws finish, by the
        calling thread

    Returns
    -------
    Batch, draws in the order given.  A draw whose economy or shock does not fit the world is
    "invalid" in it, one without a solution has the verdict of `solve`; neither touches the others

    Raises
    ------
    InputError : the call itself cannot be used: lengths, kinds of objects, names, options

    Examples
    --------
    >>> import numpy as np
    >>> import entrepot as ep
    >>> world = ep.load_world("2017")
    >>> draws = [ep.Economy.long_run(theta=world.theta * f) for f in (0.8, 1.0, 1.2)]
    >>> batch = ep.solve_many(world, draws, ep.Shock(tariff=0 * world.tariff), keep="results")
    >>> batch.counts
    {'certified': 3}
    >>> batch.welfare.dims
    ('draw', 'region')

    """
    began = time.perf_counter()
    draws = gather(world, economy, shocks, names)
    how, kept, count = _checked(arrangement, keep, outcomes, workers, chunk, report)
    if not isinstance(options, SolveOptions | None):
        raise InputError(
            f"options is a {type(options).__name__}; make some with ep.SolveOptions(tolerance=...)."
        )
    work = _Work(world, draws, closure_named(closure), options or SolveOptions(), tuple(outcomes),
                 kept is Keep.SOLUTIONS)  # fmt: skip
    check_device()
    _keep_freed_memory()
    frame(world)
    found = _by_threads(work, count) if how is Arrangement.THREADS else _by_vmap(work, count, chunk)
    done = []
    for one in found:
        done.append(one)
        report(str(draws.names[len(done) - 1]), len(done), len(draws))
    return _batch(work, done, f"{how}, {count} workers", time.perf_counter() - began)


def _checked(arrangement: str | None, keep: str, outcomes: Sequence[str], workers: int | None,
             chunk: int, report: Report) -> tuple[Arrangement, Keep, int]:  # fmt: skip
    """Check every option, all problems at once."""
    problems: list[str] = []
    how = arrangement or usual_arrangement()
    listed = _listed(outcomes, problems)
    asked = [("arrangement", how, Arrangement), ("keep", keep, Keep)]
    choices = [(name, value, tuple(map(str, kinds))) for name, value, kinds in asked]
    for name, value, allowed in choices + [("outcome", name, HATS) for name in listed]:
        if not isinstance(value, str) or value not in allowed:
            problems.append(f"there is no {name} '{value}'; there are {', '.join(allowed)}."
                            f"{did_you_mean(str(value), allowed)}")  # fmt: skip
    for name, number in (("workers", workers), ("chunk", chunk)):
        problems.extend(_counted(name, number))
    if not callable(report):
        problems.append(f"report is a {type(report).__name__}; pass a function of (name of the "
                        "draw, draws done, draws in all), or leave it out.")  # fmt: skip
    if problems:
        raise ValueRangeError.collect("solve_many cannot use its options", problems)
    return Arrangement(how), Keep(keep), workers or cores()


def _listed(outcomes: object, problems: list[str]) -> list[object]:
    """List what `outcomes` names; text stands for the one name it may be."""
    if isinstance(outcomes, str):
        problems.append(f"outcomes is the text '{outcomes}'; pass a tuple of names.")
        return [outcomes]
    if not isinstance(outcomes, Iterable):
        problems.append(f"outcomes is a {type(outcomes).__name__}; pass a tuple of names.")
        return []
    listed = list(outcomes)
    if not listed:
        problems.append(f"outcomes is empty; name at least one of {', '.join(HATS)}.")
    return listed


def _counted(name: str, number: object) -> Iterator[str]:
    """Say what keeps `number`, if it is given, from counting anything."""
    if number is None and name == "workers":
        return
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        yield f"{name} must be a whole number of at least 1; found {number!r}."
    elif number < 1:
        yield f"{name} must be at least 1; found {number}."


@lru_cache(maxsize=1)
def _keep_freed_memory() -> None:
    """Let the C library keep the arrays of one draw for the next.

    Once a block of that size has been freed, glibc no longer returns blocks below it to the
    system; otherwise every array of every draw is mapped and cleared page by page (measured: up
    to a third of the time).  At most about 60 MiB per thread stay with the process.
    """
    np.empty(LARGEST_KEPT, dtype=np.uint8)


def usual_arrangement() -> Arrangement:
    """Threads on CPU, one compiled loop over many draws on an accelerator."""
    return Arrangement.THREADS if jax.default_backend() == "cpu" else Arrangement.VMAP


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fetched(work: _Work, at: int) -> Any:
    """Economy and shock of a draw, or the error that says why not; always in this thread."""
    try:
        return work.draws[at]
    except InputError as error:
        return error


def _by_threads(work: _Work, workers: int) -> Iterator[Drawn]:
    """Solve a few draws side by side in each of `workers` threads."""
    few = (range(n, min(n + BESIDE, len(work.draws))) for n in range(0, len(work.draws), BESIDE))
    given = ([_fetched(work, at) for at in some] for some in few)
    yield from work.whole(next(given))  # compiles, once and not once per thread
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[list[Drawn]]] = deque()
        for some in given:
            waiting.append(pool.submit(work.whole, some))
            if len(waiting) > workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _by_vmap(work: _Work, workers: int, chunk: int) -> Iterator[Drawn]:
    """Solve `chunk` draws at a time in one compiled loop; bind and certify them in threads."""
    with ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(work.draws), chunk):
            at = range(first, min(first + chunk, len(work.draws)))
            given = [_fetched(work, n) for n in at]
            prepared = list(pool.map(work.prepared, given))
            yield from _chunk(work, prepared, chunk, pool)


def _chunk(work: _Work, prepared: list[Ready | Drawn], size: int,
           pool: ThreadPoolExecutor) -> list[Drawn]:  # fmt: skip
    done: dict[int, Drawn] = {n: p for n, p in enumerate(prepared) if isinstance(p, Drawn)}
    waiting = {n: p for n, p in enumerate(prepared) if isinstance(p, Ready)}
    groups: dict[Any, list[int]] = {}
    for n, draw in waiting.items():
        groups.setdefault(None if draw.args is None else kind(draw), []).append(n)
    for group, members in groups.items():
        began = time.perf_counter()
        found: list[Any] = [None] * len(members)
        if group is not None:
            found = list(together([waiting[n] for n in members], size, work.options))
        spent = (time.perf_counter() - began) / len(members)
        closed = pool.map(work.closed, [waiting[n] for n in members], found,
                          [spent] * len(members))  # fmt: skip
        done.update(zip(members, closed, strict=True))
    return [done[n] for n in range(len(prepared))]


def _batch(work: _Work, done: list[Drawn], arrangement: str, seconds: float) -> Batch:
    stacked = np.stack([d.outcomes for d in done])
    return Batch(
        world=work.world,
        closure=str(work.closure),
        names=work.draws.names,
        verdicts=tuple(d.verdict for d in done),
        reasons=tuple(d.reasons for d in done),
        gap=np.array([d.gap for d in done]),
        evaluations=np.array([d.evaluations for d in done]),
        outcomes={name: stacked[:, k] for k, name in enumerate(work.outcomes)},
        solutions=tuple(d.solution for d in done) if work.keep else None,
        arrangement=arrangement,
        seconds=seconds,
    )
