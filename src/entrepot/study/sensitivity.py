"""What moves an outcome most: derivatives by everything, in comparable units, checked by solving.

All derivatives come from one adjoint solve (`entrepot.results.gradient`).  An effect is the
derivative times a named unit of change (`entrepot.study.sensitivity_units`): a first-order answer.
The largest are solved again with the finite change, so that the reader sees how far it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from entrepot.core.errors import InputError, ValueRangeError
from entrepot.model.economy import Economy
from entrepot.model.preset_file import PRESET_NAMES
from entrepot.model.presets import Preset, preset
from entrepot.results.gradient import gradient
from entrepot.results.outcome import Outcome
from entrepot.solving import Solution, SolveOptions, solve
from entrepot.study.run import Run
from entrepot.study.sensitivity_moves import Move, fields, groups, singles
from entrepot.study.sensitivity_units import ELASTICITIES, read_units, theta_ratio

TOP, CHECKED, OFF = 10, 3, 0.2
TIGHT = SolveOptions(tolerance=1e-11)
"""Changes of the outcome are small, so both ends of a difference are solved closely."""
PERCENT = "percentage points of the benchmark"
MONEY = "mn USD"
LABELS = ("origin", "dest", "region", "sector")
COLUMNS = ("instrument", "what", *LABELS, "now_low", "now_high", "change", "first_order",
           "resolved", "off")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What moves one outcome of one solution, largest first.

    Attributes
    ----------
    solution, outcome : what was asked
    text : the outcome in words
    value : the outcome now: per cent change from the benchmark (welfare, price), or mn USD
    unit : of the effects: percentage points of the benchmark (welfare, price), or mn USD
    single, groups : single cells, and groups of cells moved together; one row each with the
        columns ``instrument``, ``what`` (words), the labels ``origin``, ``dest``, ``region``,
        ``sector`` (empty where they do not apply), ``now_low`` and ``now_high`` (values now),
        ``change`` (words), ``first_order`` (effect by the derivatives), ``resolved`` (effect of the
        finite change, solved; NaN where it was not), ``off`` (whether the two differ by more than
        `OFF` of the solved one)
    units : instrument -> unit of change
    slopes : the derivatives themselves (`entrepot.results.gradient`)
    notes : what a reader must know

    """

    solution: Solution
    outcome: Outcome
    text: str
    value: float
    unit: str
    single: pd.DataFrame
    groups: pd.DataFrame
    units: Mapping[str, str]
    slopes: xr.Dataset
    notes: tuple[str, ...]


def sensitivity(
    solved: Solution | Run,
    outcome: Outcome | str,
    top: int = TOP,
    *,
    units: Mapping[str, str] | None = None,
    ranges: Preset | None = None,
    check: int = CHECKED,
    text: str | None = None,
) -> Sensitivity:
    """Return the instruments and parameters that move `outcome` most at a solution.

    Parameters
    ----------
    solved : a certified solution, or a run (its central case)
    outcome : an `Outcome`, or text such as ``"welfare:IRN"`` (see `Outcome.of`)
    top : rows of each block
    units : instrument -> unit of change, over `DEFAULT_UNITS`: ``"2 pp"`` for taxes, ``"5 %"`` for
        costs, productivities and elasticities, ``"range"`` for elasticities, ``"0.5 %"`` of income
        or ``"100 mn"`` USD for transfers
    ranges : preset whose ranges give the unit of the elasticities; None is the package's preset
        with the elasticities of the solution, if there is one
    check : how many rows of each block are solved again
    text : what to call the outcome (default: as it was given)

    Raises
    ------
    InputError : the outcome, a unit or a number does not fit
    NotSolvedError : there is no certified solution, or no derivative at it

    """
    solution, called, found = _question(solved, outcome)
    for name, number, least in (("top", top, 1), ("check", check, 0)):
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise ValueRangeError(
                f"{name} is {number!r}; allowed is a whole number of {least} or more."
            )
    asked = read_units(units)
    known = ranges or matching_preset(solution)
    slopes = gradient(solution, found)
    every = fields(solution, slopes, asked, known)
    blocks = (singles(solution, every, top), groups(solution, every, known, slopes, top))
    scale, unit = (1.0, MONEY) if found.kind == "export_revenue" else (100.0, PERCENT)
    base = solve(solution.world, solution.economy, solution.shock, solution.closure, TIGHT)
    here = found.value(base.raise_if_failed())
    failed: list[str] = []
    tables = [_table(solution, found, moves, scale, here, check, failed) for moves in blocks]
    return Sensitivity(
        solution=solution,
        outcome=found,
        text=text or called,
        value=here if scale == 1 else scale * (here - 1),
        unit=unit,
        single=tables[0],
        groups=tables[1],
        units={name: str(u) for name, u in asked.items()},
        slopes=slopes,
        notes=(*_notes(solution, known, slopes), *failed),
    )


