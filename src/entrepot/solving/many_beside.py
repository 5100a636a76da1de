"""Draws side by side on a CPU: what several of them share is read once for all.

Reading trade shares takes longer than reckoning with them.  Draws whose shares are the same, or
differ in a few sectors, go through the equations together, one column each.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np

from entrepot.model.longrun import BLOCKS, LongRun, Own, longrun_columns
from entrepot.model.shock import PRICED
from entrepot.numerics import Anderson, Outcome, anderson_columns
from entrepot.solving.frame import frame
from entrepot.solving.many_rung import Ready, alone, same
from entrepot.solving.solve import SolveOptions

Array = np.ndarray
BESIDE = 12
"""Columns of one loop: more of them gain little, and wait longer for the slowest."""
FEWEST = BESIDE // 2
"""Fewer draws than this are solved one by one."""
MOST_OWN = 2
"""Sectors in which a draw may have trade shares of its own; with more it is solved by itself."""
MOST_EVALUATIONS = 60
"""A column that has not converged by then holds the others up and is handed to `solve`."""
COLUMNS = ("theta", "ln_productivity", "balance", "balance_share", "expenditure", "damping")
"""Coefficients that may differ from draw to draw."""
TRADE = ("k", "k_producer", "k_export")
"""Coefficients that may differ in some sectors."""


def first_rung(draws: Sequence[Ready], options: SolveOptions) -> list[Outcome]:
    """Climb the first rung for up to `BESIDE` draws, side by side where that is possible."""
    found: dict[int, Outcome] = {}
    fit = [n for n, draw in enumerate(draws) if _fits(draw)]
    owns = _own_sectors([draws[n] for n in fit])
    some = {n: own for n, own in zip(fit, owns, strict=True) if len(own) <= MOST_OWN}
    if len(some) >= FEWEST:
        outcomes = _beside([draws[n] for n in some], list(some.values()), options)
        found = dict(zip(some, outcomes, strict=True))
    return [found.get(n) or alone(draw, options) for n, draw in enumerate(draws)]


def _fits(draw: Ready) -> bool:
    """Whether the draw is a long run of one bloc."""
    return isinstance(draw.args, LongRun) and bool(draw.args.bloc.all())


def _own_sectors(draws: Sequence[Ready]) -> list[Array]:
    """Sectors in which each draw has other trade shares than the rest of them.

    The rest have those of the first draw if all do, else those of the benchmark.
    """
    if not draws:
        return []
    first = draws[0].args
    if all(same(getattr(d.args, name), getattr(first, name)) for d in draws for name in TRADE):
        return [np.empty(0, dtype=int)] * len(draws)
    usual = frame(draws[0].problem.world).k[0]
    every = np.arange(len(usual))
    return [every if PRICED & set(d.problem.shock.changed)
            else np.flatnonzero((d.args.k != usual).any(axis=(1, 2))) for d in draws]  # fmt: skip


def _beside(draws: Sequence[Ready], owns: Sequence[Array], options: SolveOptions) -> list[Outcome]:
    """First rung of up to `BESIDE` draws as the columns of one loop; the last one fills it up.

    Shares are those of the first draw, or the benchmark's with own ones (`owns`, by sector).
    """
    padded = [*draws, *[draws[-1]] * (BESIDE - len(draws))]
    args = draws[0].args
    stacked = {name: np.stack([getattr(d.args, name) for d in padded], axis=-1)
               for name in COLUMNS if getattr(args, name) is not None}  # fmt: skip
    if any(map(len, owns)):
        base = frame(draws[0].problem.world)
        taken = [name for name in TRADE if getattr(args, name) is not None]
        stacked |= {name: getattr(base, name)[0] for name in taken}
    args = args._replace(**stacked, own=_own(draws, owns))
    start = np.stack([d.start for d in padded], axis=-1)
    fixed = Anderson(tolerance=options.tolerance, max_evaluations=options.max_evaluations,
                     blocks=BLOCKS)  # fmt: skip
    limit = min(MOST_EVALUATIONS, options.max_evaluations)
    with jax.enable_x64(True):
        found = jax.device_get(anderson_columns(longrun_columns, start, args, fixed, limit))
    return [Outcome(*(part[..., n] for part in found)) for n in range(len(draws))]


def _own(draws: Sequence[Ready], owns: Sequence[Array]) -> Own | None:
    """Own shares of the draws, as many as `BESIDE` or a multiple: the first one fills them up."""
    at = [(int(s), n) for n, own in enumerate(owns) for s in own]
    if not at:
        return None
    at += at[:1] * (-len(at) % BESIDE)
    sector, column = map(np.array, zip(*at, strict=True))
    shares = {name: np.stack([getattr(draws[n].args, name)[s] for s, n in at])
              if getattr(draws[0].args, name) is not None else None for name in TRADE}  # fmt: skip
    return Own(sector, column, **shares)