def _question(solved: Solution | Run, outcome: Outcome | str) -> tuple[Solution, str, Outcome]:
    """Return the solution, the outcome in words, and the outcome; groups as in the scenario."""
    if not isinstance(solved, Solution | Run):
        raise InputError(
            f"sensitivity needs a solution or a run; found {type(solved).__name__}. Solve first, "
            "with ep.solve or ep.run_scenario."
        )
    run = solved if isinstance(solved, Run) else None
    solution = solved.solution if isinstance(solved, Run) else solved
    solution.raise_if_failed()
    if isinstance(outcome, Outcome):
        outcome.check(solution.world)
        places = "+".join(f"{w:g} {r}" for r, w in outcome.regions.items())
        return solution, ":".join(filter(None, (outcome.kind, places, *outcome.sectors))), outcome
    words = run.scenario.vocabulary.groups if run else None
    found = Outcome.of(outcome, solution.world, words, run.day if run else None)
    return solution, outcome, found


def matching_preset(solution: Solution) -> Preset | None:
    """Return the package's preset with the elasticities of `solution`, or None."""
    values, ratio = solution.problem.elasticities, theta_ratio(solution)
    for name in PRESET_NAMES:
        found = preset(name)
        pairs = [(getattr(values, k), found.parameters[k].value) for k in ELASTICITIES[1:]]
        if all((v == p).all() for v, p in pairs) and np.allclose(
            ratio, found.parameters["theta_ratio"].value, rtol=1e-12
        ):
            return found
    return None


def _table(solution: Solution, outcome: Outcome, moves: list[Move], scale: float, here: float,
           check: int, failed: list[str]) -> pd.DataFrame:  # fmt: skip
    rows = []
    for k, move in enumerate(moves):
        first, again = scale * move.first_order, np.nan
        if k < check:
            there = resolve(solution, move)
            if there.ok:
                again = scale * (outcome.value(there) - here)
            else:
                failed.append(f"{move.what}, {move.change}: {there.message()}")
        off = bool(abs(first - again) > OFF * abs(again))
        labels = [move.labels.get(d, "") for d in LABELS]
        rows.append(
            [move.instrument, move.what, *labels, *move.now, move.change, first, again, off]
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def resolve(solution: Solution, move: Move) -> Solution:
    """Solve again with the finite change of `move`."""
    world, shock, economy = solution.world, solution.shock, solution.economy
    if move.field in ELASTICITIES:
        economy = _moved(solution, move)
    else:
        moved: dict[str, Any] = {move.field: getattr(shock, move.field) + move.step}
        changed = tuple(dict.fromkeys((*shock.changed, move.field)))
        shock = replace(shock, **moved, changed=changed)
    return solve(world, economy, shock, solution.closure, TIGHT)


def _moved(solution: Solution, move: Move) -> Economy:
    """Return the economy of `solution` with one elasticity changed."""
    values, ratio = solution.problem.elasticities._asdict(), theta_ratio(solution)
    values[move.field] = values[move.field] + move.step
    values["theta"] = values["theta"] / ratio
    return Economy(**values, theta_ratio=ratio)


def _notes(solution: Solution, known: Preset | None, slopes: xr.Dataset) -> list[str]:
    notes = [
        "Effects are first-order: derivative times the change; far from the solution they bend."
    ]
    world = solution.world
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None]
    idle = ((world.trade_share == 0) | (solution.problem.shock.kept() == 0)) & abroad
    if idle.any():
        total = len(world.sectors) * int(abroad.sum())
        notes.append(
            f"{idle.sum():,} of {total:,} cells have no trade in the benchmark or are "
            "banned: their tariffs, export taxes and costs move nothing."
        )
    if known is None:
        notes.append(
            "No preset has these elasticities: those without a range of the world are changed by "
            "10 % (by 0.1 where they are 0)."
        )
    if "kappa" not in slopes:
        notes.append("Factor mobility kappa is infinite, so there is no derivative by it.")
    if not np.allclose(theta_ratio(solution), 1.0):
        notes.append("Trade elasticities are those reached by now, not those of the long run.")
    return notes
